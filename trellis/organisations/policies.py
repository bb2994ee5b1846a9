"""The policies that people keep by page: what each is called, what it settles and in which words, who may set it.

A folder adds its ``DatedPolicy`` classes from its ``apps.py``, in the words of its own ``policies.py``. One page then
shows and sets them; no folder writes a page of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.conf import settings

from trellis.conduct.refusals import Answer
from trellis.conduct.rules import Rule
from trellis.design import in_words
from trellis.design.amounts import HoursField, PoundsField
from trellis.organisations.answers import CountsField, DayOfYearField, LinesField, day_of_year
from trellis.organisations.models import DatedPolicy, Organisation

Choices = tuple[tuple[Any, str], ...]


@dataclass(frozen=True, kw_only=True)
class Settled:
    """One thing a policy settles: the field's name, the question that asks for it, the sentence that tells it.

    ``says`` holds {} where the answer stands.
    """

    name: str
    ask: str
    says: str = "{}"
    hint: str = ""

    def tell(self, policy: DatedPolicy) -> str:
        """What this policy says about it, as a sentence."""
        return self.says.format(self.words(getattr(policy, self.name)))

    def words(self, value: Any) -> str:
        return str(value)

    def field(self) -> forms.Field:
        raise NotImplementedError

    def typed(self, value: Any) -> Any:
        """What the box shows for what is kept."""
        return value


@dataclass(frozen=True, kw_only=True)
class Pounds(Settled):
    """Money, kept in pence."""

    def words(self, value: int) -> str:
        return in_words.pounds(value)

    def field(self) -> forms.Field:
        return PoundsField(label=self.ask, help_text=self.hint)


@dataclass(frozen=True, kw_only=True)
class Hours(Settled):
    """Time, kept in minutes."""

    most: int = 60 * 60

    def words(self, value: int) -> str:
        return in_words.hours(value)

    def field(self) -> forms.Field:
        return HoursField(label=self.ask, help_text=self.hint, most=self.most)


@dataclass(frozen=True, kw_only=True)
class Count(Settled):
    """A whole number of something: of "working day"s, "week"s."""

    unit: str
    least: int = 1
    most: int = 365

    def words(self, value: int) -> str:
        return f"{value} {self.unit}{'' if value == 1 else 's'}"

    def field(self) -> forms.Field:
        box = forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"})
        return forms.IntegerField(
            label=self.ask, help_text=self.hint, min_value=self.least, max_value=self.most,
            widget=box,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class YesNo(Settled):
    """A question with a sentence for each answer."""

    yes: str
    no: str

    def words(self, value: bool) -> str:
        return self.yes if value else self.no

    def field(self) -> forms.Field:
        return forms.TypedChoiceField(
            label=self.ask, help_text=self.hint, choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect,
            coerce=lambda typed: typed == "yes",
        )  # fmt: skip

    def typed(self, value: bool) -> str:
        return "yes" if value else "no"


@dataclass(frozen=True, kw_only=True)
class OneOf(Settled):
    """One of a few."""

    choices: Choices

    def words(self, value: Any) -> str:
        return dict(self.choices).get(value, str(value))

    def field(self) -> forms.Field:
        return forms.TypedChoiceField(
            label=self.ask, help_text=self.hint, choices=self.choices, coerce=kind_of(self.choices),
            widget=forms.RadioSelect if len(self.choices) <= 5 else forms.Select,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SomeOf(Settled):
    """Any number of a few, kept as a list."""

    choices: Choices
    none: str = "none"

    def words(self, value: list[Any]) -> str:
        return in_a_row([dict(self.choices).get(one, str(one)) for one in value]) or self.none

    def field(self) -> forms.Field:
        return forms.TypedMultipleChoiceField(
            label=self.ask, help_text=self.hint, choices=self.choices, coerce=kind_of(self.choices), required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DayOfYear(Settled):
    """A day that comes every year, kept as "10-31"."""

    def words(self, value: str) -> str:
        return day_of_year(value)

    def field(self) -> forms.Field:
        return DayOfYearField(label=self.ask, help_text=self.hint or "For example 31 October")


@dataclass(frozen=True, kw_only=True)
class TimeOfDay(Settled):
    """A time by the clock."""

    def words(self, value: time) -> str:
        return f"{value.hour % 12 or 12}{f':{value:%M}' if value.minute else ''} {'am' if value.hour < 12 else 'pm'}"

    def field(self) -> forms.Field:
        return forms.TimeField(
            label=self.ask, help_text=self.hint or "For example 17:00 or 5 pm",
            input_formats=["%H:%M", "%H.%M", "%I %p", "%I%p", "%I:%M %p", "%I:%M%p"],
            error_messages={"invalid": "Enter a time, for example 17:00 or 5 pm"},
            widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
        )  # fmt: skip

    def typed(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value


@dataclass(frozen=True, kw_only=True)
class Counts(Settled):
    """Several whole numbers of something, kept as a list: after 4 and 12 "week"s."""

    unit: str
    most: int = 104

    def words(self, value: list[int]) -> str:
        return f"{in_a_row([str(number) for number in value])} {self.unit}s"

    def field(self) -> forms.Field:
        return CountsField(label=self.ask, help_text=self.hint or "For example 4, 12", most=self.most)


@dataclass(frozen=True, kw_only=True)
class Lines(Settled):
    """Several short texts, one a line, kept as a list."""

    longest: int = 80

    def words(self, value: list[str]) -> str:
        return "; ".join(value)

    def field(self) -> forms.Field:
        return LinesField(label=self.ask, help_text=self.hint or "One in each line", longest=self.longest)


@dataclass(frozen=True, kw_only=True)
class Name(Settled):
    """A short text that may be left out; ``without`` is the sentence then."""

    without: str
    longest: int = 80

    def tell(self, policy: DatedPolicy) -> str:
        return super().tell(policy) if getattr(policy, self.name) else self.without

    def field(self) -> forms.Field:
        return forms.CharField(label=self.ask, help_text=self.hint, max_length=self.longest, required=False)


@dataclass(frozen=True, kw_only=True)
class Shown(Settled):
    """What has one answer only, so that nobody is asked."""

    choices: Choices = ()

    def words(self, value: Any) -> str:
        return dict(self.choices).get(value, str(value))


@dataclass(frozen=True, kw_only=True)
class PolicyKind:
    """One policy class, in words. ``kept_by`` is the kind of organisation that agrees it, ``counts`` says which day's
    policy counts, ``who_sets`` answers for a user and an organisation, ``rules`` hold within one policy."""

    model: type[DatedPolicy]
    slug: str
    title: str
    help: str
    counts: str
    kept_by: str
    who_sets: Callable[[Any, Organisation], Answer]
    settles: tuple[Settled, ...]
    rules: tuple[Rule, ...] = ()

    @property
    def asked(self) -> list[Settled]:
        return [one for one in self.settles if not isinstance(one, Shown)]

    def sample_of(self, organisation: Organisation) -> DatedPolicy:
        """What holds where nobody has agreed anything."""
        return self.model(organisation_id=organisation.pk, source=self.model.SAMPLE)

    def values_of(self, policy: DatedPolicy) -> dict[str, Any]:
        return {one.name: getattr(policy, one.name) for one in self.settles}

    def sentences(self, policy: DatedPolicy) -> list[str]:
        return [one.tell(policy) for one in self.settles]

    def differences(self, policy: DatedPolicy, before: DatedPolicy) -> list[str]:
        """What the policy says otherwise than the one before."""
        pairs = zip(self.sentences(policy), self.sentences(before), strict=True)
        return [now for now, then in pairs if now != then]


_kinds: dict[str, PolicyKind] = {}


def add(*kinds: PolicyKind) -> None:
    """Let people see and set these policies; the same ``slug`` again replaces it."""
    _kinds.update({kind.slug: kind for kind in kinds})


def kinds() -> list[PolicyKind]:
    """All of them, in folder order."""
    return sorted(_kinds.values(), key=lambda kind: settings.FOLDERS.index(kind.model._meta.app_label))


def kept_by(kind: str) -> list[PolicyKind]:
    """Those that an organisation of this kind agrees."""
    return [one for one in kinds() if one.kept_by == kind]


def find(slug: str, organisation: Organisation) -> PolicyKind | None:
    found = _kinds.get(slug)
    return found if found and found.kept_by == organisation.kind else None


def kind_of(choices: Choices) -> Callable[[Any], Any]:
    """Turns what was posted into what is kept: year groups are numbers."""
    return type(choices[0][0])


def in_a_row(texts: list[str]) -> str:
    """ "Reception, Year 7 and Year 11"."""
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))
