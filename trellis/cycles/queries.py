"""Cycles as pages, lists and the PEP show them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Prefetch, Subquery, Sum

from trellis.calendar.queries import SchoolWeeks, school_weeks
from trellis.calendar.rules import monday_of
from trellis.conduct import clock
from trellis.cycles import rules, slots
from trellis.cycles.models import (
    HOME,
    OPEN_STATES,
    Adjustment,
    AssessmentEntry,
    Cycle,
    CycleReview,
    CycleState,
    Handover,
    Intervention,
    Outcome,
    ReviewVoice,
    WeekOfSessions,
    WhoSaid,
)
from trellis.cycles.rules import Delivery, OutcomeFacts, PlanFacts
from trellis.design.in_words import full_date
from trellis.people.models import User
from trellis.pupils.models import Pupil, Sen, SenStatus
from trellis.pupils.rules import TYPES_OF_NEED

# --- which cycle -----------------------------------------------------------------------------------------------------


def current_cycle(pupil: Pupil) -> Cycle | None:
    """The open cycle, or the last one reviewed when none is open."""
    cycles = Cycle.objects.filter(pupil=pupil).exclude(state=CycleState.ENDED)
    return cycles.with_names().latest_first().first()


def has_cycle(pupil: Pupil) -> bool:
    """Whether there is a cycle to tell of, as ``story_of`` would."""
    return Cycle.objects.filter(pupil=pupil).exclude(state=CycleState.ENDED).exists()


def other_cycles(cycle: Cycle) -> list[Cycle]:
    """The pupil's earlier and later cycles, with their reviews, the latest first."""
    others = Cycle.objects.filter(pupil=cycle.pupil_id).exclude(pk=cycle.pk)
    return list(others.latest_first().select_related("review"))


def sen_status_on(pupil: Pupil, day: date) -> str:
    """N, K or E; N when nothing was ever said."""
    status = _sen(pupil, day)
    return status.status if status else Sen.NONE


def _sen(pupil: Pupil, day: date) -> SenStatus | None:
    return SenStatus.objects.filter(pupil=pupil, during__contains=day).first()


# --- the plan and its delivery ---------------------------------------------------------------------------------------


@dataclass
class PlannedOutcome:
    """An outcome as pages show it, with its support and what was delivered."""

    number: int
    outcome: Outcome
    interventions: list["PlannedIntervention"]
    adjustments: list[Adjustment]

    @property
    def facts(self) -> OutcomeFacts:
        o = self.outcome
        has_support = bool(self.interventions or self.adjustments)
        return OutcomeFacts(self.number, o.statement, o.baseline, o.measure, o.target, has_support)

    @property
    def delivery(self) -> Delivery:
        return sum((one.delivery for one in self.interventions), Delivery())

    @property
    def result(self) -> Any:
        return getattr(self.outcome, "result", None)

    @property
    def tone(self) -> str:
        """How the result's tag looks."""
        return {"met": "ok", "exceeded": "ok", "some": "quiet"}.get(self.result.result, "warn") if self.result else ""

    @property
    def what_it_says(self) -> str:
        return rules.what_it_says(self.result.result, self.delivery) if self.result else ""


@dataclass
class PlannedIntervention:
    intervention: Intervention
    weeks: list["WeekShown"]

    @property
    def delivery(self) -> Delivery:
        return sum((week.counted for week in self.weeks), Delivery())


@dataclass(frozen=True)
class WeekShown:
    """One intervention in one week, with or without a row: ``row`` is None when nothing was recorded."""

    week_of: date
    planned: int
    is_over: bool
    row: WeekOfSessions | None = None

    @property
    def delivery(self) -> Delivery:
        return delivery_of(self.row) if self.row else Delivery(self.planned)

    @property
    def counted(self) -> Delivery:
        """In a week that still runs only what is recorded counts; the rest may yet happen."""
        whole = self.delivery
        return whole if self.is_over else Delivery(min(whole.planned, whole.recorded), whole.held, whole.missed)

    @property
    def state(self) -> str:
        """held, part, missed, unrecorded or planned: as the weeks are marked."""
        if self.delivery.recorded == 0:
            return "unrecorded" if self.is_over else "planned"
        if self.delivery.held >= self.planned:
            return "held"
        return "part" if self.delivery.held else "missed"


def delivery_of(week: WeekOfSessions) -> Delivery:
    return Delivery(week.planned, week.held, week.missed)


def plan_of(cycle: Cycle, weeks: SchoolWeeks | None = None) -> list[PlannedOutcome]:
    """The outcomes that stand in the plan, with support and every week up to today. Four queries, five without
    ``weeks``."""
    return _planned(cycle, _outcomes(Outcome.objects.filter(cycle=cycle)), weeks or school_weeks_of(cycle))


def plans_of(cycles: Iterable[Cycle]) -> dict[int, list[PlannedOutcome]]:
    """{cycle id: its plan} of several cycles, in five queries for all of them."""
    several = {cycle.pk: cycle for cycle in cycles}
    calendars = school_weeks({cycle.kept_by.authority_code for cycle in several.values()})
    outcomes = defaultdict(list)
    for outcome in _outcomes(Outcome.objects.filter(cycle__in=list(several))):
        outcomes[outcome.cycle_id].append(outcome)
    return {pk: _planned(one, outcomes[pk], calendars[one.kept_by.authority_code]) for pk, one in several.items()}


def _planned(cycle: Cycle, outcomes: Iterable[Outcome], weeks: SchoolWeeks) -> list[PlannedOutcome]:
    return [
        PlannedOutcome(number, outcome, _interventions(outcome, cycle, weeks), list(outcome.adjustments.all()))
        for number, outcome in enumerate(outcomes, start=1)
    ]


def _outcomes(outcomes: Any) -> Any:
    return (
        outcomes.in_plan()
        .select_related("result")
        .prefetch_related(
            Prefetch("interventions", Intervention.objects.in_plan()),
            "interventions__weeks",
            Prefetch("adjustments", Adjustment.objects.in_plan()),
        )
    )


def _interventions(outcome: Outcome, cycle: Cycle, weeks: SchoolWeeks) -> list[PlannedIntervention]:
    until = cycle.closed_on or clock.today()
    shown = [] if cycle.state in (CycleState.ASSESS, CycleState.PLAN) else outcome.interventions.all()
    with_weeks = {one.pk: weeks_shown(one, until, weeks) for one in shown}
    return [PlannedIntervention(one, with_weeks.get(one.pk, [])) for one in outcome.interventions.all()]


def weeks_shown(intervention: Intervention, until: date, weeks: SchoolWeeks) -> list[WeekShown]:
    """Every week of the intervention that has begun by then and has a school day, or was recorded all the same."""
    rows = {row.week_of: row for row in intervention.weeks.all()}
    week, last = monday_of(intervention.starts_on), min(intervention.ends_on, until)
    shown = []
    while week <= last:
        row, planned = rows.get(week), planned_in(intervention, week, weeks)
        if row or planned:
            shown.append(WeekShown(week, row.planned if row else planned, week + timedelta(days=5) <= until, row))
        week += timedelta(weeks=1)
    return shown


def planned_in(intervention: Intervention, week_of: date, weeks: SchoolWeeks) -> int:
    """How many sessions are due in a week: fewer when it is cut short by a holiday or by the intervention's dates."""
    days = [day for day in weeks.open_days(week_of) if intervention.starts_on <= day <= intervention.ends_on]
    return rules.sessions_due(intervention.times_a_week, len(days))


def school_weeks_of(cycle: Cycle) -> SchoolWeeks:
    code = cycle.kept_by.authority_code
    return school_weeks([code])[code]


def delivery_in(plan: Iterable[PlannedOutcome]) -> Delivery:
    return sum((outcome.delivery for outcome in plan), Delivery())


@dataclass(frozen=True)
class Asked:
    """Whether somebody's knowledge is in the assessment yet."""

    who: str
    said: bool


def who_was_asked(entries: Collection[AssessmentEntry], pupil: Pupil) -> list[Asked]:
    """Those whom the Code of Practice wants heard (6.45), and whether they were."""
    said = {entry.who_said for entry in entries}
    return [
        Asked("The class teacher", WhoSaid.CLASS_TEACHER in said),
        Asked("The teaching assistant", WhoSaid.TEACHING_ASSISTANT in said),
        Asked("The parent or carer", not said.isdisjoint(HOME)),
        Asked(pupil.first_name, WhoSaid.PUPIL in said),
    ]


def plan_facts(cycle: Cycle, plan: list[PlannedOutcome] | None = None) -> PlanFacts:
    """What the rules of agreement look at."""
    plan = plan_of(cycle, SchoolWeeks()) if plan is None else plan
    return PlanFacts(tuple(one.facts for one in plan), cycle.review_on, cycle.shared_on, cycle.other_causes)


def may_be_drifting(pupil: Pupil) -> bool:
    """A quick look: fewer of the recorded sessions held than planned. One query; ``Delivery`` gives the full answer."""
    recorded = WeekOfSessions.objects.filter(pupil=pupil, intervention__outcome__cycle__state=CycleState.DO).aggregate(
        held=Sum("held", default=0), missed=Sum("missed", default=0)
    )
    delivery = Delivery(held=recorded["held"], missed=recorded["missed"])
    return delivery.recorded > 0 and not delivery.is_as_planned


# --- the story that the PEP is written from --------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """What the graduated approach says of a pupil, in plain words that JSON can keep. Dates are words too."""

    status: str
    needs: str
    cycle_number: int
    stage: str
    assessed_on: str = ""
    need_in_words: str = ""
    voices: list[tuple[str, str]] = field(default_factory=list)  # (who, words)
    plan_agreed_on: str = ""
    review_on: str = ""
    outcomes: list[dict[str, str]] = field(default_factory=list)  # statement, from, now, hoped_for, held_in_words, …
    support: list[dict[str, str]] = field(default_factory=list)  # what, how_often, who
    delivery_in_words: str = ""
    specialists: list[str] = field(default_factory=list)
    learned: list[str] = field(default_factory=list)  # from the review before
    next_steps: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Plain lists and words, as they come back from JSON."""
        return asdict(self) | {"voices": [list(voice) for voice in self.voices]}


def story_of(pupil: Pupil) -> Story | None:
    """The pupil's present cycle in words; None when there never was one. While it is still being assessed, the one
    before is told, since that is what is known of the need and of what was tried."""
    cycle = current_cycle(pupil)
    if cycle is None:
        return None
    if cycle.state == CycleState.ASSESS and cycle.follows and cycle.follows.summary:
        began = f"Cycle {cycle.number} began on {full_date(cycle.started_on)}: the next assessment is under way."
        before = tell(cycle.follows)
        return replace(before, next_steps=[*before.next_steps, began])
    return tell(cycle)


def tell(cycle: Cycle) -> Story:
    """One cycle in words, its weeks up to today."""
    return tell_each([cycle])[cycle.pk]


def tell_each(cycles: Sequence[Cycle], plans: dict[int, list[PlannedOutcome]] | None = None) -> dict[int, Story]:
    """{cycle id: its story} of cycles of one pupil, ``with_names``, in as many queries as one of them takes. ``plans``
    of them and of those they follow are handed on by whoever has them."""
    if not cycles:
        return {}
    pupil = cycles[0].pupil
    sen = _sen(pupil, clock.today())
    plans = plans or plans_of([*cycles, *(cycle.follows for cycle in cycles if cycle.follows)])
    advised = [said for more in slots.specialist_advice.ask(pupil) for said in more]
    voices = Prefetch("voices", ReviewVoice.objects.order_by("pk"))
    reviews = {one.cycle_id: one for one in CycleReview.objects.filter(cycle__in=cycles).prefetch_related(voices)}
    entries = defaultdict(list)
    for entry in AssessmentEntry.objects.filter(cycle__in=cycles).order_by("said_on", "pk"):
        entries[entry.cycle_id].append(entry)
    return {one.pk: _told(one, sen, plans, entries[one.pk], reviews.get(one.pk), advised) for one in cycles}


def _need_in_words(cycle: Cycle) -> str:
    """What goes well first, then what was found and what gets in the way, then what else may be part of it."""
    strengths = f"What goes well: {cycle.strengths}" if cycle.strengths else ""
    causes = [f"{words}." for words in cycle.causes_left_in_words]
    return " ".join(filter(None, [strengths, cycle.summary, cycle.barrier, *causes, cycle.causes_found]))


def _told(
    cycle: Cycle,
    sen: SenStatus | None,
    plans: Mapping[int, list[PlannedOutcome]],
    entries: list[AssessmentEntry],
    review: CycleReview | None,
    advised: list[str],
) -> Story:
    plan = plans[cycle.pk]
    return Story(
        status=str(Sen(sen.status if sen else Sen.NONE).label),
        needs=needs_in_words(sen),
        cycle_number=cycle.number,
        stage=str(cycle.get_state_display()),
        assessed_on=full_date(cycle.assessed_on),
        need_in_words=_need_in_words(cycle),
        voices=[*_voices_in(entries, cycle.pupil), *_voices_at(review)],
        plan_agreed_on=full_date(cycle.agreed_on),
        review_on=full_date(cycle.review_on),
        outcomes=[_outcome_told(one, cycle) for one in plan],
        support=[support for one in plan for support in _support_told(one)],
        delivery_in_words=rules.drift_in_words(delivery_in(plan)) if cycle.agreed_on else "",
        specialists=[
            *(f"{one.who}: {one.words}" for one in entries if one.who_said == WhoSaid.SPECIALIST),
            *advised,
        ],
        learned=_learned(plans[cycle.follows.pk]) if cycle.follows else [],
        next_steps=_next_steps_told(cycle, review),
    )


def needs_in_words(sen: SenStatus | None) -> str:
    """ "Social, emotional and mental health; Speech, language and communication needs"."""
    codes = [sen.primary_need, sen.secondary_need] if sen else []
    return "; ".join(TYPES_OF_NEED.get(code, code) for code in codes if code)


def _voices_in(entries: list[AssessmentEntry], pupil: Pupil) -> list[tuple[str, str]]:
    own = {WhoSaid.PUPIL, WhoSaid.SOCIAL_WORKER, *HOME}
    return [
        (pupil.first_name if one.who_said == WhoSaid.PUPIL else one.who, one.words)
        for one in entries
        if one.who_said in own
    ]


def _voices_at(review: CycleReview | None) -> list[tuple[str, str]]:
    if review is None:
        return []
    return [(f"{voice.get_whose_display()}, at the review", voice.words) for voice in review.voices.all()]


def _outcome_told(one: PlannedOutcome, cycle: Cycle) -> dict[str, str]:
    outcome, result = one.outcome, one.result
    return {
        "statement": outcome.statement,
        "pupils_words": outcome.pupils_words,
        "measure": outcome.measure,
        "from": outcome.baseline,
        "now": result.now if result else "",
        "hoped_for": outcome.target,
        "held_in_words": one.delivery.in_words if cycle.agreed_on and one.interventions else "",
        "result": str(result.get_result_display()) if result else "",
        "says": one.what_it_says,
    }


def _support_told(one: PlannedOutcome) -> list[dict[str, str]]:
    planned = [
        {
            "what": each.intervention.name,
            "how_often": f"{each.intervention.how_often}, {each.intervention.with_whom}",
            "who": f"{each.intervention.deliverer}; {each.intervention.accountable_teacher} answers for it",
        }
        for each in one.interventions
    ]
    always = [{"what": each.what, "how_often": "always", "who": each.who} for each in one.adjustments]
    return planned + always


def learned_from(cycle: Cycle) -> list[str]:
    """One sentence for each outcome of a reviewed cycle: "Asks for help in words: as before. Now: 0 a day. …"."""
    return _learned(plan_of(cycle))


def _learned(plan: list[PlannedOutcome]) -> list[str]:
    return [
        f"{one.outcome.statement}: {str(one.result.get_result_display()).lower()}. "
        f"{f'Now: {one.result.now}. ' if one.result.now else ''}{one.what_it_says}"
        for one in plan
        if one.result
    ]


def _next_steps_told(cycle: Cycle, review: CycleReview | None) -> list[str]:
    if review is not None:
        decided = review.decisions_in_words
        return [f"{decided[:1].upper()}{decided[1:]}.", *filter(None, [review.next_steps])]
    match cycle.state:
        case CycleState.ASSESS:
            return ["Finish the assessment, then agree a plan with the family."]
        case CycleState.PLAN:
            return ["Agree the plan with the family."]
        case CycleState.DO:
            return [f"Review together on {full_date(cycle.review_on)}."]
    return []


def as_it_stands(cycle: Cycle) -> dict[str, Any]:
    """What the school that hands a cycle over goes on reading: the story, and every entry."""
    entries = AssessmentEntry.objects.filter(cycle=cycle).order_by("said_on", "pk")
    return {
        "story": tell(cycle).as_dict(),
        "entries": [
            {"who": one.who, "area": str(one.get_area_display()), "said_on": full_date(one.said_on), "words": one.words,
             "schools_view": one.schools_view}
            for one in entries
        ],
    }  # fmt: skip


# --- lists -----------------------------------------------------------------------------------------------------------


def stages_of(pupils: Collection[Pupil]) -> dict[int, tuple[str, str, date]]:
    """{pupil number: (words, tone, since)} for pupils with a cycle, in one query."""
    cycles = Cycle.objects.filter(pupil__in=pupils).exclude(state=CycleState.ENDED).order_by("pupil", "-number")
    return {cycle.pupil_id: _stage(cycle, clock.today()) for cycle in cycles.distinct("pupil")}


def _stage(cycle: Cycle, today: date) -> tuple[str, str, date]:
    match cycle.state:
        case CycleState.ASSESS:
            late = (today - cycle.started_on).days > rules.ASSESSMENT_DAYS
            return "Assess", "warn" if late else "quiet", cycle.started_on
        case CycleState.PLAN:
            return "Plan", "quiet", cycle.assessed_on or cycle.started_on
        case CycleState.DO if cycle.review_on and cycle.review_on < today:
            return "Review late", "late", cycle.review_on
        case CycleState.DO:
            return "Do", "ok", cycle.agreed_on or cycle.started_on
    return "Reviewed", "quiet", cycle.closed_on or cycle.started_on


def open_cycles_of(pupils: Any) -> list[Cycle]:
    """The open cycles of many pupils, with their pupil and school, and with ``kept_since``: the day of the last
    handover."""
    theirs = Handover.objects.filter(cycle=OuterRef("pk"), to_school=OuterRef("kept_by"))
    handed_over = theirs.order_by("-handed_over_on").values("handed_over_on")
    cycles = Cycle.objects.filter(pupil__in=pupils, state__in=OPEN_STATES).select_related("pupil", "kept_by")
    return list(cycles.annotate(kept_since=Subquery(handed_over[:1])))


def unrecorded_weeks(cycles: Collection[Cycle], today: date) -> dict[int, date]:
    """{cycle number: Monday of the earliest finished week with sessions nobody recorded} of cycles that came from
    ``open_cycles_of``, in three queries. Weeks before the present school kept the cycle are not its to record."""
    under_way = {cycle.pk: cycle for cycle in cycles if cycle.state == CycleState.DO}
    weeks = school_weeks({cycle.kept_by.authority_code for cycle in under_way.values()})
    found: dict[int, date] = {}
    for cycle_id, interventions in _interventions_of(under_way).items():
        cycle: Any = under_way[cycle_id]
        missing = [
            week.week_of
            for one in interventions
            for week in weeks_shown(one, today, weeks[cycle.kept_by.authority_code])
            if week.is_over and week.delivery.not_recorded and week.week_of >= (cycle.kept_since or date.min)
        ]
        if missing:
            found[cycle_id] = min(missing)
    return found


def _interventions_of(cycles: Mapping[int, Cycle]) -> dict[int, list[Intervention]]:
    interventions = Intervention.objects.in_plan().filter(
        outcome__cycle__in=list(cycles), outcome__taken_out_on__isnull=True
    )
    by_cycle: dict[int, list[Intervention]] = defaultdict(list)
    for one in interventions.select_related("outcome").prefetch_related("weeks"):
        by_cycle[one.outcome.cycle_id].append(one)
    return by_cycle


# --- today -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionToday:
    """An intervention of one of my pupils in this week."""

    pupil: Pupil
    intervention: Intervention
    week: WeekShown

    @property
    def is_done(self) -> bool:
        return self.week.delivery.recorded >= self.week.planned


def sessions_of_my_classes(user: User) -> list[SessionToday]:
    """This week's sessions of the pupils in one's own classes; those with something left first. Three queries."""
    monday = monday_of(clock.today())
    interventions = (
        Intervention.objects.in_class_of(user)
        .in_plan()
        .filter(
            outcome__taken_out_on__isnull=True, outcome__cycle__state=CycleState.DO,
            starts_on__lte=monday + timedelta(days=6), ends_on__gte=monday,
        )
        .select_related("pupil", "outcome__cycle__kept_by")
        .prefetch_related(Prefetch("weeks", WeekOfSessions.objects.filter(week_of=monday)))
    )  # fmt: skip
    calendars = school_weeks({one.outcome.cycle.kept_by.authority_code for one in interventions})
    mine = [
        SessionToday(one.pupil, one, _this_week(one, monday, calendars[one.outcome.cycle.kept_by.authority_code]))
        for one in interventions
    ]
    due = [one for one in mine if one.week.row or one.week.planned]
    return sorted(due, key=lambda one: (one.is_done, one.pupil.first_name, one.intervention.pk))


def _this_week(intervention: Intervention, monday: date, weeks: SchoolWeeks) -> WeekShown:
    row = next(iter(intervention.weeks.all()), None)
    planned = row.planned if row else planned_in(intervention, monday, weeks)
    return WeekShown(monday, planned, is_over=False, row=row)
