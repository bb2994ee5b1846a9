"""What people look at about hours: how much is left, at what price, and every entry behind it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, Sum

from trellis.advice.models import AdviceRequest, AdviceState
from trellis.calendar.rules import academic_year, academic_year_ends
from trellis.conduct import clock
from trellis.design import in_words
from trellis.design.in_words import full_date
from trellis.hours import rules
from trellis.hours.models import (
    HoursAccount,
    HoursAllocation,
    ServicePolicy,
    ServicePrice,
    Visit,
    VisitPart,
    VisitState,
    year_in_words,
)
from trellis.ledgers import queries as ledgers
from trellis.ledgers.models import Entry, EntryKind
from trellis.ledgers.queries import Line
from trellis.organisations.models import Organisation, School, SpecialistService
from trellis.people.models import User
from trellis.people.roles import SERVICE_STAFF, Role


def own_hours(school: Organisation, service: Organisation, on: date) -> HoursAccount | None:
    """The school's hours of the service in the academic year of the day."""
    rows = HoursAccount.objects.filter(school=school.pk, service=service.pk, year=academic_year(on))
    return rows.select_related("account", "service", "school").first()


def left(school: Organisation, service: Organisation, on: date) -> int:
    """Minutes the school has left of the service in the academic year of the day; 0 where none were entered."""
    hours = own_hours(school, service, on)
    return hours.account.balance if hours else 0


def price_per_hour(service: Organisation, on: date) -> int:
    """Pence for an hour of the service on the day."""
    return ServicePrice.objects.counting(service, on).pence_per_hour


@dataclass(frozen=True)
class Tally:
    """Where a school's hours of a service stand, in minutes. Used, booked and left are all there were."""

    hours: HoursAccount
    used: int
    booked: int

    @property
    def left(self) -> int:
        return self.hours.account.balance

    @property
    def whole(self) -> int:
        return self.used + self.booked + self.left


def tallies(accounts: Collection[HoursAccount]) -> list[Tally]:
    """The same for many accounts, in one query more."""
    sums: dict[tuple[int, str], int] = {}
    rows = Entry.objects.filter(account__in=[hours.account_id for hours in accounts]).order_by()
    for account_id, kind, total in rows.values_list("account_id", "kind").annotate(total=Sum("amount")):
        sums[account_id, kind] = total
    return [
        Tally(
            hours,
            used=-sums.get((hours.account_id, EntryKind.SPENT), 0),
            booked=-sums.get((hours.account_id, EntryKind.RESERVED), 0)
            - sums.get((hours.account_id, EntryKind.RELEASED), 0),
        )
        for hours in accounts
    ]


@dataclass(frozen=True)
class LeftOver:
    """What a service's schools have left of the academic year before this one, and whether it carries over."""

    service: SpecialistService
    terms: ServicePolicy
    year: int
    left: list[Tally]  # can be carried over now
    not_told: list[Tally]  # visits of that year are still to be confirmed

    @property
    def year_in_words(self) -> str:
        return year_in_words(self.year)

    @property
    def minutes(self) -> int:
        return sum(tally.left for tally in self.left)

    @property
    def may_be_carried(self) -> bool:
        return bool(self.left) and bool(rules.left_hours_carry_over(self.terms.carries_left_hours))


def left_over(service: SpecialistService) -> LeftOver:
    """Of last year; what was carried over before is not counted again. Three queries."""
    year = academic_year(clock.today()) - 1
    terms = ServicePolicy.objects.counting(service, academic_year_ends(year))
    carried = Entry.objects.filter(account=OuterRef("account"), kind=EntryKind.CARRIED, amount__lt=0)
    accounts = HoursAccount.objects.filter(service=service, year=year).exclude(Exists(carried)).with_names()
    left = [tally for tally in tallies(list(accounts)) if tally.left]
    told = {tally: bool(rules.visits_of_the_year_are_told(tally.booked)) for tally in left}
    return LeftOver(
        service, terms, year, [tally for tally in left if told[tally]], [tally for tally in left if not told[tally]]
    )


@dataclass(frozen=True)
class StatementLine:
    """One entry of an account with the words of its cause. It never names a pupil."""

    line: Line
    words: str
    visit: Visit | None = None


def statement(hours: HoursAccount) -> list[StatementLine]:
    """Every entry of the account, oldest first; the last balance is what is left."""
    lines = ledgers.statement(hours.account)
    parts = {part.pk: part for part in VisitPart.objects.filter(account=hours.account).select_related("visit__service")}
    allocations = {row.pk: row for row in HoursAllocation.objects.filter(hours=hours)}
    return [_told(line, parts, allocations) for line in lines]


def _told(line: Line, parts: dict[int, VisitPart], allocations: dict[int, HoursAllocation]) -> StatementLine:
    entry = line.entry
    if entry.cause_kind == VisitPart._meta.label_lower:
        visit = parts[entry.cause_id].visit
        day = f" on {full_date(visit.on)}" if visit.on else ", not yet planned"
        return StatementLine(line, f"{visit.get_work_display()}{day}", visit)
    if entry.cause_kind == HoursAllocation._meta.label_lower:
        return StatementLine(line, str(allocations[entry.cause_id]))
    return StatementLine(line, entry.note)


MOST_VISITS = 200


def visits_paid_from(accounts: Collection[HoursAccount], user: User) -> list[Visit]:
    """Visits that these hours pay for and this person may see, as a calendar."""
    mine = VisitPart.objects.filter(visit=OuterRef("pk"), account__in=[hours.account_id for hours in accounts])
    visits = Visit.objects.visible_to(user).filter(Exists(mine)).with_names().prefetch_related(with_parts())
    return list(visits.as_a_calendar()[:MOST_VISITS])


def open_visits(user: User) -> list[Visit]:
    """What is still to be planned, to take place or to be confirmed, for one person; the next first."""
    mine = Visit.objects.visible_to(user).to_be_done().with_names().prefetch_related(with_parts())
    return list(mine.as_a_calendar()[:MOST_VISITS])


def cannot_be_planned_yet(user: User) -> int:
    """How many visits hours are kept for at this person's services whose request waits for its answer or consent."""
    services = {m.organisation_id for m in user.memberships_today if m.role in SERVICE_STAFF}
    waiting = Visit.objects.filter(service__in=services, on__isnull=True).open()
    return waiting.exclude(pk__in=waiting.to_be_done().values("pk")).count() if services else 0


def services_entered_by(user: User) -> list[SpecialistService]:
    """The services whose hours this person enters."""
    leads = [m.organisation_id for m in user.memberships_today if m.role == Role.SERVICE_LEAD]
    offices = [m.organisation_id for m in user.memberships_today if m.role == Role.BUSINESS_OFFICER]
    theirs = SpecialistService.objects.filter(Q(pk__in=leads) | Q(authority__virtual_school__in=offices))
    return list(theirs.select_related("authority").order_by("abbreviation"))


MOST_SCHOOLS = 400


@dataclass(frozen=True)
class SchoolHours:
    """A school to be chosen, with the hours entered for this year in words: "SEMHL 6 hours, EPS none"."""

    name: str
    hours: str


def schools_to_enter(services: Collection[SpecialistService]) -> list[SchoolHours]:
    """The open schools of the services' areas by name, with what each has this year. Four queries."""
    areas = {service.authority.code for service in services}
    schools = School.objects.open_on(clock.today()).filter(authority_code__in=areas).order_by("name", "pk")
    found = list(schools[:MOST_SCHOOLS])
    accounts = HoursAccount.objects.of_year(academic_year(clock.today())).filter(service__in=services, school__in=found)
    known = {
        (tally.hours.school_id, tally.hours.service_id): tally.whole for tally in tallies(list(accounts.with_names()))
    }

    def told(school: School) -> str:
        each = [(service.abbreviation, known.get((school.pk, service.pk))) for service in services]
        return ", ".join(f"{name} {in_words.hours(minutes) if minutes else 'none'}" for name, minutes in each)

    return [SchoolHours(school.name, told(school)) for school in found]


def with_parts() -> Prefetch:
    return Prefetch("parts", VisitPart.objects.order_by("pk"))


def minutes_kept(visit: Visit) -> int:
    """All minutes kept for a visit, whoever pays them."""
    return sum(part.minutes for part in visit.parts.all())


def years_paying(visit: Visit) -> set[int]:
    """The academic years of the hours that pay for a visit."""
    accounts = HoursAccount.objects.filter(account__in=visit.parts.values("account"))
    return set(accounts.values_list("year", flat=True))


UNDER_WAY = (AdviceState.SENT, AdviceState.ACCEPTED, AdviceState.REPORTED)


def is_under_way(request: AdviceRequest) -> bool:
    """Whether a request for advice was sent and has not ended."""
    return request.state in UNDER_WAY


def is_another(request: AdviceRequest) -> bool:
    """Whether a visit for the request has taken place already."""
    return Visit.objects.filter(request=request, state=VisitState.DELIVERED).exists()


def may_name_the_pupil(visit: Visit) -> bool:
    """Whether consent stands, for a visit about a named pupil; always for one that names none."""
    return visit.pupil_id is None or (visit.request is not None and visit.request.consent_stands)


def core_hours_entered(hours: HoursAccount) -> int:
    """Minutes entered by people for the year, corrections included; without what money for a pupil bought."""
    return HoursAllocation.objects.filter(hours=hours).aggregate(total=Sum("minutes"))["total"] or 0
