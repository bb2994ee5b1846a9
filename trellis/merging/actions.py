"""Asking whether two records are one child, answering, putting the two together, and taking them apart again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, unchanged
from trellis.conduct.periods import DateRange
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.history import actions as history
from trellis.mail import actions as mail
from trellis.merging import permissions, queries, rules, slots
from trellis.merging.models import MergedRow, SameChild, SameChildState
from trellis.merging.plan import (
    PARKED,
    PERIOD,
    WORDS,
    Plan,
    Step,
    from_text,
    kept_as_text,
    models_that_come,
    newest_of_each_kind,
    plan_of,
)
from trellis.moves.actions import move_school
from trellis.organisations.models import Organisation, School
from trellis.pupils import access
from trellis.pupils.models import Pupil

PUPIL = "pupils.pupil"
HAS_CHANGED = "One of the two records has changed since you looked. Look again at what comes together, then decide."


# --- asking ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    known: Pupil, *, by: Any, asked_for: Organisation, wrote: Mapping[str, Any], because: str,
    asking: Pupil | None = None,
) -> SameChild:  # fmt: skip
    """Ask those who keep a record whether somebody else's child is theirs. An open question is not asked again."""
    if asking is not None:
        _lock_pupils(known.pk, asking.pk)
        if there := SameChild.objects.of_pair(known.pk, asking.pk).filter(state__in=queries.OPEN_STATES).first():
            return there
    question = SameChild.objects.create(
        known=known, asking=asking, wrote=dict(wrote), because=because, asked_by=by, asked_for=asked_for,
        asked_at=clock.now(),
    )  # fmt: skip
    history.record(
        known, by, f"{asked_for} asked whether a child with {because} is this child.",
        written_for=queries.keeper_of(known),
    )  # fmt: skip
    for keeper in queries.who_answers(question):
        mail.write(
            to=keeper,
            subject="Is this the same child? A question about a record you keep",
            body="Somebody wrote down a child who may be one whose record you keep. Open the question, compare, and "
            "say whether it is the same child. They see nothing of your record until you say so.",
            path=question.get_absolute_url(),
            pupil_id=known.pk,
        )
    return question


def ask_about_added(pupil: Pupil, by: Any) -> None:
    """What follows when a school adds a pupil or gives one another UPN: wherever the child may be known already, those
    who keep that record are asked. Whoever added the pupil is told the same, whether there is such a record or not."""
    place = pupil.school_places.filter(during__contains=clock.today()).select_related("school").first()
    if by is None or place is None:
        return
    for known, because in queries.may_be_the_same(pupil, by):
        ask(known, asking=pupil, by=by, asked_for=place.school, wrote=queries.as_written(pupil), because=because)


@transaction.atomic
def ask_about_pair(pupil_id: int, other_id: int, *, by: Any) -> SameChild:
    """Somebody who reads both records whole thinks that they are one child's. The question stands in the other's name
    where it belongs to another authority."""
    pupils = _lock_pupils(pupil_id, other_id)
    asking, known = pupils[pupil_id], pupils[other_id]
    require(permissions.can_ask(by, asking), permissions.can_ask(by, known))
    if permissions.side_of(known) in permissions.codes_of(by) and permissions.side_of(asking) not in (
        permissions.codes_of(by)
    ):
        asking, known = known, asking
    return ask(
        known, asking=asking, by=by, asked_for=by.organisation, wrote=queries.as_written(asking),
        because="a second record",
    )  # fmt: skip


# --- answering -------------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(same_child_id: int, *, by: Any, seen: int | None, moved_on: date | None = None) -> SameChild:
    """Say that it is the same child; ``moved_on``: and that they have moved to the school that asks, whose record opens
    to it from that day."""
    question = _lock_question(same_child_id)
    if question.is_confirmed and question.answered_by_id == by.pk:
        return question
    unchanged(question, seen)
    require(permissions.can_answer(by, question))
    rules.SAME_CHILD.move("confirmed", question, answered_by=by, answered_at=clock.now())
    history.record(
        question.known_now, by, f"Said that the child {question.asked_for} asked about is this child.",
        written_for=queries.keeper_of(question.known_now), state=question.state,
    )  # fmt: skip
    if moved_on is not None:
        move_school(question.known_now.pk, to=_school_that_asks(question), on=moved_on, by=by)
    slots.answered.follow(question, by)
    _tell_the_asker(question)
    return question


def _school_that_asks(question: SameChild) -> School:
    school = School.objects.filter(pk=question.asked_for_id).first()
    if school is None:
        raise Refused("No school asked this, so no school move goes with it.", field="answer")
    return school


def _tell_the_asker(question: SameChild) -> None:
    if question.asked_by is not None and question.asking is not None:
        mail.write(
            to=question.asked_by,
            subject="A pupil you added has a record already",
            body="Those who keep a record of this child said so. Open the question: somebody who reads both records "
            "puts them together.",
            path=question.get_absolute_url(),
            pupil_id=question.asking_id,
        )


@transaction.atomic
def say_different(same_child_id: int, *, by: Any, seen: int | None) -> SameChild:
    """Say that it is another child. Whoever asked is told nothing: they would learn that there is a record."""
    question = _lock_question(same_child_id)
    if question.state == SameChildState.DIFFERENT:
        return question
    unchanged(question, seen)
    require(permissions.can_answer(by, question))
    rules.SAME_CHILD.move("said to be another", question, answered_by=by, answered_at=clock.now())
    history.record(
        question.known_now, by, f"Said that the child {question.asked_for} asked about is another child.",
        written_for=queries.keeper_of(question.known_now), state=question.state,
    )  # fmt: skip
    slots.answered.follow(question, by)
    return question


def record_begun(question: SameChild, pupil: Pupil) -> None:
    """The line of a list that others said is another child has become a record of its own. If they were wrong, it is
    this record that is put together with theirs."""
    change(question, asking=pupil)


@transaction.atomic
def say_same_after_all(same_child_id: int, *, by: Any, seen: int | None) -> SameChild:
    """Take "another child" back: by now there are two records, which somebody who reads both puts together. Whoever
    asked is told as if it had been said at once."""
    question = _lock_question(same_child_id)
    if question.is_confirmed:
        return question
    unchanged(question, seen)
    require(permissions.can_answer(by, question))
    asking = question.asking
    if asking is None or question.asking_now == question.known_now:
        raise Refused("These two are one record already.")
    if SameChild.objects.of_pair(question.known_id, asking.pk).filter(state__in=queries.OPEN_STATES).exists():
        raise Refused("These two records were asked about again since. Answer the newer question.")
    rules.SAME_CHILD.move("said to be the same after all", question, answered_by=by, answered_at=clock.now())
    history.record(
        question.known_now, by, f"Said that the child {question.asked_for} asked about is this child after all.",
        written_for=queries.keeper_of(question.known_now), state=question.state,
    )  # fmt: skip
    _tell_the_asker(question)
    return question


# --- putting together ------------------------------------------------------------------------------------------------


@transaction.atomic
def put_together(
    same_child_id: int, *, by: Any, seen: int | None, keep: int, true: Mapping[str, int], holds: Mapping[str, int],
    why: str, shown: str = "", key: Key | None = None,
) -> SameChild:  # fmt: skip
    """Put two records of one child together: ``keep`` goes on, the other becomes "the same child as".

    ``true`` says for a particular that differs whose is true, ``holds`` for a clash whose rows hold, each by the
    pupil's number. ``shown`` is what the person saw come together; if that has changed, they look again.
    """
    question = _lock_question(same_child_id)
    if key and (made := key.made_before()):
        return made  # type: ignore[no-any-return]
    unchanged(question, seen)
    require(permissions.can_put_together(by, question))
    kept, laid = _kept_and_laid(question, keep)
    check(
        rules.merge_says_why(why),
        rules.both_authorities_agree(permissions.sides_of(question), is_confirmed=_other_side_agreed(question)),
    )
    if shown and shown != queries.as_shown(queries.plan_for(question)):
        raise Refused(HAS_CHANGED)
    plan = plan_of(kept, laid, holds)
    if plan.refusals:
        raise Refused(plan.refusals[0])
    newest = newest_of_each_kind([kept.pk, laid.pk])
    _carry_out(plan)
    changed = _one_of_the_two(kept, laid, true)
    MergedRow.objects.bulk_create([*_written_down(question, plan.steps), *_written_down_pupils(question, changed)])
    _bring_access_up_to_date(kept)
    rules.SAME_CHILD.move(
        "put together", question, kept=kept, laid=laid, why=why, newest=newest, together_by=by,
        together_at=clock.now(), told={"aside": [step.words for step in plan.steps if step.is_aside and step.words]},
    )  # fmt: skip
    if key:
        key.made(question)
    for pupil in (kept, laid):
        history.record(
            pupil, by, "Two records of this child were put together.", written_for=queries.keeper_of(kept),
            state=question.state,
        )  # fmt: skip
    return question


def _kept_and_laid(question: SameChild, keep: int) -> tuple[Pupil, Pupil]:
    one, other = question.known_now, question.asking_now
    if other is None or one.pk == other.pk:
        raise Refused("These two are one record already.")
    if keep not in (one.pk, other.pk):
        raise Refused("Choose the record that goes on.", field="keep")
    return (one, other) if keep == one.pk else (other, one)


def _other_side_agreed(question: SameChild) -> bool:
    return question.is_confirmed and question.answered_by_id != question.asked_by_id


def _carry_out(plan: Plan) -> None:
    """In an order that never has two of what there may be one of: what gives way first, what comes, what lies aside."""
    laid = [step for step in plan.steps if step.was["pupil_id"] == plan.laid.pk and not step.is_aside]
    stays = [step for step in plan.steps if step.was["pupil_id"] == plan.kept.pk and not step.is_aside]
    gives_way = list(plan.of(plan.kept.pk, aside=True))
    _write(stays)
    parked = _park(gives_way)
    _write(laid)
    _write(gives_way, unpark=parked)


def _write(steps: Iterable[Step], *, unpark: Mapping[Any, Mapping[str, Any]] | None = None) -> None:
    """Write what each row becomes; rows that change alike in one statement."""
    alike: dict[Any, list[int]] = {}
    for step in steps:
        fields = {**step.becomes, **(unpark or {}).get((step.model, step.pk), {})}
        alike.setdefault((step.model, tuple(fields.items())), []).append(step.pk)
    for (model, values), pks in alike.items():
        model._default_manager.filter(pk__in=pks).update(**dict(values))


def _park(steps: Iterable[Step]) -> dict[Any, dict[str, Any]]:
    """Let rows count for no constraint until they have left; return what each has to get back."""
    back = {}
    for step in steps:
        names = {one.name for one in step.model._meta.get_fields()}
        parked = {PERIOD: DateRange(empty=True)} if PERIOD in names else {"state": PARKED} if "state" in names else {}
        if parked:
            rows = step.model._default_manager.filter(pk=step.pk)
            back[step.model, step.pk] = rows.values(*parked).get()
            rows.update(**parked)
    return back


def _one_of_the_two(kept: Pupil, laid: Pupil, true: Mapping[str, int]) -> list[tuple[Pupil, dict[str, Any]]]:
    """The record that goes on says what is true; the other keeps what is not. Return what each pupil said before."""
    holds, gives_way = queries.particulars_after(kept, laid, true)
    earlier = list(laid.put_together.all())
    before: list[tuple[Pupil, dict[str, Any]]] = [
        (kept, {name: getattr(kept, name) for name in holds}),
        (laid, {name: getattr(laid, name) for name in holds} | {"same_child_as_id": None}),
        *((pupil, {"same_child_as_id": laid.pk}) for pupil in earlier),
    ]
    for pupil in (laid, *earlier):
        change(pupil, same_child_as=kept)
    change(laid, **gives_way)
    change(kept, **holds)
    return before


def _written_down(question: SameChild, steps: Iterable[Step]) -> Iterable[MergedRow]:
    for step in steps:
        yield MergedRow(
            same_child=question, kind=step.model._meta.label_lower, row_id=step.pk, is_aside=step.is_aside,
            was=kept_as_text(step.was), became=kept_as_text(step.becomes),
        )  # fmt: skip


def _written_down_pupils(question: SameChild, before: Iterable[tuple[Pupil, dict[str, Any]]]) -> Iterable[MergedRow]:
    for pupil, was in before:
        became = {name: getattr(pupil, name) for name in was}
        yield MergedRow(
            same_child=question, kind=PUPIL, row_id=pupil.pk, was=kept_as_text(was), became=kept_as_text(became)
        )


def _bring_access_up_to_date(*pupils: Pupil) -> None:
    for pupil in pupils:
        access.bring_up_to_date(Pupil.objects.get(pk=pupil.pk))


# --- taking apart ----------------------------------------------------------------------------------------------------


@transaction.atomic
def take_apart(same_child_id: int, *, by: Any, seen: int | None, why: str) -> SameChild:
    """Put back every row that was moved: two children again. What was written since stays with the record that went on,
    but for what is part of a row that goes back."""
    question = _lock_question(same_child_id)
    if question.state == SameChildState.APART:
        return question
    unchanged(question, seen)
    require(permissions.can_take_apart(by, question))
    check(rules.merge_says_why(why))
    kept, laid = question.kept, question.laid
    assert kept is not None
    assert laid is not None
    if kept.same_child_as_id or laid.same_child_as_id != kept.pk:
        raise Refused("The record that went on was put together with another one since. Take those two apart first.")
    try:
        with transaction.atomic():
            as_it_is = _put_back(question, kept, laid)
    except IntegrityError as error:
        raise Refused(
            "Something that was written since stands where a row has to go back: for example, a new open cycle. "
            "Close it first, then take the records apart."
        ) from error
    _bring_access_up_to_date(kept, laid)
    told = question.told | {"stayed": queries.written_since(question), "as_it_is": as_it_is}
    rules.SAME_CHILD.move(
        "taken apart", question, apart_by=by, apart_at=clock.now(), why_apart=why, told=told
    )  # fmt: skip
    for pupil in (kept, laid):
        history.record(
            pupil, by, "Two records that were put together were taken apart: they are two children.",
            written_for=queries.keeper_of(pupil), state=question.state,
        )  # fmt: skip
    return question


def _put_back(question: SameChild, kept: Pupil, laid: Pupil) -> list[str]:
    """Every row as it was, in the order that putting together took backwards; what was changed since stays changed and
    is told."""
    as_it_is: list[str] = []
    rows = list(question.rows.exclude(kind=PUPIL))
    gave_way = [row for row in rows if row.is_aside and row.was["pupil_id"] == kept.pk]
    came = [row for row in rows if not row.is_aside and row.was["pupil_id"] == laid.pk]
    stayed = [row for row in rows if not row.is_aside and row.was["pupil_id"] == kept.pk]
    parked = _park(Step(apps.get_model(row.kind), row.row_id, row.was, {}) for row in gave_way)
    for row in [*_parts_written_since(came, kept), *came]:
        _back(row, as_it_is)
    for row in stayed:
        _back(row, as_it_is, may_stay=True)
    for row in gave_way:
        model = apps.get_model(row.kind)
        model._default_manager.filter(pk=row.row_id).update(pupil_id=kept.pk, **parked.get((model, row.row_id), {}))
    pupils = sorted(question.rows.filter(kind=PUPIL), key=lambda row: row.row_id != kept.pk)
    for row in pupils:
        _back(row, as_it_is)
    return as_it_is


def _back(row: MergedRow, as_it_is: list[str], *, may_stay: bool = False) -> None:
    """One row as it was. A field that was changed since keeps what it says now; so does one that no longer fits."""
    model: Any = apps.get_model(row.kind)
    now = model._default_manager.get(pk=row.row_id)
    says = kept_as_text({name: getattr(now, name) for name in row.was})
    changed = [name for name in row.was if name != "pupil_id" and says[name] != row.became.get(name, says[name])]
    fields = {name: from_text(name, value) for name, value in row.was.items() if name not in changed}
    try:
        with transaction.atomic():
            model._default_manager.filter(pk=row.row_id).update(**fields)
    except IntegrityError:
        if not may_stay:
            raise
        changed = ["as it is"]
    if changed:
        words = WORDS.get(row.kind, ("the pupil’s particulars" if row.kind == PUPIL else row.kind,))[0]
        as_it_is.append(words)


def _parts_written_since(came: list[MergedRow], kept: Pupil) -> list[MergedRow]:
    """What was written since as part of a row that goes back (a week of sessions of its cycle) goes with it."""
    going = {(row.kind, row.row_id) for row in came}
    found: list[MergedRow] = []
    more = True
    while more:
        more = False
        for model in models_that_come():
            for whole in queries.wholes(model):
                kind = whole.related_model._meta.label_lower
                ids = [pk for one, pk in going if one == kind]
                parts = model._default_manager.filter(pupil_id=kept.pk, **{f"{whole.attname}__in": ids}) if ids else ()
                for part in parts:
                    label = model._meta.label_lower
                    if (label, part.pk) not in going:
                        going.add((label, part.pk))
                        laid_id = came[0].was["pupil_id"]
                        found.append(MergedRow(kind=label, row_id=part.pk, was={"pupil_id": laid_id}, became={}))
                        more = True
    return found


# --- locks -----------------------------------------------------------------------------------------------------------


def _lock_question(same_child_id: int) -> SameChild:
    """The question, its two records and whatever was put together with them, locked in the order of their numbers."""
    pair = SameChild.objects.values_list("known", "asking", "kept", "laid").get(pk=same_child_id)
    _lock_pupils(*(pk for pk in pair if pk))
    SameChild.objects.select_for_update().get(pk=same_child_id)
    return SameChild.objects.with_names().get(pk=same_child_id)


def _lock_pupils(*pupil_ids: int) -> dict[int, Pupil]:
    """As ``lock`` does, for two records at once; those that were laid down too."""
    ids = set(pupil_ids) | set(Pupil.objects.filter(same_child_as__in=pupil_ids).values_list("pk", flat=True))
    ids |= {pk for pk in Pupil.objects.filter(pk__in=pupil_ids).values_list("same_child_as", flat=True) if pk}
    return {pupil.pk: pupil for pupil in Pupil.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
