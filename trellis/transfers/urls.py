from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.transfers import views
from trellis.transfers.permissions import READERS

SCHOOLS_AND_VIRTUAL_SCHOOL = roles(
    "those who lead in a school, and the Virtual School",
    READERS,
    reason="What one school sends another is for those who lead in a school and for the Virtual School.",
)

urlpatterns = [
    path(
        f"transfers/<int:transfer_id>/{page}",
        opens_to(SCHOOLS_AND_VIRTUAL_SCHOOL, level="written")(view),
        name=name,
    )
    for page, view, name in (
        ("", views.transfer, "transfer"),
        ("sent/", views.send_file, "send_file"),
        ("none/", views.say_none, "say_none"),
        ("received/", views.receive_file, "receive_file"),
        ("remind/", views.chase_file, "chase_file"),
    )
]
