from datetime import date

import pytest
from django import forms

from trellis.design.widgets import DateBoxes, DateBoxesField, TypedDate


class ReviewForm(forms.Form):
    review_on = DateBoxesField(label="Review date")
    seen_on = DateBoxesField(label="Date seen", required=False)


def typed(day="", month="", year="", field="review_on"):
    return {f"{field}_day": day, f"{field}_month": month, f"{field}_year": year}


@pytest.mark.parametrize(
    "parts",
    [
        ("10", "12", "2026"),
        ("10", "December", "2026"),
        ("10", "dec", "2026"),
        (" 10 ", "12", "2026 "),
        ("010", "12", "2026"),
    ],
)
def test_a_date_is_read_from_its_boxes(parts):
    form = ReviewForm(typed(*parts))

    assert form.errors == {}
    assert form.cleaned_data == {"review_on": date(2026, 12, 10), "seen_on": None}


@pytest.mark.parametrize(
    "parts, sentence, first_wrong",
    [
        (("", "", ""), "Enter the review date", "day"),
        (("10", "", "2026"), "Review date must include a month", "month"),
        (("10", "", ""), "Review date must include a month and a year", "month"),
        (("31", "2", "2026"), "Review date must be a real date", "day"),
        (("29", "2", "2027"), "Review date must be a real date", "day"),
        (("10", "13", "2026"), "Review date must be a real date", "day"),
        (("10", "Deer", "2026"), "Review date must be a real date", "day"),
        (("ten", "12", "2026"), "Review date must be a real date", "day"),
        (("²", "12", "2026"), "Review date must be a real date", "day"),
        (("10", "12", "99"), "Review date must have a year of four numbers", "year"),
        (("1", "9", "14"), "Review date must have a year of four numbers", "year"),
        (("1", "9", "20266"), "Review date must have a year of four numbers", "year"),
        (("1", "9", "0000"), "Review date must be a real date", "day"),
        (("1", "1", "0001"), "Review date must be a real date", "day"),
        (("31", "12", "9999"), "Review date must be a real date", "day"),
    ],
)
def test_a_date_that_will_not_do_says_what_to_mend_and_where(parts, sentence, first_wrong):
    form = ReviewForm(typed(*parts))

    assert form.errors == {"review_on": [sentence]}
    assert form["review_on"].target_id == f"id_review_on_{first_wrong}"


def test_what_was_typed_stays_in_the_boxes():
    html = str(ReviewForm(typed("31", "Feb", "26"))["review_on"])

    assert [f'value="{part}"' in html for part in ("31", "Feb", "26")] == [True, True, True]


def test_a_date_that_may_be_left_out_is_none():
    form = ReviewForm({**typed("10", "12", "2026"), **typed(field="seen_on")})

    assert form.is_valid()
    assert form.cleaned_data["seen_on"] is None


@pytest.mark.parametrize("initial", [date(2026, 12, 9), "2026-12-09", TypedDate("9", "12", "2026")])
def test_the_boxes_show_a_date_or_its_iso_text(initial):
    context = DateBoxes().get_context("review_on", initial, {"id": "id_review_on"})

    assert [box["value"] for box in context["boxes"]] == ["9", "12", "2026"]


def test_a_date_restored_from_a_draft_shows_as_it_was_typed():
    left = DateBoxes().value_from_datadict(typed("31", "", "26"), {}, "review_on")
    context = DateBoxes().get_context("review_on", left, {"id": "id_review_on"})

    assert [box["value"] for box in context["boxes"]] == ["31", "", "26"]


def test_a_plain_date_field_works_with_the_boxes():
    class Plain(forms.Form):
        born_on = forms.DateField(label="Date of birth", widget=DateBoxes)

    assert Plain(typed("1", "9", "2018", "born_on")).errors == {}
    assert Plain(typed("31", "9", "2018", "born_on")).errors == {"born_on": ["Date of birth must be a real date"]}


def test_a_date_not_changed_is_not_a_change():
    form = ReviewForm(typed("10", "12", "2026"), initial={"review_on": date(2026, 12, 10)})

    assert form.changed_data == []
