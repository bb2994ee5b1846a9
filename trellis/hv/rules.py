"""What is true of the Highly Vulnerable framework on paper. What a Virtual School settles itself is in HvPolicy."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.hv.models import OPEN_STATES, UNDECIDED, HvPolicy, HvState

CASE = Workflow(
    name="case of the Highly Vulnerable framework",
    states=HvState,
    moves={
        "sent to the panel again": ((HvState.MORE_ASKED,), HvState.PROPOSED),
        "taken back": (UNDECIDED, HvState.WITHDRAWN),
        "sent back with a question": ((HvState.PROPOSED,), HvState.MORE_ASKED),
        "awarded": (UNDECIDED, HvState.AWARDED),
        "refused": (UNDECIDED, HvState.REFUSED),
        "confirmed": ((HvState.AWARDED,), HvState.AWARDED),
        "changed": ((HvState.AWARDED,), HvState.AWARDED),
        "extended": ((HvState.AWARDED,), HvState.AWARDED),
        "carried on": ((HvState.AWARDED,), HvState.AWARDED),
        "spent from": ((HvState.AWARDED,), HvState.AWARDED),
        "ended": ((HvState.AWARDED,), HvState.ENDED),
        "closed because care ended": (OPEN_STATES, HvState.ENDED),
    },
)

FRAMEWORK = "Coventry Virtual School, SEND page, Highly Vulnerable framework"
SETTING = "the Virtual School’s own policy; a sample where none is published"


@rule(source=FRAMEWORK)
def is_looked_after_here(authority_id: int | None, panel_of: int | None) -> bool:
    """The framework is for children whom this authority looks after."""
    return authority_id is not None and authority_id == panel_of


@rule(source=FRAMEWORK, field="criterion")
def criterion_is_in_the_policy(code: str, codes: Collection[str]) -> bool:
    """Choose the reason that fits best, or “something else”."""
    return code in codes


@rule(source="domain F4, F6: what is asked, and what for", field="asked_minutes")
def something_is_asked(minutes: int, pence: int) -> bool:
    """Say what you ask for: hours, money, or both."""
    return minutes > 0 or pence > 0


@rule(source="Lancashire High Needs Funding form: itemised cost and reason", field="asked_money_for")
def money_says_what_for(pence: int, what_for: str) -> bool:
    """Say what the money is for, item by item."""
    return pence == 0 or bool(what_for.strip())


@rule(source=SETTING, field="quorum")
def panel_can_reach_its_quorum(policy: HvPolicy) -> bool:
    """More must be there than sit on the panel. Enter a smaller number, or name more of the panel."""
    return policy.quorum <= len(policy.panel_roles)


@rule(source=SETTING, field="present")
def panel_has_its_quorum(present: Collection[tuple[str, str]], quorum: int) -> bool:
    """Too few of the panel are named. Enter the name of each member who was there, or decide on another day."""
    return len({role for role, name in present if name.strip()}) >= quorum


@rule(source="domain F4: a refusal names the next route", field="next_route")
def refusal_names_the_next_route(route: str) -> bool:
    """Choose where the school goes next. A refusal always names it."""
    return bool(route)


@rule(source="domain F4: a refusal names the next route", field="next_route_words")
def refusal_says_how_to_go_on(words: str) -> bool:
    """Say what the school does next on that route, and who helps."""
    return bool(words.strip())


@rule(source="domain F2: extra funding or professional advice", field="minutes")
def award_gives_something(minutes: int, pence: int) -> bool:
    """An award gives hours, money, or both. Enter what is given."""
    return minutes > 0 or pence > 0


@rule(source=SETTING, field="minutes")
def award_is_within_the_cap(minutes: int, cap: int) -> bool:
    """This is more than the policy lets one case have. Award less, or agree a new policy first."""
    return minutes <= cap


@rule(source="domain F3: awarded for a period", field="until")
def award_ends_after_it_begins(begins: date, until: date) -> bool:
    """The award ends before it begins. Check its last day."""
    return begins < until


@rule(source="domain F5: what is left goes back")
def nothing_is_booked_from_it(visits: int) -> bool:
    """A visit is booked from these hours. Let the service confirm it or cancel it, then end the award."""
    return visits == 0


@rule(source="money is entered when it was spent", field="spent_on")
def was_spent_during_the_award(spent_on: date, begins: date, today: date) -> bool:
    """Enter a day since the award began, and not after today."""
    return begins <= spent_on <= today


@rule(source="domain F3: one extension without a new panel")
def is_extended_once(extended_on: date | None) -> bool:
    """This award was extended before. A second time goes to the panel: end it and propose it again."""
    return extended_on is None


@rule(source="domain F3: one extension without a new panel", field="until")
def extension_goes_further(until: date, extended_to: date) -> bool:
    """The new last day comes after the present one."""
    return extended_to > until


QUARTER = 15  # minutes: less cannot be booked


def own_hours_are_used(minutes_left: int) -> bool:
    """Whether what is left of a school's own hours is too little to book."""
    return minutes_left < QUARTER


@dataclass(frozen=True)
class EntryFacts:
    """What the framework looks at before a case comes to its panel."""

    authority: str = ""  # by which authority the child is looked after, "" when by none
    criterion: str = ""
    own_hours: str = ""  # what the hours' own record says
    own_hours_are_used: bool = False  # some were entered, and none is left
    own_hours_said: str = ""  # what the school says of them
    pp_plus: str = ""  # what was asked, as it is recorded
    pp_plus_said: str = ""
    pep: str = ""
    pep_is_begun: bool = True
    cycle: str = ""
    consent: str = ""  # what is asked or stands, as it is recorded
    consent_stands: bool = True  # at least one was given
    consent_said: str = ""  # what the school says about it besides


@dataclass(frozen=True)
class Check:
    """One line of the entry test: a sentence, whether it is there, and what it says."""

    text: str
    is_met: bool
    says: str = ""
    missing: str = field(default="", compare=False)

    @property
    def sentence(self) -> str:
        return self.says if self.is_met else self.missing


def entry_test(facts: EntryFacts) -> list[Check]:
    """Shown, not enforced, but for the first: a case is for a child whom this authority looks after."""
    return [
        Check("Looked after by this authority", bool(facts.authority), f"Looked after by {facts.authority}.",
              "Not looked after by this authority. The framework cannot help; the next route is below."),
        Check("A criterion is met", bool(facts.criterion), facts.criterion, "Say below which one, and how you know."),
        Check("The school’s own hours are used or kept for somebody", facts.own_hours_are_used,
              _together(facts.own_hours, facts.own_hours_said), _hours_left_yet(facts)),
        Check("Pupil Premium Plus was asked, or why not is said", bool(facts.pp_plus or facts.pp_plus_said),
              _together(facts.pp_plus, facts.pp_plus_said), "Say below what was asked, and why it was not enough."),
        Check("A current Personal Education Plan (PEP)", bool(facts.pep) and facts.pep_is_begun,
              f"{facts.pep}. It is attached.",
              f"{facts.pep}. The panel will ask when it is begun." if facts.pep
              else "There is no PEP yet. The panel will ask when there will be one."),
        Check("A cycle of Assess, Plan, Do, Review", bool(facts.cycle), f"{facts.cycle}. It is attached.",
              "There is no cycle yet. Write under “how you know” what was tried."),
        Check("Consent", bool(facts.consent) and facts.consent_stands,
              _together(facts.consent, facts.consent_said), _no_consent_yet(facts)),
    ]  # fmt: skip


def _hours_left_yet(facts: EntryFacts) -> str:
    recorded = facts.own_hours or "None are recorded for this year."
    if facts.own_hours_said:
        return _together(recorded, f"The school says: {facts.own_hours_said}")
    return f"{recorded} Say below what was used, and why it was not enough."


def _no_consent_yet(facts: EntryFacts) -> str:
    if facts.consent:
        return _together(facts.consent, "No answer yet.", facts.consent_said)
    if facts.consent_said:
        return f"None is recorded here. The school says: {facts.consent_said}"
    return "Say below who agreed that specialists work with the child, or whom you will ask."


def _together(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
