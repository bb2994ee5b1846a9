"""What PEPs show on other folders' pages: a tab of the pupil's record, and the next steps of each person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from trellis.design.in_words import day_and_month
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.peps import slots
from trellis.peps.models import Pep, PepState, PepTarget
from trellis.peps.permissions import ASSURERS, READERS
from trellis.peps.queries import is_issued_as_it_stands, is_missing, peps_with_sections
from trellis.peps.rules import WITH_SEN
from trellis.pupils.models import Pupil
from trellis.pupils.shown import NextStep, Tab


@dataclass(frozen=True)
class TargetNote:
    """A line that a later folder writes under a target, and where it leads."""

    text: str
    url: str


def notes_on(targets: list[PepTarget], user: User) -> dict[int, list[TargetNote]]:
    """What later folders say of each target."""
    notes: dict[int, list[TargetNote]] = {target.pk: [] for target in targets}
    for said in slots.target_notes.ask(targets, user) if targets else ():
        for target_id, lines in said.items():
            notes[target_id] += lines
    return notes


def pep_tab(pupil: Pupil, user: User) -> Tab | None:
    """The pupil's PEP, for those who read PEPs."""
    return Tab("pep", "PEP", reverse("pupil_pep", args=[pupil.pk]), 20) if user.plays(READERS) else None


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """What this person has to do for the PEPs of these pupils, in three queries."""
    if not user.plays(READERS):
        return []
    return [step for pep, sen_status in peps_with_sections(pupils) for step in _steps(user, pep, sen_status)]


def _steps(user: User, pep: Pep, sen_status: str) -> Iterator[NextStep]:
    if pep.kept_elsewhere:
        yield from _to_issue(user, pep, sen_status)
        return
    match pep.state:
        case PepState.NOT_STARTED:
            yield from _to_start(user, pep)
        case PepState.SUBMITTED:
            yield from _to_judge(user, pep)
        case _:
            yield from _to_write(user, pep, sen_status)


def _to_issue(user: User, pep: Pep, sen_status: str) -> Iterator[NextStep]:
    """Of a PEP kept elsewhere only the SEND section is written here, and given out for it."""
    writes = {Role.SENCO, Role.DESIGNATED_TEACHER}
    if sen_status not in WITH_SEN or not user.plays_at(writes, pep.kept_by_id) or is_issued_as_it_stands(pep):
        return
    verb = "Write the SEND section" if is_missing(pep, "send") else "Issue the SEND section"
    detail = f"The PEP is kept in {pep.kept_elsewhere}"
    yield _step(pep, verb, f"for {pep.pupil.first_name}’s PEP", pep.due_on, "the SENCO", detail, "Open")


def _to_start(user: User, pep: Pep) -> Iterator[NextStep]:
    if user.plays({Role.SOCIAL_WORKER}) or user.plays_at({Role.DESIGNATED_TEACHER}, pep.kept_by_id):
        due_on = pep.start_by or pep.due_on
        yield _step(pep, "Start the PEP", f"of {pep.pupil.first_name}", due_on, "the social worker", go="Start")


def _to_judge(user: User, pep: Pep) -> Iterator[NextStep]:
    if user.plays_at(ASSURERS, pep.written_for_id):
        since = f"Submitted on {day_and_month(pep.submitted_at)}" if pep.submitted_at else ""
        yield _step(
            pep, "Judge the PEP", f"of {pep.pupil.first_name}", pep.due_on, "the Virtual School", since, "Judge"
        )


def _to_write(user: User, pep: Pep, sen_status: str) -> Iterator[NextStep]:
    name = pep.pupil.first_name
    if user.plays_at({Role.DESIGNATED_TEACHER}, pep.kept_by_id):
        if pep.state == PepState.RETURNED:
            yield _step(
                pep, "Mend the PEP", f"of {name} and submit it again", pep.due_on, "you", "It came back", "Mend"
            )
        else:
            yield _step(pep, "Finish the PEP", f"of {name} and submit it", pep.due_on, "you", go="Finish")
    if user.plays_at({Role.SENCO}, pep.kept_by_id) and sen_status in WITH_SEN and is_missing(pep, "send"):
        yield _step(pep, "Write the SEND section", f"of {name}’s PEP", pep.due_on, "the SENCO", go="Write")
    if user.plays({Role.SOCIAL_WORKER}) and is_missing(pep, "social_worker"):
        yield _step(pep, "Write your part", f"of {name}’s PEP", pep.due_on, "the social worker", go="Write")


def _step(
    pep: Pep, verb: str, rest: str, due_on: date, whose: str, detail: str = "", go: str = "Open"
) -> NextStep:  # fmt: skip
    return NextStep(due_on, verb, rest, pep.get_absolute_url(), pep.pupil_id, whose, detail, go)
