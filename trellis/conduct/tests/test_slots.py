"""A followed slot follows one fact or many; what follows may be told of all at once, or of those concerned alone."""

import pytest

from trellis.conduct.slots import SLOTS, Slot


@pytest.fixture
def slot():
    yield Slot("conduct.of_a_test", "followed", "A number came. (number, by)")
    del SLOTS["conduct.of_a_test"]


def test_many_facts_are_followed_by_each_filling_in_the_way_it_offers(slot):
    followed = []

    def one_by_one(number, by):
        followed.append(("each", number, by))

    def of_one(number, by):
        followed.append(("alone", number, by))

    def of_many(numbers, by):
        followed.append(("all", numbers, by))

    def of_some(number, by):
        followed.append(("even", number, by))

    slot.fill(one_by_one)
    slot.fill(of_one, many=of_many)
    slot.fill(of_some, concerned=lambda numbers: [number for number in numbers if number % 2 == 0])

    slot.follow_many([1, 2], "Bea")

    assert followed == [("each", 1, "Bea"), ("each", 2, "Bea"), ("all", [1, 2], "Bea"), ("even", 2, "Bea")]


def test_one_fact_is_followed_by_each_filling_alone_and_none_by_nothing(slot):
    followed = []
    slot.fill(lambda number, by: followed.append(number), many=lambda numbers, by: followed.append(numbers))

    slot.follow(1, "Bea")
    slot.follow_many([], "Bea")

    assert followed == [1]
