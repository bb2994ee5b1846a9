"""Care has changed, by hand: what follows is shown first; who may not is told so, or sees nothing."""

from datetime import date

import pytest
from django.urls import reverse

from trellis.conduct import clock
from trellis.moves import actions
from trellis.moves.models import CareChange, Verb
from trellis.moves.tests.test_pages import pressed_twice, sign_in
from trellis.pupils.models import CareEpisode, Level, Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def day(name, on):
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


ENDED = day("on", world.DAY) | {"because": "home"}


def test_head_is_shown_what_follows_before_care_ends(ours, client):
    page = reverse("leave_care", args=[ours.jordan.pk])

    shown = sign_in(client, ours.vic).post(page, ENDED).content.decode()

    assert "Virtual School 990 loses the record today" in shown
    assert "ends unfinished" in shown
    assert "Record that care has ended" in shown
    assert (CareChange.objects.count(), CareEpisode.objects.get().during.upper) == (0, None)


def test_second_press_records_it_and_the_receipt_stays_open_to_the_virtual_school(ours, client):
    sign_in(client, ours.vic)

    answer = pressed_twice(client, reverse("leave_care", args=[ours.jordan.pk]), ENDED)

    change = CareChange.objects.get()
    assert answer.url == change.get_absolute_url()
    assert "Left the care of Shire 801" in client.get(answer.url).content.decode()
    assert "Left the care" in client.get(reverse("care_changed", args=[ours.jordan.pk])).content.decode()
    assert client.get(reverse("people_around", args=[ours.jordan.pk])).status_code == 404


def test_social_worker_who_loses_the_record_lands_on_their_week(ours, client):
    answer = pressed_twice(
        sign_in(client, ours.sol), reverse("leave_care", args=[ours.jordan.pk]), ENDED
    )  # fmt: skip

    assert answer.url == reverse("my_week")


def test_mistake_is_put_right_by_two_presses(ours, client):
    actions.leave_care(ours.jordan.pk, on=world.DAY, by=ours.vic, because="mistake")
    page = reverse("enter_care", args=[ours.jordan.pk])
    offered = sign_in(client, ours.vic).get(page).context["form"].initial
    typed = {
        "authority": offered["authority"], "legal_status": offered["legal_status"], **day("since", offered["since"]),
        **day("on", offered["on"]),
    }  # fmt: skip

    pressed_twice(client, page, typed)

    assert Pupil.objects.visible_to(ours.vic, Level.WHOLE).exists()
    assert CareChange.objects.latest("pk").verb == Verb.ENTER_CARE


def test_what_is_refused_is_said_at_the_first_press(ours, client):
    page = reverse("leave_care", args=[ours.jordan.pk])

    shown = sign_in(client, ours.vic).post(page, ENDED | day("on", date(2026, 11, 20))).content.decode()

    assert "This day is still to come." in shown
    assert "What will follow" not in shown


def test_changing_the_day_after_looking_shows_it_anew(ours, client):
    page = reverse("leave_care", args=[ours.jordan.pk])
    sign_in(client, ours.vic)

    answer = client.post(page, ENDED | {"shown": "0" * 64})

    assert (answer.status_code, CareChange.objects.count()) == (200, 0)


def test_another_authority_is_recorded_by_the_one_that_gives_the_child_up(ours, client):
    twin = world.twin()
    page = reverse("change_authority", args=[ours.jordan.pk])

    pressed_twice(
        sign_in(client, ours.ada), page, {"authority": twin.virtual_school.authority.pk, **day("on", world.DAY)}
    )

    assert Pupil.objects.visible_to(twin.vic, Level.WHOLE).filter(pk=ours.jordan.pk).exists()


PAGES = ["care_changed", "leave_care", "enter_care", "change_authority", "live_elsewhere", "keep_plan_elsewhere"]


@pytest.mark.parametrize("name", PAGES)
def test_the_other_authority_finds_nothing(ours, client, name):
    twin = world.twin()

    for who in (twin.vic, twin.sol):
        assert sign_in(client, who).get(reverse(name, args=[ours.jordan.pk])).status_code in (403, 404)
    assert sign_in(client, twin.vic).get(reverse(name, args=[ours.jordan.pk])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["sam", "tia", "otis", "bea"])
def test_those_who_do_not_record_care_are_told_so(ours, client, name, who):
    assert sign_in(client, ours.people[who]).get(reverse(name, args=[ours.jordan.pk])).status_code == 403


def test_class_staff_read_no_change_of_care(ours, client):
    change = actions.live_elsewhere(
        ours.jordan.pk, authority=ours.virtual_school.authority, on=world.DAY, by=ours.vic
    )  # fmt: skip

    answers = [sign_in(client, ours.people[who]).get(change.get_absolute_url()).status_code for who in ("tia", "sam")]

    assert answers == [403, 200]


def test_people_page_leads_to_it(ours, client):
    url = reverse("care_changed", args=[ours.jordan.pk])

    def leads(who):
        page = sign_in(client, ours.people[who]).get(reverse("people_around", args=[ours.jordan.pk]))
        return url in page.content.decode()

    assert [leads(who) for who in ("vic", "ada", "sol", "sam")] == [True, True, True, False]
