"""Strength of evidence as sentences: what the record holds of what a reader looks for, and what it does not hold yet.

Each reader below takes from one earlier folder what this person may read, and says under which names of
``EvidenceFacts`` it counts. A folder that is added later adds its reader to ``READERS``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from trellis.conduct.rules import Rule
from trellis.cycles.models import HOME, IN_CLASS, AreaOfNeed, AssessmentEntry, Cycle, WhoSaid
from trellis.cycles.queries import PlannedOutcome, delivery_in, needs_in_words
from trellis.cycles.rules import drift_in_words
from trellis.design.in_words import full_date, hours, pounds
from trellis.evidence import rules
from trellis.evidence.record import Record
from trellis.evidence.rules import WHAT_A_READER_LOOKS_FOR, EvidenceFacts, Found
from trellis.funding.permissions import READERS as READERS_OF_FUNDING
from trellis.hours.models import READERS as READERS_OF_HOURS
from trellis.people.models import User
from trellis.peps.models import PepSection
from trellis.peps.permissions import READERS as READERS_OF_PEPS
from trellis.pupils.models import Pupil
from trellis.schooling.models import PartTimeTimetable, Suspension
from trellis.voices.models import Whose

Shown = tuple[str, Found]  # (a name of EvidenceFacts, what shows there)
MOST_CYCLES, MOST_ENTRIES, LONGEST = 4, 60, 160


@dataclass(frozen=True)
class Missing:
    """What is not there yet, said with its next step; where it comes from; and the page where it would be added."""

    sentence: str
    source: str
    is_law: bool
    url: str = ""
    go: str = ""


@dataclass(frozen=True)
class Sentence:
    """One thing a reader looks for: what is there, and what is missing."""

    looked_for: str
    source: str
    there: list[Found]
    missing: list[Missing]

    @property
    def state(self) -> str:
        if not self.missing:
            return "On record"
        return "Partly on record" if self.there else "Not yet"

    @property
    def in_words(self) -> str:
        """ "Specialist advice: 2 things on record." """
        if not self.there:
            return f"{self.looked_for}: nothing on record yet."
        number = len(self.there)
        return f"{self.looked_for}: {number} {'thing' if number == 1 else 'things'} on record."


def strength_of(pupil: Pupil, user: User, record: Record | None = None) -> list[Sentence]:
    """What this person would find in the record, reading it as a panel or an educational psychologist would.
    ``record`` is handed on by a page that shows more of it."""
    facts = facts_of(record or Record(pupil, user))
    return [
        Sentence(
            looked_for.title,
            looked_for.source,
            facts.showing(*looked_for.shown_by),
            [_missing(one.rule, pupil) for one in looked_for.findings(facts) if not one],
        )
        for looked_for in WHAT_A_READER_LOOKS_FOR
    ]


def facts_of(record: Record) -> EvidenceFacts:
    """Everything this person may read of the pupil that bears on a request."""
    found: dict[str, list[Found]] = defaultdict(list)
    for reader in READERS:
        for name, one in reader(record):
            found[name].append(one)
    return EvidenceFacts(**{name: tuple(several) for name, several in found.items()})


# --- where what is missing would be added ----------------------------------------------------------------------------

CYCLE = ("pupil_cycle", "Open the cycle")
VIEWS = ("pupil_views", "Write down a view")
PEOPLE = ("people_around", "Open People")
ADVICE = ("pupil_advice", "Open Advice and hours")
WHERE: dict[Rule, tuple[str, str]] = {
    rules.need_is_named: PEOPLE,
    rules.pupils_view_is_there: VIEWS,
    rules.carers_view_is_there: VIEWS,
    rules.parents_view_is_there: VIEWS,
    rules.specialist_advice_is_there: ADVICE,
}


def _missing(broken: Rule, pupil: Pupil) -> Missing:
    url_name, go = WHERE.get(broken, CYCLE)
    return Missing(broken.sentence, broken.source, broken.is_law, reverse(url_name, args=[pupil.pk]), go)


# --- readers, one for each folder ------------------------------------------------------------------------------------


def _from_sen_status(record: Record) -> Iterator[Shown]:
    status = record.sen
    if status and status.primary_need:
        url = reverse(PEOPLE[0], args=[record.pupil.pk])
        yield "needs", Found(f"{status.get_status_display()}: {needs_in_words(status)}", url, status.since)


def _from_cycles(record: Record) -> Iterator[Shown]:
    for cycle in record.cycles[:MOST_CYCLES]:
        url = cycle.get_absolute_url()
        if cycle.summary:
            words = _short(f"{cycle.summary} {cycle.barrier}")
            yield "described", Found(f"Cycle {cycle.number}: {words}", url, cycle.assessed_on)
        plan = record.plans[cycle.pk] if cycle.agreed_on else []
        for outcome in plan:
            yield from _from_outcome(outcome, cycle)
        yield from _from_delivery(plan, cycle)


def _from_outcome(one: PlannedOutcome, cycle: Cycle) -> Iterator[Shown]:
    outcome, url = one.outcome, cycle.get_absolute_url()
    if outcome.baseline:
        words = ", ".join(filter(None, [outcome.baseline, outcome.measure]))
        yield "measures", Found(f"{outcome.statement}: {_short(words)}", url, cycle.agreed_on)
    for each in one.interventions:
        what = each.intervention
        told = f"{what.name}: {what.how_often}, {what.with_whom}, by {what.deliverer}"
        yield "support", Found(told, url, what.starts_on)
    for always in one.adjustments:
        yield "support", Found(f"{always.what}, always", url, cycle.agreed_on)
    if one.result:
        became = f"{outcome.statement}: {str(one.result.get_result_display()).lower()}"
        yield "results", Found(f"{became}. {one.what_it_says}", url, cycle.closed_on)
        if outcome.baseline and one.result.now:
            yield "progress", Found(f"{became}, from {outcome.baseline} to {one.result.now}", url, cycle.closed_on)


def _from_delivery(plan: list[PlannedOutcome], cycle: Cycle) -> Iterator[Shown]:
    several = [each.intervention for one in plan for each in one.interventions]
    if minutes := sum(one.times_a_week * one.minutes for one in several):
        told = f"Cycle {cycle.number} planned {minutes} minutes a week of additional help"
        yield "amount", Found(told, cycle.get_absolute_url(), cycle.agreed_on)
        delivery = delivery_in(plan)
        delivered = Found(
            f"Cycle {cycle.number}: {drift_in_words(delivery)}", cycle.get_absolute_url(), cycle.agreed_on
        )
        yield "delivery", delivered
        if delivery.is_well_recorded:
            yield "well_recorded", delivered


NAMES_OF_AREAS = {AreaOfNeed.SEMH: "emotional", AreaOfNeed.SENSORY: "physical"}


def _from_assessments(record: Record) -> Iterator[Shown]:
    entries = AssessmentEntry.objects.visible_to(record.user).filter(pupil=record.pupil).order_by("-said_on", "-pk")
    for entry in entries[:MOST_ENTRIES]:
        found = Found(f"{entry.who}: {_short(entry.words)}", entry.get_absolute_url(), entry.said_on)
        if entry.who_said == WhoSaid.MEASURE:
            yield "measures", found
        if entry.who_said == WhoSaid.SPECIALIST:
            yield "advice", found
        if entry.who_said in IN_CLASS:
            yield "in_class", found
        if entry.who_said in HOME:
            yield "at_home", found
        if entry.area in NAMES_OF_AREAS:
            yield NAMES_OF_AREAS[AreaOfNeed(entry.area)], found
        if entry.who_said in VIEWS_BY_WHO_SAID:
            yield VIEWS_BY_WHO_SAID[WhoSaid(entry.who_said)], found


VIEWS_BY_WHO_SAID = {
    WhoSaid.PUPIL: "pupils_views", WhoSaid.CARER: "carers_views", WhoSaid.PARENT: "parents_views"
}  # fmt: skip
VIEWS_BY_WHOSE = {Whose.PUPIL: "pupils_views", Whose.CARER: "carers_views", Whose.PARENT: "parents_views"}


def _from_voices(record: Record) -> Iterator[Shown]:
    for view in record.views:
        if view.whose not in VIEWS_BY_WHOSE:
            continue
        url = reverse(VIEWS[0], args=[record.pupil.pk])
        yield VIEWS_BY_WHOSE[Whose(view.whose)], Found(f"“{_short(view.in_words)}”", url, view.given_on)
        if view.whose == Whose.CARER:
            yield "at_home", Found(f"“{_short(view.in_words)}”", url, view.given_on)


def _from_peps(record: Record) -> Iterator[Shown]:
    if not record.user.plays(READERS_OF_PEPS):
        return
    sections = PepSection.objects.visible_to(record.user).filter(
        pupil=record.pupil, name="education", words__has_key="progress"
    )
    for section in sections.select_related("pep__term").order_by("-written_at", "-pk")[:MOST_CYCLES]:
        if words := section.words["progress"]:
            on = section.written_at.date() if section.written_at else None
            yield (
                "attainment",
                Found(f"PEP, {section.pep.term.in_words}: {_short(words)}", section.get_absolute_url(), on),
            )


def _from_passports(record: Record) -> Iterator[Shown]:
    for passport in record.passports:
        url, on = passport.get_absolute_url(), passport.agreed_on
        yield "pupils_views", Found("The passport, in the pupil’s own words", url, on)
        if feelings := passport.helps or passport.makes_worse:
            yield "emotional", Found(f"Passport: {_short(feelings)}", url, on)


def _from_intervention_plans(record: Record) -> Iterator[Shown]:
    for plan in record.intervention_plans:
        url, on = plan.get_absolute_url(), plan.agreed_on
        yield "support", Found("A positive intervention plan, agreed with the school and the pupil", url, on)
        yield "emotional", Found(f"Triggers and early signs: {_short(plan.triggers or plan.early_signs)}", url, on)


def _from_advice(record: Record) -> Iterator[Shown]:
    for report in record.reports:
        told = f"{report.request.service}: {_short(report.summary)}"
        yield "advice", Found(told, report.get_absolute_url(), report.issued_on)


def _from_schooling(record: Record) -> Iterator[Shown]:
    """Time out of school shows how far a need reaches."""
    suspensions = Suspension.objects.visible_to(record.user).filter(pupil=record.pupil).that_were().latest_first()
    for out in suspensions[:MOST_CYCLES]:
        told = f"{out.get_kind_display()} from {full_date(out.first_day)}: {out.counts_in_words}"
        yield "in_class", Found(told, _url(out), out.first_day)
    for timetable in PartTimeTimetable.objects.visible_to(record.user).filter(pupil=record.pupil).current():
        minutes = f"{hours(timetable.minutes_now)} of {hours(timetable.minutes_full)} a week"
        yield "in_class", Found(f"Part-time timetable: {minutes}", _url(timetable), timetable.starts_on)


def _from_hours(record: Record) -> Iterator[Shown]:
    if not record.user.plays(READERS_OF_HOURS):
        return
    for visit in record.visits:
        told = f"{visit.service}: {visit.get_work_display().lower()}, {hours(visit.minutes_delivered or 0)}"
        yield "amount", Found(told, _url(visit), visit.on)


def _from_funding(record: Record) -> Iterator[Shown]:
    if not record.user.plays(READERS_OF_FUNDING):
        return
    for request in record.funding[:MOST_CYCLES]:
        told = f"Pupil Premium Plus: {pounds(request.agreed_pence or 0)} for {_short(request.what_for)}"
        yield "amount", Found(told, _url(request), request.asked_at.date())


def _url(thing: Any) -> str:
    return str(thing.get_absolute_url())


READERS: list[Callable[[Record], Iterator[Shown]]] = [
    _from_sen_status,
    _from_voices,
    _from_cycles,
    _from_assessments,
    _from_peps,
    _from_passports,
    _from_intervention_plans,
    _from_advice,
    _from_schooling,
    _from_hours,
    _from_funding,
]


def _short(words: str) -> str:
    """The beginning of what was written, in one line, cut between words."""
    line = "; ".join(" ".join(each.split()) for each in words.splitlines() if each.strip())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rpartition(' ')[0]} …"
