"""Hours and pounds, typed as people write them and kept in minutes and pence. What a page says can be typed back."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from trellis.design import in_words

FRACTIONS = {"¼": ".25", "½": ".5", "¾": ".75"}
UNIT = r" ?(?:h|hrs?|hours?)"
IN_HOURS = re.compile(rf"(\d+|\d*\.\d+)(?:{UNIT})?", re.ASCII)  # 1.5 · 1½ · 2 hours
ON_THE_CLOCK = re.compile(r"(\d+):([0-5]\d)", re.ASCII)  # 1:30
IN_MINUTES = re.compile(rf"(?:(\d+){UNIT} ?)?(\d+) ?(?:m|mins?|minutes?)", re.ASCII)  # 90 min · 1 hour 40 minutes
IN_POUNDS = re.compile(r"£? ?(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d\d?))?", re.ASCII)  # 108 · £1,200.50

QUARTER = 15  # minutes
MOST_MINUTES = 5_000 * 60
MOST_PENCE = 2_000_000_00


class AmountField(forms.CharField):
    """An amount in whole small parts between ``least`` and ``most``; left empty it is ``nothing``."""

    default_error_messages = {
        "out_of_range": "Enter between %(least)s and %(most)s",
        "null_characters_not_allowed": "Type the number again: a sign in it cannot be read",
    }

    def __init__(self, *, least: int, most: int, nothing: int | None = None, width: int = 5, **options: Any) -> None:
        self.least, self.most, self.nothing = least, most, nothing
        box = forms.TextInput(attrs={"class": f"govuk-input--width-{width}", "inputmode": "decimal"})
        super().__init__(max_length=40, widget=box, **options)

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        typed = super().clean(value)
        if not typed:
            return self.nothing
        amount = self.read(" ".join(typed.lower().split()))
        if not self.least <= amount <= self.most:
            said = {"least": self.say(self.least), "most": self.say(self.most)}
            raise self.complaint("out_of_range", **said)
        return amount

    def prepare_value(self, value: Any) -> Any:
        """What stands in the box: an amount in words that can be typed, or what was typed."""
        if not isinstance(value, int):
            return value
        return "" if value == self.nothing else self.write(value)

    def complaint(self, code: str, **params: str) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code, params=params)

    def read(self, typed: str) -> int:
        """The amount that was typed; raises what is wrong with it."""
        raise NotImplementedError

    def say(self, amount: int) -> str:
        """The amount in a sentence."""
        raise NotImplementedError

    def write(self, amount: int) -> str:
        """The amount in the box."""
        return self.say(amount)


class HoursField(AmountField):
    """Time typed in hours, kept in minutes: "1.5", "1½", "1:30" and "90 min" are 90. In quarters of an hour, unless
    it says otherwise."""

    default_error_messages = {
        "invalid": "Enter a number of hours, for example 1.5",
        "no_quarter": "Enter the time in quarters of an hour, for example 1.25",
    }

    def __init__(
        self, *, in_quarters: bool = True, least: int = QUARTER, most: int = MOST_MINUTES, help_text: str = "",
        **options: Any,
    ) -> None:  # fmt: skip
        self.in_quarters = in_quarters
        if in_quarters and not help_text:
            help_text = "In quarters of an hour: 1.25 is an hour and a quarter."
        super().__init__(least=least, most=most, help_text=help_text, **options)

    def read(self, typed: str) -> int:
        for sign, decimals in FRACTIONS.items():
            typed = typed.replace(f" {sign}", decimals).replace(sign, decimals)
        if found := IN_HOURS.fullmatch(typed):
            minutes = Decimal(found[1]) * 60
        elif found := ON_THE_CLOCK.fullmatch(typed) or IN_MINUTES.fullmatch(typed):
            minutes = Decimal(found[1] or 0) * 60 + int(found[2])
        else:
            raise self.complaint("invalid")
        if self.in_quarters and minutes <= self.most and minutes % QUARTER:
            raise self.complaint("no_quarter")
        return int(minutes + Decimal("0.5"))

    def say(self, amount: int) -> str:
        return in_words.hours(amount)

    def write(self, amount: int) -> str:
        """1.25 where it is in quarters, else 1:40."""
        if amount % QUARTER:
            return f"{amount // 60}:{amount % 60:02}"
        return f"{Decimal(amount) / 60:.2f}".rstrip("0").rstrip(".")


class PoundsField(AmountField):
    """Money typed in pounds, "£1,200.50", kept in pence; more than nothing, unless it says otherwise."""

    default_error_messages = {"invalid": "Enter an amount in pounds, for example 108 or 108.50"}

    def __init__(self, *, least: int = 1, most: int = MOST_PENCE, width: int = 10, **options: Any) -> None:
        super().__init__(least=least, most=most, width=width, **options)

    def read(self, typed: str) -> int:
        found = IN_POUNDS.fullmatch(typed)
        if found is None:
            raise self.complaint("invalid")
        return int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))

    def say(self, amount: int) -> str:
        return in_words.pounds(amount)
