"""What schools and Virtual Schools wrote: PEPs term by term, the graduated approach, requests for advice.

Trellis came with the last academic year. What is older came by file from the system that each authority had before.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from trellis.advice.models import ACCESS_SOURCE, AdvicePolicy, AdviceReport, AdviceRequest, AdviceState, Recommendation
from trellis.calendar.models import Term
from trellis.calendar.rules import academic_year, monday_of, year_group
from trellis.conduct.periods import from_day
from trellis.consents.models import Capacity, Consent, ConsentPolicy, ConsentState, HowAnswered
from trellis.cycles.models import (
    Adjustment,
    AssessmentEntry,
    Cycle,
    CycleReview,
    CycleState,
    Decision,
    Intervention,
    Outcome,
    OutcomeResult,
    Result,
    ReviewVoice,
    WeekOfSessions,
)
from trellis.demo.words import MISSED_BECAUSE, Aim, Need, for_need
from trellis.documents.models import Document
from trellis.england.copying import Pouring
from trellis.england.country import TermOf
from trellis.england.lives import At, Life, Lives
from trellis.peps.models import Pep, PepPolicy, PepSection, PepState, PepTarget
from trellis.peps.rules import SECTIONS, due_for_term
from trellis.pupils.models import Level
from trellis.voices.models import View, Whose

ELSEWHERE = "ePEP Online"
STAGES = [  # of a hundred PEPs of this term
    *["NOT_STARTED"] * 25, *["IN_PROGRESS"] * 35, *["SUBMITTED"] * 15, *["RETURNED"] * 5, *["SIGNED_OFF"] * 20,
]  # fmt: skip
NEVER_DONE = 0.05  # of PEPs of a past term
SCHOOLS_PART = {
    "about": {"met_on": "", "interests": "Football, drawing comics, feeding the class snails."},
    "education": {
        "history": "Here since last autumn; one school before, left when the care placement changed.",
        "now": "Full time in class, with the support in the plan.",
        "attendance": "94% this term, 91% last term. No suspension.",
        "progress": "A little below what was expected in reading and writing; mathematics in line.",
        "changes": "No change is planned.",
    },
    "pupil_view": {"acted_on": "A quiet corner in each classroom, and a card to show."},
    "carer_view": {"part": "Reads together each evening; comes to every meeting."},
    "targets": {},
    "social_worker": {
        "care_plan": "The care placement is settled and expected to last.",
        "who_decides": "The carer agrees day trips and photographs; the authority agrees assessments.",
    },
}
ASKS_FOR_ADVICE = 0.12  # of children with SEN in care
WEEKS_OF_A_CYCLE = 11


class Work:
    """Pours what is written about a child."""

    def __init__(self, to: Pouring, random: Random, today: date, lives: Lives) -> None:
        self.to, self.random, self.today, self.lives = to, random, today, lives
        self.here_since = date(academic_year(today) - 1, 9, 1)
        self.bookings: dict[tuple[int, str], list[tuple[Life, int]]] = {}  # by school and service: requests accepted

    def about(self, life: Life) -> None:
        need = for_need(life.need)
        if not life.ended and life.place:
            self._say(life, need)
            if life.status != "N":
                self._cycles(life, life.place, need)
                if self.random.random() < ASKS_FOR_ADVICE:
                    self._ask_for_advice(life, life.place)
        self._peps(life, need)

    def _say(self, life: Life, need: Need) -> None:
        place = life.place
        assert place is not None
        day = max(place.begins, self.today - timedelta(days=40))
        self.to[View].add(
            pupil_id=life.pupil, written_for_id=place.school.id, whose=Whose.PUPIL, words=need.pupil,
            told_to="their key adult", how="talked", given_on=day, typed_by_id=place.school.teacher.id,
            typed_at=f"{day} 15:00:00+00",
        )  # fmt: skip

    # --- PEPs ----------------------------------------------------------------------------------------------------

    def _peps(self, life: Life, need: Need) -> None:
        policy = PepPolicy()
        third = life.born.replace(day=min(life.born.day, 28), year=life.born.year + policy.from_age)
        begins, ends = max(life.since, third), min(life.ended or self.today, self.today)
        for term in life.area.terms:
            if term.ends_before > begins and term.begins <= ends:
                year = year_group(life.born, term.begins)
                if year <= policy.to_year_group:
                    opened = max(term.begins, begins)
                    due = due_for_term(policy, _term(term), year, "sample")
                    if term.begins < self.here_since or life.ended:
                        self._kept_elsewhere(life, term, opened, due.on, due.because)
                    else:
                        self._kept_here(life, need, term, opened, due.on, due.because)

    def _kept_elsewhere(self, life: Life, term: TermOf, opened: date, due_on: date, because: str) -> None:
        place = life.place_on(opened)
        held = min(due_on, self.today)
        pep = self.to[Pep].add(
            pupil_id=life.pupil, written_for_id=life.area.virtual_school, term_id=term.id, opened_on=opened,
            kept_by_id=place.school.id if place else None, state=PepState.SIGNED_OFF, due_on=due_on,
            due_because=because, kept_elsewhere=ELSEWHERE, held_on=held,
            grade_elsewhere=self.random.choice(("green", "green", "amber")),
        )  # fmt: skip
        self.to[PepSection].add(pupil_id=life.pupil, written_for_id=life.area.virtual_school, pep_id=pep, name="send")

    def _kept_here(self, life: Life, need: Need, term: TermOf, opened: date, due_on: date, because: str) -> None:
        place = life.place_on(opened)
        is_past = term.ends_before <= self.today
        state = self.random.choice(STAGES)
        if is_past:
            state = "NOT_STARTED" if self.random.random() < NEVER_DONE else "SIGNED_OFF"
        if place is None:
            state = "NOT_STARTED"
        begun = state != "NOT_STARTED"
        done = min(due_on, self.today)
        whole = {"written_at": f"{done} 10:00:00+00", "written_by_id": place.school.teacher.id} if place else {}
        adviser = life.area.advisers[life.pupil % len(life.area.advisers)]
        about = {"pupil_id": life.pupil, "written_for_id": life.area.virtual_school}
        pep_id = self.to[Pep].last_id + 1
        document = None
        title = f"Personal Education Plan, {_term(term).in_words}"
        signed = {}
        if state == "SIGNED_OFF":
            document = self.to[Document].add(
                **about, kind="pep", subject_kind="peps.pep", subject_id=pep_id, title=title,
                snapshot=_snapshot(title, life, need), frozen_at=f"{done} 11:00:00+00", by_id=adviser.id,
            )  # fmt: skip
            signed = {"signed_off_at": f"{done} 11:00:00+00", "signed_off_by_id": adviser.id}
        if place and state in ("SUBMITTED", "RETURNED", "SIGNED_OFF"):
            signed |= {"submitted_at": f"{done} 10:30:00+00", "submitted_by_id": place.school.teacher.id}
        if place and begun:
            signed |= {"started_at": f"{opened} 10:00:00+00", "started_by_id": place.school.teacher.id}
        pep = self.to[Pep].add(
            **about, term_id=term.id, opened_on=opened, kept_by_id=place.school.id if place else None, state=state,
            due_on=due_on, due_because=because, document_id=document, **signed,
        )  # fmt: skip
        for section in SECTIONS:
            words = SCHOOLS_PART.get(section.name) or {"need": need.summary, "next_steps": need.adjustment}
            if section.name == "send" and life.status == "N":
                words = {}
            if section.name == "about":
                words = words | {"met_on": done.isoformat()}
            written = begun and bool(words) and not (state == "IN_PROGRESS" and section.name == "social_worker")
            self.to[PepSection].add(
                **about, pep_id=pep, name=section.name, words=words if written else {}, **(whole if written else {}),
                grade="green" if state == "SIGNED_OFF" else "",
                graded_by_id=adviser.id if state == "SIGNED_OFF" else None,
            )  # fmt: skip
        if begun:
            self._targets(about, pep, need, term, place)
        self._tell_pep(life, pep, term, opened, due_on, state, done, place)

    def _targets(self, about: dict[str, int], pep: int, need: Need, term: TermOf, place: At | None) -> None:
        for number, aim in enumerate(need.aims, 1):
            self.to[PepTarget].add(
                **about, pep_id=pep, number=number, area="send", statement=aim.target_statement, baseline=aim.baseline,
                measure=aim.measure, target_value=aim.target, by_when=term.ends_before + timedelta(days=80),
                intervention=aim.support.name, dose=f"{aim.support.times} × {aim.support.minutes} minutes a week",
                owner=place.school.senco.name if place else "The class teacher",
                result=self.random.choice(("met", "partly", "not met")) if term.ends_before <= self.today else "",
            )  # fmt: skip

    def _tell_pep(
        self, life: Life, pep: int, term: TermOf, opened: date, due_on: date, state: str, done: date, place: At | None
    ) -> None:
        subject, own = ("peps.pep", pep), life.area.virtual_school
        sentence = f"Opened the PEP for the {_term(term).in_words}: due {due_on.day} {due_on:%B %Y}."
        self.lives.record(life, opened, sentence, written_for=own, subject=subject, state="NOT_STARTED")
        if state in ("SUBMITTED", "SIGNED_OFF") and place:
            self.lives.record(
                life, done, "Submitted the PEP.", written_for=own, subject=subject, by=place.school.teacher.id,
                state="SUBMITTED",
            )  # fmt: skip
        if state == "SIGNED_OFF":
            self.lives.record(
                life, done, "Signed off the PEP.", written_for=own, subject=subject, by=life.area.advisers[0].id,
                state=state,
            )  # fmt: skip

    # --- the graduated approach ----------------------------------------------------------------------------------

    def _cycles(self, life: Life, place: At, need: Need) -> None:
        """One cycle reviewed, where the place is old enough, and one that is under way."""
        now = self.today - timedelta(days=self.random.randrange(20, 75))
        before = now - timedelta(days=7 * WEEKS_OF_A_CYCLE + 30)
        follows = None
        if before > max(place.begins, self.here_since):
            follows = self._cycle(life, place, need, 1, monday_of(before), None, is_open=False)
        if now > place.begins:
            self._cycle(life, place, need, 2 if follows else 1, monday_of(now), follows, is_open=True)

    def _cycle(
        self, life: Life, place: At, need: Need, number: int, begins: date, follows: int | None, *, is_open: bool
    ) -> int:
        school, senco = place.school, place.school.senco
        about: dict[str, Any] = {"pupil_id": life.pupil, "written_for_id": school.id}
        assessed, agreed = begins + timedelta(days=7), begins + timedelta(days=14)
        review_on = agreed + timedelta(weeks=WEEKS_OF_A_CYCLE)
        state = CycleState.DO if is_open else CycleState.REVIEWED
        cycle = self.to[Cycle].add(
            **about, number=number, state=state, kept_by_id=school.id, follows_id=follows, started_on=begins,
            areas=[need.area], summary=need.summary, barrier=need.barrier, assessed_on=assessed, review_on=review_on,
            shared_with="carer", shared_on=agreed, agreed_on=agreed, agreed_by_id=senco.id,
            closed_on=None if is_open else review_on,
        )  # fmt: skip
        for who, words in (("class teacher", need.teacher), ("carer", need.carer), ("pupil", need.pupil)):
            self.to[AssessmentEntry].add(
                **about, cycle_id=cycle, who_said=who, area=need.area, words=words, said_on=begins,
                written_by_id=senco.id,
            )  # fmt: skip
        outcomes = [self._outcome(about, cycle, aim, agreed, review_on, senco.id) for aim in need.aims]
        self.to[Adjustment].add(**about, outcome_id=outcomes[0], what=need.adjustment)
        subject, by = ("cycles.cycle", cycle), senco.id
        for day, sentence in [
            (begins, f"Started cycle {number}."),
            (assessed, f"Finished the assessment of cycle {number}."),
            (agreed, f"Agreed the plan of cycle {number}."),
        ]:
            self.lives.record(life, day, sentence, written_for=school.id, by=by, subject=subject, state=state)
        if not is_open:
            self._review(life, about, cycle, number, need, outcomes, review_on, by)
        return cycle

    def _outcome(self, about: dict[str, Any], cycle: int, aim: Aim, agreed: date, review_on: date, senco: int) -> int:
        outcome = self.to[Outcome].add(
            **about, cycle_id=cycle, statement=aim.statement, pupils_words=aim.pupils_words, baseline=aim.baseline,
            measure=aim.measure, target=aim.target,
        )  # fmt: skip
        planned = aim.support.times
        support = self.to[Intervention].add(
            **about, outcome_id=outcome, name=aim.support.name, details=aim.support.details,
            accountable_teacher="The class teacher", deliverer="A teaching assistant", times_a_week=planned,
            minutes=aim.support.minutes, group_size=aim.support.group, starts_on=monday_of(agreed), ends_on=review_on,
        )  # fmt: skip
        week = monday_of(agreed)
        while week + timedelta(days=5) <= min(review_on, self.today):
            held = self.random.choice((planned, planned, planned, max(0, planned - 1), planned // 2))
            self.to[WeekOfSessions].add(
                **about, intervention_id=support, week_of=week, planned=planned, held=held, missed=planned - held,
                reason="" if held == planned else self.random.choice(MISSED_BECAUSE), recorded_by_id=senco,
                recorded_at=f"{week + timedelta(days=4)} 15:30:00+00",
            )  # fmt: skip
            week += timedelta(days=7)
        return outcome

    def _review(
        self, life: Life, about: dict[str, Any], cycle: int, number: int, need: Need, outcomes: list[int],
        held_on: date, by: int,
    ) -> None:  # fmt: skip
        decision = self.random.choice((Decision.CONTINUE, Decision.CHANGE, Decision.CHANGE, Decision.STEP_UP))
        review = self.to[CycleReview].add(
            **about, cycle_id=cycle, held_on=held_on, decisions=[decision], sen_status=life.status, recorded_by_id=by,
            recorded_at=f"{held_on} 14:00:00+00",
        )  # fmt: skip
        for outcome, aim in zip(outcomes, need.aims, strict=True):
            result = self.random.choice((Result.SAME, Result.SOME, Result.SOME, Result.MET, Result.WORSE))
            self.to[OutcomeResult].add(
                **about, review_id=review, outcome_id=outcome, result=result, now=aim.found(str(result))
            )
        for whose, words in (("pupil", need.pupil), ("carer", need.carer)):
            self.to[ReviewVoice].add(**about, review_id=review, whose=whose, words=words)
        sentence = f"Reviewed cycle {number}: {decision.label.lower()}."
        self.lives.record(
            life, held_on, sentence, written_for=about["written_for_id"], by=by, subject=("cycles.cycle", cycle),
            state=CycleState.REVIEWED,
        )  # fmt: skip

    # --- requests for advice -------------------------------------------------------------------------------------

    def _ask_for_advice(self, life: Life, place: At) -> None:
        """At a school of the own authority: sent, accepted with hours kept for it, or answered and closed."""
        if place.area is not life.area or life.social_worker is None:
            return
        state = self.random.choice((AdviceState.SENT, AdviceState.ACCEPTED, AdviceState.CLOSED))
        days = self.random.randrange(150, 300) if state == AdviceState.CLOSED else self.random.randrange(3, 60)
        sent = self.today - timedelta(days=days)
        if sent <= place.begins:
            return
        service = self.random.choice(sorted(life.area.services))
        about = {"pupil_id": life.pupil, "written_for_id": place.school.id}
        consent, stood = self._consent(life, about, service, sent, is_given=state != AdviceState.SENT)
        specialist = life.area.specialists[service]
        closed = sent + timedelta(days=90) if state == AdviceState.CLOSED else None
        decided = sent + timedelta(days=3)
        more: dict[str, Any] = {}
        if state != AdviceState.SENT:
            more = {"decided_on": decided, "decided_by_id": specialist.id, "taken_by_id": specialist.id,
                    "report_by": decided + timedelta(days=42)}  # fmt: skip
        if closed:
            more |= {
                "reported_on": closed - timedelta(days=14),
                "ended_on": closed,
                "ended_because": "All is answered.",
            }
        request = self.to[AdviceRequest].add(
            **about, service_id=life.area.services[service], kept_by_id=place.school.id, state=state,
            question="What helps when a task looks long?", hoped_for="Two things that every adult can do.",
            wanted_by=sent + timedelta(days=60), minutes_needed=180, consent_id=consent,
            asked_by_id=place.school.senco.id, started_on=sent - timedelta(days=2), sent_on=sent,
            decide_by=sent + timedelta(days=7), **more,
        )  # fmt: skip
        self._opens_to_service(life, service, request, sent, closed, stood)
        if closed:
            self._report(about | {"written_for_id": life.area.services[service]}, request, specialist.id, closed,
                         place.school.senco.id)  # fmt: skip
        if state == AdviceState.ACCEPTED:
            self.bookings.setdefault((place.school.id, service), []).append((life, request))
        self.lives.record(
            life, sent, f"Asked {service} for advice.", written_for=place.school.id, by=place.school.senco.id,
            subject=("advice.advicerequest", request), state="SENT",
        )  # fmt: skip

    def _consent(
        self, life: Life, about: dict[str, int], service: str, sent: date, *, is_given: bool
    ) -> tuple[int, tuple[date, date] | None]:
        worker, policy = life.social_worker, ConsentPolicy()
        assert worker is not None
        asked, lasts = sent - timedelta(days=1), sent + timedelta(days=policy.days_valid)
        answer: dict[str, Any] = {}
        if is_given:
            answer = {"answered_on": sent, "how": HowAnswered.SIGNED_IN, "answered_name": worker.name,
                      "recorded_by_id": worker.id, "lasts_until": lasts}  # fmt: skip
        number = self.to[Consent].add(
            **about, service_id=life.area.services[service], purpose="Watch in class and advise the staff.",
            days_valid=policy.days_valid, state=ConsentState.GIVEN if is_given else ConsentState.ASKED,
            capacity=Capacity.AUTHORITY, professional_id=life.social_worker_row, name=worker.name,
            why_they="The authority holds parental responsibility.", source="Children Act 1989, section 33",
            asked_by_id=worker.id, asked_on=asked, answer_by=sent + timedelta(days=7), **answer,
        )  # fmt: skip
        return number, (sent, lasts + timedelta(days=1)) if is_given else None

    def _opens_to_service(
        self, life: Life, service: str, request: int, sent: date, closed: date | None, stood: tuple[date, date] | None
    ) -> None:
        because, organisation = f"request for advice to {service}", life.area.services[service]
        ends = closed + timedelta(days=AdvicePolicy().days_after_closing) if closed else None
        self.lives.opens(life, sent, ends, Level.INITIALS, because, ACCESS_SOURCE, request, organisation=organisation)
        if stood:
            until = min(stood[1], ends) if ends else stood[1]
            self.lives.opens(
                life, max(stood[0], sent), until, Level.ADVICE, because, ACCESS_SOURCE, request,
                organisation=organisation,
            )  # fmt: skip

    def _report(self, about: dict[str, int], request: int, specialist: int, closed: date, senco: int) -> None:
        report = self.to[AdviceReport].add(
            **about, request_id=request, summary="Seen twice in class, and a talk with the staff.",
            written_by_id=specialist, issued_on=closed - timedelta(days=14),
        )  # fmt: skip
        for number, words in enumerate(("One thing at a time, written down.", "A break before it is asked for."), 1):
            self.to[Recommendation].add(
                **about, report_id=report, number=number, words=words, answer="adopted", answered_by_id=senco,
                answered_on=closed,
            )  # fmt: skip


def _term(term: TermOf) -> Term:
    """As the rules know a term."""
    return Term(pk=term.id, name=term.name, during=from_day(term.begins, term.ends_before))


def _snapshot(title: str, life: Life, need: Need) -> dict[str, Any]:
    """As a signed PEP is printed, in short."""
    return {
        "schema": 1,
        "title": title,
        "pupil": life.name,
        "footer": "Invented",
        "facts": [["Born", f"{life.born.day} {life.born:%B %Y}"]],
        "sections": [
            {"name": "send", "title": "Special educational needs", "by": "School.",
             "parts": [{"kind": "words", "heading": "What the pupil needs", "words": need.summary}]}
        ],
    }  # fmt: skip
