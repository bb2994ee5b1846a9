from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.consents import permissions, views

READERS = roles(
    "those who read whole records",
    permissions.READERS,
    reason="Consent is read by those who look after the whole record.",
)
ASKERS = roles(
    "those who ask for consent",
    permissions.ASKERS,
    reason=permissions.ONLY_ASKERS,
)

urlpatterns = [
    path("consents/<int:consent_id>/", opens_to(READERS, level="written")(views.consent), name="consent"),
    path(
        "consents/<int:consent_id>/answer/", opens_to(ASKERS, level="written")(views.answer_consent),
        name="answer_consent",
    ),
    path(
        "consents/<int:consent_id>/record/", opens_to(ASKERS, level="written")(views.record_consent),
        name="record_consent",
    ),
    path(
        "consents/<int:consent_id>/withdraw/", opens_to(ASKERS, level="written")(views.withdraw_consent),
        name="withdraw_consent",
    ),
    path(
        "consents/<int:consent_id>/check/", opens_to(ASKERS, level="written")(views.confirm_consent),
        name="confirm_consent",
    ),
    path(
        "consents/<int:consent_id>/ask-again/", opens_to(ASKERS, level="written")(views.ask_again),
        name="ask_consent_again",
    ),
]  # fmt: skip
