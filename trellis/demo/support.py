"""What the mission's other parts bring into a demonstration's year: hours, money, advice, a place at risk, passports,
a request for an assessment. A few children each, so that every page has somebody on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from trellis.advice import actions as advice
from trellis.advice.models import AdviceRequest
from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.consents import actions as consents
from trellis.consents.queries import who_can_agree
from trellis.demo.cast import Cast
from trellis.demo.children import Child
from trellis.ehc_requests import actions as ehc
from trellis.ehc_requests.models import EhcPack
from trellis.ehc_requests.pack import contents_of
from trellis.funding import actions as funding
from trellis.funding.models import NextRoute
from trellis.funding.queries import targets_that_may_ask
from trellis.hours import actions as hours
from trellis.hours.models import HoursAccount
from trellis.hv import actions as hv
from trellis.hv.actions import Award
from trellis.intervention_plans import actions as plans
from trellis.outreach import actions as outreach
from trellis.passports import actions as passports
from trellis.people import actions as people
from trellis.people.roles import Role
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.schooling import actions as schooling
from trellis.teams import actions as teams
from trellis.voices import actions as voices

On = Callable[[date, Callable[[], object]], None]
HOURS_OF_A_YEAR = {"SEMHL": 12 * 60, "EPS": 9 * 60, "CCT": 6 * 60}
PASSPORT = {
    "likes": "Drawing comics\nBeing outside", "good_at": "Noticing when somebody is sad",
    "matters": "Tell me before things change.", "helps": "A check-in in the morning\nOne thing at a time",
    "makes_worse": "Being hurried\nShouting, even at someone else", "key_adult": "Tia",
    "signal": "I put the green card on the table.", "working_on": "Asking for help in words",
}  # fmt: skip
PLAN = {
    "strengths": "Makes people laugh\nKnows a lot about football", "motivators": "Ten minutes of drawing",
    "triggers": "Being hurried\nA new adult nobody spoke of", "early_signs": "Goes quiet, hood up",
    "adult_roles": "Tia stays near\nMr Osei takes the class out", "safe_place": "The quiet corner, with Tia",
    "adjustments": "A card to leave", "repair": "After lunch, with Tia, drawing",
    "risk_before": "high", "risk_after": "medium",
    "stages": {
        "calm": {"looks_like": "Joking, drawing", "works": "Jobs to do", "does_not": "Too many questions"},
        "anxious": {"looks_like": "Quiet, hood up", "works": "The name once, then wait", "does_not": "Hurrying"},
        "defensive": {"looks_like": "Arguing", "works": "Point to the card", "does_not": "An audience"},
        "crisis": {"looks_like": "Running, throwing", "works": "One adult stays", "does_not": "Holding on"},
        "recovery": {"looks_like": "Head down", "works": "Water, drawing, no talk", "does_not": "Asking why"},
    },
}  # fmt: skip


@dataclass
class Support:
    """Who and whom: the cast, the pupils as they arrive, and the day the demonstration stands on."""

    cast: Cast
    pupils: dict[int, Pupil]
    today: date
    on: On

    def ago(self, days: int, step: Callable[[], object]) -> None:
        self.on(self.today - timedelta(days=days), step)


def goes_on(support: Support, children: list[Child]) -> None:
    """Put everything into the year, by children of Larch whom Midshire looks after and who have a plan."""
    known = [c for c in children if _is_ours(c)]
    jordan, second, third = known[0].number, known[1].number, known[2].number
    _hours(support)
    _money(support, [c.number for c in known])
    support.ago(34, lambda: _advice(support, jordan, answered=True))
    support.ago(12, lambda: _advice(support, second, answered=False))
    for child in known[:8]:
        support.ago(20 + child.number % 9, lambda n=child.number: _passport(support, n))  # type: ignore[misc]
    _place_at_risk(support, third)
    support.ago(5, lambda: _plan(support, third))
    support.ago(40, lambda: _assessment(support, second))
    support.ago(3, lambda: _asked_by_link(support, jordan))
    support.ago(2, lambda: _somebody_new(support.cast))


def _somebody_new(cast: Cast) -> None:
    """A teaching assistant is invited to Larch; Midshire has a second social worker, to whom a caseload can go."""
    teams.invite(
        cast.larch.pk, by=cast.hana, key=Key.fresh(cast.hana), first_name="Noor", last_name="Okoro",
        email="noor.okoro@larch.example", roles=[Role.TEACHING_ASSISTANT], since=clock.today(),
    )  # fmt: skip
    marta = people.give_account(email="marta.lind@midshire.example", first_name="Marta", last_name="Lind")
    authority = cast.virtual_schools["990"].authority
    people.give_role(user=marta, role=Role.SOCIAL_WORKER, organisation=authority, by=cast.bea)


def _is_ours(child: Child) -> bool:
    lately = child.number % 18 == 8 or child.number in (3, 5)
    return child.school == "990102" and child.in_care and child.status == "K" and not lately and child.number % 11 != 10


def _hours(support: Support) -> None:
    """The year's hours of each school, and a training day that used some."""
    cast = support.cast
    year = academic_year(support.today)
    entered = max(date(year, 9, 14), support.today - timedelta(days=70))

    def enter() -> None:
        for urn in ("990102", "990103", "990104"):
            for abbreviation, minutes in HOURS_OF_A_YEAR.items():
                hours.allocate_hours(
                    school=cast.schools[urn], service=cast.services[f"801-{abbreviation}"], year=year, minutes=minutes,
                    by=cast.bea, key=Key.fresh(cast.bea),
                )  # fmt: skip

    support.on(entered, enter)
    support.on(entered + timedelta(days=7), lambda: _training(cast, year, entered + timedelta(days=14)))


def _training(cast: Cast, year: int, on: date) -> None:
    """The school books it, and the service confirms what it came to when its day has come."""
    account = HoursAccount.objects.get(school=cast.larch, service=cast.services["801-SEMHL"], year=year)
    visit = hours.book_visit(
        account.pk, by=cast.sam, key=Key.fresh(cast.sam), work="training", on=on, minutes=180,
        what_for="Training for all class staff: calm starts",
    )  # fmt: skip
    with clock.at(on):
        hours.confirm_delivered(visit.pk, by=cast.lee, seen=None, minutes=165)


def _money(support: Support, numbers: list[int]) -> None:
    """The grant comes; some targets ask, most are agreed and paid in one batch, one is not agreed."""
    cast = support.cast
    office = cast.virtual_schools["990"]
    support.ago(75, lambda: funding.enter_money(
        office.pk, by=cast.bea, key=Key.fresh(cast.bea), amount_pence=40_000_00, source="Sample: first instalment"
    ))  # fmt: skip
    for nth, number in enumerate(numbers[:5]):
        support.ago(30 - nth, lambda n=number, agreed=nth != 2: _asks_for_money(support, n, agreed))  # type: ignore[misc]
    support.ago(15, lambda: _pays(support))


def _asks_for_money(support: Support, number: int, agreed: bool) -> None:
    cast, targets = support.cast, targets_that_may_ask(support.pupils[number])
    if not targets or targets[0].pep.state != "SIGNED_OFF":
        return
    asked = funding.ask_funding(
        targets[0].pk, by=cast.dee, key=Key.fresh(cast.dee), amount_pence=180_00 + 15_00 * number,
        what_for="A talk partner’s training and picture cards", supplier="Speech and Language Link",
        starts_on=clock.today(), ends_on=clock.today() + timedelta(days=70),
        expected_impact="Asks for help three times a day, counted for a week",
        why_not_otherwise="The school’s SEN budget already pays the morning check-in.",
    )  # fmt: skip
    if agreed:
        funding.agree_funding(asked.pk, by=cast.ada, seen=None)
    else:
        funding.decline_funding(
            asked.pk, by=cast.ada, seen=None, reason="Every class uses these cards; the school has a set.",
            next_route=NextRoute.OWN_BUDGET,
        )  # fmt: skip


def _pays(support: Support) -> None:
    if batch := funding.make_batch(support.cast.virtual_schools["990"].pk, by=support.cast.bea):
        funding.export_batch(batch.pk, by=support.cast.bea)


def _advice(support: Support, number: int, *, answered: bool) -> None:
    """SEMHL is asked; the social worker agrees; perhaps the report is there already."""
    cast, pupil = support.cast, support.pupils[number]
    service = cast.services["801-SEMHL"]
    request = advice.start_request(
        pupil.pk, by=cast.sam, key=Key.fresh(cast.sam), service=service, strengths="Kind to younger children.",
        question="How can the pupil stay in class when the work is new?", hoped_for="Starts that do not end outside.",
    )  # fmt: skip
    advice.change_request(
        request.pk, by=cast.sam, seen=None, wanted_by=clock.today() + timedelta(days=40), minutes_needed=120
    )
    asked_of = next(one.reference for one in who_can_agree(pupil, clock.today()) if one.may_be_asked)
    consent = consents.ask_consent(
        pupil.pk, by=cast.sam, key=Key.fresh(cast.sam), service=service, asked_of=asked_of,
        purpose="Watch how the pupil manages in class, and advise the people who teach.",
    )  # fmt: skip
    request = advice.send_request(request.pk, by=cast.sam, seen=None)
    if answered:
        consents.give_consent(consent.pk, by=cast.sol, answered_name="Sol Ferreira", how="phone")
        _reports(cast, request)


def _reports(cast: Cast, request: AdviceRequest) -> None:
    advice.accept_request(request.pk, by=cast.lee, seen=None, taken_by=cast.tess)
    advice.write_report(
        request.pk, by=cast.tess, seen=None, summary="Manages what is heard; leaves when watched, not when asked.",
        recommendations=["Say the name before the task.", "Agree a card that asks for help."],
    )  # fmt: skip
    advice.issue_report(request.pk, by=cast.tess, seen=None)


def _passport(support: Support, number: int) -> None:
    """Written with the pupil and agreed."""
    sam = support.cast.sam
    draft = passports.start_passport(support.pupils[number].pk, by=sam, key=Key.fresh(sam))
    passports.write_passport(draft.pk, by=sam, seen=None, **PASSPORT)
    passports.agree_passport(
        draft.pk, by=sam, seen=None, agreed_on=clock.today(), agreed_how="talked", agreed_with="Tia Brennan"
    )


def _place_at_risk(support: Support, number: int) -> None:
    """Two suspensions within a fortnight, outreach the same day, hours awarded urgently."""
    support.ago(17, lambda: _suspended(support, number))
    support.ago(10, lambda: _suspended(support, number))
    support.ago(9, lambda: _outreach_comes(support, number))


def _suspended(support: Support, number: int) -> None:
    sam, day = support.cast.sam, clock.today()
    schooling.record_suspension(
        support.pupils[number].pk, by=sam, key=Key.fresh(sam), kind="SUSPENSION", decided_by="Hana Lindqvist",
        decided_at=datetime.combine(day, time(8, 30), clock.LONDON), first_day=day, last_day=day, reasons=["DB"],
        what_happened="Left the hall and threw a chair. A way out had been offered.",
        work_set="Reading and maths packs, marked by Mr Osei.",
    )  # fmt: skip


def _outreach_comes(support: Support, number: int) -> None:
    cast, pupil = support.cast, support.pupils[number]
    case = outreach.raise_outreach(
        pupil.pk, by=cast.sam, key=Key.fresh(cast.sam), happened="Two suspensions in eight days, both after lunch.",
        tried="A way out and back, a key adult.", needed="Somebody who watches a lunchtime with us.",
        at_risk_this_week=True,
    )  # fmt: skip
    outreach.accept_outreach(case.pk, by=cast.otis, seen=None, answer="I come tomorrow.")
    outreach.keep_contact(
        case.pk, by=cast.otis, key=Key.fresh(cast.otis), on=clock.today(), how="visit", with_whom="Sam and Tia",
        minutes=90, done="Watched lunch. A quiet table from Monday.",
    )  # fmt: skip
    outreach.agree_outreach_plan(
        case.pk, by=cast.otis, seen=None, plan="Otis comes twice a week for three weeks.",
        plan_agreed_with="Sam and Mr Osei", review_on=clock.today() + timedelta(weeks=3),
    )  # fmt: skip
    proposed = hv.ask_hv(
        pupil.pk, by=cast.sam, key=Key.fresh(cast.sam), criterion="exclusion",
        evidence="Two suspensions in eight days, after a change of home.",
        own_hours="The year’s SEMHL hours are booked for training and one other child.",
        pp_plus="It pays for talk partners; it cannot buy more advice this term.",
        consent="The social worker was asked on the telephone.", asked_minutes=600,
        sustain="The key adult and the way out and back stay in the plan.",
    )  # fmt: skip
    hv.decide_hv(
        proposed.pk, by=cast.vic, seen=None, decision="awarded urgently", present=(), award=Award(minutes=600),
        reason="A third suspension is talked about.",
    )  # fmt: skip


def _plan(support: Support, number: int) -> None:
    otis = support.cast.otis
    draft = plans.start_plan(support.pupils[number].pk, by=otis, key=Key.fresh(otis))
    plans.write_plan(draft.pk, by=otis, seen=None, **PLAN)
    plans.agree_plan(
        draft.pk, by=otis, seen=None, agreed_on=clock.today(), headteacher="Hana Lindqvist", agreed_how="talked",
        agreed_with="Tia Brennan",
    )  # fmt: skip


def _assessment(support: Support, number: int) -> None:
    """Asked for, sent and received; the six weeks run."""
    cast, pupil = support.cast, support.pupils[number]
    authority = cast.virtual_schools["990"].authority
    pupils.say_authority(pupil.pk, by=None, duty="resident", authority=authority)
    pupils.name_professional(
        pupil.pk, by=None, authority=authority, role="ehc coordinator", name="Ed Coombe", email=cast.ed.email
    )
    request = ehc.start_request(pupil.pk, by=cast.sam, key=Key.fresh(cast.sam), addressed_to=authority)
    pack = EhcPack.objects.get(request=request)
    pack = ehc.write_letter(pack.pk, by=cast.sam, seen=None, letter="Three cycles and advice have not been enough.")
    quoted = [said.key for said in contents_of(pack, cast.sam).quoted]
    ehc.send_pack(pack.pk, by=cast.sam, seen=None, agreed=[*pack.keys, *quoted])
    ehc.record_receipt(request.pk, by=cast.ed, seen=None, on=clock.today())


def _asked_by_link(support: Support, number: int) -> None:
    dee = support.cast.dee
    voices.ask_view(
        support.pupils[number].pk, by=dee, key=Key.fresh(dee), whose="carer", name="Cara Linnell",
        email="cara@home.example", due_on=clock.today() + timedelta(days=7),
    )  # fmt: skip
