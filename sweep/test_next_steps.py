"""A folder that is not asked for next steps has none: asked all the same, each of them would tell nobody anything."""

from datetime import timedelta

import pytest

from sweep.test_every_url import cast
from trellis.conduct import clock
from trellis.pupils import slots
from trellis.pupils.models import Pupil
from trellis.pupils.next_steps import next_steps_about, with_rows_about
from trellis.pupils.tests import world


@pytest.mark.parametrize("days", [3, 400])
def test_nothing_is_left_out_for_anybody_on_any_day(worlds, days):
    told = []
    with clock.at(world.DAY + timedelta(days=days)):
        for _, user in cast(worlds):
            for pupil in Pupil.objects.order_by("pk"):
                alone = Pupil.objects.filter(pk=pupil.pk)
                asked = [step for one in slots.next_steps.fillings for step in one(user, alone, clock.today())]

                assert list(next_steps_about(user, [pupil.pk], clock.today())) == asked
                told += asked
    assert told


def test_who_has_no_row_about_a_pupil_is_not_asked(worlds):
    always = [one for one in slots.next_steps.fillings if slots.next_steps.rests_on(one) is None]

    assert with_rows_about([2**40]) == always
    assert len(with_rows_about([worlds[0].jordan.pk])) > len(always)


def test_which_folders_have_rows_is_one_question_for_many_as_for_one(worlds, django_assert_num_queries):
    with django_assert_num_queries(1):
        with_rows_about([one.jordan.pk for one in worlds])
