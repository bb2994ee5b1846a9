"""Two records with rows of every folder: put together, and taken apart, every row is as it was."""

import pytest
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint

from sweep.walk import add_all_rows
from trellis.conduct import clock
from trellis.merging import actions
from trellis.merging.plan import PERIODS, READ_WHERE_WRITTEN, WORDS, models_that_come
from trellis.merging.tests.snapshots import everything_of
from trellis.merging.tests.world import question_of
from trellis.pupils import access
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield add_all_rows(world.ours())


@pytest.mark.parametrize("jordan_goes_on", [True, False])
@pytest.mark.parametrize("jordan_holds", [True, False])
def test_taking_apart_puts_back_every_row(ours, jordan_goes_on, jordan_holds):
    question = question_of(Pupil.objects.get(same_child_as=None, preferred_first_name="Jordan-Lee"))
    both = [question.known_id, question.asking_id]
    keep = both[0] if jordan_goes_on else both[1]
    holds = dict.fromkeys((model._meta.model_name for model in models_that_come()), both[0 if jordan_holds else 1])
    before = everything_of(*both)

    actions.put_together(question.pk, by=ours.vic, seen=None, keep=keep, true={}, holds=holds, why="Told by Sol")
    together = everything_of(*both)
    kept = Pupil.objects.get(pk=keep)
    assert together != before
    assert access.differences(kept) == ([], [])
    assert all(access.differences(laid) == ([], []) for laid in kept.put_together.all())
    actions.take_apart(question.pk, by=ours.vic, seen=None, why="Two birth certificates")

    assert everything_of(*both) == before
    assert [access.differences(pupil) for pupil in Pupil.objects.filter(pk__in=both)] == [([], []), ([], [])]


def test_every_period_of_which_one_holds_is_known_here():
    one_at_a_time = {
        model
        for model in models_that_come()
        if any(isinstance(constraint, ExclusionConstraint) for constraint in model._meta.constraints)
    }
    assert one_at_a_time == set(PERIODS)


def test_every_kind_that_is_told_in_words_is_one():
    labels = {model._meta.label_lower for model in apps.get_models()}
    assert (WORDS.keys() | READ_WHERE_WRITTEN.keys()) - labels == set()
