"""What each reader sees of a request: the school all, the service initials and then the name, others nothing."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.advice import actions
from trellis.advice.models import AdviceRequest, Recommendation
from trellis.advice.tests import world as advice
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.consents import actions as consents
from trellis.consents.models import Consent
from trellis.cycles.tests import world as cycles
from trellis.history.models import Look
from trellis.mail.models import Message
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.pupils.tests.world import DAY
from trellis.voices import actions as voices

CANARIES = {"strengths": "CANARY-STRENGTH"}
NEVER_BEFORE_CONSENT = ["Jordan", "Vale", "CANARY-", "looked after", "care order", "social worker", "Sol", "foster"]


@pytest.fixture
def ours(db):
    with clock.at(DAY):
        yield world.ours()


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(user, name, *args):
    return as_(user).get(reverse(name, args=args)).content.decode()


def main_of(text):
    return text.partition("</header>")[2]


def planted(ours):
    """A request that is sent, with something named and private in every field that the service may not read yet."""
    cycle, *_ = cycles.under_way(ours, cycles.AGREED)
    with clock.at(cycles.AGREED):
        view = voices.write_down_view(
            ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), whose="pupil", told_to="Tia",
            given_on=cycles.AGREED, words="CANARY-VIEW",
        )  # fmt: skip
    request = advice.ready(
        ours, question="How can JORDAN stay in class? vale", hoped_for="Jordan’s teachers know.", **CANARIES
    )
    actions.change_request(
        request.pk, by=ours.sam, seen=None, views_chosen=[view.pk], cycles_chosen=[cycle.pk],
        nothing_tried_because="CANARY-NOTHING",
    )  # fmt: skip
    return actions.send_request(request.pk, by=ours.sam, seen=None)


def test_service_reads_no_name_and_nothing_private_before_consent(ours):
    request = planted(ours)
    pages = [
        text_of(ours.lee, "requests"), text_of(ours.lee, "advice_request", request.pk),
        text_of(ours.lee, "accept_request", request.pk), text_of(ours.lee, "decline_request", request.pk),
        text_of(ours.lee, "my_week"),
    ]  # fmt: skip

    for page in pages:
        assert [word for word in NEVER_BEFORE_CONSENT if word in main_of(page)] == []
        assert "JV" in page
    assert "Year 4" in pages[1]
    assert "How can JV stay in class? JV" in pages[1]
    assert "Decide on the request" in pages[4]
    assert as_(ours.lee).get(reverse("write_report", args=[request.pk])).status_code == 404


def test_service_reads_what_it_needs_once_consent_stands_and_no_more_when_it_is_withdrawn(ours):
    request = planted(ours)
    consent = advice.give(ours)
    page = text_of(ours.lee, "advice_request", request.pk)

    assert [word for word in ("Jordan Vale", "CANARY-STRENGTH", "CANARY-VIEW", "Cycle 1") if word not in page] == []
    assert [word for word in ("looked after", "care order", "foster") if word in main_of(page)] == []
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]
    consents.withdraw_consent(consent.pk, by=ours.sol, who_told="Mum")
    page = main_of(text_of(ours.lee, "advice_request", request.pk))
    assert [word for word in NEVER_BEFORE_CONSENT if word in page] == []


def test_consent_withdrawn_between_reading_and_saving_keeps_nothing(ours):
    request = advice.accepted(ours)
    lee = as_(ours.lee)
    url = reverse("write_report", args=[request.pk])
    assert lee.get(url).status_code == 200
    consents.withdraw_consent(request.consent_id, by=ours.sol, who_told="Mum")

    assert lee.post(url, {"summary": "S", "recommendation_1": "R"}).status_code == 404
    assert not hasattr(AdviceRequest.objects.get(pk=request.pk), "report")


def test_request_is_nothing_to_others(ours):
    request = advice.accepted(ours)
    twin = world.twin()
    address = reverse("advice_request", args=[request.pk])
    seen = {
        "eve of another service": as_(ours.eve).get(address).status_code,
        "lee of the other authority": as_(twin.lee).get(address).status_code,
        "sam of the other authority": as_(twin.sam).get(address).status_code,
        "nia of another school": as_(ours.nia).get(address).status_code,
        "tia in class": as_(ours.tia).get(address).status_code,
        "sol": as_(ours.sol).get(address).status_code,
        "hana": as_(ours.hana).get(address).status_code,
    }

    assert seen == {
        "eve of another service": 404, "lee of the other authority": 404, "sam of the other authority": 404,
        "nia of another school": 404, "tia in class": 403, "sol": 200, "hana": 200,
    }  # fmt: skip


def test_five_pages_lead_to_a_sent_request(ours):
    cycles.under_way(ours, cycles.AGREED)
    sam = as_(ours.sam)

    def post(name, *args, **typed):
        page = sam.get(reverse(name, args=args))
        assert page.status_code == 200, name
        hidden = {
            one.name: page.context["form"][one.name].value()
            for one in page.context["form"].hidden_fields() if page.context["form"][one.name].value() is not None
        }  # fmt: skip
        answer = sam.post(reverse(name, args=args), hidden | typed)
        assert answer.status_code == 302, (name, getattr(answer, "context", None) and answer.context["form"].errors)
        return answer.url

    semhl = ours.services["SEMHL"].pk
    after = post("ask_advice", ours.jordan.pk, service=semhl, question="How?", kind_of_work="observe")
    request = AdviceRequest.objects.get()
    assert after == reverse("advice_tried", args=[request.pk])
    assert post("advice_question", request.pk, service=semhl, question="How so?", kind_of_work="observe") == after
    assert post("advice_tried", request.pk, cycles_chosen=request.cycles_chosen).endswith("/consent/")
    page = text_of(ours.sam, "advice_consent", request.pk)
    assert "Jordan is under a care order: the authority shares parental responsibility and decides." in page
    asked = advice.consents_world.worker_reference(ours)
    after = post(
        "advice_consent", request.pk, way="now", asked_of=asked, by_link="link", purpose="Watch.", shares="All this."
    )
    assert after.endswith("/when/")
    after = post(
        "advice_when", request.pk, wanted_by_day="11", wanted_by_month="12", wanted_by_year="2026", urgency="soon",
        minutes_needed="180",
    )  # fmt: skip
    assert after.endswith("/who-pays/")
    assert sam.get(after).status_code in {200, 302}
    assert "Check and send" in text_of(ours.sam, "advice_request", request.pk)
    request.refresh_from_db()
    for _ in range(2):
        assert (
            sam.post(reverse("send_request", args=[request.pk]), {"draft_version": request.version}).status_code == 302
        )
    request.refresh_from_db()
    assert (request.state, request.question, request.minutes_needed) == ("SENT", "How so?", 180)
    assert Message.objects.filter(to=ours.lee).count() == 1
    for name in ("advice_question", "advice_tried", "advice_when", "advice_who_pays"):
        assert sam.get(reverse(name, args=[request.pk])).url == request.get_absolute_url()
    assert "Waiting for SEMHL to decide" in text_of(ours.sam, "advice_request", request.pk)


def test_consent_page_says_the_next_step_when_the_only_holder_must_not_be_contacted(ours):
    advice.consents_world.section_20(ours)
    advice.consents_world.add_parent(ours, may_be_contacted=False)
    carer = ours.rows["person_id"]
    pupils.change_person_around(carer, by=ours.dee, seen=None, delegated="")
    request = advice.start(ours)
    page = text_of(ours.sam, "advice_consent", request.pk)

    assert "The school must not contact Canary Parent. Ask Sol, the social worker, whether and how consent" in page
    assert "Talk without naming the child first" in page
    assert "Ask for consent now" not in page
    sam = as_(ours.sam)
    answer = sam.post(reverse("advice_consent", args=[request.pk]), {"way": "without"})
    assert answer.status_code == 302
    assert AdviceRequest.objects.get().without_name
    assert Consent.objects.count() == 0


def test_service_decides_reports_and_the_school_answers_by_page(ours):
    cycle, outcome, *_ = cycles.under_way(ours, cycles.AGREED)
    request = advice.sent(ours, consent="given")
    lee, sam = as_(ours.lee), as_(ours.sam)
    accepted = lee.post(
        reverse("accept_request", args=[request.pk]),
        {"taken_by": ours.lee.pk, "draft_version": request.version, "from_list": "1"},
    )
    assert accepted.url == reverse("requests")
    report = {"summary": "Jordan listens well.", "recommendation_1": "Say it aloud.", "recommendation_2": "A card."}
    assert lee.post(reverse("write_report", args=[request.pk]), report).url.endswith("/issue/")
    assert "Jordan listens well." not in text_of(ours.sam, "advice_request", request.pk)
    issue = lee.get(reverse("issue_report", args=[request.pk]))
    version = issue.context["form"]["draft_version"].value()
    assert lee.post(reverse("issue_report", args=[request.pk]), {"draft_version": version}).status_code == 302
    assert "Jordan listens well." in text_of(ours.sam, "advice_request", request.pk)
    assert "Answer the recommendations" in text_of(ours.sam, "my_week")
    first, second = Recommendation.objects.order_by("number")
    url = reverse("answer_recommendation", args=[first.pk])
    assert sam.get(url).status_code == 200
    refused = sam.post(url, {"answer": "adopted", "goes_to": "adjustment", "draft_version": first.version})
    assert "Choose the outcome that this serves" in refused.content.decode()
    adopted = {"answer": "adopted", "goes_to": "adjustment", "outcome_id": outcome.pk, "draft_version": first.version}
    assert sam.post(url, adopted).status_code == 302
    declined = {"answer": "declined", "why": "We have one.", "draft_version": second.version}
    assert sam.post(reverse("answer_recommendation", args=[second.pk]), declined).status_code == 302
    assert AdviceRequest.objects.get().state == "CLOSED"
    assert "A reasonable adjustment in cycle" in text_of(ours.lee, "advice_request", request.pk)
    assert "Say it aloud." in text_of(ours.sam, "plan", cycle.pk)


def test_declined_says_the_next_route(ours):
    request = advice.sent(ours)
    lee = as_(ours.lee)
    typed = {"declined_kind": "no capacity", "declined_because": "Full.", "draft_version": request.version}
    assert lee.post(reverse("decline_request", args=[request.pk]), typed).url == reverse("requests")

    assert "ask for emergency outreach now" in text_of(ours.sam, "advice_request", request.pk)


def test_lists_ask_as_many_queries_for_six_as_for_one(ours):
    advice.sent(ours, consent="without")

    def queries(user):
        client = as_(user)
        client.get(reverse("requests"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse("requests")).status_code == 200
        return len(asked)

    before = {who: queries(ours.people[who]) for who in ("sam", "vic", "lee")}
    for _ in range(5):
        advice.sent(ours, consent="without")
    assert {who: queries(ours.people[who]) for who in ("sam", "vic", "lee")} == before


def test_old_school_reads_what_it_wrote_and_nothing_since(ours):
    request = advice.accepted(ours)
    pupils.start_school_place(ours.jordan.pk, by=None, school=ours.next_school, on=DAY, year_group=4)
    actions.hand_over(ours.jordan, from_school=ours.school, to_school=ours.next_school, on=DAY, by=None)
    actions.write_report(request.pk, by=ours.lee, seen=None, summary="CANARY-REPORT", recommendations=["R"])
    actions.issue_report(request.pk, by=ours.lee, seen=None)
    old = text_of(ours.sam, "advice_request", request.pk)

    assert advice.QUESTION in old
    assert "What happened since is not shown" in old
    assert "CANARY-REPORT" not in old + text_of(ours.sam, "pupil_advice", ours.jordan.pk)
    assert "CANARY-REPORT" in text_of(ours.nia, "advice_request", request.pk)
    assert text_of(ours.sam, "requests").count("t-row__what") == 0


@pytest.mark.parametrize(("consent", "is_awaited"), [("asked", True), ("given", False), ("without", False)])
def test_draft_says_when_consent_is_only_asked(ours, consent, is_awaited):
    request = advice.ready(ours, consent=consent)
    assert ("Asked, no answer yet" in text_of(ours.sam, "advice_request", request.pk)) == is_awaited
