from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.alerts import actions, queries
from trellis.alerts.models import AlertState
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.history.models import Look
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.schooling.tests.world import part_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def sign_in(client, user):
    client.force_login(user)
    return client


def page(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def test_school_says_that_it_may_not_keep_the_place_and_that_it_can(ours, client):
    sign_in(client, ours.hana)
    assert "We may not be able to keep this place" in page(client, "school_place", ours.jordan.pk)
    answer = client.post(reverse("say_in_doubt", args=[ours.jordan.pk]), {"cannot": "Nobody for the afternoons."})
    alert = queries.open_alert(ours.jordan)
    assert answer.url == alert.get_absolute_url()

    told = page(client, "alert", alert.pk)
    assert "Jordan’s school place is at risk" in told
    assert "The school says it may not be able to keep the place: Nobody for the afternoons." in told
    assert "School place at risk" in page(client, "pupil", ours.jordan.pk)

    sign_in(client, ours.vic)
    assert "Nobody for the afternoons." in page(client, "at_risk")
    client.post(reverse("say_what_is_done", args=[alert.pk]), {"words": "Otis visits on Thursday."})
    assert "Otis visits on Thursday." in page(client, "alert", alert.pk)
    refused = client.post(reverse("set_aside_alert", args=[alert.pk]), {"because": " "})
    assert refused.status_code == 200
    alert.refresh_from_db()
    client.post(reverse("set_aside_alert", args=[alert.pk]), {"because": "Paid for.", "draft_version": alert.version})
    alert.refresh_from_db()
    assert alert.state == AlertState.SET_ASIDE
    assert "School place at risk" not in page(client, "pupil", ours.jordan.pk)
    assert "Paid for." in client.get(reverse("at_risk"), {"state": "SET_ASIDE"}).content.decode()


def test_empty_list_teaches(ours, client):
    assert "No school place is at risk, as far as is known" in page(sign_in(client, ours.sam), "at_risk")


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("tia", "at_risk", 403), ("osei", "at_risk", 403), ("eve", "at_risk", 403), ("root", "at_risk", 403),
        ("sol", "at_risk", 403), ("sol", "alert", 200), ("ed", "alert", 200), ("tia", "alert", 403),
        ("nia", "alert", 404), ("dee", "set_aside_alert", 403), ("sol", "set_aside_alert", 403),
    ],
)  # fmt: skip
def test_alerts_open_to_those_who_read_the_whole_record(ours, client, who, name, status):
    part_time(ours)
    args = [] if name == "at_risk" else [queries.open_alert(ours.jordan).pk]

    assert sign_in(client, ours.people[who]).get(reverse(name, args=args)).status_code == status


def test_class_staff_do_not_see_the_tag(ours, client):
    part_time(ours)

    assert "at risk" not in page(sign_in(client, ours.tia), "pupil", ours.jordan.pk)


def test_list_asks_as_many_queries_for_thirty_as_for_one(ours, client):
    part_time(ours)
    sign_in(client, ours.vic)

    def queries_asked():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("at_risk")).status_code == 200
        return len(captured)

    queries_asked()
    one = queries_asked()
    for number in range(29):
        other = pupils.register_pupil(
            by=None, legal_first_name="Alex", legal_last_name=str(number), date_of_birth=date(2018, 1, 1)
        )
        pupils.start_school_place(other.pk, by=None, school=ours.school, on=date(2026, 9, 1))
        pupils.start_care(
            other.pk, by=None, authority=ours.virtual_school.authority, since=date(2024, 5, 1), legal_status="C2"
        )
        actions.say_in_doubt(other.pk, by=ours.sam, key=Key.fresh(ours.sam), cannot="A key adult.")

    assert (queries_asked(), one <= 14) == (one, True)
    assert len(Look.objects.filter(page="at_risk").order_by("-pk").first().pupil_ids) == 30
