"""What people look at in the Highly Vulnerable framework, and what other folders ask of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from trellis.calendar.queries import school_days
from trellis.calendar.rules import academic_year, add_school_days, add_working_days
from trellis.conduct import clock
from trellis.consents.models import Consent
from trellis.cycles.queries import story_of
from trellis.design.in_words import full_date, hours, pounds
from trellis.funding.models import FundingRequest, RequestState
from trellis.hours.models import HoursAccount
from trellis.hours.queries import Tally, tallies
from trellis.hv.models import DecisionKind, HvCase, HvCaseQuerySet, HvDecision, HvPolicy
from trellis.hv.permissions import DECIDERS
from trellis.hv.rules import EntryFacts, own_hours_are_used
from trellis.ledgers.models import EntryKind
from trellis.ledgers.queries import Line, statement
from trellis.organisations.models import Organisation, VirtualSchool
from trellis.people.models import User
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS
from trellis.peps.models import Pep, PepState
from trellis.peps.queries import current_pep, state_in_a_sentence
from trellis.pupils.models import CareEpisode, Pupil, SchoolPlace, virtual_school_of

DAYS_LOOKED_AHEAD = 150
TAB = "school place"


def open_case(pupil: Pupil) -> HvCase | None:
    """The pupil's case that is proposed or awarded: at most one."""
    return HvCase.objects.filter(pupil=pupil).open().with_names().first()


def standing_award(pupil: Pupil) -> HvCase | None:
    """The award that stands today: given, not ended, its last day not past."""
    return HvCase.objects.filter(pupil=pupil, awarded_until__gte=clock.today()).awarded().with_names().first()


def hours_left(pupil: Pupil) -> int:
    """Minutes of the standing award that are not used; of which service says ``standing_award(pupil).service``, where
    None is outreach of the Virtual School."""
    case = standing_award(pupil)
    return case.hours_account.balance if case and case.hours_account else 0


def money_left(pupil: Pupil) -> int:
    """Pence of the standing award that are not used."""
    case = standing_award(pupil)
    return case.money_account.balance if case and case.money_account else 0


def virtual_school_for(pupil: Pupil, day: date) -> VirtualSchool | None:
    """The Virtual School of the authority that looks after the child on a day."""
    episode = CareEpisode.objects.filter(pupil=pupil, during__contains=day).first()
    return virtual_school_of(episode.authority_id) if episode else None


def place_today(pupil: Pupil) -> SchoolPlace | None:
    return SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()


@dataclass(frozen=True)
class DecideBy:
    """By when the panel decides, and which rule the date came from."""

    day: date
    because: str


def decide_by(policy: HvPolicy, virtual_school: Organisation, since: date) -> DecideBy:
    """So many school days on; where the terms are not entered so far ahead, working days."""
    days = policy.decide_school_days
    ahead = school_days(virtual_school, since, since + timedelta(days=DAYS_LOOKED_AHEAD))
    due = add_school_days(since, days, ahead)
    if due is not None:
        return DecideBy(due, f"{days} school days. {policy.source}")
    return DecideBy(
        add_working_days(since, days), f"{days} working days, because the terms are not entered. {policy.source}"
    )


def pep_in_words(pep: Pep | None) -> str:
    return f"{pep.title}: {state_in_a_sentence(pep)}" if pep else ""


def is_begun(pep: Pep | None) -> bool:
    return pep is not None and pep.state != PepState.NOT_STARTED


def given_in_words(case: HvCase, minutes: int, pence: int) -> str:
    """ "10 hours of outreach of the Virtual School and £300"."""
    parts = [f"{hours(minutes)} of {case.whose_hours}" if minutes else "", pounds(pence) if pence else ""]
    return " and ".join(part for part in parts if part)


def last_decision_in_words(case_id: int) -> str:
    """ "Jordan: awarded by the panel, 6 hours of outreach of the Virtual School."."""
    decision = HvDecision.objects.filter(case=case_id).select_related("case__pupil", "case__service").latest("pk")
    kind = decision.get_kind_display()
    is_award = decision.kind == DecisionKind.AWARDED
    given = given_in_words(decision.case, decision.minutes, decision.pence) if is_award else ""
    words = ", ".join(filter(None, [kind[0].lower() + kind[1:], given]))
    return f"{decision.case.pupil.first_name}: {words}."


@dataclass(frozen=True)
class OwnHours:
    """What the school's own hours of this year say on a day: in words, and whether any were entered and none is left
    (less than a quarter of an hour cannot be booked)."""

    words: str = ""
    are_used: bool = False


def own_hours_of(school: Organisation) -> OwnHours:
    """ "1½ hours of 6 hours of EPS left."; "All 12 hours of SEMHL used or kept for somebody."."""
    accounts = HoursAccount.objects.filter(school=school.pk).of_year(academic_year(clock.today())).with_names()
    found = [tally for tally in tallies(accounts) if tally.whole > 0]
    are_used = bool(found) and all(own_hours_are_used(tally.left) for tally in found)
    return OwnHours(" ".join(_left_of(tally) for tally in found), are_used)


def _left_of(tally: Tally) -> str:
    of_whole = f"{hours(tally.whole)} of {tally.hours.service.abbreviation}"
    return f"{hours(tally.left)} of {of_whole} left." if tally.left else f"All {of_whole} used or kept for somebody."


def pp_plus_in_words(pupil: Pupil) -> str:
    """The last requests to Pupil Premium Plus that were not withdrawn: "£600 (3 November 2026): paid."."""
    requests = FundingRequest.objects.filter(pupil=pupil).exclude(state=RequestState.WITHDRAWN).newest_first()[:3]
    return " ".join(
        f"{pounds(request.amount_pence)} ({full_date(request.asked_at)}): {request.get_state_display().lower()}."
        for request in requests
    )


def consent_in_words(pupil: Pupil) -> str:
    """The consents that are asked or stand: "EPS: Given by Sol on 2 November 2026; …"."""
    consents = Consent.objects.filter(pupil=pupil).open().select_related("service").order_by("pk")
    return " ".join(f"{consent.service.abbreviation}: {consent.state_in_words}." for consent in consents)


def consent_stands(pupil: Pupil) -> bool:
    """Whether a service may work with the named child today."""
    return Consent.objects.filter(pupil=pupil).standing_on(clock.today()).exists()


# --- pages -----------------------------------------------------------------------------------------------------------


def cases_of(user: User) -> HvCaseQuerySet:
    """Every case of the Virtual Schools this person works for, what is due first."""
    mine = {m.organisation_id for m in user.memberships_today if m.role in VIRTUAL_SCHOOL_TEACHERS}
    return HvCase.objects.filter(virtual_school__in=mine).visible_to(user).with_names().order_by("decide_by", "pk")


def panel_queue(user: User) -> HvCaseQuerySet:
    """What waits for the panel that this person heads."""
    mine = {m.organisation_id for m in user.memberships_today if m.role in DECIDERS}
    return HvCase.objects.filter(virtual_school__in=mine).visible_to(user).for_the_panel()


def after(case: HvCase, queue: HvCaseQuerySet) -> int | None:
    """The number of the case that comes next; the first one after the last."""
    waiting = [(day, pk) for day, pk in queue.values_list("decide_by", "pk") if pk != case.pk]
    later = [pk for day, pk in waiting if (day, pk) > (case.decide_by, case.pk)]
    return next(iter(later or [pk for _, pk in waiting]), None)


@dataclass
class Group:
    """Cases of one sort on the list."""

    title: str
    cases: list[HvCase] = field(default_factory=list)


def grouped(cases: Iterable[HvCase]) -> list[Group]:
    waiting, awarded, over = Group("Still to decide"), Group("Awarded"), Group("Over")
    for case in cases:
        is_waiting = case.is_undecided or (case.is_awarded and case.awaits_panel)
        group = waiting if is_waiting else awarded if case.is_awarded else over
        group.cases.append(case)
    awarded.cases.sort(key=lambda case: case.awarded_until or case.decide_by)
    over.cases.reverse()
    return [group for group in (waiting, awarded, over) if group.cases]


@dataclass(frozen=True)
class AccountShown:
    """An account of a case as its page shows it: what is left, and every entry that adds up to it."""

    what: str
    unit: str
    given: int
    balance: int
    lines: list[Line]

    @property
    def used(self) -> int:
        """What was spent or is booked; what was released came back."""
        moved = (EntryKind.RESERVED, EntryKind.RELEASED, EntryKind.SPENT)
        return -sum(line.entry.amount for line in self.lines if line.entry.kind in moved)


def accounts_of(case: HvCase) -> list[AccountShown]:
    shown = []
    for what, account in ((f"Hours of {case.whose_hours}", case.hours_account), ("Money", case.money_account)):
        if account is not None:
            lines = statement(account)
            given = sum(line.entry.amount for line in lines if line.entry.kind == EntryKind.ALLOCATED)
            shown.append(AccountShown(what, account.unit, given, account.balance, lines))
    return shown


def entry_facts(case: HvCase) -> EntryFacts:
    """The entry test as the proposal stood."""
    return EntryFacts(
        authority=case.virtual_school.authority.name, criterion=case.criterion_words,
        own_hours=case.own_hours_shown, own_hours_are_used=case.own_hours_were_used is True,
        own_hours_said=case.own_hours, pp_plus=case.pp_plus_shown, pp_plus_said=case.pp_plus, pep=case.pep_words,
        pep_is_begun=case.pep_was_begun is not False, cycle=_cycle_in_words(case.story), consent=case.consent_shown,
        consent_stands=case.consent_stood is not False, consent_said=case.consent,
    )  # fmt: skip


def entry_facts_of(pupil: Pupil, virtual_school: VirtualSchool | None) -> EntryFacts:
    """The entry test before anything is typed: what the record knows already."""
    story, pep, place = story_of(pupil), current_pep(pupil), place_today(pupil)
    own_hours = own_hours_of(place.school) if place else OwnHours()
    return EntryFacts(
        authority=virtual_school.authority.name if virtual_school else "",
        own_hours=own_hours.words, own_hours_are_used=own_hours.are_used, pp_plus=pp_plus_in_words(pupil),
        pep=pep_in_words(pep), pep_is_begun=is_begun(pep), consent=consent_in_words(pupil),
        cycle=_cycle_in_words(story.as_dict() if story else None), consent_stands=consent_stands(pupil),
    )  # fmt: skip


def _cycle_in_words(story: dict[str, Any] | None) -> str:
    return f"Cycle {story['cycle_number']}: {story['stage'].lower()}" if story else ""


def with_open_cases(pupils: Sequence[Pupil]) -> list[Pupil]:
    """Those of these pupils about whom there is an open case."""
    theirs = set(HvCase.objects.filter(pupil__in=pupils).open().values_list("pupil", flat=True))
    return [pupil for pupil in pupils if pupil.pk in theirs]
