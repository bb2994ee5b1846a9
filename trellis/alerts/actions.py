"""What is done when a school place is at risk. ``look_again`` is the one way an alert is raised or resolved."""

from typing import Any

from django.db import transaction

from trellis.alerts import permissions, queries, rules
from trellis.alerts.models import Alert, AlertNote, AlertReason, AlertState, PlaceInDoubt, ReasonKind
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.history import actions as history
from trellis.mail import actions as mail
from trellis.people.models import User
from trellis.pupils.models import Pupil
from trellis.schooling import queries as schooling

ONE_AT_A_TIME = {ReasonKind.SUSPENDED_DAYS, ReasonKind.MOVES}  # a count that grows is the same reason, told anew


@transaction.atomic
def look_again(pupil: Pupil, by: Any) -> Alert | None:
    """Hold the facts against the policy. Raises an alert, brings the open one up to date, or resolves it when no reason
    is left; returns the open one. What was set aside comes back only for a reason it did not have.

    Called in the transaction of whatever changed the facts, and each night; safe to repeat.
    """
    pupil = lock(Pupil, pupil.pk)
    place = schooling.place_on(pupil, clock.today())
    found = queries.reasons_of(pupil, clock.today()) if place else []
    alert = queries.open_alert(pupil)
    if alert is not None and place is not None and alert.written_for_id != place.school_id:
        _resolve(alert, f"The pupil moved to {place.school}.", by)
        alert = None
    if alert is not None:
        return _bring_up_to_date(alert, found, by)
    if place is None or not found or not _is_new(pupil, found):
        return None
    return _raise(pupil, place.school, found, by)


@transaction.atomic
def set_aside(alert_id: int, *, by: User, seen: int | None, because: str) -> Alert:
    """Say why this is not a risk now. The alert comes back when a new reason appears."""
    alert = lock(Alert, alert_id)
    unchanged(alert, seen)
    require(permissions.can_set_aside(by, alert))
    check(rules.setting_aside_has_its_reason(because))
    rules.ALERT.move("set aside", alert, set_aside_because=because.strip(), set_aside_by=by, closed_on=clock.today())
    history.record(alert, by, f"Set the alert aside: {because.strip()}")
    return alert


@transaction.atomic
def say_what_is_done(alert_id: int, *, by: User, key: Key, words: str) -> AlertNote:
    """Write down what is being done about an alert; it no longer stands in anybody's week until a new reason comes."""
    alert = lock(Alert, alert_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_answer(by, alert))
    if not alert.is_open:
        raise Refused("This alert is closed. Open the present one, if there is one.")
    note = AlertNote.objects.create(
        alert=alert, pupil_id=alert.pupil_id, written_for_id=alert.written_for_id, words=words, by=by, at=clock.now()
    )
    key.made(note)
    change(alert, answered_on=clock.today())
    history.record(alert, by, "Said what is being done about the alert.")
    return note


@transaction.atomic
def say_in_doubt(pupil_id: int, *, by: User, key: Key, cannot: str, would_help: str = "") -> PlaceInDoubt:
    """The school says early that it may not be able to keep the place: an alert is raised with it."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    place = schooling.place_on(pupil, clock.today())
    require(permissions.can_say_in_doubt(by, pupil, place.school if place else None))
    assert place is not None
    if PlaceInDoubt.objects.filter(pupil=pupil, school=place.school, taken_back_on__isnull=True).exists():
        raise Refused("Your school has said so already. Open the alert to add what is being done.")
    doubt = PlaceInDoubt.objects.create(
        pupil=pupil, written_for=place.school, school=place.school, said_on=clock.today(), said_by=by, cannot=cannot,
        would_help=would_help,
    )  # fmt: skip
    key.made(doubt)
    history.record(doubt, by, f"{place.school} said that it may not be able to keep the place.")
    look_again(pupil, by)
    return doubt


@transaction.atomic
def take_back_doubt(doubt_id: int, *, by: User, seen: int | None, because: str) -> PlaceInDoubt:
    """The school can keep the place after all; what changed is said."""
    doubt = lock(PlaceInDoubt, doubt_id)
    unchanged(doubt, seen)
    require(permissions.can_say_in_doubt(by, doubt.pupil, doubt.school))
    if doubt.taken_back_on is not None:
        return doubt
    change(doubt, taken_back_on=clock.today(), taken_back_because=because)
    history.record(doubt, by, f"{doubt.school} can keep the place: {because}")
    look_again(doubt.pupil, by)
    return doubt


# --- what the actions stand on ---------------------------------------------------------------------------------------


def _is_new(pupil: Pupil, found: list[rules.Found]) -> bool:
    """Whether there is more than what was set aside last."""
    last = Alert.objects.filter(pupil=pupil).order_by("-pk").first()
    if last is None or last.state != AlertState.SET_ASIDE:
        return True
    return rules.comes_back(found, set(last.reasons.values_list("key", flat=True)))


def _raise(pupil: Pupil, school: Any, found: list[rules.Found], by: Any) -> Alert:
    alert = Alert.objects.create(
        pupil=pupil, written_for=school, raised_on=clock.today(), last_happened_on=found[0].happened_on,
        is_only_a_sign=rules.are_only_signs(found),
    )  # fmt: skip
    for one in found:
        _add(alert, one)
    says = "This is worth a look." if alert.is_only_a_sign else "The school place is at risk."
    history.record(alert, by, f"{says} {' '.join(one.sentence for one in found)}")
    _say_so(alert)
    return alert


def _bring_up_to_date(alert: Alert, found: list[rules.Found], by: Any) -> Alert | None:
    """Reasons that are gone end, new ones are added, those that stay are said as they stand now."""
    known = {reason.key: reason for reason in alert.reasons.all()}
    new = [one for one in found if one.key not in known]
    grown = {one.kind: one for one in new if one.kind in ONE_AT_A_TIME}
    now = {one.key: one for one in found}
    for key, reason in known.items():
        standing = reason.ended_on is None
        _keep_or_end(reason, now.get(key) or (grown.pop(reason.kind, None) if standing else None))
    for one in new:
        if one.kind not in ONE_AT_A_TIME or one.kind in grown:
            _add(alert, one)
    if not found:
        _resolve(alert, "None of its reasons is left.", by)
        return None
    stands: dict[str, Any] = {
        "last_happened_on": found[0].happened_on, "is_only_a_sign": rules.are_only_signs(found),
    }  # fmt: skip
    became_a_risk = alert.is_only_a_sign and not stands["is_only_a_sign"]
    if became_a_risk:
        stands |= {"raised_on": clock.today()}
    if not rules.are_only_signs(new):
        stands |= {"answered_on": None}
    if new or any(getattr(alert, name) != value for name, value in stands.items()):
        change(alert, **stands)
    if new:
        history.record(alert, by, f"A new reason in the alert. {' '.join(one.sentence for one in new)}")
    if became_a_risk:
        _say_so(alert)
    return alert


def _keep_or_end(reason: AlertReason, found: rules.Found | None) -> None:
    says: dict[str, Any]
    if found is None:
        says = {"ended_on": reason.ended_on or clock.today()}
    else:
        says = {
            "ended_on": None, "key": found.key, "sentence": found.sentence, "happened_on": found.happened_on,
        }  # fmt: skip
    changed = [name for name, value in says.items() if getattr(reason, name) != value]
    for name in changed:
        setattr(reason, name, says[name])
    if changed:
        reason.save(update_fields=changed)


def _add(alert: Alert, found: rules.Found) -> None:
    AlertReason.objects.create(
        alert=alert, pupil_id=alert.pupil_id, written_for_id=alert.written_for_id, kind=found.kind, key=found.key,
        sentence=found.sentence, happened_on=found.happened_on, found_on=clock.today(),
    )  # fmt: skip


def _resolve(alert: Alert, because: str, by: Any) -> None:
    rules.ALERT.move("resolved", alert, closed_on=clock.today(), closed_because=because)
    history.record(alert, by, f"The alert was closed. {because}")


def _say_so(alert: Alert) -> None:
    """By e-mail, when a place is at risk. A mere sign stands in the list: whoever recorded it decided what follows."""
    if alert.is_only_a_sign:
        return
    for user in queries.told_when_raised(alert):
        mail.write(
            to=user, subject="A pupil’s school place is at risk", path=alert.get_absolute_url(),
            pupil_id=alert.pupil_id,
            body=(
                "Trellis has found reasons to look at a pupil’s school place now, while help can still change it. Open "
                "the page: it says why, and what can be done. Say there what you are doing, or why it is no risk."
            ),
        )  # fmt: skip
