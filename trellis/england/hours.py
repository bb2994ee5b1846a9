"""Each school's hours of each service, year by year: what was allocated, what visits used, what is kept for requests.
The balance of an account is what its entries come to."""

from datetime import date, timedelta
from random import Random

from trellis.calendar.rules import academic_year
from trellis.england.copying import Pouring
from trellis.england.country import Area, Place
from trellis.england.lives import Life
from trellis.england.work import Work
from trellis.hours.models import HoursAccount, HoursAllocation, PaidFrom, Visit, VisitPart, VisitState, year_in_words
from trellis.hours.models import Work as KindOfVisit
from trellis.ledgers.models import Account, Entry, EntryKind, Unit

YEARS = 3
KEPT = 180  # minutes for each request that was accepted


class Hours:
    """Pours the hours of an area's schools, when its children's requests are known."""

    def __init__(self, to: Pouring, random: Random, today: date, work: Work) -> None:
        self.to, self.random, self.today, self.work = to, random, today, work

    def of(self, area: Area) -> None:
        this_year = academic_year(self.today)
        for school in area.all_schools:
            for service in area.services:
                for year in range(this_year - YEARS + 1, this_year + 1):
                    requests = self.work.bookings.get((school.id, service), []) if year == this_year else []
                    self._year(area, school, service, year, requests)
            self.to.send()

    def _year(self, area: Area, school: Place, service: str, year: int, requests: list[tuple[Life, int]]) -> None:
        allocated = 60 * self.random.randrange(6, 16) + KEPT * len(requests)
        visits = [60 * self.random.randrange(1, 4) for _ in range(self.random.randrange(3))]
        name = f"{service} hours of {school.name}, {year_in_words(year)}"
        account = self.to[Account].add(
            unit=Unit.MINUTES, organisation_id=school.id, name=name, opened_at=f"{year}-09-01 08:00:00+00",
            balance=allocated - sum(visits) - KEPT * len(requests),
        )  # fmt: skip
        hours = self.to[HoursAccount].add(
            school_id=school.id, service_id=area.services[service], year=year, account_id=account
        )
        opened, by = date(year, 9, 1), area.business[0].id
        allocation = self.to[HoursAllocation].add(
            hours_id=hours, came_from="core", minutes=allocated, entered_at=f"{opened} 09:00:00+00", entered_by_id=by
        )
        self._post(account, EntryKind.ALLOCATED, allocated, "hours.hoursallocation", allocation, opened, by)
        for nth, minutes in enumerate(visits):
            on = min(date(year, 9, 20) + timedelta(days=45 * nth), self.today)
            self._delivered(area, school, service, account, minutes, on)
        for life, request in requests:
            self._booked(area, school, service, account, life, request)

    def _delivered(self, area: Area, school: Place, service: str, account: int, minutes: int, on: date) -> None:
        specialist = area.specialists[service].id
        visit = self.to[Visit].add(
            written_for_id=school.id, school_id=school.id, service_id=area.services[service],
            state=VisitState.DELIVERED, work=KindOfVisit.PLANNING, what_for="Planning of the term", on=on,
            specialist_id=specialist, minutes_delivered=minutes, made_at=f"{on} 08:00:00+00",
            made_by_id=school.senco.id,
        )  # fmt: skip
        part = self.to[VisitPart].add(visit_id=visit, account_id=account, minutes=minutes, rung=PaidFrom.OWN)
        for kind, amount in [
            (EntryKind.RESERVED, -minutes), (EntryKind.RELEASED, minutes), (EntryKind.SPENT, -minutes),
        ]:  # fmt: skip
            self._post(account, kind, amount, "hours.visitpart", part, on, specialist)

    def _booked(self, area: Area, school: Place, service: str, account: int, life: Life, request: int) -> None:
        on = self.today + timedelta(days=self.random.randrange(2, 30))
        visit = self.to[Visit].add(
            request_id=request, pupil_id=life.pupil, written_for_id=school.id, school_id=school.id,
            service_id=area.services[service], state=VisitState.BOOKED, work=KindOfVisit.OBSERVATION, on=on,
            specialist_id=area.specialists[service].id, made_at=f"{self.today} 08:00:00+00",
            made_by_id=school.senco.id,
        )  # fmt: skip
        part = self.to[VisitPart].add(visit_id=visit, account_id=account, minutes=KEPT, rung=PaidFrom.OWN)
        self._post(account, EntryKind.RESERVED, -KEPT, "hours.visitpart", part, self.today, school.senco.id, life.pupil)

    def _post(
        self, account: int, kind: EntryKind, amount: int, cause: str, number: int, on: date, by: int,
        pupil: int | None = None,
    ) -> None:  # fmt: skip
        self.to[Entry].add(
            account_id=account, kind=kind, amount=amount, cause_kind=cause, cause_id=number, pupil_id=pupil,
            at=f"{on} 08:00:00+00", by_id=by,
        )  # fmt: skip
