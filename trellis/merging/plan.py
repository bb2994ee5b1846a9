"""What comes together when two records are put together: every row of both, which of them clash, and what becomes of
each. Computed first, shown, and carried out by ``actions``.

Rows that may be changed go to the record that goes on. Rows that are only ever added to (views, signed documents,
ledgers, history) stay under the number they were written for and are read from there (``AboutPupil.of_child``).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Max, Model, Q, UniqueConstraint

from trellis.advice.models import AdviceRequest
from trellis.conduct import clock
from trellis.conduct.grants import insert_only_tables
from trellis.conduct.periods import DateRange, from_day
from trellis.design.in_words import full_date
from trellis.ehc_requests.models import EhcRequest
from trellis.funding.models import FundingRequest
from trellis.hours.models import Visit
from trellis.hv.models import HvCase
from trellis.links.models import PersonalLink
from trellis.merging import rules
from trellis.outreach.models import OutreachCase
from trellis.pupils.models import (
    Access,
    CareEpisode,
    GroupMember,
    NamedProfessional,
    Pupil,
    PupilAuthority,
    SchoolPlace,
    SenStatus,
)
from trellis.who_pays.models import PaymentPlan

NUMBER, PERIOD = "number", "during"
PARKED = "MERGING"  # a state that no constraint counts, while two open things change places


@dataclass(frozen=True)
class Dated:
    """A kind of period of which one holds at a time: for which keys, and what makes two of them say the same."""

    about: str
    keys: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


PERIODS: dict[type[Model], Dated] = {
    SchoolPlace: Dated("School places", says=("school_id",)),
    CareEpisode: Dated("Care", says=("authority_id", "legal_status", "looked_after_since")),
    SenStatus: Dated("SEN status", says=("status", "primary_need", "secondary_need")),
    NamedProfessional: Dated("Social worker, reviewing officer, EHC coordinator", ("role",), ("name", "email")),
    PupilAuthority: Dated("Authorities", ("duty",), ("authority_id",)),
    GroupMember: Dated("Classes and groups", ("group_id",)),
}

MAY_NOT_LIE_ASIDE: dict[type[Model], str] = {
    EhcRequest: "request for an EHC needs assessment",
    HvCase: "case of the Highly Vulnerable framework",
    OutreachCase: "emergency outreach",
    AdviceRequest: "request for specialist advice",
    FundingRequest: "request for Pupil Premium Plus",
    PaymentPlan: "plan of who pays",
    Visit: "visit of a specialist service",
}

# What is told by kind and number. A worry is not: that there is one is for those who were told of it.
WORDS = {
    "pupils.schoolplace": ("school place", "school places"),
    "pupils.careepisode": ("care episode", "care episodes"),
    "pupils.senstatus": ("SEN status", "SEN statuses"),
    "pupils.childid": ("number in an authority’s social care", "numbers in an authority’s social care"),
    "pupils.formerupn": ("former UPN", "former UPNs"),
    "pupils.namedprofessional": ("named professional", "named professionals"),
    "pupils.personaround": ("person around", "people around"),
    "pupils.groupmember": ("class or group", "classes and groups"),
    "pupils.pupilauthority": ("authority", "authorities"),
    "schooling.suspension": ("suspension", "suspensions"),
    "schooling.parttimetimetable": ("part-time timetable", "part-time timetables"),
    "links.personallink": ("personal link", "personal links"),
    "files.file": ("file", "files"),
    "voices.viewasked": ("view asked for", "views asked for"),
    "consents.consent": ("consent", "consents"),
    "cycles.cycle": ("cycle of Assess, Plan, Do, Review", "cycles of Assess, Plan, Do, Review"),
    "passports.passport": ("passport", "passports"),
    "intervention_plans.interventionplan": ("positive intervention plan", "positive intervention plans"),
    "advice.advicerequest": ("request for specialist advice", "requests for specialist advice"),
    "peps.pep": ("Personal Education Plan (PEP)", "Personal Education Plans (PEPs)"),
    "hours.visit": ("visit", "visits"),
    "funding.fundingrequest": ("request for Pupil Premium Plus", "requests for Pupil Premium Plus"),
    "alerts.alert": ("alert", "alerts"),
    "alerts.placeindoubt": ("school place in doubt", "school places in doubt"),
    "hv.hvcase": ("case of the Highly Vulnerable framework", "cases of the Highly Vulnerable framework"),
    "outreach.outreachcase": ("emergency outreach", "emergency outreaches"),
    "ehc_requests.ehcrequest": ("request for an EHC needs assessment", "requests for an EHC needs assessment"),
    "moves.schoolmove": ("school move", "school moves"),
}
READ_WHERE_WRITTEN = {
    "voices.view": ("view given", "views given"),
    "documents.document": ("document", "documents"),
    "schooling.senthome": ("time sent home", "times sent home"),
}


@dataclass
class Step:
    """One row: what its fields say, and what they will say. ``is_aside``: it lies with the record laid down."""

    model: type[Model]
    pk: int
    was: dict[str, Any]
    becomes: dict[str, Any]
    is_aside: bool = False
    words: str = ""


@dataclass(frozen=True)
class Clash:
    """Where the two records cannot both hold: what each has. ``is_a_choice``: they say different things."""

    name: str
    about: str
    has: dict[int, list[str]]
    is_a_choice: bool = True


@dataclass
class Plan:
    kept: Pupil
    laid: Pupil
    steps: list[Step] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    owners: dict[str, list[int]] = field(default_factory=dict)  # by kind, whose each row is

    def of(self, pupil_id: int, *, aside: bool) -> Iterator[Step]:
        for step in self.steps:
            if step.was["pupil_id"] == pupil_id and step.is_aside == aside:
                yield step


@cache
def models_that_come() -> tuple[type[Any], ...]:
    """Every kind of row about a pupil that may be changed, in folder order. Access follows from the facts."""
    frozen = insert_only_tables()
    kinds = [model for model in apps.get_models() if _is_ours(model) and model._meta.db_table not in frozen]
    return (*(model for model in kinds if _is_about_pupil(model)), PersonalLink)


def _is_ours(model: type[Model]) -> bool:
    return model.__module__.startswith("trellis.") and not hasattr(model, "pgh_tracked_model") and model is not Access


def _is_about_pupil(model: type[Model]) -> bool:
    return any(one.name == "pupil" and one.related_model is Pupil for one in model._meta.get_fields())


def plan_of(kept: Pupil, laid: Pupil, holds: Mapping[str, int] | None = None) -> Plan:
    """What would become of every row. ``holds``: for a clash by its name, the number of the pupil whose rows hold;
    those of the record that goes on, where nothing is said."""
    plan = Plan(kept, laid)
    rows = {model: list(model._default_manager.filter(pupil_id__in=[kept.pk, laid.pk])) for model in models_that_come()}
    plan.owners = {model._meta.label_lower: [row.pupil_id for row in found] for model, found in rows.items()}
    becomes: dict[tuple[type[Model], int], dict[str, Any]] = defaultdict(dict)
    aside: dict[type[Model], set[int]] = defaultdict(set)
    for model, dated in PERIODS.items():
        _fit_periods(plan, model, dated, rows[model], holds or {}, becomes, aside)
    for model in models_that_come():
        _one_at_a_time(plan, model, rows[model], holds or {}, aside)
    _parts_lie_with_their_whole(rows, aside)
    for model, found in rows.items():
        _number_again(plan, model, found, aside[model], becomes)
        _refuse_what_must_go_on(plan, model, [row for row in found if row.pk in aside[model]])
        plan.steps += _steps(plan, model, found, becomes, aside[model])
    return plan


# --- periods, of which one holds at a time ---------------------------------------------------------------------------


def _fit_periods(
    plan: Plan, model: type[Model], dated: Dated, rows: list[Any], holds: Mapping[str, int], becomes: Any, aside: Any
) -> None:
    """Where two overlap, one holds and the other is cut to the days that are left to it, or lies aside."""
    rows = [row for row in rows if not row.during.isempty]
    kept = [row for row in rows if row.pupil_id == plan.kept.pk]
    laid = [row for row in rows if row.pupil_id == plan.laid.pk]
    pairs = [(a, b) for a in kept for b in laid if _keys(a, dated) == _keys(b, dated) and _overlap(a, b)]
    if not pairs:
        return
    name = model._meta.model_name or ""
    differ = any(_says(a, dated) != _says(b, dated) for a, b in pairs)
    has = {
        plan.kept.pk: [in_words(row) for row in kept if any(row is a for a, _ in pairs)],
        plan.laid.pk: [in_words(row) for row in laid if any(row is b for _, b in pairs)],
    }
    plan.clashes.append(Clash(name, dated.about, has, is_a_choice=differ))
    holders, losers = (laid, kept) if holds.get(name) == plan.laid.pk and differ else (kept, laid)
    for row in losers:
        against = [one.during for one in holders if _keys(one, dated) == _keys(row, dated) and _overlap(one, row)]
        left = rules.what_is_left(row.during, against, clock.today()) if against else row.during
        if left is None:
            aside[model].add(row.pk)
        elif left != row.during:
            becomes[model, row.pk][PERIOD] = left


def _keys(row: Any, dated: Dated) -> tuple[Any, ...]:
    return tuple(getattr(row, key) for key in dated.keys)


def _says(row: Any, dated: Dated) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in dated.says)


def _overlap(one: Any, other: Any) -> bool:
    return rules.overlap(one.during, other.during)


# --- what there may be one of ----------------------------------------------------------------------------------------


def _ones(model: type[Model]) -> Iterator[UniqueConstraint]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and "pupil" in constraint.fields:
            yield constraint


def _one_at_a_time(plan: Plan, model: type[Any], rows: list[Any], holds: Mapping[str, int], aside: Any) -> None:
    """Two open cycles, two passports in use: one of them goes on, the other lies aside."""
    clashing: dict[int, set[int]] = {plan.kept.pk: set(), plan.laid.pk: set()}
    if len({row.pupil_id for row in rows}) < len(clashing):
        return
    for constraint in _ones(model):
        others = [name for name in constraint.fields if name != "pupil"]
        if NUMBER in others:
            continue
        counted = model._default_manager.filter(constraint.condition or Q(), pk__in=[row.pk for row in rows])
        by_key: dict[Any, list[Any]] = defaultdict(list)
        for row in counted:
            by_key[tuple(getattr(row, name) for name in others)].append(row)
        for found in by_key.values():
            if len({row.pupil_id for row in found}) == 2:
                for row in found:
                    clashing[row.pupil_id].add(row.pk)
    if not clashing[plan.kept.pk]:
        return
    about = WORDS.get(model._meta.label_lower, ("", str(model._meta.verbose_name_plural)))[1]
    has = {owner: [in_words(row) for row in rows if row.pk in found] for owner, found in clashing.items()}
    name = model._meta.model_name or ""
    can_choose = any(one.name == "state" for one in model._meta.get_fields()) and model not in MAY_NOT_LIE_ASIDE
    plan.clashes.append(Clash(name, about[:1].upper() + about[1:], has, is_a_choice=can_choose))
    loser = plan.kept if holds.get(name) == plan.laid.pk and can_choose else plan.laid
    aside[model] |= clashing[loser.pk]


def _parts_lie_with_their_whole(rows: dict[type[Any], list[Any]], aside: Any) -> None:
    """What is part of a row that lies aside (a cycle's outcomes) lies aside with it."""
    more = True
    while more:
        more = False
        for model, found in rows.items():
            for whole in _wholes(model):
                lying = aside[whole.related_model]
                with_it = {row.pk for row in found if getattr(row, whole.attname) in lying} - aside[model]
                aside[model] |= with_it
                more = more or bool(with_it)


def _wholes(model: type[Model]) -> Iterator[Any]:
    """The links of a row to the row that it is part of: those that are never empty."""
    for one in model._meta.concrete_fields:
        if one.is_relation and not one.null and one.related_model in models_that_come():
            yield one


def _number_again(plan: Plan, model: type[Model], rows: list[Any], aside: set[int], becomes: Any) -> None:
    """Cycle 1 of each becomes cycles 1 and 2: those that come are numbered after those there are."""
    for constraint in _ones(model):
        if NUMBER not in constraint.fields:
            continue
        others = [name for name in constraint.fields if name not in {"pupil", NUMBER}]
        by_key: dict[Any, list[Any]] = defaultdict(list)
        for row in rows:
            by_key[tuple(getattr(row, f"{name}_id", None) or getattr(row, name) for name in others)].append(row)
        for found in by_key.values():
            there = {row.number for row in found if row.pupil_id == plan.kept.pk}
            come = [row for row in found if row.pupil_id == plan.laid.pk and row.pk not in aside]
            if there & {row.number for row in come}:
                for row in come:
                    becomes[model, row.pk][NUMBER] = row.number + max(there)


def _refuse_what_must_go_on(plan: Plan, model: type[Model], lying: list[Any]) -> None:
    if lying and model in MAY_NOT_LIE_ASIDE:
        what = MAY_NOT_LIE_ASIDE[model]
        both = any(clash.name == model._meta.model_name for clash in plan.clashes)
        plan.refusals.append(
            f"Both records have an open {what}. Close or withdraw one of them first."
            if both
            else f"A {what} belongs to what would lie aside. Let that one go on instead, or close it first."
        )


def _steps(plan: Plan, model: type[Model], rows: list[Any], becomes: Any, aside: set[int]) -> Iterator[Step]:
    for row in rows:
        changes = becomes.get((model, row.pk), {})
        lies = row.pk in aside
        goes_to = plan.laid.pk if lies else plan.kept.pk
        if row.pupil_id == goes_to and not changes and not lies:
            continue
        was = {"pupil_id": row.pupil_id} | {name: getattr(row, name) for name in changes}
        told = in_words(row) if lies and model._meta.label_lower in WORDS else ""
        yield Step(model, row.pk, was, {"pupil_id": goes_to} | changes, is_aside=lies, words=told)


# --- in words --------------------------------------------------------------------------------------------------------


def in_words(row: Any) -> str:
    """ "Larch Primary, 1 September 2024 to 31 August 2026"; "Cycle 2, being assessed"."""
    name = _name_of(row)
    if hasattr(row, PERIOD):
        return f"{name}, {days_in_words(row.during)}"
    state = row.get_state_display().lower() if hasattr(row, "get_state_display") else ""
    return f"{name[:1].upper()}{name[1:]}{', ' if state else ''}{state}"


def _name_of(row: Any) -> str:
    if isinstance(row, SchoolPlace):
        return str(row.school)
    if isinstance(row, CareEpisode):
        return f"{row.authority}, {row.get_legal_status_display().lower()}"  # type: ignore[attr-defined]
    return str(row)


def days_in_words(during: DateRange) -> str:
    if during.isempty:
        return "no day"
    since = f"since {full_date(during.lower)}"
    return f"{since}, until {full_date(during.upper)}" if during.upper else since


def counts(plan: Plan) -> list[tuple[str, int, int]]:
    """How much of each kind stands in either record, kinds of which neither has any left out."""
    one, other = plan.kept.pk, plan.laid.pk
    found = []
    for label, (_, many) in {**WORDS, **READ_WHERE_WRITTEN}.items():
        owners = plan.owners[label] if label in plan.owners else _owners(label, one, other)
        if owners:
            found.append((many[:1].upper() + many[1:], owners.count(one), owners.count(other)))
    return found


def _owners(label: str, *pupil_ids: int) -> list[int]:
    rows = apps.get_model(label)._default_manager.filter(pupil_id__in=pupil_ids)
    return list(rows.values_list("pupil_id", flat=True))


def newest_of_each_kind(pupil_ids: list[int]) -> dict[str, int]:
    """The highest row number of each kind, to tell later what was written since."""
    newest = {}
    for model in models_that_come():
        rows = model._default_manager.filter(pupil_id__in=pupil_ids)
        newest[model._meta.label_lower] = rows.aggregate(newest=Max("pk"))["newest"] or 0
    return newest


def kept_as_text(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a step as JSON keeps them; a period by its first day and the one after its last."""
    return {name: _as_text(value) for name, value in values.items()}


def _as_text(value: Any) -> Any:
    if isinstance(value, DateRange):
        return None if value.isempty else [value.lower.isoformat(), value.upper.isoformat() if value.upper else None]
    return value.isoformat() if hasattr(value, "isoformat") else value


def from_text(name: str, value: Any) -> Any:
    """A field's value as ``kept_as_text`` wrote it."""
    if name == PERIOD:
        return (
            DateRange(empty=True)
            if value is None
            else from_day(date.fromisoformat(value[0]), date.fromisoformat(value[1]) if value[1] else None)
        )
    return date.fromisoformat(value) if name == "date_of_birth" else value
