from django.urls import path

from trellis.advice import permissions, views, views_ask, views_service
from trellis.conduct.doors import opens_to, roles
from trellis.people.roles import SERVICE_STAFF

READERS = roles(
    "those who ask for advice, give it, or read whole records",
    permissions.READERS,
    reason="Requests for advice are for schools, the Virtual School and the services.",
)
RECORD_READERS = roles(
    "those who read whole records",
    permissions.RECORD_READERS,
    reason="This part of the record is for those who look after the whole of it.",
)
ASK = roles("those who ask for advice", permissions.ASKERS, reason=permissions.ONLY_ASKERS)
SERVE = roles("services", SERVICE_STAFF, reason="The service that was asked does this.")

urlpatterns = [
    path("requests/", opens_to(READERS)(views.requests), name="requests"),
    path("pupils/<int:pupil_id>/advice/", opens_to(RECORD_READERS, level="written")(views.pupil_advice),
         name="pupil_advice"),
    path("pupils/<int:pupil_id>/advice/ask/", opens_to(ASK, level="whole")(views_ask.ask_advice), name="ask_advice"),
    path("requests/<int:advice_id>/", opens_to(READERS, level="initials")(views.advice_request), name="advice_request"),
    # the school
    path("requests/<int:advice_id>/question/", opens_to(ASK, level="whole")(views_ask.question),
         name="advice_question"),
    path("requests/<int:advice_id>/tried/", opens_to(ASK, level="whole")(views_ask.tried), name="advice_tried"),
    path("requests/<int:advice_id>/consent/", opens_to(ASK, level="whole")(views_ask.consent), name="advice_consent"),
    path("requests/<int:advice_id>/when/", opens_to(ASK, level="whole")(views_ask.when), name="advice_when"),
    path("requests/<int:advice_id>/who-pays/", opens_to(ASK, level="whole")(views_ask.who_pays),
         name="advice_who_pays"),
    path("requests/<int:advice_id>/send/", opens_to(ASK, level="whole")(views_ask.send_request), name="send_request"),
    path("requests/<int:advice_id>/take-back/", opens_to(ASK, level="whole")(views.withdraw_request),
         name="withdraw_request"),
    path("requests/recommendations/<int:recommendation_id>/", opens_to(ASK, level="whole")(views.answer_recommendation),
         name="answer_recommendation"),
    # the service
    path("requests/<int:advice_id>/accept/", opens_to(SERVE, level="initials")(views_service.accept_request),
         name="accept_request"),
    path("requests/<int:advice_id>/decline/", opens_to(SERVE, level="initials")(views_service.decline_request),
         name="decline_request"),
    path("requests/<int:advice_id>/close/", opens_to(SERVE, level="initials")(views_service.close_request),
         name="close_request"),
    path("requests/<int:advice_id>/report/", opens_to(SERVE, level="advice")(views_service.write_report),
         name="write_report"),
    path("requests/<int:advice_id>/issue/", opens_to(SERVE, level="advice")(views_service.issue_report),
         name="issue_report"),
]  # fmt: skip
