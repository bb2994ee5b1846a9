from django.urls import path

from trellis.caseloads import views
from trellis.conduct.doors import SIGNED_IN, opens_to, roles
from trellis.people.roles import READ_PUPILS

READERS = roles(
    "those who read records",
    READ_PUPILS,
    reason="The list of pupils opens to those who teach, support or look after them. Your work with Trellis is elsewhere.",
)

urlpatterns = [
    path("my-week/", opens_to(SIGNED_IN)(views.my_week), name="my_week"),
    path("pupils/", opens_to(READERS)(views.pupils), name="pupils"),
]
