from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.history.models import Look
from trellis.intervention_plans import queries, shown
from trellis.intervention_plans.models import PlanState
from trellis.intervention_plans.tests import world as plans
from trellis.intervention_plans.tests.world import STAGES, WORDS
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def page(client):
    def ask(user, url_name, *ids, **posted):
        client.force_login(user)
        url = reverse(url_name, args=ids)
        return client.post(url, posted) if posted else client.get(url)

    return ask


def test_outreach_teacher_writes_it_in_three_parts_and_class_staff_act_on_it(ours, page):
    page(ours.otis, "start_intervention_plan", ours.jordan.pk, sure="yes")
    draft = queries.draft_of(ours.jordan)
    assert (
        "Say for each stage what it looks like" in page(ours.otis, "agree_intervention_plan", draft.pk).content.decode()
    )
    texts = {name: said for name, said in WORDS.items() if isinstance(said, str)}
    stages = {f"{stage}_{part}": said for stage, parts in STAGES.items() for part, said in parts.items()}

    answer = page(ours.otis, "write_plan_about", draft.pk, **texts)
    assert answer.url == reverse("write_plan_stages", args=[draft.pk])
    answer = page(ours.otis, "write_plan_stages", draft.pk, **stages)
    assert answer.url == reverse("write_plan_adults", args=[draft.pk])
    answer = page(ours.otis, "write_plan_adults", draft.pk, **texts)
    assert answer.url == reverse("agree_intervention_plan", args=[draft.pk])
    assert "Everything that is asked is there" in page(ours.otis, "agree_intervention_plan", draft.pk).content.decode()
    agreed = {"headteacher": "Hana Ours", "agreed_how": "showed", "agreed_with": "Tia", "agreed_on_day": 2,
              "agreed_on_month": 11, "agreed_on_year": 2026}  # fmt: skip
    assert page(ours.otis, "agree_intervention_plan", draft.pk, **agreed).status_code == 302

    read = page(ours.tia, "pupil_intervention_plan", ours.jordan.pk).content.decode()
    assert "Clear the room, one adult stays" in read
    assert "None is agreed." in read
    assert ("Begin a new version" in read, "Given to" in read) == (False, False)
    printed = page(ours.tia, "print_intervention_plan", draft.pk)
    assert (printed["Content-Type"], printed["Content-Disposition"]) == (
        "application/pdf", 'attachment; filename="positive-intervention-plan.pdf"',
    )  # fmt: skip
    assert page(ours.tia, "intervention_plan_word", draft.pk).content[:2] == b"PK"
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [
        ("sam", 200, 200), ("dee", 200, 200), ("otis", 200, 200), ("osei", 200, 403), ("tia", 200, 403),
        ("hana", 200, 403), ("vic", 200, 403), ("sol", 200, 403), ("bea", 403, 403), ("root", 403, 403),
        ("eve", 403, 403), ("nia", 404, 404),
    ],
)  # fmt: skip
def test_plan_opens_to(ours, page, who, read, write):
    current, draft = plans.agreed(ours), plans.begin(ours, world.DAY)

    assert page(ours.people[who], "intervention_plan", current.pk).status_code == read
    assert page(ours.people[who], "pupil_intervention_plan", ours.jordan.pk).status_code == read
    assert page(ours.people[who], "print_intervention_plan", current.pk).status_code == read
    assert page(ours.people[who], "write_plan_stages", draft.pk).status_code == write
    assert page(ours.people[who], "look_again_at_plan", current.pk).status_code == write


def test_draft_is_not_a_version_that_anyone_reads(ours, page):
    draft = plans.begin(ours)

    assert page(ours.tia, "intervention_plan", draft.pk).status_code == 404
    assert (
        "No positive intervention plan yet"
        in page(ours.tia, "pupil_intervention_plan", ours.jordan.pk).content.decode()
    )


def test_class_staff_of_the_old_school_lose_sight_the_same_day_and_its_senco_reads_on(ours, page):
    plan = plans.agreed(ours)
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)

    assert page(ours.tia, "pupil_intervention_plan", ours.jordan.pk).status_code == 404
    assert page(ours.osei, "print_intervention_plan", plan.pk).status_code == 404
    assert page(ours.sam, "intervention_plan", plan.pk).status_code == 200
    assert page(ours.nia, "pupil_intervention_plan", ours.jordan.pk).status_code == 200
    assert page(ours.sam, "look_again_at_plan", plan.pk).status_code == 403


def test_what_happens_while_it_stands_from_its_pages(ours, page):
    plan = plans.agreed(ours)
    day = {"_day": 2, "_month": 11, "_year": 2026}
    page(ours.sam, "look_again_at_plan", plan.pk, **{f"happened_on{part}": said for part, said in day.items()})
    assert "Monday 9 November" in page(ours.sam, "pupil_intervention_plan", ours.jordan.pk).content.decode()
    said = {f"looked_on{part}": said for part, said in day.items()} | {"looked_with": "Tia"}
    page(ours.sam, "confirm_intervention_plan", plan.pk, **said)
    assert "Monday 14 December" in page(ours.sam, "pupil_intervention_plan", ours.jordan.pk).content.decode()
    said = {f"shared_on{part}": said for part, said in day.items()} | {"name": "Lin", "role": "lunchtime supervisor"}
    page(ours.sam, "share_intervention_plan", plan.pk, **said)
    assert "Lin, lunchtime supervisor" in page(ours.sam, "pupil_intervention_plan", ours.jordan.pk).content.decode()
    draft = plans.begin(ours, world.DAY)
    page(ours.sam, "set_aside_intervention_plan", draft.pk, sure="yes")
    draft.refresh_from_db()
    assert draft.state == PlanState.SET_ASIDE


def test_plan_stands_beside_passport_and_school_place(ours, page):
    plans.agreed(ours)
    words = "Positive intervention plan: version 1, agreed 12 October"

    assert words in page(ours.tia, "pupil_passport", ours.jordan.pk).content.decode()
    assert words in page(ours.sam, "school_place", ours.jordan.pk).content.decode()


def test_next_steps_say_what_waits(ours):
    everybody = Pupil.objects.all()
    draft = plans.begin(ours)
    (step,) = shown.next_steps(ours.sam, everybody, world.DAY)
    assert (step.verb, step.due_on) == ("Agree the positive intervention plan", date(2026, 10, 26))
    plans.agree(ours, draft)
    (step,) = shown.next_steps(ours.dee, everybody, world.DAY)
    assert (step.verb, step.due_on) == ("Look at the positive intervention plan", date(2026, 11, 23))
    assert [shown.next_steps(ours.people[who], everybody, world.DAY) for who in ("osei", "otis")] == [[], []]


def test_next_steps_ask_once(ours):
    plans.agreed(ours)
    shown.next_steps(ours.sam, Pupil.objects.all(), world.DAY)

    with CaptureQueriesContext(connection) as captured:
        shown.next_steps(ours.sam, Pupil.objects.all(), world.DAY)

    assert len(captured) == 1
