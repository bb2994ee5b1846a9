"""Who has access and why: one page for a pupil, one for a person."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from trellis.conduct import clock
from trellis.history.models import Look
from trellis.people import actions as people
from trellis.people.roles import Role
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def page(user, path):
    client = Client()
    client.force_login(user)
    return client.get(path)


def said(user, path):
    answer = page(user, path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().partition("<main")[2].partition("</main>")[0].split())


def access(ours):
    return f"/pupils/{ours.jordan.pk}/access/"


def openings(ours, user):
    return {
        (one.holder, one.because): [reader.name for reader in one.readers]
        for one in page(user, access(ours)).context["page"].openings
    }


def test_shows_each_person_by_what_opens_the_record_to_them(ours):
    assert openings(ours, ours.sam) == {
        ("Larch Primary 990", "school place"): ["Sam Ours", "Dee Ours", "Hana Ours", "Dina Ours"],
        ("Virtual School 990", "looked after"): ["Vic Ours", "Ada Ours", "Otis Ours"],
        ("Sol Ours", "named Social worker"): ["Sol Ours"],
        ("Ed Ours", "named EHC coordinator"): ["Ed Ours"],
        ("Tia Ours", "class staff of 4B"): ["Tia Ours"],
        ("Osei Ours", "class staff of 4B"): ["Osei Ours"],
    }


def test_says_how_much_since_when_and_until_when(ours):
    nia = people.give_role(
        user=ours.nia, role=Role.SENCO, organisation=ours.school, by=None, since=world.DAY,
        until_day=date(2026, 12, 1), standing_in_for=ours.sam,
    )  # fmt: skip

    words = said(ours.vic, access(ours))

    assert "12 people today" in words
    assert "Opens the whole record. Because: school place, since 1 September 2026." in words
    assert "Opens plan, sessions and passport, no care facts. Because: class staff of 4B" in words
    assert f"{nia.user}</bdi>" in words
    assert "SENCO, standing in for Sam Ours" in words
    assert "30 November 2026" in words


def test_says_who_could_before(ours):
    people.end_role(ours.dina.memberships.get().pk, by=None, on=date(2026, 10, 1))
    pupils.name_professional(
        ours.jordan.pk, by=None, authority=ours.virtual_school.authority, role="social worker", name="Zoe",
        email="zoe@ours.example", on=world.DAY,
    )  # fmt: skip

    before = [(one.name, one.days.last_day) for one in page(ours.sam, access(ours)).context["page"].before]

    assert before == [("Sol Ours", date(2026, 11, 1)), ("Dina Ours", date(2026, 9, 30))]
    assert "Dina Ours" not in openings(ours, ours.sam)["Larch Primary 990", "school place"]


def test_says_who_looked_lately(ours):
    page(ours.ada, f"/pupils/{ours.jordan.pk}/")

    assert "Ada Ours</bdi>, Education adviser, Virtual School 990: last on 2 November 2026" in said(
        ours.sam, access(ours)
    )


@pytest.mark.parametrize("who", ["sam", "dee", "hana", "vic", "ada", "sol"])
def test_those_who_answer_for_it_see_who_has_access(ours, who):
    assert page(ours.people[who], access(ours)).status_code == 200
    assert Look.objects.filter(by=ours.people[who], page="who_has_access", pupil_ids=[ours.jordan.pk]).count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("tia", 403), ("osei", 403), ("ed", 403), ("bea", 403), ("eve", 403), ("root", 403), ("nia", 404)],
)
def test_others_do_not(ours, who, status):
    assert page(ours.people[who], access(ours)).status_code == status


def test_page_is_found_from_the_people_around(ours):
    assert access(ours) in said(ours.sam, f"/pupils/{ours.jordan.pk}/people/")
    assert access(ours) not in said(ours.ed, f"/pupils/{ours.jordan.pk}/people/")


def test_one_reads_what_oneself_can_see(ours):
    words = said(ours.sol, "/what-i-see/")

    assert "1 pupil today" in words
    assert "Opens the pupils for whom you are named." in words
    assert "Jordan Vale" in words
    assert "named Social worker" in words
    assert Look.objects.filter(by=ours.sol, page="what_i_see", pupil_ids=[ours.jordan.pk]).count() == 1


@pytest.mark.parametrize("who", ["root", "bea"])
def test_one_who_opens_no_record_reads_so_and_no_name(ours, who):
    words = said(ours.people[who], "/what-i-see/")

    assert "Opens no pupil’s record" in words
    assert "Jordan" not in words


def test_class_staff_read_no_care_fact_here(ours):
    words = said(ours.tia, "/what-i-see/").lower()

    assert "jordan vale" in words
    assert [fact for fact in ("looked after", "virtual school", "social worker", "foster") if fact in words] == []


def colleague(one):
    return f"/team/people/{one.memberships.get().pk}/access/"


def test_manager_reads_what_a_colleague_can_see_by_name_where_they_may(ours):
    words = said(ours.sam, colleague(ours.tia))

    assert "By their work at Larch Primary 990: 1 pupil today" in words
    assert "class staff of 4B" in words
    assert "Jordan Vale" in words


@pytest.mark.parametrize("who", ["root", "bea"])
def test_one_who_reads_no_record_reads_counts_alone(ours, who):
    for one in (ours.sol, ours.vic, ours.ada):
        words = said(ours.people[who], colleague(one))

        assert "1 pupil today" in words, one
        assert "1 pupil is counted and not named here" in words
        assert "Jordan" not in words
    assert not Look.objects.filter(by=ours.people[who]).exists()


def test_what_a_colleague_opens_elsewhere_is_not_told(ours):
    people.give_role(user=ours.tia, role=Role.SENCO, organisation=ours.next_school, by=None, since=world.DAY)
    there = ours.tia.memberships.get(organisation=ours.next_school)

    words = said(ours.nia, f"/team/people/{there.pk}/access/")

    assert "0 pupils today" in words
    assert "4B" not in words


@pytest.mark.parametrize("who", ["nia", "lee"])
def test_others_have_no_such_page(ours, who):
    assert page(ours.people[who], colleague(ours.tia)).status_code == 404


@pytest.mark.parametrize("who", ["tia", "dee", "sol"])
def test_one_who_manages_nobody_is_told_why_not(ours, who):
    assert page(ours.people[who], colleague(ours.tia)).status_code == 403


def asked(user, path):
    client = Client()
    client.force_login(user)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_asks_the_database_as_often_for_thirty(ours):
    paths = [(ours.sam, access(ours)), (ours.sam, "/what-i-see/"), (ours.sam, colleague(ours.dee))]
    before = [asked(*one) for one in paths]
    for number in range(30):
        world.account(f"more{number}", Role.SENCO, ours.school, "ours.example")
        child = pupils.register_pupil(
            by=None, legal_first_name=f"Child {number}", legal_last_name="Vale", date_of_birth=date(2018, 3, 3), sex="F"
        )
        pupils.start_school_place(child.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=4)

    assert [asked(*one) for one in paths] == before
    assert page(ours.sam, "/what-i-see/").context["page"].seen.paginator.num_pages == 2
