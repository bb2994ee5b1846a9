import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.moves import actions as moves
from trellis.pupils.tests import world
from trellis.schooling.models import Attainment, Attendance, PartTimeTimetable, SentHome, Suspension, Telling
from trellis.schooling.tests.world import part_time, suspend

pytestmark = pytest.mark.django_db
MONDAY = world.DAY


@pytest.fixture
def ours():
    with clock.at(MONDAY):
        yield world.ours()


def sign_in(client, user):
    client.force_login(user)
    return client


def dated(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def posted(**says):
    return {
        "kind": "SUSPENSION", "decided_by": "Hana Ours", **dated("decided_on", MONDAY), "decided_time": "08:30",
        **dated("first_day", MONDAY), **dated("last_day", MONDAY), "from_midday": "on", "reasons": ["DB", "VA"],
        "what_happened": "Jordan shouted and left.", **says,
    }  # fmt: skip


def test_senco_records_a_suspension_and_ticks_off_who_was_told(ours, client):
    sign_in(client, ours.sam)
    asked = client.get(reverse("record_suspension", args=[ours.jordan.pk])).content.decode()
    assert "Record what the head decided" in asked
    assert 'value="Hana Ours"' in asked
    boxes = dict(re.findall(r'name="decided_on_(\w+)"[^>]* value="(\d+)"', asked))
    assert boxes == {"day": "2", "month": "11", "year": "2026"}
    assert "Of the 45 school days that the law allows in a school year, 45 school days are left." in asked

    answer = client.post(reverse("record_suspension", args=[ours.jordan.pk]), posted())

    made = Suspension.objects.get()
    assert (answer.url, made.half_days, made.reasons) == (made.get_absolute_url(), 1, ["DB", "VA"])
    told = client.get(answer.url).content.decode()
    assert "Suspended for half a school day from 2 November 2026" in told
    assert "Not told yet" in told
    for telling in Telling.objects.still_to_do():
        client.post(
            reverse("tell", args=[telling.pk]),
            {
                "told_how": "telephone", "name": "Cara", **dated("told_on", MONDAY), "told_time": "8:45",
                "draft_version": telling.version,
            },
        )  # fmt: skip
    assert "Not told yet" not in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"reasons": []}, "Choose the reasons"),
        ({"decided_time": "half past"}, "Enter a time of day, like 14:05"),
        ({"until_midday": "on"}, "There is no school day, or no half of one, between these dates."),
        ({"decided_time": "17:00"}, "The decision lies in the future."),
    ],
)
def test_record_suspension_says_what_to_mend_and_keeps_the_words(ours, client, says, sentence):
    answer = (
        sign_in(client, ours.sam)
        .post(reverse("record_suspension", args=[ours.jordan.pk]), posted(**says))
        .content.decode()
    )

    assert (sentence in answer, "Jordan shouted and left." in answer, Suspension.objects.count()) == (True, True, 0)


def test_part_time_for_behaviour_is_refused_with_the_reason(ours, client):
    answer = sign_in(client, ours.sam).post(
        reverse("agree_part_time", args=[ours.jordan.pk]),
        {
            "because": "behaviour", "reason": "Afternoons.", "minutes_now": "12.5", "minutes_full": "23½",
            **dated("starts_on", MONDAY), **dated("ends_on", date(2026, 11, 20)), "ramp_plan": "x",
            "safe_off_site": "x", "work_set": "x", "parent_agreed": "Sol", "social_worker_agreed": "Sol",
            "virtual_school_agreed": "Vic",
        },
    ).content.decode()  # fmt: skip

    assert "A part-time timetable must not be used to manage a pupil’s behaviour." in answer
    assert PartTimeTimetable.objects.count() == 0


def test_sent_home_says_that_it_is_not_lawful(ours, client):
    sign_in(client, ours.dina).post(
        reverse("record_sent_home", args=[ours.jordan.pk]),
        {**dated("happened_on", MONDAY), "asked_by": "Class teacher", "what_happened": "Cara was rung."},
    )
    assert SentHome.objects.count() == 1

    told = client.get(reverse("school_place", args=[ours.jordan.pk])).content.decode()

    assert "Sending a pupil home to cool off is unlawful, even when the carer or parent agrees." in told


def test_review_extends_part_time_on_its_page(ours, client):
    timetable = part_time(ours)
    sign_in(client, ours.sam)
    client.post(
        reverse("review_part_time", args=[timetable.pk]),
        {
            **dated("held_on", MONDAY), "with_whom": "Jordan and Cara", "words": "Better.", "decided": "extended",
            "minutes_now": "16", **dated("ends_on", date(2026, 11, 27)), "draft_version": timetable.version,
        },
    )  # fmt: skip

    assert "16 hours a week of 23½ hours" in client.get(timetable.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("sam", 200), ("hana", 200), ("dina", 200), ("dee", 200), ("vic", 200), ("sol", 200), ("ed", 200),
        ("tia", 403), ("osei", 403), ("eve", 403), ("bea", 403), ("root", 403), ("nia", 404),
    ],
)  # fmt: skip
def test_school_place_is_for_those_who_read_the_whole_record(ours, client, who, status):
    assert sign_in(client, ours.people[who]).get(reverse("school_place", args=[ours.jordan.pk])).status_code == status


def test_school_place_says_how_much_of_the_years_45_days_is_left(ours, client):
    suspend(ours, date(2026, 10, 15), until_midday=True)
    sign_in(client, ours.sam)

    told = client.get(reverse("school_place", args=[ours.jordan.pk])).content.decode()
    assert "44½ school days" in told
    assert "left of the 45 that the law allows in a school year" in told


def test_class_staff_see_no_tab(ours, client):
    page = sign_in(client, ours.tia).get(reverse("pupil", args=[ours.jordan.pk])).content.decode()

    assert "School place" not in page


def test_old_school_reads_on_what_it_wrote_and_counts_nothing_since(ours, client):
    suspension = suspend(ours, date(2026, 10, 15))
    moves.move_school(ours.jordan.pk, to=ours.next_school, on=MONDAY, by=ours.vic)

    old = sign_in(client, ours.sam).get(reverse("school_place", args=[ours.jordan.pk])).content.decode()
    assert ("Thursday 15 October" in old, "suspended this term" in old) == (True, False)
    assert client.get(suspension.get_absolute_url()).status_code == 200
    new = sign_in(client, ours.nia).get(reverse("school_place", args=[ours.jordan.pk])).content.decode()
    assert ("Thursday 15 October" in new, "suspended this term" in new) == (True, True)


def test_school_place_asks_as_many_queries_for_ten_suspensions_as_for_one(ours, client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("school_place", args=[ours.jordan.pk])).status_code == 200
        return len(captured)

    suspend(ours, date(2026, 9, 14))
    sign_in(client, ours.sam)
    queries()
    one = queries()
    for day in (15, 16, 17, 18, 21, 22):
        suspend(ours, date(2026, 9, day))

    assert queries() == one


# --- attendance and attainment by hand -------------------------------------------------------------------------------


def register(**says):
    return {
        **dated("starts_on", date(2026, 9, 2)), **dated("ends_on", date(2026, 10, 23)), "possible": 74, "attended": 60,
        "authorised": 10, "unauthorised": 4,
    } | says  # fmt: skip


def test_attendance_is_told_by_hand_and_told_again_corrects_it(ours, client):
    sign_in(client, ours.sam)
    url = reverse("tell_attendance", args=[ours.jordan.pk])
    place = reverse("school_place", args=[ours.jordan.pk])
    assert url in client.get(place).content.decode()

    for _ in range(2):
        assert client.post(url, register()).url == place
    assert client.post(url, register(attended=64, authorised=6)).url == place

    page = client.get(place).content.decode()
    assert "86.4%: 64 of 74 sessions" in page
    assert "81%: 60 of 74 sessions" not in page
    assert "Persistently absent" in page
    assert "Written by hand" in page
    assert Attendance.objects.count() == 2


@pytest.mark.parametrize(
    ("says", "typed"),
    [
        ({"attended": 75, "authorised": "", "unauthorised": ""}, 'value="75"'),
        (dated("ends_on", date(2026, 12, 4)), 'value="12"'),
        ({"possible": 0, "attended": 0}, 'value="0"'),
        ({"possible": "seventy"}, 'value="seventy"'),
    ],
)
def test_a_register_that_cannot_be_is_sent_back_with_what_was_typed(ours, client, says, typed):
    sign_in(client, ours.sam)

    answer = client.post(reverse("tell_attendance", args=[ours.jordan.pk]), register(**says))

    assert (answer.status_code, Attendance.objects.count()) == (200, 0)
    assert "There is a problem" in (page := answer.content.decode())
    assert typed in page


def test_a_result_is_told_by_hand(ours, client):
    sign_in(client, ours.dee)
    typed = {
        "subject": "Reading", "assessment": "Teacher assessment", "result": "WTS", "against_expected": "below",
        **dated("assessed_on", date(2026, 10, 1)),
    }  # fmt: skip

    assert client.post(reverse("tell_attainment", args=[ours.jordan.pk]), typed).status_code == 302

    told = Attainment.objects.get()
    assert (told.in_words, told.source) == (
        "Reading, teacher assessment: WTS, below what is expected",
        "Written by hand",
    )
    assert "Below what is expected" in client.get(reverse("school_place", args=[ours.jordan.pk])).content.decode()


@pytest.mark.parametrize("who", ["tia", "osei", "nia", "bea"])
@pytest.mark.parametrize("name", ["tell_attendance", "tell_attainment"])
def test_others_tell_nothing_by_hand(ours, client, who, name):
    sign_in(client, ours.people[who])

    assert client.post(reverse(name, args=[ours.jordan.pk]), register()).status_code in (403, 404)
    assert not Attendance.objects.exists()
