import contextlib
import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.history.models import Entry
from trellis.hv import actions as hv
from trellis.hv.tests import world as cases
from trellis.ledgers.queries import statement
from trellis.mail.models import Message
from trellis.outreach import actions, queries, rules, shown
from trellis.outreach.models import (
    ContactCovered,
    OutcomeLook,
    OutreachCase,
    OutreachContact,
    OutreachState,
)
from trellis.outreach.tests.world import accept, ask, close, contact, plan
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def case(ours):
    return ask(ours)


def steps(user, day=world.DAY):
    return [(step.verb, step.due_on) for step in shown.next_steps(user, Pupil.objects.all(), day)]


# --- asked and answered


def test_ask_says_the_moment_of_the_answer_and_tells_the_outreach_teacher_at_once(ours, case):
    assert (case.state, case.answer_due_at) == (
        OutreachState.RAISED, datetime(2026, 11, 2, 17, tzinfo=clock.LONDON),
    )  # fmt: skip
    message = Message.objects.get(to=ours.otis)
    assert message.subject == "A school asks for emergency outreach: answer by 5:00 pm on Monday 2 November"
    assert not any(name in message.subject + message.body for name in ("Jordan", "Vale"))
    assert not Message.objects.filter(to=ours.vic).exists()
    assert steps(ours.otis) == [("Answer the school", world.DAY)]


def test_ask_twice_is_one_case_and_a_second_is_refused(ours):
    key, told = Key.fresh(ours.sam), {
        "happened": "x", "tried": "y", "needed": "z", "at_risk_this_week": False,
    }  # fmt: skip
    made = [actions.raise_outreach(ours.jordan.pk, by=ours.sam, key=key, **told) for _ in range(2)]
    assert made[0] == made[1]
    with pytest.raises(Refused) as refused:
        ask(ours)
    assert refused.value.sentence == actions.OPEN_ALREADY


def test_ask_refused_for_a_child_whom_nobody_looks_after(ours):
    pupils.end_care(ours.jordan.pk, by=None, on=date(2026, 11, 1))
    with pytest.raises(Refused) as refused:
        ask(ours)
    assert refused.value.sentence == rules.is_looked_after_here.sentence


def test_virtual_school_asks_for_the_school(ours):
    assert (ask(ours, by=ours.ada).by_virtual_school, OutreachCase.objects.get().written_for_id) == (
        True, ours.school.pk,
    )  # fmt: skip


def test_answer_is_late_after_the_moment_and_the_head_is_asked_then(ours, case):
    with clock.at(datetime(2026, 11, 2, 17, 1, tzinfo=clock.LONDON)):
        assert case.is_late
        assert steps(ours.vic) == [("Answer the school", world.DAY)]
        assert accept(case, ours).was_answered_late
    assert steps(ours.vic) == []


def test_accept_makes_the_first_contact_due_within_the_policy(ours, case):
    accepted = accept(case, ours)
    assert (accepted.state, accepted.contact_by, accepted.taken_by, accepted.was_answered_late) == (
        OutreachState.ACCEPTED, date(2026, 11, 4), ours.otis, False,
    )  # fmt: skip
    assert "Wednesday 4 November" in Message.objects.filter(to=ours.sam).get().body
    assert steps(ours.otis) == [("Make first contact", date(2026, 11, 4))]


@pytest.mark.parametrize(("instead", "answer", "field"), [("", "Because.", "instead"), ("ehc", "", "answer")])
def test_redirect_without_the_way_is_refused(ours, case, instead, answer, field):
    with pytest.raises(Refused) as refused:
        actions.redirect_outreach(case.pk, by=ours.otis, seen=None, instead=instead, answer=answer)
    assert refused.value.field == field


def test_redirect_names_the_way_and_closes_the_question(ours, case):
    redirected = actions.redirect_outreach(
        case.pk, by=ours.otis, seen=None, instead="own hours", answer="Ask SEMHL first: you have six hours."
    )
    assert (redirected.state, steps(ours.otis)) == (OutreachState.REDIRECTED, [])
    assert ask(ours).state == OutreachState.RAISED


def test_two_answers_at_once_are_one(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
        case = ask(ours)
    start, told = threading.Barrier(2), []

    def press(verb):
        try:
            with clock.at(world.DAY):
                start.wait(timeout=10)
                if verb == "accept":
                    actions.accept_outreach(case.pk, by=ours.otis, seen=case.version)
                else:
                    actions.redirect_outreach(case.pk, by=ours.ada, seen=case.version, instead="ehc", answer="x")
                told.append(verb)
        except Conflict:
            told.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(verb,)) for verb in ("accept", "redirect")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (len(told), told.count("conflict")) == (2, 1)


# --- contacts, plan, review


def test_first_contact_ends_the_wait(ours, case):
    accept(case, ours)
    with clock.at(date(2026, 11, 3)):
        contact(case, ours)
    case.refresh_from_db()
    assert (case.state, case.first_contact_on, case.plan_by) == (
        OutreachState.CONTACTED, date(2026, 11, 3), date(2026, 11, 10),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("on", "rule"),
    [(date(2026, 11, 3), rules.contact_has_happened), (date(2026, 11, 1), rules.contact_comes_after_asking)],
)
def test_contact_refused_on_such_a_day(ours, case, on, rule):
    accept(case, ours)
    with pytest.raises(Refused) as refused:
        contact(case, ours, on=on)
    assert refused.value.sentence == rule.sentence


def test_contact_before_accepting_is_refused(ours, case):
    with pytest.raises(Refused, match="Accept it first"):
        contact(case, ours)


def test_plan_review_step_down_and_close_with_what_changed(ours, case):
    accept(case, ours)
    contact(case, ours)
    assert plan(case, ours).review_on == date(2026, 11, 16)
    assert steps(ours.sam) == [("Review outreach together", date(2026, 11, 16))]
    with clock.at(date(2026, 11, 16)):
        actions.review_outreach(
            case.pk, by=ours.otis, key=Key.fresh(ours.otis), held_on=date(2026, 11, 16), found="He stays in maths.",
            decision="step down", review_on=date(2026, 12, 4),
        )  # fmt: skip
        case.refresh_from_db()
        assert (case.state, case.review_on) == (OutreachState.STEPPED_DOWN, date(2026, 12, 4))
    with clock.at(date(2026, 12, 4)):
        closed = close(case, ours)
    assert (closed.state, closed.place_kept, closed.after) == (OutreachState.CLOSED, True, "None for three weeks")
    assert list(OutcomeLook.objects.values_list("weeks", "due_on")) == [(4, date(2027, 1, 1)), (12, date(2027, 2, 26))]
    assert steps(ours.otis) == [("Look whether it held", date(2027, 1, 1)), ("Look whether it held", date(2027, 2, 26))]
    told = Entry.objects.filter(subject_kind="outreach.outreachcase").order_by("pk").values_list("sentence", flat=True)
    assert list(told) == [
        "Asked for emergency outreach.",
        "Accepted; first contact by 4 November 2026.",
        "Visit to the school, 1½ hours.",
        "Agreed the outreach plan; review on 16 November 2026.",
        "Reviewed outreach: step down; again on 4 December 2026.",
        "Closed outreach: the school place was kept.",
    ]


def test_review_beyond_the_policy_is_refused(ours, case):
    accept(case, ours)
    contact(case, ours)
    with pytest.raises(Refused) as refused:
        plan(case, ours, review_on=date(2026, 11, 24))
    assert refused.value.sentence == rules.review_comes_soon.sentence


def test_outcome_is_looked_at_when_due_and_may_be_corrected(ours, case):
    accept(case, ours)
    close(case, ours)
    look, told = OutcomeLook.objects.first(), {"by": ours.otis, "seen": None, "words": ""}
    with pytest.raises(Refused, match="This look is due on 30 November 2026"):
        actions.look_at_outcome(look.pk, on_roll=True, days_lost=0, **told)
    with clock.at(date(2026, 11, 30)):
        for days in (1, 1.5):
            actions.look_at_outcome(look.pk, on_roll=True, days_lost=days, **told)
    look.refresh_from_db()
    assert (look.on_roll, look.days_lost, look.looked_on) == (True, 1.5, date(2026, 11, 30))


# --- the hours it takes


def award(ours, minutes, **says):
    return cases.decide(
        cases.propose(ours), ours, "awarded urgently", present=(), award=hv.Award(minutes=minutes, **says)
    )


def lines(account):
    return [(line.entry.kind, line.entry.amount, line.balance) for line in statement(account)]


def times(case):
    time = queries.time_of(queries.contacts_of(case))
    return time.taken, time.covered, time.not_covered


def test_worked_example_contacts_before_the_award_beyond_it_and_after_more(ours, case):
    """4 h kept, then 10 h awarded urgently; 7 h more; the panel adds 2 h; one hour stays for the next contact."""
    accept(case, ours)
    contact(case, ours, 90)
    contact(case, ours, 150)
    assert times(case) == (240, 0, 240)

    given = award(ours, 600)
    given.refresh_from_db()
    assert lines(given.hours_account) == [("allocated", 600, 600), ("spent", -90, 510), ("spent", -150, 360)]
    assert times(case) == (240, 240, 0)

    contact(case, ours, 300)
    contact(case, ours, 120)
    assert times(case) == (660, 600, 60)
    given.hours_account.refresh_from_db()
    assert given.hours_account.balance == 0

    hv.confirm_hv(given.pk, by=ours.vic, seen=None, reason="A little more.", present=cases.PANEL, minutes_left=120)
    assert times(case) == (660, 660, 0)
    assert lines(given.hours_account)[-2:] == [("allocated", 120, 120), ("spent", -60, 60)]

    contact(case, ours, 60)
    given.hours_account.refresh_from_db()
    assert (given.hours_account.balance, times(case)) == (0, (720, 720, 0))
    entry = statement(given.hours_account)[1].entry
    assert (entry.cause_kind, entry.pupil_id, entry.note) == (
        "outreach.contactcovered", ours.jordan.pk, "Outreach, visit to the school on 2 November 2026",
    )  # fmt: skip


def test_hours_of_another_service_do_not_pay_for_outreach(ours, case):
    accept(case, ours)
    contact(case, ours, 90)
    given = award(ours, 600, service=ours.services["EPS"])
    assert (lines(given.hours_account), times(case)) == ([("allocated", 600, 600)], (90, 0, 90))


def test_contacts_of_a_closed_case_before_the_award_are_not_taken_from_it(ours, case):
    accept(case, ours)
    contact(case, ours, 90)
    close(case, ours)
    with clock.at(date(2026, 11, 3)):
        given = award(ours, 600)
    assert lines(given.hours_account) == [("allocated", 600, 600)]


def test_contacts_at_once_never_overdraw_the_award(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
        case = accept(ask(ours), ours)
        contact(case, ours, 30)
        given = award(ours, 120)
    start = threading.Barrier(4)

    def press():
        try:
            with clock.at(world.DAY):
                start.wait(timeout=10)
                contact(case, ours, 60)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    given.hours_account.refresh_from_db()
    with clock.at(world.DAY):
        assert (given.hours_account.balance, times(case)) == (0, (270, 120, 150))
    assert sum(line.entry.amount for line in statement(given.hours_account)) == 0


def test_a_contact_sent_twice_is_kept_and_taken_once(ours, case):
    accept(case, ours)
    given, key = award(ours, 600), Key.fresh(ours.otis)
    for _ in range(2):
        actions.keep_contact(
            case.pk, by=ours.otis, key=key, on=world.DAY, with_whom="Sam", how="call", minutes=30, done="x"
        )
    given.hours_account.refresh_from_db()
    assert (OutreachContact.objects.count(), ContactCovered.objects.count(), given.hours_account.balance) == (1, 1, 570)


# --- moves, and leaving care


def test_a_move_takes_outreach_along(ours, case):
    accept(case, ours)
    told = actions.hand_over(
        ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.vic
    )
    case.refresh_from_db()
    assert (case.kept_by, case.written_for_id, told) == (
        ours.next_school, ours.school.pk, ["Emergency outreach: accepted, first contact to be made"],
    )  # fmt: skip
    assert Message.objects.filter(to=ours.otis, subject__contains="moved school").count() == 1


def test_outreach_closes_when_care_ends(ours, case):
    accept(case, ours)
    pupils.end_care(ours.jordan.pk, by=None, on=world.DAY)
    case.refresh_from_db()
    assert (case.state, case.closed_because) == (OutreachState.CLOSED, "left care")
    assert list(OutreachCase.objects.visible_to(ours.otis)) == [case]


# --- who

ROLES = ["sam", "dee", "hana", "dina", "tia", "osei", "nia", "vic", "ada", "otis", "bea", "sol", "eve", "root"]
ASKERS, GIVERS = {"sam", "dee", "hana", "dina", "vic", "ada", "otis"}, {"vic", "ada", "otis"}
VERBS = {
    "ask": (ASKERS, lambda ours, case, by: ask(ours, by=by)),
    "take back": (ASKERS, lambda ours, case, by: actions.take_back_outreach(case.pk, by=by, seen=None)),
    "accept": (GIVERS, lambda ours, case, by: accept(case, ours, by=by)),
    "redirect": (GIVERS, lambda ours, case, by: actions.redirect_outreach(
        case.pk, by=by, seen=None, instead="ehc", answer="x")),
    "contact": (GIVERS, lambda ours, case, by: contact(case, ours, by=by)),
    "plan": (GIVERS, lambda ours, case, by: plan(case, ours, by=by)),
    "review": (GIVERS, lambda ours, case, by: actions.review_outreach(
        case.pk, by=by, key=Key.fresh(by), held_on=world.DAY, found="x", decision="extend",
        review_on=world.DAY + timedelta(weeks=1))),
    "close": (GIVERS, lambda ours, case, by: close(case, ours, by=by)),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_for_its_roles(ours, verb):
    permitted, press = VERBS[verb]
    case = None if verb == "ask" else ask(ours)
    allowed = set()
    for who in ROLES:
        try:
            with transaction.atomic():
                with contextlib.suppress(Refused):
                    press(ours, case, ours.people[who])
                allowed.add(who)
                transaction.set_rollback(True)
        except NotPermitted:
            continue
    assert allowed == permitted


REACHES = {
    "RAISED": [], "ACCEPTED": [accept], "CONTACTED": [accept, contact], "ACTIVE": [accept, contact, plan],
    "CLOSED": [accept, close],
}  # fmt: skip
WORKS_FROM = {
    "take back": {"RAISED"}, "accept": {"RAISED"}, "redirect": {"RAISED"},
    "contact": {"ACCEPTED", "CONTACTED", "ACTIVE"}, "plan": {"CONTACTED", "ACTIVE"}, "review": {"ACTIVE"},
    "close": {"ACCEPTED", "CONTACTED", "ACTIVE"},
}  # fmt: skip


@pytest.mark.parametrize("state", REACHES)
def test_each_verb_works_only_from_its_states(ours, case, state):
    for step in REACHES[state]:
        step(case, ours)
    case.refresh_from_db()
    assert case.state == state
    works = set()
    for verb in WORKS_FROM:
        with contextlib.suppress(Refused), transaction.atomic():
            VERBS[verb][1](ours, case, ours.otis)
            works.add(verb)
            transaction.set_rollback(True)
    assert works == {verb for verb, states in WORKS_FROM.items() if state in states}
