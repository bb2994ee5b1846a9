"""What a request for advice must say, and how it goes from a draft to answered recommendations."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trellis.advice.models import AdviceState, Answer, Declined
from trellis.conduct.rules import Finding, rule
from trellis.conduct.workflow import Workflow

ADVICE = Workflow(
    "request for advice",
    AdviceState,
    {
        "sent": ((AdviceState.DRAFT,), AdviceState.SENT),
        "accepted": ((AdviceState.SENT,), AdviceState.ACCEPTED),
        "declined": ((AdviceState.SENT,), AdviceState.DECLINED),
        "reported": ((AdviceState.ACCEPTED,), AdviceState.REPORTED),
        "closed": ((AdviceState.ACCEPTED, AdviceState.REPORTED), AdviceState.CLOSED),
        "withdrawn": ((AdviceState.DRAFT, AdviceState.SENT, AdviceState.ACCEPTED), AdviceState.WITHDRAWN),
    },
)

NEXT_ROUTES = {
    Declined.NO_CONSENT: (
        "Ask whoever may agree for this child for consent, then send the request again. Until then the service can "
        "talk with you without the child being named."
    ),
    Declined.LITTLE_TRIED: (
        "Say in the plan what is tried and for how long, review it, then ask again. This does not stop a request for "
        "an EHC needs assessment, which may be made at any time."
    ),
    Declined.OTHER_SERVICE: "Send the question to the service that was named.",
    Declined.NO_CAPACITY: (
        "Ask again for a later date, or ask the Virtual School which other funding is open. If the school place is at "
        "risk, ask for emergency outreach now."
    ),
    Declined.OTHER: "Talk with the service about what would help; the Virtual School can help to find another way.",
}

# --- what is asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RequestFacts:
    """A request as it is about to be sent; ``consent`` is the state of the consent asked, "" when none was."""

    question: str
    cycles_chosen: int
    nothing_tried_because: str
    consent: str
    without_name: bool
    wanted_by: date | None
    minutes_needed: int


@rule(source="Requests for involvement name the question to answer (domain D6)", field="question")
def request_asks_a_question(request: RequestFacts) -> bool:
    """Say what you want to know from the specialist."""
    return bool(request.question.strip())


@rule(source="A service looks at what was tried and what came of it (domain D6, D7)", field="cycles_chosen")
def request_says_what_was_tried(request: RequestFacts) -> bool:
    """Choose what has been tried, or say why nothing could be tried yet."""
    return bool(request.cycles_chosen or request.nothing_tried_because.strip())


@rule(source="Work with a named child needs consent; an early talk without the name does not (domain D7, D9)")
def request_has_asked_for_consent(request: RequestFacts) -> bool:
    """Ask for consent, or choose to talk with the service without naming the child first."""
    return request.without_name or request.consent in {"ASKED", "GIVEN"}


@rule(source="A request for a piece of work names its latest date (EPS request form 2014/15)", field="wanted_by")
def request_says_by_when(request: RequestFacts) -> bool:
    """Say by when you would like the advice."""
    return request.wanted_by is not None


@rule(source="Hours are booked in quarter hours (domain D2)", field="minutes_needed")
def request_says_how_long(request: RequestFacts) -> bool:
    """Say how much time this needs, in quarter hours, at least a quarter."""
    return request.minutes_needed >= 15 and request.minutes_needed % 15 == 0


@rule(source="Advice is wanted for a day to come", field="wanted_by")
def advice_is_wanted_ahead(wanted_by: date, today: date) -> bool:
    """The day by which you want advice lies in the past."""
    return wanted_by >= today


def what_sending_asks(request: RequestFacts) -> list[Finding]:
    """Every finding on a request that is about to be sent, in the order of its pages."""
    return [
        request_asks_a_question(request),
        request_says_what_was_tried(request),
        request_has_asked_for_consent(request),
        request_says_by_when(request),
        request_says_how_long(request),
    ]


def without_names(words: str, names: Sequence[str], initials: str) -> str:
    """The words with each of the names, whole, in any case, replaced by the initials: what is read before consent.
    O’Brien is found as O'Brien, Anne-Marie as Anne Marie, Zoë as Zoe, and Smith-Jones as Smith alone."""
    halves = [part for name in names for part in re.split(BETWEEN, name) if len(part) > 1]
    known = {part for name in names for part in [name, *name.split()] if part} | set(halves)
    if not known:
        return words
    longest_first = sorted(known, key=len, reverse=True)
    pattern = r"(?<!\w)(?:" + "|".join(map(_as_typed, longest_first)) + r")(?!\w)"
    return re.sub(pattern, initials, unicodedata.normalize("NFC", words), flags=re.IGNORECASE)


BETWEEN = r"[\s\-\u2010-\u2013]+"  # spaces and hyphens
APOSTROPHES = "'`\u00b4\u02bc\u2018\u2019"


def _as_typed(name: str) -> str:
    """A pattern that finds the name whichever apostrophe, hyphen or accent somebody typed."""
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", name))


def _letter(letter: str) -> str:
    if letter in APOSTROPHES:
        return f"[{APOSTROPHES}]?"
    if re.fullmatch(BETWEEN, letter):
        return BETWEEN[:-1] + "*"
    plain = unicodedata.normalize("NFD", letter)[0]
    return re.escape(letter) if plain == letter else f"[{letter}{plain}]"


# --- what the service does -------------------------------------------------------------------------------------------


@rule(source="A refusal gives its reason (domain D7)", field="declined_because")
def refusal_gives_its_reason(because: str) -> bool:
    """Say why, in words that help the school to take the next step."""
    return bool(because.strip())


@rule(source="A specialist works with a named child only with consent (domain D9)")
def named_work_has_consent(stands: bool) -> bool:
    """Consent does not stand, so nothing can be written about the named child yet. Talk with the school."""
    return stands


@rule(source="A report tells the school and the family what was found (domain D8)", field="summary")
def report_says_what_was_found(summary: str) -> bool:
    """Write what you found."""
    return bool(summary.strip())


@rule(source="Each recommendation is answered in the plan, or it is lost (domain D8)", field="recommendation_1")
def report_recommends_something(recommendations: Sequence[str]) -> bool:
    """Write at least one recommendation: each is answered by the school."""
    return any(one.strip() for one in recommendations)


# --- what the school makes of it -------------------------------------------------------------------------------------


@rule(source="An adapted recommendation says how (domain D8)", field="own_words")
def adapted_says_how(answer: str, own_words: str) -> bool:
    """Write in your own words what you will do."""
    return answer != Answer.ADAPTED or bool(own_words.strip())


@rule(source="A recommendation put off or declined says why (domain D8)", field="why")
def not_taken_up_says_why(answer: str, why: str) -> bool:
    """Say why."""
    return answer not in {Answer.PUT_OFF, Answer.DECLINED} or bool(why.strip())


@rule(source="A recommendation put off comes back (domain D8)", field="put_off_until")
def put_off_says_until_when(answer: str, until: date | None, today: date) -> bool:
    """Say until when you put this off: a day to come."""
    return answer != Answer.PUT_OFF or (until is not None and until > today)
