from django.urls import path

from trellis.conduct import doors
from trellis.conduct.doors import opens_to
from trellis.peps import permissions, views

READERS = doors.roles(
    "those who read PEPs", permissions.READERS, reason="PEPs are for the people who read the whole record."
)
WRITERS = doors.roles("those who write PEPs", permissions.WRITERS, reason="This part of a PEP is written by others.")
ASSURERS = doors.roles(
    "those who quality-assure PEPs", permissions.ASSURERS, reason="PEPs are quality-assured by those who sign them off."
)

urlpatterns = [
    path("peps/", opens_to(READERS)(views.peps), name="peps"),
    path("pupils/<int:pupil_id>/pep/", opens_to(READERS, level="written")(views.pupil_pep), name="pupil_pep"),
    path("peps/<int:pep_id>/", opens_to(READERS, level="whole")(views.pep), name="pep"),
    path("peps/<int:pep_id>/start/", opens_to(WRITERS, level="whole")(views.start_pep), name="start_pep"),
    path("peps/<int:pep_id>/submit/", opens_to(WRITERS, level="whole")(views.submit_pep), name="submit_pep"),
    path("peps/<int:pep_id>/return/", opens_to(ASSURERS, level="whole")(views.return_pep), name="return_pep"),
    path("peps/<int:pep_id>/sign-off/", opens_to(ASSURERS, level="whole")(views.sign_off_pep), name="sign_off_pep"),
    path(
        "peps/<int:pep_id>/issue/",
        opens_to(WRITERS, level="whole")(views.issue_send_section),
        name="issue_send_section",
    ),
    path("peps/<int:pep_id>/addendum/", opens_to(WRITERS, level="whole")(views.add_addendum), name="add_pep_addendum"),
    path("peps/<int:pep_id>/targets/", opens_to(WRITERS, level="whole")(views.add_target), name="add_pep_target"),
    path(
        "peps/<int:pep_id>/last-targets/<int:last_target_id>/",
        opens_to(WRITERS, level="whole")(views.judge_target),
        name="judge_pep_target",
    ),
    path(
        "peps/targets/<int:target_id>/", opens_to(WRITERS, level="whole")(views.change_target), name="change_pep_target"
    ),
    path(
        "peps/targets/<int:target_id>/take-out/",
        opens_to(WRITERS, level="whole")(views.drop_target),
        name="drop_pep_target",
    ),
    path("peps/sections/<int:section_id>/", opens_to(READERS, level="whole")(views.pep_section), name="pep_section"),
    path(
        "peps/sections/<int:section_id>/write/",
        opens_to(WRITERS, level="whole")(views.write_section),
        name="write_pep_section",
    ),
    path(
        "peps/sections/<int:section_id>/cycle/",
        opens_to(WRITERS, level="whole")(views.take_cycles_words),
        name="take_cycles_words",
    ),
    path(
        "peps/sections/<int:section_id>/grade/",
        opens_to(ASSURERS, level="whole")(views.grade_section),
        name="grade_pep_section",
    ),
]
