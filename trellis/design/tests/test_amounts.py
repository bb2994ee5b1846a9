import pytest
from django import forms

from trellis.design import in_words
from trellis.design.amounts import HoursField, PoundsField

NO_HOURS = "Enter a number of hours, for example 1.5"
NO_QUARTER = "Enter the time in quarters of an hour, for example 1.25"
NOT_SO_LONG = "Enter between 15 minutes and 5000 hours"
NO_POUNDS = "Enter an amount in pounds, for example 108 or 108.50"
NOT_SO_MUCH = "Enter between £0.01 and £2,000,000"
UNREADABLE = "Type the number again: a sign in it cannot be read"


class AskForm(forms.Form):
    minutes = HoursField(label="Hours")
    pence = PoundsField(label="Money")


def complaint(name, typed):
    form = AskForm({"minutes": "1", "pence": "1", name: typed})
    _ = form[name]  # on its way to the page it gets its sentences
    return form.errors.get(name)


@pytest.mark.parametrize(
    "typed, minutes",
    [
        ("1", 60), ("1.5", 90), ("1.50", 90), (".5", 30), ("1.25", 75), ("0.25", 15), ("108", 6480),
        ("1½", 90), ("1 ½", 90), ("½", 30), ("¾ hour", 45), ("2 hours", 120), ("2h", 120), (" 10 ", 600),
        ("1:30", 90), ("0:45", 45), ("90 min", 90), ("90 minutes", 90), ("1 hour 45 minutes", 105), ("1h 15m", 75),
        ("5000", 300_000),
    ],
)  # fmt: skip
def test_hours_are_typed_as_people_write_them(typed, minutes):
    assert HoursField().clean(typed) == minutes


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", "Enter the hours"), ("  ", "Enter the hours"),
        ("one", NO_HOURS), ("1 or 2", NO_HOURS), ("1,200", NO_HOURS), ("1 30", NO_HOURS), ("1½½", NO_HOURS),
        ("1.5½", NO_HOURS), ("1:75", NO_HOURS), ("-1", NO_HOURS), ("−1", NO_HOURS), ("1e9", NO_HOURS),
        ("nan", NO_HOURS), ("infinity", NO_HOURS), ("£108", NO_HOURS), ("١٢", NO_HOURS), ("²", NO_HOURS),
        ("hours", NO_HOURS),
        ("1.3", NO_QUARTER), ("1.251", NO_QUARTER), ("1:40", NO_QUARTER), ("50 min", NO_QUARTER),
        ("0", NOT_SO_LONG), ("0 min", NOT_SO_LONG), ("5000.25", NOT_SO_LONG), ("9" * 40, NOT_SO_LONG),
        ("9" * 41, "Hours: shorten to 40 characters, it has 41"), ("1\0", UNREADABLE),
    ],
)  # fmt: skip
def test_hours_that_will_not_do_say_how_to_write_them(typed, sentence):
    assert complaint("minutes", typed) == [sentence]


@pytest.mark.parametrize(
    "typed, pence",
    [
        ("108", 10_800), ("108.50", 10_850), ("0.5", 50), ("0.01", 1), ("£1,200.50", 120_050), (" £ 7 ", 700),
        ("1200", 120_000), ("1,000,000", 100_000_000), ("2,000,000", 200_000_000),
    ],
)  # fmt: skip
def test_pounds_are_typed_as_people_write_them(typed, pence):
    assert PoundsField().clean(typed) == pence


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", "Enter the money"),
        ("lots", NO_POUNDS), ("108p", NO_POUNDS), ("1½", NO_POUNDS), ("1:30", NO_POUNDS), ("90 min", NO_POUNDS),
        ("-5", NO_POUNDS), ("−£5", NO_POUNDS), ("1.234", NO_POUNDS), ("1,20", NO_POUNDS), ("12,00.50", NO_POUNDS),
        ("$5", NO_POUNDS), ("1e3", NO_POUNDS), ("١٢", NO_POUNDS),
        ("0", NOT_SO_MUCH), ("2,000,000.01", NOT_SO_MUCH), ("9" * 40, NOT_SO_MUCH),
        ("9" * 41, "Money: shorten to 40 characters, it has 41"), ("1\0", UNREADABLE),
    ],
)  # fmt: skip
def test_pounds_that_will_not_do_say_how_to_write_them(typed, sentence):
    assert complaint("pence", typed) == [sentence]


@pytest.mark.parametrize("minutes", [0, 1, 10, 15, 61, 75, 90, 100, 550, 630])
def test_hours_shown_are_read_back(minutes):
    field = HoursField(least=0, in_quarters=False)
    assert field.clean(field.prepare_value(minutes)) == minutes
    assert field.clean(in_words.hours(minutes)) == minutes


@pytest.mark.parametrize("pence", [1, 5, 10_800, 10_850, 1_842_000])
def test_pounds_shown_are_read_back(pence):
    assert PoundsField().clean(PoundsField().prepare_value(pence)) == pence


@pytest.mark.parametrize("minutes, shown", [(0, "0"), (75, "1.25"), (90, "1.5"), (100, "1:40"), (600, "10")])
def test_hours_stand_in_their_box(minutes, shown):
    assert HoursField().prepare_value(minutes) == shown


def test_hours_in_other_than_quarters_are_kept_to_the_minute():
    assert [HoursField(in_quarters=False).clean(typed) for typed in ("1.3", "23.42", "1:40")] == [78, 1405, 100]


@pytest.mark.parametrize("field", [HoursField, PoundsField])
def test_an_amount_left_empty_is_what_the_form_says(field):
    assert field(required=False).clean("") is None
    assert field(required=False, nothing=0).clean("") == 0
    assert field(required=False, nothing=0).prepare_value(0) == ""
    assert field(required=False, nothing=0, least=0).clean("0") == 0
