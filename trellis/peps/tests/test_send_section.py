"""The SEND section is written from the cycle, and offered again when the cycle says something else."""

from dataclasses import fields
from datetime import date

import pytest

from trellis.conduct import clock
from trellis.conduct.tests.standing import stands
from trellis.cycles import actions as cycles
from trellis.cycles.models import Cycle
from trellis.cycles.queries import Story, story_of
from trellis.cycles.tests import world as cycles_world
from trellis.peps import actions, queries
from trellis.peps.send_section import LABELS, changes_since, is_edited, is_from_cycle, words_after_taking, words_from
from trellis.peps.snapshot import parts_of
from trellis.peps.tests import world as peps
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world

STORY = Story(
    status="SEN support", needs="Speech, language and communication needs", cycle_number=2, stage="Under way",
    assessed_on="21 October 2026", need_in_words="Thinks aloud well.", voices=[("Jordan", "I like maths.")],
    plan_agreed_on="4 November 2026", review_on="10 December 2026", outcomes=[{"statement": "Stays in class"}],
    support=[{"what": "Check-in", "how_often": "5 × 10 min a week", "who": "Tia"}],
    delivery_in_words="22 of 25 sessions held.", specialists=["SEMHL: short sentences."], learned=["It helped."],
    next_steps=["Review together."],
).as_dict()  # fmt: skip
OTHERWISE = {
    str: "something else", int: 3, list: [{"statement": "Something else", "what": "Something else"}],
}  # fmt: skip


@pytest.mark.parametrize("field", [field.name for field in fields(Story)])
def test_each_field_of_the_story_is_offered_again_when_it_changes(field):
    now = {**STORY, field: OTHERWISE[type(STORY[field])]}

    assert [changed.label for changed in changes_since(STORY, now)] == [LABELS[field]]


def test_nothing_is_offered_while_the_cycle_says_the_same():
    assert changes_since(STORY, {**STORY}) == []


def test_words_from_the_story_are_grey_until_somebody_edits_them():
    words = words_from(STORY)

    assert words["specialists"] == "SEMHL: short sentences."
    assert is_from_cycle("need", words, STORY) is True
    assert is_edited("need", {**words, "need": "Otherwise."}, STORY) is True


def test_taking_again_keeps_edited_words_and_renews_the_others():
    words = {**words_from(STORY), "need": "In our words."}

    taken = words_after_taking(words, STORY, {**STORY, "need_in_words": "New.", "next_steps": ["Ask SEMHL."]})

    assert (taken["need"], taken["next_steps"]) == ("In our words.", "Ask SEMHL.")


def test_taking_for_the_first_time_drops_the_reason_why_there_was_no_cycle():
    assert "no_cycle_because" not in words_after_taking(peps.NO_CYCLE, None, STORY)


@stands
def our_world_with_words_taken():
    """Our world with a cycle under way, and the SEND section that took its words."""
    ours = world.ours()
    cycles_world.add_rows(ours)
    pep = actions.start_pep(peps.autumn(ours).pk, by=ours.sol)
    return ours, actions.take_cycles_words(peps.section(pep, "send").pk, by=ours.sam)


@pytest.fixture
def taken():
    with clock.at(world.DAY):
        yield our_world_with_words_taken()


def offered(section):
    return [changed.label for changed in queries.changes_since_taken(section)]


@pytest.mark.django_db
def test_take_cycles_words_writes_the_section_as_the_cycle_stands(taken):
    ours, section = taken

    assert section.written_from == {**story_of(ours.jordan).as_dict(), "taken_on": "2 November 2026"}
    assert section.words["need"] == (
        "What goes well: Reads aloud with joy. Jordan manages when he can talk about the work. He cannot yet ask for "
        "help in words. May be part of it: language and understanding. Not looked at yet: hearing. A hearing test was "
        "asked for."
    )
    assert (offered(section), queries.missing_in(section)) == ([], [])


@pytest.mark.django_db
def test_a_changed_plan_is_offered_again(taken):
    ours, section = taken

    cycles.set_review_date(ours.rows["cycle_id"], by=ours.sam, review_on=date(2026, 12, 4))

    assert offered(section) == ["Review on", "What happens next"]


@pytest.mark.django_db
def test_the_peps_page_knows_that_the_cycle_went_on(taken):
    ours, section = taken
    with clock.at(date(2026, 11, 3)):
        before = queries.cycle_went_on_since(section)
        cycles.set_review_date(ours.rows["cycle_id"], by=ours.sam, review_on=date(2026, 12, 4))

    assert (before, queries.cycle_went_on_since(section)) == (False, True)


@pytest.mark.django_db
def test_the_peps_page_knows_that_the_sen_status_changed(taken):
    ours, section = taken
    with clock.at(date(2026, 11, 3)):
        pupils.set_sen_status(ours.jordan.pk, by=ours.sam, status="E", primary_need="SEMH", secondary_need="SLCN")

    assert queries.cycle_went_on_since(section) is True


@pytest.mark.django_db
def test_a_recorded_review_is_offered_again(taken):
    ours, section = taken
    cycle = Cycle.objects.get(pk=ours.rows["cycle_id"])

    cycles_world.review(ours, cycle, {ours.rows["outcome_id"]: ("met", "4 lessons in 5")}, on=world.DAY)

    assert {"Stage of the cycle", "Outcomes", "What happens next"} <= set(offered(section))


@pytest.mark.django_db
def test_a_changed_sen_status_is_offered_again(taken):
    ours, section = taken

    pupils.set_sen_status(ours.jordan.pk, by=ours.sam, status="E", primary_need="SEMH", secondary_need="SLCN")

    assert offered(section) == ["SEN status"]


@pytest.mark.django_db
def test_sign_off_prints_the_cycles_tables_as_they_were_taken(taken):
    _, section = taken

    tables = [part["heading"] for part in parts_of(section) if part["kind"] == "table"]

    assert tables == ["What we planned, and what happened", "Support"]
