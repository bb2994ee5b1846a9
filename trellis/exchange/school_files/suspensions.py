"""Suspensions and exclusions as a school's own system gives them out. They are entered by schooling's own rules; one
that began long ago was told then, and is not told again."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.exchange.cells import code, words
from trellis.exchange.mapping.columns import Column
from trellis.exchange.school_files import census
from trellis.exchange.school_files.attendance import sessions
from trellis.exchange.school_files.facts import Change, SchoolFacts, kind_of
from trellis.exchange.school_files.who import Row, iso_day
from trellis.organisations.models import School
from trellis.pupils.models import SchoolPlace
from trellis.schooling import actions, rules
from trellis.schooling.models import Kind, Reason, Suspension
from trellis.schooling.queries import out_of, school_days_of

TOLD_WITHIN = timedelta(days=7)  # our own: longer ago, whoever must hear of it was told by the school then
LOOKED_AHEAD = timedelta(days=120)  # for the last day of one that is given in sessions: 45 school days fit
KINDS = {"SUSP": Kind.SUSPENSION.value, "LNCH": Kind.LUNCHTIMES.value, "PERM": Kind.PERMANENT.value}
NOT_SAID = "The school’s file does not say what happened."
HEAD = "The headteacher, as the school’s file says"
KIND_WORDS = {
    "FIXD": "SUSP", "Suspension": "SUSP", "Fixed": "SUSP", "Fixed period": "SUSP", "Fixed term": "SUSP",
    "Fixed period exclusion": "SUSP", "Lunchtime": "LNCH", "Lunchtime suspension": "LNCH", "Permanent": "PERM",
    "Permanent exclusion": "PERM",
}  # fmt: skip
CATEGORIES = {"SUSP": "Suspension", "LNCH": "Suspension at lunchtimes", "PERM": "Permanent exclusion"}
NO_SUCH_REASON = "This is no reason of the school census, like DB or PP."


def _reason(text: str, *headings: str) -> Column:
    return Column(
        text, code(Reason.values, NO_SUCH_REASON, blank=""), headings, codes={"": "Not said", **dict(Reason.choices)}
    )


COLUMNS = {
    "first_day": Column(
        "First day out of school", iso_day,
        ("Start date", "Start", "From", "Date from", "Exclusion start date", "Suspension start date", "Date"),
        is_day=True, needed=True,
    ),
    "last_day": Column(
        "Last day out of school", iso_day,
        ("End date", "End", "To", "Date to", "Exclusion end date", "Suspension end date"), is_day=True,
    ),
    "sessions": Column(
        "Sessions out of school", sessions(),
        ("Sessions", "Number of sessions", "Sessions lost", "Length in sessions", "Total sessions"),
    ),
    "category": Column(
        "Suspension or exclusion", code(KINDS, "Write SUSP, LNCH or PERM.", blank="SUSP"),
        ("Category", "Type", "Exclusion type", "Exclusion category", "Suspension type"),
        codes=CATEGORIES, meanings=KIND_WORDS,
    ),
    "reason1": _reason("Reason", "Reason 1", "Primary reason", "Exclusion reason", "Reason code", "Suspension reason"),
    "reason2": _reason("Second reason", "Reason 2", "Secondary reason"),
    "reason3": _reason("Third reason", "Reason 3"),
    "decided_by": Column("Headteacher who decided", words(120), ("Decided by", "Headteacher", "Authorised by")),
    "what_happened": Column(
        "What happened", words(2000), ("Comments", "Details", "Description", "Incident", "Notes", "Circumstances")
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Held:
    """What is recorded of these pupils already, and at which school each is today."""

    first_days: set[tuple[int, str]]
    outs: dict[int, list[rules.Out]]
    schools: dict[int, School]


def held(pupil_ids: Collection[int]) -> Held:
    recorded = Suspension.objects.filter(pupil__in=pupil_ids).that_were()
    outs: dict[int, list[rules.Out]] = {}
    for one in recorded:
        outs.setdefault(one.pupil_id, []).append(out_of(one))
    places = SchoolPlace.objects.filter(pupil__in=pupil_ids, during__contains=clock.today()).select_related("school")
    return Held(
        {(one.pupil_id, one.first_day.isoformat()) for one in recorded},
        outs,
        {place.pupil_id: place.school for place in places},
    )


def about_line(row: Row) -> Iterator[tuple[str, str]]:
    if not row["first_day"]:
        yield "first_day", "Say the first day out of school."
    elif row["first_day"] > clock.today().isoformat():
        yield "first_day", "This day lies in the future. Record such a suspension on the pupil’s page."
    if not row["reason1"]:
        yield "reason1", "Say the reason, by its code of the school census."
    if row["category"] != "PERM" and not row["last_day"] and not row["sessions"]:
        yield "last_day", "Say the last day, or how many sessions it takes."
    if row["last_day"] and row["last_day"] < row["first_day"]:
        yield "last_day", "The last day lies before the first."


def problem(row: Row, held: Held) -> str:
    """What cannot stand beside the suspensions there are and those of the lines before, by schooling's own rules."""
    if (row["pupil_id"], row["first_day"]) in held.first_days:
        return ""
    school = held.schools[row["pupil_id"]]
    says = _says(row, school)
    is_permanent = says["kind"] == Kind.PERMANENT
    if not is_permanent and says["last_day"] is None:
        return "There are not so many school days ahead. Give the last day."
    out = _out(says, school)
    if not is_permanent and not out.days:
        return "There is no school day between these dates. Check them against the term."
    others = held.outs.setdefault(row["pupil_id"], [])
    if {day for other in others for day in other.days} & set(out.days):
        return "The pupil is suspended on some of these days already, from another first day."
    facts = rules.ToSuspend(
        says["kind"], HEAD, _decided_at(says), says["first_day"], says["last_day"], out,
        most_in_a_year=rules.fullest_year(out, others),
    )  # fmt: skip
    if not (finding := rules.suspension_keeps_within_the_year(facts)):
        return finding.sentence
    others.append(out)
    return ""


def change(row: Row, held: Held) -> Change | None:
    """The same first day of the same pupil is the same suspension."""
    if (row["pupil_id"], row["first_day"]) in held.first_days:
        return None
    says = _says(row, held.schools[row["pupil_id"]])
    unsaved = Suspension(kind=says["kind"], first_day=says["first_day"])
    if says["kind"] != Kind.PERMANENT:
        days = len(_out(says, held.schools[row["pupil_id"]]).days)
        until = f", {days} school day{'' if days == 1 else 's'} to {says['last_day']:%d.%m.%Y}"
    else:
        until = ""
    follows = (
        "Told when this lands: those whom the law names, as if it were typed in."
        if _is_told(says["first_day"])
        else "Nobody is told: it began more than a week ago, and the school told those whom the law names then."
    )
    return Change("suspension", "", f"{unsaved}{until}", follows)


def _is_told(first_day: date) -> bool:
    return first_day >= clock.today() - TOLD_WITHIN


def _says(row: Row, school: School) -> dict[str, Any]:
    first_day = date.fromisoformat(row["first_day"])
    kind = KINDS[row["category"]]
    last_day = date.fromisoformat(row["last_day"]) if row["last_day"] else None
    if last_day is None and kind != Kind.PERMANENT:
        last_day = _last_day(school, first_day, row["sessions"] or 0, kind)
    half = bool(row["sessions"] and row["sessions"] % 2 and not row["last_day"] and kind == Kind.SUSPENSION)
    return {"kind": kind, "first_day": first_day, "last_day": last_day, "until_midday": half}


def _last_day(school: School, first_day: date, sessions: int, kind: str) -> date | None:
    """The school day on which so many half days are over; a lunchtime counts as one."""
    needed = sessions if kind == Kind.LUNCHTIMES else (sessions + 1) // 2
    days = school_days_of(school, first_day, first_day + LOOKED_AHEAD)
    return days[needed - 1] if 0 < needed <= len(days) else None


def _out(says: dict[str, Any], school: School) -> rules.Out:
    days = school_days_of(school, says["first_day"], says["last_day"]) if says["last_day"] else []
    return rules.Out(days, until_midday=says["until_midday"], at_lunchtimes=says["kind"] == Kind.LUNCHTIMES)


def _decided_at(says: dict[str, Any]) -> datetime:
    """A school's file does not say when: on the morning of the first day."""
    return min(datetime.combine(says["first_day"], time(9), clock.LONDON), clock.now())


def land(pupil_id: int, row: Row, *, by: Any, source: str) -> None:
    school = held([pupil_id]).schools[pupil_id]
    says = _says(row, school)
    actions.record_suspension(
        pupil_id,
        by=by,
        key=Key.fresh(by),
        decided_by=row["decided_by"] or HEAD,
        decided_at=_decided_at(says),
        reasons=list(dict.fromkeys(row[name] for name in ("reason1", "reason2", "reason3") if row[name])),
        what_happened=row["what_happened"] or NOT_SAID,
        told_then=not _is_told(says["first_day"]),
        **says,
    )


SUSPENSIONS = kind_of(
    SchoolFacts(
        name="Suspensions",
        columns=COLUMNS,
        about_line=about_line,
        thing=lambda row: row["first_day"],
        held=held,
        change=change,
        land=land,
        census=census.SUSPENSIONS,
        problem=problem,
        for_virtual_schools=False,
    )
)
