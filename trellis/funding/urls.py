from django.urls import path

from trellis.conduct import doors
from trellis.conduct.doors import opens_to
from trellis.funding import permissions, views

OVERVIEW = doors.roles(
    "those who lead in a school, the Virtual School and its business officer",
    permissions.OVERVIEW,
    reason="Pupil Premium Plus is for those who lead in a school and for the Virtual School.",
)
READERS = doors.roles(
    "those who read what PP+ was asked for",
    permissions.READERS,
    reason="Pupil Premium Plus is for the people who read the whole record.",
)
ASKERS = doors.roles(
    "those who ask for PP+",
    permissions.ASKERS,
    reason="The designated teacher or the SENCO asks for Pupil Premium Plus, and says what it changed.",
)
SPENDERS = doors.roles(
    "those who say what PP+ was spent on",
    permissions.SPENDERS,
    reason="The school that has the money says what it was spent on.",
)
DECIDERS = doors.roles(
    "those who decide about PP+",
    permissions.DECIDERS,
    reason="An education adviser or the head of the Virtual School decides about Pupil Premium Plus.",
)
TREASURERS = doors.roles(
    "those who look after the money",
    permissions.TREASURERS,
    reason="The business officer or the head of the Virtual School looks after the money.",
)

urlpatterns = [
    path("funding/", opens_to(OVERVIEW)(views.funding), name="funding"),
    path("funding/money/", opens_to(TREASURERS)(views.enter_money), name="enter_money"),
    path("funding/pots/<int:pot_id>/", opens_to(TREASURERS)(views.funding_pot), name="funding_pot"),
    path("funding/pots/<int:pot_id>/close/", opens_to(TREASURERS)(views.close_year), name="close_funding_year"),
    path("funding/batches/", opens_to(TREASURERS)(views.funding_batches), name="funding_batches"),
    path("funding/batches/make/", opens_to(TREASURERS)(views.make_batch), name="make_funding_batch"),
    path("funding/batches/<int:batch_id>/", opens_to(TREASURERS)(views.funding_batch), name="funding_batch"),
    path(
        "funding/batches/<int:batch_id>/export/",
        opens_to(TREASURERS)(views.export_batch),
        name="export_funding_batch",
    ),
    path("funding/batches/<int:batch_id>/file/", opens_to(TREASURERS)(views.batch_file), name="funding_batch_file"),
    path(
        "funding/requests/<int:funding_request_id>/",
        opens_to(READERS, level="written")(views.funding_request),
        name="funding_request",
    ),
    path(
        "funding/requests/<int:funding_request_id>/agree/",
        opens_to(DECIDERS, level="written")(views.agree_funding),
        name="agree_funding",
    ),
    path(
        "funding/requests/<int:funding_request_id>/decline/",
        opens_to(DECIDERS, level="written")(views.decline_funding),
        name="decline_funding",
    ),
    path(
        "funding/requests/<int:funding_request_id>/withdraw/",
        opens_to(ASKERS, level="written")(views.withdraw_funding),
        name="withdraw_funding",
    ),
    path(
        "funding/requests/<int:funding_request_id>/spend/",
        opens_to(SPENDERS, level="written")(views.record_spend),
        name="record_funding_spend",
    ),
    path(
        "funding/spends/<int:spend_id>/correct/",
        opens_to(SPENDERS, level="written")(views.correct_spend),
        name="correct_funding_spend",
    ),
    path(
        "funding/requests/<int:funding_request_id>/return/",
        opens_to(SPENDERS, level="written")(views.return_unspent),
        name="return_funding",
    ),
    path(
        "funding/requests/<int:funding_request_id>/impact/",
        opens_to(ASKERS, level="written")(views.write_impact),
        name="write_funding_impact",
    ),
    path(
        "pupils/<int:pupil_id>/funding/", opens_to(READERS, level="written")(views.pupil_funding), name="pupil_funding"
    ),
    path(
        "peps/targets/<int:target_id>/funding/", opens_to(ASKERS, level="whole")(views.ask_funding), name="ask_funding"
    ),
]
