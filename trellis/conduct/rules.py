"""Rules: named things that are true on paper. A rule's first docstring line is the sentence a person reads.

    @rule(source="SEND Code of Practice 2015, 6.48")
    def plan_names_a_review_date(plan: PlanFacts) -> bool:
        \"\"\"Say when the plan will be reviewed.\"\"\"
        return plan.review_on is not None

Called, a rule gives a Finding: truthy when the rule is kept. ``check`` turns broken findings into a refusal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trellis.conduct.refusals import Refused


@dataclass(frozen=True)
class Finding:
    """One rule held against one thing."""

    rule: "Rule"
    kept: bool

    def __bool__(self) -> bool:
        return self.kept

    @property
    def sentence(self) -> str:
        return self.rule.sentence


@dataclass(frozen=True)
class Rule:
    """A rule with its wording, where it comes from, and the form field it speaks about."""

    judge: Callable[..., bool]
    source: str
    is_law: bool = False
    field: str | None = None

    @property
    def name(self) -> str:
        return self.judge.__name__

    @property
    def folder(self) -> str:
        return self.judge.__module__.split(".")[1]

    @property
    def sentence(self) -> str:
        return (self.judge.__doc__ or "").strip().partition("\n")[0]

    def __call__(self, *args: Any, **facts: Any) -> Finding:
        return Finding(self, bool(self.judge(*args, **facts)))


RULEBOOK: list[Rule] = []


def rule(*, source: str, is_law: bool = False, field: str | None = None) -> Callable[[Callable[..., bool]], Rule]:
    """Make a function a rule and enter it in the rulebook that ``make docs`` prints."""

    def enter(judge: Callable[..., bool]) -> Rule:
        entered = Rule(judge, source, is_law, field)
        if not entered.sentence:
            raise TypeError(f"{entered.name} needs a docstring: its sentence.")
        RULEBOOK.append(entered)
        return entered

    return enter


def broken(*findings: Finding) -> list[Finding]:
    return [finding for finding in findings if not finding]


def check(*findings: Finding) -> None:
    """Refuse with the first broken rule's sentence."""
    for finding in broken(*findings):
        raise Refused(finding.sentence, field=finding.rule.field)
