"""Jordan's request to the SEMHL teachers, from the question to a report with recommendations."""

from datetime import date

from trellis.advice import actions
from trellis.advice.models import AdviceReport, AdviceRequest, Recommendation
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.consents import actions as consents
from trellis.consents.models import Consent
from trellis.consents.tests import world as consents_world
from trellis.pupils.tests.world import DAY, World

QUESTION = "How can Jordan stay in class when the work is written?"
WANTED_BY = date(2026, 12, 11)
RECOMMENDATIONS = ["Say the task aloud before it is read.", "Agree a card that asks for help."]


def start(world: World, by: str = "sam", service: str = "SEMHL", **more) -> AdviceRequest:
    user = world.people[by]
    usual = {"question": QUESTION, "hoped_for": "A few things that every adult does.", "strengths": "He likes maths."}
    return actions.start_request(
        world.jordan.pk, by=user, key=more.pop("key", Key.fresh(user)), service=world.services[service],
        **(usual | more),
    )  # fmt: skip


def ready(world: World, by: str = "sam", *, consent: str = "asked", **more) -> AdviceRequest:
    """A draft with every page filled in. ``consent``: asked, given, or without the name."""
    request = start(world, by, **more)
    user = world.people[by]
    actions.change_request(
        request.pk, by=user, seen=None, wanted_by=WANTED_BY, minutes_needed=180,
        nothing_tried_because="" if request.cycles_chosen else "He came on Monday.",
    )  # fmt: skip
    if consent == "without":
        actions.ask_consent_for(request.pk, by=user, key=Key.fresh(user), seen=None, without_name=True)
    else:
        asked = Consent.objects.filter(pupil=world.jordan, service=request.service).open().first()
        asked = asked or consents_world.ask(world, by=by, service=request.service.abbreviation)
        if consent == "given" and asked.state == "ASKED":
            give(world, asked)
    request.refresh_from_db()
    return request


def give(world: World, consent: Consent | None = None) -> Consent:
    consent = consent or Consent.objects.filter(pupil=world.jordan).open().get()
    return consents.give_consent(consent.pk, by=world.sol, answered_name="Sol Ours", how="phone")


def sent(world: World, **more) -> AdviceRequest:
    request = ready(world, **more)
    return actions.send_request(request.pk, by=request.asked_by, seen=None)


def accepted(world: World, *, consent: str = "given", **more) -> AdviceRequest:
    request = sent(world, consent=consent, **more)
    return actions.accept_request(request.pk, by=world.lee, seen=None, taken_by=world.lee)


def reported(world: World, recommendations=RECOMMENDATIONS, **more) -> AdviceReport:
    request = accepted(world, **more)
    actions.write_report(
        request.pk, by=world.lee, seen=None, summary="Jordan manages what he hears.", recommendations=recommendations
    )
    return actions.issue_report(request.pk, by=world.lee, seen=None)


def first_recommendation(report: AdviceReport) -> Recommendation:
    return report.recommendations.get(number=1)


def add_rows(world: World) -> None:
    with clock.at(DAY):
        report = reported(world)
        world.rows |= {"advice_id": report.request_id, "recommendation_id": first_recommendation(report).pk}
