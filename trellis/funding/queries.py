"""PP+ as pages, next steps and other folders look at it. Money is in pence."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from trellis.calendar.rules import financial_year
from trellis.conduct import clock
from trellis.funding import rules
from trellis.funding.models import GIVEN_STATES, FundingPolicy, FundingPot, FundingRequest
from trellis.funding.rules import PupilFacts
from trellis.organisations.models import Organisation, School
from trellis.peps.models import Pep, PepState, PepTarget
from trellis.pupils.models import CareEpisode, Pupil, SchoolPlace

# --- the pot -------------------------------------------------------------------------------------------------------


def pot_of(virtual_school: Organisation, on: date) -> FundingPot | None:
    """The pot of the financial year in which a day lies. Money never rolls past 31 March."""
    pots = FundingPot.objects.filter(virtual_school=virtual_school.pk, year=financial_year(on), closed_on__isnull=True)
    return pots.select_related("account", "virtual_school").first()


def money_left(virtual_school: Organisation, on: date) -> int:
    """Pence that are not promised to anybody yet, in the financial year of a day."""
    pot = pot_of(virtual_school, on)
    return pot.account.balance if pot else 0


# --- may this pupil's targets ask? ---------------------------------------------------------------------------------


def place_now(pupil: Pupil) -> SchoolPlace | None:
    places = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today())
    return places.select_related("school").first()


def school_now(pupil: Pupil) -> School | None:
    """The school to which the money goes: where the pupil is today."""
    place = place_now(pupil)
    return place.school if place else None


def facts_of(pupil: Pupil, virtual_school_id: int) -> PupilFacts:
    """What the rules ask of the child, today."""
    place = place_now(pupil)
    care = CareEpisode.objects.filter(
        pupil=pupil, during__contains=clock.today(), authority__virtual_school=virtual_school_id
    )
    return PupilFacts(
        is_looked_after=care.exists(),
        year_group=place.year_group if place and place.year_group is not None else pupil.year_by_age,
        is_at_independent_school=bool(place) and "independent" in place.school.type_name.lower(),  # type: ignore[union-attr]
    )


def targets_that_may_ask(pupil: Pupil) -> list[PepTarget]:
    """The targets PP+ may serve: of the last PEP that was signed off and of one in the making, those not reached yet;
    none when the child is not one for whom there is PP+. Signed ones come first: on them money can be agreed now."""
    peps = Pep.objects.filter(pupil=pupil).exclude(state=PepState.NOT_STARTED).newest_first().select_related("term")
    found: list[Pep] = list(peps[:6])
    signed = next((pep for pep in found if pep.state == PepState.SIGNED_OFF), None)
    standing = ([signed] if signed else []) + [pep for pep in found[:1] if pep.state != PepState.SIGNED_OFF]
    if not standing or why_pupil_has_none(pupil, standing[0]):
        return []
    order = {pep.pk: number for number, pep in enumerate(standing)}
    targets = PepTarget.objects.filter(pep__in=standing, dropped=False).exclude(result="met")
    return sorted(targets.select_related("pep__term"), key=lambda target: (order[target.pep_id], target.number))


def why_pupil_has_none(pupil: Pupil, pep: Pep) -> str:
    """Why there is no PP+ for this child, in a sentence; empty when there is."""
    policy = FundingPolicy.objects.counting(pep.written_for, clock.today())
    facts = facts_of(pupil, pep.written_for_id)
    findings = (
        rules.pupil_is_looked_after(facts),
        rules.pupil_is_in_a_year_that_is_funded(facts, policy),
        rules.school_is_one_that_is_funded(facts, policy),
    )
    return next((finding.sentence for finding in findings if not finding), "")


def why_not_now(target: PepTarget) -> str:
    """Why this target cannot ask today, in a sentence; empty when it can."""
    policy = FundingPolicy.objects.counting(target.pep.written_for, clock.today())
    owed = rules.last_money_has_its_impact(impact_owed_before(target), policy)
    return why_pupil_has_none(target.pupil, target.pep) or ("" if owed else owed.sentence)


def asked_on_pep(pep: Pep) -> int:
    """Pence asked for any target of a PEP: what was agreed where it is decided, nothing for what was not agreed."""
    requests = FundingRequest.objects.filter(target__pep=pep).counting_towards_cap()
    return requests.aggregate(total=Sum(Coalesce("agreed_pence", "amount_pence")))["total"] or 0


def impact_owed_before(target: PepTarget) -> list[FundingRequest]:
    """Paid requests of the pupil's other PEPs whose impact nobody has written yet."""
    owed = FundingRequest.objects.filter(pupil=target.pupil_id, state__in=GIVEN_STATES, impact_words="")
    return list(owed.exclude(target__pep=target.pep_id).select_related("target").order_by("pk"))


# --- what became of one request ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """What became of paid money."""

    paid: int
    spent: int
    returned: int

    @property
    def left(self) -> int:
        return self.paid - self.spent - self.returned


def tally_of(request: FundingRequest) -> Tally:
    """In two queries. Money that bought minutes was spent as it was paid."""
    if not request.is_given:
        return Tally(0, 0, 0)
    paid = request.agreed_pence or 0
    if request.minutes_bought:
        return Tally(paid, paid, 0)
    return Tally(
        paid,
        request.spends.aggregate(total=Sum("amount_pence"))["total"] or 0,
        request.returns.aggregate(total=Sum("amount_pence"))["total"] or 0,
    )


def present_pep(pupil_id: int) -> Pep | None:
    """The newest PEP: the one for which impact is said."""
    return Pep.objects.filter(pupil=pupil_id).newest_first().first()


# --- batches -------------------------------------------------------------------------------------------------------


def ids_by_pupil(requests: QuerySet[FundingRequest]) -> list[int]:
    """In the order in which several pupils are locked."""
    return list(requests.order_by("pupil", "pk").values_list("pk", flat=True))


def line_of(request: FundingRequest) -> dict[str, Any]:
    """One payment as finance reads it: the child by initials only. Amount in pence."""
    return {
        "reference": request.reference,
        "initials": request.pupil.initials,
        "school": str(request.school),
        "urn": request.school.urn,
        "pence": request.agreed_pence or 0,
        "pupil_id": request.pupil_id,
    }
