"""The story that the PEP is written from."""

import json

import pytest

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.cycles import actions, queries
from trellis.cycles.models import Cycle
from trellis.cycles.tests import world as cycles_world
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


def test_tell_gives_words_that_json_keeps():
    with clock.at(world.DAY):
        ours = world.ours()
        cycles_world.add_rows(ours)

        story = queries.story_of(ours.jordan).as_dict()

    assert json.loads(json.dumps(story)) == story
    assert (story["status"], story["cycle_number"], story["stage"]) == ("SEN support", 2, "Under way")
    assert story["plan_agreed_on"] == "9 October 2026"
    assert story["outcomes"][0]["from"] == "1 lesson in 5"
    assert story["learned"] == [
        "Stays in class for the whole of a lesson: some progress. Now: 2 lessons in 5. "
        "There is some progress; too little was recorded to say what did it."
    ]


def test_tell_is_none_without_a_cycle():
    with clock.at(world.DAY):
        assert queries.story_of(world.ours().jordan) is None


def test_story_tells_the_cycle_before_while_the_next_is_assessed():
    with clock.at(world.DAY):
        ours = world.ours()
        cycles_world.add_rows(ours)
    last = Cycle.objects.get(pk=ours.rows["cycle_id"])
    with clock.at(last.review_on):
        results = {outcome.pk: ("some", "nearer") for outcome in last.outcomes.in_plan()}
        actions.record_review(
            last.pk, by=ours.sam, seen=None, key=Key.fresh(ours.sam), held_on=clock.today(), results=results,
            decisions=["continue"],
        )  # fmt: skip
        reviewed = queries.story_of(ours.jordan)
        following = actions.start_cycle(ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam))
        story = queries.story_of(ours.jordan)

    assert (story.cycle_number, story.need_in_words, story.outcomes) == (
        last.number, reviewed.need_in_words, reviewed.outcomes,
    )  # fmt: skip
    began = f"Cycle {following.number} began on {last.review_on:%-d %B %Y}: the next assessment is under way."
    assert story.next_steps[-1] == began
