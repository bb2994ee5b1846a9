"""What puts a school place at risk, as dated sentences and never as a number alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from trellis.alerts.models import SIGNS, AlertPolicy, AlertState, ReasonKind
from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.design.in_words import full_date, hours
from trellis.schooling.models import days_in_words

ALERT = Workflow(
    name="alert",
    states=AlertState,
    moves={
        "resolved": ((AlertState.OPEN,), AlertState.RESOLVED),
        "set aside": ((AlertState.OPEN,), AlertState.SET_ASIDE),
    },
)


@rule(source="domain E13: the days that Southwark publishes", field="secondary_days")
def primary_days_are_no_more_than_secondary(policy: AlertPolicy) -> bool:
    """A younger child’s place is at risk sooner. Enter as many days for secondary schools as for primary, or more."""
    return policy.primary_days <= policy.secondary_days


@dataclass(frozen=True)
class Found:
    """One reason: what kind, of which fact, said how, happened when."""

    kind: str
    key: str
    sentence: str
    happened_on: date

    @property
    def is_sign(self) -> bool:
        """Worth a look, and no more: by itself it puts no place at risk."""
        return self.kind in SIGNS


@dataclass(frozen=True)
class Suspended:
    """A suspension as it counts here."""

    id: int
    first_day: date
    half_days: int
    is_permanent: bool = False
    stands: bool = True


@dataclass(frozen=True)
class PartTime:
    id: int
    starts_on: date
    minutes_now: int
    minutes_full: int


@dataclass(frozen=True)
class Happened:
    """Something that happened on a day: a move, a pupil sent home, a place said to be in doubt."""

    id: int
    on: date
    words: str = ""


@dataclass(frozen=True)
class Asked:
    """Advice asked of a service, of which ``what`` ("answer" or "report") was due on a day and has not come."""

    id: int
    service: str
    sent_on: date
    what: str
    due_on: date


@dataclass(frozen=True)
class Reviewed:
    """The pupil's latest reviewed cycle."""

    id: int
    number: int
    held_on: date
    worse: Sequence[str] = ()
    delivery: str = ""  # in words, when it was not as planned


@dataclass(frozen=True)
class AtRiskFacts:
    """All that is looked at. ``suspensions``: of the last three terms, latest first."""

    on: date
    is_secondary: bool = False
    suspensions: Sequence[Suspended] = ()
    half_days_in_three_terms: int = 0
    part_time: PartTime | None = None
    sent_home: Sequence[Happened] = ()
    moves: Sequence[Happened] = ()  # of school and of placement, latest first
    review: Reviewed | None = None
    unanswered: Sequence[Asked] = ()
    in_doubt: Happened | None = None


def reasons(facts: AtRiskFacts, policy: AlertPolicy) -> list[Found]:
    """Why this pupil's school place is at risk on a day, what happened last first, and after that what is only a sign.
    Empty: it is not, as far as known.

    Source: domain E13; the thresholds are the policy's.
    """
    latest_first = sorted(_found(facts, policy), key=lambda found: found.happened_on, reverse=True)
    return sorted(latest_first, key=lambda found: found.is_sign)


def are_only_signs(found: Sequence[Found]) -> bool:
    return all(one.is_sign for one in found)


def _found(facts: AtRiskFacts, policy: AlertPolicy) -> Iterator[Found]:
    lately = facts.on - timedelta(weeks=policy.weeks_remembered)
    if facts.in_doubt:
        sentence = f"The school says it may not be able to keep the place: {facts.in_doubt.words}"
        yield Found(ReasonKind.IN_DOUBT, f"doubt:{facts.in_doubt.id}", sentence, facts.in_doubt.on)
    yield from _suspensions(facts, policy, lately)
    for sent in facts.sent_home:
        if sent.on >= lately:
            sentence = f"Sent home without a suspension on {full_date(sent.on)}."
            yield Found(ReasonKind.SENT_HOME, f"sent home:{sent.id}", sentence, sent.on)
    if facts.part_time:
        one = facts.part_time
        sentence = (
            f"On a part-time timetable since {full_date(one.starts_on)}: {hours(one.minutes_now)} a week of "
            f"{hours(one.minutes_full)}."
        )
        yield Found(ReasonKind.PART_TIME, f"part-time:{one.id}", sentence, one.starts_on)
    yield from _moves(facts, policy)
    yield from _review(facts.review, facts.on - timedelta(weeks=policy.weeks_review_counts))
    for asked in facts.unanswered:
        sentence = (
            f"Advice was asked of {asked.service} on {full_date(asked.sent_on)}; its {asked.what} was due on "
            f"{full_date(asked.due_on)} and has not come."
        )
        yield Found(ReasonKind.ADVICE, f"advice {asked.what}:{asked.id}", sentence, asked.due_on)


def _suspensions(facts: AtRiskFacts, policy: AlertPolicy, lately: date) -> Iterator[Found]:
    for one in facts.suspensions:
        if one.is_permanent and one.stands:
            sentence = f"Permanently excluded on {full_date(one.first_day)}."
            yield Found(ReasonKind.PERMANENT, f"permanent:{one.id}", sentence, one.first_day)
    fixed = [one for one in facts.suspensions if not one.is_permanent and one.half_days]
    days = policy.secondary_days if facts.is_secondary else policy.primary_days
    if fixed and facts.half_days_in_three_terms >= 2 * days:
        phase = "secondary" if facts.is_secondary else "primary"
        sentence = (
            f"Suspended for {days_in_words(facts.half_days_in_three_terms)} in three terms, last from "
            f"{full_date(fixed[0].first_day)}; {days} or more is a sign of risk in a {phase} school."
        )
        yield Found(ReasonKind.SUSPENDED_DAYS, f"days:{fixed[0].id}", sentence, fixed[0].first_day)
    for later, earlier in pairwise(fixed):
        gap = (later.first_day - earlier.first_day).days
        if gap <= policy.days_between_suspensions and later.first_day >= lately:
            sentence = (
                f"Suspended from {full_date(earlier.first_day)} and again from {full_date(later.first_day)}: "
                f"twice within {policy.days_between_suspensions} days."
            )
            yield Found(ReasonKind.SUSPENSIONS_CLOSE, f"close:{earlier.id}-{later.id}", sentence, later.first_day)


def _moves(facts: AtRiskFacts, policy: AlertPolicy) -> Iterator[Found]:
    year_ago = facts.on - timedelta(days=365)
    moves = [move for move in facts.moves if move.on > year_ago]
    if len(moves) >= policy.moves_in_a_year:
        told = "; ".join(f"{move.words} on {full_date(move.on)}" for move in reversed(moves))
        sentence = f"{len(moves)} moves in twelve months: {told}."
        yield Found(ReasonKind.MOVES, f"moves:{moves[0].words[:20]}:{moves[0].id}", sentence, moves[0].on)


def _review(review: Reviewed | None, since: date) -> Iterator[Found]:
    """Of the latest review only, and for some weeks: after that the next cycle says how it goes."""
    if review is None or review.held_on < since:
        return
    if review.worse:
        outcomes = "; ".join(f"“{statement}”" for statement in review.worse)
        sentence = f"The review of {full_date(review.held_on)} found this worse than before: {outcomes}."
        yield Found(ReasonKind.WORSE, f"worse:{review.id}", sentence, review.held_on)
    if review.delivery:
        sentence = (
            f"The review of {full_date(review.held_on)} found cycle {review.number} not delivered as planned: "
            f"{review.delivery}."
        )
        yield Found(ReasonKind.NOT_DELIVERED, f"delivery:{review.id}", sentence, review.held_on)


def comes_back(found: Sequence[Found], known: set[str]) -> bool:
    """An alert that was set aside comes back when there is a reason it did not have; for a mere sign only where there
    is nothing but signs, so that none of them calls a place at risk again."""
    new = [one for one in found if one.key not in known]
    return bool(new) and (are_only_signs(found) or not are_only_signs(new))


@rule(source="Trellis: who sets a warning aside says why, for those who read it later", field="because")
def setting_aside_has_its_reason(because: str) -> bool:
    """Say why this is not a risk now, in a sentence."""
    return bool(because.strip())
