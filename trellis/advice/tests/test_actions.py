"""A request from its question to answered recommendations: states, access, mails; consent that comes and goes; two at
once."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from trellis.advice import actions, queries, shown
from trellis.advice.models import AdvicePolicy, AdviceReport, AdviceRequest, Recommendation
from trellis.advice.tests import world as advice
from trellis.advice.tests.world import QUESTION, WANTED_BY
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.periods import from_day
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.consents import actions as consents
from trellis.consents.models import Consent
from trellis.cycles.models import Adjustment, AssessmentEntry, Intervention
from trellis.cycles.queries import tell
from trellis.cycles.tests import world as cycles
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.pupils import actions as pupils
from trellis.pupils.access import differences
from trellis.pupils.models import Access, Level, Pupil
from trellis.pupils.tests import world
from trellis.pupils.tests.world import DAY


@pytest.fixture
def ours(db):
    with clock.at(DAY):
        yield world.ours()


def opened(ours, who="lee"):
    """What a person's service may see of Jordan today."""
    return set(Access.objects.open_to(ours.people[who], *Level.values).filter(pupil=ours.jordan).values_list(
        "level", flat=True))  # fmt: skip


def told(request):
    entries = Entry.objects.filter(subject_kind="advice.advicerequest", subject_id=request.pk).order_by("pk")
    return list(entries.values_list("sentence", flat=True))


def mails_to(user):
    return list(Message.objects.filter(to=user).order_by("pk").values_list("subject", flat=True))


def again(thing):
    return type(thing)._default_manager.get(pk=thing.pk)


# --- write and send --------------------------------------------------------------------------------------------------


def test_start_keeps_a_draft_that_no_service_sees(ours):
    request = advice.start(ours)

    assert (request.state, request.minutes_needed, request.kept_by_id) == ("DRAFT", 180, ours.school.pk)
    assert opened(ours) == set()
    assert told(request) == [f"Began a {request}."]


def test_start_twice_with_one_key_makes_one(ours):
    key = Key.fresh(ours.sam)

    assert advice.start(ours, key=key).pk == advice.start(ours, key=key).pk
    assert AdviceRequest.objects.count() == 1


def test_start_refuses_a_service_of_elsewhere(ours):
    twin = world.twin()

    with pytest.raises(Refused, match="does not work with this school"):
        actions.start_request(
            ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), service=twin.services["EPS"], question="?"
        )


@pytest.mark.parametrize("who", ["hana", "dina", "tia", "osei", "vic", "ada", "sol", "lee", "eve", "nia", "bea"])
def test_start_is_for_the_schools_keepers(ours, who):
    with pytest.raises(NotPermitted):
        advice.start(ours, who)


def test_change_over_a_newer_version_is_a_conflict(ours):
    request = advice.start(ours)
    actions.change_request(request.pk, by=ours.sam, seen=request.version, question="Another?")

    with pytest.raises(Conflict):
        actions.change_request(request.pk, by=ours.dee, seen=request.version, question="Mine")


def test_another_kind_of_work_suggests_its_minutes(ours):
    request = advice.start(ours)

    assert actions.change_request(request.pk, by=ours.sam, seen=None, kind_of_work="assess").minutes_needed == 360
    assert actions.change_request(request.pk, by=ours.sam, seen=None, minutes_needed=90).minutes_needed == 90


@pytest.mark.parametrize(
    ("lacks", "sentence"),
    [
        ({"question": " "}, "Say what you want to know from the specialist."),
        ({"nothing_tried_because": ""}, "Choose what has been tried, or say why nothing could be tried yet."),
        ({"wanted_by": None}, "Say by when you would like the advice."),
        ({"minutes_needed": 20}, "Say how much time this needs, in quarter hours, at least a quarter."),
    ],
)
def test_send_says_what_is_missing(ours, lacks, sentence):
    request = advice.ready(ours)
    actions.change_request(request.pk, by=ours.sam, seen=None, **lacks)

    with pytest.raises(Refused) as refused:
        actions.send_request(request.pk, by=ours.sam, seen=None)
    assert refused.value.sentence == sentence


def test_send_needs_consent_asked_or_no_name(ours):
    request = advice.start(ours)
    actions.change_request(request.pk, by=ours.sam, seen=None, wanted_by=WANTED_BY, nothing_tried_because="New.")

    with pytest.raises(Refused, match="Ask for consent, or choose to talk"):
        actions.send_request(request.pk, by=ours.sam, seen=None)
    actions.ask_consent_for(request.pk, by=ours.sam, key=Key.fresh(ours.sam), seen=None, without_name=True)
    assert actions.send_request(request.pk, by=ours.sam, seen=None).state == "SENT"


def test_send_tells_the_lead_and_opens_initials_only(ours):
    request = advice.sent(ours)

    assert (request.state, request.sent_on, request.decide_by) == ("SENT", DAY, date(2026, 11, 9))
    assert opened(ours) == {Level.INITIALS}
    assert opened(ours, "eve") == set()
    assert mails_to(ours.lee) == ["A school asks for advice"]
    assert told(request)[-1] == f"Asked {ours.services['SEMHL']} for advice."
    assert differences(ours.jordan) == ([], [])


def test_mails_name_nobody(ours):
    report = advice.reported(ours)
    actions.withdraw_request(advice.sent(ours, service="EPS", consent="without").pk, by=ours.sam, because="Changed.")

    words = " ".join(f"{one.subject} {one.body}" for one in Message.objects.all())
    assert [name for name in ("Jordan", "Vale", "JV", QUESTION, report.summary) if name in words] == []


def test_send_pressed_twice_sends_once(ours):
    request = advice.ready(ours)
    for _ in range(2):
        actions.send_request(request.pk, by=ours.sam, seen=request.version)

    assert len(mails_to(ours.lee)) == 1


def test_send_freezes_what_was_tried(ours):
    cycle, *_ = cycles.under_way(ours, cycles.AGREED)
    request = advice.sent(ours)
    story = tell(cycle).as_dict()

    assert [one["cycle_number"] for one in request.tried] == [1]
    assert request.tried[0]["outcomes"][0]["statement"] == story["outcomes"][0]["statement"]
    with pytest.raises(Refused, match="what was sent stays as it was sent"):
        actions.change_request(request.pk, by=ours.sam, seen=None, question="Other")


def test_consent_asked_before_counts_for_the_request(ours):
    request = advice.start(ours)
    consent = advice.consents_world.ask(ours)

    assert again(request).consent_id == consent.pk
    assert advice.start(ours, "dee").consent_id == consent.pk


# --- consent comes and goes ------------------------------------------------------------------------------------------


def test_consent_opens_the_name_from_its_day(ours):
    advice.sent(ours)
    advice.give(ours)

    assert opened(ours) == {Level.INITIALS, Level.ADVICE}
    assert mails_to(ours.lee)[-1] == "Consent was given"
    assert differences(ours.jordan) == ([], [])


def test_consent_withdrawn_closes_the_name_at_once(ours):
    request = advice.accepted(ours)
    consents.withdraw_consent(request.consent_id, by=ours.sol, who_told="Mum")

    assert opened(ours) == {Level.INITIALS}
    assert mails_to(ours.lee)[-1] == "Consent no longer stands"
    assert differences(ours.jordan) == ([], [])
    with pytest.raises(Refused, match="Consent does not stand"):
        actions.write_report(request.pk, by=ours.lee, seen=None, summary="S", recommendations=["R"])


def test_consent_that_lapses_closes_the_name(ours):
    advice.accepted(ours)
    advice.consents_world.section_20(ours)

    assert opened(ours) == {Level.INITIALS}


def test_consent_that_runs_out_closes_the_name(ours):
    advice.accepted(ours)
    with clock.at(date(2027, 11, 1)):
        assert opened(ours) == {Level.INITIALS, Level.ADVICE}
    with clock.at(date(2027, 11, 2)):
        assert opened(ours) == {Level.INITIALS}


def test_consent_asked_anew_opens_it_again(ours):
    request = advice.accepted(ours)
    consents.withdraw_consent(request.consent_id, by=ours.sol, who_told="Mum")
    with clock.at(DAY + timedelta(days=3)):
        actions.ask_consent_for(
            request.pk, by=ours.sam, key=Key.fresh(ours.sam), seen=None,
            asked_of=advice.consents_world.worker_reference(ours), purpose="Again.",
        )  # fmt: skip
        advice.give(ours)
        assert opened(ours) == {Level.INITIALS, Level.ADVICE}


def test_access_ends_some_days_after_closing(ours):
    report = advice.reported(ours)
    for one in report.recommendations.all():
        actions.answer_recommendation(one.pk, by=ours.sam, seen=None, answer="declined", why="Tried it.")

    assert again(report.request).state == "CLOSED"
    with clock.at(DAY + timedelta(days=59)):
        assert opened(ours) == {Level.INITIALS, Level.ADVICE}
    with clock.at(DAY + timedelta(days=60)):
        assert opened(ours) == set()
    assert differences(ours.jordan) == ([], [])


def test_taken_back_it_opens_nothing(ours):
    request = advice.sent(ours, consent="given")
    actions.withdraw_request(request.pk, by=ours.sam, because="Changed.")

    assert opened(ours) == set()
    assert mails_to(ours.lee)[-1] == "A request was taken back"
    assert actions.withdraw_request(request.pk, by=ours.sam, because="Changed.").state == "WITHDRAWN"


# --- decide ----------------------------------------------------------------------------------------------------------


def test_accept_says_who_and_tells_the_school(ours):
    request = advice.accepted(ours)

    assert (request.state, request.taken_by, request.report_by) == ("ACCEPTED", ours.lee, date(2026, 12, 14))
    assert mails_to(ours.sam)[-1] == "A request for advice was accepted"
    assert actions.accept_request(request.pk, by=ours.lee, seen=1, taken_by=ours.lee).state == "ACCEPTED"


def test_accept_refuses_somebody_of_another_service(ours):
    request = advice.sent(ours)

    with pytest.raises(Refused, match="somebody who works in this service"):
        actions.accept_request(request.pk, by=ours.lee, seen=None, taken_by=ours.eve)


@pytest.mark.parametrize("who", ["eve", "sam", "vic", "root"])
def test_decide_is_for_the_services_lead(ours, who):
    request = advice.sent(ours)

    with pytest.raises(NotPermitted):
        actions.accept_request(request.pk, by=ours.people[who], seen=None, taken_by=ours.lee)
    with pytest.raises(NotPermitted):
        actions.decline_request(
            request.pk, by=ours.people[who], seen=None, declined_kind="other", declined_because="No."
        )


def test_a_service_without_a_lead_decides_by_its_specialists(ours):
    request = advice.sent(ours, service="EPS", consent="without")

    assert actions.accept_request(request.pk, by=ours.eve, seen=None, taken_by=ours.eve).state == "ACCEPTED"


def test_decline_gives_its_reason_and_closes_the_name(ours):
    request = advice.sent(ours, consent="given")
    with pytest.raises(Refused, match="Say why"):
        actions.decline_request(request.pk, by=ours.lee, seen=None, declined_kind="other", declined_because=" ")
    declined = actions.decline_request(
        request.pk, by=ours.lee, seen=None, declined_kind="no capacity", declined_because="Full until March."
    )

    assert (declined.state, declined.ended_on) == ("DECLINED", DAY)
    assert opened(ours) == {Level.INITIALS}
    assert mails_to(ours.sam)[-1] == "A request for advice was declined"


def test_two_leads_decide_at_once_and_one_stands(own_database):
    with clock.at(DAY):
        ours = world.ours()
        second = world.account("lena", "service lead", ours.services["SEMHL"], "ours.example")
        request = advice.sent(ours)
        together, said = threading.Barrier(2), []

        def do(action, **more):
            try:
                with clock.at(DAY):
                    together.wait(timeout=10)
                    said.append(action(request.pk, seen=request.version, **more).state)
            except (Refused, Conflict) as refused:
                said.append(type(refused).__name__)
            finally:
                connection.close()

        both = [
            threading.Thread(target=do, args=[actions.accept_request], kwargs={"by": ours.lee, "taken_by": second}),
            threading.Thread(
                target=do, args=[actions.decline_request],
                kwargs={"by": second, "declined_kind": "other", "declined_because": "No."},
            ),
        ]  # fmt: skip
        for one in both:
            one.start()
        for one in both:
            one.join(timeout=30)

    request.refresh_from_db()
    assert sorted(said) == sorted([request.state, "Conflict"])


# --- report and recommendations --------------------------------------------------------------------------------------


def test_report_stays_private_until_issued(ours):
    request = advice.accepted(ours)
    actions.write_report(request.pk, by=ours.lee, seen=None, summary="Draft.", recommendations=["One", " ", "Two"])

    assert queries.recommendations_of(request) == []
    report = actions.issue_report(request.pk, by=ours.lee, seen=None)
    assert [(one.number, one.words) for one in queries.recommendations_of(request)] == [(1, "One"), (2, "Two")]
    assert mails_to(ours.sam)[-1] == "Specialist advice has arrived"
    assert actions.issue_report(request.pk, by=ours.lee, seen=None).pk == report.pk
    assert Recommendation.objects.count() == 2
    with pytest.raises(Refused):
        actions.write_report(request.pk, by=ours.lee, seen=None, summary="Other", recommendations=["R"])


def test_report_needs_words_and_a_recommendation(ours):
    request = advice.accepted(ours)
    for summary, recommendations in [("", ["R"]), ("S", [])]:
        actions.write_report(request.pk, by=ours.lee, seen=None, summary=summary, recommendations=recommendations)
        with pytest.raises(Refused):
            actions.issue_report(request.pk, by=ours.lee, seen=None)


def test_report_is_written_by_its_specialist_or_lead(ours):
    request = advice.accepted(ours)
    for who in ("eve", "sam", "vic"):
        with pytest.raises(NotPermitted):
            actions.write_report(request.pk, by=ours.people[who], seen=None, summary="S", recommendations=["R"])
    assert AdviceReport.objects.count() == 0


def test_adopted_while_assessed_becomes_a_specialists_entry(ours):
    cycle = cycles.begin(ours, DAY)
    one = advice.first_recommendation(advice.reported(ours))
    actions.answer_recommendation(one.pk, by=ours.sam, seen=None, answer="adopted")
    entry = AssessmentEntry.objects.get(cycle=cycle)

    assert (entry.who_said, entry.words, entry.name) == ("specialist", one.words, "Lee Ours, SEMHL")
    assert again(one).went_to_cycle == cycle.number
    story = tell(cycle)
    assert [line for line in story.specialists if one.words in line] == [f"{entry.who}: {one.words}"]


def test_adapted_under_way_becomes_an_adjustment_that_the_story_quotes(ours):
    cycle, outcome, *_ = cycles.under_way(ours, cycles.AGREED)
    one = advice.first_recommendation(advice.reported(ours))
    actions.answer_recommendation(
        one.pk, by=ours.sam, seen=None, answer="adapted", own_words="Say it, then point.", goes_to="adjustment",
        outcome_id=outcome.pk,
    )  # fmt: skip

    assert Adjustment.objects.get(pk=again(one).went_to_id).what == "Say it, then point."
    by = f"{ours.services['SEMHL']} (2 November 2026)"
    assert tell(cycle).specialists == [
        f"{by} advised: Say it, then point.", f"{by} reported; 1 recommendation waits for the school’s answer.",
    ]  # fmt: skip


def test_adopted_as_an_intervention(ours):
    _, outcome, *_ = cycles.under_way(ours, cycles.AGREED)
    one = advice.first_recommendation(advice.reported(ours))
    support = {"accountable_teacher": "Mr Osei", "deliverer": "Tia", "times_a_week": 2, "minutes": 20,
               "starts_on": DAY, "ends_on": date(2026, 12, 11)}  # fmt: skip
    actions.answer_recommendation(
        one.pk, by=ours.sam, seen=None, answer="adopted", goes_to="intervention", outcome_id=outcome.pk,
        support=support,
    )  # fmt: skip

    assert Intervention.objects.get(pk=again(one).went_to_id).name == one.words


def test_answers_say_why_and_until_when(ours):
    one = advice.first_recommendation(advice.reported(ours))
    for answer, more in [("declined", {}), ("put off", {"why": "Later."}), ("adapted", {}),
                         ("put off", {"why": "Later.", "put_off_until": DAY})]:  # fmt: skip
        with pytest.raises(Refused):
            actions.answer_recommendation(one.pk, by=ours.sam, seen=None, answer=answer, **more)
    with pytest.raises(Refused, match="There is no open cycle"):
        actions.answer_recommendation(one.pk, by=ours.sam, seen=None, answer="adopted")
    assert again(one).answer == "open"


def test_request_closes_when_every_recommendation_has_an_answer(ours):
    report = advice.reported(ours)
    first, second = report.recommendations.all()
    actions.answer_recommendation(first.pk, by=ours.sam, seen=None, answer="declined", why="Tried.")
    assert again(report.request).state == "REPORTED"
    actions.answer_recommendation(
        second.pk, by=ours.sam, seen=None, answer="put off", why="After the move.", put_off_until=date(2027, 1, 11)
    )

    assert again(report.request).state == "CLOSED"
    assert mails_to(ours.lee)[-1] == "Your recommendations were answered"
    cycles.begin(ours, DAY)
    actions.answer_recommendation(second.pk, by=ours.sam, seen=None, answer="adopted")
    assert again(second).answer == "adopted"


def test_answer_pressed_twice_places_once(ours):
    cycles.begin(ours, DAY)
    one = advice.first_recommendation(advice.reported(ours))
    for _ in range(2):
        actions.answer_recommendation(one.pk, by=ours.sam, seen=one.version, answer="adopted")

    assert AssessmentEntry.objects.count() == 1


@pytest.mark.parametrize("who", ["hana", "vic", "lee", "sol", "tia", "nia"])
def test_answer_is_for_the_schools_keepers(ours, who):
    one = advice.first_recommendation(advice.reported(ours))

    with pytest.raises(NotPermitted):
        actions.answer_recommendation(one.pk, by=ours.people[who], seen=None, answer="declined", why="No.")


def test_a_talk_is_closed_without_a_report(ours):
    request = advice.accepted(ours, consent="without")
    closed = actions.close_without_report(request.pk, by=ours.lee, seen=None, because="We talked; try a card first.")

    assert (closed.state, closed.ended_because) == ("CLOSED", "We talked; try a card first.")


# --- a school move ---------------------------------------------------------------------------------------------------


def test_a_school_move_gives_the_request_to_the_new_school(ours):
    request = advice.accepted(ours)
    draft = advice.start(ours, service="EPS")
    moved_on = DAY + timedelta(days=1)
    with clock.at(moved_on):
        pupils.start_school_place(ours.jordan.pk, by=None, school=ours.next_school, on=moved_on, year_group=4)
        carried = actions.hand_over(
            ours.jordan, from_school=ours.school, to_school=ours.next_school, on=moved_on, by=None
        )
        assert carried == [
            f"A request for advice to {ours.services['SEMHL']}: accepted",
            f"A request for advice to {ours.services['EPS']}: draft",
        ]
        assert AdviceRequest.objects.visible_to(ours.nia).count() == 2
        assert list(AdviceRequest.objects.visible_to(ours.sam)) == [request]
        assert queries.reading_of(ours.sam, again(request)) == "handed over"
        assert queries.reading_of(ours.nia, again(request)) == "school"
        assert opened(ours) == {Level.INITIALS, Level.ADVICE}
        actions.write_report(request.pk, by=ours.lee, seen=None, summary="S", recommendations=["R"])
        actions.issue_report(request.pk, by=ours.lee, seen=None)
        assert mails_to(ours.nia) == ["Specialist advice has arrived"]
    assert again(draft).written_for_id == ours.next_school.pk


def test_visible_requests_are_those_of_the_person(ours):
    request = advice.sent(ours)
    twin = world.twin()
    seen = {who: AdviceRequest.objects.visible_to(user).count() for who, user in ours.people.items()}

    assert {who for who, count in seen.items() if count} == {
        "sam", "dee", "hana", "dina", "vic", "ada", "otis", "sol", "ed", "lee",
    }  # fmt: skip
    assert not any(AdviceRequest.objects.visible_to(user).exists() for user in twin.people.values())
    assert queries.reading_of(ours.lee, request) == "initials"
    assert Consent.objects.visible_to(ours.lee).count() == 0
    assert Pupil.objects.visible_to(ours.lee).count() == 0


def test_service_says_how_soon_the_school_answers_recommendations(ours):
    """The policy on the day of the report counts; where the service has agreed none, the sample."""
    report = advice.reported(ours)
    (sample,) = shown.next_steps(ours.sam, Pupil.objects.visible_to(ours.sam), DAY)
    AdvicePolicy.objects.create(
        organisation=report.request.service, during=from_day(DAY), working_days_to_answer=3,
        agreed_by="Lee", source="test",
    )  # fmt: skip
    (agreed,) = shown.next_steps(ours.sam, Pupil.objects.visible_to(ours.sam), DAY)

    assert (sample.due_on, agreed.due_on) == (date(2026, 11, 16), date(2026, 11, 5))
