"""Answers that Django has no field for: a day of every year, several numbers, several lines."""

from datetime import date
from typing import Any

from django import forms

from trellis.design.widgets import MONTHS

A_LEAP_YEAR = 2024
A_COMMON_YEAR = 2023
MOST_LINES = 20


def day_of_year(kept: str) -> str:
    """ "31 October" from "10-31"."""
    month, day = map(int, kept.split("-"))
    return f"{day} {date(A_LEAP_YEAR, month, 1):%B}"


class DayOfYearField(forms.CharField):
    """A day that comes every year, typed "31 October" or "31/10", kept as "10-31"."""

    widget = forms.TextInput(attrs={"class": "govuk-input--width-10"})
    default_error_messages = {"invalid": "Enter a day and a month, for example 31 October"}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 20, **options})

    def clean(self, value: Any) -> str:
        typed = super().clean(value).lower().replace("/", " ").replace("-", " ").split()
        if len(typed) == 2 and typed[1].isalpha() != typed[0].isalpha():
            typed = typed if typed[1].isalpha() else typed[::-1]
        try:
            day, month = typed
            number = MONTHS.index(month[:3]) + 1 if month.isalpha() else int(month)
            return f"{date(A_COMMON_YEAR, number, int(day)):%m-%d}"
        except (ValueError, OverflowError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        is_kept = isinstance(value, str) and len(value) == 5 and value[2] == "-"
        return day_of_year(value) if is_kept and value.replace("-", "").isdigit() else value


class CountsField(forms.CharField):
    """Several whole numbers, typed "4, 12" and kept in order."""

    widget = forms.TextInput(attrs={"class": "govuk-input--width-10"})
    default_error_messages = {"invalid": "Enter whole numbers from 1 to %(most)s with commas between, like 4, 12"}

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(**{"max_length": 60, **options})

    def clean(self, value: Any) -> list[int]:  # type: ignore[override]
        parts = [part.strip() for part in super().clean(value).replace(" and ", ",").split(",")]
        if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= self.most for part in parts):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params={"most": self.most})
        return sorted({int(part) for part in parts})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(number) for number in value) if isinstance(value, list) else value


class LinesField(forms.CharField):
    """Several short texts, one a line; empty lines are left out, and none may come twice."""

    widget = forms.Textarea(attrs={"rows": 6})

    def __init__(self, *, longest: int, **options: Any) -> None:
        self.longest = longest
        super().__init__(**{"max_length": (longest + 2) * MOST_LINES, **options})

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(f"Enter at most {MOST_LINES} lines")
        for line in lines:
            if len(line) > self.longest:
                raise forms.ValidationError(f"Shorten “{line[:30]}…” to {self.longest} characters")
        if len({line.lower() for line in lines}) < len(lines):
            raise forms.ValidationError("Enter each line once")
        return lines

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value
