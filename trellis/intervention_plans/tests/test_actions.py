import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.cycles.tests import world as cycles
from trellis.documents.tests.reading import opened, text_of, words_of
from trellis.history.models import Entry
from trellis.intervention_plans import actions, permissions, queries, rules
from trellis.intervention_plans.models import InterventionPlan, PlanState
from trellis.intervention_plans.rules import BOXES, IN_A_STAGE, STAGES
from trellis.intervention_plans.tests import world as plans
from trellis.passports.tests import world as passports
from trellis.people.models import Membership
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.schooling.slots import suspension_recorded

CAST = [
    "sam", "dee", "tia", "osei", "nia", "vic", "ada", "otis", "bea", "sol", "ed", "hana", "dina", "eve", "lee", "root",
]  # fmt: skip


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


# --- who -------------------------------------------------------------------------------------------------------------


def writers(ours, pupil):
    return {who for who in CAST if permissions.can_write_plan(ours.people[who], pupil)}


def test_can_write_plan(ours):
    assert writers(ours, ours.jordan) == {"sam", "dee", "otis"}
    assert writers(world.twin(), ours.jordan) == set()


def test_virtual_school_writes_for_a_school_without_accounts(ours):
    Membership.objects.filter(user__in=[ours.sam, ours.dee]).update(role="headteacher")
    for left in (ours.sam, ours.dee):
        left.__dict__.pop("memberships_today", None)

    assert writers(ours, ours.jordan) == {"otis", "vic", "ada"}


def test_write_and_agree_are_closed_to_others(ours):
    draft = plans.begin(ours)

    for who in ("osei", "tia", "hana", "nia", "vic"):
        with pytest.raises(NotPermitted):
            plans.agree(ours, draft, by=who)
        with pytest.raises(NotPermitted):
            actions.write_plan(draft.pk, by=ours.people[who], seen=None, strengths="x")


# --- write -----------------------------------------------------------------------------------------------------------


def test_start_begins_with_the_passport_and_the_adjustments(ours):
    cycles.under_way(ours)
    passports.agreed(ours)

    draft = actions.start_plan(ours.jordan.pk, by=ours.otis, key=Key.fresh(ours.otis))

    assert (draft.strengths, draft.triggers, draft.adult_roles, draft.adjustments, draft.written_for_id) == (
        "I make people laugh.\nTrains, and building things.", "Being hurried\nShouting, even at someone else",
        "Tia, or Mr Osei", "A way out and back", ours.school.pk,
    )  # fmt: skip


def test_start_begins_with_the_words_of_the_plan_that_stands(ours):
    current = plans.agreed(ours)

    draft = actions.start_plan(ours.jordan.pk, by=ours.dee, key=Key.fresh(ours.dee))

    assert queries.contents_of(draft) == queries.contents_of(current)
    with pytest.raises(Refused):
        actions.start_plan(ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam))


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"safe_place": "x" * 121}, "safe_place"),
        ({"stages": {"crisis": {"works": "a\nb\nc\nd\ne"}}}, "crisis_works"),
    ],
)
def test_write_more_than_fits_is_refused_at_its_box(ours, words, field):
    draft = plans.begin(ours)

    with pytest.raises(Refused) as refused:
        actions.write_plan(draft.pk, by=ours.sam, seen=None, **words)

    assert refused.value.field == field


def test_write_over_what_somebody_else_wrote_is_a_conflict(ours):
    draft = plans.begin(ours)

    with pytest.raises(Conflict):
        actions.write_plan(draft.pk, by=ours.otis, seen=draft.version - 1, strengths="x")


# --- agree -----------------------------------------------------------------------------------------------------------


def test_agree_freezes_the_page_and_sets_the_next_look(ours):
    plan = plans.agreed(ours)

    assert (plan.state, plan.number, plan.review_on) == (PlanState.AGREED, 1, date(2026, 11, 23))
    assert plan.document.snapshot["footer"] == (
        "Version 1. Agreed on 12 October 2026 with Jordan, and with Hana Ours for the school. Look at it again by "
        "23 November 2026 and after each serious incident."
    )
    assert Entry.objects.filter(subject_kind="intervention_plans.interventionplan").latest("pk").sentence == (
        "Version 1 of the positive intervention plan was agreed with Hana Ours for the school, and with Jordan by Tia: "
        "we talked it through."
    )


def test_agree_keeps_the_version_before_readable(ours):
    first = plans.agreed(ours)
    second = plans.agreed(ours, date(2026, 10, 30))

    first.refresh_from_db()
    assert (first.state, second.number) == (PlanState.SUPERSEDED, 2)
    assert queries.versions_of(ours.jordan, ours.tia) == [second, first]
    with pytest.raises(Refused):
        actions.write_plan(second.pk, by=ours.sam, seen=None, strengths="x")


@pytest.mark.parametrize(
    ("words", "more", "sentence"),
    [
        ({"triggers": ""}, {}, rules.plan_knows_triggers_and_strengths.sentence),
        ({"stages": {}}, {}, rules.plan_tells_each_stage.sentence),
        ({"safe_place": ""}, {}, rules.plan_says_who_and_where.sentence),
        ({"physical_response": "Guide"}, {}, rules.physical_response_names_its_training.sentence),
        ({"risk_after": ""}, {}, rules.plan_rates_the_risk.sentence),
        ({"triggers": "Foster carer calls"}, {}, rules.plan_leaves_care_out.sentence),
        ({}, {"agreed_on": date(2026, 10, 13)}, rules.plan_was_agreed_by_today.sentence),
        ({}, {"agreed_on": date(2026, 10, 11)}, rules.plan_was_agreed_after_it_was_begun.sentence),
    ],
)
def test_agree_is_refused_when(ours, words, more, sentence):
    draft = plans.begin(ours, **words)

    with pytest.raises(Refused) as refused:
        plans.agree(ours, draft, **more)

    assert (refused.value.sentence, queries.current_plan(ours.jordan)) == (sentence, None)


def test_plan_is_one_page_however_long_its_words(ours):
    def longest(limit, lines):
        line = ("WWWWMWWWW " * 40)[: limit // lines - 1].strip()
        return "\n".join([line] * lines)

    stages = {stage: dict.fromkeys(IN_A_STAGE, longest(rules.CELL_LIMIT, rules.CELL_LINES)) for stage in STAGES}
    plan = plans.agreed(ours, **{box.name: longest(box.limit, 6) for box in BOXES}, stages=stages)

    pdf = opened(bytes(plan.document.renditions.get().bytes))

    assert len(pdf.pages) == 1
    snapshot = plan.document.snapshot
    sections = [section["parts"] for section in snapshot["sections"]]
    assert [
        word for word in words_of([sections, snapshot["footer"], snapshot["pupil"]]) if word not in text_of(pdf)
    ] == []


# --- while it stands -------------------------------------------------------------------------------------------------


def test_confirm_moves_the_next_look_on(ours):
    plan = plans.agreed(ours)

    actions.confirm_plan(plan.pk, by=ours.dee, seen=None, looked_on=world.DAY, looked_with="Tia and Dee")

    plan.refresh_from_db()
    assert (plan.looked_at_on, plan.review_on) == (world.DAY, date(2026, 12, 14))


def test_look_again_after_a_serious_incident_within_five_school_days(ours):
    plan = plans.agreed(ours)

    actions.look_again_after(plan.pk, by=ours.sam, seen=None, happened_on=world.DAY)

    plan.refresh_from_db()
    assert plan.review_on == date(2026, 11, 9)
    assert Entry.objects.latest("pk").sentence == (
        "After a serious incident on 2 November 2026 the positive intervention plan is looked at by 9 November 2026."
    )


def test_share_writes_down_who_was_given_it_once(ours):
    plan, key = plans.agreed(ours), Key.fresh(ours.sam)
    told = {"name": "Lin", "role": "lunchtime supervisor", "shared_on": world.DAY}

    assert actions.share_plan(plan.pk, by=ours.sam, key=key, **told) == actions.share_plan(
        plan.pk, by=ours.sam, key=key, **told
    )
    assert [str(one) for one in plan.shared.all()] == ["Lin, lunchtime supervisor"]


def test_only_the_version_that_stands_is_shared_confirmed_or_brought_forward(ours):
    first = plans.agreed(ours)
    plans.agreed(ours, date(2026, 10, 30))

    for act in (
        lambda: actions.share_plan(
            first.pk, by=ours.sam, key=Key.fresh(ours.sam), name="Lin", role="x", shared_on=world.DAY
        ),
        lambda: actions.confirm_plan(first.pk, by=ours.sam, seen=None, looked_on=world.DAY, looked_with="Tia"),
        lambda: actions.look_again_after(first.pk, by=ours.sam, seen=None, happened_on=world.DAY),
    ):
        with pytest.raises(Refused):
            act()


def test_suspension_brings_the_review_forward(ours):
    plan = plans.agreed(ours)
    assert actions.look_again_after_suspension in suspension_recorded.fillings

    class Suspended:
        pupil, first_day = ours.jordan, world.DAY - timedelta(days=3)

    actions.look_again_after_suspension(Suspended, ours.hana)

    plan.refresh_from_db()
    assert plan.review_on == date(2026, 11, 6)


def test_hand_over_carries_the_plan_and_gives_the_draft_to_the_new_school(ours):
    current, draft = plans.agreed(ours), plans.begin(ours, world.DAY)
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)

    carried = actions.hand_over(
        ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.vic
    )

    assert carried == [
        "The positive intervention plan, version 1: adults and safe place may be others now; look at it together by "
        "16 November 2026",
        "A draft of the positive intervention plan, not agreed yet",
    ]
    taken_on = queries.draft_of(ours.jordan)
    assert queries.contents_of(taken_on) == queries.contents_of(draft)
    second = plans.agree(ours, taken_on, world.DAY, by="nia")
    assert queries.versions_of(ours.jordan, ours.nia) == [second, current]
    assert queries.versions_of(ours.jordan, ours.sam) == [current]
    assert queries.versions_of(ours.jordan, ours.tia) == []


def test_two_at_once_begin_one_draft(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
    start, told = threading.Barrier(2), []

    def press(who):
        try:
            with clock.at(world.DAY):
                start.wait(timeout=10)
                actions.start_plan(ours.jordan.pk, by=who, key=Key.fresh(who))
                told.append("made")
        except Refused:
            told.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[who]) for who in (ours.sam, ours.otis)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (sorted(told), InterventionPlan.objects.count()) == (["made", "refused"], 1)
