"""Who can agree to specialist work with a named child, read from the law, and what a consent has to say.

Parental responsibility is one thing; being a parent in education law is another (domain D10). Nothing here is inferred
from a relationship: a foster carer has no parental responsibility, and agrees only to what was delegated to them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.consents.models import Capacity, ConsentState

OLD_ENOUGH = 16
ADULT = 18

CONSENT = Workflow(
    "consent",
    ConsentState,
    {
        "given": ((ConsentState.ASKED,), ConsentState.GIVEN),
        "declined": ((ConsentState.ASKED,), ConsentState.DECLINED),
        "withdrawn": ((ConsentState.ASKED, ConsentState.GIVEN), ConsentState.WITHDRAWN),
        "lapsed": ((ConsentState.ASKED, ConsentState.GIVEN), ConsentState.LAPSED),
    },
)

# --- who can agree ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConsentFacts:
    """``legal_status`` as in the looked-after return, "" when not in care; ``age`` in years; ``carer_delegated``:
    somebody read what is delegated to the carer and says that it covers agreement to specialist advice."""

    legal_status: str
    age: int
    placed_with_parents: bool = False
    carer_delegated: bool = False
    first_name: str = "the child"


@dataclass(frozen=True)
class Consenter:
    """Somebody who may agree: as what, why, from which source, and what else has to happen."""

    kind: str
    why: str
    source: str
    also: str = ""


@dataclass(frozen=True)
class _Basis:
    """What one group of legal statuses means for consent."""

    statuses: frozenset[str]
    agree: tuple[Consenter, ...]


def _basis(statuses: str, *agree: Consenter) -> _Basis:
    return _Basis(frozenset(statuses.split()), agree)


_CARE_ORDER = Consenter(
    Capacity.AUTHORITY,
    "{name} is under a care order: the authority shares parental responsibility and decides. The social worker or "
    "their manager answers for it.",
    "Children Act 1989 s.31, s.33, s.38",
    "The parents are consulted first where that is safe, and told unless a reason is recorded.",
)
BASES = [
    _basis(
        "V2 V3 V4",
        Consenter(
            Capacity.PARENT,
            "{name} is accommodated by agreement: a parent with parental responsibility agrees. The authority has "
            "none, so the social worker cannot agree for it.",
            "Children Act 1989 s.3, s.20",
            "The social worker helps to arrange it.",
        ),
    ),
    _basis("C1 C2", _CARE_ORDER),
    _basis(
        "E1",
        Consenter(
            Capacity.AUTHORITY,
            "{name} is under a placement order: the authority decides how far others use parental responsibility, and "
            "agrees.",
            "Adoption and Children Act 2002 s.21, s.25",
            "The authority decides whether parents and prospective adopters are asked. Where adopters live is secret.",
        ),
    ),
    _basis(
        "D1",
        Consenter(
            Capacity.AUTHORITY,
            "{name} is freed for adoption: parental responsibility lies with the adoption agency, and the authority "
            "agrees.",
            "Adoption Act 1976 s.18",
            "Where prospective adopters live is secret.",
        ),
    ),
    _basis(
        "L2",
        Consenter(
            Capacity.PARENT,
            "{name} is under an emergency protection order: ordinary advice is for a parent with parental "
            "responsibility to agree to.",
            "Children Act 1989 s.3, s.44",
            "If it is not urgent, wait until the order has ended.",
        ),
        Consenter(
            Capacity.AUTHORITY,
            "While the emergency protection order lasts the authority may agree only to what {name}’s welfare needs "
            "now.",
            "Children Act 1989 s.44(5)",
            "The social worker says why it cannot wait.",
        ),
    ),
    _basis(
        "L1 L3",
        Consenter(
            Capacity.PARENT,
            "No order gives the authority parental responsibility for {name}: a parent who has it agrees.",
            "Children Act 1989 s.3, s.43, s.46",
            "If it is not urgent, wait: this protection lasts for days only.",
        ),
    ),
    _basis(
        "J1 J2 J3",
        Consenter(
            Capacity.PARENT,
            "Being remanded or placed by a court gives the authority no parental responsibility for {name}: a parent "
            "who has it agrees.",
            "Children Act 1989 s.3; Legal Aid, Sentencing and Punishment of Offenders Act 2012 s.104",
            "Tell the social worker.",
        ),
    ),
]
NOT_IN_CARE = _Basis(
    frozenset({""}),
    (
        Consenter(
            Capacity.PARENT,
            "{name} is not in care: a parent, or whoever else has parental responsibility, agrees.",
            "Children Act 1989 s.3",
        ),
    ),
)
YOUNG_PERSON = Consenter(
    Capacity.YOUNG_PERSON,
    "{name} is 16 or over and agrees for themselves, if able to decide this.",
    "Mental Capacity Act 2005 s.1, s.2(5)",
    "Tell those who have parental responsibility, and the social worker.",
)
CARER = Consenter(
    Capacity.CARER,
    "{name}’s carer may agree where what is delegated to them covers this. A carer has no parental responsibility of "
    "their own.",
    "Care Planning, Placement and Case Review (England) Regulations 2010 reg. 9, Sch. 2",
    "Only as far as the delegation says.",
)
UNLESS_ABLE = "If {name} is not able to decide this: "


def who_may_agree(facts: ConsentFacts) -> list[Consenter]:
    """Those who may agree to specialist work with this child, the first to ask first (domain D10)."""
    return [
        replace(one, why=one.why.format(name=facts.first_name), also=one.also.format(name=facts.first_name))
        for one in _who(facts)
    ]


def _who(facts: ConsentFacts) -> Iterator[Consenter]:
    if facts.age >= OLD_ENOUGH:
        yield YOUNG_PERSON
    if facts.age >= ADULT:
        return
    for one in _basis_of(facts.legal_status).agree:
        one = _with_parents(one) if facts.placed_with_parents else one
        yield replace(one, why=UNLESS_ABLE + one.why) if facts.age >= OLD_ENOUGH else one
    if facts.carer_delegated and facts.legal_status:
        yield CARER


def _basis_of(legal_status: str) -> _Basis:
    return next((basis for basis in BASES if legal_status in basis.statuses), NOT_IN_CARE)


def _with_parents(one: Consenter) -> Consenter:
    """On a care order and living with a parent: still looked after, and the authority still agrees."""
    if one.kind != Capacity.AUTHORITY:
        return one
    return replace(one, also="The parent with whom {name} lives decides day to day: ask them as well.")


# --- what a consent has to say ---------------------------------------------------------------------------------------


@rule(source="Children Act 1989 s.3 and the order in force (domain D10)", is_law=True, field="asked_of")
def the_person_may_agree(kind: str, consenters: list[Consenter]) -> bool:
    """This person cannot agree for this child. Choose somebody who can."""
    return kind in {one.kind for one in consenters}


@rule(source="Contact is never inferred from a relationship (domain H6)", field="asked_of")
def the_person_may_be_contacted(may_be_contacted: bool) -> bool:
    """This person must not be contacted. Ask the social worker how consent can be arranged."""
    return may_be_contacted


@rule(source="Care Planning Regulations 2010 reg. 9: a carer decides only what is delegated (domain D11)",
      is_law=True, field="delegation_covers")  # fmt: skip
def the_delegation_was_read(delegation: str, covers: bool) -> bool:
    """A carer agrees only to what is delegated. Read the delegation, and say that it covers specialist advice."""
    return bool(delegation.strip()) and covers


@rule(source="A consent names who gave it and when (domain D9)", field="answered_on")
def answer_came_by_today(answered_on: date, asked_on: date, today: date) -> bool:
    """The day of the answer lies between the day of asking and today."""
    return asked_on <= answered_on <= today


@rule(source="A consent names who gave it (domain D9)", field="answered_name")
def answer_names_who_gave_it(name: str) -> bool:
    """Write the name of the person who answers."""
    return bool(name.strip())


@rule(source="A withdrawal says who told whom (domain D9)", field="who_told")
def withdrawal_says_who_told(who_told: str) -> bool:
    """Say who told you that consent is withdrawn."""
    return bool(who_told.strip())
