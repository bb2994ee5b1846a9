from datetime import date, timedelta

import pytest
from django import forms

from trellis.organisations import rules
from trellis.organisations.answers import CountsField, DayOfYearField, LinesField
from trellis.organisations.policies import in_a_row

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("days", "holds_today", "kept"),
    [
        (-1, False, (False, False)),
        (-1, True, (False, False)),
        (0, False, (True, True)),
        (0, True, (True, False)),
        (1, False, (True, True)),
        (1, True, (True, True)),
    ],
)
def test_policy_begins_when_no_day_of_it_was_used(days, holds_today, kept):
    since = TODAY + timedelta(days=days)
    never_past = rules.policy_never_begins_in_the_past(since, TODAY)
    leaves_today = rules.policy_leaves_today_as_it_is(since, TODAY, holds_today=holds_today)

    assert bool(never_past) == kept[0]
    assert bool(never_past and leaves_today) == kept[1]


@pytest.mark.parametrize(("since", "kept"), [(date(2028, 11, 1), True), (date(2028, 11, 2), False)])
def test_policy_begins_within_two_years(since, kept):
    assert bool(rules.policy_begins_within_two_years(since, TODAY)) == kept


@pytest.mark.parametrize(
    ("since", "kept"), [(None, False), (TODAY, False), (TODAY - timedelta(days=9), False), (date(2026, 11, 3), True)]
)
def test_only_what_has_not_begun_is_withdrawn(since, kept):
    assert bool(rules.policy_has_not_begun(since, TODAY)) == kept


def test_what_was_used_stays():
    assert [bool(rules.policy_was_not_used(uses)) for uses in (0, 1)] == [True, False]


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (DayOfYearField(), "31 October", "10-31"),
        (DayOfYearField(), "October 31", "10-31"),
        (DayOfYearField(), "3/2", "02-03"),
        (CountsField(most=104), "12, 4 and 4", [4, 12]),
        (LinesField(longest=80), " One  line\n\nAnother\n", ["One line", "Another"]),
    ],
)
def test_answers_are_kept_as_the_policy_has_them(field, typed, kept):
    assert field.clean(typed) == kept
    assert field.clean(field.prepare_value(kept)) == kept


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (DayOfYearField(), "29 February"),
        (DayOfYearField(), "31"),
        (DayOfYearField(), "soon after Easter"),
        (DayOfYearField(), "1 ²"),
        (CountsField(most=104), "4, twelve"),
        (CountsField(most=104), "0"),
        (CountsField(most=104), "4,,12"),
        (LinesField(longest=5), "Too long a line"),
        (LinesField(longest=80), "Twice\ntwice"),
        (LinesField(longest=80), "\n".join(map(str, range(21)))),
    ],
)
def test_answers_that_cannot_be_kept_are_refused(field, typed):
    with pytest.raises(forms.ValidationError):
        field.clean(typed)


def test_in_a_row():
    assert [in_a_row(texts) for texts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
