"""What law and guidance say of keeping a pupil out of school: who decides, how long, who is told, what is owed.

Days are counted in half days, as integers: two a school day, one for a half day or a lunchtime.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from trellis.calendar.rules import academic_year, add_school_days, bank_holidays
from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.pupils.models import LegalStatus
from trellis.schooling.models import Kind, PartTimeState, SuspensionState, Who, WhyPartTime

EXCLUSIONS_LAW = "Education Act 2002 s.51A; Pupil Exclusions and Reviews Regulations 2012"
TOLD_LAW = "Pupil Exclusions and Reviews Regulations 2012, as amended 2022"
EXCLUSIONS_GUIDANCE = "DfE, Suspension and permanent exclusion guidance"
ATTENDANCE_GUIDANCE = "DfE, Working together to improve school attendance: part-time timetables"
YEARLY_CAP = 2 * 45  # half days
FIVE_DAYS, FIFTEEN_DAYS = 2 * 5, 2 * 15
SIXTH_DAY = 6
BOARD_SOON, BOARD_LATER = 15, 50  # school days

SUSPENSION = Workflow(
    name="suspension",
    states=SuspensionState,
    moves={
        "cancelled": ((SuspensionState.STANDS,), SuspensionState.CANCELLED),
        "reinstated": ((SuspensionState.STANDS,), SuspensionState.REINSTATED),
        "taken back with its file": ((SuspensionState.STANDS,), SuspensionState.ENTERED_IN_ERROR),
    },
)
PART_TIME = Workflow(
    name="part-time timetable",
    states=PartTimeState,
    moves={"ended": ((PartTimeState.CURRENT,), PartTimeState.ENDED)},
)


# --- counting --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Out:
    """The school days of one suspension, and which of them are half ones."""

    days: Sequence[date]
    from_midday: bool = False
    until_midday: bool = False
    at_lunchtimes: bool = False

    @property
    def by_day(self) -> dict[date, int]:
        """Half days out, by the day. A lunchtime counts as half a day."""
        halves = dict.fromkeys(self.days, 1 if self.at_lunchtimes else 2)
        if self.days and not self.at_lunchtimes:
            halves[self.days[0]] -= self.from_midday
            halves[self.days[-1]] -= self.until_midday
        return halves

    @property
    def half_days(self) -> int:
        return sum(self.by_day.values())

    def within(self, since: date, until: date) -> int:
        """Half days from ``since`` up to and including ``until``."""
        return sum(halves for day, halves in self.by_day.items() if since <= day <= until)


def easter_monday(year: int) -> date:
    """The one bank holiday on a Monday between 23 March and 26 April."""
    return next(
        d for d in sorted(bank_holidays(year)) if date(year, 3, 23) <= d <= date(year, 4, 26) and d.weekday() == 0
    )


def reference_period(day: date) -> tuple[date, date]:
    """The "term" of a school that has not three of them: the days up to 31 December, Easter Monday or 31 July (2012
    Regulations, regulation 2)."""
    easter = easter_monday(day.year)
    for starts, ends in (
        (date(day.year, 1, 1), easter),
        (easter + timedelta(days=1), date(day.year, 7, 31)),
        (date(day.year, 8, 1), date(day.year, 12, 31)),
    ):
        if starts <= day <= ends:
            return starts, ends
    raise AssertionError("the three periods fill a year")


def school_year(day: date) -> tuple[date, date]:
    begins = academic_year(day)
    return date(begins, 9, 1), date(begins + 1, 8, 31)


def sixth_day(days_out: Sequence[date], first_day: date, school_days: Collection[date]) -> date | None:
    """The sixth school day out, consecutive suspensions added up (``days_out``: all of them); None when fewer are
    taken, or when the calendar known does not reach. A permanent exclusion takes every school day."""
    if not days_out:  # for good
        day_before = first_day - timedelta(days=1)
        return add_school_days(day_before, SIXTH_DAY, school_days)
    return sorted(days_out)[SIXTH_DAY - 1] if len(days_out) >= SIXTH_DAY else None


@dataclass(frozen=True)
class BoardDuty:
    """What the governing board owes: within so many school days, or nothing by itself."""

    school_days: int | None
    sentence: str


def board_duty(*, is_permanent: bool, half_days_in_term: int, misses_exam: bool) -> BoardDuty:
    """Source: 2012 Regulations, regulations 6, 15 and 24."""
    if is_permanent or half_days_in_term > FIFTEEN_DAYS or misses_exam:
        exam = " It tries to meet before the examination or test." if misses_exam else ""
        return BoardDuty(
            BOARD_SOON, f"The governing board meets within 15 school days and considers reinstatement.{exam}"
        )
    if half_days_in_term > FIVE_DAYS:
        return BoardDuty(
            BOARD_LATER,
            "If a parent makes representations, the governing board meets within 50 school days.",
        )
    return BoardDuty(None, "The governing board considers what a parent says; it cannot direct reinstatement.")


# --- a suspension ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToSuspend:
    """A suspension as it is being entered, with what counts already."""

    kind: str
    decided_by: str
    decided_at: datetime
    first_day: date
    last_day: date | None
    out: Out
    taken_days: frozenset[date] = frozenset()  # days of earlier suspensions
    most_in_a_year: int = 0  # half days of the fullest school year, this one included
    reasons: Sequence[str] = ()


@rule(source=EXCLUSIONS_LAW, is_law=True, field="decided_by")
def headteacher_decides(suspension: ToSuspend) -> bool:
    """Only the headteacher, or whoever acts as head, may suspend. Name the person who decided."""
    return bool(suspension.decided_by.strip())


@rule(source="A suspension is written down when it has been decided", field="decided_at")
def decision_has_been_made(suspension: ToSuspend, now: datetime) -> bool:
    """The decision lies in the future. Enter a suspension when the headteacher has decided it."""
    return suspension.decided_at <= now


@rule(source=f"{EXCLUSIONS_LAW}: nobody is suspended for days that are past", is_law=True, field="first_day")
def suspension_follows_its_decision(suspension: ToSuspend, decided_on: date) -> bool:
    """The first day out lies before the decision. Was the pupil sent home before anybody decided? Record that apart."""
    return suspension.first_day >= decided_on


@rule(source=EXCLUSIONS_LAW, is_law=True, field="last_day")
def suspension_has_its_last_day(suspension: ToSuspend) -> bool:
    """A suspension ends: enter its last day, on or after the first. Only a permanent exclusion has none."""
    if suspension.kind == Kind.PERMANENT:
        return True
    return suspension.last_day is not None and suspension.last_day >= suspension.first_day


@rule(source="Suspensions are counted in school days (domain, head note)", field="last_day")
def suspension_takes_school_days(suspension: ToSuspend) -> bool:
    """There is no school day, or no half of one, between these dates. Check them against the term."""
    return suspension.kind == Kind.PERMANENT or suspension.out.half_days > 0


@rule(source="A pupil is suspended once on any day", field="first_day")
def suspension_takes_days_of_its_own(suspension: ToSuspend) -> bool:
    """The pupil is suspended on some of these days already. Open that suspension first."""
    return not suspension.taken_days & set(suspension.out.days)


def fullest_year(out: Out, others: Sequence[Out]) -> int:
    """The half days of the fullest school year that these days touch, with all others of that year."""
    years = {school_year(day) for day in out.days}
    return max((sum(one.within(*year) for one in (out, *others)) for year in years), default=0)


@rule(source=f"{EXCLUSIONS_LAW}: 45 school days in a school year", is_law=True, field="last_day")
def suspension_keeps_within_the_year(suspension: ToSuspend) -> bool:
    """With this the pupil would be suspended for more than 45 school days in a school year. The law allows 45."""
    return suspension.most_in_a_year <= YEARLY_CAP


@rule(source="School census: up to three reasons", field="reasons")
def suspension_has_one_to_three_reasons(suspension: ToSuspend) -> bool:
    """Choose one, two or three reasons."""
    return 1 <= len(suspension.reasons) <= 3


@rule(source=EXCLUSIONS_LAW, is_law=True)
def pupil_is_not_sent_home_to_cool_off(was_sent_home_without_a_suspension: bool) -> bool:
    """Sending a pupil home to cool off is unlawful, even when the carer or parent agrees."""
    return not was_sent_home_without_a_suspension


# --- who is told -----------------------------------------------------------------------------------------------------


AUTHORITY_HAS_RESPONSIBILITY = {LegalStatus.C1, LegalStatus.C2, LegalStatus.D1, LegalStatus.E1, LegalStatus.L2}


@dataclass(frozen=True)
class SuspensionFacts:
    """What decides who hears of a suspension."""

    is_permanent: bool = False
    legal_status: str = ""  # of the looked-after return; empty when not looked after
    parent_is_known: bool = True  # somebody with parental responsibility stands among the people around the pupil
    parent_may_be_contacted: bool = True
    social_worker_is_named: bool = False
    has_ehc_plan: bool = False
    half_days_in_term: int = 0  # this suspension included
    misses_exam: bool = False
    lives_in_another_authority: bool = False

    @property
    def is_looked_after(self) -> bool:
        return bool(self.legal_status)

    @property
    def parents_are_told(self) -> bool:
        """Parents keep their responsibility in care. Where the authority has it too, it is the parent who is told; and
        so is whoever else is known to hold it."""
        return self.legal_status not in AUTHORITY_HAS_RESPONSIBILITY or self.parent_is_known


@dataclass(frozen=True)
class Notice:
    """Whom to tell, how, by when, and where that is written."""

    to: str
    how: str
    by_when: str
    source: str


AT_ONCE = "without delay"
DIRECTLY = "Ring first; then in writing: the period, the reasons, how to make representations, the first five days."
BY_SOCIAL_WORKER = "Not by the school: ask the social worker how, and whether it is safe, and write down who told them."
SAFELY = "No contact is recorded as safe. The safeguarding lead decides who tells them and how, and writes it down."
TO_CARER = "Ring; then in writing. A carer counts as a parent in education law, and keeps the pupil from public places."
TO_SOCIAL_WORKER = "Tell the period and the reasons; invite them to what the governing board holds."
TO_DUTY_TEAM = "No social worker is named here: ring the authority’s duty team."
TO_VIRTUAL_SCHOOL = "Tell the period and the reasons; invite them to what the governing board holds."
TO_AUTHORITY = "Every suspension, whatever its length, with its reasons; by the authority’s own form."
TO_HOME_AUTHORITY = "The pupil lives in another authority: tell it of the permanent exclusion too."
TO_BOARD_SOON = "The board meets within 15 school days."
TO_BOARD_LATER = "The board meets within 50 school days if a parent makes representations."
TO_EHC = "Ask for an early annual review of the EHC plan."
EDUCATION_PARENT = "Education Act 1996 s.576"


def whom_to_tell(facts: SuspensionFacts) -> list[Notice]:
    """Everybody whom law and guidance name for a suspension or permanent exclusion, in the order to tell them."""
    return list(_notices(facts))


def _notices(facts: SuspensionFacts) -> Iterator[Notice]:
    if facts.is_looked_after:
        yield Notice(Who.CARER, TO_CARER, AT_ONCE, f"{TOLD_LAW}; {EDUCATION_PARENT}")
    if facts.parents_are_told:
        yield Notice(Who.PARENT, how_a_parent_hears(facts), AT_ONCE, TOLD_LAW)
    if facts.is_looked_after or facts.social_worker_is_named:
        how = TO_SOCIAL_WORKER if facts.social_worker_is_named else TO_DUTY_TEAM
        yield Notice(Who.SOCIAL_WORKER, how, AT_ONCE, TOLD_LAW)
    if facts.is_looked_after:
        yield Notice(Who.VIRTUAL_SCHOOL_HEAD, TO_VIRTUAL_SCHOOL, AT_ONCE, TOLD_LAW)
    yield Notice(Who.AUTHORITY, TO_AUTHORITY, AT_ONCE, TOLD_LAW)
    if facts.is_permanent and facts.lives_in_another_authority:
        yield Notice(Who.HOME_AUTHORITY, TO_HOME_AUTHORITY, AT_ONCE, EXCLUSIONS_LAW)
    duty = board_duty(
        is_permanent=facts.is_permanent, half_days_in_term=facts.half_days_in_term, misses_exam=facts.misses_exam
    )
    if duty.school_days is not None:
        how = TO_BOARD_SOON if duty.school_days == BOARD_SOON else TO_BOARD_LATER
        yield Notice(Who.GOVERNING_BOARD, how, AT_ONCE, EXCLUSIONS_LAW)
    if facts.has_ehc_plan:
        yield Notice(Who.EHC_COORDINATOR, TO_EHC, AT_ONCE, EXCLUSIONS_GUIDANCE)


def how_a_parent_hears(facts: SuspensionFacts) -> str:
    """By the school where contact is recorded as safe, never inferred from the relationship (domain H6)."""
    if facts.parent_may_be_contacted:
        return DIRECTLY
    return BY_SOCIAL_WORKER if facts.is_looked_after or facts.social_worker_is_named else SAFELY


# --- attendance and attainment --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToTellAttendance:
    """A pupil's sessions in a period, as they are being told."""

    starts_on: date
    ends_on: date
    possible: int
    attended: int
    authorised: int | None = None
    unauthorised: int | None = None


@rule(source="A register tells of days that are over", field="ends_on")
def attendance_is_of_days_past(told: ToTellAttendance, today: date) -> bool:
    """The period ends before it begins, or lies in the future. Give its first and its last day."""
    return told.starts_on <= told.ends_on <= today


@rule(source="School attendance (pupil registration): two sessions a school day", field="possible")
def sessions_fit_their_period(told: ToTellAttendance) -> bool:
    """There are more sessions than two a day in this period, or none. Check the period and the number."""
    return 0 < told.possible <= 2 * ((told.ends_on - told.starts_on).days + 1)


@rule(source="School attendance (pupil registration): what was possible was attended or missed", field="attended")
def sessions_add_up(told: ToTellAttendance) -> bool:
    """Sessions attended and absences come to more than the sessions possible."""
    return told.attended + (told.authorised or 0) + (told.unauthorised or 0) <= told.possible


@rule(source="An assessment is told when it has been made", field="assessed_on")
def assessment_has_been_made(assessed_on: date, today: date) -> bool:
    """The day of this assessment lies in the future."""
    return assessed_on <= today


# --- part-time timetables --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToGoPartTime:
    """A part-time timetable as it is being entered or extended. Minutes are for a week."""

    because: str
    minutes_now: int
    minutes_full: int
    starts_on: date
    ends_on: date
    is_looked_after: bool
    weeks_at_most: int
    virtual_school_must_agree: bool = False
    parent_agreed: str = ""
    social_worker_agreed: str = ""
    virtual_school_agreed: str = ""


@rule(source=f"{ATTENDANCE_GUIDANCE}: never to manage behaviour", field="because")
def timetable_is_not_for_behaviour(timetable: ToGoPartTime) -> bool:
    """A part-time timetable must not be used to manage a pupil’s behaviour. Plan support instead, or ask for advice."""
    return timetable.because != WhyPartTime.BEHAVIOUR


@rule(source=ATTENDANCE_GUIDANCE, field="minutes_now")
def part_time_is_less_than_full(timetable: ToGoPartTime) -> bool:
    """The hours now must be fewer than the hours full time."""
    return 0 <= timetable.minutes_now < timetable.minutes_full


@rule(source=f"{ATTENDANCE_GUIDANCE}: an end date, the shortest time", field="ends_on")
def timetable_ends_after_it_starts(timetable: ToGoPartTime) -> bool:
    """The end date must lie after the start."""
    return timetable.ends_on > timetable.starts_on


@rule(source="The Virtual School’s policy on part-time timetables (PartTimePolicy); sample: six weeks", field="ends_on")
def timetable_is_short(timetable: ToGoPartTime) -> bool:
    """This is longer than the Virtual School’s policy allows at a time. End it sooner; a review may extend it."""
    return timetable.ends_on <= timetable.starts_on + timedelta(weeks=timetable.weeks_at_most)


@rule(source=f"{ATTENDANCE_GUIDANCE}: with the parents’ agreement", field="parent_agreed")
def parent_agrees_to_timetable(timetable: ToGoPartTime) -> bool:
    """Say who with parental responsibility agreed, and when."""
    return bool(timetable.parent_agreed.strip())


@rule(source=f"{ATTENDANCE_GUIDANCE}: the social worker is part of it", field="social_worker_agreed")
def social_worker_agrees_to_timetable(timetable: ToGoPartTime) -> bool:
    """The pupil is looked after: say which social worker agreed, and when."""
    return not timetable.is_looked_after or bool(timetable.social_worker_agreed.strip())


@rule(source="PartTimePolicy of the Virtual School; published by Brighton and Hove", field="virtual_school_agreed")
def virtual_school_agrees_to_timetable(timetable: ToGoPartTime) -> bool:
    """The Virtual School agrees in writing before it starts: say who agreed, and when."""
    needed = timetable.is_looked_after and timetable.virtual_school_must_agree
    return not needed or bool(timetable.virtual_school_agreed.strip())


@rule(source="A review is written down when it was held", field="held_on")
def part_time_review_was_held(held_on: date, today: date) -> bool:
    """The review lies in the future. Record it when it was held."""
    return held_on <= today


def whom_to_tell_of_part_time(*, is_looked_after: bool, social_worker_is_named: bool) -> list[Notice]:
    """The social worker, the Virtual School and the authority hear of a part-time timetable before it starts."""
    notices = []
    if is_looked_after or social_worker_is_named:
        how = "Send them the timetable and its review dates." if social_worker_is_named else TO_DUTY_TEAM
        notices.append(Notice(Who.SOCIAL_WORKER, how, "before it starts", ATTENDANCE_GUIDANCE))
    if is_looked_after:
        notices.append(
            Notice(
                Who.VIRTUAL_SCHOOL_HEAD, "Send them the timetable and its review dates.", "before it starts",
                "The Virtual School’s policy on part-time timetables",
            )
        )  # fmt: skip
    notices.append(
        Notice(Who.AUTHORITY, "Tell the attendance team, by the authority’s own form.", "before it starts",
               ATTENDANCE_GUIDANCE)
    )  # fmt: skip
    return notices
