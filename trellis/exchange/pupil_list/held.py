"""The weekly list as Trellis holds it today, under the same headings: what was exported can be brought again, and then
changes nothing."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from trellis.exchange.models import Import
from trellis.exchange.pupil_list.columns import PUPIL_COLUMNS
from trellis.exchange.pupil_list.compare import Known, what_is_held
from trellis.exchange.pupil_list.rules import YEARS
from trellis.organisations.models import VirtualSchool
from trellis.pupils.models import CareEpisode, Pupil

HEADINGS = [(name, column.text) for name, column in PUPIL_COLUMNS.items()]
YEAR_WORDS: dict[int | None, str] = {year: word for word, year in YEARS.items() if word != "RECEPTION"}


def looked_after_by(virtual_school: VirtualSchool, today: date) -> QuerySet[Pupil]:
    """The children whom this authority looks after today, by name."""
    ours = CareEpisode.objects.filter(authority=virtual_school.authority_id, during__contains=today)
    return Pupil.objects.going_on().filter(Exists(ours.filter(pupil=OuterRef("pk")))).by_name()


def incomplete(virtual_school: VirtualSchool, today: date) -> int:
    """How many of them have no number of the authority, or no SEN status: a list with them would be refused."""
    children = looked_after_by(virtual_school, today)
    numbered = children.filter(child_ids__authority=virtual_school.authority_id)
    complete = numbered.filter(sen_statuses__during__contains=today).distinct()
    return children.count() - complete.count()


def lines_of(pupils: Sequence[Pupil], virtual_school: VirtualSchool, today: date) -> list[list[tuple[str, str]]]:
    """(heading in words, what stands there) of each child, in as many queries for fifty as for one."""
    held = what_is_held({pupil.pk: pupil for pupil in pupils}, virtual_school, today)
    last = Import.objects.last_landed_list(virtual_school)
    listed = {row["child_id"] for row in (last.rows if last else [])}
    return [
        [(text, cells[name]) for name, text in HEADINGS]
        for cells in (_cells(held[pupil.pk], listed) for pupil in pupils)
    ]


def _cells(known: Known, listed: set[str]) -> dict[str, str]:
    pupil, place, care, sen, worker = known.pupil, known.place, known.care, known.sen, known.social_worker
    numbers = sorted(known.child_ids, key=lambda number: (number not in listed, number))
    return {
        "child_id": numbers[0] if numbers else "",
        "upn": pupil.upn or "",
        "legal_first_name": pupil.legal_first_name,
        "legal_last_name": pupil.legal_last_name,
        "preferred_first_name": pupil.preferred_first_name,
        "date_of_birth": _day(pupil.date_of_birth),
        "sex": pupil.sex,
        "looked_after_since": _day(care.looked_after_since) if care else "",
        "legal_status": care.legal_status if care else "",
        "school_urn": place.school.urn if place else "",
        "school_name": place.school.name if place else "",
        "school_start": _day(place.since) if place else "",
        "year_group": YEAR_WORDS.get(place.year_group, "") if place else "",
        "sen_status": sen.status if sen else "",
        "primary_need": sen.primary_need if sen else "",
        "secondary_need": sen.secondary_need if sen else "",
        "social_worker": worker.name if worker else "",
        "social_worker_email": worker.email if worker else "",
        "placement_type": care.placement_type if care else "",
    }


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
