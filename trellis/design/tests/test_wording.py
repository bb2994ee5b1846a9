import pytest
from django import forms

from trellis.design.wording import friendly_messages, in_a_sentence

CHOICES = [("a", "A")]


@pytest.mark.parametrize(
    "label, words",
    [
        ("Review date", "the review date"),
        ("Your view", "your view"),
        ("The review date", "the review date"),
        ("PEP meeting", "the PEP meeting"),
        ("SEMHL hours", "the SEMHL hours"),
        ("Jordan’s view", "Jordan’s view"),
        ("Name:", "the name"),
    ],
)
def test_a_label_is_said_in_a_sentence(label, words):
    assert in_a_sentence(label) == words


@pytest.mark.parametrize(
    "field, label, sentence",
    [
        (forms.CharField(), "Review date", "Enter the review date"),
        (forms.CharField(), "What has been tried?", "Answer “What has been tried?”"),
        (forms.ChoiceField(choices=CHOICES), "Main need", "Choose the main need"),
        (forms.BooleanField(), "I have read this", "Tick “I have read this” to go on"),
        (forms.FileField(), "Pupil list", "Choose a file: pupil list"),
    ],
)
def test_an_empty_answer_is_asked_for(field, label, sentence):
    assert friendly_messages(field, label)["required"] == sentence


def errors_of(field, value):
    return type("F", (forms.Form,), {"x": field})({"x": value}).errors["x"]


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        (forms.CharField(label="Name", max_length=3), "Jordan", "Name: shorten to 3 characters, it has 6"),
        (forms.CharField(label="Reading %", max_length=3), "Jordan", "Reading %: shorten to 3 characters, it has 6"),
        (forms.EmailField(label="E-mail"), "sam at larch", "Enter an e-mail address like name@school.sch.uk"),
        (forms.IntegerField(label="Weeks"), "three", "Weeks must be a whole number, like 3"),
        (forms.IntegerField(label="Weeks", min_value=1), "0", "Weeks must be 1 or more"),
        (forms.IntegerField(label="Weeks", max_value=12), "13", "Weeks must be 12 or less"),
        (forms.DecimalField(label="Score"), "high", "Score must be a number, like 2.5"),
        (forms.TimeField(label="Start"), "noon", "Start must be a time, like 14:15"),
        (forms.ChoiceField(label="Need", choices=CHOICES), "z", "Choose the need from the list"),
    ],
)
def test_a_wrong_answer_is_told_how_to_be_mended(field, value, sentence):
    assert errors_of(field, value) == [sentence]


def test_a_sentence_of_the_form_itself_stays():
    field = forms.CharField(label="Name", error_messages={"required": "Say what the child likes to be called"})

    assert errors_of(field, "") == ["Say what the child likes to be called"]
