"""Which funding pays for specialist advice: four rungs in a fixed order, each with how much, why, and by what source.

Pure: everything is in ``Facts``. ``tests/rungs.csv`` is its table; ``test_worked_examples`` tells twelve cases whole.
"""

from dataclasses import dataclass, field
from datetime import date

from trellis.calendar.rules import financial_year
from trellis.conduct.rules import rule
from trellis.design.in_words import hours, pounds
from trellis.hours.models import PaidFrom

ORDER = (PaidFrom.OWN, PaidFrom.BUDGET, PaidFrom.PUPIL_PREMIUM, PaidFrom.HIGHLY_VULNERABLE)
QUARTER = 15  # minutes
LADDER = "Sample: the order of funding that Coventry Virtual School publishes"
EHC_PROVISION = "Children and Families Act 2014, section 42"
GRANT = "Pupil premium grant conditions, DfE 2025–26"
FRAMEWORK = "Sample: the framework that Coventry Virtual School publishes"
STATUTORY = "SEND Regulations 2014, regulation 6"


@dataclass(frozen=True)
class OwnHours:
    """The school's hours of the service this year, in minutes; None of them entered: ``whole`` is 0."""

    whole: int = 0
    left: int = 0
    year: str = ""  # "2026–27"

    @property
    def in_use(self) -> int:
        return self.whole - self.left


@dataclass(frozen=True)
class Budget:
    """What the school says of its own budget: minutes it pays (None: not said yet), or why it does not."""

    minutes: int | None = None
    why_not: str = ""

    @property
    def is_said(self) -> bool:
        return bool(self.minutes) or bool(self.why_not.strip())


@dataclass(frozen=True)
class PupilPremium:
    """What bears on Pupil Premium Plus. Money in pence."""

    is_looked_after_here: bool = True
    year_group: int = 4
    is_owed_by_plan: bool = False  # the help asked for is what an EHC plan names
    target: str = ""  # “target 2 of the autumn PEP, “asks for help in words””; empty: no target serves this
    not_agreed: str = ""  # what the Virtual School said when it did not agree this, or not all
    why_no_target: str = ""  # another reason of the Virtual School's policy, as a sentence
    left: int = 0  # in the pot of this financial year
    still_allowed: int | None = None  # what the policy leaves for this PEP; None: no cap
    who_agrees: str = "The Virtual School"
    once: str = ""  # what the agreement waits for beside: "once this PEP is signed off"
    source: str = GRANT


@dataclass(frozen=True)
class HighlyVulnerable:
    """The pupil's case in the Highly Vulnerable framework, if there is one. Minutes."""

    has_open_case: bool = False
    left: int = 0  # awarded and not used, of this service
    whose: str = ""  # of what the award is, where it is not of this service: "outreach of the Virtual School"
    until: str = ""  # "11 December 2026"
    has_outreach: bool = False  # asked for or under way, without such a case


@dataclass(frozen=True)
class Override:
    """Somebody with the right to do so takes one rung first, and says why."""

    first: str
    because: str
    by: str  # "Hana Ours, headteacher"


@dataclass(frozen=True)
class Facts:
    """All that decides who pays for one request, on one day. Time in minutes, money in pence."""

    name: str  # the pupil's first name
    service: str  # "SEMHL"
    minutes_needed: int
    price: int  # pence an hour
    today: date
    own: OwnHours = field(default_factory=OwnHours)
    own_at_most: int | None = None  # the school keeps some of its own hours back
    budget: Budget = field(default_factory=Budget)
    premium: PupilPremium = field(default_factory=PupilPremium)
    framework: HighlyVulnerable = field(default_factory=HighlyVulnerable)
    is_statutory_advice: bool = False
    override: Override | None = None

    def costs(self, minutes: int) -> int:
        return minutes * self.price // 60


@dataclass(frozen=True)
class Rung:
    """One step of the ladder as it is shown: whether it pays, how much, why, and by what source."""

    code: str
    name: str
    offered: bool
    minutes: int
    pence: int
    reason: str
    source: str


# --- rules -----------------------------------------------------------------------------------------------------------


@rule(source=EHC_PROVISION, is_law=True)
def pupil_premium_never_replaces_ehc_provision(is_owed_by_plan: bool) -> bool:
    """What an EHC plan names is owed by the local authority. Pupil Premium Plus never pays for it."""
    return not is_owed_by_plan


@rule(source=GRANT)
def pupil_premium_is_for_looked_after_pupils(is_looked_after_here: bool) -> bool:
    """Only for looked-after children: the Virtual School has Pupil Premium Plus for those of its own authority."""
    return is_looked_after_here


@rule(source=FRAMEWORK)
def framework_is_for_looked_after_pupils(is_looked_after_here: bool) -> bool:
    """Only for looked-after children: the framework is the Virtual School’s, for those of its own authority."""
    return is_looked_after_here


@rule(source=GRANT)
def pupil_premium_is_for_reception_to_year_11(year_group: int) -> bool:
    """Pupil Premium Plus is for Reception to year 11."""
    return 0 <= year_group <= 11


@rule(source=LADDER)
def own_budget_is_spoken_for(budget_is_said: bool) -> bool:
    """First say what your school’s own budget pays, or why it cannot. Pupil Premium Plus comes after it."""
    return budget_is_said


@rule(source=f"{GRANT}: used for needs that the PEP describes")
def pupil_premium_serves_a_target(target: str) -> bool:
    """No target of the PEP asks for this. Add one to the PEP, or choose one that this advice serves."""
    return bool(target)


@rule(source=f"{GRANT}: the Virtual School decides, with its reason")
def pupil_premium_is_asked_once_for_a_target(not_agreed: str) -> bool:
    """It may be asked again from another target of the PEP that this advice serves; else somebody else pays."""
    return not not_agreed


@rule(
    source="Statutory advice is the authority’s to get and to pay for: SEND Regulations 2014, regulation 6", is_law=True
)
def statutory_advice_climbs_no_ladder(is_statutory_advice: bool) -> bool:
    """This advice was asked for in an EHC needs assessment. The local authority pays for it, not the school."""
    return not is_statutory_advice


@rule(source=LADDER)
def request_is_paid_in_full(unpaid: int) -> bool:
    """Nobody pays for part of this request. Open “Who pays”: let your budget pay the rest, or ask for less time."""
    return unpaid == 0


@rule(source="An override needs a role and a reason, and stays visible (our own)", field="because")
def override_says_why(because: str) -> bool:
    """Say why the order is changed. Everybody who reads the request sees it."""
    return bool(because.strip())


# --- the ladder ------------------------------------------------------------------------------------------------------


def rungs(facts: Facts) -> list[Rung]:
    """The four rungs in their order, each with what it pays. Together they pay ``minutes_needed`` where they can."""
    stop = statutory_advice_climbs_no_ladder(facts.is_statutory_advice)
    if not stop:
        return [Rung(code, name_of(code, facts), False, 0, 0, stop.sentence, STATUTORY) for code in ORDER]
    order = list(ORDER)
    if facts.override:
        order.remove(PaidFrom(facts.override.first))
        order.insert(0, PaidFrom(facts.override.first))
    left, found = facts.minutes_needed, {}
    for code in order:
        found[code] = STEPS[code](facts, left)
        left -= found[code].minutes + _kept_back(facts, found[code], left)
    return [_overridden(found[code], facts) for code in ORDER]


def name_of(code: str, facts: Facts) -> str:
    return f"The school’s own {facts.service} hours" if code == PaidFrom.OWN else PaidFrom(code).label


def paid(ladder: list[Rung]) -> int:
    """Minutes that have somebody to pay for them."""
    return sum(rung.minutes for rung in ladder)


def _own(facts: Facts, left: int) -> Rung:
    own = facts.own
    minutes = min(own.left, left)
    if facts.own_at_most is not None:
        minutes = min(minutes, facts.own_at_most)
    if not own.whole:
        reason = f"No {facts.service} hours of your school are entered for {own.year}."
    elif not own.left:
        reason = f"All {hours(own.whole)} of this year are used or booked."
    elif not left:
        reason = f"{_stand(own)} Not needed."
    elif minutes < min(own.left, left):
        reason = f"{_stand(own)} You keep {hours(min(own.left, left) - minutes)} back: nobody else pays for those."
    elif own.left >= left:
        reason = f"{_stand(own)} They are enough."
    else:
        reason = f"{_stand(own)} They are used first."
    return _rung(PaidFrom.OWN, facts, minutes, 0, reason, f"Service agreement {own.year}")


def _stand(own: OwnHours) -> str:
    """ "6 hours this year, 4½ used or booked, 1½ left." """
    used = f"{_number(own.in_use)} used or booked" if own.in_use else "none used or booked"
    return f"{hours(own.whole)} this year, {used}, {_number(own.left)} left."


def _number(minutes: int) -> str:
    return hours(minutes).removesuffix(" hours").removesuffix(" hour")


def _budget(facts: Facts, left: int) -> Rung:
    budget = facts.budget
    minutes = min(budget.minutes or 0, left)
    if not left:
        reason = "Not needed."
    elif minutes:
        reason = f"Your school pays this itself. The price is {pounds(facts.price)} an hour."
    elif budget.why_not.strip():
        reason = f"Not offered. Your school says: “{budget.why_not.strip()}”"
    else:
        reason = "Say what your school’s own budget pays, or why it cannot."
    return _rung(PaidFrom.BUDGET, facts, minutes, facts.costs(minutes), reason, LADDER)


def _premium(facts: Facts, left: int) -> Rung:
    premium = facts.premium
    if not left and premium.is_looked_after_here:
        return _rung(PaidFrom.PUPIL_PREMIUM, facts, 0, 0, "Not needed.", premium.source)
    for finding in (
        pupil_premium_is_for_looked_after_pupils(premium.is_looked_after_here),
        pupil_premium_never_replaces_ehc_provision(premium.is_owed_by_plan),
        pupil_premium_is_for_reception_to_year_11(premium.year_group),
        pupil_premium_is_asked_once_for_a_target(premium.not_agreed),
        own_budget_is_spoken_for(facts.budget.is_said),
        pupil_premium_serves_a_target(premium.target or premium.why_no_target),
    ):
        if not finding:
            refused = finding.rule is pupil_premium_is_asked_once_for_a_target
            said = f"The Virtual School answered: “{premium.not_agreed}” " if refused else ""
            return _rung(PaidFrom.PUPIL_PREMIUM, facts, 0, 0, said + finding.sentence, finding.rule.source)
    if premium.why_no_target:
        return _rung(PaidFrom.PUPIL_PREMIUM, facts, 0, 0, premium.why_no_target, premium.source)
    return _from_the_pot(facts, left)


def _from_the_pot(facts: Facts, left: int) -> Rung:
    premium = facts.premium
    year = financial_year(facts.today)
    pot = f"pot of {year}–{(year + 1) % 100:02}"
    most = premium.left if premium.still_allowed is None else min(premium.left, premium.still_allowed)
    minutes = min(left, most * 60 // facts.price // QUARTER * QUARTER) if facts.price else left
    if not minutes:
        reason = _pays_nothing(pot, premium.left, capped=most < premium.left)
        return _rung(PaidFrom.PUPIL_PREMIUM, facts, 0, 0, reason, GRANT if premium.left <= most else premium.source)
    enough = "" if minutes == left else f" The {pot} pays no more."
    if minutes < left and premium.left > most:
        enough = " The Virtual School’s policy allows no more for this PEP."
    reason = (
        f"Serves {premium.target}. The price is {pounds(facts.price)} an hour, from the {pot}.{enough} "
        f"{' '.join(filter(None, [premium.who_agrees, 'has to agree', premium.once]))}."
    )
    return _rung(PaidFrom.PUPIL_PREMIUM, facts, minutes, facts.costs(minutes), reason, premium.source)


def _pays_nothing(pot: str, left: int, *, capped: bool) -> str:
    if capped:
        return "The Virtual School’s policy allows no more for this PEP."
    if not left:
        return f"The {pot} is used up. No money rolls over 31 March."
    return f"The {pot} has {pounds(left)} left: less than a quarter of an hour costs."


def _framework(facts: Facts, left: int) -> Rung:
    case = facts.framework
    minutes = 0
    cared_for = framework_is_for_looked_after_pupils(facts.premium.is_looked_after_here or case.has_open_case)
    if not cared_for:
        reason = cared_for.sentence
    elif not left:
        at_risk = f"If {facts.name}’s place at school is at risk, ask for outreach instead."
        reason = "Not needed." if case.has_open_case or case.has_outreach else f"Not needed. {at_risk}"
    elif not case.has_open_case:
        reason = (
            f"Only in exceptional cases. If being in care itself puts {facts.name}’s education at risk, "
            "propose it to the Virtual School’s panel."
        )
    elif case.whose:
        reason = f"The award is of {case.whose}, not of {facts.service}."
    elif not case.left:
        reason = "The hours awarded are used, or the panel has not decided yet."
    else:
        minutes = min(case.left, left)
        until = f" until {case.until}" if case.until else ""
        enough = "Enough." if case.left >= left else "Not enough."
        reason = f"Left of the award{until}: {hours(case.left)}. {enough}"
    return _rung(PaidFrom.HIGHLY_VULNERABLE, facts, minutes, 0, reason, FRAMEWORK)


STEPS = {
    PaidFrom.OWN: _own,
    PaidFrom.BUDGET: _budget,
    PaidFrom.PUPIL_PREMIUM: _premium,
    PaidFrom.HIGHLY_VULNERABLE: _framework,
}


def _rung(code: PaidFrom, facts: Facts, minutes: int, pence: int, reason: str, source: str) -> Rung:
    return Rung(code, name_of(code, facts), minutes > 0, minutes, pence, reason, source)


def _kept_back(facts: Facts, rung: Rung, left: int) -> int:
    """Own hours that the school could use and does not: they are not moved to anybody else's money."""
    if rung.code != PaidFrom.OWN or facts.own_at_most is None:
        return 0
    kept = min(facts.own.left, left) - rung.minutes
    return max(0, kept - min(facts.budget.minutes or 0, kept))


def _overridden(rung: Rung, facts: Facts) -> Rung:
    """The rung that was taken first says who wanted that, and why."""
    override = facts.override
    if override is None or rung.code != override.first:
        return rung
    words = f"{rung.reason} Taken first: {override.by}, says “{override.because}”"
    return Rung(rung.code, rung.name, rung.offered, rung.minutes, rung.pence, words, rung.source)
