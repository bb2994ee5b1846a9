"""Positive intervention plans as pages and paper show them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from trellis.calendar.queries import half_a_term_after, school_weeks
from trellis.calendar.rules import add_weeks, monday_of
from trellis.conduct.rules import broken
from trellis.cycles.models import OPEN_STATES, Adjustment
from trellis.design.in_words import full_date
from trellis.intervention_plans import rules
from trellis.intervention_plans.models import InterventionPlan
from trellis.intervention_plans.rules import BOXES, IN_A_STAGE, STAGES, PlanFacts
from trellis.organisations.models import School
from trellis.passports.queries import current_passport, where_i_am
from trellis.passports.rules import tidy, words_fit_the_box
from trellis.people.models import User
from trellis.pupils.models import Pupil

TITLE = "Positive intervention plan"
SCHEMA = 1
NONE_AGREED = "None is agreed."


def current_plan(pupil: Pupil) -> InterventionPlan | None:
    """The version that stands, agreed with the school and the pupil."""
    return InterventionPlan.objects.current().filter(pupil=pupil).with_names().first()


def draft_of(pupil: Pupil) -> InterventionPlan | None:
    return InterventionPlan.objects.drafts().filter(pupil=pupil).with_names().first()


def versions_of(pupil: Pupil, user: User) -> list[InterventionPlan]:
    """Every agreed version that this person may read, the newest first."""
    return list(InterventionPlan.objects.readable_by(user).filter(pupil=pupil).with_names().order_by("-number"))


def contents_of(plan: InterventionPlan) -> dict[str, Any]:
    """All that is written in a version, for the next one to begin with."""
    words = {box.name: getattr(plan, box.name) for box in BOXES}
    return words | {"stages": plan.stages, "risk_before": plan.risk_before, "risk_after": plan.risk_after}


def facts_of(plan: InterventionPlan) -> PlanFacts:
    words = {box.name: getattr(plan, box.name) for box in BOXES}
    return PlanFacts(words, plan.stages, plan.risk_before, plan.risk_after)


def first_words(pupil: Pupil) -> dict[str, str]:
    """What a first plan begins with: the passport's words, and the adjustments of the cycle that is open."""
    passport = current_passport(pupil)
    adjustments = (
        Adjustment.objects.in_plan()
        .filter(pupil=pupil, outcome__cycle__state__in=OPEN_STATES, outcome__taken_out_on__isnull=True)
        .values_list("what", flat=True)
    )
    words = {"adjustments": _cut("\n".join(tidy(what) for what in adjustments), "adjustments")}
    if passport is not None:
        words |= {
            "strengths": _cut("\n".join(filter(None, [passport.good_at, passport.likes])), "strengths"),
            "triggers": passport.makes_worse,
            "adult_roles": passport.key_adult,
            "safe_place": _cut(passport.signal, "safe_place"),
        }
    return words


def _cut(words: str, name: str) -> str:
    """The whole lines that fit the box."""
    box = rules.BOX[name]
    kept: list[str] = []
    for line in words.splitlines():
        if words_fit_the_box(box, "\n".join([*kept, line])):
            kept.append(line)
    return "\n".join(kept)


# --- on a page -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StageShown:
    """One row of the table: a stage, and what is said of it under each heading."""

    name: str
    title: str
    cells: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class PartShown:
    """A box with its lines; ``lines`` is empty where nothing is written."""

    title: str
    lines: list[str]


def stages_of(plan: InterventionPlan) -> list[StageShown]:
    return [
        StageShown(
            stage, title,
            [(head, plan.stages.get(stage, {}).get(part, "").splitlines()) for part, head in IN_A_STAGE.items()],
        )
        for stage, (title, _) in STAGES.items()
    ]  # fmt: skip


def about_of(plan: InterventionPlan) -> list[PartShown]:
    return [PartShown(box.title, getattr(plan, box.name).splitlines()) for box in rules.ABOUT]


def adults_of(plan: InterventionPlan) -> list[PartShown]:
    """Who does what, where, and whether anybody may hold the pupil; that none is agreed is said."""
    boxes = [box for box in rules.ADULTS if box.name != "training" or plan.training]
    shown = [PartShown(box.title, getattr(plan, box.name).splitlines()) for box in boxes]
    return [
        PartShown(one.title, [NONE_AGREED]) if not one.lines and one.title == "Agreed physical response" else one
        for one in shown
    ]


def missing_in(plan: InterventionPlan) -> list[str]:
    """What is still asked before it can be agreed, as sentences."""
    return [finding.sentence for finding in broken(*rules.readiness(facts_of(plan)))]


# --- dates -----------------------------------------------------------------------------------------------------------


def review_due(school: School | None, looked_on: date) -> date:
    """Half a term after they last looked at it together."""
    return half_a_term_after(school.authority_code if school else "", looked_on)


def review_after_an_incident(plan: InterventionPlan, school: School | None, happened_on: date) -> date:
    code = school.authority_code if school else ""
    weeks = school_weeks({code})[code]
    days = [day for n in range(9) for day in weeks.open_days(add_weeks(monday_of(happened_on), n))]
    assert plan.review_on is not None  # it is agreed
    return rules.review_after_an_incident(plan.review_on, happened_on, days)


# --- on paper --------------------------------------------------------------------------------------------------------


def snapshot_of(plan: InterventionPlan) -> dict[str, Any]:
    """The plan in words, on one page, under the first name."""
    name = plan.pupil.first_name
    assert plan.agreed_on and plan.review_on  # it is printed when it is agreed
    return {
        "schema": SCHEMA,
        "title": TITLE,
        "pupil": name,
        "footer": (
            f"Version {plan.number}. Agreed on {full_date(plan.agreed_on)} with {name}, and with {plan.headteacher} "
            f"for the school. Look at it again by {full_date(plan.review_on)} and after each serious incident."
        ),
        "facts": [["Where I am", where_i_am(plan.pupil)],
                  *([label, getattr(plan, f"get_{risk}_display")()] for risk, label in rules.RISKS.items())],
        "sections": [
            {"name": "about", "title": f"About {name}", "by": "", "parts": _words(about_of(plan))},
            {"name": "stages", "title": "What to do at each stage", "by": "", "parts": [_table(plan)]},
            {"name": "adults", "title": "Adults and places", "by": "", "parts": _words(adults_of(plan))},
        ],
    }  # fmt: skip


def _words(parts: list[PartShown]) -> list[dict[str, Any]]:
    return [{"kind": "words", "heading": one.title, "words": "\n".join(one.lines)} for one in parts if one.lines]


def _table(plan: InterventionPlan) -> dict[str, Any]:
    rows = [[one.title, *("\n".join(lines) for _, lines in one.cells)] for one in stages_of(plan)]
    return {"kind": "table", "head": ["Stage", *IN_A_STAGE.values()], "rows": rows, "widths": [1.3, 3, 3, 3]}
