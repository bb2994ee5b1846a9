"""What people look at about transfers: those of a move, and what is to be sent, received or chased."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from trellis.calendar.models import Term
from trellis.calendar.queries import school_days
from trellis.conduct import clock
from trellis.design.in_words import day_and_month
from trellis.organisations.models import School, VirtualSchool
from trellis.people.models import Membership, User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS
from trellis.pupils.models import CareEpisode, Pupil, SchoolPlace, virtual_school_of
from trellis.pupils.shown import NextStep
from trellis.transfers.models import BY_ROLE, Transfer, TransferState, What
from trellis.transfers.permissions import WHO
from trellis.transfers.rules import SchoolCalendar

DAYS_LOOKED_BACK = 366  # a school left longer ago is not asked for files by a reminder
DAYS_LOOKED_AHEAD = 150


def place_left(pupil: Pupil, place: SchoolPlace) -> SchoolPlace | None:
    """The place at another school that ended before this one began, within a year."""
    since = clock.today() - timedelta(days=DAYS_LOOKED_BACK)
    ended = SchoolPlace.objects.filter(
        pupil=pupil, during__isempty=False, during__endswith__lte=place.since, during__endswith__gte=since
    )
    before = ended.select_related("school").order_by("-during").first()
    return before if before is not None and before.school_id != place.school_id else None


# --- the calendar of the right school --------------------------------------------------------------------------------


def calendars(
    pupil: Pupil, old: School, new: School | None, left_on: date
) -> tuple[SchoolCalendar, SchoolCalendar]:  # fmt: skip
    """The school days around a move, of the old and of the new school's area; of an area whose terms nobody publishes
    here those of the Virtual School that looks after the pupil."""
    codes = {school.authority_code for school in (old, new) if school is not None}
    offices = {one.authority.code: one for one in VirtualSchool.objects.filter(
        authority__code__in=codes).select_related("authority")}  # fmt: skip
    care = CareEpisode.objects.filter(pupil=pupil, during__contains=clock.today()).first()
    caring = virtual_school_of(care.authority_id) if care else None

    def of(school: School | None) -> SchoolCalendar:
        office = offices.get(school.authority_code, caring) if school else None
        return calendar_of(office, left_on) if office else SchoolCalendar()

    return of(old), of(new)


def calendar_of(office: VirtualSchool, left_on: date) -> SchoolCalendar:
    """The school days around a day, and the first ones of terms that begin no earlier than a week before."""
    since = left_on - timedelta(days=7)
    days = tuple(school_days(office, since, left_on + timedelta(days=DAYS_LOOKED_AHEAD)))
    begin = (term.during.lower for term in Term.objects.of(office) if term.during.lower >= since)
    firsts = (next((day for day in days if day >= begins), None) for begins in begin)
    return SchoolCalendar(days, tuple(day for day in firsts if day is not None))


# --- who and what ----------------------------------------------------------------------------------------------------


def who_deals_with(transfer: Transfer, school_id: int | None) -> list[User]:
    """Those at a school who send or receive such a file, each once."""
    there = Membership.objects.on(clock.today()).playing(*BY_ROLE[What(transfer.what)])
    return list(
        User.objects.filter(pk__in=there.filter(organisation=school_id).order_by().values("user")).order_by("pk")
    )


def transfers_between(pupil: Pupil, from_school: School | None, left_on: date, user: User) -> list[Transfer]:
    """The files of one move, as far as this person may know of them."""
    found = Transfer.objects.visible_to(user).filter(pupil=pupil, from_school=from_school, left_on=left_on)
    return list(found.with_names().order_by("due_on", "what"))


def are_kept(pupil: Pupil, from_school: School | None, left_on: date) -> bool:
    """Whether the files of a move stand here as tasks; moves of long ago have none."""
    theirs = Transfer.objects.filter(pupil=pupil, from_school=from_school, left_on=left_on)
    return theirs.exclude(state=TransferState.ENTERED_IN_ERROR).exists()


# --- my week ---------------------------------------------------------------------------------------------------------


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [Transfer.objects.under_way().values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """What is to be received or chased for these pupils, and what the Virtual School does for a school that has nobody
    here, in one query."""
    if not user.plays(SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS):
        return []
    found: Any = Transfer.objects.visible_to(user).under_way().filter(pupil__in=pupils).with_names()
    if user.plays(VIRTUAL_SCHOOL_TEACHERS):
        found = found.annotate(
            nobody_sends=~Q(_somebody("from_school")), nobody_receives=~Q(_somebody("to_school")), is_ours=_ours(user)
        )
    return [step for one in found for step in _to_be_done(one, user, today)]


def steps_after_leaving(user: User, today: date) -> list[NextStep]:
    """What one's school owes of pupils who have left it, in one query."""
    schools = {m.organisation_id for m in user.memberships_today if m.role in SCHOOL_LEADS}
    if not schools:
        return []
    owed = Transfer.objects.visible_to(user).filter(state=TransferState.OWED, from_school__in=schools).with_names()
    return [_to_send(one) for one in owed if user.plays_at(BY_ROLE[What(one.what)], one.from_school_id)]


def _to_be_done(transfer: Transfer, user: User, today: date) -> Iterator[NextStep]:
    is_ours = getattr(transfer, "is_ours", False)
    if transfer.is_owed and is_ours and transfer.nobody_sends:  # type: ignore[attr-defined]
        yield _to_send(transfer)
    receives = user.plays_at(BY_ROLE[What(transfer.what)], transfer.to_school_id) or (
        is_ours and transfer.to_school_id is not None and transfer.nobody_receives  # type: ignore[attr-defined]
    )
    if receives and transfer.state == TransferState.SENT:
        yield _step(transfer, "Say that it has come", transfer.due_on, f"Sent by {transfer.from_school}", "Confirm")
    elif receives and transfer.due_on < today:
        yield _step(transfer, "Chase", transfer.due_on, f"{transfer.from_school} has not sent it", "Remind them")


def _to_send(transfer: Transfer) -> NextStep:
    where_to = f"to {transfer.to_school}" if transfer.to_school else "the new school is not known yet"
    verb = "Send on, or say there is none" if transfer.may_not_exist else "Send on"
    return _step(transfer, verb, transfer.due_on, f"Left on {day_and_month(transfer.left_on)}, {where_to}", "Open")


def _step(transfer: Transfer, verb: str, due_on: date, detail: str, go: str) -> NextStep:
    pupil, what = transfer.pupil, SHORT[What(transfer.what)]
    return NextStep(
        due_on, verb, f"{what} of {pupil.first_name} {pupil.legal_last_name}", transfer.get_absolute_url(), pupil.pk,
        WHO[What(transfer.what)], detail, go,
    )  # fmt: skip


SHORT = {
    What.COMMON_TRANSFER: "common transfer file",
    What.CHILD_PROTECTION: "child protection file",
    What.SEN: "SEN record",
}


def _somebody(school: str) -> Q:
    """Whether the school has somebody here who deals with this file."""
    here = Membership.objects.on(clock.today()).filter(organisation=OuterRef(school))
    found = Q()
    for what, roles in BY_ROLE.items():
        found |= Q(Q(what=what) & Q(Exists(here.playing(*roles))))
    return found


def _ours(user: User) -> Exists:
    offices = [m.organisation_id for m in user.memberships_today if m.role in VIRTUAL_SCHOOL_TEACHERS]
    return Exists(
        CareEpisode.objects.filter(
            pupil=OuterRef("pupil"), during__contains=clock.today(), authority__virtual_school__in=offices
        )
    )
