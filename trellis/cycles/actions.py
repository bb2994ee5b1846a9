"""What people do in a cycle. Each locks the pupil and the cycle first, and writes for the school that keeps it."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from trellis.calendar.rules import monday_of
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.cycles import permissions, queries, rules, slots
from trellis.cycles.models import (
    Adjustment,
    AreaOfNeed,
    AssessmentEntry,
    Cycle,
    CycleReview,
    CycleState,
    Decision,
    Handover,
    Intervention,
    Outcome,
    OutcomeResult,
    ReviewVoice,
    WeekOfSessions,
    WhoSaid,
)
from trellis.cycles.rules import CYCLE
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.organisations.models import School
from trellis.people.models import User
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil, SchoolPlace
from trellis.voices.models import View, Whose

# --- start -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_cycle(pupil_id: int, *, by: User, key: Key, carry_on: Collection[int] = ()) -> Cycle:
    """Begin the pupil's next cycle at the school where they are. Outcomes of the last cycle come along only when
    chosen by number in ``carry_on``; their baseline is then what the review found."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()
    if place is None:
        raise Refused(f"{pupil.first_name} has no school place today. A cycle is kept by a school: record it first.")
    require(permissions.can_start_cycle(by, pupil, place.school))
    last = Cycle.objects.filter(pupil=pupil).latest_first().first()
    if last is not None and last.is_open:
        raise Refused(f"Cycle {last.number} is still open. Record its review before you start the next one.")
    cycle = Cycle.objects.create(
        pupil=pupil, written_for=place.school, kept_by=place.school, started_on=clock.today(),
        number=last.number + 1 if last else 1, follows=last,
    )  # fmt: skip
    if last is not None:
        _carry_on(last, cycle, carry_on)
    key.made(cycle)
    history.record(cycle, by, f"Started cycle {cycle.number}.")
    return cycle


def _carry_on(last: Cycle, cycle: Cycle, chosen: Collection[int]) -> None:
    for outcome in Outcome.objects.in_plan().filter(cycle=last, pk__in=chosen).select_related("result"):
        result = getattr(outcome, "result", None)
        Outcome.objects.create(
            cycle=cycle, pupil_id=cycle.pupil_id, written_for_id=cycle.kept_by_id, carried_from=outcome,
            statement=outcome.statement, pupils_words=outcome.pupils_words, measure=outcome.measure,
            target=outcome.target, baseline=result.now[:300] if result else outcome.baseline,
        )  # fmt: skip


# --- assess ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_assessment_entry(
    cycle_id: int, *, by: User, key: Key, who_said: str, words: str, said_on: date,
    area: str = AreaOfNeed.GENERAL, name: str = "", is_concern: bool = False, schools_view: str = "",
) -> AssessmentEntry:  # fmt: skip
    """Add what somebody knows about the pupil."""
    cycle = lock(Cycle, cycle_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_add_entry(by, cycle))
    _still_open(cycle)
    check(rules.was_said_by_today(said_on, clock.today()))
    entry = AssessmentEntry.objects.create(
        cycle=cycle, pupil_id=cycle.pupil_id, written_for_id=cycle.kept_by_id, written_by=by, who_said=who_said,
        name=name, area=area, words=words, said_on=said_on, is_concern=is_concern, schools_view=schools_view,
    )  # fmt: skip
    key.made(entry)
    history.record(entry, by, f"Added to the assessment of cycle {cycle.number}: {entry}.", state=cycle.state)
    return entry


@transaction.atomic
def change_assessment_entry(entry_id: int, *, by: User, seen: int | None, **words: Any) -> AssessmentEntry:
    """Correct an entry. Words brought in from a view stay as they were given."""
    cycle, entry = _locked(AssessmentEntry, entry_id)
    unchanged(entry, seen)
    require(permissions.can_keep_cycle(by, cycle))
    _still_open(cycle)
    check(rules.was_said_by_today(words.get("said_on", entry.said_on), clock.today()))
    if entry.view_id is not None and words.get("words", entry.words) != entry.words:
        raise Refused("These are somebody’s own words, kept as they were given.", field="words")
    change(entry, **words)
    history.record(entry, by, f"Changed in the assessment: {entry}.", state=cycle.state)
    return entry


@transaction.atomic
def bring_in_view(cycle_id: int, *, by: User, view_id: int, area: str = AreaOfNeed.GENERAL) -> AssessmentEntry:
    """Use a view given before in this assessment, word for word. Again changes nothing."""
    cycle = lock(Cycle, cycle_id)
    require(permissions.can_keep_cycle(by, cycle))
    _still_open(cycle)
    view = View.objects.visible_to(by).of_child(cycle.pupil_id).get(pk=view_id)
    entry, made = AssessmentEntry.objects.get_or_create(
        cycle=cycle,
        view=view,
        defaults={
            "pupil_id": cycle.pupil_id, "written_for_id": cycle.kept_by_id, "written_by": by, "area": area,
            "who_said": _who_said(view), "words": view.in_words, "said_on": view.given_on,
        },
    )  # fmt: skip
    if made:
        history.record(entry, by, f"Brought {view} into the assessment of cycle {cycle.number}.", state=cycle.state)
    return entry


def _who_said(view: View) -> str:
    return {Whose.PUPIL: WhoSaid.PUPIL, Whose.CARER: WhoSaid.CARER, Whose.PARENT: WhoSaid.PARENT}.get(
        Whose(view.whose), WhoSaid.SOCIAL_WORKER
    )


@transaction.atomic
def finish_assessment(
    cycle_id: int, *, by: User, seen: int | None, summary: str, barrier: str, areas: Collection[str] = (),
    strengths: str = "", other_causes: Mapping[str, str] | None = None, causes_found: str = "",
) -> Cycle:  # fmt: skip
    """Say what goes well, what the assessment found and what gets in the way; where the need is social, emotional or
    mental health, what else was looked at ({OtherCause: CauseFound}). While the plan is written it may be said better.
    """
    cycle = lock(Cycle, cycle_id)
    unchanged(cycle, seen)
    require(permissions.can_keep_cycle(by, cycle))
    check(
        rules.assessment_rests_on_something(cycle.entries.count()),
        rules.assessment_has_a_summary(summary),
        rules.assessment_names_the_barrier(barrier),
        rules.semh_has_another_look(areas, other_causes or {}),
    )
    CYCLE.move(
        "assessed", cycle, strengths=strengths, summary=summary, barrier=barrier, areas=list(areas),
        other_causes=dict(other_causes or {}), causes_found=causes_found,
        assessed_on=cycle.assessed_on or clock.today(),
    )  # fmt: skip
    history.record(cycle, by, f"Finished the assessment of cycle {cycle.number}.", written_for=cycle.kept_by)
    return cycle


# --- plan ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_outcome(
    cycle_id: int, *, by: User, key: Key, statement: str, pupils_words: str = "", baseline: str = "",
    measure: str = "", target: str = "",
) -> Outcome:  # fmt: skip
    """Say what should be different for the pupil."""
    cycle = lock(Cycle, cycle_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    _may_change_plan(by, cycle)
    outcome = Outcome.objects.create(
        cycle=cycle, pupil_id=cycle.pupil_id, written_for_id=cycle.kept_by_id, statement=statement,
        pupils_words=pupils_words, baseline=baseline, measure=measure, target=target,
    )  # fmt: skip
    key.made(outcome)
    _plan_changed(cycle, by, f"Added an outcome: {outcome}.")
    return outcome


@transaction.atomic
def change_outcome(outcome_id: int, *, by: User, seen: int | None, **words: Any) -> Outcome:
    """Change the words, baseline, measure or target of an outcome."""
    cycle, outcome = _locked(Outcome, outcome_id)
    unchanged(outcome, seen)
    _may_change_plan(by, cycle)
    _still_in_plan(outcome)
    change(outcome, **words)
    _plan_changed(cycle, by, f"Changed the outcome: {outcome}.")
    return outcome


@transaction.atomic
def remove_outcome(outcome_id: int, *, by: User) -> Outcome:
    """Take an outcome and its support out of the plan. It stays in the record."""
    cycle, outcome = _locked(Outcome, outcome_id)
    _may_change_plan(by, cycle)
    _still_in_plan(outcome)
    if cycle.state == CycleState.DO:
        check(rules.agreed_plan_keeps_an_outcome(queries.plan_facts(cycle)))
    change(outcome, taken_out_on=clock.today())
    _plan_changed(cycle, by, f"Took an outcome out of the plan: {outcome}.")
    return outcome


@transaction.atomic
def add_intervention(
    outcome_id: int, *, by: User, key: Key, name: str, accountable_teacher: str, deliverer: str, times_a_week: int,
    minutes: int, starts_on: date, ends_on: date, group_size: int | None = None, details: str = "",
) -> Intervention:  # fmt: skip
    """Plan something that is done towards an outcome: what, by whom, how often, from when to when."""
    cycle, outcome = _locked(Outcome, outcome_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    _may_change_plan(by, cycle)
    _still_in_plan(outcome)
    check(rules.intervention_ends_after_it_starts(starts_on, ends_on))
    intervention = Intervention.objects.create(
        outcome=outcome, pupil_id=cycle.pupil_id, written_for_id=cycle.kept_by_id, name=name, details=details,
        accountable_teacher=accountable_teacher, deliverer=deliverer, times_a_week=times_a_week, minutes=minutes,
        group_size=group_size, starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    key.made(intervention)
    _plan_changed(cycle, by, f"Planned {intervention}, {intervention.how_often}.")
    return intervention


@transaction.atomic
def change_intervention(intervention_id: int, *, by: User, seen: int | None, **words: Any) -> Intervention:
    """Change an intervention. Weeks recorded already stay inside its dates."""
    cycle, intervention = _locked(Intervention, intervention_id)
    unchanged(intervention, seen)
    _may_change_plan(by, cycle)
    _still_in_plan(intervention)
    starts_on, ends_on = words.get("starts_on", intervention.starts_on), words.get("ends_on", intervention.ends_on)
    weeks = list(intervention.weeks.values_list("week_of", flat=True))
    check(
        rules.intervention_ends_after_it_starts(starts_on, ends_on),
        rules.recorded_weeks_stay_inside(starts_on, ends_on, weeks),
    )
    change(intervention, **words)
    _plan_changed(cycle, by, f"Changed {intervention}, {intervention.how_often}.")
    return intervention


@transaction.atomic
def remove_intervention(intervention_id: int, *, by: User) -> Intervention:
    """Take an intervention out of the plan. One with sessions recorded is evidence: it is given an end instead."""
    cycle, intervention = _locked(Intervention, intervention_id)
    _may_change_plan(by, cycle)
    _still_in_plan(intervention)
    if intervention.weeks.exists():
        raise Refused("Sessions are recorded for this. Change its last day instead, so that they stay in view.")
    change(intervention, taken_out_on=clock.today())
    _plan_changed(cycle, by, f"Took {intervention} out of the plan.")
    return intervention


@transaction.atomic
def add_adjustment(outcome_id: int, *, by: User, key: Key, what: str, who: str = "All staff") -> Adjustment:
    """Write down a reasonable adjustment: what is done differently, always."""
    cycle, outcome = _locked(Outcome, outcome_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    _may_change_plan(by, cycle)
    _still_in_plan(outcome)
    adjustment = Adjustment.objects.create(
        outcome=outcome, pupil_id=cycle.pupil_id, written_for_id=cycle.kept_by_id, what=what, who=who
    )
    key.made(adjustment)
    _plan_changed(cycle, by, f"Added a reasonable adjustment: {adjustment}.")
    return adjustment


@transaction.atomic
def change_adjustment(adjustment_id: int, *, by: User, seen: int | None, what: str, who: str) -> Adjustment:
    cycle, adjustment = _locked(Adjustment, adjustment_id)
    unchanged(adjustment, seen)
    _may_change_plan(by, cycle)
    _still_in_plan(adjustment)
    change(adjustment, what=what, who=who)
    _plan_changed(cycle, by, f"Changed a reasonable adjustment: {adjustment}.")
    return adjustment


@transaction.atomic
def remove_adjustment(adjustment_id: int, *, by: User) -> Adjustment:
    cycle, adjustment = _locked(Adjustment, adjustment_id)
    _may_change_plan(by, cycle)
    _still_in_plan(adjustment)
    change(adjustment, taken_out_on=clock.today())
    _plan_changed(cycle, by, f"Took a reasonable adjustment out of the plan: {adjustment}.")
    return adjustment


@transaction.atomic
def set_review_date(cycle_id: int, *, by: User, review_on: date, seen: int | None = None) -> Cycle:
    """Say when everybody will look together at what changed."""
    cycle = lock(Cycle, cycle_id)
    unchanged(cycle, seen)
    _may_change_plan(by, cycle)
    check(rules.review_date_lies_ahead(review_on, clock.today()))
    _plan_changed(cycle, by, f"Set the review date: {full_date(review_on)}.", review_on=review_on)
    return cycle


@transaction.atomic
def share_plan(cycle_id: int, *, by: User, shared_with: str, shared_on: date, printed: bool = False) -> Cycle:
    """Record that the parent or carer was shown the plan: who, when, and whether on paper."""
    cycle = lock(Cycle, cycle_id)
    _may_change_plan(by, cycle)
    check(rules.plan_was_shown_by_today(shared_on, clock.today()))
    change(cycle, shared_with=shared_with, shared_on=shared_on, printed=printed)
    paper = ", on paper" if printed else ""
    history.record(
        cycle, by, f"The plan was shown to {shared_with} on {full_date(shared_on)}{paper}.", written_for=cycle.kept_by
    )
    return cycle


@transaction.atomic
def agree_plan(cycle_id: int, *, by: User, seen: int | None) -> Cycle:
    """Agree the plan: from now on it is done."""
    cycle = lock(Cycle, cycle_id)
    unchanged(cycle, seen)
    require(permissions.can_keep_cycle(by, cycle))
    CYCLE.require("agreed", cycle)
    check(*rules.readiness(queries.plan_facts(cycle), clock.today()).stops)
    CYCLE.move("agreed", cycle, agreed_on=clock.today(), agreed_by=by)
    history.record(cycle, by, f"Agreed the plan of cycle {cycle.number}.", written_for=cycle.kept_by)
    return cycle


# --- do --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_week(
    cycle_id: int, *, by: User, week_of: date, held: Mapping[int, int], reasons: Mapping[int, str] | None = None
) -> list[WeekOfSessions]:
    """Record a week: how many sessions of each intervention were held; the rest of those planned were missed, with a
    reason. Interventions left out stay as they were."""
    cycle = lock(Cycle, cycle_id)
    require(permissions.can_record_sessions(by, cycle))
    _under_way(cycle)
    reasons = reasons or {}
    interventions = Intervention.objects.in_plan().filter(outcome__cycle=cycle, outcome__taken_out_on__isnull=True)
    calendar = queries.school_weeks_of(cycle)
    weeks = [
        _record(one, by, week_of, queries.planned_in(one, week_of, calendar), held[one.pk], reasons.get(one.pk, ""))
        for one in interventions.filter(pk__in=held).order_by("pk")
    ]
    if weeks:
        words = sum((queries.delivery_of(week) for week in weeks), rules.Delivery()).in_words
        history.record(cycle, by, f"Week of {full_date(week_of)}: {words}.", written_for=cycle.kept_by)
    return weeks


def _record(
    intervention: Intervention, by: User, week_of: date, planned: int, held: int, reason: str
) -> WeekOfSessions:
    _check_week(intervention, week_of)
    check(rules.held_is_possible(held), rules.missed_sessions_have_a_reason(planned, held, reason))
    week, _ = WeekOfSessions.objects.update_or_create(
        intervention=intervention,
        week_of=week_of,
        defaults={"planned": planned, "held": held, "missed": max(0, planned - held), "reason": reason}
        | _recorded(intervention, by),
    )
    return week


@transaction.atomic
def hold_session(intervention_id: int, *, by: User, key: Key) -> WeekOfSessions:
    """One session was held, just now."""
    return _tick(intervention_id, by, key, "held", "Held a session of {}.", held=1)


@transaction.atomic
def miss_session(intervention_id: int, *, by: User, key: Key, reason: str = "") -> WeekOfSessions:
    """One session did not happen today."""
    return _tick(intervention_id, by, key, "missed", "A session of {} did not happen.", missed=1, reason=reason)


@transaction.atomic
def take_back_session(intervention_id: int, *, by: User, key: Key, what: str = "held") -> WeekOfSessions:
    """Undo a tick of this week: ``what`` is "held" or "missed"."""
    back = {"held": (-1, 0), "missed": (0, -1)}[what]
    return _tick(intervention_id, by, key, what, "Took back a tick of {}.", held=back[0], missed=back[1])


def _tick(
    intervention_id: int, by: User, key: Key, what: str, sentence: str, held: int = 0, missed: int = 0, reason: str = ""
) -> WeekOfSessions:
    cycle, intervention = _locked(Intervention, intervention_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_record_sessions(by, cycle))
    _under_way(cycle)
    week_of = monday_of(clock.today())
    _check_week(intervention, week_of)
    week, _ = WeekOfSessions.objects.get_or_create(
        intervention=intervention,
        week_of=week_of,
        defaults={"planned": queries.planned_in(intervention, week_of, queries.school_weeks_of(cycle))}
        | _recorded(intervention, by),
    )
    if getattr(week, what) + held + missed < 0:
        raise Refused("There is nothing to take back.")
    check(rules.held_is_possible(week.held + held))
    week.held, week.missed, week.reason = week.held + held, week.missed + missed, reason or week.reason
    week.recorded_by, week.recorded_at = by, clock.now()
    week.save(update_fields=["held", "missed", "reason", "recorded_by", "recorded_at"])
    key.made(week)
    history.record(intervention, by, sentence.format(intervention), written_for=cycle.kept_by)
    return week


def _check_week(intervention: Intervention, week_of: date) -> None:
    check(
        rules.week_begins_on_monday(week_of),
        rules.week_has_begun(week_of, clock.today()),
        rules.week_lies_in_the_intervention(week_of, intervention.starts_on, intervention.ends_on),
    )


def _recorded(intervention: Intervention, by: User) -> dict[str, Any]:
    return {
        "pupil_id": intervention.pupil_id, "written_for_id": intervention.outcome.cycle.kept_by_id,
        "recorded_by": by, "recorded_at": clock.now(),
    }  # fmt: skip


# --- review ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_review(
    cycle_id: int, *, by: User, seen: int | None, key: Key, held_on: date, results: Mapping[int, tuple[str, str]],
    decisions: Collection[str], views: Mapping[str, str | View] | None = None, next_steps: str = "",
) -> CycleReview:  # fmt: skip
    """Close the cycle with what it changed. ``results``: {outcome number: (result, what is the case now)}; ``views``:
    {"pupil" | "carer" | "teacher": words, or a View given before}. Each decision opens its next step."""
    cycle = lock(Cycle, cycle_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    unchanged(cycle, seen)
    require(permissions.can_keep_cycle(by, cycle))
    CYCLE.require("reviewed", cycle)
    status = queries.sen_status_on(cycle.pupil, clock.today())
    _check_review(cycle, held_on, frozenset(results), tuple(decisions), status)
    review = CycleReview.objects.create(
        cycle=cycle, pupil_id=cycle.pupil_id, written_for_id=cycle.kept_by_id, held_on=held_on, sen_status=status,
        decisions=list(decisions), next_steps=next_steps, recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    about = {"review": review, "pupil_id": cycle.pupil_id, "written_for_id": cycle.kept_by_id}
    for outcome_id, (result, now) in results.items():
        OutcomeResult.objects.create(outcome_id=outcome_id, result=result, now=now, **about)
    for whose, said in (views or {}).items():
        _keep_voice(whose, said, about)
    CYCLE.move("reviewed", cycle, closed_on=clock.today())
    key.made(review)
    history.record(cycle, by, f"Reviewed cycle {cycle.number}: {review.decisions_in_words}.", written_for=cycle.kept_by)
    if Decision.END_SUPPORT in decisions:
        pupils.set_sen_status(cycle.pupil_id, by=by, status="N")
    slots.review_recorded.follow(review, by)
    return review


def _check_review(
    cycle: Cycle, held_on: date, rated: frozenset[int], decisions: tuple[str, ...], sen_status: str
) -> None:
    outcomes = frozenset(cycle.outcomes.in_plan().values_list("pk", flat=True))  # type: ignore[attr-defined]
    assert cycle.agreed_on is not None  # a constraint holds it for a cycle under way
    facts = rules.ReviewFacts(held_on, cycle.agreed_on, outcomes, rated, decisions, sen_status)
    check(
        rules.review_was_held_by_today(facts, clock.today()),
        rules.review_follows_the_plan(facts),
        rules.review_looks_at_each_outcome(facts),
        rules.review_decides_something(facts),
        rules.decisions_agree_with_each_other(facts),
        rules.ehc_plan_is_not_ended_by_a_review(facts),
    )


def _keep_voice(whose: str, said: str | View, about: dict[str, Any]) -> None:
    view = said if isinstance(said, View) else None
    words = view.in_words if view else str(said)
    if words.strip():
        ReviewVoice.objects.create(whose=whose, words=words, view=view, **about)


@transaction.atomic
def end_cycle(cycle_id: int, *, by: User, seen: int | None, because: str) -> Cycle:
    """End an open cycle without a review: begun by mistake, or the pupil has left. Says why."""
    cycle = lock(Cycle, cycle_id)
    unchanged(cycle, seen)
    require(permissions.can_keep_cycle(by, cycle))
    if not because.strip():
        raise Refused("Say why the cycle ends without a review.", field="because")
    CYCLE.move("ended", cycle, closed_on=clock.today(), ended_because=because)
    history.record(cycle, by, f"Ended cycle {cycle.number} without a review: {because}", written_for=cycle.kept_by)
    return cycle


@transaction.atomic
def hand_over(cycle_id: int, *, to_school: School, by: Any) -> Cycle:
    """Pass an open cycle to the pupil's new school, which goes on with it. The old school reads on what it wrote, as
    it stood on the day. Called when a pupil moves; the move itself says who may."""
    cycle = lock(Cycle, cycle_id)
    if cycle.kept_by_id == to_school.pk or not cycle.is_open:
        return cycle
    Handover.objects.create(
        cycle=cycle, pupil_id=cycle.pupil_id, written_for_id=cycle.kept_by_id, to_school=to_school,
        handed_over_on=clock.today(), as_it_stood=queries.as_it_stands(cycle),
    )  # fmt: skip
    history.record(cycle, by, f"Cycle {cycle.number} was handed over to {to_school}.", written_for=cycle.kept_by)
    change(cycle, kept_by=to_school)
    history.record(cycle, by, f"Cycle {cycle.number} was taken on.", written_for=to_school)
    return cycle


# --- what the actions stand on ---------------------------------------------------------------------------------------


def _locked(model: Any, pk: int) -> tuple[Cycle, Any]:
    """The cycle of a row and the row, both locked, the pupil first."""
    row = lock(model, pk)
    cycle_id = row.outcome.cycle_id if hasattr(row, "outcome_id") else row.cycle_id
    return lock(Cycle, cycle_id), row


def _still_open(cycle: Cycle) -> None:
    if not cycle.is_open:
        raise Refused(f"Cycle {cycle.number} is closed. It is evidence now and stays as it is.")


def _may_change_plan(by: User, cycle: Cycle) -> None:
    require(permissions.can_keep_cycle(by, cycle))
    _still_open(cycle)


def _still_in_plan(row: Any) -> None:
    if row.taken_out_on is not None:
        raise Refused("This was taken out of the plan.")


def _under_way(cycle: Cycle) -> None:
    if cycle.state != CycleState.DO:
        raise Refused("Sessions are recorded while the plan is under way.")


def _plan_changed(cycle: Cycle, by: User, sentence: str, **fields: Any) -> None:
    """Step the cycle's version, so that nobody agrees a plan they have not seen; say it."""
    if cycle.state == CycleState.DO:
        fields["plan_changed_on"] = clock.today()
    change(cycle, **fields)
    history.record(cycle, by, sentence, written_for=cycle.kept_by)
