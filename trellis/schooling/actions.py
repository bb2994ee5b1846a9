"""What people do when a pupil is kept out of school."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.mail import actions as mail
from trellis.organisations.models import School
from trellis.people.models import User
from trellis.pupils.models import Pupil
from trellis.schooling import permissions, queries, rules, slots
from trellis.schooling.models import (
    Attainment,
    Attendance,
    Kind,
    PartTimePolicy,
    PartTimeReview,
    PartTimeTimetable,
    ReviewDecided,
    SentHome,
    Suspension,
    Telling,
    ToldBy,
    ToldBySchool,
    Who,
    days_in_words,
)
from trellis.schooling.queries import Around

T = TypeVar("T", bound=ToldBySchool)

# --- suspensions -----------------------------------------------------------------------------------------------------


@transaction.atomic
def record_suspension(
    pupil_id: int, *, by: User, key: Key, kind: str, decided_by: str, decided_at: datetime, first_day: date,
    last_day: date | None = None, from_midday: bool = False, until_midday: bool = False, reasons: list[str],
    what_happened: str, misses_exam: bool = False, work_set: str = "", provision: str = "",
    provision_from: date | None = None, told_then: bool = False,
) -> Suspension:  # fmt: skip
    """Enter what the headteacher decided. Everybody whom the law names is told at once, or put on the list of those
    still to be told; ``told_then``: the school told them long ago, so nobody is told again. The same form again gives
    the suspension there is."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    school = _school_of(pupil, by)
    last_day = None if kind == Kind.PERMANENT else last_day
    others = list(Suspension.objects.filter(pupil=pupil).that_were().with_names())
    out = _out(school, kind, first_day, last_day, from_midday=from_midday, until_midday=until_midday)
    facts = rules.ToSuspend(
        kind, decided_by, decided_at, first_day, last_day, out,
        frozenset(day for other in others for day in other.days), queries.fullest_year(out, others), reasons,
    )  # fmt: skip
    check(
        rules.headteacher_decides(facts),
        rules.decision_has_been_made(facts, clock.now()),
        rules.suspension_follows_its_decision(facts, decided_at.astimezone(clock.LONDON).date()),
        rules.suspension_has_its_last_day(facts),
        rules.suspension_takes_school_days(facts),
        rules.suspension_takes_days_of_its_own(facts),
        rules.suspension_keeps_within_the_year(facts),
        rules.suspension_has_one_to_three_reasons(facts),
    )
    suspension = Suspension.objects.create(
        pupil=pupil, written_for=school, school=school, kind=kind, decided_by=decided_by, decided_at=decided_at,
        recorded_by=by, recorded_at=clock.now(), first_day=first_day, last_day=last_day, from_midday=from_midday,
        until_midday=until_midday, days=list(out.days), half_days=out.half_days, reasons=reasons,
        what_happened=what_happened, follows=queries.followed_by(school, first_day, others), misses_exam=misses_exam,
        work_set=work_set, provision=provision, provision_from=provision_from,
    )  # fmt: skip
    key.made(suspension)
    by_whom = "Entered later; the school told of it then." if told_then else f"Decided by {decided_by}, headteacher."
    history.record(suspension, by, f"{told_as(suspension)}. {by_whom}")
    if not told_then:
        _tell_of_suspension(suspension, others)
    slots.suspension_recorded.follow(suspension, by)
    return suspension


@transaction.atomic
def arrange(
    suspension_id: int, *, by: User, seen: int | None, work_set: str = "", provision: str = "",
    provision_from: date | None = None, board_meets_on: date | None = None, welcome_back_on: date | None = None,
) -> Suspension:  # fmt: skip
    """Say what is arranged for the days out and for coming back. When the governing board's day is set, the social
    worker and the Virtual School head hear of it: they may attend."""
    suspension = lock(Suspension, suspension_id)
    unchanged(suspension, seen)
    require(permissions.can_change_suspension(by, suspension))
    if provision and provision_from is None:
        raise Refused("Say from which day the pupil is taught there.", field="provision_from")
    board_is_new = board_meets_on is not None and board_meets_on != suspension.board_meets_on
    change(
        suspension, work_set=work_set, provision=provision, provision_from=provision_from,
        board_meets_on=board_meets_on, welcome_back_on=welcome_back_on,
    )  # fmt: skip
    history.record(suspension, by, _arranged(suspension))
    if board_is_new:
        _invite_to_board(suspension)
    return suspension


@transaction.atomic
def cancel_suspension(suspension_id: int, *, by: User, seen: int | None, because: str) -> Suspension:
    """The headteacher takes the suspension back: the days still to come fall away, those spent out of school count."""
    return _close(suspension_id, "cancelled", "The headteacher cancelled the suspension", by, seen, because)


@transaction.atomic
def reinstate(suspension_id: int, *, by: User, seen: int | None, because: str) -> Suspension:
    """The governing board reinstates the pupil."""
    return _close(suspension_id, "reinstated", "The governing board reinstated the pupil", by, seen, because)


@transaction.atomic
def record_sent_home(
    pupil_id: int, *, by: User, key: Key, happened_on: date, asked_by: str, what_happened: str, left_at: Any = None,
    what_next: str = "",
) -> SentHome:  # fmt: skip
    """Write down that a pupil was sent home to cool off. It was not lawful, so it is recorded as a risk, never as a
    suspension, and the pupil's place counts as at risk."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    school = _school_of(pupil, by)
    if happened_on > clock.today():
        raise Refused("This day lies in the future.", field="happened_on")
    sent_home = SentHome.objects.create(
        pupil=pupil, written_for=school, school=school, happened_on=happened_on, asked_by=asked_by, left_at=left_at,
        what_happened=what_happened, what_next=what_next, recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    key.made(sent_home)
    history.record(sent_home, by, f"Sent home on {full_date(happened_on)} without a suspension.")
    slots.sent_home_recorded.follow(sent_home, by)
    return sent_home


# --- attendance and attainment --------------------------------------------------------------------------------------


@transaction.atomic
def tell_attendance(
    pupil_id: int, *, by: User, starts_on: date, ends_on: date, possible: int, attended: int,
    authorised: int | None = None, unauthorised: int | None = None, source: str, at: School | None = None,
) -> Attendance:  # fmt: skip
    """Say what a pupil's register shows for a period at the present school; ``at``: at a school before, as the file it
    sent tells. Told anew, the new figures stand and the old ones are kept; the same again changes nothing."""
    pupil = lock(Pupil, pupil_id)
    here = _school_told_of(pupil, by)
    facts = rules.ToTellAttendance(starts_on, ends_on, possible, attended, authorised, unauthorised)
    check(
        rules.attendance_is_of_days_past(facts, clock.today()),
        rules.sessions_fit_their_period(facts),
        rules.sessions_add_up(facts),
    )
    of_period = {"pupil": pupil, "school": at or here, "starts_on": starts_on, "ends_on": ends_on}
    says = {
        "possible": possible, "attended": attended, "authorised": authorised, "unauthorised": unauthorised,
    }  # fmt: skip
    return _told_anew(Attendance, of_period, says, by=by, source=source, here=here)


@transaction.atomic
def tell_attainment(
    pupil_id: int, *, by: User, subject: str, assessment: str, result: str, against_expected: str = "",
    assessed_on: date, source: str,
) -> Attainment:  # fmt: skip
    """Say what an assessment of a pupil gave. Told anew, the new result stands and the old one is kept; the same again
    changes nothing."""
    pupil = lock(Pupil, pupil_id)
    school = _school_told_of(pupil, by)
    check(rules.assessment_has_been_made(assessed_on, clock.today()))
    of_assessment = {
        "pupil": pupil, "school": school, "subject": subject, "assessment": assessment, "assessed_on": assessed_on,
    }  # fmt: skip
    says = {"result": result, "against_expected": against_expected}
    return _told_anew(Attainment, of_assessment, says, by=by, source=source, here=school)


def _school_told_of(pupil: Pupil, by: User) -> School:
    place = queries.place_on(pupil, clock.today())
    require(permissions.can_tell_of_schooling(by, pupil, place.school if place else None))
    assert place is not None
    return place.school


def _told_anew(
    model: type[T], about: dict[str, Any], says: dict[str, Any], *, by: User, source: str, here: School
) -> T:
    rows: Any = model._default_manager
    before: T | None = rows.filter(**about, superseded_at__isnull=True).first()
    if before is not None and all(getattr(before, name) == value for name, value in says.items()):
        return before
    if before is not None:
        before.superseded_at = clock.now()
        before.save(update_fields=["superseded_at"])
    told: T = rows.create(**about, **says, written_for=here, source=source[:200], told_by=by, told_at=clock.now())
    what = "Attendance" if isinstance(told, Attendance) else "Attainment"
    period = f", {told.period_in_words}" if isinstance(told, Attendance) else ""
    history.record(told, by, f"{what}{' corrected' if before else ''}: {told}{period}.")
    return told


# --- who was told ----------------------------------------------------------------------------------------------------


@transaction.atomic
def tell(
    telling_id: int, *, by: User, seen: int | None, told_how: str, told_at: datetime, name: str = "", note: str = ""
) -> Telling:
    """Tick off that somebody was told: how, by whom, when. Ticked before, it stays as it was."""
    telling = lock(Telling, telling_id)
    require(permissions.can_tell(by, telling))
    if telling.is_done:
        return telling
    unchanged(telling, seen)
    if told_at > clock.now():
        raise Refused("This moment lies in the future. Tick it off when they have been told.", field="told_at")
    if told_at < telling.since:
        raise Refused("This moment lies before the decision. Check the day and the time.", field="told_at")
    if told_how == ToldBy.NOT_SAFE and not note.strip():
        raise Refused("Say who decided not to tell them, and why.", field="note")
    change(
        telling, told_how=told_how, told_at=told_at, told_by=by, name=name.strip() or telling.name, note=note.strip()
    )
    history.record(telling, by, _ticked(telling))
    return telling


# --- part-time timetables --------------------------------------------------------------------------------------------


@transaction.atomic
def agree_part_time(
    pupil_id: int, *, by: User, key: Key, minutes_now: int, minutes_full: int, because: str, reason: str,
    parent_agreed: str, social_worker_agreed: str = "", virtual_school_agreed: str = "", pupils_view: str = "",
    starts_on: date, ends_on: date, ramp_plan: str, safe_off_site: str, work_set: str,
) -> PartTimeTimetable:  # fmt: skip
    """Put a pupil on a part-time timetable that everybody concerned agreed to. Its first review is set; the social
    worker, the Virtual School and the authority are told."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    school = _school_of(pupil, by)
    if PartTimeTimetable.objects.filter(pupil=pupil).current().exists():
        raise Refused("There is a part-time timetable already. Review it: a review may extend or end it.")
    people = queries.around(pupil, clock.today())
    policy = PartTimePolicy.objects.counting(people.virtual_school, starts_on)
    facts = rules.ToGoPartTime(
        because, minutes_now, minutes_full, starts_on, ends_on, people.care is not None, policy.weeks_at_most,
        policy.virtual_school_agrees, parent_agreed, social_worker_agreed, virtual_school_agreed,
    )  # fmt: skip
    check(*_part_time_findings(facts))
    timetable = PartTimeTimetable.objects.create(
        pupil=pupil, written_for=school, school=school, minutes_now=minutes_now, minutes_full=minutes_full,
        because=because, reason=reason, parent_agreed=parent_agreed, social_worker_agreed=social_worker_agreed,
        virtual_school_agreed=virtual_school_agreed, pupils_view=pupils_view, starts_on=starts_on, ends_on=ends_on,
        review_on=_next_review(starts_on, ends_on, policy), ramp_plan=ramp_plan, safe_off_site=safe_off_site,
        work_set=work_set, policy=policy if policy.pk else None, recorded_by=by, recorded_at=clock.now(),
    )  # fmt: skip
    key.made(timetable)
    history.record(
        timetable, by, f"A part-time timetable was agreed from {full_date(starts_on)} to {full_date(ends_on)}."
    )
    _tell_of_timetable(timetable, people)
    slots.part_time_agreed.follow(timetable, by)
    return timetable


@transaction.atomic
def review_part_time(
    timetable_id: int, *, by: User, seen: int | None, key: Key, held_on: date, with_whom: str, words: str, decided: str,
    minutes_now: int | None = None, ends_on: date | None = None,
) -> PartTimeReview:  # fmt: skip
    """Record the review: the timetable goes on, is extended, or ends. Only a review may extend it."""
    timetable = lock(PartTimeTimetable, timetable_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    unchanged(timetable, seen)
    require(permissions.can_record_for(by, timetable.pupil, timetable.school))
    rules.PART_TIME.require("ended", timetable)
    check(rules.part_time_review_was_held(held_on, clock.today()))
    extended = decided == ReviewDecided.EXTENDED
    minutes = minutes_now if extended and minutes_now is not None else timetable.minutes_now
    until = ends_on if extended and ends_on is not None else timetable.ends_on
    policy = timetable.policy or PartTimePolicy()
    if extended:
        check(*_extension_findings(timetable, policy, held_on, minutes, until))
    elif decided == ReviewDecided.GOES_ON and timetable.ends_on < clock.today():
        raise Refused("Its end date has passed: extend it with a new end date, or end it.", field="decided")
    review = PartTimeReview.objects.create(
        timetable=timetable, pupil_id=timetable.pupil_id, written_for_id=timetable.written_for_id, held_on=held_on,
        with_whom=with_whom, words=words, decided=decided, minutes_now=minutes, ends_on=until, recorded_by=by,
        recorded_at=clock.now(),
    )  # fmt: skip
    key.made(review)
    if decided == ReviewDecided.ENDED:
        rules.PART_TIME.move("ended", timetable, ended_on=held_on, ended_because=words)
    else:
        change(timetable, minutes_now=minutes, ends_on=until, review_on=_next_review(held_on, until, policy))
    history.record(timetable, by, f"Reviewed the part-time timetable: {_lower(str(review.get_decided_display()))}.")
    (slots.part_time_ended if decided == ReviewDecided.ENDED else slots.part_time_agreed).follow(timetable, by)
    return review


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """A pupil changes school: a part-time timetable ends with the place it was for, suspended days go on counting.
    Returns what the new school should know, as sentences."""
    lock(Pupil, pupil.pk)
    told = []
    for timetable in PartTimeTimetable.objects.filter(pupil=pupil).current().exclude(school=to_school).with_names():
        because = f"The pupil moved to {to_school} on {full_date(on)}."
        rules.PART_TIME.move("ended", timetable, ended_on=on, ended_because=because)
        history.record(timetable, by, f"The part-time timetable ended with the place at {timetable.school}.")
        slots.part_time_ended.follow(timetable, by)
        told.append(
            f"The part-time timetable at {timetable.school} ended with the place there: "
            "a new school starts full time, or agrees one of its own"
        )
    half_days = queries.half_days_in_year(pupil, on)
    if half_days:
        told.append(
            f"Suspended for {days_in_words(half_days)} this school year: the count goes on at the new school, "
            "up to 45 school days"
        )
    return told


# --- what the actions stand on ---------------------------------------------------------------------------------------


def told_as(suspension: Suspension) -> str:
    """ "Suspended for 2½ school days from 3 February 2027"."""
    match suspension.kind:
        case Kind.PERMANENT:
            return f"Permanently excluded from {full_date(suspension.first_day)}"
        case Kind.LUNCHTIMES:
            lunchtimes = "1 lunchtime" if len(suspension.days) == 1 else f"{len(suspension.days)} lunchtimes"
            return f"Suspended for {lunchtimes} from {full_date(suspension.first_day)}"
    return f"Suspended for {days_in_words(suspension.half_days)} from {full_date(suspension.first_day)}"


def _school_of(pupil: Pupil, by: User) -> School:
    """The pupil's present school, for those who may record for it."""
    place = queries.place_on(pupil, clock.today())
    require(permissions.can_record_for(by, pupil, place.school if place else None))
    assert place is not None
    return place.school


def _out(school: School, kind: str, first_day: date, last_day: date | None, **halves: bool) -> rules.Out:
    if last_day is None or last_day < first_day:
        return rules.Out(())
    if (last_day - first_day).days > 366:
        raise Refused("These dates lie more than a year apart. Check them.", field="last_day")
    days = tuple(queries.school_days_of(school, first_day, last_day))
    return rules.Out(days, at_lunchtimes=kind == Kind.LUNCHTIMES, **halves)


def _close(suspension_id: int, verb: str, sentence: str, by: User, seen: int | None, because: str) -> Suspension:
    suspension = lock(Suspension, suspension_id)
    unchanged(suspension, seen)
    require(permissions.can_change_suspension(by, suspension))
    if not because.strip():
        raise Refused("Say why, in a sentence.", field="because")
    spent = [day for day in suspension.days if day <= clock.today()]
    suspension.days = spent
    half_days = queries.out_of(suspension).half_days
    rules.SUSPENSION.move(
        verb, suspension, days=spent, half_days=half_days, closed_on=clock.today(), closed_because=because
    )
    history.record(suspension, by, f"{sentence}: {because}")
    slots.suspension_closed.follow(suspension, by)
    return suspension


def _tell_of_suspension(suspension: Suspension, others: list[Suspension]) -> None:
    people = queries.around(suspension.pupil, clock.today())
    in_term = queries.fullest_term(suspension.school, queries.out_of(suspension), suspension.first_day, others)
    facts = people.facts(
        suspension.school, is_permanent=suspension.is_permanent, half_days_in_term=in_term,
        misses_exam=suspension.misses_exam,
    )  # fmt: skip
    for notice in rules.whom_to_tell(facts):
        _put_on_the_list(
            notice, people, school=suspension.school, facts=facts, since=suspension.decided_at,
            by=suspension.recorded_by, subject="A pupil has been suspended or excluded",
            about={"suspension": suspension, "pupil": suspension.pupil, "written_for_id": suspension.written_for_id},
        )  # fmt: skip


def _tell_of_timetable(timetable: PartTimeTimetable, people: Around) -> None:
    notices = rules.whom_to_tell_of_part_time(
        is_looked_after=people.care is not None, social_worker_is_named=people.social_worker is not None
    )
    for notice in notices:
        _put_on_the_list(
            notice, people, school=timetable.school, facts=None, since=timetable.recorded_at, by=timetable.recorded_by,
            subject="A part-time timetable has been agreed for a pupil",
            about={"timetable": timetable, "pupil": timetable.pupil, "written_for_id": timetable.written_for_id},
        )  # fmt: skip


def _put_on_the_list(
    notice: rules.Notice, people: Around, *, school: School, facts: rules.SuspensionFacts | None, since: datetime,
    by: User, subject: str, about: dict[str, Any],
) -> None:  # fmt: skip
    """One row for each person this notice means. Who has an account hears by e-mail in this transaction; whoever has
    not stays on the list until somebody ticks them off."""
    for name, how, users, address in _persons(notice, people, school, facts):
        telling = Telling.objects.create(
            who=notice.to, name=name, how=how, source=notice.source, since=since, **about
        )  # fmt: skip
        told = _mail(telling, users, address, subject)
        if told:
            change(telling, mailed_at=clock.now(), told_at=clock.now(), told_how=ToldBy.EMAIL, told_by=by)


def _persons(
    notice: rules.Notice, people: Around, school: School, facts: rules.SuspensionFacts | None
) -> Iterator[tuple[str, str, list[User], str]]:
    """Name, how, accounts and address of everybody whom a notice means."""
    match notice.to:
        case Who.PARENT if people.parents and facts is not None:
            for parent in people.parents:
                own = replace(facts, parent_may_be_contacted=parent.may_be_contacted)
                yield parent.name, rules.how_a_parent_hears(own), [], ""
        case Who.CARER:
            yield ", ".join(carer.name for carer in people.carers), notice.how, [], ""
        case Who.SOCIAL_WORKER | Who.EHC_COORDINATOR:
            named = people.social_worker if notice.to == Who.SOCIAL_WORKER else people.ehc_coordinator
            users = [named.user] if named and named.user else []
            yield named.name if named else "", notice.how, users, named.email if named else ""
        case Who.VIRTUAL_SCHOOL_HEAD:
            heads = list(people.virtual_school_heads)
            yield ", ".join(str(head) for head in heads), notice.how, heads, ""
        case Who.AUTHORITY:
            yield school.authority_name, notice.how, [], ""
        case Who.HOME_AUTHORITY:
            yield str(people.lives_in.authority) if people.lives_in else "", notice.how, [], ""
        case _:
            yield "", notice.how, [], ""


def _mail(telling: Telling, users: list[User], address: str, subject: str) -> bool:
    """Write to those with an account, who read the rest on the page. Somebody with only an address is asked to ring the
    school: an e-mail names no child, so they have not been told yet."""
    for user in users:
        mail.write(
            to=user, subject=subject, path=telling.get_absolute_url(), pupil_id=telling.pupil_id,
            body=(
                f"{telling.written_for} has recorded something you must hear of without delay. Open the page: it says "
                "what was decided, for how long, and what is arranged."
            ),
        )  # fmt: skip
    if not users and address:
        mail.write(
            to=address, subject=subject, pupil_id=telling.pupil_id,
            body=(
                f"{telling.written_for} must tell you of this without delay. Please ring the school today: this e-mail "
                "does not say which pupil it is about."
            ),
        )  # fmt: skip
        change(telling, mailed_at=clock.now())
    return bool(users)


def _invite_to_board(suspension: Suspension) -> None:
    """Source: 2012 Regulations as amended 2022 and 2023: both may attend, from afar too."""
    people = queries.around(suspension.pupil, clock.today())
    worker = people.social_worker.user if people.social_worker else None
    for user in [*people.virtual_school_heads, *([worker] if worker else [])]:
        mail.write(
            to=user, subject="A governing board meets about a suspension or exclusion", pupil_id=suspension.pupil_id,
            path=suspension.get_absolute_url(),
            body="The day of the meeting is set. You may attend, also from afar. Open the page for the day.",
        )  # fmt: skip


def _arranged(suspension: Suspension) -> str:
    parts = []
    if suspension.provision_from:
        parts.append(f"full-time education from {full_date(suspension.provision_from)}")
    if suspension.board_meets_on:
        parts.append(f"the governing board meets on {full_date(suspension.board_meets_on)}")
    if suspension.welcome_back_on:
        parts.append(f"the meeting to come back is on {full_date(suspension.welcome_back_on)}")
    return f"Arranged: {'; '.join(parts)}." if parts else "Said what work is set."


def _part_time_findings(facts: rules.ToGoPartTime) -> list[Any]:
    return [
        rules.timetable_is_not_for_behaviour(facts),
        rules.part_time_is_less_than_full(facts),
        rules.timetable_ends_after_it_starts(facts),
        rules.timetable_is_short(facts),
        rules.parent_agrees_to_timetable(facts),
        rules.social_worker_agrees_to_timetable(facts),
        rules.virtual_school_agrees_to_timetable(facts),
    ]


def _extension_findings(
    timetable: PartTimeTimetable, policy: PartTimePolicy, held_on: date, minutes_now: int, ends_on: date
) -> list[Any]:
    """An extension counts its weeks from the review that made it."""
    facts = rules.ToGoPartTime(
        timetable.because, minutes_now, timetable.minutes_full, held_on, ends_on, False, policy.weeks_at_most
    )
    return [
        rules.part_time_is_less_than_full(facts),
        rules.timetable_ends_after_it_starts(facts),
        rules.timetable_is_short(facts),
    ]


def _next_review(since: date, ends_on: date, policy: PartTimePolicy) -> date:
    return min(since + timedelta(weeks=policy.weeks_between_reviews), ends_on)


def _ticked(telling: Telling) -> str:
    who = _lower(str(telling.get_who_display()))
    if telling.told_how == ToldBy.NOT_SAFE:
        return f"Decided not to tell the {who}: {telling.note}"
    return f"Told the {who} {_lower(str(telling.get_told_how_display()))}."


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:] if not words.startswith("EHC") else words
