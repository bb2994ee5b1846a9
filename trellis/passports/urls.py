from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.passports import views
from trellis.passports.permissions import ONLY_WRITERS, WRITERS
from trellis.people.roles import READ_PUPILS

READ = roles("those who work with pupils", READ_PUPILS, reason="Passports are for those who work with the pupil.")
WRITE = roles("those who write passports", WRITERS, reason=ONLY_WRITERS)

urlpatterns = [
    path("pupils/<int:pupil_id>/passport/", opens_to(READ, level="any")(views.pupil_passport), name="pupil_passport"),
    path(
        "pupils/<int:pupil_id>/passport/start/",
        opens_to(WRITE, level="class")(views.start_passport),
        name="start_passport",
    ),
    path("passports/<int:passport_id>/", opens_to(READ, level="any")(views.passport), name="passport"),
    path(
        "passports/<int:passport_id>/print/", opens_to(READ, level="any")(views.print_passport), name="print_passport"
    ),
    path("passports/<int:passport_id>/word/", opens_to(READ, level="any")(views.passport_word), name="passport_word"),
    path(
        "passports/<int:passport_id>/still-right/",
        opens_to(WRITE, level="any")(views.confirm_passport),
        name="confirm_passport",
    ),
    path(
        "passports/drafts/<int:passport_draft_id>/write/",
        opens_to(WRITE, level="class")(views.write_passport),
        name="write_passport",
    ),
    path(
        "passports/drafts/<int:passport_draft_id>/agree/",
        opens_to(WRITE, level="class")(views.agree_passport),
        name="agree_passport",
    ),
    path(
        "passports/drafts/<int:passport_draft_id>/set-aside/",
        opens_to(WRITE, level="class")(views.set_aside_passport),
        name="set_aside_passport",
    ),
]
