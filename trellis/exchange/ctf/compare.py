"""The pupils of a common transfer file beside those on the roll of the school that brought it. Nobody else is looked
for: whether a pupil is known to another school is never told."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from trellis.design.in_words import full_date
from trellis.exchange.ctf import attendance
from trellis.exchange.ctf.attendance import YearAtSchool
from trellis.exchange.ctf.told import Remark, SchoolNumber, ToldPupil
from trellis.organisations.models import School
from trellis.pupils.actions_history import PastSen
from trellis.pupils.folding import fold
from trellis.pupils.models import CareEpisode, FormerUpn, Pupil, SchoolPlace, Sen, SenStatus
from trellis.pupils.rules import SenFacts, nsa_goes_with_sen_support
from trellis.transfers.models import Transfer, What

ONE_DAY = timedelta(days=1)
NOT_ON_ROLL = "Not on your roll. Add the pupil first, then bring the file again."
IN_CARE_UNKNOWN = (
    "The file says that the pupil is in care{whose}. Here nothing is known of it, and this file does not change that: "
    "tell the Virtual School of that authority, whose list decides."
)


@dataclass
class Known:
    """What Trellis holds of a pupil on the school's roll."""

    pupil: Pupil
    started_on: date
    upns: set[str] = field(default_factory=set)
    sen: list[SenStatus] = field(default_factory=list)  # the oldest first
    in_care: bool = False
    transfers: list[Transfer] = field(default_factory=list)

    def sen_on(self, day: date) -> SenStatus | None:
        return next((one for one in self.sen if day in one.during), None)


@dataclass
class Placing:
    """A pupil of the file and what lands. ``now`` with ``on`` is the SEN status from a day on."""

    told: ToldPupil
    known: Known
    past: list[PastSen] = field(default_factory=list)
    now: SenFacts | None = None
    on: date | None = None
    upn: str = ""
    former_upns: list[str] = field(default_factory=list)
    receipt: Transfer | None = None
    years: list[tuple[YearAtSchool, str]] = field(default_factory=list)  # with what stood before, in words
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, element: str, sentence: str, found: str = "") -> None:
        self.remarks.append(Remark(self.told.number, element, found, sentence))

    @property
    def lands(self) -> bool:
        return bool(self.past or self.now or self.upn or self.former_upns or self.receipt or self.years)


@dataclass
class Comparison:
    placings: list[Placing]
    not_on_roll: list[ToldPupil]
    remarks: list[Remark] = field(default_factory=list)


def on_roll(school: School, today: date) -> list[Known]:
    """The school's pupils of today, in the same few queries for any number."""
    places = SchoolPlace.objects.filter(school=school, during__contains=today).select_related("pupil").order_by("pupil")
    known = {place.pupil_id: Known(place.pupil, place.since) for place in places}
    for one in known.values():
        if one.pupil.upn and not one.pupil.upn_in_question:
            one.upns.add(one.pupil.upn)
    for former in FormerUpn.objects.filter(pupil__in=known):
        known[former.pupil_id].upns.add(former.upn)  # type: ignore[index]  # only one taken back is nobody's
    for sen in SenStatus.objects.filter(pupil__in=known, during__isempty=False).order_by("during"):
        known[sen.pupil_id].sen.append(sen)
    for care in CareEpisode.objects.filter(pupil__in=known, during__contains=today):
        known[care.pupil_id].in_care = True
    files = Transfer.objects.filter(pupil__in=known, to_school=school, what=What.COMMON_TRANSFER).under_way()
    for transfer in files.select_related("from_school").order_by("left_on"):
        known[transfer.pupil_id].transfers.append(transfer)
    return list(known.values())


def compare(
    pupils: Iterable[ToldPupil], school: School, source: SchoolNumber, today: date, *, way: str, known_until: date
) -> Comparison:
    """Place each pupil: by UPN with the date of birth, else by name and date of birth where that is one pupil only.
    ``way``: how the file names school years; ``known_until``: the day up to which it tells."""
    roll = on_roll(school, today)
    by_upn = {(upn, known.pupil.date_of_birth): known for known in roll for upn in known.upns}
    by_name: dict[tuple[str, str, date], list[Known]] = defaultdict(list)
    for known in roll:
        for first in {fold(known.pupil.legal_first_name), fold(known.pupil.first_name)}:
            by_name[first, fold(known.pupil.legal_last_name), known.pupil.date_of_birth].append(known)
    comparison = Comparison([], [])
    found: dict[int, list[ToldPupil]] = defaultdict(list)
    known_by_pk = {known.pupil.pk: known for known in roll}
    for told in pupils:
        if told.born is None:
            continue
        with_upn = next((by_upn[upn, told.born] for upn in _upns(told) if (upn, told.born) in by_upn), None)
        namesakes = by_name.get((fold(told.first_name), fold(told.last_name), told.born), [])
        if with_upn is not None:
            found[with_upn.pupil.pk].append(told)
        elif len(namesakes) == 1:
            found[namesakes[0].pupil.pk].append(told)
        elif namesakes:
            sentence = "Two of your pupils have this name and date of birth, and no UPN tells which it is. Left out."
            comparison.remarks.append(Remark(told.number, "UPN", "", sentence))
        else:
            comparison.not_on_roll.append(told)
    for pk, same in found.items():
        if (one := _one_of(same, comparison)) is not None:
            comparison.placings.append(_placed(one, known_by_pk[pk], source, today))
    comparison.placings.sort(key=lambda placing: placing.told.number)
    _attendance(comparison.placings, way, known_until)
    return comparison


def _upns(told: ToldPupil) -> list[str]:
    return [upn for upn in (told.upn, *told.former_upns) if upn]


def _one_of(same: list[ToldPupil], comparison: Comparison) -> ToldPupil | None:
    """The pupil of the file, where it stands there several times: one, if all say the same; else none."""
    agree = all(told.facts == same[0].facts for told in same)
    one = next((told for told in same if told.upn), same[0]) if agree else None
    for told in same if len(same) > 1 else []:
        if told is one:
            continue
        others = ", ".join(str(other.number) for other in same if other is not told)
        what = "and says the same. It is read once" if agree else "and says something else. Neither is taken"
        sentence = f"The same pupil stands in the file as number {others} too, {what}."
        comparison.remarks.append(Remark(told.number, "Pupil", "", sentence))
    return one


def _placed(told: ToldPupil, known: Known, source: SchoolNumber, today: date) -> Placing:
    placing = Placing(told, known)
    _sen(placing, today)
    _identity(placing)
    _care(placing)
    _transfer(placing, source)
    return placing


# --- SEN -------------------------------------------------------------------------------------------------------------


def _sen(placing: Placing, today: date) -> None:
    """Days before the first that is recorded here are history; the status of today lands where here nothing, or no SEN,
    is recorded. What else is recorded here is newer than the file, and stays."""
    known, told = placing.known, placing.told
    lines = [one for one in told.sen if known.pupil.date_of_birth <= one.since <= today]
    if len(lines) < len(told.sen):
        placing.remark(
            "StartDate", "A line of the SEN history begins before birth or is still to come. It is left out."
        )
    if not lines:
        return
    last, held = lines[-1], known.sen_on(today)
    goes_on = last.until is None or last.until >= today
    now = _with_needs(last.status, told.needs)
    is_told_anew = goes_on and (held is None or (held.status == Sen.NONE and last.status != Sen.NONE))
    if is_told_anew and now is None:
        placing.remark("SENneed", "The file names no type of need that goes with the SEN status of today. Say it on "
                       "the record.")  # fmt: skip
    elif is_told_anew and not (known.sen and known.sen[-1].since > today):
        placing.now, placing.on = now, _from(last.since, known, held, today)
    elif goes_on and held is not None:
        _say_difference(placing, held, now or SenFacts(last.status))
    first = min([one.since for one in known.sen] + ([placing.on] if placing.on else []), default=today)
    for number, line in enumerate(lines):
        next_since = lines[number + 1].since if number + 1 < len(lines) else None
        ends = [day for day in (line.until and line.until + ONE_DAY, next_since, first) if day]
        is_last = line is last
        if min(ends) > line.since and not (is_last and goes_on and not known.sen):
            facts = now if is_last and now else SenFacts(line.status)
            placing.past.append(PastSen(line.since, min(ends), facts.status, facts.primary_need, facts.secondary_need))


def _from(since: date, known: Known, held: SenStatus | None, today: date) -> date:
    """From when the status of today counts: as the file says where nothing stands against it; "no SEN" that was
    recorded on the day the pupil came gives way, a later word of no SEN stands for its days."""
    if held is None:
        return max([since, *(one.during.upper for one in known.sen if one.during.upper)])
    if since > held.since:
        return since
    return held.since if held.since == known.started_on and len(known.sen) == 1 else today


def _with_needs(status: str, needs: list[str]) -> SenFacts | None:
    """The status with its needs, the first two that go with it; None when it has to name one and there is none."""
    if status == Sen.NONE:
        return SenFacts(status)
    fitting = [need for need in needs if nsa_goes_with_sen_support(SenFacts(status, need))]
    return SenFacts(status, fitting[0], fitting[1] if len(fitting) > 1 else "") if fitting else None


def _say_difference(placing: Placing, held: SenStatus, now: SenFacts) -> None:
    if SenFacts(held.status, held.primary_need, held.secondary_need) != now:
        sentence = f"The file says “{in_words(now)}”, here stands “{held.in_words}”. That stays."
        placing.remark("SEN", sentence)


def in_words(sen: SenFacts | PastSen) -> str:
    return SenStatus(status=sen.status, primary_need=sen.primary_need, secondary_need=sen.secondary_need).in_words


# --- who it is, care, and the task of the school before --------------------------------------------------------------


def _identity(placing: Placing) -> None:
    told, pupil = placing.told, placing.known.pupil
    names = {fold(pupil.legal_first_name), fold(pupil.first_name)}
    if fold(told.first_name) not in names or fold(told.last_name) != fold(pupil.legal_last_name):
        placing.remark("Surname", "The file writes the name otherwise than here. The name here stays.")
    if told.upn and told.upn not in placing.known.upns:
        if not pupil.upn or pupil.upn in told.former_upns:
            placing.upn = told.upn
        else:
            placing.remark("UPN", "Here the pupil has another UPN. It stays; ask which of the two is right.")
    placing.former_upns = [
        upn for upn in told.former_upns if upn not in placing.known.upns and not (placing.upn and upn == pupil.upn)
    ]


def _care(placing: Placing) -> None:
    if placing.told.in_care and not placing.known.in_care:
        whose = placing.told.care_authority
        placing.remark("InCare", IN_CARE_UNKNOWN.format(whose=f" of authority {whose}" if whose else ""))


def _transfer(placing: Placing, source: SchoolNumber) -> None:
    """The file is the receipt of the task that the school before has, if it comes from that school."""
    for transfer in placing.known.transfers:
        school = transfer.from_school
        if (school.authority_code, school.establishment_number) == (source.area, source.establishment):
            placing.receipt = transfer
            return
    if placing.known.transfers:
        sentence = (
            f"{placing.known.transfers[-1].from_school} still owes you its common transfer file, and this one is not "
            "known to be from there: it gives no receipt. Say on the task’s page when theirs has come."
        )
        placing.remark("SourceSchool", sentence)


def _attendance(placings: list[Placing], way: str, known_until: date) -> None:
    """School years before, where the file leaves no doubt which they are and the school is known."""
    schools = attendance.schools_named(year for placing in placings for year in placing.told.attendance)
    standing = attendance.standing(placing.known.pupil.pk for placing in placings)
    for placing in placings:
        for told in placing.told.attendance:
            year = attendance.read_year(told, way, known_until, schools)
            if isinstance(year, str):
                placing.remark("YearData", year, str(told.year))
                continue
            held = standing.get((placing.known.pupil.pk, year.school.pk, year.starts_on, year.ends_on))
            if held is None or any(getattr(held, name) != value for name, value in year.says.items()):
                placing.years.append((year, held.in_words if held else ""))


# --- the preview, as kept and shown ----------------------------------------------------------------------------------


def as_preview(comparison: Comparison, told: dict[str, Any]) -> dict[str, Any]:
    """As kept with the import. ``told`` is what was said of the file when it was read."""
    landing = [placing for placing in comparison.placings if placing.lands]
    about = [remark.as_dict() for placing in comparison.placings for remark in placing.remarks]
    return {
        "counts": {
            "new": 0, "changed": len(landing), "unchanged": len(comparison.placings) - len(landing), "gone": 0,
            "questions": 0, "refused": 0, "warnings": 0, "left_out": len(told["not_on_roll"]),
            "advice": len(told["remarks"]) + len(about),
        },
        "new": [], "changed": [row for placing in landing for row in _changes(placing)], "gone": [], "questions": [],
        "refused": [], "warnings": [], "dropped": told["dropped"], "ignored": told["ignored"],
        "ctf": {**told, "about": about, "schools": [row for one in comparison.placings for row in _schools(one)]},
    }  # fmt: skip


def _changes(placing: Placing) -> list[dict[str, Any]]:
    pupil = placing.known.pupil
    named = {"line": placing.told.number, "name": pupil.name, "pupil_id": pupil.pk}
    rows = [
        ("SEN before", "", f"{in_words(past)}, {full_date(past.since)} to {full_date(past.until - ONE_DAY)}")
        for past in placing.past
    ]
    if placing.now and placing.on:
        held = placing.known.sen_on(placing.on)
        now = f"{in_words(placing.now)}, since {full_date(placing.on)}"
        rows.append(("SEN status", held.in_words if held else "", now))
    if placing.upn:
        rows.append(("UPN replaced" if pupil.upn else "UPN became known", pupil.upn or "", placing.upn))
    rows += [("former UPN", "", upn) for upn in placing.former_upns]
    rows += [(year.what, was, year.in_words) for year, was in placing.years]
    if placing.receipt:
        was = str(placing.receipt.get_state_display())
        what = f"common transfer file owed by {placing.receipt.from_school}"
        rows.append((what, was, "Received, on the day this lands"))
    return [named | {"what": what, "was": was, "now": now} for what, was, now in rows]


def _schools(placing: Placing) -> list[dict[str, Any]]:
    """Schools before, as the file tells them: shown, and entered nowhere, since a place at a school opens a record."""
    pupil = placing.known.pupil
    return [
        {
            "name": pupil.name, "pupil_id": pupil.pk, "school": told.school.in_words, "since": _iso(told.since),
            "until": _iso(told.until),
        }
        for told in placing.told.schools
    ]  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
