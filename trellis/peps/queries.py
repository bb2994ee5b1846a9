"""PEPs as pages, lists and other folders look at them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from trellis.conduct import clock
from trellis.conduct.rules import Rule
from trellis.cycles.models import lower_first
from trellis.cycles.queries import sen_status_on, story_of
from trellis.design.in_words import day_of, full_date, pounds
from trellis.history.models import Entry
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.peps import permissions, rules, send_section, slots
from trellis.peps.models import (
    WITH_THE_SCHOOL,
    IssuedSection,
    Pep,
    PepAddendum,
    PepPolicy,
    PepReturn,
    PepSection,
    PepState,
    PepTarget,
)
from trellis.peps.rules import SECTION, SECTIONS, WITH_SEN, PepFacts, Section
from trellis.pupils.models import CareEpisode, Pupil, SchoolPlace, Sen, SenStatus
from trellis.voices.models import Answered, View

# --- which PEP -----------------------------------------------------------------------------------------------------


def current_pep(pupil: Pupil) -> Pep | None:
    """The pupil's newest PEP. One that a past term is still missing stays in the list of PEPs and in My week."""
    peps = Pep.objects.filter(pupil=pupil).newest_first().select_related("term", "pupil", "kept_by")
    return peps.first()


def unfinished_pep_ids(pupil_id: int) -> list[int]:
    return list(Pep.objects.filter(pupil=pupil_id).not_signed_off().order_by("pk").values_list("pk", flat=True))


def signed_peps_in_words(pupil: Pupil) -> list[str]:
    """What a new school finds signed: "2 signed PEPs: spring term 2026, summer term 2026"."""
    signed = Pep.objects.filter(pupil=pupil, state=PepState.SIGNED_OFF).order_by("term__during", "number")
    terms = [pep.term.in_words for pep in signed.select_related("term")]
    return [f"{len(terms)} signed PEP{'s' if len(terms) > 1 else ''}: {', '.join(terms)}"] if terms else []


def last_pep(pep: Pep) -> Pep | None:
    """The signed-off PEP before this one: its targets are judged on this one."""
    earlier = Pep.objects.filter(pupil=pep.pupil_id, state=PepState.SIGNED_OFF).exclude(pk=pep.pk)
    before = earlier.filter(term__during__startswith__lte=pep.term.during.lower).exclude(
        term=pep.term_id, number__gte=pep.number
    )
    return before.newest_first().select_related("term", "document").first()


def pep_states_of(pupils: Collection[Pupil] | QuerySet[Pupil]) -> dict[int, tuple[str, str, date]]:
    """{pupil number: (state in words, tone, due on)} of each pupil's newest PEP, in one query."""
    peps = Pep.objects.filter(pupil__in=pupils).order_by("pupil", "-term__during", "-number")
    return {pep.pupil_id: (state_in_words(pep), tone_of(pep), pep.due_on) for pep in peps.distinct("pupil")}


def state_in_words(pep: Pep) -> str:
    """The state; of a PEP kept elsewhere, what it means for us."""
    if not pep.kept_elsewhere:
        return str(pep.get_state_display())
    issued = "SEND section issued" if pep.issued_section_version else f"Kept in {pep.kept_elsewhere}"
    return {
        PepState.SUBMITTED: issued,
        PepState.RETURNED: f"Sent back in {pep.kept_elsewhere}",
        PepState.SIGNED_OFF: f"Signed off in {pep.kept_elsewhere}",
        PepState.ENDED: str(PepState.ENDED.label),
    }.get(PepState(pep.state), "SEND section not issued")


def state_in_a_sentence(pep: Pep) -> str:
    """The state for the middle of a sentence: "in progress", "SEND section not issued"."""
    words = state_in_words(pep)
    return words if words.startswith("SEND") else lower_first(words)


def tone_of(pep: Pep) -> str:
    """late, warn, ok or quiet: how the state is marked. Late by its date, whatever the state."""
    if pep.is_late:
        return "late"
    tones: dict[str, str] = {PepState.RETURNED: "warn", PepState.SIGNED_OFF: "ok"}
    return tones.get(pep.state, "quiet")


# --- what it holds -------------------------------------------------------------------------------------------------


def sections_of(pep: Pep) -> list[PepSection]:
    """The sections in their order on paper."""
    order = {section.name: number for number, section in enumerate(SECTIONS)}
    sections = PepSection.objects.filter(pep=pep).select_related("written_by", "view__pupil", "view__typed_by")
    for section in (found := sorted(sections, key=lambda section: order[section.name])):
        section.pep = pep
    return found


def targets_of(pep: Pep) -> list[PepTarget]:
    return list(PepTarget.objects.filter(pep=pep, dropped=False).order_by("number"))


def targets_told(pupil: Pupil) -> list[str]:
    """The targets of the pupil's newest PEP that has any, as sentences. Fills ``advice.slots.targets_of``."""
    newest = PepTarget.objects.filter(pupil=pupil, dropped=False).order_by("-pep__term__during", "-pep__number").first()
    return [f"{target}. By {full_date(target.by_when)}." for target in targets_of(newest.pep)] if newest else []


def last_targets(pep: Pep) -> list[PepTarget]:
    """The last signed-off PEP's targets, to be judged on this one."""
    before = last_pep(pep)
    return targets_of(before) if before else []


@dataclass(frozen=True)
class Contents:
    """What a PEP holds, and what it follows, asked of the database once."""

    pep: Pep
    sections: list[PepSection]
    targets: list[PepTarget]
    before: Pep | None
    last_targets: list[PepTarget]
    sen_status: str

    def section(self, name: str) -> PepSection:
        return next(section for section in self.sections if section.name == name)

    def needs(self, section: PepSection) -> bool:
        """The SEND section is for pupils with SEN; written for another, it counts too."""
        return section.name != "send" or self.sen_status in WITH_SEN or section.written_at is not None

    @property
    def facts(self) -> PepFacts:
        """What the rules of handing in ask about."""
        view = self.section("pupil_view").view
        return PepFacts(
            sen_status=self.sen_status,
            missing={section.name: len(missing_in(section)) for section in self.sections},
            has_pupils_view=view is not None and view.answered != Answered.NO_ANSWER,
            targets=len(self.targets),
            last_targets_unjudged=sum(target.judged_on_pep_id != self.pep.pk for target in self.last_targets),
        )

    @property
    def grades(self) -> list[str]:
        return [section.grade for section in self.sections if self.needs(section)]

    @property
    def next_to_grade(self) -> PepSection | None:
        return next((section for section in self.sections if self.needs(section) and not section.grade), None)


def contents_of(pep: Pep, sen_status: str | None = None) -> Contents:
    """In three queries, four when the SEN status is not known yet."""
    before = last_pep(pep)
    both = [pep.pk, before.pk] if before else [pep.pk]
    targets = PepTarget.objects.filter(pep__in=both, dropped=False).order_by("number")
    return Contents(
        pep=pep,
        sections=sections_of(pep),
        targets=[target for target in targets if target.pep_id == pep.pk],
        before=before,
        last_targets=[target for target in targets if target.pep_id != pep.pk],
        sen_status=sen_status or sen_status_on(pep.pupil, clock.today()),
    )


def missing_in(section: PepSection) -> list[str]:
    """What a section still asks for, in words; targets are counted elsewhere."""
    definition = SECTION[section.name]
    missing = [answer.label for answer in rules.missing_answers(definition, section.words)]
    return ["Their own words", *missing] if definition.whose_view and section.view_id is None else missing


def hanging_on(targets: Sequence[PepTarget]) -> dict[int, list[str]]:
    """What later folders say hangs on each target, in sentences; in the same few queries for any number of targets."""
    hangs: dict[int, list[str]] = {target.pk: [] for target in targets}
    for said in slots.hangs_on_target.ask(targets) if targets else ():
        for target_id, sentences in said.items():
            hangs[target_id] += sentences
    return hangs


@dataclass(frozen=True)
class PupilPremiumUse:
    """What one target asked of Pupil Premium Plus, in pence: agreed and paid are None until then, and agreed is 0 where
    it was not agreed. What for and what it changed, in the words of those who said so."""

    what_for: str
    asked: int
    agreed: int | None
    paid: int | None
    changed: str

    @property
    def amounts(self) -> list[str]:
        """ "£600 asked", "£400 agreed", "£400 paid"."""
        said = [f"{pounds(self.asked)} asked"]
        if self.agreed is not None:
            said.append(f"{pounds(self.agreed)} agreed" if self.agreed else "not agreed")
        return [*said, f"{pounds(self.paid)} paid"] if self.paid is not None else said


def pupil_premium_of(targets: Sequence[PepTarget]) -> dict[int, list[PupilPremiumUse]]:
    """How each target uses Pupil Premium Plus; in the same few queries for any number of targets."""
    uses: dict[int, list[PupilPremiumUse]] = {target.pk: [] for target in targets}
    for said in slots.pupil_premium_of.ask(targets) if targets else ():
        for target_id, more in said.items():
            uses[target_id] += more
    return uses


# --- the page of one PEP -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SectionShown:
    """A line of the task list: whose section it is, what is left, and what this person may do about it."""

    section: PepSection
    definition: Section
    left: int
    may_write: bool
    may_grade: bool
    is_needed: bool = True

    @property
    def is_complete(self) -> bool:
        return self.is_needed and self.left == 0

    @property
    def status(self) -> str:
        if self.section.grade:
            return str(self.section.get_grade_display())
        if not self.is_needed:
            return "Not needed"
        if self.is_complete:
            return "Complete"
        return f"{self.left} left" if self.section.written_at else "Not started"

    @property
    def tone(self) -> str:
        return {"red": "late", "amber": "warn", "green": "ok"}.get(self.section.grade, "quiet")


@dataclass(frozen=True)
class Clock:
    """How the two days were kept that count from coming into care or to a new school; empty where no clock runs or
    there is nothing to say yet."""

    started: str = ""
    ready: str = ""


def clock_of(pep: Pep) -> Clock:
    if pep.start_by is None or pep.kept_elsewhere:
        return Clock()
    ready_at = pep.submitted_at if pep.state in (PepState.SUBMITTED, PepState.SIGNED_OFF) else None
    return Clock(
        started=_kept("Started", pep.started_at, pep.start_by, rules.pep_was_started_in_time),
        ready=_kept("Submitted", ready_at, pep.due_on, rules.pep_was_ready_for_the_first_review),
    )


def _kept(done: str, at: datetime | None, by: date, in_time: Rule) -> str:
    """ "Started on 12 November 2026, in time."; when it was not, what the rule asks."""
    finding = in_time(by, day_of(at) if at else clock.today())
    if at is None:
        return "" if finding else f"Not {done.lower()} yet. {finding.sentence}"
    return f"{done} on {full_date(at)}, in time." if finding else f"{done} on {full_date(at)}, late. {finding.sentence}"


@dataclass(frozen=True)
class PepPage:
    """Everything one person sees of a PEP."""

    pep: Pep
    contents: Contents
    sections: list[SectionShown]
    unmet: list[str]  # rules that still stand in the way of handing it in
    returned: PepReturn | None
    cycle_went_on: bool  # the cycle or SEN status was worked on since the SEND section was written
    iro_needs_it_by: date | None
    clock: Clock
    may_start: bool
    may_submit: bool
    may_sign_off: bool

    @property
    def left_to_grade(self) -> int:
        return sum(not grade for grade in self.contents.grades)

    @property
    def to_grade(self) -> int:
        return len(self.contents.grades)


def pep_page(pep: Pep, user: User, sen_status: str) -> PepPage:
    contents = contents_of(pep, sen_status)
    facts = contents.facts
    may_write = permissions.sections_written_by(user, pep) if pep.is_open_for_writing else set()
    may_sign_off = pep.state == PepState.SUBMITTED and bool(permissions.can_assure_quality(user, pep))
    return PepPage(
        pep=pep,
        contents=contents,
        sections=[_shown(one, contents, facts, one.name in may_write, may_sign_off) for one in contents.sections],
        unmet=[finding.sentence for needed in rules.NEEDED_TO_SUBMIT if not (finding := needed(facts))],
        returned=_last_return(pep),
        cycle_went_on="send" in may_write and cycle_went_on_since(contents.section("send")),
        iro_needs_it_by=_iro_needs_it_by(contents),
        clock=clock_of(pep),
        may_start=pep.state == PepState.NOT_STARTED and bool(permissions.can_start_pep(user, pep)),
        may_submit=may_write == set(SECTION),  # whoever writes all of it hands it in
        may_sign_off=may_sign_off,
    )


def _shown(section: PepSection, contents: Contents, facts: PepFacts, may_write: bool, may_grade: bool) -> SectionShown:
    left = facts.missing[section.name]
    if section.name == "targets":
        left = facts.last_targets_unjudged + (facts.targets == 0)
    return SectionShown(section, SECTION[section.name], left, may_write, may_grade, contents.needs(section))


def _last_return(pep: Pep) -> PepReturn | None:
    if pep.state not in (PepState.RETURNED, PepState.SUBMITTED):
        return None
    return PepReturn.objects.filter(pep=pep).select_related("by").first()


def _iro_needs_it_by(contents: Contents) -> date | None:
    review_on = contents.section("social_worker").words.get("care_review_on")
    if not review_on:
        return None
    policy = contents.pep.policy or PepPolicy()
    return rules.due_to_iro(date.fromisoformat(review_on), policy.iro_working_days)


def addenda_of(pep: Pep) -> list[PepAddendum]:
    return list(PepAddendum.objects.filter(pep=pep).select_related("by"))


def cycle_went_on_since(send: PepSection) -> bool:
    """Whether history knows work on the cycle or SEN status since the section was written. The section's own page then
    says word for word what changed."""
    if send.written_from is None or send.written_at is None:
        return False
    since = Entry.objects.filter(pupil_id=send.pupil_id, at__gt=send.written_at)
    cycles_or_status = Q(subject_kind__startswith="cycles.") | Q(sentence__startswith="SEN status")
    return since.filter(cycles_or_status).exists()


def changes_since_taken(send: PepSection) -> list[send_section.Changed]:
    """What the cycle says otherwise now than when the SEND section took its words."""
    if send.written_from is None:
        return []
    story = story_of(send.pep.pupil)
    return send_section.changes_since(send.written_from, story.as_dict() if story else None)


def views_to_choose(section: PepSection, user: User) -> list[View]:
    """Other views given since the PEP was opened that may stand in a section of it."""
    whose = SECTION[section.name].whose_view
    views = View.objects.visible_to(user).about(section.pupil_id).filter(whose=whose).exclude(pk=section.view_id or 0)
    return list(views.filter(given_on__gte=section.pep.opened_on).select_related("pupil")[:5])


# --- kept elsewhere ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ElsewherePage:
    """What one person sees of a PEP kept in another system: the SEND section, what was issued, what came back."""

    pep: Pep
    send: PepSection
    is_needed: bool
    missing: list[str]
    issued: list[IssuedSection]
    unmet: str  # what still stands in the way, in a sentence
    cycle_went_on: bool
    targets: list[PepTarget]
    ended: list[PepTarget]  # no longer in the other system's file
    before: Pep | None
    may_write: bool

    @property
    def last(self) -> IssuedSection | None:
        return self.issued[0] if self.issued else None

    @property
    def is_issued_as_it_stands(self) -> bool:
        return self.last is not None and self.last.section_version == self.send.version

    @property
    def may_issue(self) -> bool:
        return self.may_write and self.is_needed and not self.missing and not self.is_issued_as_it_stands

    @property
    def text(self) -> str:
        """The words that were issued last, as plain text with their stamp."""
        if self.last is None:
            return ""
        (section,) = self.last.document.snapshot["sections"]
        return f"{section['title'].upper()}\n{self.last.stamp}\n\n{send_section.as_text(section['parts'])}\n"


def elsewhere_page(pep: Pep, user: User, sen_status: str) -> ElsewherePage:
    contents = contents_of(pep, sen_status)
    send = contents.section("send")
    issued = list(IssuedSection.objects.filter(pep=pep).select_related("document", "by"))
    gate = rules.send_section_is_issued_for_this_pep(bool(issued), sen_status)
    return ElsewherePage(
        pep=pep,
        send=send,
        is_needed=contents.needs(send),
        missing=missing_in(send),
        issued=issued,
        unmet="" if gate else gate.sentence,
        cycle_went_on=cycle_went_on_since(send),
        targets=contents.targets,
        ended=list(PepTarget.objects.filter(pep=pep, left_file_on__isnull=False)),
        before=contents.before,
        may_write="send" in permissions.sections_written_by(user, pep),
    )


# --- lists ---------------------------------------------------------------------------------------------------------


def are_all_kept_elsewhere(user: User) -> bool:
    """Whether this person sees PEPs, and none of them is written here."""
    peps = Pep.objects.visible_to(user).to_look_at(clock.today()).order_by()
    systems = set(peps.values_list("kept_elsewhere", flat=True).distinct())
    return bool(systems) and "" not in systems


def peps_to_look_at(user: User, state: str = "") -> QuerySet[Pep]:
    """The PEPs of everyone this person may see, most urgent first."""
    peps = Pep.objects.visible_to(user).to_look_at(clock.today())
    if state == "LATE":
        peps = peps.filter(state__in=WITH_THE_SCHOOL, due_on__lt=clock.today())
    elif state:
        peps = peps.filter(state=state)
    return peps.select_related("pupil", "term", "kept_by").most_urgent_first()  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Unfinished:
    """A PEP that is not signed off, its sections prefetched, with what decides who has to act now."""

    pep: Pep
    sen_status: str
    is_of_past_term: bool  # a later term's is open already
    has_designated_teacher: bool  # at the school that works on it
    has_senco: bool
    is_in_their_care: bool  # the Virtual School still looks after the pupil's education

    @property
    def is_the_virtual_schools(self) -> bool:
        """Whether the Virtual School writes it, because the school has nobody here who could."""
        return self.is_in_their_care and not (self.has_designated_teacher or self.has_senco)

    @property
    def lacks_designated_teacher(self) -> bool:
        """Whether somebody at the school writes in it, but nobody there may hand it in."""
        return self.is_in_their_care and self.has_senco and not self.has_designated_teacher


def unfinished_peps(pupils: QuerySet[Pupil]) -> list[Unfinished]:
    """PEPs of some pupils that are not signed off, those of past terms too, in two queries."""
    later = Pep.objects.filter(
        pupil=OuterRef("pupil"), term__during__startswith__gt=OuterRef("term__during__startswith")
    )
    care = CareEpisode.objects.filter(
        pupil=OuterRef("pupil"), during__contains=clock.today(), authority__virtual_school=OuterRef("written_for")
    )
    staff = Membership.objects.on(clock.today()).filter(organisation=OuterRef("kept_by"))
    status = SenStatus.objects.filter(pupil=OuterRef("pupil"), during__contains=clock.today()).values("status")[:1]
    peps: list[Any] = list(
        Pep.objects.filter(pupil__in=pupils)
        .not_signed_off()
        .annotate(
            is_of_past_term=Exists(later),
            is_in_their_care=Exists(care),
            has_designated_teacher=Exists(staff.playing(Role.DESIGNATED_TEACHER)),
            has_senco=Exists(staff.playing(Role.SENCO)),
            sen_status=Coalesce(Subquery(status), Value(Sen.NONE)),
        )
        .select_related("pupil", "term", "kept_by")
        .prefetch_related(Prefetch("sections", PepSection.objects.select_related("view")))
    )
    return [
        Unfinished(
            pep, pep.sen_status, pep.is_of_past_term, pep.has_designated_teacher, pep.has_senco,
            pep.is_in_their_care,
        )
        for pep in peps
    ]  # fmt: skip


def is_issued_as_it_stands(pep: Pep) -> bool:
    """Whether the words of the SEND section, prefetched, are those that were given out."""
    send = next((one for one in pep.sections.all() if one.name == "send"), None)
    return send is not None and send.version == pep.issued_section_version


def is_missing(pep: Pep, name: str) -> bool:
    """Whether a prefetched section still lacks something."""
    section = next((one for one in pep.sections.all() if one.name == name), None)
    return section is not None and bool(missing_in(section))


# --- many pupils at once ---------------------------------------------------------------------------------------------


def who_have_sen(pupils: Sequence[Pupil], day: date) -> set[int]:
    """The numbers of those with SEN support or an EHC plan."""
    statuses = SenStatus.objects.filter(pupil__in=pupils, during__contains=day, status__in=WITH_SEN)
    return set(statuses.values_list("pupil", flat=True))


def of_those_in_care(places: Sequence[SchoolPlace]) -> list[SchoolPlace]:
    """The school places of pupils who are looked after today."""
    care = CareEpisode.objects.filter(pupil__in=[place.pupil_id for place in places], during__contains=clock.today())
    in_care = set(care.values_list("pupil", flat=True))
    return [place for place in places if place.pupil_id in in_care]


def with_peps_of_others(pupils: Sequence[Pupil]) -> list[Pupil]:
    """Pupils of whom a Virtual School that does not look after them today has a PEP under way at the school."""
    care = CareEpisode.objects.filter(pupil__in=pupils, during__contains=clock.today())
    caring = dict(care.values_list("pupil", "authority__virtual_school"))
    under_way = Pep.objects.filter(pupil__in=pupils, state__in=WITH_THE_SCHOOL).values_list("pupil", "written_for")
    left = {pupil for pupil, virtual_school in under_way if caring.get(pupil) != virtual_school}
    return [pupil for pupil in pupils if pupil.pk in left]
