"""Who asks for PP+, who decides, who pays. Who may *see* a request is ``visible_to``; the business officer sees those
of the Virtual School by initials (``of_office``)."""

from collections.abc import Iterable

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.funding.models import FundingRequest, FundingSpend
from trellis.organisations.models import School
from trellis.people.models import Membership, User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.peps.permissions import ASSURERS
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import KEEPERS, acts_for_school

READERS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS | {Role.SOCIAL_WORKER, Role.IRO}
ASKERS = KEEPERS | VIRTUAL_SCHOOL_TEACHERS
DECIDERS = ASSURERS
SPENDERS = KEEPERS | {Role.HEADTEACHER} | VIRTUAL_SCHOOL_TEACHERS
TREASURERS = {Role.BUSINESS_OFFICER, Role.VIRTUAL_SCHOOL_HEAD}
OVERVIEW = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS | {Role.BUSINESS_OFFICER}


def can_ask_funding(user: User, pupil: Pupil, school: School | None, virtual_school_id: int) -> Answer:
    """The school where the pupil is now."""
    school_id = school.pk if school else None
    if school and user.plays_at(KEEPERS, school_id):
        return YES
    if _pays_and_acts(user, pupil, school_id, virtual_school_id):
        return YES
    return no("The designated teacher or the SENCO asks for Pupil Premium Plus.")


def can_decide_funding(user: User, request: FundingRequest) -> Answer:
    if user.plays_at(DECIDERS, request.virtual_school_id):
        return YES
    return no("An education adviser or the head of the Virtual School decides about Pupil Premium Plus.")


def can_withdraw_funding(user: User, request: FundingRequest) -> Answer:
    """The school that asked. Those who decide agree or decline; they take back only for a school with nobody here."""
    if user.plays_at(KEEPERS, request.school_id):
        return YES
    if user.plays_at(DECIDERS, request.virtual_school_id) and not _has_keepers(request.school_id):
        return YES
    return no("The school that asked withdraws its request.")


def can_record_spend(user: User, request: FundingRequest) -> Answer:
    """The school that has the money says what became of it; for a school that has nobody here, the Virtual School."""
    if _tells_for(user, request, request.school_id):
        return YES
    return no("The school that has the money says what it was spent on.")


def can_correct_spend(user: User, spend: FundingSpend) -> Answer:
    """The school that spent it, after a move too; for a school that has nobody here, the Virtual School that paid."""
    if _tells_for(user, spend.request, spend.written_for_id):
        return YES
    return no("The school that spent this money corrects what it said.")


def spends_to_correct(user: User, request: FundingRequest, spends: Iterable[FundingSpend]) -> set[int]:
    """Those of a request's spends that this person may correct, by number; asked once for each school."""
    schools: dict[int, set[int]] = {}
    for spend in spends:
        schools.setdefault(spend.written_for_id, set()).add(spend.pk)
    return {pk for school_id, pks in schools.items() if _tells_for(user, request, school_id) for pk in pks}


def can_write_impact(user: User, request: FundingRequest) -> Answer:
    if user.plays_at(KEEPERS, request.school_id):
        return YES
    if _pays_and_acts(user, request.pupil, request.school_id, request.virtual_school_id):
        return YES
    return no("The designated teacher or the SENCO says what the money changed.")


def can_keep_pot(user: User, virtual_school_id: int) -> Answer:
    """Enter instalments, make and export batches, close the year."""
    if user.plays_at(TREASURERS, virtual_school_id):
        return YES
    return no("The business officer or the head of the Virtual School looks after the money.")


def _tells_for(user: User, request: FundingRequest, school_id: int) -> bool:
    if user.plays_at(SPENDERS - VIRTUAL_SCHOOL_TEACHERS, school_id):
        return True
    return _pays_and_acts(user, request.pupil, school_id, request.virtual_school_id)


def _has_keepers(school_id: int) -> bool:
    return Membership.objects.on(clock.today()).playing(*KEEPERS).filter(organisation=school_id).exists()


def _pays_and_acts(user: User, pupil: Pupil, school_id: int | None, virtual_school_id: int) -> bool:
    """Whether this is the Virtual School whose money it is, acting for a school that has nobody here."""
    is_its_own = user.plays_at(VIRTUAL_SCHOOL_TEACHERS, virtual_school_id)
    return is_its_own and acts_for_school(user, pupil, school_id, KEEPERS)
