"""My week and the list of pupils, for each of the cast."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.caseloads.models import SavedFilter
from trellis.conduct import clock
from trellis.history.models import Look
from trellis.pupils import actions
from trellis.pupils.tests import world
from trellis.schooling.tests.world import part_time, suspend

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def asked(client, ours):
    def as_somebody(who):
        client.force_login(ours.people[who])
        return client

    return as_somebody


def a_pupil(ours, number=0, *, school=None, in_care=False, **names):
    names = {"legal_first_name": f"Pupil {number}", "legal_last_name": "Other"} | names
    pupil = actions.register_pupil(by=None, date_of_birth=date(2018, 5, 1), **names)
    actions.start_school_place(pupil.pk, by=None, school=school or ours.school, on=date(2026, 9, 1), year_group=4)
    if in_care:
        authority = ours.virtual_school.authority
        actions.start_care(pupil.pk, by=None, authority=authority, since=date(2025, 1, 1), legal_status="C2")
    return pupil


def names(answer):
    return [row.pupil.name for row in answer.context["rows"]]


def test_pupils_shows_each_only_their_own(ours, asked):
    a_pupil(ours, legal_first_name="Éloïse")
    a_pupil(ours, school=ours.next_school, legal_first_name="Noa")

    assert names(asked("sam").get("/pupils/")) == ["Jordan Vale", "Éloïse Other"]
    assert names(asked("tia").get("/pupils/")) == ["Jordan Vale"]
    assert names(asked("vic").get("/pupils/")) == ["Jordan Vale"]
    assert names(asked("nia").get("/pupils/")) == ["Noa Other"]
    assert asked("bea").get("/pupils/").status_code == 403


def test_pupils_tells_class_staff_no_care_fact(ours, asked):
    read = asked("tia").get("/pupils/").content.decode().partition("<main")[2].partition("</main>")[0]

    assert "SEN support: SEMH, SLCN" in read
    assert [fact for fact in ["PEP", "care", "ooked after", "left"] if fact in read] == []


def test_pupils_notes_everyone_it_shows(ours, asked):
    other = a_pupil(ours)
    asked("sam").get("/pupils/")

    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk, other.pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("year=4", ["Jordan Vale", "Old Other"]),
        ("year=5", []),
        ("status=K", ["Jordan Vale"]),
        ("need=SEMH", ["Jordan Vale"]),
        ("need=SLCN", []),
        ("stage=none", ["Jordan Vale", "Old Other"]),
        ("stage=DO", []),
        ("pep=none", ["Old Other"]),
        ("year=nonsense", ["Jordan Vale", "Old Other"]),
    ],
)
def test_pupils_are_filtered(ours, asked, query, found):
    a_pupil(ours, legal_first_name="Old")

    assert sorted(names(asked("dee").get(f"/pupils/?{query}"))) == found


def test_school_filter_is_for_those_with_many_schools(ours, asked):
    a_pupil(ours, school=ours.next_school, in_care=True)

    assert names(asked("vic").get(f"/pupils/?school={ours.next_school.pk}")) == ["Pupil 0 Other"]
    assert "school" not in asked("sam").get("/pupils/").context["filters"].fields


def test_filters_are_remembered_until_cleared(ours, asked):
    somebody = asked("sam")
    somebody.get("/pupils/?year=9")

    assert somebody.get("/pupils/").url == "/pupils/?year=9"
    assert somebody.get("/pupils/?clear=1").url == "/pupils/"
    assert somebody.get("/pupils/").status_code == 200


def test_saved_filter_is_ones_own(ours, asked):
    answer = asked("sam").post(reverse("save_filter"), {"name": "My Year 4", "query": "year=4"})
    saved = SavedFilter.objects.get()

    assert (answer.url, saved.user) == ("/pupils/?year=4", ours.sam)
    assert asked("dee").post(reverse("forget_filter", args=[saved.pk])).status_code == 404
    asked("sam").post(reverse("forget_filter", args=[saved.pk]))
    assert SavedFilter.objects.count() == 0


def test_pupils_who_left_are_a_list_of_their_own(ours, asked):
    actions.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 10, 12))

    assert names(asked("sam").get("/pupils/")) == []
    left = asked("sam").get("/pupils/?who=left")
    assert names(left) == ["Jordan Vale"]
    assert "Rowan" not in left.content.decode()


def test_long_list_turns_its_pages(ours, asked):
    for number in range(31):
        a_pupil(ours, number)

    first, second = asked("sam").get("/pupils/"), asked("sam").get("/pupils/?page=2")

    assert (len(names(first)), len(names(second))) == (30, 2)


def test_a_script_gets_the_results_alone(ours, asked):
    for header in ({"X-Partial": "1"}, {"X-Requested-With": "fetch"}):
        read = asked("sam").post("/pupils/", {"search": "vale"}, headers=header).content.decode()
        assert read.startswith('<div id="results">')
        assert "Jordan Vale" in read


def test_search_leaves_nothing_in_the_address_or_the_session(ours, asked):
    somebody = asked("sam")
    found = somebody.post("/pupils/", {"search": "Vale"})

    assert (found.status_code, names(found)) == (200, ["Jordan Vale"])
    assert "Vale" not in str(dict(somebody.session))


def test_what_was_searched_is_shown_harmless(ours, asked):
    read = asked("sam").post("/pupils/", {"search": world.CANARY}).content.decode()

    assert "Nobody you may see is found" in read
    assert "<svg onload" not in read


def test_first_use_says_where_pupils_come_from(ours, asked):
    actions.end_school_place(ours.jordan.pk, by=None, on=world.DAY)

    assert "Add a pupil" in asked("sam").get("/my-week/").content.decode()
    assert "No pupils yet" in asked("sam").get("/pupils/").content.decode()


def test_my_week_shows_steps_and_pupils_and_notes_them(ours, asked):
    read = asked("sam").get("/my-week/")

    assert "1 with SEN, 1 looked after" in read.content.decode()
    assert names(read) == ["Jordan Vale"]
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]


def test_my_week_puts_what_cannot_wait_before_what_is_late(ours, asked):
    """A part-time timetable of October is late; that nobody was told of today's suspension cannot wait."""
    with clock.at(date(2026, 10, 19)):
        part_time(ours)
    suspend(ours, world.DAY)

    groups = {group.name: group.steps for group in asked("sam").get("/my-week/").context["groups"]}

    assert [step.rest for step in groups["now"]] == ["of Jordan’s suspension of 2 November"]
    assert "of Jordan’s part-time timetable" in [step.rest for step in groups["late"]]
    read = asked("sam").get("/my-week/").content.decode()
    assert "One thing cannot wait, " in read
    assert read.index("Cannot wait") < read.index(">Late ")


def test_overview_begins_with_what_cannot_wait(ours, asked):
    with clock.at(date(2026, 10, 19)):
        part_time(ours)
    suspend(ours, world.DAY)
    steps = asked("sam").get(reverse("pupil", args=[ours.jordan.pk])).context["overview"].next_steps
    assert [step.cannot_wait for step in steps][:2] == [True, False]


@pytest.mark.parametrize("who", ["bea", "root"])
def test_my_week_without_pupils_says_where_the_work_is(ours, asked, who):
    read = asked(who).get("/my-week/").content.decode()

    assert "You have no pupils of your own" in read
    assert "Jordan" not in read


def test_my_week_of_class_staff_is_today(ours, asked):
    assert asked("tia").get("/my-week/").url == reverse("today")


@pytest.mark.parametrize(("who", "url"), [("sam", "/pupils/"), ("vic", "/pupils/"), ("sam", "/my-week/")])
def test_queries_are_equal_at_one_and_thirty_rows(ours, asked, who, url):
    somebody = asked(who)
    somebody.get(url)
    with CaptureQueriesContext(connection) as one:
        somebody.get(url)
    for number in range(29):
        a_pupil(ours, number, in_care=True)
    with CaptureQueriesContext(connection) as thirty:
        assert len(names(somebody.get(url))) in (12, 30)

    assert len(thirty) == len(one)
    if url == "/pupils/":
        assert len(thirty) <= 12


# --- whom something is about ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "then", "heading"),
    [
        ("choose_for_advice", "ask_advice", "Whom do you want advice about?"),
        ("choose_for_suspension", "record_suspension", "Who was suspended?"),
        ("choose_for_outreach", "raise_outreach", "Whose school place is at risk?"),
    ],
)
def test_choose_a_pupil_goes_on_with_what_one_came_for(ours, client, purpose, then, heading):
    client.force_login(ours.sam)
    page = client.get(reverse(purpose)).content.decode()
    assert heading in page
    assert reverse(then, args=[ours.jordan.pk]) in page

    found = client.post(reverse(purpose), {"search": "vale"}).content.decode()
    assert reverse(then, args=[ours.jordan.pk]) in found
    assert "Nobody found" in client.post(reverse(purpose), {"search": "Zebra"}).content.decode()

    client.force_login(ours.nia)
    assert "Jordan" not in client.get(reverse(purpose)).content.decode()


def test_requests_lead_to_the_pupil_for_whom_advice_is_asked(ours, client):
    client.force_login(ours.sam)
    assert reverse("choose_for_advice") in client.get(reverse("requests")).content.decode()
    client.force_login(ours.hana)
    assert reverse("choose_for_advice") not in client.get(reverse("requests")).content.decode()
