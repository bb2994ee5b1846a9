"""What is due, late and coming, and the pupils one works with, most urgent first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Least

from trellis.caseloads.forms import HAVE_LEFT, LATE, NONE
from trellis.caseloads.search import find
from trellis.conduct import clock
from trellis.cycles.models import Cycle, CycleState
from trellis.cycles.queries import stages_of
from trellis.organisations.models import School
from trellis.people.models import User
from trellis.people.roles import AUTHORITY_OFFICERS, READ_RECORDS, SERVICE_STAFF, VIRTUAL_SCHOOL_TEACHERS
from trellis.peps.models import WITH_THE_SCHOOL, Pep, PepState
from trellis.peps.queries import pep_states_of
from trellis.pupils import slots
from trellis.pupils.models import CareEpisode, Level, Pupil, PupilQuerySet, SchoolPlace, Sen, SenStatus
from trellis.pupils.next_steps import next_steps_about
from trellis.pupils.queries import Reading, Standing, as_known_to, reading_of, standing_of, with_year
from trellis.pupils.shown import NextStep

A_PAGE = 30
STEPS_SHOWN = 12  # of each group on My week; the rest is one click away
PUPILS_SHOWN = 12  # on My week; the list has them all
WEEKS_AHEAD = 4
SCHOOLS_IN_VIEW = VIRTUAL_SCHOOL_TEACHERS | AUTHORITY_OFFICERS  # those whose pupils are in many schools

# --- my week


@dataclass(frozen=True)
class Group:
    """Things to do that share an urgency; ``steps`` are the first of ``count``."""

    name: str
    title: str
    count: int
    steps: list[NextStep]

    @property
    def left_out(self) -> int:
        return self.count - len(self.steps)

    @property
    def is_this_week(self) -> bool:
        return self.name == "week"


def week_of(user: User, *, whole: str = "") -> list[Group]:
    """What cannot wait, what is late, due this week and coming. ``whole`` names the group of which all is shown."""
    today = clock.today()
    pupils = list(pupils_worked_with(user).values_list("pk", flat=True))
    steps = sorted(steps_for(user, pupils, today))
    sunday = today + timedelta(days=6 - today.weekday())
    horizon = today + timedelta(weeks=WEEKS_AHEAD)
    others = [step for step in steps if not step.cannot_wait]
    groups = [
        ("now", "Cannot wait", [step for step in steps if step.cannot_wait]),
        ("late", "Late", [step for step in others if step.due_on < today]),
        ("week", "This week", [step for step in others if today <= step.due_on <= sunday]),
        ("coming", "Coming", [step for step in others if sunday < step.due_on <= horizon]),
    ]
    return [
        Group(name, title, len(found), found if name == whole else found[:STEPS_SHOWN])
        for name, title, found in groups
    ]  # fmt: skip


def pupils_worked_with(user: User) -> PupilQuerySet:
    """The pupils about whom somebody has things to do; for a service those of whom requests open anything."""
    if user.plays(SERVICE_STAFF):
        return Pupil.objects.visible_to(user, Level.WHOLE, Level.CLASS, Level.ADVICE, Level.INITIALS)
    return Pupil.objects.visible_to(user)


def steps_for(user: User, pupils: list[int], today: date) -> Iterable[NextStep]:
    yield from next_steps_about(user, pupils, today)
    for steps in slots.steps_after_leaving.ask(user, today):
        yield from steps


@dataclass(frozen=True)
class Counted:
    """How many pupils one works with, and how many of them have SEN or are looked after."""

    pupils: int
    with_sen: int
    in_care: int


def counted(user: User) -> Counted:
    today = clock.today()
    has_sen = SenStatus.objects.filter(pupil=OuterRef("pk"), during__contains=today).exclude(status=Sen.NONE)
    in_care = CareEpisode.objects.filter(pupil=OuterRef("pk"), during__contains=today)
    numbers = Pupil.objects.visible_to(user).aggregate(
        pupils=Count("pk"),
        with_sen=Count("pk", filter=Exists(has_sen)),
        in_care=Count("pk", filter=Exists(in_care)),
    )
    return Counted(**numbers)


def most_urgent_rows(user: User) -> list["PupilRow"]:
    """The first of this person's pupils, for My week."""
    return rows_of(user, as_known_to(user, pupils_of(user, {}))[:PUPILS_SHOWN])


# --- pupils


@dataclass(frozen=True)
class Stage:
    """Where a cycle or a PEP stands, in a few words with their tone; ``due_on`` while something is to be done by it."""

    text: str
    tone: str
    due_on: date | None = None

    @property
    def is_marked(self) -> bool:
        return self.tone in {"late", "warn"}


@dataclass(frozen=True)
class PupilRow:
    """One pupil in a list: where they stand, the cycle's stage with its days, the PEP's state."""

    pupil: Pupil
    reading: Reading
    standing: Standing
    stage: Stage | None
    pep: Stage | None

    @property
    def has_left(self) -> bool:
        return self.reading.is_written_only


def pupils_of(user: User, chosen: dict[str, Any]) -> PupilQuerySet:
    """The pupils this person works with, filtered, most urgent first; or those who left their school."""
    if chosen.get("who") == HAVE_LEFT:
        here = Pupil.objects.visible_to(user)
        pupils = Pupil.objects.visible_to(user, Level.WRITTEN).exclude(pk__in=here.values("pk"))
        return pupils.by_name()
    return most_urgent_first(user, filtered(user, Pupil.objects.visible_to(user), chosen))


def filtered(user: User, pupils: PupilQuerySet, chosen: dict[str, Any]) -> PupilQuerySet:
    today = clock.today()
    if "year" in chosen:
        pupils = with_year(pupils).filter(year_now=int(chosen["year"]))  # type: ignore[misc]
    if "school" in chosen:
        pupils = pupils.at_school_on(chosen["school"], today)
    sen = SenStatus.objects.filter(pupil=OuterRef("pk"), during__contains=today)
    if "status" in chosen:
        pupils = pupils.filter(Exists(sen.filter(status=chosen["status"])))
    if "need" in chosen:
        pupils = pupils.filter(Exists(sen.filter(primary_need=chosen["need"])))
    if "stage" in chosen:
        pupils = with_work(pupils).filter(_in_stage(chosen["stage"], today))
    if "pep" in chosen:
        pupils = with_work(pupils.visible_to(user, Level.WHOLE)).filter(_with_pep(chosen["pep"], today))
    return pupils


def _in_stage(stage: str, today: date) -> Q:
    if stage == NONE:
        return Q(cycle_state__isnull=True)
    if stage == LATE:
        return Q(cycle_state=CycleState.DO, review_on__lt=today)
    return Q(cycle_state=stage)


def _with_pep(state: str, today: date) -> Q:
    if state == NONE:
        return Q(pep_state__isnull=True)
    if state == LATE:
        return Q(pep_state__in=WITH_THE_SCHOOL, pep_due_on__lt=today)
    return Q(pep_state=state)


def with_work(pupils: PupilQuerySet) -> PupilQuerySet:
    """The pupils with the state and date of their present cycle and PEP, to filter and order by."""
    cycle = Cycle.objects.filter(pupil=OuterRef("pk")).exclude(state=CycleState.ENDED).order_by("-number")
    pep = Pep.objects.filter(pupil=OuterRef("pk")).order_by("-term__during", "-number")
    return pupils.annotate(
        cycle_state=Subquery(cycle.values("state")[:1]),
        review_on=Subquery(cycle.values("review_on")[:1]),
        pep_state=Subquery(pep.values("state")[:1]),
        pep_due_on=Subquery(pep.values("due_on")[:1]),
    )


def most_urgent_first(user: User, pupils: PupilQuerySet) -> PupilQuerySet:
    """By the first date that something is due: the review of a cycle under way, the PEP that the school works on."""
    due = [Case(When(cycle_state=CycleState.DO, then=F("review_on")))]
    if user.plays(READ_RECORDS):
        due.append(Case(When(pep_state__in=WITH_THE_SCHOOL, then=F("pep_due_on"))))
    urgent_on = Least(*due) if len(due) > 1 else due[0]
    return with_work(pupils).order_by(urgent_on.asc(nulls_last=True), "folded_name", "pk")


def page_of(user: User, pupils: PupilQuerySet, number: Any) -> tuple[Page, list[PupilRow]]:
    """A page of the list. Four queries, however many pupils it shows."""
    page = Paginator(as_known_to(user, pupils), A_PAGE).get_page(number)
    return page, rows_of(user, page.object_list)


def to_choose_from(user: User, typed: str, number: Any) -> Page:
    """A page of the pupils whose whole record is open to this person, by name, with ``school_name`` where they are
    today; only those whom the words may mean, if any were typed. Two queries."""
    pupils = Pupil.objects.visible_to(user, Level.WHOLE)
    if typed:
        pupils = pupils.filter(pk__in=find(user, typed).values("pk"))
    here = SchoolPlace.objects.filter(pupil=OuterRef("pk"), during__contains=clock.today())
    named = pupils.annotate(school_name=Subquery(here.values("school__name")[:1])).by_name()
    return Paginator(named, A_PAGE).get_page(number)


def rows_of(user: User, pupils: Iterable[Pupil]) -> list[PupilRow]:
    readings = {pupil: reading_of(user, pupil) for pupil in pupils}
    in_view = [pupil for pupil, reading in readings.items() if not reading.is_written_only]
    stages = stages_of(in_view)
    peps = pep_states_of([pupil for pupil in in_view if readings[pupil].knows_care]) if knows_care(user) else {}
    return [
        PupilRow(
            pupil=pupil,
            reading=reading,
            standing=standing_of(pupil, reading),
            stage=_cycle_stage(*stages[pupil.pk]) if pupil.pk in stages else None,
            pep=_pep_stage(*peps[pupil.pk]) if pupil.pk in peps else None,
        )
        for pupil, reading in readings.items()
    ]


def _cycle_stage(words: str, tone: str, since: date) -> Stage:
    """ "Do, 12 days in", "Reviewed 3 days ago", "Review late by 5 days"."""
    days = _days((clock.today() - since).days)
    if tone == "late":
        return Stage(f"{words} by {days}", tone)
    if since >= clock.today():
        return Stage(f"{words}{' ' if words == CycleState.REVIEWED.label else ', from '}today", tone)
    return Stage(f"{words} {days} ago" if words == CycleState.REVIEWED.label else f"{words}, {days} in", tone)


def _pep_stage(words: str, tone: str, due_on: date) -> Stage:
    """The state, with the days when it is late, with the date when it waits for the school."""
    if tone == "late":
        return Stage(f"{words}, {_days((clock.today() - due_on).days)} late", tone)
    waits = words in {PepState(state).label for state in WITH_THE_SCHOOL}
    return Stage(words, tone, due_on if waits else None)


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"


def knows_care(user: User) -> bool:
    return user.plays(READ_RECORDS)


def schools_in_view(user: User) -> QuerySet[School] | None:
    """The schools to choose from, for those whose pupils are in many; None for people of one school."""
    if not user.plays(SCHOOLS_IN_VIEW):
        return None
    places = SchoolPlace.objects.filter(pupil__in=Pupil.objects.visible_to(user), during__contains=clock.today())
    return School.objects.filter(pk__in=places.values("school")).order_by("name")
