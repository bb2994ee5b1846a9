"""The two lists beside what Trellis holds of the children whom the authority looks after today; of all others nothing
is kept and nothing is said."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trellis.design.in_words import full_date
from trellis.ehc_requests.models import EhcRequest, RequestState
from trellis.exchange.annex_a import rules
from trellis.exchange.annex_a.tables import ListedPupil, Remark
from trellis.exchange.models import Import, ImportKind, ImportState
from trellis.organisations.models import VirtualSchool
from trellis.pupils.models import CareEpisode, ChildId, FormerUpn, Pupil, SchoolPlace, Sen, SenStatus
from trellis.pupils.rules import SenFacts, nsa_goes_with_sen_support

LIST_OF = {Sen.PLAN: 1, Sen.SUPPORT: 2}


@dataclass
class Known:
    """What Trellis holds of a child in the authority's care."""

    pupil: Pupil
    upns: set[str] = field(default_factory=set)
    child_ids: set[str] = field(default_factory=set)
    place: SchoolPlace | None = None
    sen: list[SenStatus] = field(default_factory=list)  # the oldest first
    issued_on: date | None = None  # the final plan of a request that was followed here

    def sen_on(self, day: date) -> SenStatus | None:
        return next((one for one in self.sen if day in one.during), None)

    def plan_since(self, today: date) -> date | None:
        """Since when an EHC plan stands here without a break."""
        since = None
        for status in reversed(self.sen):
            if status.since > today:
                continue
            if status.status != Sen.PLAN or (since and status.during.upper != since):
                break
            since = status.since
        return since

    @property
    def child_id(self) -> str:
        return min(self.child_ids, default="")


@dataclass
class Placing:
    """A line of a list about a child in care: what it changes, or why it changes nothing."""

    row: ListedPupil
    known: Known
    now: SenFacts | None = None
    on: date | None = None
    remarks: list[Remark] = field(default_factory=list)


@dataclass
class Comparison:
    placings: list[Placing]
    missing: list[Known]  # with SEN here, and in neither of the lists that were brought

    @property
    def landing(self) -> list[Placing]:
        return [placing for placing in self.placings if placing.now]


def children_in_care(virtual_school: VirtualSchool, today: date) -> list[Known]:
    """All whom the authority looks after today, in the same few queries for any number."""
    care = CareEpisode.objects.filter(authority=virtual_school.authority_id, during__contains=today)
    known = {pupil.pk: Known(pupil) for pupil in Pupil.objects.filter(pk__in=care.values("pupil")).by_name()}
    for one in Pupil.objects.filter(same_child_as__in=known).exclude(upn=None):
        known[one.same_child_as_id].upns.add(one.upn or "")  # type: ignore[index]
    for former in FormerUpn.objects.filter(pupil__in=known):
        known[former.pupil_id].upns.add(former.upn)  # type: ignore[index]  # only one taken back is nobody's
    for number in ChildId.objects.filter(pupil__in=known, authority=virtual_school.authority_id):
        known[number.pupil_id].child_ids.add(number.child_id.casefold())  # type: ignore[index]  # only one taken back is nobody's
    for place in SchoolPlace.objects.filter(pupil__in=known, during__contains=today).select_related("school"):
        known[place.pupil_id].place = place
    for sen in SenStatus.objects.filter(pupil__in=known, during__isempty=False).order_by("during"):
        known[sen.pupil_id].sen.append(sen)
    for request in EhcRequest.objects.filter(pupil__in=known, state=RequestState.ISSUED).order_by("final_on"):
        known[request.pupil_id].issued_on = request.final_on
    for one_known in known.values():
        if one_known.pupil.upn and not one_known.pupil.upn_in_question:
            one_known.upns.add(one_known.pupil.upn)
    return list(known.values())


def compare(
    pupils: Iterable[ListedPupil], virtual_school: VirtualSchool, today: date, *, lists: Iterable[int]
) -> Comparison:
    """Place each line that is of a child in care, by UPN or the authority's number, each only with the date of birth;
    ``lists``: which of the two were brought, so that who is missing from them is missing."""
    in_care = children_in_care(virtual_school, today)
    by_key: dict[tuple[str, date], Known] = {}
    for known in in_care:
        for key in known.upns | known.child_ids:
            by_key.setdefault((key, known.pupil.date_of_birth), known)
    rows_of: dict[int, list[ListedPupil]] = defaultdict(list)
    known_by_pk = {known.pupil.pk: known for known in in_care}
    for row in pupils:
        found = by_key.get((row.upn, row.born)) or by_key.get((row.unique_id.casefold(), row.born))
        if found is not None:
            rows_of[found.pupil.pk].append(row)
    before = _listed_before(virtual_school)
    placings = []
    for pk, rows in rows_of.items():
        if len(rows) > 1:
            placings += [_twice(row, rows, known_by_pk[pk]) for row in rows]
        else:
            placings.append(place(rows[0], known_by_pk[pk], before.get(pk), today))
    placings.sort(key=lambda placing: (placing.row.list_number, placing.row.line))
    return Comparison(placings, _missing(in_care, set(rows_of), set(lists), today))


def _listed_before(virtual_school: VirtualSchool) -> dict[int, dict[str, Any]]:
    """What the last landed workbook said of each: {pupil number: its status and need}."""
    landed = Import.objects.filter(
        kind=ImportKind.ANNEX_A, virtual_school=virtual_school, state=ImportState.LANDED
    ).order_by("-landed_at", "-pk")
    last = landed.first()
    return {row["pupil_id"]: row for row in last.preview["annex"]["said"]} if last else {}


def _twice(row: ListedPupil, rows: list[ListedPupil], known: Known) -> Placing:
    others = "; ".join(other.where for other in rows if other is not row)
    sentence = f"The same child stands in {others}. Neither is taken: keep the one that is right."
    return Placing(row, known, remarks=[Remark(row.list_number, row.line, "", "", sentence, lands=False)])


def place(row: ListedPupil, known: Known, before: dict[str, Any] | None, today: date) -> Placing:
    """What a line changes about a child's SEN, and what is to be said of it besides."""
    placing = Placing(row, known)
    held = known.sen_on(today)
    now = _says(row, held)
    if now is None:
        sentence = "The list names no type of need that can be taken, and none is held here. Nothing of SEN is taken."
        placing.remarks.append(_remark(row, "SEN primary need", sentence, lands=False))
    elif held is None or facts_of(held) != now:
        if before and (before["status"], before["need"]) == (row.status, row.need):
            placing.remarks.append(_left_as_it_is(row, held, now))
        elif known.sen and known.sen[-1].since > today:
            sentence = "Another SEN status is recorded here from a later day. It stays."
            placing.remarks.append(_remark(row, "SEN primary need", sentence, lands=False))
        else:
            placing.now, placing.on = now, _since(row, held, known, today)
    placing.remarks += _advice(row, known, today)
    return placing


def facts_of(sen: SenStatus) -> SenFacts:
    return SenFacts(sen.status, sen.primary_need, sen.secondary_need)


def in_words(sen: SenFacts) -> str:
    return SenStatus(status=sen.status, primary_need=sen.primary_need, secondary_need=sen.secondary_need).in_words


def _says(row: ListedPupil, held: SenStatus | None) -> SenFacts | None:
    """The SEN of a line, with the need that is held where the list names none; the second need, of which the lists say
    nothing, stays."""
    ours = facts_of(held) if held and held.status != Sen.NONE else SenFacts(row.status)
    for need in (row.need, ours.primary_need):
        second = ours.secondary_need if ours.secondary_need != need else ""
        now = SenFacts(row.status, need, second)
        if need and nsa_goes_with_sen_support(now):
            return now
    return None


def _since(row: ListedPupil, held: SenStatus | None, known: Known, today: date) -> date:
    """A plan that is new here counts from the day it was issued, where nothing later is recorded; all else from
    today."""
    is_new = row.list_number == 1 and (held is None or held.status != Sen.PLAN)
    later = [status for status in known.sen if row.issued and status.since > row.issued]
    if is_new and row.issued and row.issued <= today and not later:
        return max(row.issued, row.born)
    return today


def _left_as_it_is(row: ListedPupil, held: SenStatus | None, now: SenFacts) -> Remark:
    here = held.in_words if held else "nothing"
    sentence = (
        f"The list says as last time “{in_words(now)}”; here it was changed to “{here}” since. It is left as it is "
        "here."
    )
    return _remark(row, "SEN primary need", sentence)


def _advice(row: ListedPupil, known: Known, today: date) -> list[Remark]:
    remarks = []
    if row.list_number == 1:
        days = rules.PlanDays(row.issued, row.updated, row.reviewed)
        remarks = [_remark(row, "EHC plan", finding.sentence) for finding in rules.findings(days, today)]
        held = known.issued_on or known.plan_since(today)
        if held and row.issued and held != row.issued:
            sentence = "Here the plan stands since another day than the list says it was issued; neither is changed."
            remarks.append(_remark(row, "Date initial EHC plan issued", sentence))
    if row.urn and known.place and known.place.school.code != row.urn:
        sentence = "Here the child is at another school. The weekly pupil list decides where; nothing is changed."
        remarks.append(_remark(row, "Main education establishment", sentence, found=row.urn))
    return remarks


def _remark(row: ListedPupil, column: str, sentence: str, *, found: str = "", lands: bool = True) -> Remark:
    return Remark(row.list_number, row.line, column, found, sentence, lands)


def _missing(in_care: list[Known], listed: set[int], lists: set[int], today: date) -> list[Known]:
    missing = []
    for known in in_care:
        sen = known.sen_on(today)
        if sen is not None and LIST_OF.get(Sen(sen.status)) in lists and known.pupil.pk not in listed:
            missing.append(known)
    return missing


# --- the preview, as kept and shown ----------------------------------------------------------------------------------


def as_preview(comparison: Comparison, told: dict[str, Any], today: date) -> dict[str, Any]:
    """As kept with the import. ``told`` is what was said of the file when it was read."""
    about = [remark.as_dict() for placing in comparison.placings for remark in placing.remarks]
    left_out = sum(not remark["lands"] for remark in [*told["remarks"], *about])
    unchanged = [one for one in comparison.placings if not one.now and all(r.lands for r in one.remarks)]
    return {
        "counts": {
            "new": 0, "changed": len(comparison.landing), "unchanged": len(unchanged), "gone": 0, "questions": 0,
            "refused": 0, "warnings": 0, "left_out": left_out,
            "advice": len(told["remarks"]) + len(about) - left_out,
        },
        "new": [], "changed": [_changed(placing, today) for placing in comparison.landing], "gone": [],
        "questions": [], "refused": [], "warnings": [], "dropped": told["dropped"], "ignored": told["ignored"],
        "annex": {
            **told,
            "others": told["lines"] - len(comparison.placings),
            "about": about,
            "plans": [_plan(placing, today) for placing in comparison.placings if placing.row.list_number == 1],
            "missing": [_missed(known, today) for known in comparison.missing],
            "said": [_said(placing) for placing in comparison.placings],
        },
    }  # fmt: skip


def _named(known: Known) -> dict[str, Any]:
    return {"name": known.pupil.name, "child_id": known.child_id, "pupil_id": known.pupil.pk}


def _changed(placing: Placing, today: date) -> dict[str, Any]:
    assert placing.now is not None and placing.on is not None
    held = placing.known.sen_on(today)
    now = f"{in_words(placing.now)}, since {full_date(placing.on)}"
    return _named(placing.known) | {
        "line": placing.row.where, "what": _what(held, placing.now), "was": held.in_words if held else "", "now": now,
    }  # fmt: skip


def _what(held: SenStatus | None, now: SenFacts) -> str:
    before = held.status if held else Sen.NONE
    if now.status == before:
        return "SEN need changed"
    return "EHC plan begins" if now.status == Sen.PLAN else ("EHC plan ended" if before == Sen.PLAN else "SEN support")


def _plan(placing: Placing, today: date) -> dict[str, Any]:
    """The days of a plan as the list says them, beside since when it stands here."""
    row = placing.row
    here = placing.known.issued_on or placing.known.plan_since(today)
    days = rules.PlanDays(row.issued, row.updated, row.reviewed)
    return _named(placing.known) | {
        "line": row.line, "issued": _iso(row.issued), "updated": _iso(row.updated), "reviewed": _iso(row.reviewed),
        "here": _iso(here), "differs": bool(here and row.issued and here != row.issued),
        "is_overdue": not rules.plan_is_reviewed_within_a_year(days, today),
        "is_wrong": not (rules.plan_is_issued_first(days) and rules.plan_days_are_past(days, today)),
    }  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _missed(known: Known, today: date) -> dict[str, Any]:
    sen = known.sen_on(today)
    assert sen is not None
    return _named(known) | {"list": LIST_OF[Sen(sen.status)], "here": sen.in_words}


def _said(placing: Placing) -> dict[str, Any]:
    return {"pupil_id": placing.known.pupil.pk, "status": placing.row.status, "need": placing.row.need}
