"""PP+ as pages, next steps and other folders look at it. Money is in pence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from trellis.calendar.rules import financial_year, financial_year_ends
from trellis.conduct import clock
from trellis.cycles.models import lower_first
from trellis.design.in_words import hours, pounds
from trellis.funding import rules
from trellis.funding.models import (
    GIVEN_STATES,
    BatchState,
    FundingBatch,
    FundingPolicy,
    FundingPot,
    FundingRequest,
    FundingReturn,
    FundingSpend,
    RequestState,
)
from trellis.funding.permissions import DECIDERS
from trellis.funding.rules import PupilFacts
from trellis.ledgers.models import EntryKind
from trellis.ledgers.queries import sums_by_kind
from trellis.organisations.models import Organisation, School
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.peps.models import Pep, PepState, PepTarget
from trellis.peps.queries import PupilPremiumUse
from trellis.pupils.models import CareEpisode, Level, Pupil, SchoolPlace

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
    none when the child is not one for whom there is PP+. Signed ones come first: on them money can be agreed now. Those
    whose date has passed come last."""
    unasked = (PepState.NOT_STARTED, PepState.ENDED)
    peps = Pep.objects.filter(pupil=pupil).exclude(state__in=unasked).newest_first()
    found: list[Pep] = list(peps.select_related("term", "written_for")[:6])
    signed = next((pep for pep in found if pep.state == PepState.SIGNED_OFF), None)
    standing = ([signed] if signed else []) + [pep for pep in found[:1] if pep.state != PepState.SIGNED_OFF]
    if not standing or why_pupil_has_none(pupil, standing[0]):
        return []
    order = {pep.pk: number for number, pep in enumerate(standing)}
    targets = PepTarget.objects.filter(pep__in=standing, dropped=False).exclude(result="met")
    targets = targets.select_related("pep__term", "pep__written_for")
    return sorted(targets, key=lambda target: (target.has_passed, order[target.pep_id], target.number))


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
    return why_pupil_has_none(target.pupil, target.pep) or why_impact_comes_first(target, impact_owed_before(target))


def why_impact_comes_first(target: PepTarget, owed: list[FundingRequest]) -> str:
    """Why this target waits for what is owed of money before, in a sentence; empty when it need not."""
    policy = FundingPolicy.objects.counting(target.pep.written_for, clock.today())
    finding = rules.last_money_has_its_impact(owed, policy)
    return "" if finding else finding.sentence


def asked_on_pep(pep: Pep) -> int:
    """Pence asked for any target of a PEP: what was agreed where it is decided, nothing for what was not agreed."""
    requests = FundingRequest.objects.filter(target__pep=pep).counting_towards_cap()
    return requests.aggregate(total=Sum(Coalesce("agreed_pence", "amount_pence")))["total"] or 0


def impact_owed_before(target: PepTarget) -> list[FundingRequest]:
    """Paid requests of the pupil's other PEPs whose impact nobody has written yet."""
    owed = FundingRequest.objects.filter(pupil=target.pupil_id, state__in=GIVEN_STATES, impact_words="")
    return list(owed.exclude(target__pep=target.pep_id).select_related("target").order_by("pk"))


def hanging_on(targets: Sequence[PepTarget]) -> dict[int, list[str]]:
    """PP+ that each target asked for and may still get, or got: "£600 of Pupil Premium Plus: paid". Fills
    ``peps.slots.hangs_on_target``, in one query."""
    requests = FundingRequest.objects.filter(target__in=[target.pk for target in targets]).counting_towards_cap()
    hangs: dict[int, list[str]] = {}
    for request in requests.select_related("service").order_by("pk"):
        amount = pounds(request.amount_pence if request.agreed_pence is None else request.agreed_pence)
        buys = _minutes_in_words(request)
        sentence = f"{amount} of Pupil Premium Plus{buys}: {lower_first(request.get_state_display())}"
        hangs.setdefault(request.target_id, []).append(sentence)
    return hangs


def pupil_premium_of(targets: Sequence[PepTarget]) -> dict[int, list[PupilPremiumUse]]:
    """What each target asked of PP+, got, and what that changed; what was withdrawn is left out. Fills
    ``peps.slots.pupil_premium_of``, in one query."""
    requests = FundingRequest.objects.filter(target__in=[target.pk for target in targets])
    uses: dict[int, list[PupilPremiumUse]] = {}
    for request in requests.exclude(state=RequestState.WITHDRAWN).select_related("service").order_by("pk"):
        uses.setdefault(request.target_id, []).append(_use_of(request))
    return uses


def _use_of(request: FundingRequest) -> PupilPremiumUse:
    return PupilPremiumUse(
        what_for=f"{request.what_for}{_minutes_in_words(request)}",
        asked=request.amount_pence,
        agreed=0 if request.state == RequestState.DECLINED else request.agreed_pence,
        paid=request.agreed_pence if request.is_given else None,
        changed=request.impact_words,
    )


def _minutes_in_words(request: FundingRequest) -> str:
    """ ", for 3 hours of Educational Psychology Service"; empty for money that goes to the school."""
    minutes = request.minutes_bought or request.buys_minutes
    return f", for {hours(minutes)} of {request.service}" if minutes and request.service else ""


# --- who decides ---------------------------------------------------------------------------------------------------


def who_else_may_agree(request: FundingRequest) -> list[Membership]:
    """Those of the Virtual School who may agree a request: never whoever asked. Heads before advisers, each once."""
    deciders = Membership.objects.on(clock.today()).playing(*DECIDERS).filter(organisation=request.virtual_school_id)
    others = deciders.filter(user__is_active=True).exclude(user=request.asked_by_id).select_related("user")
    return list({one.user_id: one for one in others.order_by("-role", "pk")}.values())


def why_not_agreed_by(user: User, request: FundingRequest) -> str:
    """Why this person does not agree what they asked for themselves, and who may; empty for everybody else."""
    finding = rules.money_is_agreed_by_somebody_else_than_asked(user.pk, request.asked_by_id)
    if finding:
        return ""
    others = [f"{one.user} ({Role(one.role).label})" for one in who_else_may_agree(request)]
    if others:
        return f"{finding.sentence} Ask {', '.join(others[:-1])}{' or ' if others[1:] else ''}{others[-1]}."
    return (
        f"{finding.sentence} Nobody else at {request.virtual_school} may: its head has to name another education "
        "adviser first."
    )


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


# --- pages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearFigures:
    """A pot as it stands, in pence: what came = promised + paid + left + gone back."""

    pot: FundingPot
    came: int
    promised: int
    paid: int
    left: int
    gone_back: int
    spent: int  # of what was paid, by schools or as a service's minutes

    @property
    def not_spent(self) -> int:
        return self.paid - self.spent

    @property
    def parts(self) -> list[dict[str, Any]]:
        """As a bar shows them."""
        parts = [("paid", self.paid), ("promised", self.promised), ("left", self.left), ("gone back", self.gone_back)]
        return [{"text": f"{pounds(amount)} {text}", "amount": amount} for text, amount in parts if amount]


def figures_of(pot: FundingPot) -> YearFigures:
    """In three queries."""
    sums = sums_by_kind(pot.account)
    of_pot = FundingRequest.objects.filter(pot=pot, state__in=GIVEN_STATES)
    bought = of_pot.filter(minutes_bought__gt=0).aggregate(total=Sum("agreed_pence"))["total"] or 0
    spent = FundingSpend.objects.filter(request__pot=pot).aggregate(total=Sum("amount_pence"))["total"] or 0
    return YearFigures(
        pot=pot,
        came=sums.get(EntryKind.ALLOCATED, 0),
        promised=-sums.get(EntryKind.RESERVED, 0) - sums.get(EntryKind.RELEASED, 0),
        paid=-sums.get(EntryKind.SPENT, 0) - sums.get(EntryKind.TRANSFERRED, 0),
        left=pot.account.balance,
        gone_back=-sums.get(EntryKind.RETURNED, 0),
        spent=spent + bought,
    )


@dataclass(frozen=True)
class YearEnds:
    """What is still to be done before 31 March, and how urgent it is."""

    days: int
    sentences: list[str]
    tone: str  # quiet, warn, late


def year_ends(figures: YearFigures, today: date) -> YearEnds | None:
    """The alert of 60, 30 or 10 days before 31 March, while any money is not passed on; None before, or without any."""
    days = (figures.pot.ends_on - today).days
    stands = rules.alert_before(days)
    if stands is None or not (figures.left or figures.promised):
        return None
    sentences = []
    if figures.left:
        sentences.append(f"{pounds(figures.left)} is promised to nobody and goes back on 31 March.")
    if figures.promised:
        sentences.append(f"{pounds(figures.promised)} is agreed and not paid: export it by 31 March, or it goes back.")
    return YearEnds(days, sentences, {60: "quiet", 30: "warn", 10: "late"}[stands])


@dataclass(frozen=True)
class Row:
    """PP+ of one school, or of one pupil, in a financial year. Money in pence."""

    key: int
    name: str
    pupils: int
    asked: int
    promised: int
    paid: int
    spent: int
    impact_owed: int

    @property
    def not_spent(self) -> int:
        return self.paid - self.spent


def of_year(requests: QuerySet[FundingRequest], year: int) -> QuerySet[FundingRequest]:
    """Decided from a year's pot; or not agreed, and asked in that year."""
    first, last = date(year, 4, 1), financial_year_ends(year)
    return requests.filter(Q(pot__year=year) | Q(pot__isnull=True, asked_at__date__range=(first, last)))


def rows_by(requests: QuerySet[FundingRequest], key: str) -> list[Row]:
    """PP+ by ``school`` or by ``pupil``, the most money first, in three queries."""
    given = Q(state__in=GIVEN_STATES)
    rows = requests.order_by().values(key).annotate(
        pupils=Count("pupil", distinct=True),
        asked=Sum("amount_pence", filter=Q(state=RequestState.ASKED), default=0),
        promised=Sum("agreed_pence", filter=Q(state=RequestState.AGREED), default=0),
        paid=Sum("agreed_pence", filter=given, default=0),
        bought=Sum("agreed_pence", filter=given & Q(minutes_bought__gt=0), default=0),
        impact_owed=Count("pk", filter=given & Q(impact_words="")),
    )  # fmt: skip
    spent = _sums(FundingSpend.objects.filter(request__in=requests.values("pk")), key)
    returned = _sums(FundingReturn.objects.filter(request__in=requests.values("pk")), key)
    names = {"school": School, "pupil": Pupil}[key].objects.in_bulk([row[key] for row in rows])  # type: ignore[attr-defined]
    found = [
        Row(
            key=row[key], name=str(names[row[key]]) if key == "school" else names[row[key]].initials,
            pupils=row["pupils"], asked=row["asked"], promised=row["promised"],
            paid=row["paid"] - returned.get(row[key], 0), spent=row["bought"] + spent.get(row[key], 0),
            impact_owed=row["impact_owed"],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row.paid - row.promised - row.asked, row.name, row.key))


def _sums(entries: QuerySet[Any], key: str) -> dict[int, int]:
    of = f"request__{key}"
    return dict(entries.order_by().values_list(of).annotate(total=Sum("amount_pence")))


def names_open_to(user: User, pupil_ids: Collection[int]) -> dict[int, str]:
    """{pupil number: full name} of those whose record this person may open; the others stay initials."""
    open_to = Pupil.objects.visible_to(user, Level.WHOLE).filter(pk__in=pupil_ids)
    return {pupil.pk: pupil.name for pupil in open_to}


@dataclass(frozen=True)
class Told:
    """One request with what became of it, as this reader may know it."""

    asked: FundingRequest
    tally: Tally
    spends: list[FundingSpend]
    returns: list[FundingReturn]

    @property
    def tone(self) -> str:
        tones: dict[str, str] = {
            RequestState.DECLINED: "warn", RequestState.AGREED: "ok", RequestState.PAID: "ok", RequestState.CLOSED: "ok"
        }  # fmt: skip
        return tones.get(self.asked.state, "quiet")

    @property
    def amount(self) -> int:
        return self.asked.amount_pence if self.asked.agreed_pence is None else self.asked.agreed_pence


def told(requests: QuerySet[FundingRequest], user: User) -> list[Told]:
    """Requests with their spends and returns, in three queries. What another school spent since is not a former
    school's to read."""
    found = list(requests.with_names())  # type: ignore[attr-defined]
    of_these = [request.pk for request in found]
    spends = FundingSpend.objects.visible_to(user).filter(request__in=of_these).select_related("by", "corrected_by")
    returns = FundingReturn.objects.visible_to(user).filter(request__in=of_these).select_related("by")
    return [
        _told(request, [s for s in spends if s.request_id == request.pk],
              [r for r in returns if r.request_id == request.pk])
        for request in found
    ]  # fmt: skip


def _told(request: FundingRequest, spends: list[FundingSpend], returns: list[FundingReturn]) -> Told:
    paid = (request.agreed_pence or 0) if request.is_given else 0
    spent = paid if request.minutes_bought else sum(spend.amount_pence for spend in spends)
    return Told(request, Tally(paid, spent, sum(one.amount_pence for one in returns)), spends, returns)


def waiting_for(user: User) -> QuerySet[FundingRequest]:
    """Requests this person may decide, the oldest first."""
    offices = [m.organisation_id for m in user.memberships_today if m.role in DECIDERS]
    waiting = FundingRequest.objects.visible_to(user).waiting().filter(virtual_school__in=offices)
    return waiting.with_names().order_by("asked_at", "pk")  # type: ignore[no-any-return]


def offices_paid_by(user: User) -> set[int]:
    """The Virtual Schools whose schools this person pays: as business officer, or as the head where there is none."""
    officers = {m.organisation_id for m in user.memberships_today if m.role == Role.BUSINESS_OFFICER}
    heads = {m.organisation_id for m in user.memberships_today if m.role == Role.VIRTUAL_SCHOOL_HEAD} - officers
    if not heads:
        return officers
    here = Membership.objects.on(clock.today()).playing(Role.BUSINESS_OFFICER).filter(organisation__in=heads)
    return officers | (heads - set(here.order_by().values_list("organisation", flat=True)))


@dataclass(frozen=True)
class ToPay:
    """Agreed money of one pot that is in no batch: how much, how many requests, agreed since when, to be paid until."""

    pence: int
    requests: int
    since: date
    until: date


def agreed_in_no_batch(offices: set[int]) -> list[ToPay]:
    """For the pots that are still open. One query."""
    waiting = FundingRequest.objects.to_be_paid().filter(
        virtual_school__in=offices, batch__isnull=True, pot__closed_on__isnull=True
    )
    sums = waiting.order_by().values("pot__year").annotate(
        pence=Sum("agreed_pence"), requests=Count("pk"), since=Min("decided_at")
    )  # fmt: skip
    return [
        ToPay(row["pence"], row["requests"], timezone.localtime(row["since"]).date(),
              financial_year_ends(row["pot__year"]))
        for row in sums.order_by("pot__year")
    ]  # fmt: skip


def to_be_exported(offices: set[int]) -> QuerySet[FundingBatch]:
    """Batches that hold payments and did not go to finance, with ``payments`` and their ``pence``. One query."""
    waiting = Q(requests__state=RequestState.AGREED)
    found = FundingBatch.objects.filter(virtual_school__in=offices, state=BatchState.MADE).select_related("pot")
    counted = found.annotate(
        payments=Count("requests", filter=waiting), pence=Sum("requests__agreed_pence", filter=waiting)
    )
    return counted.filter(payments__gt=0).order_by("pk")


def in_batch(batch: FundingBatch) -> QuerySet[FundingRequest]:
    """What a batch pays, in the order of its file."""
    return batch.requests.to_be_paid().select_related("pupil", "school").order_by("pk")  # type: ignore[attr-defined,no-any-return]


def in_no_batch(virtual_school: Organisation) -> QuerySet[FundingRequest]:
    """What the next batch takes: agreed from this year's money and in no batch yet."""
    waiting = FundingRequest.objects.to_be_paid().filter(
        pot=pot_of(virtual_school, clock.today()), batch__isnull=True, pot__isnull=False
    )
    return waiting.select_related("pupil", "school").order_by("pk")


def with_next_pep(requests: QuerySet[FundingRequest]) -> QuerySet[FundingRequest]:
    """Requests with ``next_pep_due_on``, the day of the pupil's newest PEP if it is a later one than the target's, and
    ``left_pence`` of the money."""
    newest = Pep.objects.filter(pupil=OuterRef("pupil")).newest_first()
    later = newest.filter(term__during__startswith__gte=OuterRef("target__pep__term__during__startswith"))
    entries = {"spends": FundingSpend, "returns": FundingReturn}
    sums = {name: Coalesce(Subquery(_sum_of(model)), 0, output_field=IntegerField()) for name, model in entries.items()}
    return requests.select_related("pupil", "target").annotate(
        next_pep_due_on=Subquery(later.exclude(pk=OuterRef("target__pep")).values("due_on")[:1]),
        left_pence=Case(
            When(minutes_bought__gt=0, then=0), default=F("agreed_pence") - sums["spends"] - sums["returns"],
            output_field=IntegerField(),
        ),
    )  # fmt: skip


def _sum_of(model: Any) -> QuerySet[Any]:
    of_one = model.objects.filter(request=OuterRef("pk")).order_by().values("request")
    return of_one.annotate(total=Sum("amount_pence")).values("total")  # type: ignore[no-any-return]


def with_requests_waiting(pupils: Sequence[Pupil]) -> list[Pupil]:
    """Those of these pupils about whom there is a request for Pupil Premium Plus that waits."""
    theirs = set(FundingRequest.objects.filter(pupil__in=pupils).waiting().values_list("pupil", flat=True))
    return [pupil for pupil in pupils if pupil.pk in theirs]
