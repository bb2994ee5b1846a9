"""One pupil's record, read from every folder, as one person may see it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from trellis.conduct import clock
from trellis.cycles import permissions as cycle_permissions
from trellis.cycles.models import Cycle
from trellis.cycles.queries import current_cycle
from trellis.cycles.views_frame import steps_of
from trellis.design import in_words
from trellis.documents.models import Document
from trellis.history.models import Entry, Look
from trellis.merging.models import DECIDERS
from trellis.moves.permissions import can_leave_care, can_move_school
from trellis.organisations.models import School
from trellis.passports import queries as passports
from trellis.passports.models import Passport
from trellis.people.models import Membership, User
from trellis.people.roles import SEE_LEGAL_STATUS, Role
from trellis.peps.models import Pep, PepState, PepTarget
from trellis.peps.queries import state_in_words, targets_of, tone_of
from trellis.pupils import permissions, slots
from trellis.pupils.models import (
    AuthorityDuty,
    CareEpisode,
    GroupMember,
    GroupStaff,
    NamedProfessional,
    PersonAround,
    ProfessionalRole,
    Pupil,
    PupilAuthority,
    Relationship,
    SchoolPlace,
    SdqScore,
    SenStatus,
)
from trellis.pupils.next_steps import next_steps_about
from trellis.pupils.queries import Reading, Standing
from trellis.pupils.shown import Deed, NextStep
from trellis.records.tabs import ACCESS_READERS
from trellis.schooling.models import Attendance
from trellis.schooling.queries import last_attendance
from trellis.voices.models import View, Whose

A_PAGE = 50

# --- overview ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CycleStanding:
    """Where the cycle stands: its four steps, and what is to be done in it next."""

    cycle: Cycle
    steps: list[dict[str, str]]
    next_step: NextStep | None

    @property
    def step_now(self) -> str:
        return next((step["name"].lower() for step in self.steps if step["state"] == "now"), "reviewed")


@dataclass(frozen=True)
class PepStanding:
    """The PEP that is worked on, and the last one signed off with what became of its targets."""

    current: Pep
    state: str
    tone: str
    last: Pep | None
    targets: list[PepTarget]


@dataclass(frozen=True)
class PassportInShort:
    """Three lines of the passport, each under its heading."""

    passport: Passport
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class Overview:
    """One screen: where the cycle stands, what is next, what the pupil says, the last PEP, who is around."""

    cycle: CycleStanding | None
    next_steps: list[NextStep]
    passport: PassportInShort | None
    says: View | None = None
    pep: PepStanding | None = None
    around: list[str] = field(default_factory=list)
    sdq: SdqScore | None = None
    attendance: Attendance | None = None
    deeds: list[Deed] = field(default_factory=list)


def overview_of(pupil: Pupil, user: User, reading: Reading, standing: Standing) -> Overview:
    """The overview today. Class staff get the cycle and what is next, no care facts."""
    steps = next_steps_of(pupil, user)
    cycle = _cycle_standing(pupil, user, reading, steps)
    passport = _passport_in_short(pupil)
    if not reading.is_whole:
        return Overview(cycle, steps, passport)
    return Overview(
        cycle=cycle,
        next_steps=steps,
        passport=passport,
        says=View.objects.about(pupil.pk).filter(whose=Whose.PUPIL).select_related("pupil").first(),
        pep=_pep_standing(pupil) if reading.knows_care else None,
        around=around(pupil),
        sdq=SdqScore.objects.filter(pupil=pupil).order_by("-year_ended").first() if reading.knows_care else None,
        attendance=last_attendance(user, pupil),
        deeds=list(slots.deeds.ask(pupil, standing, user)),
    )


def next_steps_of(pupil: Pupil, user: User) -> list[NextStep]:
    """What is to be done about this pupil, the most urgent first."""
    found = next_steps_about(user, [pupil.pk], clock.today())
    return sorted(step for step in found if step.pupil_id == pupil.pk)


def _cycle_standing(pupil: Pupil, user: User, reading: Reading, steps: list[NextStep]) -> CycleStanding | None:
    cycle = current_cycle(pupil)
    if cycle is None:
        return None
    rights = cycle_permissions.rights(user, cycle, reading.levels)
    in_cycle = (step for step in steps if f"/cycles/{cycle.pk}/" in step.url)
    return CycleStanding(cycle, steps_of(cycle, rights), next(in_cycle, None))


def _passport_in_short(pupil: Pupil) -> PassportInShort | None:
    passport = passports.current_passport(pupil)
    return PassportInShort(passport, passports.in_short(passport)) if passport else None


def _pep_standing(pupil: Pupil) -> PepStanding | None:
    peps = list(Pep.objects.filter(pupil=pupil).newest_first().select_related("term", "document"))
    if not peps:
        return None
    last = next((pep for pep in peps if pep.state == PepState.SIGNED_OFF), None)
    current = peps[0]
    targets = targets_of(last) if last else []
    return PepStanding(current, state_in_words(current), tone_of(current), last, targets)


def around(pupil: Pupil) -> list[str]:
    """ "Cara, foster carer" and so on: carers and parents, professionals, class staff. One query."""
    today = clock.today()
    people = PersonAround.objects.filter(pupil=pupil, during__contains=today).values_list("name", "relationship")
    named = NamedProfessional.objects.filter(pupil=pupil, during__contains=today).values_list("name", "role")
    groups = GroupMember.objects.filter(pupil=pupil, during__contains=today).values("group")
    staff = GroupStaff.objects.filter(group__in=groups, during__contains=today).values_list(
        Concat("user__first_name", Value(" "), "user__last_name", output_field=CharField()),
        Concat(Value("staff of "), "group__name", output_field=CharField()),
    )
    words: dict[str, str] = {value: str(label).lower() for value, label in Relationship.choices}
    words |= {ProfessionalRole.SOCIAL_WORKER: "social worker", ProfessionalRole.IRO: "independent reviewing officer",
              ProfessionalRole.EHC_COORDINATOR: "EHC coordinator"}  # fmt: skip
    rows = staff.union(named, people, all=True)
    return sorted(f"{name}, {words.get(what, what)}" for name, what in rows)


# --- people ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PeoplePage:
    """Everything kept of who the pupil is and who is around, with the periods before."""

    pupil: Pupil
    former_upns: list[str]
    sen: list[SenStatus]
    places: list[SchoolPlace]
    groups: list[str]
    people: list[PersonAround]
    professionals: list[NamedProfessional]
    authorities: list[tuple[str, str]]
    care: CareEpisode | None
    legal_status: str
    care_before: list[CareEpisode]
    sees_legal_status: bool
    sdq: list[SdqScore]
    may_keep: bool
    may_correct: bool
    may_keep_groups: bool
    may_see_access: bool
    may_move: bool
    may_record_care: bool

    may_look_for_second: bool


def people_page(pupil: Pupil, user: User) -> PeoplePage:
    today = clock.today()
    episodes = CareEpisode.objects.filter(pupil=pupil, during__isempty=False).select_related("authority")
    in_care = list(episodes.order_by("-during"))
    care = next((episode for episode in in_care if today in episode.during), None)
    knows_care = bool(permissions.can_see_care_facts(user, pupil))
    places = list(pupil.school_places.filter(during__isempty=False).select_related("school").order_by("-during"))
    return PeoplePage(
        pupil=pupil,
        former_upns=_other_upns(pupil),
        sen=list(pupil.sen_statuses.filter(during__isempty=False).order_by("-during")),
        places=places,
        groups=[m.group.name for m in pupil.group_places.filter(during__contains=today).select_related("group")],
        people=list(pupil.people_around.filter(during__contains=today).order_by("name")),
        professionals=list(
            pupil.professionals.filter(during__contains=today).select_related("authority").order_by("role")
        ),
        authorities=list(_authorities(pupil, care, places)),
        care=care,
        legal_status=str(care.get_legal_status_display()) if care and user.plays(SEE_LEGAL_STATUS) else "",
        care_before=[episode for episode in in_care if _is_over(episode, today)] if knows_care else [],
        sees_legal_status=user.plays(SEE_LEGAL_STATUS),
        sdq=list(SdqScore.objects.filter(pupil=pupil).order_by("-year_ended")) if knows_care else [],
        may_keep=bool(permissions.can_keep_record(user, pupil)),
        may_correct=bool(permissions.can_correct_record(user, pupil)),
        may_keep_groups=bool(permissions.can_keep_groups(user)),
        may_see_access=user.plays(ACCESS_READERS),
        may_move=bool(can_move_school(user, pupil)),
        may_record_care=bool(can_leave_care(user, pupil)) if care else user.plays({Role.SOCIAL_WORKER}),
        may_look_for_second=user.plays(DECIDERS),
    )


def _is_over(episode: CareEpisode, today: date) -> bool:
    return episode.during.upper is not None and episode.during.upper <= today


def _other_upns(pupil: Pupil) -> list[str]:
    """The UPNs of before, and those under which a second record of the child was kept."""
    before = [former.upn for former in pupil.former_upns.order_by("-replaced_on")]
    second = [other.upn for other in pupil.put_together.order_by("pk") if other.upn and other.upn != pupil.upn]
    return [*second, *before]


def _authorities(
    pupil: Pupil, care: CareEpisode | None, places: list[SchoolPlace]
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """The four authorities that may differ (domain G9), each with what it is to the child."""
    said = {
        row.duty: str(row.authority)
        for row in PupilAuthority.objects.filter(pupil=pupil, during__contains=clock.today()).select_related(
            "authority"
        )
    }
    yield "Looks after the child", str(care.authority) if care else "None"
    yield "The child lives in", said.get(AuthorityDuty.RESIDENT, "Not said yet")
    yield "Maintains the EHC plan", said.get(AuthorityDuty.PLAN_MAINTAINING, "Not said yet")
    school = next((place.school for place in places if place.during.upper is None), None)
    yield "The school is in", _area_of(school)


def _area_of(school: School | None) -> str:
    return school.authority_name or f"Authority {school.authority_code}" if school else "No school now"


# --- timeline and who looked -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stretch:
    """The entries of one month, or the looks of one day, under their heading."""

    heading: str
    items: list[dict[str, str]]


def entries_seen_by(user: User, pupil: Pupil, reading: Reading) -> QuerySet[Entry]:
    """The history of a pupil; a school that the pupil left reads the entries written for it."""
    entries = Entry.objects.about_any_of(Pupil.objects.same_child(pupil.pk))
    return entries if reading.is_whole else entries.written_for_any_of(user.reads_whole_of)


def timeline_page(entries: QuerySet[Entry], number: Any) -> tuple[Page[Entry], list[Stretch]]:
    """A page of the history, newest first, under its months."""
    page = Paginator(entries, A_PAGE).get_page(number)
    months = groupby(page.object_list, key=lambda entry: f"{timezone.localtime(entry.at):%B %Y}")
    return page, [Stretch(month, [_told(entry) for entry in found]) for month, found in months]


def _told(entry: Entry) -> dict[str, str]:
    return {
        "when": _moment(entry.at),
        "title": entry.sentence,
        "by": str(entry.by) if entry.by else "Brought in by a list",
    }


@dataclass(frozen=True)
class LookShown:
    at: datetime
    name: str
    role: str
    page: str


def looks_page(pupil: Pupil, number: Any) -> tuple[Page[Look], list[tuple[date, list[LookShown]]]]:
    """A page of who looked at the pupil, newest first, by day. Four queries."""
    others = pupil.put_together.values_list("pk", flat=True)
    page = Paginator(Look.objects.at_pupil(pupil.pk, *others), A_PAGE).get_page(number)
    looks = list(page.object_list)
    roles = roles_of({look.by_id for look in looks if look.by_id})
    shown = [
        LookShown(look.at, str(look.by or "Somebody signed out"), roles.get(look.by_id or 0, ""), page_in_words(look))
        for look in looks
    ]
    return page, [
        (day, list(some)) for day, some in groupby(shown, key=lambda look: timezone.localtime(look.at).date())
    ]


def roles_of(user_ids: Iterable[int]) -> dict[int, str]:
    """What people are today: {user number: "SENCO, Larch Primary"}."""
    memberships = Membership.objects.on(clock.today()).filter(user__in=list(user_ids)).select_related("organisation")
    words: dict[int, str] = {}
    for one in memberships:
        words.setdefault(one.user_id, f"{Role(one.role).label}, {one.organisation.name}")
    return words


PAGES = {
    "pupil": "Overview",
    "pupils": "The list of pupils",
    "my_week": "My week",
    "people_around": "People",
    "who_looked": "Who looked",
    "who_has_access": "Who has access",
    "what_i_see": "What somebody can see, by themselves",
    "what_colleague_sees": "What a colleague can see",
    "reply": "A question, without an account",
    "group": "A class or group",
    "pep": "PEP",
    "pupil_pep": "PEP",
    "pupil_cycle": "Cycle",
    "peps": "The list of PEPs",
    "start_pep": "Start the PEP",
    "pep_section": "A section of the PEP",
    "write_pep_section": "A section of the PEP, to write",
    "grade_pep_section": "A section of the PEP, to grade",
    "submit_pep": "Submit the PEP",
    "return_pep": "Return the PEP",
    "sign_off_pep": "Sign off the PEP",
    "add_pep_target": "A target of the PEP, to add",
    "change_pep_target": "A target of the PEP, to change",
    "judge_pep_target": "A target of the last PEP",
    "moves": "The list of school moves",
    "move": "The school move",
    "transfer": "A file from school to school",
    "care_changed": "Care has changed",
    "care_change": "A change of care",
    "pupil_views": "Views",
    "replace_upn": "Change the UPN",
    "document": "A document, as PDF",
    "document_word": "A document, for Word",
    "pupil_passport": "Passport",
    "passport": "Passport",
    "print_passport": "Passport, as PDF",
    "passport_word": "Passport, for Word",
    "pupil_intervention_plan": "Positive intervention plan",
    "intervention_plan": "Positive intervention plan",
    "print_intervention_plan": "Positive intervention plan, as PDF",
    "intervention_plan_word": "Positive intervention plan, for Word",
}


def page_in_words(look: Look) -> str:
    """What the page is called on the screen: its own name, else its address's."""
    words = PAGES.get(look.page) or look.page.replace("_", " ").capitalize()
    return f"{words}: {look.reason}" if look.reason else words


def _moment(at: datetime) -> str:
    """ "Thursday 14 January, 4:38 pm"."""
    return f"{in_words.long_date(timezone.localtime(at).date(), clock.today())}, {in_words.clock_time(at)}"


# --- after the place ended ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeftBehind:
    """What a school goes on reading of a pupil who left it: its own."""

    cycles: list[Cycle]
    documents: list[Document]
    entries: list[dict[str, str]]


def left_behind(pupil: Pupil, user: User, reading: Reading) -> LeftBehind:
    return LeftBehind(
        cycles=list(Cycle.objects.visible_to(user).filter(pupil=pupil).latest_first()),
        documents=list(Document.objects.visible_to(user).of_child(pupil.pk).newest_first()),
        entries=[_told(entry) for entry in entries_seen_by(user, pupil, reading)[:10]],
    )
