"""What a list would change: each line beside what Trellis holds. Read in sets, the same few queries for any length."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from trellis.design.in_words import full_date
from trellis.exchange.cells import Complaint
from trellis.exchange.models import OTHERS_ARE_ASKED, Import, QuestionKind
from trellis.exchange.pupil_list.names import as_called
from trellis.exchange.pupil_list.rules import ListedChild, TwinKey, sen_in_codes
from trellis.moves.rules import birthday
from trellis.organisations.models import School, VirtualSchool
from trellis.pupils.models import (
    CareEpisode,
    ChildId,
    FormerUpn,
    NamedProfessional,
    ProfessionalRole,
    Pupil,
    SchoolPlace,
    Sen,
    SenStatus,
)

NAMES = {
    "legal_first_name": "name corrected",
    "legal_last_name": "name corrected",
    "preferred_first_name": "preferred name",
    "date_of_birth": "date of birth corrected",
    "sex": "sex corrected",
}


@dataclass
class Known:
    """What Trellis holds of a pupil on the day of the list."""

    pupil: Pupil
    place: SchoolPlace | None = None
    later_place: SchoolPlace | None = None
    care: CareEpisode | None = None
    care_ended_on: date | None = None
    sen: SenStatus | None = None
    social_worker: NamedProfessional | None = None
    former_upns: set[str] = field(default_factory=set)
    child_ids: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Change:
    """One thing that a line changes. ``verb`` says to ``actions`` which of its steps to take."""

    verb: str
    what: str
    was: str = ""
    now: str = ""
    was_words: str = ""
    now_words: str = ""


@dataclass
class Placing:
    """A line and where it belongs: a known pupil, a new one, or a question. ``known`` is None for a new pupil."""

    child: ListedChild
    known: Known | None = None
    question: str = ""
    is_of_others: bool = False  # asked about a child whom our authority neither numbers nor looks after
    changes: list[Change] = field(default_factory=list)


@dataclass
class Comparison:
    """A whole list beside what Trellis holds."""

    placings: list[Placing] = field(default_factory=list)
    gone: list[tuple[str, Known]] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(complaint.weight == Complaint.REFUSED for complaint in self.complaints)


@dataclass
class Holdings:
    """All that a list is compared with, fetched once."""

    virtual_school: VirtualSchool
    today: date
    schools: dict[str, School]
    by_child_id: dict[str, Pupil]
    by_upn: dict[str, Pupil]
    by_twin_key: dict[TwinKey, list[Pupil]]
    known: dict[int, Known]
    listed_before: dict[str, ListedChild]

    def has_in_care_elsewhere(self, known: Known) -> bool:
        return known.care is not None and known.care.authority_id != self.virtual_school.authority_id

    def is_of_others(self, known: Known) -> bool:
        """Whether our authority neither numbers nor looks after this child."""
        in_our_care = known.care is not None and known.care.authority_id == self.virtual_school.authority_id
        return not known.child_ids and not in_our_care


def schools_named(urns: Iterable[str]) -> dict[str, School]:
    return School.objects.by_urn({urn for urn in urns if urn})


def holdings(children: list[ListedChild], virtual_school: VirtualSchool, today: date) -> Holdings:
    """Fetch what the list's children may be, and what is held of them and of those listed before."""
    last = Import.objects.last_landed_list(virtual_school)
    before = {row["child_id"]: ListedChild.from_dict(row) for row in (last.rows if last else [])}
    ids = {child.child_id for child in children} | before.keys()
    known_ids = ChildId.objects.filter(authority=virtual_school.authority_id, child_id__in=ids).select_related("pupil")
    by_child_id = {known.child_id: known.pupil for known in known_ids}
    by_upn = _pupils_by_upn({child.upn for child in children if child.upn})
    by_twin_key = _pupils_by_twin_key({child.date_of_birth for child in children})
    may_be = {p.pk: p for p in [*by_child_id.values(), *by_upn.values(), *_flat(by_twin_key.values())]}
    return Holdings(
        virtual_school,
        today,
        schools_named(child.school_urn for child in children),
        by_child_id,
        by_upn,
        by_twin_key,
        what_is_held(may_be, virtual_school, today),
        before,
    )


def _flat(lists: Iterable[list[Pupil]]) -> list[Pupil]:
    return [pupil for pupils in lists for pupil in pupils]


def _pupils_by_upn(upns: set[str]) -> dict[str, Pupil]:
    """By the UPN they have, else by one they had. A record put together with another one stands for that one; a
    UPN in question stands for nobody."""
    former = FormerUpn.objects.filter(upn__in=upns).select_related("pupil")
    by_upn = {row.upn: row.pupil for row in former}
    sure = Pupil.objects.filter(upn__in=upns, upn_in_question=False).select_related("same_child_as")
    by_upn |= {one.upn: one.same_child_as or one for one in sure.order_by("same_child_as") if one.upn}
    return by_upn


def _pupils_by_twin_key(birthdays: set[date]) -> dict[TwinKey, list[Pupil]]:
    by_key = defaultdict(list)
    born_then = Pupil.objects.filter(date_of_birth__in=birthdays, entered_in_error=False).select_related(
        "same_child_as"
    )
    for pupil in born_then.order_by("pk"):
        for name in names_of(pupil):
            by_key[(*name, pupil.date_of_birth)].append(pupil.same_child_as or pupil)
    return by_key


def names_of(pupil: Pupil) -> list[tuple[str, str]]:
    return as_called(pupil.legal_first_name, pupil.preferred_first_name, pupil.legal_last_name)


def what_is_held(pupils: dict[int, Pupil], virtual_school: VirtualSchool, today: date) -> dict[int, Known]:
    known = {pk: Known(pupil) for pk, pupil in pupils.items()}
    about: dict[str, Any] = {"pupil__in": known}
    current = about | {"during__contains": today}
    for place in SchoolPlace.objects.filter(**current).select_related("school"):
        known[place.pupil_id].place = place
    for place in SchoolPlace.objects.filter(**about, during__startswith__gt=today).select_related("school"):
        known[place.pupil_id].later_place = place
    for care in CareEpisode.objects.filter(**about, during__isempty=False).order_by("during"):
        if today in care.during or care.since > today:
            known[care.pupil_id].care = care
        else:
            known[care.pupil_id].care_ended_on = care.during.upper
    for sen in SenStatus.objects.filter(**current):
        known[sen.pupil_id].sen = sen
    for named in NamedProfessional.objects.filter(**current, role=ProfessionalRole.SOCIAL_WORKER):
        known[named.pupil_id].social_worker = named
    for former in FormerUpn.objects.filter(**about):
        known[former.pupil_id].former_upns.add(former.upn)  # type: ignore[index]  # only one taken back is nobody's
    for number in ChildId.objects.filter(**about, authority=virtual_school.authority_id):
        known[number.pupil_id].child_ids.add(number.child_id)  # type: ignore[index]  # only one taken back is nobody's
    return known


def compare(children: list[ListedChild], virtual_school: VirtualSchool, today: date) -> Comparison:
    """Place each line, say what it changes, and who is no longer listed."""
    held = holdings(children, virtual_school, today)
    comparison = Comparison()
    placed: dict[int, int] = {}
    for child in children:
        placing, complaints = place(child, held)
        comparison.complaints += complaints
        if placing.known is None:
            comparison.complaints += _written_small(child)
        if placing.known and not placing.question:
            pupil_id = placing.known.pupil.pk
            if pupil_id in placed:
                comparison.complaints.append(_second_number(child, placed[pupil_id]))
                continue
            placed[pupil_id] = child.line
        comparison.placings.append(placing)
    comparison.gone = _gone(held, {child.child_id for child in children}, set(placed))
    comparison.complaints += _twins_within(comparison.placings)
    return comparison


def _written_small(child: ListedChild) -> list[Complaint]:
    """A new child whose name the list has in capitals only is written as people write names; somebody should look."""
    found = {name: getattr(child, name) for name in child.in_capitals}
    words = "The list has this name in capitals. It is written as {}: correct it if that is wrong."
    return [
        Complaint(child.line, name, written.upper(), words.format(written), Complaint.WARNING)
        for name, written in found.items()
    ]


def place(child: ListedChild, held: Holdings, *, settled: str = "") -> tuple[Placing, list[Complaint]]:
    """Where one line belongs: by child number, then by UPN; by name and date of birth only a person can say.

    ``settled``: "different" when a person has said that the child is none of those known.
    """
    if pupil := held.by_child_id.get(child.child_id):
        known = held.known[pupil.pk]
        return _left_to_them(child, known) if held.has_in_care_elsewhere(known) else _placed(child, known, held)
    if settled:
        return Placing(child), []
    if child.upn and (pupil := held.by_upn.get(child.upn)):
        known = held.known[pupil.pk]
        doubt = _doubt_about(child, known, held)
        return (_question_about(child, known, doubt, held), []) if doubt else _placed(child, known, held)
    if twins := [twin for key in child.twin_keys for twin in held.by_twin_key.get(key, [])]:
        return _question_about(child, held.known[twins[0].pk], QuestionKind.TWIN, held), []
    return Placing(child), []


def _doubt_about(child: ListedChild, known: Known, held: Holdings) -> str:
    """Why a pupil with this line's UPN may yet be another child; empty where it is this one. A record that others keep
    opens to our authority only where UPN, date of birth and name all agree: twins often have each other's UPN."""
    pupil = known.pupil
    if pupil.date_of_birth != child.date_of_birth:
        return QuestionKind.OTHER_BIRTHDAY
    if held.has_in_care_elsewhere(known):
        return QuestionKind.CARE_ELSEWHERE
    is_called_so = bool(set(child.names) & set(names_of(pupil)))
    return QuestionKind.OTHER_NAME if held.is_of_others(known) and not is_called_so else ""


def _question_about(child: ListedChild, known: Known, kind: str, held: Holdings) -> Placing:
    """Our own children are the office's to tell; about others those who keep the record are asked."""
    return Placing(child, known, kind, is_of_others=held.is_of_others(known))


def _left_to_them(child: ListedChild, known: Known) -> tuple[Placing, list[Complaint]]:
    """A child we had before and another authority has now: our list neither changes the record nor tells of it."""
    sentence = (
        "Another authority is recorded as looking after this child. The record stays as it is until they end that."
    )
    return Placing(child, known), [Complaint(child.line, "child_id", child.child_id, sentence, Complaint.WARNING)]


def _placed(child: ListedChild, known: Known, held: Holdings) -> tuple[Placing, list[Complaint]]:
    changes: list[Change] = []
    complaints: list[Complaint] = []
    if child.child_id not in known.child_ids:
        changes.append(Change("know_by", "found by UPN", "", child.child_id))
    before = held.listed_before.get(child.child_id)
    for ask in (_names, _upn, _care, _school, _year, _sen, _social_worker):
        for change, said_before in ask(child, known, before, held):
            if isinstance(change, Complaint):
                complaints.append(change)
            elif said_before:
                complaints.append(_left_as_it_is(child, change))
            else:
                changes.append(change)
    if child.child_id not in known.child_ids:
        changes = [_not_told(change) for change in changes]
    return Placing(child, known, changes=changes), complaints


def _not_told(change: Change) -> Change:
    """What a school keeps of a child whom the authority does not know yet: shown only once the list has landed."""
    return replace(change, was="", was_words=KEPT_BY_A_SCHOOL) if change.was and change.verb != "know_by" else change


KEPT_BY_A_SCHOOL = "kept by a school, not shown before landing"


def _left_as_it_is(child: ListedChild, change: Change) -> Complaint:
    sentence = (
        f"The list says as last time “{change.now or 'nothing'}”; here it was changed to “{change.was or 'nothing'}” "
        "since. It is left as it is here."
    )
    return Complaint(child.line, COLUMN_OF[change.verb], change.now, sentence, Complaint.WARNING)


COLUMN_OF = {
    "correct": "legal_last_name",
    "upn": "upn",
    "move": "school_urn",
    "place": "school_urn",
    "year": "year_group",
    "sen": "sen_status",
    "care": "legal_status",
    "social_worker": "social_worker",
}

# Each of these yields (a change or a complaint, whether the last list said the same already).


def _names(child: ListedChild, known: Known, before: ListedChild | None, held: Holdings) -> Any:
    for name, what in NAMES.items():
        says, holds = getattr(child, name), getattr(known.pupil, name)
        if name in child.in_capitals and says.casefold() == holds.casefold():
            continue  # capitals alone never change how a name is written
        if says != holds and says not in {"", "U"}:
            yield Change("correct", what, str(holds), str(says)), before and getattr(before, name) == says
    if child.date_of_birth != known.pupil.date_of_birth and child.legal_last_name != known.pupil.legal_last_name:
        sentence = "Name and date of birth are both others than before. Is this still the same child?"
        yield Complaint(child.line, "child_id", child.child_id, sentence, Complaint.WARNING), None


def _upn(child: ListedChild, known: Known, before: ListedChild | None, held: Holdings) -> Any:
    says, holds = child.upn, known.pupil.upn or ""
    if not says or says == holds:
        return
    other = held.by_upn.get(says)
    if says in known.former_upns:
        sentence = "This is a UPN the pupil had before; the newer one stays."
        yield Complaint(child.line, "upn", says, sentence, Complaint.WARNING), None
    elif other is not None and other.pk != known.pupil.pk and held.known[other.pk].child_ids:
        sentence = "Another pupil has this UPN. Check which of the two it belongs to."
        yield Complaint(child.line, "upn", says, sentence, Complaint.REFUSED), None
    else:
        yield Change("upn", "UPN replaced" if holds else "UPN became known", holds, says), before and before.upn == says


def _school(child: ListedChild, known: Known, before: ListedChild | None, held: Holdings) -> Any:
    if not child.school_urn or (known.place and known.place.school.urn == child.school_urn):
        return
    started, place = child.school_start or held.today, known.place
    said_before = before and (before.school_urn, before.school_start) == (child.school_urn, child.school_start)
    change = Change(
        "move" if place else "place",
        "moved school" if place else "school place began",
        place.school.urn if place else "",
        child.school_urn,
        place.school.name if place else "",
        held.schools[child.school_urn].name,
    )
    if known.later_place or (place and started < place.since):
        later = known.later_place or place
        sentence = f"A later place is known: {later.school}, since {full_date(later.since)}. It stays."  # type: ignore[union-attr]
        yield Complaint(child.line, "school_start", str(child.school_start), sentence, Complaint.WARNING), None
    elif started > held.today:
        sentence = "The pupil starts there on a day still to come. The move is made with a list of that day."
        yield Complaint(child.line, "school_start", str(started), sentence, Complaint.WARNING), None
    else:
        yield change, said_before


def _year(child: ListedChild, known: Known, before: ListedChild | None, held: Holdings) -> Any:
    place, says = known.place, child.year_group
    if place and says is not None and place.school.urn == child.school_urn and place.year_group != says:
        holds = "" if place.year_group is None else str(place.year_group)
        yield Change("year", "year group", holds, str(says)), before and before.year_group == says


def _sen(child: ListedChild, known: Known, before: ListedChild | None, held: Holdings) -> Any:
    sen = known.sen
    holds = sen_in_codes(sen.status, sen.primary_need, sen.secondary_need) if sen else ""
    if child.sen_in_codes != holds:
        said_before = before and before.sen_in_codes == child.sen_in_codes
        yield Change("sen", _sen_change(sen, child), holds, child.sen_in_codes), said_before


def _sen_change(sen: SenStatus | None, child: ListedChild) -> str:
    if child.sen_status == Sen.SUPPORT and (sen is None or sen.status == Sen.NONE):
        return "SEN support begins"
    if child.sen_status == Sen.PLAN and (sen is None or sen.status != Sen.PLAN):
        return "EHC plan begins"
    if child.sen_status == Sen.NONE:
        return "SEN ends" if sen else "SEN status became known"
    return "SEN need or status changed"


def _care(child: ListedChild, known: Known, before: ListedChild | None, held: Holdings) -> Any:
    care = known.care
    says = _care_in_codes(child.legal_status, child.placement_type, child.looked_after_since)
    if care is None and birthday(child.date_of_birth, 18) <= held.today:
        sentence = "This child is 18: care ended by law on the birthday. The line changes nothing about it."
        yield Complaint(child.line, "looked_after_since", says, sentence, Complaint.WARNING), None
        return
    if care is None:
        yield Change("care", "looked after again" if known.care_ended_on else "now looked after", "", says), None
        return
    holds = _care_in_codes(care.legal_status, care.placement_type, care.looked_after_since)
    if says != holds:
        said_before = before and says == _care_in_codes(
            before.legal_status, before.placement_type, before.looked_after_since
        )
        yield Change("care", "care changed", holds, says), said_before


def _care_in_codes(legal_status: str, placement_type: str, since: date) -> str:
    return " ".join(part for part in (legal_status, placement_type, f"since {since.isoformat()}") if part)


def _social_worker(child: ListedChild, known: Known, before: ListedChild | None, held: Holdings) -> Any:
    named = known.social_worker
    says, holds = (child.social_worker, child.social_worker_email), (named.name, named.email) if named else ("", "")
    if child.social_worker and says != holds:
        said_before = before and (before.social_worker, before.social_worker_email) == says
        yield Change("social_worker", "social worker", " ".join(holds).strip(), " ".join(says).strip()), said_before


def _second_number(child: ListedChild, first_line: int) -> Complaint:
    sentence = f"This is a second number of the child in line {first_line}. That line counts, this one is left."
    return Complaint(child.line, "child_id", child.child_id, sentence, Complaint.WARNING)


def _twins_within(placings: list[Placing]) -> list[Complaint]:
    """Two new children of one list with the same name and date of birth: both land, somebody should look."""
    first: dict[TwinKey, int] = {}
    complaints = []
    for placing in placings:
        child = placing.child
        like = next((first[key] for key in child.twin_keys if key in first), None)
        if placing.known is None and like is not None:
            sentence = f"Line {like} has the same name and date of birth. Both come in as two children."
            complaints.append(Complaint(child.line, "child_id", child.child_id, sentence, Complaint.WARNING))
        first |= dict.fromkeys((key for key in child.twin_keys if key not in first), child.line)
    return complaints


def _gone(held: Holdings, listed: set[str], placed: set[int]) -> list[tuple[str, Known]]:
    """Children of the last landed list that this one has not, still looked after. Others of the authority's children
    that no list ever named are nobody's to end."""
    gone = []
    for child_id in held.listed_before:
        pupil = held.by_child_id.get(child_id)
        known = held.known.get(pupil.pk) if pupil and child_id not in listed else None
        if known is None or known.pupil.pk in placed:
            continue
        if known.care and known.care.authority_id == held.virtual_school.authority_id:
            gone.append((child_id, known))
            placed.add(known.pupil.pk)
    return gone


# --- the preview, as kept and shown ----------------------------------------------------------------------------------


def as_preview(comparison: Comparison, dropped: list[str], ignored: list[str]) -> dict[str, Any]:
    """The preview as kept with the import: counts, and every line that is not simply unchanged."""
    complaints = comparison.complaints
    to_mend = {Complaint.REFUSED, Complaint.DOUBTFUL} if comparison.is_refused else set()
    refused = [c.as_dict() for c in complaints if c.weight in to_mend]
    warnings = [c.as_dict() for c in complaints if c.weight not in to_mend]
    body = {} if comparison.is_refused else _what_would_land(comparison)
    questions = body.get("questions", [])
    return {
        "counts": {
            **_counts(comparison),
            "questions": len(questions),
            "refused": len({c["line"] for c in refused}),
            "warnings": len(warnings),
        },
        "new": [],
        "changed": [],
        "gone": [],
        "questions": [],
        **body,
        "refused": refused,
        "warnings": warnings,
        "dropped": dropped,
        "ignored": ignored,
    }


def _counts(comparison: Comparison) -> dict[str, int]:
    if comparison.is_refused:
        return {"new": 0, "changed": 0, "unchanged": 0, "gone": 0}
    placed = [placing for placing in comparison.placings if not placing.question]
    return {
        "new": sum(placing.known is None for placing in placed),
        "changed": sum(bool(placing.changes) for placing in placed),
        "unchanged": sum(placing.known is not None and not placing.changes for placing in placed),
        "gone": len(comparison.gone),
    }


def _what_would_land(comparison: Comparison) -> dict[str, Any]:
    placed = [placing for placing in comparison.placings if not placing.question]
    return {
        "new": [
            _named(p.child) | {"what": "new" if p.child.upn else "new, no UPN yet"} for p in placed if p.known is None
        ],
        "changed": [_named(p.child, p.known) | _changed(change) for p in placed for change in p.changes],
        "gone": [
            {"child_id": child_id, "name": known.pupil.name, "pupil_id": known.pupil.pk, "what": "no longer listed"}
            for child_id, known in comparison.gone
        ],
        "questions": [_asked(placing) for placing in comparison.placings if placing.question],
    }


def _named(child: ListedChild, known: Known | None = None) -> dict[str, Any]:
    return {
        "line": child.line,
        "child_id": child.child_id,
        "name": child.name,
        "pupil_id": known.pupil.pk if known else None,
    }


def _changed(change: Change) -> dict[str, Any]:
    return {
        "what": change.what,
        "was": change.was,
        "now": change.now,
        "was_words": change.was_words or change.was,
        "now_words": change.now_words or change.now,
    }


def _asked(placing: Placing) -> dict[str, Any]:
    """A question names the known child by number only where our own authority knows the child."""
    child_ids = sorted(placing.known.child_ids) if placing.known else []
    return _named(placing.child) | {
        "kind": placing.question,
        "known_as": child_ids[0] if child_ids else "",
        "what": _question_in_words(placing, child_ids),
    }


def _question_in_words(placing: Placing, child_ids: list[str]) -> str:
    kind = placing.question
    if placing.is_of_others:
        return f"{OTHERS_ARE_ASKED.lower()}: a question, not a merge"
    if kind == QuestionKind.TWIN:
        whom = child_ids[0] if child_ids else "a child in your authority’s care"
        return f"same name and date of birth as {whom}: a question, not a merge"
    return f"{QuestionKind(kind).label.lower()}: a question, not a merge"
