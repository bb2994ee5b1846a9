from datetime import date

import pytest

from trellis.passports import rules
from trellis.passports.rules import BOX

DAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("My foster mum Cara", ["foster"]),
        ("Ask my social worker. I am looked after.", ["social worker", "looked after"]),
        ("I live at 12 Elm Road, CV1 2AB", ["12 Elm Road", "CV1 2AB"]),
        ("After family time I need quiet", ["family time"]),
        ("Since I came into care", []),
        ("I am in care", ["in care"]),
        ("I care for animals and take great care in court", ["court"]),
        ("Trains. A way out and back. I care about my friends.", []),
    ],
)
def test_care_words_are_found(words, found):
    assert [word for _, word in rules.care_words_in({"matters": words})] == found


@pytest.mark.parametrize(("looked_through", "kept"), [(False, False), (True, True)])
def test_passport_leaves_care_out_unless_somebody_looked(looked_through, kept):
    assert bool(rules.passport_leaves_care_out({"likes": "My foster dog"}, looked_through)) is kept
    assert bool(rules.passport_leaves_care_out({"likes": "My dog"}, looked_through)) is True


@pytest.mark.parametrize(
    ("words", "fits"),
    [("x" * 160, True), ("x" * 161, False), ("a\nb\nc\nd\ne\nf", True), ("a\nb\nc\nd\ne\nf\ng", False)],
)
def test_words_fit_the_box(words, fits):
    assert bool(rules.words_fit_the_box(BOX["likes"], words)) is fits


def test_tidy_keeps_lines_that_say_something():
    assert rules.tidy("  Tia  \r\n\r\n\n a  card ") == "Tia\na card"


@pytest.mark.parametrize(("helps", "kept"), [("Tia", True), ("", False)])
def test_passport_says_what_helps(helps, kept):
    assert bool(rules.passport_says_what_helps({"helps": helps})) is kept


@pytest.mark.parametrize(("agreed_on", "kept"), [(DAY, True), (date(2026, 11, 3), False)])
def test_pupil_agreed_by_today(agreed_on, kept):
    assert bool(rules.pupil_agreed_by_today(agreed_on, DAY)) is kept


@pytest.mark.parametrize(("agreed_on", "kept"), [(DAY, True), (date(2026, 11, 1), False)])
def test_pupil_agreed_after_it_was_begun(agreed_on, kept):
    assert bool(rules.pupil_agreed_after_it_was_begun(agreed_on, DAY)) is kept


def test_review_at_a_new_school_is_soon_and_never_later_than_before():
    assert rules.review_at_a_new_school(date(2026, 12, 18), DAY) == date(2026, 11, 16)
    assert rules.review_at_a_new_school(date(2026, 11, 5), DAY) == date(2026, 11, 5)
