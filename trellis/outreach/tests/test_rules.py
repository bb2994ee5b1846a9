from datetime import date, datetime, time

import pytest

from trellis.conduct.clock import LONDON
from trellis.outreach import rules
from trellis.outreach.models import OutreachState


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-02 09:00", "2026-11-02 17:00"),  # Monday morning: the same day
        ("2026-11-02 16:59", "2026-11-02 17:00"),
        ("2026-11-02 17:00", "2026-11-03 17:00"),  # after hours: the next working day
        ("2026-11-06 18:00", "2026-11-09 17:00"),  # Friday evening: Monday
        ("2026-11-07 10:00", "2026-11-09 17:00"),  # Saturday
        ("2026-12-24 18:00", "2026-12-29 17:00"),  # over Christmas: Boxing Day is kept on the 28th
    ],
)  # fmt: skip
def test_answer_is_due_the_same_working_day(asked, due):
    moment = datetime.fromisoformat(asked).replace(tzinfo=LONDON)
    assert rules.answer_due(moment, time(17)) == datetime.fromisoformat(due).replace(tzinfo=LONDON)


def test_contact_is_due_in_working_days_and_looks_in_calendar_weeks():
    assert rules.contact_due(date(2026, 11, 6), 2) == date(2026, 11, 10)
    assert rules.looks_due(date(2026, 12, 1), [4, 12]) == [(4, date(2026, 12, 29)), (12, date(2027, 2, 23))]


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        (rules.is_looked_after_here, (1,), (None,)),
        (rules.redirection_names_the_way, ("ehc",), ("",)),
        (rules.redirection_says_why, ("Because.",), (" ",)),
        (rules.contact_has_happened, (date(2026, 11, 2), date(2026, 11, 2)), (date(2026, 11, 3), date(2026, 11, 2))),
        (rules.contact_comes_after_asking, (date(2026, 11, 2), date(2026, 11, 2)),
         (date(2026, 11, 1), date(2026, 11, 2))),
        (rules.review_comes_soon, (date(2026, 11, 23), date(2026, 11, 2), 3),
         (date(2026, 11, 24), date(2026, 11, 2), 3)),
        (rules.review_comes_soon, (date(2026, 11, 2), date(2026, 11, 2), 3),
         (date(2026, 11, 1), date(2026, 11, 2), 3)),
        (rules.review_was_held, (date(2026, 11, 2), date(2026, 11, 2)), (date(2026, 11, 3), date(2026, 11, 2))),
    ],
)  # fmt: skip
def test_each_rule_kept_and_broken(rule, kept, broken):
    assert (bool(rule(*kept)), bool(rule(*broken))) == (True, False)


def test_each_verb_starts_only_where_the_table_says():
    for begins, leads_to in rules.OUTREACH.moves.values():
        assert leads_to in OutreachState
        assert set(begins) <= set(OutreachState)
    closable = {state for state in OutreachState if state in rules.OUTREACH.moves["closed"][0]}
    assert closable == {"ACCEPTED", "CONTACTED", "ACTIVE", "STEPPED_DOWN"}
