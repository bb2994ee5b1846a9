"""What PEPs show on other folders' pages: a tab of the pupil's record, and the next steps of each person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from trellis.design.in_words import day_and_month
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.peps import slots
from trellis.peps.models import WITH_THE_SCHOOL, Pep, PepState, PepTarget
from trellis.peps.permissions import ASSURERS, READERS
from trellis.peps.queries import Unfinished, is_issued_as_it_stands, is_missing, unfinished_peps
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


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [Pep.objects.not_signed_off().values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """What this person has to do for the PEPs of these pupils, in two queries. Every PEP that is late is in the week
    of somebody who can act."""
    if not user.plays(READERS):
        return []
    return [step for one in unfinished_peps(pupils) for step in _steps(user, one)]


def _steps(user: User, one: Unfinished) -> Iterator[NextStep]:
    if one.pep.kept_elsewhere:
        yield from _to_issue(user, one)
        return
    match one.pep.state:
        case PepState.NOT_STARTED:
            yield from _to_start(user, one)
        case PepState.SUBMITTED:
            yield from _to_assure(user, one.pep)
        case _:
            yield from _to_write(user, one)
    if one.pep.state in WITH_THE_SCHOOL:
        yield from _to_find_designated_teacher(user, one)


def _to_issue(user: User, one: Unfinished) -> Iterator[NextStep]:
    """Of a PEP kept elsewhere only the SEND section is written here, and given out for it."""
    pep, writes = one.pep, {Role.SENCO, Role.DESIGNATED_TEACHER}
    if not (user.plays_at(writes, pep.kept_by_id) or _acts_for_school(user, one)):
        return
    if one.sen_status in WITH_SEN and not is_issued_as_it_stands(pep):
        verb = "Write the SEND section" if is_missing(pep, "send") else "Issue the SEND section"
        detail = f"The PEP is kept in {pep.kept_elsewhere}"
        yield _step(pep, verb, f"for {pep.pupil.first_name}’s PEP", pep.due_on, "the SENCO", detail, "Open")
    elif pep.state == PepState.RETURNED and (_leads(user, one) or one.lacks_designated_teacher):
        rest = f"{_of(one)} in {pep.kept_elsewhere}"
        yield _step(pep, "Correct the PEP", rest, pep.due_on, _whose(user, one), "It was sent back there", "Open")


def _to_start(user: User, one: Unfinished) -> Iterator[NextStep]:
    if _leads(user, one) or (user.plays({Role.SOCIAL_WORKER}) and not one.is_of_past_term):
        due_on = one.pep.start_by or one.pep.due_on
        yield _step(one.pep, "Start the PEP", _of(one), due_on, "the social worker", _why_mine(user, one), "Start")


def _to_assure(user: User, pep: Pep) -> Iterator[NextStep]:
    if user.plays_at(ASSURERS, pep.written_for_id):
        verb, rest = "Quality-assure the PEP", f"of {pep.pupil.first_name}"
        since = f"Submitted on {day_and_month(pep.submitted_at)}" if pep.submitted_at else ""
        yield _step(pep, verb, rest, pep.due_on, "the Virtual School", since, "Quality-assure")


def _to_write(user: User, one: Unfinished) -> Iterator[NextStep]:
    """Who hands it in has all of it to do; of a term that is over, nobody else is asked for a part any more."""
    pep, name = one.pep, one.pep.pupil.first_name
    if _leads(user, one):
        whose, why = _whose(user, one), _why_mine(user, one)
        if pep.state == PepState.RETURNED:
            rest, why = f"{_of(one)} and submit it again", why or "It came back"
            yield _step(pep, "Correct the PEP", rest, pep.due_on, whose, why, "Correct")
        else:
            yield _step(pep, "Finish the PEP", f"{_of(one)} and submit it", pep.due_on, whose, why, "Finish")
    if one.is_of_past_term:
        return
    if user.plays_at({Role.SENCO}, pep.kept_by_id) and one.sen_status in WITH_SEN and is_missing(pep, "send"):
        yield _step(pep, "Write the SEND section", f"of {name}’s PEP", pep.due_on, "the SENCO", go="Write")
    if user.plays({Role.SOCIAL_WORKER}) and is_missing(pep, "social_worker"):
        yield _step(pep, "Write your part", f"of {name}’s PEP", pep.due_on, "the social worker", go="Write")


def _to_find_designated_teacher(user: User, one: Unfinished) -> Iterator[NextStep]:
    """A school whose SENCO is here but no designated teacher cannot hand its PEPs in; the adviser sees to it."""
    pep = one.pep
    if one.lacks_designated_teacher and user.plays_at({Role.EDUCATION_ADVISER}, pep.written_for_id):
        detail = f"{pep.kept_by} has none here, and only they submit it"
        rest = f"for the PEP {_of(one)}"
        yield _step(pep, "Find the designated teacher", rest, pep.due_on, "the Virtual School", detail)


def _leads(user: User, one: Unfinished) -> bool:
    """Whether this person hands the PEP in."""
    return user.plays_at({Role.DESIGNATED_TEACHER}, one.pep.kept_by_id) or _acts_for_school(user, one)


def _acts_for_school(user: User, one: Unfinished) -> bool:
    """The adviser, where the school has nobody here."""
    return one.is_the_virtual_schools and user.plays_at({Role.EDUCATION_ADVISER}, one.pep.written_for_id)


def _whose(user: User, one: Unfinished) -> str:
    return "the Virtual School" if _acts_for_school(user, one) else "you"


def _why_mine(user: User, one: Unfinished) -> str:
    if not _acts_for_school(user, one):
        return ""
    return f"{one.pep.kept_by} has nobody here" if one.pep.kept_by else "There is no school place"


def _of(one: Unfinished) -> str:
    """ "of Jordan"; of a term that is over, with the term."""
    term = f" for the {one.pep.term.in_words}" if one.is_of_past_term else ""
    return f"of {one.pep.pupil.first_name}{term}"


def _step(
    pep: Pep, verb: str, rest: str, due_on: date, whose: str, detail: str = "", go: str = "Open"
) -> NextStep:  # fmt: skip
    return NextStep(due_on, verb, rest, pep.get_absolute_url(), pep.pupil_id, whose, detail, go)
