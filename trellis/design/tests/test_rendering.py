"""Each kind of field, its whole HTML, as GOV.UK Frontend 6 has it."""

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test.html import parse_html

from trellis.design.templatetags.design import ErrorLink, error_links
from trellis.design.widgets import CountedTextarea, DateBoxesField, Explained

HINT = '<div id="id_x_helptext" class="govuk-hint">A hint</div>'


def drawn(field, typed=None):
    form = type("F", (forms.Form,), {"x": field})(typed)
    return str(form)


def error(sentence):
    return (
        '<p id="id_x_error" class="govuk-error-message">'
        f'<span class="govuk-visually-hidden">Error:</span> {sentence}</p>'
    )


def group(inside, classes="", attributes=""):
    return f'<div class="govuk-form-group{classes}"{attributes}>{inside}</div>'


def labelled(inside, label="Name", **more):
    return group(f'<label class="govuk-label govuk-label--s" for="id_x">{label}</label>{inside}', **more)


def asked(inside, legend="Name", described="", role=""):
    return group(
        f'<fieldset class="govuk-fieldset"{role}{described}>'
        f'<legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{legend}</legend>{inside}</fieldset>'
    )


def date_box(part, width, more=""):
    return f"""
    <div class="govuk-date-input__item"><div class="govuk-form-group">
      <label class="govuk-label govuk-date-input__label" for="id_x_{part}">{part.capitalize()}</label>
      <input class="govuk-input govuk-date-input__input govuk-input--width-{width}" id="id_x_{part}" name="x_{part}"
        type="text" inputmode="numeric"{more}>
    </div></div>"""


def choice(kind, input_type, number, value, label, more="", hint=""):
    return f"""
    <div class="govuk-{kind}__item">
      <input class="govuk-{kind}__input" id="id_x_{number}" name="x" type="{input_type}" value="{value}"{more}>
      <label class="govuk-label govuk-{kind}__label" for="id_x_{number}">{label}</label>{hint}
    </div>"""


EXPLAINED = [("go", "Go on"), ("adjust", Explained("Adjust the plan", "The next cycle starts from it."))]
PLAIN = [("a", "A"), ("b", "B")]

KINDS = {
    "text": (
        forms.CharField(label="Name", help_text="A hint", max_length=40),
        labelled(f'{HINT}<input class="govuk-input" id="id_x" name="x" type="text" aria-describedby="id_x_helptext">'),
    ),
    "text that may be left out": (
        forms.CharField(label="Name", required=False),
        labelled('<input class="govuk-input" id="id_x" name="x" type="text">', label="Name (optional)"),
    ),
    "narrow text": (
        forms.CharField(label="Name", widget=forms.TextInput(attrs={"class": "govuk-input--width-10"})),
        labelled('<input class="govuk-input govuk-input--width-10" id="id_x" name="x" type="text">'),
    ),
    "e-mail": (
        forms.EmailField(label="Name"),
        labelled(
            '<input class="govuk-input" id="id_x" name="x" type="email" spellcheck="false" autocapitalize="none">'
        ),
    ),
    "whole number": (
        forms.IntegerField(label="Name", min_value=1, max_value=9),
        labelled('<input class="govuk-input" id="id_x" name="x" type="text" inputmode="numeric">'),
    ),
    "decimal number": (
        forms.DecimalField(label="Name"),
        labelled('<input class="govuk-input" id="id_x" name="x" type="text" inputmode="decimal">'),
    ),
    "long text": (
        forms.CharField(label="Name", widget=forms.Textarea),
        labelled('<textarea class="govuk-textarea" id="id_x" name="x" rows="5"></textarea>'),
    ),
    "counted text": (
        forms.CharField(label="Name", widget=CountedTextarea, max_length=200, help_text="A hint"),
        labelled(
            f"""{HINT}<textarea class="govuk-textarea govuk-js-character-count" id="id_x" name="x" rows="5"
              aria-describedby="id_x-info id_x_helptext"></textarea>
            <div id="id_x-info" class="govuk-hint govuk-character-count__message">
              You can enter up to 200 characters</div>""",
            classes=" govuk-character-count",
            attributes=' data-module="govuk-character-count" data-maxlength="200"',
        ),
    ),
    "password": (
        forms.CharField(label="Name", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})),
        labelled(
            """<div class="govuk-input__wrapper govuk-password-input__wrapper">
              <input class="govuk-input govuk-password-input__input govuk-js-password-input-input" id="id_x" name="x"
                type="password" spellcheck="false" autocomplete="current-password" autocapitalize="none">
              <button type="button" class="govuk-button govuk-button--secondary govuk-password-input__toggle
                govuk-js-password-input-toggle" data-module="govuk-button" aria-controls="id_x"
                aria-label="Show password" hidden>Show</button></div>""",
            classes=" govuk-password-input",
            attributes=' data-module="govuk-password-input"',
        ),
    ),
    "date": (
        DateBoxesField(label="Name", help_text="A hint"),
        asked(
            f"""{HINT}<div class="govuk-date-input" id="id_x">
              {date_box("day", 2)}{date_box("month", 2)}{date_box("year", 4)}</div>""",
            role=' role="group"',
            described=' aria-describedby="id_x_helptext"',
        ),
    ),
    "select": (
        forms.ChoiceField(label="Name", choices=PLAIN),
        labelled("""<select class="govuk-select" id="id_x" name="x">
            <option value="a">A</option><option value="b">B</option></select>"""),
    ),
    "radios": (
        forms.ChoiceField(label="Name", choices=EXPLAINED, widget=forms.RadioSelect, help_text="A hint"),
        asked(
            HINT
            + '<div class="govuk-radios" data-module="govuk-radios">'
            + choice("radios", "radio", 0, "go", "Go on")
            + choice(
                "radios",
                "radio",
                1,
                "adjust",
                "Adjust the plan",
                more=' aria-describedby="id_x_1_hint"',
                hint='<div id="id_x_1_hint" class="govuk-hint govuk-radios__hint">The next cycle starts from it.</div>',
            )
            + "</div>",
            described=' aria-describedby="id_x_helptext"',
        ),
    ),
    "checkboxes": (
        forms.MultipleChoiceField(label="Name", choices=PLAIN, widget=forms.CheckboxSelectMultiple, initial=["b"]),
        asked(
            '<div class="govuk-checkboxes" data-module="govuk-checkboxes">'
            + choice("checkboxes", "checkbox", 0, "a", "A")
            + choice("checkboxes", "checkbox", 1, "b", "B", more=" checked")
            + "</div>"
        ),
    ),
    "one tick": (
        forms.BooleanField(label="Name", required=False),
        group("""<div class="govuk-checkboxes" data-module="govuk-checkboxes"><div class="govuk-checkboxes__item">
            <input class="govuk-checkboxes__input" id="id_x" name="x" type="checkbox">
            <label class="govuk-label govuk-checkboxes__label" for="id_x">Name</label></div></div>"""),
    ),
    "file": (
        forms.FileField(label="Name"),
        labelled('<input class="govuk-file-upload" id="id_x" name="x" type="file">'),
    ),
    "hidden": (
        forms.CharField(widget=forms.HiddenInput, initial="7"),
        '<input type="hidden" name="x" value="7" id="id_x">',
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_is_drawn(kind):
    field, expected = KINDS[kind]

    assert parse_html(drawn(field)) == parse_html(expected)


WRONG = {
    "text": (
        forms.CharField(label="Name", help_text="A hint"),
        {},
        labelled(
            f"""{HINT}{error("Enter the name")}
            <input class="govuk-input govuk-input--error" id="id_x" name="x" type="text" aria-invalid="true"
              aria-describedby="id_x_helptext id_x_error">""",
            classes=" govuk-form-group--error",
        ),
    ),
    "select": (
        forms.ChoiceField(label="Name", choices=PLAIN),
        {"x": "c"},
        labelled(
            f"""{error("Choose the name from the list")}
            <select class="govuk-select govuk-select--error" id="id_x" name="x" aria-invalid="true"
              aria-describedby="id_x_error"><option value="a">A</option><option value="b">B</option></select>""",
            classes=" govuk-form-group--error",
        ),
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_field_that_is_wrong_says_so_and_keeps_its_words(kind):
    field, data, expected = WRONG[kind]

    assert parse_html(drawn(field, {"other": "", **data})) == parse_html(expected)


def test_only_the_wrong_box_of_a_date_turns_red():
    html = drawn(DateBoxesField(label="Name"), {"x_day": "1", "x_month": "2", "x_year": ""})

    assert html.count("govuk-input--error") == 1
    assert html.count('aria-invalid="true"') == 1
    assert 'aria-describedby="id_x_error"' in html


def test_radios_that_are_wrong_carry_the_error_on_their_question():
    html = drawn(forms.ChoiceField(label="Name", choices=PLAIN, widget=forms.RadioSelect), {"y": ""})

    assert "govuk-form-group--error" in html
    assert '<fieldset class="govuk-fieldset" aria-describedby="id_x_error">' in html
    assert "aria-invalid" not in html


def test_what_was_typed_is_escaped():
    assert "<script>" not in drawn(forms.CharField(label="Name"), {"x": "<script>"})


class AllWrong(forms.Form):
    name = forms.CharField(label="Preferred first name")
    born_on = DateBoxesField(label="Date of birth")
    decision = forms.ChoiceField(label="What do you decide?", choices=PLAIN, widget=forms.RadioSelect)
    needs = forms.MultipleChoiceField(label="Needs", choices=PLAIN, widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("Someone else was first.")


def test_the_summary_links_each_error_to_something_one_can_reach():
    form = AllWrong({"born_on_day": "1", "born_on_month": "2"})

    assert error_links(form) == [
        ErrorLink("Someone else was first.", ""),
        ErrorLink("Enter the preferred first name", "id_name"),
        ErrorLink("Date of birth must include a year", "id_born_on_year"),
        ErrorLink("Answer “What do you decide?”", "id_decision_0"),
        ErrorLink("Choose the needs", "id_needs_0"),
        ErrorLink("Enter the version", ""),
    ]
    html = str(form)
    assert all(f'id="{link.target}"' in html for link in error_links(form) if link.target)


def test_the_summary_is_drawn_only_when_something_is_wrong():
    assert render_to_string("design/error_summary.html", {"form": AllWrong()}).strip() == ""
    assert '<a href="#id_name">Enter the preferred first name</a>' in render_to_string(
        "design/error_summary.html", {"form": AllWrong({})}
    )


def test_the_summary_of_several_forms_lists_them_in_order():
    form_set = forms.formset_factory(AllWrong, extra=2)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "Kai", "form-1-born_on_day": "1"}
    )

    targets = [link.target for link in error_links(form_set)]
    assert targets[1:3] == ["id_form-0-born_on_day", "id_form-0-decision_0"]
    assert "id_form-1-name" in targets


def test_a_form_may_leave_out_the_word_optional():
    class Draft(forms.Form):
        marks_optional = False
        note = forms.CharField(label="Note", required=False)

    assert "optional" not in str(Draft())
