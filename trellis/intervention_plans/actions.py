"""What people do with a positive intervention plan. Nothing stands until school and pupil have agreed to it."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.design.in_words import full_date
from trellis.documents import actions as documents
from trellis.history import actions as history
from trellis.intervention_plans import permissions, queries, rules
from trellis.intervention_plans.models import InterventionPlan, PlanShared
from trellis.intervention_plans.rules import BOX, PLAN
from trellis.organisations.models import School
from trellis.passports.queries import school_of
from trellis.passports.rules import tidy, words_fit_the_box
from trellis.people.models import User
from trellis.pupils.models import Pupil
from trellis.schooling.models import Suspension

FOR_WHOM = "adults who work with the pupil"


@transaction.atomic
def start_plan(pupil_id: int, *, by: User, key: Key) -> InterventionPlan:
    """Begin a version: from the one that stands, or else from the pupil's passport and the plan of the cycle."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_write_plan(by, pupil))
    if queries.draft_of(pupil) is not None:
        raise Refused("Somebody has begun a new version already. Open it and write on.")
    current = queries.current_plan(pupil)
    contents = queries.contents_of(current) if current else queries.first_words(pupil)
    written_for = school_of(pupil, clock.today()) or by.organisation
    assert written_for is not None  # whoever may do this works somewhere
    plan = InterventionPlan.objects.create(
        pupil=pupil, written_for=written_for, started_on=clock.today(), started_by=by, **contents
    )
    key.made(plan)
    history.record(plan, by, f"Began a {'new version of the ' if current else ''}positive intervention plan.")
    return plan


@transaction.atomic
def write_plan(plan_id: int, *, by: User, seen: int | None, **words: Any) -> InterventionPlan:
    """Change a part of the draft: boxes by name, ``stages`` by stage and heading, risks. All stays short: one page."""
    plan = lock(InterventionPlan, plan_id)
    unchanged(plan, seen)
    require(permissions.can_write_plan(by, plan.pupil))
    if plan.state != "DRAFT":
        raise Refused("This version is closed. Begin a new version to change it.")
    change(plan, **{name: _fitted(name, typed) for name, typed in words.items()})
    history.record(plan, by, "Wrote in the positive intervention plan.")
    return plan


@transaction.atomic
def agree_plan(
    plan_id: int, *, by: User, seen: int | None, agreed_on: date, headteacher: str, agreed_how: str,
    agreed_with: str, looked_through: bool = False,
) -> InterventionPlan:  # fmt: skip
    """Record that the school, by its head, and the pupil agree. From now on it stands, printed on one page, and class
    staff act on it; the version before stays to be read."""
    plan = lock(InterventionPlan, plan_id)
    unchanged(plan, seen)
    pupil = plan.pupil
    require(permissions.can_write_plan(by, pupil))
    PLAN.require("agreed", plan)
    facts = queries.facts_of(plan)
    check(
        *rules.readiness(facts),
        rules.plan_leaves_care_out(facts, looked_through),
        rules.plan_was_agreed_by_today(agreed_on, clock.today()),
        rules.plan_was_agreed_after_it_was_begun(agreed_on, plan.started_on),
    )
    if (before := queries.current_plan(pupil)) is not None:
        PLAN.move("replaced", before)
    plan.number = 1 + (InterventionPlan.objects.filter(pupil=pupil).aggregate(last=Max("number"))["last"] or 0)
    plan.agreed_on, plan.headteacher = agreed_on, headteacher
    plan.review_on = queries.review_due(school_of(pupil, clock.today()), agreed_on)
    document = documents.freeze(
        subject=plan, kind="intervention plan", title=queries.TITLE, audience=FOR_WHOM, by=by,
        template="intervention_plan", snapshot=queries.snapshot_of(plan), pupil=pupil, written_for=plan.written_for,
    )  # fmt: skip
    PLAN.move(
        "agreed", plan, number=plan.number, agreed_on=agreed_on, looked_at_on=agreed_on, review_on=plan.review_on,
        headteacher=headteacher, agreed_how=agreed_how, agreed_with=agreed_with, recorded_by=by, document=document,
    )  # fmt: skip
    history.record(
        plan, by,
        f"Version {plan.number} of the positive intervention plan was agreed with {headteacher} for the school, and "
        f"with {pupil.first_name} by {agreed_with}: {plan.agreed_how_in_words}.",
    )  # fmt: skip
    return plan


@transaction.atomic
def confirm_plan(
    plan_id: int, *, by: User, seen: int | None, looked_on: date, looked_with: str
) -> InterventionPlan:  # fmt: skip
    """Record that the adults and the pupil looked at it together and that it is still right."""
    plan = _standing(plan_id, by, seen)
    check(rules.plan_was_agreed_by_today(looked_on, clock.today()))
    due = queries.review_due(school_of(plan.pupil, clock.today()), looked_on)
    change(plan, looked_at_on=looked_on, review_on=due)
    history.record(plan, by, f"{looked_with} and {plan.pupil.first_name} looked at the plan together: still right.")
    return plan


@transaction.atomic
def look_again_after(plan_id: int, *, by: User, seen: int | None, happened_on: date) -> InterventionPlan:
    """Something serious happened: the plan is looked at again within five school days. What happened is written in
    the school's own incident record, not here."""
    plan = _standing(plan_id, by, seen)
    check(rules.incident_has_happened(happened_on, clock.today()))
    _bring_forward(plan, happened_on, by, "a serious incident")
    return plan


def look_again_after_suspension(suspension: Suspension, by: Any) -> None:
    """A suspension is a serious incident: the plan that stands is looked at again."""
    plan = queries.current_plan(suspension.pupil)
    if plan is not None:
        _bring_forward(plan, suspension.first_day, by, "a suspension")


@transaction.atomic
def share_plan(plan_id: int, *, by: User, key: Key, name: str, role: str, shared_on: date) -> PlanShared:
    """Write down that somebody was given this version."""
    plan = lock(InterventionPlan, plan_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_write_plan(by, plan.pupil))
    if not plan.is_current:
        raise Refused("Only the version that stands is shared. Open that one.")
    check(rules.plan_was_shared_by_today(shared_on, clock.today()))
    written_for = school_of(plan.pupil, clock.today()) or plan.written_for
    shared = PlanShared.objects.create(
        plan=plan, pupil=plan.pupil, written_for=written_for, name=name, role=role, shared_on=shared_on, recorded_by=by
    )
    key.made(shared)
    history.record(shared, by, f"{shared} was given version {plan.number} of the positive intervention plan.")
    return shared


@transaction.atomic
def set_aside_plan(plan_id: int, *, by: User) -> InterventionPlan:
    """Give up a draft. It stays in the record; the version that stands goes on standing."""
    plan = lock(InterventionPlan, plan_id)
    require(permissions.can_write_plan(by, plan.pupil))
    PLAN.move("set aside", plan)
    history.record(plan, by, "Set the draft of the positive intervention plan aside.")
    return plan


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """What the new school receives: the plan that stands, to look at again soon, and a draft as its own. The old
    school goes on reading what it wrote and nothing written since. Called when a pupil moves, who is locked."""
    carried = []
    current = queries.current_plan(pupil)
    if current is not None and current.review_on is not None and current.written_for_id != to_school.pk:
        change(current, review_on=rules.review_at_a_new_school(current.review_on, on))
        carried.append(
            f"The positive intervention plan, version {current.number}: adults and safe place may be others now; look "
            f"at it together by {full_date(current.review_on)}"
        )
    draft = queries.draft_of(pupil)
    if draft is not None and draft.written_for_id != to_school.pk:
        PLAN.move("set aside", draft)
        taken_on = InterventionPlan.objects.create(
            pupil=pupil, written_for=to_school, started_on=draft.started_on, started_by=draft.started_by,
            **queries.contents_of(draft),
        )  # fmt: skip
        history.record(draft, by, f"The draft of the positive intervention plan was handed over to {to_school}.")
        history.record(taken_on, by, "The draft of the positive intervention plan was taken on.")
        carried.append("A draft of the positive intervention plan, not agreed yet")
    return carried


# --- what the actions stand on ---------------------------------------------------------------------------------------


def _standing(plan_id: int, by: User, seen: int | None) -> InterventionPlan:
    """The plan, locked, for who may change it, as long as no newer version stands."""
    plan = lock(InterventionPlan, plan_id)
    unchanged(plan, seen)
    require(permissions.can_write_plan(by, plan.pupil))
    if not plan.is_current:
        raise Refused("A newer version stands. Look at that one together.")
    return plan


def _bring_forward(plan: InterventionPlan, happened_on: date, by: Any, what: str) -> None:
    due = queries.review_after_an_incident(plan, school_of(plan.pupil, clock.today()), happened_on)
    if due != plan.review_on:
        change(plan, review_on=due)
    history.record(
        plan,
        by,
        f"After {what} on {full_date(happened_on)} the positive intervention plan is looked at by {full_date(due)}.",
    )  # fmt: skip


def _fitted(name: str, typed: Any) -> Any:
    """What was typed into one field, tidied; refused at its field when it is too long."""
    if name == "stages":
        return {
            stage: {part: _cell(f"{stage}_{part}", words) for part, words in said.items()}
            for stage, said in typed.items()
        }
    if name not in BOX:
        return typed  # a risk
    words = tidy(typed)
    if not (fits := words_fit_the_box(BOX[name], words)):
        raise Refused(fits.sentence, field=name)
    return words


def _cell(field: str, typed: str) -> str:
    words = tidy(typed)
    if not (fits := rules.words_fit_the_cell(words)):
        raise Refused(fits.sentence, field=field)
    return words
