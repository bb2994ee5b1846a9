from datetime import date

import pytest

from trellis.moves import rules

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("rule", "facts", "kept"),
    [
        (lambda f: rules.move_has_happened(f, TODAY), {"on": TODAY}, True),
        (lambda f: rules.move_has_happened(f, TODAY), {"on": date(2026, 11, 3)}, False),
        (rules.move_is_to_another_school, {"to_school_id": 2}, True),
        (rules.move_is_to_another_school, {"to_school_id": 1}, False),
        (rules.move_is_to_another_school, {"from_school_id": None}, True),
        (rules.move_follows_the_place_before, {"on": date(2026, 9, 1)}, True),
        (rules.move_follows_the_place_before, {"on": date(2026, 8, 31)}, False),
        (rules.move_follows_the_place_before, {"there_since": None}, True),
    ],
)
def test_move(rule, facts, kept):
    told = {"from_school_id": 1, "there_since": date(2026, 9, 1), "to_school_id": 2, "on": TODAY} | facts

    assert bool(rule(rules.MoveFacts(**told))) is kept


def test_what_must_be_sent_outside_names_who_and_when():
    tasks = rules.transfer_tasks(is_looked_after=True, has_pep_here=False)

    assert all(task.what and task.by_when and task.who and task.source for task in tasks)
    assert len(tasks) == 4


@pytest.mark.parametrize(
    ("is_looked_after", "has_pep_here", "is_sent"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_pep_is_sent_only_when_there_is_one_and_it_is_not_here(is_looked_after, has_pep_here, is_sent):
    assert (rules.PEP_TASK in rules.transfer_tasks(is_looked_after, has_pep_here)) is is_sent
