from django.urls import path

from trellis.caseloads import views
from trellis.conduct.doors import SIGNED_IN, opens_to, roles
from trellis.people.roles import READ_PUPILS

READERS = roles(
    "those who work with pupils",
    READ_PUPILS,
    reason="The list of pupils is for those who teach, support or look after them. Your work is elsewhere.",
)

urlpatterns = [
    path("my-week/", opens_to(SIGNED_IN)(views.my_week), name="my_week"),
    path("pupils/", opens_to(READERS)(views.pupils), name="pupils"),
    path("pupils/filters/save/", opens_to(READERS)(views.save_filter), name="save_filter"),
    path("pupils/filters/<int:filter_id>/forget/", opens_to(READERS)(views.forget_filter), name="forget_filter"),
]
