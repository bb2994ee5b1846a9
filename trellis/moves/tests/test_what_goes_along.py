"""What each folder kept for the pupil is the new school's the same day; the old class staff see nothing more."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.advice.tests import world as advice
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.consents.tests import world as consents
from trellis.cycles import actions as cycles_actions
from trellis.cycles.models import Intervention
from trellis.cycles.tests import world as cycles
from trellis.ehc_requests.tests import world as ehc_requests
from trellis.funding.tests import world as funding
from trellis.hours.tests import world as hours
from trellis.hv.tests import world as hv
from trellis.intervention_plans.tests import world as plans
from trellis.mail.models import Message
from trellis.moves import actions, queries
from trellis.moves.actions import GOES_ALONG
from trellis.outreach.tests import world as outreach
from trellis.passports.tests import world as passports
from trellis.pupils.models import Access, Level, Pupil
from trellis.pupils.tests import world
from trellis.schooling.tests import world as schooling

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def hours_are_kept(ours):
    """A request that is sent keeps the school's own hours."""
    hours.give_hours(ours)
    advice.sent(ours)


def suspended_and_part_time(ours):
    schooling.suspend(ours, date(2026, 10, 15))
    schooling.part_time(ours)


def passport_and_draft(ours):
    passports.agreed(ours)
    passports.begin(ours, date(2026, 10, 30))


def plan_and_draft(ours):
    plans.agreed(ours)
    plans.begin(ours, date(2026, 10, 30))


WHAT = {
    "School place": (
        suspended_and_part_time,
        [
            "The part-time timetable at Larch Primary 990 ended with the place there: a new school starts full time, "
            "or agrees one of its own",
            "Suspended for 1 school day this school year: the count goes on at the new school, up to 45 school days",
        ],
    ),
    "Consent to specialist advice": (
        consents.ask,
        ["Consent to advice from Social, Emotional, Mental Health and Learning teachers: asked"],
    ),
    "Assess, Plan, Do, Review": (cycles.under_way, ["Cycle 1 of Assess, Plan, Do, Review: under way"]),
    "Passport": (
        passport_and_draft,
        [
            "The pupil passport, version 1: look at it with Jordan by 16 November 2026, the key adult and the way out "
            "may be others now",
            "A draft of the pupil passport, not agreed with the pupil yet",
        ],
    ),
    "Positive intervention plan": (
        plan_and_draft,
        [
            "The positive intervention plan, version 1: adults and safe place may be others now; look at it together "
            "by 16 November 2026",
            "A draft of the positive intervention plan, not agreed yet",
        ],
    ),
    "Requests for specialist advice": (
        advice.sent,
        ["A request for advice to Social, Emotional, Mental Health and Learning teachers: sent"],
    ),
    "Personal Education Plan (PEP)": (lambda ours: None, ["The PEP, autumn term 2026: not started"]),
    "Hours of specialist services": (
        hours_are_kept,
        [
            "SEMHL, 3 hours: kept with the hours of Larch Primary 990, which have gone back. To be planned again with "
            "the hours of Rowan Primary 990."
        ],
    ),
    "Pupil Premium Plus": (
        lambda ours: (funding.fill_pot(ours), funding.ask(ours, funding.signed_target(ours))),
        ["Pupil Premium Plus for target 1: £108 asked, waits for the Virtual School"],
    ),
    "Highly Vulnerable framework": (
        lambda ours: hv.award(hv.propose(ours), ours),
        [
            "The award of the Highly Vulnerable framework: 10 hours of outreach of the Virtual School left until "
            "14 December 2026. The Virtual School head decides whether it goes on",
        ],
    ),
    "Emergency outreach": (
        lambda ours: outreach.accept(outreach.ask(ours), ours),
        ["Emergency outreach: accepted, first contact to be made"],
    ),
    "Education, Health and Care (EHC) needs assessment": (
        ehc_requests.begun,
        [
            "Request for an EHC needs assessment: being put together",
            "The pack that is being put together, version 1",
        ],
    ),
}


def move(ours, **says):
    return actions.move_school(ours.jordan.pk, **({"to": ours.next_school, "on": world.DAY, "by": ours.vic} | says))


def test_every_part_has_its_test():
    assert list(WHAT) == [about for about, _ in GOES_ALONG]


@pytest.mark.parametrize("about", WHAT)
def test_it_goes_along_and_the_receipt_says_so(ours, client, about):
    build, sentences = WHAT[about]
    build(ours)

    moved = move(ours)

    assert {part["about"]: part["sentences"] for part in moved.carried}[about] == sentences
    client.force_login(ours.nia)
    page = client.get(moved.get_absolute_url()).content.decode()
    assert f"<h3>{about}</h3>" in page
    assert all(sentence in page for sentence in sentences)


def test_everything_at_once_and_the_same_move_again_carries_nothing_twice(ours):
    for about in WHAT:
        WHAT[about][0](ours)

    moved = move(ours)

    assert [part["about"] for part in moved.carried] == list(WHAT)
    messages = Message.objects.count()
    assert move(ours) == moved
    assert Message.objects.count() == messages


def test_outreach_teacher_is_told_when_outreach_is_open(ours):
    outreach.accept(outreach.ask(ours), ours)
    before = Message.objects.filter(to=ours.otis).count()

    move(ours)

    assert Message.objects.filter(to=ours.otis).count() == before + 1


def test_class_staff_of_the_old_school_lose_sight_the_same_day(ours, client):
    cycle, *_ = cycles.under_way(ours)
    passport, plan = passports.agreed(ours), plans.agreed(ours)
    pages = [
        reverse("pupil", args=[ours.jordan.pk]), cycle.get_absolute_url(), passport.get_absolute_url(),
        reverse("print_passport", args=[passport.pk]), plan.get_absolute_url(),
        reverse("print_intervention_plan", args=[plan.pk]),
    ]  # fmt: skip

    def answers(user):
        client.force_login(user)
        return {client.get(page).status_code for page in pages}

    assert [answers(who) for who in (ours.tia, ours.osei)] == [{200}, {200}]
    move(ours)
    assert [answers(who) for who in (ours.tia, ours.osei)] == [{404}, {404}]
    assert not Access.objects.open_to(ours.tia, *Level.values).filter(pupil=ours.jordan).exists()
    assert answers(ours.nia) == {200}


# --- who delivers now ------------------------------------------------------------------------------------------------


def test_new_senco_is_asked_who_delivers_until_it_is_said(ours, client):
    cycle, _, intervention, *_ = cycles.under_way(ours)
    moved = move(ours)
    everybody = Pupil.objects.all()
    step = next(one for one in queries.next_steps(ours.nia, everybody, world.DAY) if one.verb == "Say who delivers now")
    assert (step.due_on, step.detail) == (date(2026, 11, 9), "The plan names people of Larch Primary 990")
    assert [one.verb for one in queries.next_steps(ours.sam, everybody, world.DAY)] == []
    client.force_login(ours.nia)
    assert "Until now: Tia, 5 × 10 min a week." in client.get(step.url).content.decode()

    answer = client.post(
        step.url, {f"teacher_{intervention.pk}": "Ms Kaur", f"deliverer_{intervention.pk}": "Bo"}
    )  # fmt: skip

    assert answer.url == reverse("plan", args=[cycle.pk])
    now = Intervention.objects.get(pk=intervention.pk)
    assert (now.accountable_teacher, now.deliverer) == ("Ms Kaur", "Bo")
    assert [one.verb for one in queries.next_steps(ours.nia, everybody, world.DAY)] == ["Receive the record"]
    assert "Say who delivers" not in client.get(moved.get_absolute_url()).content.decode()


def test_old_school_does_not_say_who_delivers(ours, client):
    _, _, intervention, *_ = cycles.under_way(ours)
    moved = move(ours)
    now = {intervention.pk: ("Mr Osei", "Tia")}

    for who in (ours.sam, ours.vic):
        with pytest.raises(NotPermitted):
            actions.say_deliverers(moved.pk, by=who, seen=None, now=now)
    client.force_login(ours.sam)
    assert client.get(reverse("say_deliverers", args=[moved.pk])).status_code == 403


def test_nothing_is_asked_when_no_plan_came(ours, client):
    moved = move(ours)

    assert [one.verb for one in queries.next_steps(ours.nia, Pupil.objects.all(), world.DAY)] == ["Receive the record"]
    with pytest.raises(Refused):
        actions.say_deliverers(moved.pk, by=ours.nia, seen=None, now={})
    client.force_login(ours.nia)
    assert client.get(reverse("say_deliverers", args=[moved.pk])).url == moved.get_absolute_url()


def test_what_the_new_school_plans_itself_is_not_asked_about(ours):
    _, outcome, old, *_ = cycles.under_way(ours)
    moved = move(ours)
    new = cycles_actions.add_intervention(
        outcome.pk, by=ours.nia, key=Key.fresh(ours.nia), name="Talk partner", accountable_teacher="Ms Kaur",
        deliverer="Bo", times_a_week=2, minutes=20, starts_on=world.DAY, ends_on=date(2026, 12, 11),
    )  # fmt: skip

    assert queries.interventions_that_came(moved) == [old]
    assert new.written_for_id == ours.next_school.pk


def test_next_steps_ask_as_often_for_many_as_for_one(ours):
    cycles.under_way(ours)
    move(ours)
    queries.next_steps(ours.nia, Pupil.objects.all(), world.DAY)

    with CaptureQueriesContext(connection) as captured:
        queries.next_steps(ours.nia, Pupil.objects.all(), world.DAY)

    assert len(captured) == 2
