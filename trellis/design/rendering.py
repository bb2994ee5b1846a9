"""Every form in Trellis is drawn here, as GOV.UK Frontend 6 wants it, with the errors in words a person can act on."""

from typing import Any

from django import forms
from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

from trellis.design.widgets import CountedTextarea, DateBoxes
from trellis.design.wording import say_kindly

Attributes = dict[str, Any]

# The first kind of widget that fits says which class its box carries and which template lays the field out.
KINDS: list[tuple[type[widgets.Widget], str, str]] = [
    (DateBoxes, "govuk-input", "group"),
    (widgets.CheckboxSelectMultiple, "govuk-checkboxes__input", "checkboxes"),
    (widgets.RadioSelect, "govuk-radios__input", "radios"),
    (widgets.CheckboxInput, "govuk-checkboxes__input", "checkbox"),
    (widgets.Select, "govuk-select", "box"),
    (CountedTextarea, "govuk-textarea govuk-js-character-count", "counted"),
    (widgets.Textarea, "govuk-textarea", "box"),
    (widgets.PasswordInput, "govuk-input govuk-password-input__input govuk-js-password-input-input", "password"),
    (widgets.FileInput, "govuk-file-upload", "box"),
    (widgets.Widget, "govuk-input", "box"),
]

TURNS_RED = {"govuk-input", "govuk-select", "govuk-textarea", "govuk-file-upload"}


class GovukField(BoundField):
    """A field on its way to the page: its layout, its classes, and where a link to its error should land."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        say_kindly(field, str(self.label))
        if isinstance(field.widget, widgets.NumberInput):
            field.widget.input_type = "text"  # a number box changes under the mouse wheel and swallows letters

    @property
    def layout(self) -> str:
        """The template that lays this field out."""
        return f"design/forms/{self._kind(self.field.widget)[1]}.html"

    @property
    def target_id(self) -> str:
        """Where the error summary's link leads: a box one can type in or tick, the first wrong one of a date."""
        match self.field.widget:
            case widgets.RadioSelect() | widgets.CheckboxSelectMultiple():
                return f"{self.auto_id}_0"
            case DateBoxes() as boxes:
                return boxes.first_wrong_id(self.auto_id, self.value())
            case _:
                return self.auto_id

    @property
    def shown_label(self) -> str:
        """The label, saying so where an answer may be left out, unless the form has ``marks_optional = False``."""
        label = str(self.label)
        is_tick = isinstance(self.field.widget, widgets.CheckboxInput)
        if (
            self.field.required
            or is_tick
            or "optional" in label.lower()
            or not getattr(self.form, "marks_optional", True)
        ):
            return label
        return f"{label} (optional)"

    @property
    def aria_describedby(self) -> str | None:
        described = super().aria_describedby
        if described is not None and isinstance(self.field.widget, CountedTextarea):
            return f"{self.auto_id}-info {described}".strip()
        return described

    def build_widget_attrs(self, attrs: Attributes, widget: widgets.Widget | None = None) -> Attributes:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        attrs.pop("required", None)  # the server says what is missing, beside the field and in words
        if isinstance(widget, widgets.RadioSelect):
            attrs.pop("aria-invalid", None)  # the question is wrong, not one of its answers
        if not widget.is_hidden:
            attrs["class"] = self._classes(widget)
            attrs["placeholder"] = False  # a hint stands above the box, where it stays when one types
            attrs |= self._manners(widget)
        return attrs

    def _classes(self, widget: widgets.Widget) -> str:
        classes = f"{self._kind(widget)[0]} {widget.attrs.get('class', '')}".split()
        reddens = TURNS_RED.intersection(classes) if self.errors else set()
        return " ".join([*classes, *(f"{name}--error" for name in sorted(reddens))])

    def _manners(self, widget: widgets.Widget) -> Attributes:
        """How a box behaves: nothing typed or pasted is cut off, numbers bring up digits on a phone."""
        match widget:
            case widgets.NumberInput():
                decimal = isinstance(self.field, forms.DecimalField | forms.FloatField)
                return {"inputmode": "decimal" if decimal else "numeric", "min": False, "max": False, "step": False}
            case widgets.PasswordInput() | widgets.EmailInput():
                return {"spellcheck": "false", "autocapitalize": "none", "maxlength": False, "minlength": False}
            case widgets.Textarea():
                rows = widget.attrs.get("rows")
                rows = 5 if rows == "10" else rows  # Django's own default, too tall for a sentence or two
                return {"rows": rows, "cols": False, "maxlength": False, "minlength": False}
            case widgets.Input():
                return {"maxlength": False, "minlength": False}
        return {}

    @staticmethod
    def _kind(widget: widgets.Widget) -> tuple[str, str]:
        return next((classes, layout) for kind, classes, layout in KINDS if isinstance(widget, kind))


class GovukRenderer(TemplatesSetting):
    """FORM_RENDERER: ``{{ form }}`` in any template comes out right."""

    form_template_name = "design/forms/form.html"
    formset_template_name = "design/forms/formset.html"
    field_template_name = "design/forms/field.html"
    bound_field_class = GovukField
