"""The story that the PEP is written from."""

import json

import pytest

from trellis.conduct import clock
from trellis.cycles import queries
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
