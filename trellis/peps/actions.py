"""What people do with a PEP: open, start, write, hand in, return, sign off, correct, hand over."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from trellis.calendar.models import Term
from trellis.calendar.queries import term_for
from trellis.conduct import clock
from trellis.conduct.copying import copy_in
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.periods import from_day
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.cycles.queries import story_of
from trellis.design.in_words import full_date
from trellis.documents import actions as documents
from trellis.history import actions as history
from trellis.organisations.models import School, VirtualSchool
from trellis.people.models import User
from trellis.peps import letters, permissions, queries, rules, send_section
from trellis.peps.models import (
    WITH_THE_SCHOOL,
    Because,
    IssuedSection,
    Pep,
    PepAddendum,
    PepPolicy,
    PepReturn,
    PepSection,
    PepState,
    PepTarget,
)
from trellis.peps.rules import PEP, SECTIONS, Due
from trellis.peps.snapshot import snapshot_of, snapshot_of_send_section
from trellis.pupils.models import CareEpisode, Pupil, SchoolPlace, virtual_school_of
from trellis.voices.actions import write_down_view
from trellis.voices.models import Answered, How, View

# --- opening -------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_peps_for_term(virtual_school: VirtualSchool, term: Term, by: Any) -> list[Pep]:
    """Open the term's PEP for every looked-after pupil of PEP age who has none. Run twice, it opens nothing more."""
    day = max(clock.today(), term.during.lower)
    looked_after = Pupil.objects.filter(
        care_episodes__authority=virtual_school.authority_id, care_episodes__during__contains=clock.today()
    ).exclude(pk__in=Pep.objects.of_term(term).values("pupil"))
    policy = PepPolicy.objects.counting(virtual_school, term.during.lower)
    of_age = [p for p in looked_after.order_by("pk") if rules.is_of_pep_age(p.date_of_birth, day, policy)]
    return _open_all([Opening(lock(Pupil, pupil.pk)) for pupil in of_age], virtual_school, term, by)


def open_pep_on_coming_into_care(episode: CareEpisode, by: Any) -> None:
    """What follows when a child comes into care: a PEP, and the clock of 10 and 20 working days."""
    open_peps_on_coming_into_care([episode], by)


def open_peps_on_coming_into_care(episodes: Sequence[CareEpisode], by: Any) -> None:
    """The same for many children, as a list brings them."""
    for authority_id in dict.fromkeys(episode.authority_id for episode in episodes):
        virtual_school = virtual_school_of(authority_id)
        term = term_for(virtual_school, clock.today()) if virtual_school else None
        if virtual_school is not None and term is not None:
            theirs = [episode for episode in episodes if episode.authority_id == authority_id]
            _open_on_coming_into_care(theirs, virtual_school, term, by)


def _open_on_coming_into_care(
    episodes: Sequence[CareEpisode], virtual_school: VirtualSchool, term: Term, by: Any
) -> None:
    of_term = Pep.objects.of_term(term).filter(pupil__in=[episode.pupil_id for episode in episodes])
    ended = {pep.pupil_id: pep for pep in of_term.filter(state=PepState.ENDED).order_by("-pk")}
    need_one = _who_need_a_pep([episode.pupil for episode in episodes], virtual_school, term)
    openings = []
    for episode in episodes:
        began_on = episode.looked_after_since
        clock_runs = rules.reaches_into(began_on, min(clock.today(), term.during.lower))
        due = rules.due_after(began_on, "came into care") if clock_runs else None
        if episode.pupil_id in ended:
            _take_up_again(ended[episode.pupil_id], due, by)
        elif episode.pupil_id in need_one:
            because = Because.CAME_INTO_CARE if clock_runs else Because.TERM
            openings.append(Opening(episode.pupil, because, due))
    _open_all(openings, virtual_school, term, by)


def end_when_care_ended(pupil: Pupil, by: Any) -> None:
    """What follows a change of care: what is unfinished of an authority that no longer looks after the child ends as it
    stands. One that was submitted waits for its sign-off all the same: it is the child's last there."""
    unfinished = Pep.objects.filter(pupil=pupil, state__in=WITH_THE_SCHOOL)
    if not unfinished.exists():
        return
    care = CareEpisode.objects.filter(pupil=pupil, during__contains=clock.today()).first()
    virtual_school = virtual_school_of(care.authority_id) if care else None
    for pep in unfinished.exclude(written_for=virtual_school.pk if virtual_school else None).order_by("pk"):
        PEP.move("ended unfinished", pep)
        history.record(pep, by, f"The {pep} ended unfinished: {pep.written_for} no longer looks after the child.")


def _take_up_again(pep: Pep, due: Due | None, by: Any) -> None:
    """The same authority looks after the child again in the same term: its PEP goes on, with the clock of now."""
    clock_now = {"due_on": due.on, "due_because": due.because, "start_by": due.start_by, "policy": None} if due else {}
    PEP.move("taken up again" if pep.started_at or pep.kept_elsewhere else "waits again", pep, **clock_now)
    history.record(pep, by, f"The {pep} goes on: due {full_date(pep.due_on)}.")


def open_pep_at_new_school(place: SchoolPlace, by: Any) -> None:
    """What follows when a looked-after pupil moves school in mid-term: the clock starts again, on the open PEP or,
    where this term's is signed off, on an extra one."""
    episode = CareEpisode.objects.filter(pupil=place.pupil_id, during__contains=clock.today()).first()
    virtual_school = virtual_school_of(episode.authority_id) if episode else None
    term = term_for(virtual_school, place.since) if virtual_school else None
    if virtual_school is None or term is None:
        return
    is_move = SchoolPlace.objects.filter(pupil=place.pupil_id, during__startswith__lt=place.since).exists()
    if not is_move or place.since <= term.during.lower:
        if _who_need_a_pep([place.pupil], virtual_school, term):
            _open_all([Opening(place.pupil, school=place.school)], virtual_school, term, by)
        return
    due = rules.due_after(place.since, "started at a new school")
    open_now = Pep.objects.filter(pupil=place.pupil_id).not_signed_off().newest_first().first()
    if open_now is None:
        if _of_pep_age([place.pupil], virtual_school, term):
            _open_all([Opening(place.pupil, Because.NEW_SCHOOL, due, place.school)], virtual_school, term, by)
    elif open_now.state in WITH_THE_SCHOOL:
        change(open_now, due_on=due.on, due_because=due.because, start_by=due.start_by, policy=None)
        history.record(open_now, by, f"The clock of the PEP started again: due {full_date(due.on)}.")


@transaction.atomic
def agree_pep_policy(
    *, virtual_school: VirtualSchool, since: date, by: Any, agreed_by: str, source: str, **what: Any
) -> PepPolicy:
    """Enter what a Virtual School agreed about its PEPs from a day on, where it has agreed nothing for those days."""
    policy = PepPolicy.objects.create(
        organisation=virtual_school, during=from_day(since), agreed_by=agreed_by, source=source, **what
    )
    history.record(policy, by, f"The PEP policy from {full_date(since)} was agreed.", written_for=virtual_school)
    return policy


def _who_need_a_pep(pupils: Sequence[Pupil], virtual_school: VirtualSchool, term: Term) -> set[int]:
    """The numbers of those of PEP age who have none for the term."""
    have_one = Pep.objects.of_term(term).filter(pupil__in=pupils).values_list("pupil", flat=True)
    return _of_pep_age(pupils, virtual_school, term) - set(have_one)


def _of_pep_age(pupils: Sequence[Pupil], virtual_school: VirtualSchool, term: Term) -> set[int]:
    policy = PepPolicy.objects.counting(virtual_school, term.during.lower)
    return {pupil.pk for pupil in pupils if rules.is_of_pep_age(pupil.date_of_birth, clock.today(), policy)}


@dataclass(frozen=True)
class Opening:
    """A PEP to open. Without a clock of its own due by the Virtual School's policy, without a school at the present
    one."""

    pupil: Pupil
    because: str = Because.TERM
    due: Due | None = None
    school: School | None = None


def _open_all(openings: Sequence[Opening], virtual_school: VirtualSchool, term: Term, by: Any) -> list[Pep]:
    """Open PEPs with all their sections."""
    policy = PepPolicy.objects.counting(virtual_school, term.during.lower)
    pupils = [opening.pupil for opening in openings]
    today = clock.today()
    current = SchoolPlace.objects.filter(pupil__in=pupils, during__contains=today).select_related("school")
    places = {place.pupil_id: place for place in current}
    have = Counter(Pep.objects.of_term(term).filter(pupil__in=pupils).values_list("pupil", flat=True))
    have_sen = queries.who_have_sen(pupils, today)
    peps = []
    for opening in openings:
        pupil, place = opening.pupil, places.get(opening.pupil.pk)
        due = opening.due or _due_for_term(policy, pupil, place, term)
        peps.append(
            Pep(
                pupil=pupil, written_for=virtual_school, term=term, because=opening.because,
                kept_by=opening.school or (place.school if place else None), number=have[pupil.pk] + 1,
                opened_on=today, start_by=due.start_by, due_on=due.on, due_because=due.because,
                policy=policy if policy.pk else None, kept_elsewhere=policy.kept_elsewhere,
                state=_first_state(policy, pupil.pk in have_sen),
            )
        )  # fmt: skip
    Pep.objects.bulk_create(peps)
    copy_in(
        PepSection(pep=pep, pupil=pep.pupil, written_for=virtual_school, name=section.name)
        for pep in peps
        for section in SECTIONS
    )
    history.record_all(
        history.entry_of(pep, by, f"Opened the PEP for the {term.in_words}: due {full_date(pep.due_on)}.")
        for pep in peps
    )
    return peps


def _first_state(policy: PepPolicy, has_sen: bool) -> PepState:
    """Of a PEP kept elsewhere the school writes the SEND section; without SEN there is nothing for it to do here."""
    if not policy.kept_elsewhere:
        return PepState.NOT_STARTED
    return PepState.IN_PROGRESS if has_sen else PepState.SUBMITTED


def ask_for_send_section(pupil: Pupil, by: Any) -> None:
    """What follows when a pupil's SEN status changes: a PEP kept elsewhere needs its SEND section from here, or no
    longer does, and then is not late here either."""
    ask_for_send_sections([pupil], by)


def ask_for_send_sections(pupils: Sequence[Pupil], by: Any) -> None:
    """The same for many pupils."""
    have_sen = queries.who_have_sen(pupils, clock.today())
    never_issued = Pep.objects.filter(pupil__in=pupils, issued_section_version__isnull=True)
    entries = []
    for pep in never_issued.exclude(kept_elsewhere="").order_by("pk"):
        was, verb, words = (
            (PepState.SUBMITTED, "asked for its SEND section", "needs its SEND section")
            if pep.pupil_id in have_sen
            else (PepState.IN_PROGRESS, "needs no SEND section", "needs no SEND section any more")
        )
        if pep.state == was:
            PEP.move(verb, pep)
            entries.append(history.entry_of(pep, by, f"The PEP in {pep.kept_elsewhere} {words}."))
    history.record_all(entries)


def _due_for_term(policy: PepPolicy, pupil: Pupil, place: SchoolPlace | None, term: Term) -> Due:
    year = place.year_group if place and place.year_group is not None else pupil.year_by_age
    return rules.due_for_term(policy, term, year, policy.source)


@transaction.atomic
def start_pep(pep_id: int, *, by: User, seen: int | None = None) -> Pep:
    """Start the PEP. From now on everybody writes their part."""
    pep = lock(Pep, pep_id)
    if pep.state == PepState.IN_PROGRESS:
        return pep
    unchanged(pep, seen)
    require(permissions.can_start_pep(by, pep))
    check(rules.pep_is_kept_here(pep.kept_elsewhere))
    PEP.move("started", pep, started_at=clock.now(), started_by=by)
    history.record(pep, by, f"Started the PEP for the {pep.term.in_words}.")
    return pep


# --- writing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_section(section_id: int, *, by: User, seen: int | None, **words: Any) -> PepSection:
    """Write a section. Its grade, if it had one, was for other words and goes. The same words again change nothing."""
    section = lock(PepSection, section_id)
    kept = {name: _kept(value) for name, value in words.items()}
    if section.written_at and section.words == kept:
        return section
    unchanged(section, seen)
    _open_to_write(section.pep, by, section.name)
    _write(section, by, words=kept)
    return section


@transaction.atomic
def write_view(
    section_id: int, *, by: User, seen: int | None, given: View | None = None, answered: str = Answered.GAVE,
    said: str = "", told_to: str = "", how: str = How.TALKED, given_on: date | None = None, **words: Any,
) -> PepSection:  # fmt: skip
    """Write the pupil's or carer's section: a view given before, or one written down now, word for word."""
    section = lock(PepSection, section_id)
    kept = {name: _kept(value) for name, value in words.items()}
    said_now = {"words": said, "answered": answered, "told_to": told_to, "how": how, "given_on": given_on}
    stands = section.view if section.view and _is_same_view(section.view, given, said_now) else None
    if stands and section.words == kept:
        return section
    unchanged(section, seen)
    _open_to_write(section.pep, by, section.name)
    if given is not None and given.pupil_id != section.pupil_id:
        raise Refused("This view is about another pupil.", field="given")
    view = given or stands or _write_down(section, by, said_now)
    _write(section, by, words=kept, view=view)
    return section


@transaction.atomic
def take_cycles_words(section_id: int, *, by: User, seen: int | None = None) -> PepSection:
    """Write the SEND section from the cycle as it stands. What somebody edited by hand stays."""
    section = lock(PepSection, section_id)
    story = story_of(section.pupil)
    if story is None:
        raise Refused("There is no cycle yet. Start one, or say below why there is none and when the assessment is.")
    told = send_section.told(story.as_dict(), clock.today())
    words = send_section.words_after_taking(section.words, section.written_from, told)
    if section.words == words and section.written_from and not send_section.changes_since(section.written_from, told):
        return section
    unchanged(section, seen)
    _open_to_write(section.pep, by, section.name)
    _write(section, by, words=words, written_from=told)
    return section


@transaction.atomic
def add_target(pep_id: int, *, by: User, key: Key, **target: Any) -> PepTarget:
    """Add a target: from where, to where, measured how, by when, and what is done for it."""
    pep = lock(Pep, pep_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    _open_to_write(pep, by, "targets")
    check(rules.target_ends_after_it_is_set(target["by_when"], clock.today()))
    made = PepTarget.objects.create(
        pep=pep, pupil_id=pep.pupil_id, written_for_id=pep.written_for_id, number=pep.targets.count() + 1, **target
    )
    _write(pep.sections.get(name="targets"), by, record=f"Added target {made.number} to the PEP.")
    key.made(made)
    return made


@transaction.atomic
def change_target(target_id: int, *, by: User, seen: int | None, **target: Any) -> PepTarget:
    """Change a target while the PEP is open."""
    standing = lock(PepTarget, target_id)
    if all(getattr(standing, name) == value for name, value in target.items()):
        return standing
    unchanged(standing, seen)
    _open_to_write(standing.pep, by, "targets")
    check(rules.target_ends_after_it_is_set(target["by_when"], clock.today()))
    change(standing, **target)
    _write(standing.pep.sections.get(name="targets"), by, record=f"Changed target {standing.number} of the PEP.")
    return standing


@transaction.atomic
def drop_target(target_id: int, *, by: User) -> PepTarget:
    """Take a target out of an open PEP. Its number is not given again."""
    target = lock(PepTarget, target_id)
    if not target.dropped:
        _open_to_write(target.pep, by, "targets")
        change(target, dropped=True)
        _write(target.pep.sections.get(name="targets"), by, record=f"Took target {target.number} out of the PEP.")
    return target


@transaction.atomic
def judge_target(
    target_id: int, *, on_pep: Pep, by: User, result: str, result_note: str = "", seen: int | None = None
) -> PepTarget:
    """Say on the new PEP what became of one of the last one's targets."""
    target = lock(PepTarget, target_id)
    if (target.result, target.result_note, target.judged_on_pep_id) == (result, result_note, on_pep.pk):
        return target
    unchanged(target, seen)
    on_pep = Pep.objects.get(pk=on_pep.pk)
    _open_to_write(on_pep, by, "targets")
    if target.pk not in {last.pk for last in queries.last_targets(on_pep)}:
        raise Refused("Only targets of the last PEP are judged here.")
    change(target, result=result, result_note=result_note, judged_on_pep=on_pep)
    record = f"Target {target.number} of the last PEP: {target.get_result_display().lower()}."
    _write(on_pep.sections.get(name="targets"), by, record=record)
    return target


def _open_to_write(pep: Pep, by: User, section: str) -> None:
    require(permissions.can_write_section(by, pep, section))
    if section != "send":
        check(rules.pep_is_kept_here(pep.kept_elsewhere))
    if not pep.is_open_for_writing:
        first = "Start the PEP first." if pep.state == PepState.NOT_STARTED else "It is not open for writing now."
        raise Refused(f"This PEP is {pep.get_state_display().lower()}. {first}")


def _write(section: PepSection, by: User, *, record: str = "", **fields: Any) -> None:
    on_behalf = permissions.is_on_behalf(by, section.pep, section.name)
    change(
        section, **fields, written_at=clock.now(), written_by=by, on_behalf=on_behalf, grade="", grade_sentence="",
        graded_by=None,
    )  # fmt: skip
    title = rules.SECTION[section.name].title
    history.record(section, by, record or f"Wrote “{title}”{', on behalf' if on_behalf else ''} in the PEP.")


def _kept(value: Any) -> Any:
    """As JSON keeps it: dates in ISO form."""
    return value.isoformat() if isinstance(value, date) else ("" if value is None else value)


def _is_same_view(view: View, given: View | None, said: dict[str, Any]) -> bool:
    return view == given if given else all(getattr(view, name) == value for name, value in said.items())


def _write_down(section: PepSection, by: User, said: dict[str, Any]) -> View:
    """Keep what was said as a voice of its own; it stays in the record whatever becomes of the PEP."""
    given_on = said["given_on"] or clock.today()
    whose = rules.SECTION[section.name].whose_view
    return write_down_view(section.pupil_id, by=by, key=Key.fresh(by), whose=whose, **{**said, "given_on": given_on})


# --- handing in, quality, signing ----------------------------------------------------------------------------------


@transaction.atomic
def submit_pep(pep_id: int, *, by: User, seen: int | None = None) -> Pep:
    """Hand the PEP in to the Virtual School. From here nobody writes until it is returned."""
    pep = lock(Pep, pep_id)
    if pep.state == PepState.SUBMITTED:
        return pep
    unchanged(pep, seen)
    require(permissions.can_submit_pep(by, pep))
    check(rules.pep_is_kept_here(pep.kept_elsewhere))
    PEP.require("submitted", pep)
    facts = queries.contents_of(pep).facts
    check(*(needed(facts) for needed in rules.NEEDED_TO_SUBMIT))
    again = pep.state == PepState.RETURNED
    on_behalf = not by.plays_at({"designated teacher"}, pep.kept_by_id)
    PEP.move("submitted", pep, submitted_at=clock.now(), submitted_by=by, submitted_on_behalf=on_behalf)
    words = f"Submitted the PEP{' again' if again else ''}{' on behalf of the school' if on_behalf else ''}."
    history.record(pep, by, words)
    letters.tell_of_submission(pep)
    return pep


@transaction.atomic
def grade_section(section_id: int, *, by: User, seen: int | None, grade: str, sentence: str = "") -> PepSection:
    """Grade one section of a submitted PEP: green, amber or red, with a sentence."""
    section = lock(PepSection, section_id)
    if (section.grade, section.grade_sentence) == (grade, sentence):
        return section
    unchanged(section, seen)
    require(permissions.can_assure_quality(by, section.pep))
    check(rules.pep_is_kept_here(section.pep.kept_elsewhere))
    if section.pep.state != PepState.SUBMITTED:
        raise Refused("Sections are graded while the PEP is submitted.")
    check(rules.amber_and_red_say_what_to_mend(grade, sentence))
    change(section, grade=grade, grade_sentence=sentence, graded_by=by)
    title = rules.SECTION[section.name].title
    history.record(section, by, f"Graded “{title}” {grade}.", state=grade)
    return section


@transaction.atomic
def return_pep(pep_id: int, *, by: User, reasons: str, seen: int | None = None) -> Pep:
    """Send the PEP back to the school with reasons that help. Sections keep their grades until rewritten."""
    pep = lock(Pep, pep_id)
    if pep.state == PepState.RETURNED:
        return pep
    unchanged(pep, seen)
    require(permissions.can_assure_quality(by, pep))
    check(rules.pep_is_kept_here(pep.kept_elsewhere))
    check(rules.return_says_why(reasons))
    PEP.move("returned", pep)
    PepReturn.objects.create(
        pep=pep, pupil_id=pep.pupil_id, written_for_id=pep.written_for_id, reasons=reasons, at=clock.now(), by=by
    )
    history.record(pep, by, "Returned the PEP to the school, with reasons.")
    letters.tell_of_return(pep)
    return pep


@transaction.atomic
def sign_off_pep(pep_id: int, *, by: User, seen: int | None = None) -> Pep:
    """Sign the PEP off: its words and its PDF are kept as they stand. Of two advisers at once, one signs."""
    pep = lock(Pep, pep_id)
    if pep.state == PepState.SIGNED_OFF:
        return pep
    unchanged(pep, seen)
    require(permissions.can_assure_quality(by, pep))
    check(rules.pep_is_kept_here(pep.kept_elsewhere))
    PEP.require("signed off", pep)
    grades = queries.contents_of(pep).grades
    check(rules.every_section_has_a_grade(grades), rules.no_section_is_red(grades))
    audience = "designated teacher and social worker"
    signature = f"Signed off by {by}, {full_date(clock.today())}. For the {audience}."
    document = documents.freeze(
        subject=pep, kind="pep", title=pep.title, audience=audience, snapshot=snapshot_of(pep, footer=signature),
        template="pep", by=by, pupil=pep.pupil, written_for=pep.written_for,
    )  # fmt: skip
    PEP.move("signed off", pep, signed_off_at=clock.now(), signed_off_by=by, document=document)
    history.record(pep, by, f"Signed off the PEP for the {pep.term.in_words}.")
    letters.tell_of_sign_off(pep)
    return pep


@transaction.atomic
def add_addendum(pep_id: int, *, by: User, key: Key, words: str) -> PepAddendum:
    """Correct a signed PEP by a dated addition; what was signed stays as it is."""
    pep = lock(Pep, pep_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_add_addendum(by, pep))
    check(rules.pep_is_kept_here(pep.kept_elsewhere))
    check(rules.addendum_says_something(words))
    if pep.state != PepState.SIGNED_OFF:
        raise Refused("This PEP is not signed off yet: change the section itself.")
    addendum = PepAddendum.objects.create(
        pep=pep, pupil_id=pep.pupil_id, written_for_id=pep.written_for_id, words=words, at=clock.now(), by=by
    )
    history.record(addendum, by, f"Added to the signed PEP for the {pep.term.in_words}.")
    letters.tell_of_addendum(pep)
    key.made(addendum)
    return addendum


# --- kept elsewhere ------------------------------------------------------------------------------------------------


@transaction.atomic
def issue_send_section(pep_id: int, *, by: User, seen: int | None = None) -> IssuedSection:
    """Give the SEND section out for a PEP that is kept elsewhere: frozen as it stands, stamped with its cycle's date
    and its version. The same words again are the same issue."""
    pep = lock(Pep, pep_id)
    send = PepSection.objects.select_for_update().get(pep=pep, name="send")
    last = pep.issued.first()
    if last is not None and last.section_version == send.version:
        return last
    if seen is not None:
        unchanged(send, seen)
    require(permissions.can_write_section(by, pep, "send"))
    if not pep.kept_elsewhere:
        raise Refused("This PEP is kept here: its SEND section goes with it when it is submitted.")
    check(rules.send_section_is_whole_before_it_is_issued(len(queries.missing_in(send))))
    number = last.number + 1 if last else 1
    stamp = _stamp(send, number)
    snapshot = snapshot_of_send_section(pep, footer=stamp)
    document = documents.freeze(
        subject=pep, kind="pep send section", title=snapshot["title"], audience=f"PEP in {pep.kept_elsewhere}",
        snapshot=snapshot, template="pep", by=by, pupil=pep.pupil, written_for=pep.written_for,
    )  # fmt: skip
    issued = IssuedSection.objects.create(
        pep=pep, pupil_id=pep.pupil_id, written_for_id=pep.written_for_id, number=number,
        section_version=send.version, document=document, stamp=stamp, at=clock.now(), by=by,
    )  # fmt: skip
    if PEP.may("issued", pep):
        PEP.move("issued", pep, issued_section_version=send.version)
    else:
        change(pep, issued_section_version=send.version)
    history.record(issued, by, f"Issued the SEND section for the PEP in {pep.kept_elsewhere}, version {number}.")
    return issued


def _stamp(send: PepSection, number: int) -> str:
    story = send.written_from
    cycle = f"Cycle {story['cycle_number']} as it stood on {story['taken_on']}" if story else "There is no cycle yet"
    return f"{cycle}. Version {number}, issued {full_date(clock.today())}."


@transaction.atomic
def take_in_pep(
    pep_id: int, *, by: Any, held_on: date | None, grade: str, targets: Iterable[dict[str, Any]]
) -> Pep:  # fmt: skip
    """Keep what the other system says of a PEP: its day, its grade, its targets. Green or amber is signed off there,
    red was sent back. What is here already stays; the same again changes nothing.

    ``by`` None is an import by command."""
    pep = lock(Pep, pep_id)
    if by is not None:
        require(permissions.can_take_in_pep(by, pep.written_for_id))
    if not pep.kept_elsewhere:
        raise Refused("This PEP is written here, so it cannot come by file.")
    for target in targets:
        _take_in_target(pep, target, by)
    if (pep.held_on, pep.grade_elsewhere) == (held_on, grade):
        return pep
    change(pep, held_on=held_on, grade_elsewhere=grade)
    verb = {"red": "sent back elsewhere", "": ""}.get(grade, "signed off elsewhere")
    if verb and PEP.may(verb, pep):
        PEP.move(verb, pep)
    words = f", graded {grade}" if grade else ""
    history.record(pep, by, f"{pep.kept_elsewhere} says of the PEP for the {pep.term.in_words}: held{words}.")
    return pep


@transaction.atomic
def end_target_by_file(target_id: int, *, by: Any, even_so: bool = False) -> PepTarget:
    """A later file does not hold this target any more: it is marked as ended, and stays in the record. ``even_so``: a
    person has said so, though something hangs on it. ``by`` None is an import by command."""
    target = lock(PepTarget, target_id)
    if by is not None:
        require(permissions.can_take_in_pep(by, target.written_for_id))
    if target.dropped:
        return target
    if not even_so:
        check(rules.target_ends_by_file_only_when_nothing_hangs_on_it(queries.hanging_on([target])[target.pk]))
    change(target, dropped=True, left_file_on=clock.today())
    where = f"the file of {target.pep.kept_elsewhere} of {full_date(clock.today())}"
    history.record(target, by, f"Target {target.number} is no longer in {where}: it ended there.")
    return target


def _take_in_target(pep: Pep, said: dict[str, Any], by: Any) -> None:
    """A target as the file says it; one that had left the file and is in it again, stands again."""
    standing = PepTarget.objects.filter(pep=pep, number=said["number"]).first()
    said = {**said, "dropped": False, "left_file_on": None}
    if standing is None:
        made = PepTarget.objects.create(pep=pep, pupil_id=pep.pupil_id, written_for_id=pep.written_for_id, **said)
        history.record(made, by, f"Target {made.number} came from {pep.kept_elsewhere}.")
    elif any(getattr(standing, name) != value for name, value in said.items()):
        change(standing, **said)
        history.record(standing, by, f"Target {standing.number} changed in {pep.kept_elsewhere}.")


# --- moving school -------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(pep_id: int, to_school: School, by: Any) -> Pep:
    """Give an unfinished PEP to the new school. The school that was left goes on reading the draft as it was."""
    pep = lock(Pep, pep_id)
    left = pep.kept_by
    if pep.state == PepState.SIGNED_OFF or left == to_school:
        return pep
    if left is not None and pep.state != PepState.NOT_STARTED:
        _freeze_for_the_school_left(pep, left, by)
    change(pep, kept_by=to_school)
    history.record(pep, by, f"The PEP went to {to_school}.")
    return pep


def _freeze_for_the_school_left(pep: Pep, left: School, by: Any) -> None:
    note = f"Draft as it stood at {left} on {full_date(clock.today())}. Not signed off."
    documents.freeze(
        subject=pep, kind="pep left behind", title=f"{pep.title}, draft", audience="school that was left",
        snapshot=snapshot_of(pep, footer=note), template="pep", by=by, pupil=pep.pupil, written_for=left,
    )  # fmt: skip


def hand_over_all(pupil_id: int, to_school: School, by: Any) -> Iterable[Pep]:
    """Every unfinished PEP of a pupil, for a move."""
    return [hand_over(pep_id, to_school, by) for pep_id in queries.unfinished_pep_ids(pupil_id)]
