"""Whom the Highly Vulnerable framework is for and what its panel may give, in words."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import slugify

from trellis.hv import rules
from trellis.hv.models import OTHER, HvPolicy, published_criteria
from trellis.organisations.answers import LinesField
from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, Hours, Lines, PolicyKind, Settled
from trellis.people.permissions import can_set_policy_of_virtual_school

LONGEST_CODE = 20
SOMETHING_ELSE = {"code": OTHER, "text": "Something else"}


class CriteriaField(LinesField):
    """Criteria, one a line, kept with a code each; "Something else" always comes last."""

    def clean(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]
        lines = [line for line in super().clean(value) if line != SOMETHING_ELSE["text"]]
        codes = {row["text"]: row["code"] for row in published_criteria()}
        return [{"code": codes.get(line) or _code(number, line), "text": line} for number, line in _numbered(lines)] + [
            SOMETHING_ELSE
        ]

    def prepare_value(self, value: Any) -> Any:
        kept = isinstance(value, list)
        return super().prepare_value([row["text"] for row in value if row["code"] != OTHER] if kept else value)


@dataclass(frozen=True, kw_only=True)
class Criteria(Settled):
    """Why a child may be proposed."""

    def words(self, value: list[dict[str, str]]) -> str:
        return "; ".join(row["text"].lower() if row["code"] == OTHER else row["text"] for row in value)

    def field(self) -> forms.Field:
        return CriteriaField(label=self.ask, help_text=self.hint, longest=200)


POLICIES = (
    PolicyKind(
        model=HvPolicy, slug="highly-vulnerable", title="The Highly Vulnerable framework", kept_by=Kind.VIRTUAL_SCHOOL,
        help="Whom the framework is for, who sits on its panel, how soon the panel decides and what it may give.",
        counts="The policy on the day of the proposal counts until the case ends.",
        who_sets=can_set_policy_of_virtual_school,
        settles=(
            Criteria(name="criteria", ask="For which reasons may a child be proposed?",
                     says="A child may be proposed for: {}.",
                     hint="One in each line. “Something else” is always offered too."),
            Lines(name="panel_roles", ask="Who sits on the panel?", says="On the panel: {}."),
            Count(name="quorum", ask="How many of the panel must be there?", unit="member", most=20,
                  hint="How many people",
                  says="At least {} of the panel must be there."),
            Count(name="decide_school_days", ask="Within how many school days does the panel decide?",
                  unit="school day", most=60, says="The panel decides within {}."),
            Hours(name="cap_minutes", ask="How many hours may one case have?", says="One case may have up to {}."),
            Count(name="default_weeks", ask="For how many weeks is help given at first?", unit="week", most=52,
                  says="Help is given for {} at first."),
            Count(name="extension_weeks", ask="By how many weeks is it extended?", unit="week", most=52,
                  says="It is extended by {}."),
        ),
        rules=(rules.panel_can_reach_its_quorum,),
    ),
)  # fmt: skip


def _numbered(lines: list[str]) -> list[tuple[int, str]]:
    return list(enumerate(lines, start=1))


def _code(number: int, line: str) -> str:
    """A code of its own for a criterion that nobody published: "3-no-school-since-Easter"."""
    return f"{number}-{slugify(line)}"[:LONGEST_CODE]
