"""Builds England, authority by authority, and looks at the books before it is let be."""

from collections.abc import Callable
from datetime import date
from random import Random

from django.db import connection

from trellis.advice.models import AdviceReport, AdviceRequest, Recommendation
from trellis.calendar.models import Closure, Term
from trellis.consents.models import Consent
from trellis.cycles.models import (
    Adjustment,
    AssessmentEntry,
    Cycle,
    CycleReview,
    Intervention,
    Outcome,
    OutcomeResult,
    ReviewVoice,
    WeekOfSessions,
)
from trellis.documents.models import Document
from trellis.england.copying import Pouring, pouring
from trellis.england.country import Country
from trellis.england.hours import Hours
from trellis.england.lives import LEAVE_IN_A_YEAR, Lives
from trellis.england.work import Work
from trellis.history.models import Entry as HistoryEntry
from trellis.hours.models import HoursAccount, HoursAllocation, Visit, VisitPart
from trellis.ledgers.models import Account, Entry
from trellis.organisations.models import LocalAuthority, Organisation, School, SpecialistService, VirtualSchool
from trellis.people.models import Membership, User
from trellis.peps.models import Pep, PepSection, PepTarget
from trellis.pupils.models import (
    Access,
    CareEpisode,
    ChildId,
    NamedProfessional,
    PersonAround,
    Pupil,
    PupilAuthority,
    SchoolPlace,
    SenStatus,
)
from trellis.voices.models import View

MODELS = [
    Organisation, LocalAuthority, VirtualSchool, SpecialistService, School, Term, Closure, User, Membership,
    Pupil, ChildId, SchoolPlace, CareEpisode, SenStatus, NamedProfessional, PersonAround, PupilAuthority, Access,
    View, Consent, Cycle, AssessmentEntry, Outcome, Intervention, Adjustment, WeekOfSessions, CycleReview,
    OutcomeResult, ReviewVoice, AdviceRequest, AdviceReport, Recommendation, Document, Pep, PepSection, PepTarget,
    Account, Entry, HoursAccount, HoursAllocation, Visit, VisitPart, HistoryEntry,
]  # fmt: skip
WRONG_BALANCES = """
    SELECT count(*) FROM ledgers_account LEFT JOIN (
        SELECT account_id, sum(amount) AS comes_to FROM ledgers_entry GROUP BY account_id
    ) AS entries ON account_id = id WHERE balance <> coalesce(comes_to, 0)
"""


def build(
    today: date, *, children: int, years: int, seed: str, say: Callable[[str], None] = lambda words: None
) -> Pouring:
    """England as it stands today, with so many children in care, and with those who were within so many years."""
    random = Random(f"England {seed}")
    with pouring(MODELS) as to:
        country = Country(to, random, today, children=children, years=years)
        say(f"{len(country.areas)} authorities, {sum(len(area.all_schools) for area in country.areas):,} schools")
        lives = Lives(to, random, today, country)
        work = Work(to, random, today, lives)
        hours = Hours(to, random, today, work)
        for nth, area in enumerate(country.areas, 1):
            in_care = round(children * area.share)
            for _ in range(in_care):
                work.about(lives.in_care(area))
                to.send()
            for _ in range(round(in_care * LEAVE_IN_A_YEAR * years)):
                work.about(lives.left_care(area))
                to.send()
            hours.of(area)
            if nth % 10 == 0:
                say(f"{nth} of {len(country.areas)} authorities, {to[Pupil].last_id:,} children")
        say("indexes and constraints are put back")
    check_the_books()
    return to


def check_the_books() -> None:
    """Raise ValueError unless the balance of every account is the sum of its entries."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG_BALANCES)
        (wrong,) = cursor.fetchone()
    if wrong:
        raise ValueError(f"{wrong} accounts have a balance that is not the sum of their entries.")
