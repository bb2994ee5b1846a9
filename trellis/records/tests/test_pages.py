"""One pupil's record, as each of the cast may see it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.history.models import Look
from trellis.pupils import actions
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db

CARE_FACTS = ["Looked after", "foster", "Canary Carer", "Sol", "Full care order", "PEP"]


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def page(client, ours):
    """What somebody reads at one of the record's pages: page("sam", "timeline")."""

    def read(who, name="pupil", **more):
        client.force_login(ours.people[who])
        return client.get(reverse(name, args=[ours.jordan.pk]), **more)

    return read


def words(answer):
    return answer.content.decode()


def move_away(ours):
    actions.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 10, 12))
    actions.set_sen_status(ours.jordan.pk, by=ours.nia, status="E", primary_need="SEMH")


@pytest.mark.parametrize("who", ["sam", "dee", "vic", "ada", "sol"])
def test_overview_says_who_where_and_in_whose_care(page, who):
    read = words(page(who))

    for said in ["Jordan Vale", "Age 8, Year 4", "Larch Primary 990 since 1 September", "SEN support: SEMH, SLCN"]:
        assert said in read
    assert "Looked after by Shire 801" in read
    assert "Today, Monday 2 November" in read
    assert "Canary Carer, foster carer" in read


@pytest.mark.parametrize("who", ["tia", "osei"])
def test_overview_tells_class_staff_no_care_fact(page, who):
    read = words(page(who)).partition('<section class="t-strip"')[2]

    assert "SEN support: SEMH, SLCN" in read
    assert [fact for fact in CARE_FACTS if fact in read] == []


@pytest.mark.parametrize(
    ("who", "tabs"),
    [
        ("sam", {"Overview", "People", "Timeline", "Who looked"}),
        ("vic", {"Overview", "People", "Timeline", "Who looked"}),
        ("sol", {"Overview", "People", "Timeline"}),
        ("tia", {"Overview"}),
    ],
)
def test_tabs_are_those_one_may_open(page, who, tabs):
    ours_of_these = {"Overview", "People", "Timeline", "Who looked"}
    assert {tab["text"] for tab in page(who).context["tabs"]} & ours_of_these == tabs


@pytest.mark.parametrize(
    ("who", "answers"),
    [
        ("sam", [200, 200, 200, 200]),
        ("vic", [200, 200, 200, 200]),
        ("sol", [200, 200, 200, 403]),
        ("tia", [200, 403, 403, 403]),
        ("nia", [404, 404, 404, 404]),
        ("bea", [403, 403, 403, 403]),
        ("root", [403, 403, 403, 403]),
    ],
)
def test_who_opens_which_page(page, who, answers):
    pages = ["pupil", "people_around", "timeline", "who_looked"]
    assert [page(who, name).status_code for name in pages] == answers


def test_legal_status_is_for_those_who_may_know_it(page):
    assert "Full care order" in words(page("dee", "people_around"))
    assert "Full care order" not in words(page("sam", "people_around"))


def test_people_shows_what_each_may_decide_and_is_told_never_inferred(page):
    read = words(page("sam", "people_around"))

    assert "be contacted by the school" in read
    assert "Do not share" in read
    assert "Not said yet" in read
    assert world.CANARY not in read


def test_a_school_that_the_pupil_left_reads_its_own_and_nothing_since(page, ours):
    move_away(ours)

    read = words(page("sam"))
    assert "You read what your school wrote until Monday 12 October" in read
    assert "Larch Primary 990 until 12 October" in read
    for since in ["EHC plan", "Rowan", "Looked after"]:
        assert since not in read
    entries = [item["title"] for month in page("sam", "timeline").context["months"] for item in month.items]
    assert "SEN status: EHC plan: SEMH." not in entries
    assert "Put in 4B." in entries
    assert page("sam", "people_around").status_code == 404


def test_timeline_is_newest_first_under_its_months(page, ours):
    with clock.at(date(2026, 12, 1)):
        actions.correct_particulars(ours.jordan.pk, by=ours.dee, ethnicity="Irish")
        months = page("dee", "timeline").context["months"]

    assert [month.heading for month in months] == ["December 2026", "November 2026"]
    assert months[0].items[0]["title"] == "Corrected: ethnicity."


def test_timeline_turns_its_pages(page, ours):
    for number in range(60):
        actions.correct_particulars(ours.jordan.pk, by=ours.dee, ethnicity=str(number))
    first = page("dee", "timeline")

    assert len([item for month in first.context["months"] for item in month.items]) == 50
    assert "page=2" in words(first)


def test_who_looked_names_person_role_and_page(page):
    page("tia")
    days = page("sam", "who_looked").context["days"]

    assert [(day, [(look.name, look.role, look.page) for look in looks]) for day, looks in days] == [
        (world.DAY, [("Tia Ours", "Teaching assistant, Larch Primary 990", "Overview")])
    ]


def test_every_page_is_noted_as_looked_at(page, ours):
    for name in ["pupil", "people_around", "timeline", "who_looked"]:
        page("sam", name)

    looks = Look.objects.order_by("pk").values_list("page", "pupil_ids")
    assert list(looks) == [(n, [ours.jordan.pk]) for n in ["pupil", "people_around", "timeline", "who_looked"]]


def test_names_in_other_scripts_stand_by_themselves(page, ours):
    actions.correct_particulars(
        ours.jordan.pk, by=ours.dee, legal_first_name="محمد", legal_last_name="D’Arcy-Łęcki"
    )  # fmt: skip

    assert "محمد D’Arcy-Łęcki" in words(page("sam"))


@pytest.mark.parametrize("name", ["pupil", "people_around", "timeline", "who_looked"])
def test_queries_are_equal_at_one_and_thirty_rows(page, ours, name):
    page("dee", name)
    with CaptureQueriesContext(connection) as one:
        page("dee", name)
    for number in range(30):
        actions.add_person_around(
            ours.jordan.pk, by=ours.dee, key=Key.fresh(ours.dee), name=f"Aunt {number}", relationship="other"
        )
    with CaptureQueriesContext(connection) as thirty:
        page("dee", name)

    assert len(thirty) == len(one)


SCHOOL_DEEDS = ["Ask for advice", "Record a suspension", "Ask for outreach", "Ask for a view"]


@pytest.mark.parametrize(
    "who, offered",
    [("sam", SCHOOL_DEEDS), ("hana", SCHOOL_DEEDS[1:]), ("vic", ["Ask for a view"]), ("ed", []), ("osei", [])],
)
def test_overview_offers_what_this_person_may_begin(page, who, offered):
    read = words(page(who))

    assert [deed for deed in SCHOOL_DEEDS if f">{deed}</a>" in read] == offered


def test_overview_of_a_pupil_no_longer_in_care_offers_no_outreach(page, ours):
    actions.end_care(ours.jordan.pk, by=None, on=date(2026, 10, 20))
    read = words(page("sam"))

    assert ">Record a suspension</a>" in read
    assert ">Ask for outreach</a>" not in read


def test_people_page_tells_the_questionnaire_and_care_before_to_those_who_know_of_care(page, ours):
    shire = ours.virtual_school.authority
    past = actions.PastCare(date(2019, 2, 1), date(2020, 3, 4), date(2019, 2, 1), "C2")
    actions.add_care_history(ours.jordan.pk, by=None, authority=shire, past=[past])
    actions.say_sdq(ours.jordan.pk, by=None, authority=shire, year_ended=date(2026, 3, 31), score=17)

    for who in ("vic", "sol", "dee", "sam"):
        read = words(page(who, "people_around"))
        assert "17: cause for concern" in read
        assert "1 February 2019 to 4 March 2020" in read
        assert "17: cause for concern" in words(page(who))
    assert "Full care order" not in words(page("sam", "people_around"))
    for who in ("tia", "osei"):
        assert "SDQ" not in words(page(who))
