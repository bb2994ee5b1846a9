from django.urls import path

from trellis.conduct import doors
from trellis.conduct.doors import opens_to
from trellis.documents import views
from trellis.people.roles import READ_RECORDS

READERS = doors.roles(
    "those who read records", READ_RECORDS, reason="Documents about a pupil are for the people who read the record."
)

urlpatterns = [
    path("documents/<int:document_id>/", opens_to(READERS, level="written")(views.document), name="document"),
    path(
        "documents/<int:document_id>/word/",
        opens_to(READERS, level="written")(views.document_word),
        name="document_word",
    ),
]
