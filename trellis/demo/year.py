"""Lets a year happen to the children of a demonstration: by the product's own actions, day by day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from trellis.calendar.models import Term
from trellis.calendar.queries import school_days
from trellis.calendar.rules import monday_of
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.cycles import actions as cycles
from trellis.cycles.models import Cycle
from trellis.demo.cast import Cast, gather
from trellis.demo.children import Child, invent
from trellis.demo.support import Support, goes_on
from trellis.demo.words import MISSED_BECAUSE, Aim, Need, for_need
from trellis.moves import actions as moves
from trellis.moves.models import SchoolMove
from trellis.organisations.models import School, VirtualSchool
from trellis.people.models import User
from trellis.peps import actions as peps
from trellis.peps.models import Pep, PepSection
from trellis.peps.queries import last_targets
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.voices import actions as voices

Step = Callable[[], object]
JORDAN, MOVES, COMES = 0, 3, 5  # by number: the story's child, one who leaves Larch, one who comes into care late
STAGES = ["signed off", "submitted", "in progress", "returned", "not started", "signed off", "in progress", "submitted"]
CLASS_STAFF = {  # by school: the teacher who answers for an intervention, and who delivers it
    "990102": ("Mr Osei", "Tia Brennan"),
    "990103": ("Ms Achterberg", "Joel Okafor"),
    "990104": ("Mrs Dunmore", "Beth Whalley"),
    "991101": ("Mr Pascoe", "Ines Duarte"),
}
ELSEWHERE = ("The class teacher", "A teaching assistant")


@dataclass
class Year:
    """A year of a demonstration: its cast and children, and what happens when."""

    today: date
    cast: Cast
    random: Random = field(default_factory=lambda: Random("what happens"))
    pupils: dict[int, Pupil] = field(default_factory=dict)
    steps: list[tuple[date, int, Step]] = field(default_factory=list)

    def on(self, day: date, step: Step) -> None:
        """Something happens on a day, or on the Monday after when it is a weekend; nothing happens after today."""
        day = monday_of(day) + timedelta(days=7) if day.weekday() > 4 else day
        if day <= self.today:
            self.steps.append((day, len(self.steps), step))

    def writers(self, school: School) -> tuple[User, User]:
        """The SENCO and the designated teacher of a school; where it has no accounts, the Virtual School's adviser."""
        by_school = {
            "990102": (self.cast.sam, self.cast.dee),
            "990103": (self.cast.nia, self.cast.raj),
            "990104": (self.cast.hal, self.cast.hal),
            "991101": (self.cast.nobody, self.cast.nobody),
        }
        return by_school.get(school.code, (self.cast.ada, self.cast.ada))


def build(today: date, say: Callable[[str], None] = lambda words: None) -> Year:
    """Make the whole demonstration as it stands on ``today``."""
    start = monday_of(today - timedelta(days=364))
    with clock.at(start):
        year = Year(today, gather())
    children = invent(today)
    for child in children:
        _arrives(year, child, start)
        _is_supported(year, child, start)
    _peps_go_by_terms(year, children, start)
    _jordans_autumn(year)
    _somebody_moves(year, children)
    goes_on(Support(year.cast, year.pupils, today, year.on), children)
    _happens(year, say)
    return year


def _happens(year: Year, say: Callable[[str], None]) -> None:
    """Do everything in order of day, telling how far it is by the month."""
    month = ""
    for day, _, step in sorted(year.steps, key=lambda entry: entry[:2]):
        if f"{day:%B %Y}" != month:
            month = f"{day:%B %Y}"
            say(month)
        with clock.at(day):
            step()


# --- arriving --------------------------------------------------------------------------------------------------------


def _arrives(year: Year, child: Child, start: date) -> None:
    """The child is known: names, school place, SEN status, and care with its social worker. Some came lately."""
    day = year.today - timedelta(days=24 - child.number % 10) if _came_lately(child) else start
    year.on(day, lambda: _register(year, child, start))


def _register(year: Year, child: Child, start: date) -> None:
    school = year.cast.schools[child.school]
    pupil = pupils.register_pupil(
        by=None,
        upn=child.upn,
        legal_first_name=child.first,
        preferred_first_name=child.preferred,
        legal_last_name=child.last,
        date_of_birth=child.born,
        sex=child.sex,
        ethnicity=child.ethnicity,
        first_language=child.language,
    )
    year.pupils[child.number] = pupil
    lately = _came_lately(child)
    began = clock.today() if lately else min(child.looked_after_since, start)
    on_roll = clock.today() if lately else start - timedelta(days=90)
    pupils.start_school_place(pupil.pk, by=None, school=school, on=on_roll, year_group=child.year)
    status = ("N", "", "") if child.number % 11 == 10 else (child.status, child.primary_need, child.secondary_need)
    pupils.set_sen_status(
        pupil.pk,
        by=None,
        status=status[0],
        primary_need=status[1],
        secondary_need=status[2],
        on=on_roll,
    )
    if child.in_care:
        _comes_into_care(year, child, pupil, began)
    _joins_class(year, child, pupil, school)


def _comes_into_care(year: Year, child: Child, pupil: Pupil, began: date) -> None:
    authority = year.cast.virtual_schools[child.area].authority
    pupils.start_care(
        pupil.pk, by=None, authority=authority, since=began, legal_status=child.legal_status, placement_type="U1"
    )
    ours = child.area == "990" and child.number % 3 == 0
    pupils.name_professional(
        pupil.pk,
        by=None,
        authority=authority,
        role="social worker",
        on=began,
        name="Sol Ferreira" if ours else f"{'ABCDEFGH'[child.number % 8]}. Sample",
        email=year.cast.sol.email if ours else f"sw{child.number}@social-care.example",
    )
    if child.area == "990" and child.number % 6 == 0:
        pupils.name_professional(
            pupil.pk, by=None, authority=authority, role="iro", name="Iris Novak", email=year.cast.iris.email, on=began
        )
    _, teacher = year.writers(year.cast.schools[child.school])
    pupils.add_person_around(
        pupil.pk,
        by=teacher,
        key=Key.fresh(teacher),
        name="Cara Linnell" if child.number == JORDAN else f"Carer {child.number}",
        relationship="foster carer",
        delegated="Day trips, haircuts, school photographs.",
        may_be_contacted=True,
        safe_to_share=True,
        email=f"carer{child.number}@home.example",
    )


def _joins_class(year: Year, child: Child, pupil: Pupil, school: School) -> None:
    """Larch keeps classes: Year 4 is Mr Osei's and Tia's."""
    if school != year.cast.larch:
        return
    sam = year.cast.sam
    group = pupils.make_group(by=sam, school=school, name=f"Year {child.year}" if child.year else "Reception")
    pupils.put_in_group(pupil.pk, by=sam, group=group)
    if child.year == 4:
        for member in (year.cast.osei, year.cast.tia):
            pupils.put_staff_in_group(by=sam, group=group, user=member)


# --- the graduated approach ------------------------------------------------------------------------------------------


def _is_supported(year: Year, child: Child, start: date) -> None:
    """Cycles through the year: most children have had two and are in their third; some wait for their first."""
    if child.status == "N" or child.number % 11 == 10 or _came_lately(child):
        return
    first = start + timedelta(days=14 + child.number % 20)
    _runs_a_cycle(year, child, first, weeks=9, ends=True)
    _runs_a_cycle(year, child, first + timedelta(days=130), weeks=8, ends=True)
    if child.number % 15 != 4:
        stage = 28 if child.number == JORDAN else 7 * (child.number % 9)
        _runs_a_cycle(year, child, year.today - timedelta(days=28 + stage), weeks=7, ends=child.number % 7 == 6)


def _came_lately(child: Child) -> bool:
    """New to school and, some of them, to care: no cycle yet, and the PEP's clock runs."""
    return child.number % 18 == 8 or child.number == COMES


def _runs_a_cycle(year: Year, child: Child, begins: date, *, weeks: int, ends: bool) -> None:
    """Assess for a week, plan the next, do for some weeks, review. Steps after today do not happen yet."""
    need = for_need(child.primary_need)
    planned = begins + timedelta(days=14)
    reviewed = _last_school_day(year, child, planned + timedelta(weeks=weeks))
    year.on(begins, lambda: _assess(year, child, need))
    year.on(begins + timedelta(days=7), lambda: _finish_assessment(year, child, need))
    year.on(planned, lambda: _plan(year, child, need, reviewed))
    for week in range(weeks):
        share = year.random.choice((1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 0.5, 0.5, None if child.number % 4 == 3 else 1.0))
        year.on(monday_of(planned) + timedelta(days=7 * week + 4), lambda share=share: _tick(year, child, share))  # type: ignore[misc]
    if ends:
        year.on(reviewed, lambda: _review(year, child, need))


def _last_school_day(year: Year, child: Child, day: date) -> date:
    """The day itself when schools are open, else the last one before on which they were."""
    return school_days(year.cast.virtual_schools[child.area], day - timedelta(days=60), day)[-1]


def _open_cycle(year: Year, child: Child) -> tuple[Cycle, User] | None:
    cycle = Cycle.objects.filter(pupil=year.pupils[child.number]).latest_first().select_related("kept_by").first()
    if cycle is None or not cycle.is_open:
        return None
    return cycle, year.writers(cycle.kept_by)[0]


def _assess(year: Year, child: Child, need: Need) -> None:
    if _open_cycle(year, child) is not None:
        return
    pupil = year.pupils[child.number]
    senco, teacher = year.writers(year.cast.schools[child.school])
    cycle = cycles.start_cycle(pupil.pk, by=senco, key=Key.fresh(senco))
    for who, words in (("class teacher", need.teacher), ("carer" if child.in_care else "parent", need.carer)):
        cycles.add_assessment_entry(
            cycle.pk, by=senco, key=Key.fresh(senco), who_said=who, words=words, said_on=clock.today(), area=need.area
        )
    view = voices.write_down_view(
        pupil.pk,
        by=teacher,
        key=Key.fresh(teacher),
        whose="pupil",
        words=need.pupil,
        told_to="their key adult",
        given_on=clock.today(),
        written_for=cycle.kept_by,
    )
    cycles.bring_in_view(cycle.pk, by=senco, view_id=view.pk)


def _finish_assessment(year: Year, child: Child, need: Need) -> None:
    if (found := _open_cycle(year, child)) and found[0].state == "ASSESS":
        cycle, senco = found
        cycles.finish_assessment(
            cycle.pk, by=senco, seen=None, strengths=need.strengths, summary=need.summary, barrier=need.barrier,
            areas=[need.area], other_causes=need.other_causes, causes_found=need.causes_found,
        )  # fmt: skip


def _plan(year: Year, child: Child, need: Need, review_on: date) -> None:
    found = _open_cycle(year, child)
    if not found or found[0].state != "PLAN":
        return
    cycle, senco = found
    for aim in need.aims:
        _plan_outcome(cycle, senco, aim, review_on)
    first = cycle.outcomes.in_plan().earliest("pk")  # type: ignore[attr-defined]
    cycles.add_adjustment(first.pk, by=senco, key=Key.fresh(senco), what=need.adjustment)
    cycles.set_review_date(cycle.pk, by=senco, review_on=review_on)
    if child.number % 8 == 7 and (year.today - clock.today()).days < 30:
        return  # this plan still waits to be agreed
    cycles.share_plan(
        cycle.pk,
        by=senco,
        shared_with="Cara Linnell" if child.number == JORDAN else "carer",
        shared_on=clock.today(),
        printed=True,
    )
    cycle.refresh_from_db()
    cycles.agree_plan(cycle.pk, by=senco, seen=cycle.version)


def _plan_outcome(cycle: Cycle, senco: User, aim: Aim, review_on: date) -> None:
    teacher, deliverer = CLASS_STAFF.get(cycle.kept_by.code, ELSEWHERE)
    outcome = cycles.add_outcome(
        cycle.pk,
        by=senco,
        key=Key.fresh(senco),
        statement=aim.statement,
        pupils_words=aim.pupils_words,
        baseline=aim.baseline,
        measure=aim.measure,
        target=aim.target,
    )
    cycles.add_intervention(
        outcome.pk,
        by=senco,
        key=Key.fresh(senco),
        name=aim.support.name,
        details=aim.support.details,
        accountable_teacher=teacher,
        deliverer=deliverer,
        times_a_week=aim.support.times,
        minutes=aim.support.minutes,
        group_size=aim.support.group,
        starts_on=monday_of(clock.today()),
        ends_on=review_on,
    )


def _tick(year: Year, child: Child, share: float | None) -> None:
    """The week is recorded, by exception; some weeks nobody records. Jordan's second intervention is thin."""
    found = _open_cycle(year, child)
    if not found or found[0].state != "DO" or share is None:
        return
    cycle, senco = found
    held, reasons = {}, {}
    for nth, support in enumerate(_interventions(cycle)):
        part = 0.5 if child.number == JORDAN and nth else share
        held[support.pk] = int(support.times_a_week * part + 0.5) if part < 1 else support.times_a_week
        if held[support.pk] < support.times_a_week:
            reasons[support.pk] = MISSED_BECAUSE[
                (child.number + nth + clock.today().isocalendar().week) % len(MISSED_BECAUSE)
            ]
    cycles.record_week(cycle.pk, by=senco, week_of=monday_of(clock.today()), held=held, reasons=reasons)


def _interventions(cycle: Cycle) -> Iterator:
    for outcome in cycle.outcomes.in_plan():  # type: ignore[attr-defined]
        for support in outcome.interventions.in_plan():
            if support.starts_on <= clock.today() and monday_of(clock.today()) <= support.ends_on:
                yield support


def _review(year: Year, child: Child, need: Need) -> None:
    found = _open_cycle(year, child)
    if not found or found[0].state != "DO":
        return
    cycle, senco = found
    outcomes = list(cycle.outcomes.in_plan())  # type: ignore[attr-defined]
    grades = year.random.choice(
        (("some", "same"), ("met", "some"), ("some", "met"), ("exceeded", "worse"), ("some", "some"))
    )
    cycles.record_review(
        cycle.pk,
        by=senco,
        seen=cycle.version,
        key=Key.fresh(senco),
        held_on=clock.today(),
        results={o.pk: (grade, aim.found(grade)) for o, grade, aim in zip(outcomes, grades, need.aims, strict=True)},
        decisions=["change"] if "worse" in grades or "same" in grades else ["continue"],
        views={
            "pupil": "It’s better in the mornings.",
            "carer": "We see the difference at home.",
            "teacher": "Calmer starts. The afternoons need another look.",
        },
        next_steps="Look at the timetable of the second intervention with the class team.",
    )


# --- PEPs ------------------------------------------------------------------------------------------------------------


def _peps_go_by_terms(year: Year, children: list[Child], start: date) -> None:
    """Each term the Virtual School opens PEPs; past ones are mostly signed off, the present ones stand everywhere."""
    for code, head in (("990", year.cast.vic), ("991", year.cast.val)):
        virtual_school = year.cast.virtual_schools[code]
        if code == "991":
            year.on(start, lambda v=virtual_school, h=head: _keeps_peps_elsewhere(year, v, h))  # type: ignore[misc]
        terms = [t for t in Term.objects.of(virtual_school) if start < t.during.upper and t.during.lower <= year.today]
        for term in terms:
            opens = max(term.during.lower, start + timedelta(days=2))
            year.on(opens, lambda v=virtual_school, t=term, h=head: peps.open_peps_for_term(v, t, h))  # type: ignore[misc]
            is_present = term == terms[-1]
            for child in (c for c in children if c.area == code and c.in_care and not _came_lately(c)):
                _writes_a_pep(year, child, term, opens, is_present)


def _keeps_peps_elsewhere(year: Year, virtual_school: VirtualSchool, head: User) -> None:
    """From this term on the other authority keeps its PEPs in a bought system; the SEND section is issued from here."""
    began = [t for t in Term.objects.of(virtual_school) if t.during.lower <= year.today][-1]
    peps.agree_pep_policy(
        virtual_school=virtual_school, since=began.during.lower, by=head, agreed_by=str(head), source="sample",
        kept_elsewhere="ePEP Online",
    )  # fmt: skip


def _issues(year: Year, child: Child, term: Term) -> None:
    """The school gives the SEND section out for a PEP that is kept elsewhere."""
    pep = _pep(year, child, term, "IN_PROGRESS")
    if pep is not None and pep.kept_by is not None:
        senco, _ = year.writers(pep.kept_by)
        _write_send(child, pep.sections.get(name="send"), senco)
        peps.issue_send_section(pep.pk, by=senco)


def _writes_a_pep(year: Year, child: Child, term: Term, opens: date, is_present: bool) -> None:
    stage = STAGES[(child.number + 2) % len(STAGES)] if is_present else "signed off"
    if not is_present and year.random.random() < 0.08:
        stage = "not started"  # a missing PEP
    due = min(term.during.upper - timedelta(days=21), year.today)
    late = 14 if not is_present and year.random.random() < 0.15 else 0
    written = max(opens + timedelta(days=3), due - timedelta(days=20)) + timedelta(days=late)
    order = ["in progress", "returned", "submitted", "signed off"]
    if stage == "not started":
        return
    if is_present and child.area == "991":
        year.on(written, lambda: _issues(year, child, term))
        return
    year.on(written, lambda: _write(year, child, term, whole=stage != "in progress"))
    if order.index(stage) >= 1:
        year.on(written + timedelta(days=3), lambda: _submit(year, child, term))
    if stage == "returned" or (stage == "signed off" and year.random.random() < 0.12):
        year.on(written + timedelta(days=5), lambda: _return(year, child, term))
        if stage == "signed off":
            year.on(written + timedelta(days=9), lambda: _submit(year, child, term))
    if stage == "signed off":
        year.on(written + timedelta(days=12), lambda: _sign_off(year, child, term))


def _pep(year: Year, child: Child, term: Term, *states: str) -> Pep | None:
    found = Pep.objects.of_term(term).filter(pupil=year.pupils[child.number], state__in=states)
    return found.select_related("kept_by").first()


def _write(year: Year, child: Child, term: Term, *, whole: bool) -> None:
    pep = _pep(year, child, term, "NOT_STARTED")
    if pep is None or pep.kept_by is None:
        return
    senco, teacher = year.writers(pep.kept_by)
    need = for_need(child.primary_need)
    peps.start_pep(pep.pk, by=teacher)
    part = {section.name: section for section in pep.sections.all()}
    peps.write_section(
        part["about"].pk,
        by=teacher,
        seen=None,
        met_on=clock.today(),
        interests="Football, drawing comics, feeding the class snails.",
        people={
            "pupil": {"name": pep.pupil.first_name, "came": "attended"},
            "carer": {
                "name": "Cara Linnell" if child.number == JORDAN else f"Carer {child.number}",
                "came": "attended",
            },
            "dt": {"name": str(teacher), "came": "attended"},
            "social_worker": {"name": "", "came": "sent views"},
        },
    )
    _write_send(child, part["send"], senco)
    if not whole:
        return
    peps.write_section(
        part["education"].pk,
        by=teacher,
        seen=None,
        history="Here since last autumn; one school before, left when the care placement changed.",
        now="Full time in class, with the support in the plan.",
        attendance="94% this term, 91% last term. No suspension.",
        progress="A little below what was expected in reading and writing; mathematics in line.",
        changes="No change is planned.",
    )
    peps.write_view(
        part["pupil_view"].pk, by=teacher, seen=None, said=need.pupil, told_to="their key adult", acted_on=""
    )
    peps.write_view(
        part["carer_view"].pk,
        by=teacher,
        seen=None,
        said=need.carer,
        told_to=str(teacher),
        part="Reads together each evening; comes to every meeting.",
    )
    peps.write_section(
        part["social_worker"].pk,
        by=teacher,
        seen=None,
        care_plan="The care placement is settled and expected to last.",
        who_decides="The carer agrees day trips and photographs; the authority agrees assessments.",
        family_time="",
        care_review_on=None,
    )
    for target in last_targets(pep):
        peps.judge_target(
            target.pk, on_pep=pep, by=teacher, result=year.random.choice(("met", "partly", "partly", "not met"))
        )
    for aim in need.aims:
        peps.add_target(
            pep.pk,
            by=teacher,
            key=Key.fresh(teacher),
            area="send",
            statement=aim.target_statement,
            baseline=aim.baseline,
            measure=aim.measure,
            target_value=aim.target,
            by_when=term.during.upper + timedelta(days=80),
            intervention=aim.support.name,
            dose=f"{aim.support.times} × {aim.support.minutes} minutes a week",
            owner=str(senco),
        )


def _write_send(child: Child, section: PepSection, senco: User) -> None:
    if child.status == "N":
        return
    if Cycle.objects.filter(pupil=section.pupil_id).exists():
        section = peps.take_cycles_words(section.pk, by=senco)
        words = {"need": for_need(child.primary_need).summary, "next_steps": "The plan goes on to its review."}
        missing = {name: text for name, text in words.items() if not section.words.get(name)}
        if missing:
            peps.write_section(section.pk, by=senco, seen=None, **section.words | missing)
        return
    peps.write_section(
        section.pk,
        by=senco,
        seen=None,
        need="Not assessed here yet.",
        next_steps="",
        no_cycle_because="New to this school.",
        first_assessment_on=clock.today() + timedelta(days=21),
        first_assessment_by=str(senco),
    )


def _submit(year: Year, child: Child, term: Term) -> None:
    if (pep := _pep(year, child, term, "IN_PROGRESS", "RETURNED")) and pep.kept_by:
        peps.submit_pep(pep.pk, by=year.writers(pep.kept_by)[1])


def _adviser(year: Year, child: Child) -> User:
    return year.cast.ada if child.area == "990" else year.cast.val


def _return(year: Year, child: Child, term: Term) -> None:
    if pep := _pep(year, child, term, "SUBMITTED"):
        reasons = "The targets say what, but not how often or by whom. Please add both; the SEND section is strong."
        peps.return_pep(pep.pk, by=_adviser(year, child), reasons=reasons)


def _sign_off(year: Year, child: Child, term: Term) -> None:
    if pep := _pep(year, child, term, "SUBMITTED"):
        adviser = _adviser(year, child)
        for section in pep.sections.all():
            amber = (child.number + section.pk) % 9 == 0
            sentence = "Say by whom and by when." if amber else ""
            peps.grade_section(
                section.pk, by=adviser, seen=None, grade="amber" if amber else "green", sentence=sentence
            )
        peps.sign_off_pep(pep.pk, by=adviser)


# --- stories ---------------------------------------------------------------------------------------------------------


def _jordans_autumn(year: Year) -> None:
    """Jordan said something lately, and a status changed for somebody else."""
    said = "Tell me before things change. Don’t make me say sorry in front of people."
    year.on(
        year.today - timedelta(days=5),
        lambda: voices.write_down_view(
            year.pupils[JORDAN].pk,
            by=year.cast.dee,
            key=Key.fresh(year.cast.dee),
            whose="pupil",
            words=said,
            told_to="Tia",
            given_on=clock.today(),
        ),
    )


def _somebody_moves(year: Year, children: list[Child]) -> None:
    """A move in mid-year, received; and one last week that waits for its receipt."""
    hazel = year.cast.schools["990104"]
    young = next(child for child in children if child.school == hazel.code and child.year <= 6)
    year.on(year.today - timedelta(days=60), lambda: _moves(year, MOVES, hazel, received_by=year.cast.hal))
    year.on(year.today - timedelta(days=4), lambda: _moves(year, young.number, year.cast.larch, received_by=None))


def _moves(year: Year, number: int, to: School, received_by: User | None) -> SchoolMove:
    move = moves.move_school(year.pupils[number].pk, to=to, on=clock.today(), by=year.cast.vic)
    if received_by is not None:
        moves.acknowledge_move(move.pk, by=received_by)
    return move
