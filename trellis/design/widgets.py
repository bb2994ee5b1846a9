"""Boxes that Django has not: a date in three parts, text with its length counted, a choice that explains itself."""

from datetime import date
from typing import Any, Self

from django import forms
from django.forms import widgets

PARTS = ("day", "month", "year")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class TypedDate(str):
    """A date as it was typed, real or not. As text it is the ISO date, or the parts with slashes between."""

    day: str
    month: str
    year: str

    def __new__(cls, day: str, month: str, year: str) -> Self:
        day, month, year = (part.strip() for part in (day, month, year))
        real = _real_date(day, month, year)
        typed = super().__new__(cls, real.isoformat() if real else "/".join((day, month, year)))
        typed.day, typed.month, typed.year = day, month, year
        return typed

    def __getnewargs__(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.day, self.month, self.year

    @classmethod
    def of(cls, value: Any) -> Self:
        """What to show for a date, an ISO text, something typed before, or nothing."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str) and value:
            try:
                value = date.fromisoformat(value[:10])
            except ValueError:
                return cls(*[*value.split("/", 2), "", ""][:3])
        return cls(str(value.day), str(value.month), str(value.year)) if value else cls("", "", "")

    @property
    def real(self) -> date | None:
        """The date, if there is such a day."""
        return _real_date(self.day, self.month, self.year)

    @property
    def missing(self) -> list[str]:
        """The parts left empty."""
        return [part for part in PARTS if not getattr(self, part)]

    @property
    def wrong(self) -> list[str]:
        """The parts to look at again: the empty ones, else a year without four digits, else all three."""
        if self.missing:
            return self.missing
        return ["year"] if not _has_four_digits(self.year) else list(PARTS)


YEARS = range(1900, 2101)  # of anybody in a record; weeks counted from 31 December 9999 lead to no day


def _has_four_digits(year: str) -> bool:
    return len(year) == 4 and year.isascii() and year.isdigit()


def _real_date(day: str, month: str, year: str) -> date | None:
    """The date meant, the month by number or by name; None if the calendar has no such day, or no life."""
    if not (day.isascii() and day.isdigit() and _has_four_digits(year)):
        return None
    try:
        meant = date(int(year), _month_number(month), int(day))
    except (ValueError, OverflowError):
        return None
    return meant if meant.year in YEARS else None


def _month_number(month: str) -> int:
    name = month[:3].lower()
    return MONTHS.index(name) + 1 if name in MONTHS else int(month)


class DateBoxes(widgets.Widget):
    """Day, month and year in three boxes named ``x_day``, ``x_month`` and ``x_year``. What was typed stays typed."""

    template_name = "design/forms/date_boxes.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = TypedDate.of(value)
        is_wrong = context["widget"]["attrs"].get("aria-invalid") == "true"
        context["boxes"] = [
            {
                "label": part.capitalize(),
                "name": f"{name}_{part}",
                "id": f"{context['widget']['attrs'].get('id') or f'id_{name}'}_{part}",
                "value": getattr(typed, part),
                "width": 4 if part == "year" else 2,
                "is_wrong": is_wrong and part in typed.wrong,
            }
            for part in PARTS
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedDate | None:
        parts = [str(data.get(f"{name}_{part}") or "") for part in PARTS]
        return TypedDate(*parts) if any(part.strip() for part in parts) else None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}_{part}" in data for part in PARTS)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""  # the three boxes have their own labels; the question is the legend

    def first_wrong_id(self, id_: str, value: Any) -> str:
        """The box a link to this date's error leads to."""
        return f"{id_}_{TypedDate.of(value).wrong[0]}"


class DateBoxesField(forms.DateField):
    """A date asked in three boxes; says which part is missing or wrong."""

    widget = DateBoxes
    default_error_messages = {
        "missing_part": "The date must include a %(parts)s",
        "short_year": "The year must have four numbers",
        "invalid": "The date must be a real date",
    }

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, TypedDate) and not value.real:
            raise self._complaint(value)
        return super().to_python(value)

    def _complaint(self, typed: TypedDate) -> forms.ValidationError:
        code = "missing_part" if typed.missing else "invalid" if _has_four_digits(typed.year) else "short_year"
        parts = " and a ".join(typed.missing)
        return forms.ValidationError(self.error_messages[code], code=code, params={"parts": parts})


class CountedTextarea(widgets.Textarea):
    """Long text with "You have 120 characters left" beneath; its field says ``max_length``."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        typed = data.get(name)
        return typed.replace("\r\n", "\n") if isinstance(typed, str) else typed  # counted as the page counted it


class Explained(str):
    """The label of a choice that also says what happens next:

    choices=[("adjust", Explained("Adjust the plan", "The next cycle starts from this plan."))]
    """

    hint: str

    def __new__(cls, label: str, hint: str) -> Self:
        explained = super().__new__(cls, label)
        explained.hint = hint
        return explained

    def __getnewargs__(self) -> tuple[str, ...]:  # type: ignore[override]
        return str(self), self.hint  # forms copy their choices
