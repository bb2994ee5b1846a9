from dataclasses import replace
from datetime import date

import pytest

from trellis.voices import rules

DAY = date(2026, 11, 2)
SAID = rules.ViewFacts("I like maths.", "gave", "talked", "Tia", DAY)


@pytest.mark.parametrize(
    ("finding", "kept"),
    [
        (rules.view_says_who_heard_it(SAID), True),
        (rules.view_says_who_heard_it(replace(SAID, told_to=" ")), False),
        (rules.view_was_given_by_today(SAID, DAY), True),
        (rules.view_was_given_by_today(replace(SAID, given_on=date(2026, 11, 3)), DAY), False),
        (rules.view_is_their_own(SAID), True),
        (rules.view_is_their_own(replace(SAID, how="for them")), False),
    ],
)
def test_what_a_view_says(finding, kept):
    assert bool(finding) is kept
