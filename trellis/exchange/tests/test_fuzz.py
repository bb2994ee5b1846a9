"""Whatever is brought ends with a preview, a landing or a sentence: never with a fault of ours, never half.

A few hundred files, by the page; ``make bench BENCH=fuzz`` brings ten thousand.
"""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trellis.conduct.refusals import Refused
from trellis.exchange import actions
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind
from trellis.exchange.tests import fuzz_door
from trellis.exchange.tests.fuzz_door import LANDED, Broke
from trellis.exchange.tests.fuzz_files import spoiled, whole_files
from trellis.organisations.models import School

FILES = 8  # of each shape
SMALL = settings(
    max_examples=80, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@pytest.fixture
def door(ours):
    return fuzz_door.with_weeks(ours)


def test_every_kind_of_file_is_spoiled():
    assert {form.kind for form in whole_files()} == set(ImportKind.values)


@pytest.mark.parametrize("kind", ImportKind.values)
def test_whole_files_land_and_spoiled_ones_end_with_a_sentence(door, kind):
    forms = [form for form in whole_files() if form.kind == kind]

    assert {door.bring(kind, form.files, random.Random(0)) for form in forms} == {LANDED}

    for form in forms:
        for number in range(FILES):
            door.bring(kind, spoiled(form, number), random.Random(number))


def test_same_number_spoils_the_same():
    for form in whole_files():
        assert [spoiled(form, number) for number in range(9)] == [spoiled(form, number) for number in range(9)]


def test_half_of_what_did_not_land_is_seen(door):
    assert door.before

    School.objects.filter(code="990200").update(town="Half a town")

    with pytest.raises(Broke, match="something changed in organisations_school"):
        door._must_have_changed_nothing()


@SMALL
@given(content=st.binary(max_size=300))
def test_any_bytes_are_a_preview_or_a_sentence(ours, content):
    with pytest.raises(Refused):
        actions.preview_import(
            kind=ImportKind.PUPIL_LIST, files=[Brought("x", content)], virtual_school=ours.virtual_school, by=ours.bea
        )
