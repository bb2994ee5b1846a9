import contextlib
import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from trellis.advice.tests import world as advice
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.history.models import Entry
from trellis.hours import actions as hours
from trellis.hours.models import PaidFrom
from trellis.hv import actions, queries, rules
from trellis.hv.actions import Award
from trellis.hv.models import HvCase, HvDecision, HvPolicy, HvState
from trellis.hv.tests.world import PANEL, award, decide, proposal, propose
from trellis.ledgers.queries import statement
from trellis.mail.models import Message
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def case(ours):
    return propose(ours)


def entries(account):
    return [(line.entry.kind, line.entry.amount, line.balance) for line in statement(account)]


# --- proposing


def test_propose_keeps_what_was_said_and_when_it_is_decided(ours, case):
    assert (case.state, case.kept_by, case.virtual_school, case.on_behalf) == (
        HvState.PROPOSED, ours.school, ours.virtual_school, False,
    )  # fmt: skip
    assert case.criterion_words == "A high risk of permanent exclusion"
    assert case.decide_by == date(2026, 11, 16)
    assert case.decide_because.startswith("10 school days. sample")
    assert (case.story, case.pep_words) == (None, "Personal Education Plan, autumn term 2026: not started")


def test_propose_tells_the_head_without_naming_the_child(ours, case):
    message = Message.objects.filter(to=ours.vic, path=case.get_absolute_url()).get()
    assert "Monday 16 November" in message.body
    assert not any(name in message.subject + message.body for name in ("Jordan", "Vale"))


def test_propose_twice_is_one_case_and_a_second_is_refused(ours):
    key = Key.fresh(ours.sam)
    made = [actions.ask_hv(ours.jordan.pk, by=ours.sam, key=key, **proposal()) for _ in range(2)]
    assert made[0] == made[1]
    with pytest.raises(Refused) as refused:
        propose(ours)
    assert refused.value.sentence == actions.OPEN_ALREADY


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"criterion": "nothing"}, rules.criterion_is_in_the_policy.sentence),
        ({"asked_minutes": 0}, rules.something_is_asked.sentence),
        ({"asked_pence": 5_000}, rules.money_says_what_for.sentence),
    ],
)
def test_propose_refused_when_incomplete(ours, says, sentence):
    with pytest.raises(Refused) as refused:
        propose(ours, **says)
    assert refused.value.sentence == sentence


def test_propose_refused_for_a_child_whom_nobody_looks_after(ours):
    pupils.end_care(ours.jordan.pk, by=None, on=date(2026, 11, 1))
    with pytest.raises(Refused) as refused:
        propose(ours)
    assert refused.value.sentence == rules.is_looked_after_here.sentence


def test_virtual_school_proposes_on_behalf(ours):
    assert propose(ours, by=ours.ada).on_behalf is True


# --- deciding


def test_award_opens_the_account_with_the_case_as_cause(ours, case):
    decided = decide(case, ours, "awarded", award=Award(minutes=600, pence=30_000, money_for="A tutor"))

    assert (decided.state, decided.awarded_from, decided.awarded_until) == (
        HvState.AWARDED, world.DAY, date(2026, 12, 14),
    )  # fmt: skip
    assert entries(decided.hours_account) == [("allocated", 600, 600)]
    assert entries(decided.money_account) == [("allocated", 30_000, 30_000)]
    entry = statement(decided.hours_account)[0].entry
    assert (entry.cause_kind, entry.cause_id, entry.pupil_id) == ("hv.hvcase", case.pk, ours.jordan.pk)
    assert (queries.hours_left(ours.jordan), queries.money_left(ours.jordan)) == (600, 30_000)
    assert queries.open_case(ours.jordan) == case
    told = Entry.objects.filter(subject_kind="hv.hvcase").order_by("pk").last()
    assert (told.sentence, told.state) == (
        "The panel awarded: 10 hours of outreach of the Virtual School and £300, until 14 December 2026.", "AWARDED",
    )  # fmt: skip


@pytest.mark.parametrize("decision", ["awarded", "refused", "more asked"])
def test_panel_needs_its_quorum(ours, case, decision):
    with pytest.raises(Refused) as refused:
        decide(case, ours, decision, present=PANEL[:2], award=Award(minutes=60), next_route="ehc", next_route_words="x")
    assert (refused.value.sentence, refused.value.field) == (rules.panel_has_its_quorum.sentence, "present")


@pytest.mark.parametrize(
    ("route", "words", "field"), [("", "Ask the SENCO.", "next_route"), ("ehc", " ", "next_route_words")]
)
def test_refusal_without_the_next_route_is_refused(ours, case, route, words, field):
    with pytest.raises(Refused) as refused:
        decide(case, ours, "refused", next_route=route, next_route_words=words)
    assert refused.value.field == field
    case.refresh_from_db()
    assert case.state == HvState.PROPOSED


def test_refusal_without_the_next_route_is_refused_by_the_database(ours, case):
    with pytest.raises(IntegrityError, match="an_hv_refusal_names_the_next_route"), transaction.atomic():
        HvDecision.objects.create(
            case=case, pupil=ours.jordan, written_for=ours.virtual_school, kind="refused", reason="x",
            at=clock.now(), by=ours.vic,
        )  # fmt: skip


def test_refusal_names_the_next_route_and_lets_the_school_propose_again(ours, case):
    decide(case, ours, "refused", next_route="pp plus", next_route_words="Ask against target 2; Ada helps.")
    assert HvDecision.objects.get().next_route_words == "Ask against target 2; Ada helps."
    assert Message.objects.filter(to=ours.sam, subject__contains="next route").exists()
    assert propose(ours).state == HvState.PROPOSED


def test_more_asked_and_answered_comes_back_to_the_panel(ours, case):
    decide(case, ours, "more asked", reason="What does the class teacher see?")
    with clock.at(date(2026, 11, 4)):
        answered = actions.answer_hv(case.pk, by=ours.dee, seen=None, more_answered="He leaves at writing.")
    assert (answered.state, answered.more_asked, answered.decide_by) == (
        HvState.PROPOSED, "What does the class teacher see?", date(2026, 11, 18),
    )  # fmt: skip


def test_award_above_the_cap_is_refused(ours, case):
    with pytest.raises(Refused) as refused:
        award(case, ours, 901)
    assert refused.value.sentence == rules.award_is_within_the_cap.sentence


def test_a_policy_of_its_own_counts_from_its_day(ours):
    HvPolicy.objects.create(
        organisation=ours.virtual_school, during=(date(2026, 9, 1), None), agreed_by="Vic", source="Our panel, 2026",
        quorum=1, decide_school_days=5, cap_minutes=60,
    )  # fmt: skip
    case = propose(ours)
    assert (case.decide_by, case.decide_because) == (date(2026, 11, 9), "5 school days. Our panel, 2026")
    with pytest.raises(Refused):
        award(case, ours, 61)
    assert decide(case, ours, "awarded", present=PANEL[:1], award=Award(minutes=60)).state == HvState.AWARDED


def test_two_heads_deciding_at_once_decide_once(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
        val = world.account("val", "virtual school head", ours.virtual_school, "ours.example")
        case = propose(ours)
    start, told = threading.Barrier(2), []

    def press(head, decision):
        try:
            with clock.at(world.DAY):
                start.wait(timeout=10)
                decide(case, ours, decision, by=head, seen=case.version, award=Award(minutes=600),
                       next_route="ehc", next_route_words="Ask for an assessment.")  # fmt: skip
                told.append(decision)
        except Conflict:
            told.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=args) for args in ((ours.vic, "awarded"), (val, "refused"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (len(told), told.count("conflict"), HvDecision.objects.count()) == (2, 1, 1)


# --- urgently, then the panel


def urgent(case, ours, **given):
    return decide(case, ours, "awarded urgently", present=(), award=Award(**({"minutes": 600} | given)))


def test_urgent_award_counts_at_once_and_waits_for_the_panel(ours, case):
    decided = urgent(case, ours)
    assert (decided.awaits_panel, decided.hours_account.pk, queries.hours_left(ours.jordan)) == (
        True, decided.hours_account_id, 600,
    )  # fmt: skip
    assert list(HvCase.objects.for_the_panel()) == [case]


def test_panel_confirms_the_urgent_award(ours, case):
    urgent(case, ours)
    confirmed = actions.confirm_hv(case.pk, by=ours.vic, seen=None, reason="Rightly.", present=PANEL, minutes_left=600)
    assert (confirmed.awaits_panel, HvDecision.objects.last().kind) == (False, "confirmed")
    assert entries(confirmed.hours_account) == [("allocated", 600, 600)]
    assert list(HvCase.objects.for_the_panel()) == []
    with pytest.raises(Refused, match="confirmed this award already"):
        actions.confirm_hv(case.pk, by=ours.vic, seen=None, reason="Again.", present=PANEL)


@pytest.mark.parametrize(("left", "entry"), [(300, ("returned", -300, 300)), (720, ("allocated", 120, 720))])
def test_panel_changes_the_urgent_award_from_now_on(ours, case, left, entry):
    urgent(case, ours)
    changed = actions.confirm_hv(
        case.pk, by=ours.vic, seen=None, reason="Less will do.", present=PANEL, minutes_left=left
    )
    assert entries(changed.hours_account) == [("allocated", 600, 600), entry]
    assert HvDecision.objects.last().kind == "changed"


def test_panel_cannot_change_beyond_the_cap(ours, case):
    urgent(case, ours)
    with pytest.raises(Refused):
        actions.confirm_hv(case.pk, by=ours.vic, seen=None, reason="More.", present=PANEL, minutes_left=901)


# --- extended, moved, ended


def end(case, ours, **says):
    told = {
        "because": "no longer met", "before": "2 suspensions", "after": "none for six weeks", "place_kept": True,
        "stays_in_plan": "The key adult",
    } | says  # fmt: skip
    return actions.end_hv(case.pk, by=ours.otis, seen=None, **told)


def test_extended_once_without_a_new_panel(ours, case):
    award(case, ours)
    extended = actions.extend_hv(case.pk, by=ours.vic, seen=None, until=date(2027, 1, 22), reason="It works.")
    assert (extended.awarded_until, extended.extended_on) == (date(2027, 1, 22), world.DAY)
    with pytest.raises(Refused) as refused:
        actions.extend_hv(case.pk, by=ours.vic, seen=None, until=date(2027, 2, 22), reason="Again.")
    assert refused.value.sentence == rules.is_extended_once.sentence


def test_end_returns_what_is_left_and_keeps_what_changed(ours, case):
    decided = decide(case, ours, "awarded", award=Award(minutes=600, pence=5_000, money_for="A tutor"))
    ended = end(case, ours)
    assert (ended.state, ended.place_kept, ended.ended_on) == (HvState.ENDED, True, world.DAY)
    assert entries(decided.hours_account) == [("allocated", 600, 600), ("returned", -600, 0)]
    assert entries(decided.money_account) == [("allocated", 5_000, 5_000), ("returned", -5_000, 0)]
    assert queries.open_case(ours.jordan) is None


def test_a_child_who_leaves_care_leaves_the_framework(ours, case):
    decided = award(case, ours)
    pupils.end_care(ours.jordan.pk, by=None, on=world.DAY)
    case.refresh_from_db()
    assert (case.state, case.ended_because) == (HvState.ENDED, "left care")
    assert entries(decided.hours_account)[-1] == ("returned", -600, 0)
    assert list(HvCase.objects.visible_to(ours.vic)) == [case]


def test_a_visit_that_had_begun_when_care_ended_is_confirmed_and_what_it_left_goes_back(ours, case):
    decided = award(case, ours)
    share = hours.Share(PaidFrom.HIGHLY_VULNERABLE, 180, decided.hours_account)
    visit = hours.keep_for_request(advice.accepted(ours), [share], by=ours.vic)
    hours.plan_visit(visit.pk, by=ours.lee, seen=None, on=date(2026, 11, 5), work="observation")
    with clock.at(date(2026, 11, 9)):
        pupils.end_care(ours.jordan.pk, by=None, on=clock.today())
        visit.refresh_from_db()
        assert visit.state == "BOOKED"
        assert entries(decided.hours_account)[-1] == ("returned", -420, 0)

        hours.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=60)
    assert entries(decided.hours_account)[-3:] == [("released", 180, 180), ("spent", -60, 120), ("returned", -120, 0)]


def test_a_change_of_legal_status_changes_nothing(ours, case):
    pupils.start_care(
        ours.jordan.pk, by=None, authority=ours.virtual_school.authority, since=world.DAY, legal_status="E1"
    )
    case.refresh_from_db()
    assert case.state == HvState.PROPOSED


def test_a_move_takes_the_award_along_and_asks_the_head_again(ours, case):
    award(case, ours)
    told = actions.hand_over(
        ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.vic
    )
    case.refresh_from_db()
    assert (case.kept_by, case.written_for_id, case.look_again_since) == (ours.next_school, ours.school.pk, world.DAY)
    assert told == [
        "The award of the Highly Vulnerable framework: 10 hours of outreach of the Virtual School left until "
        "14 December 2026. The Virtual School head decides whether it goes on"
    ]
    assert actions.go_on_hv(case.pk, by=ours.vic, seen=None, reason="It still holds.").look_again_since is None
    assert HvDecision.objects.last().kind == "goes on"


def test_a_move_without_a_case_says_nothing(ours):
    assert (
        actions.hand_over(ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=None) == []
    )


# --- who, and when

ROLES = ["sam", "dee", "hana", "dina", "tia", "nia", "vic", "ada", "otis", "bea", "sol", "eve", "root"]
VERBS = {
    "propose": ({"sam", "dee", "hana", "vic", "ada", "otis"}, lambda ours, case, who: propose(ours, by=who)),
    "answer": ({"sam", "dee", "hana", "vic", "ada", "otis"}, lambda ours, case, who: actions.answer_hv(
        case.pk, by=who, seen=None, more_answered="x")),
    "withdraw": ({"sam", "dee", "hana", "vic", "ada", "otis"}, lambda ours, case, who: actions.withdraw_hv(
        case.pk, by=who, seen=None)),
    "decide": ({"vic"}, lambda ours, case, who: award(case, ours) if who == ours.vic else decide(
        case, ours, "awarded", by=who, award=Award(minutes=60))),
    "confirm": ({"vic"}, lambda ours, case, who: actions.confirm_hv(
        case.pk, by=who, seen=None, reason="x", present=PANEL)),
    "extend": ({"vic"}, lambda ours, case, who: actions.extend_hv(
        case.pk, by=who, seen=None, until=date(2027, 3, 1), reason="x")),
    "go on": ({"vic"}, lambda ours, case, who: actions.go_on_hv(case.pk, by=who, seen=None, reason="x")),
    "end": ({"vic", "ada", "otis"}, lambda ours, case, who: actions.end_hv(
        case.pk, by=who, seen=None, because="time", before="x", after="y", place_kept=True, stays_in_plan="z")),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_for_its_roles(ours, verb):
    permitted, press = VERBS[verb]
    case = None if verb == "propose" else propose(ours)
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


def test_each_verb_starts_only_where_the_table_says(ours, case):
    for verb, (begins, leads_to) in rules.CASE.moves.items():
        for state in HvState:
            case.state = state
            assert rules.CASE.may(verb, case) == (state in begins), (verb, state)
        assert leads_to in HvState


# --- a case told step by step


def test_worked_example_from_urgent_award_to_what_is_returned(ours):
    """Ten hours and £300 urgently; 4 h 30 used; the panel leaves 6 hours; £120 spent; the rest goes back."""
    from trellis.ledgers.actions import post

    case = propose(ours)
    urgent(case, ours, pence=30_000, money_for="A tutor, 6 × £50")
    case.refresh_from_db()
    post(case.hours_account, "spent", 270, cause=ours.school, by=ours.otis, pupil_id=ours.jordan.pk)
    post(case.money_account, "spent", 12_000, cause=ours.school, by=ours.bea, pupil_id=ours.jordan.pk)
    assert (queries.hours_left(ours.jordan), queries.money_left(ours.jordan)) == (330, 18_000)
    actions.confirm_hv(
        case.pk, by=ours.vic, seen=None, reason="A little more.", present=PANEL, minutes_left=360, pence_left=18_000
    )
    assert queries.hours_left(ours.jordan) == 360
    end(case, ours)
    case.refresh_from_db()
    assert entries(case.hours_account) == [
        ("allocated", 600, 600), ("spent", -270, 330), ("allocated", 30, 360), ("returned", -360, 0),
    ]  # fmt: skip
    assert entries(case.money_account) == [
        ("allocated", 30_000, 30_000), ("spent", -12_000, 18_000), ("returned", -18_000, 0),
    ]  # fmt: skip
    assert case.hours_account.balance == case.money_account.balance == 0
