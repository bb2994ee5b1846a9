from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from trellis.conduct import clock
from trellis.organisations.tests.test_actions import DECEMBER, price, timeline
from trellis.pupils.tests import world


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def at(name, organisation, *more):
    return reverse(name, args=[organisation.pk, *more])


def typed(client, url, **answers):
    """The form as the page shows it, with these answers."""
    form = client.get(url).context["form"]
    shown = {}
    for field in form:
        value = field.value()
        shown[field.html_name] = "" if value is None else value
    return shown | {"since_day": "1", "since_month": "12", "since_year": "2026", "agreed_by": "Schools Forum",
                    "source": "Minutes of 14 October"} | answers  # fmt: skip


def test_policies_say_what_holds_and_that_a_sample_is_one(ours):
    page = signed_in(ours.vic).get(reverse("policies"))

    assertContains(page, "Pupil Premium Plus (PP+)")
    assertContains(page, "Up to £600 may be asked on one PEP.")
    assertContains(page, "sample: nobody has set this yet", count=7)
    assertContains(page, "First in the autumn term: Reception, Year 7 and Year 11.")
    assertContains(page, reverse("set_policy", args=[ours.virtual_school.pk, "peps"]))


def test_policies_say_what_is_agreed_and_what_is_to_come(ours):
    price(ours, world.DAY, 80_00)
    price(ours, DECEMBER, 85_50)
    page = signed_in(ours.lee).get(reverse("policies"))

    assertContains(page, "An hour costs £80.")
    assertContains(page, "From 2 November 2026 until 30 November 2026. Agreed by Governing board.")
    assertContains(page, "From 1 December 2026:</b> An hour costs £85.50.")


def test_colleagues_read_and_are_not_asked_to_set(ours):
    page = signed_in(ours.ada).get(reverse("policies"))

    assertContains(page, "Part-time timetables")
    assertNotContains(page, "/set/")


@pytest.mark.parametrize("who", ["bea", "vic", "lee"])
def test_foot_of_every_page_leads_here_for_those_who_set(ours, who):
    assertContains(signed_in(ours.people[who]).get("/my-week/"), f'href="{reverse("policies")}"')


@pytest.mark.parametrize("who", ["sam", "ada", "tia", "eve"])
def test_foot_says_nothing_to_others(ours, who):
    assertNotContains(signed_in(ours.people[who]).get("/accessibility/"), "How we work here")


@pytest.mark.parametrize("who", ["sam", "tia", "sol", "hana"])
def test_others_find_no_such_page(ours, who):
    client, service = signed_in(ours.people[who]), ours.services["SEMHL"]
    assert client.get(reverse("policies")).status_code == 404
    for name, more in (("policies_of", ()), ("policy", ("price",)), ("set_policy", ("price",))):
        assert client.get(at(name, service, *more)).status_code == 404


def test_the_other_authority_finds_no_such_page(ours):
    twin = world.twin()
    client = signed_in(twin.vic)
    later = price(ours, DECEMBER, 85_00)
    for name, more in (
        ("policies_of", ()), ("policy", ("price",)), ("set_policy", ("price",)),
        ("withdraw_policy", ("price", later.pk)),
    ):  # fmt: skip
        assert client.get(at(name, ours.services["SEMHL"], *more)).status_code == 404
        assert client.post(at(name, ours.services["SEMHL"], *more)).status_code == 404


def test_policy_of_another_kind_of_organisation_is_no_page(ours):
    assert signed_in(ours.vic).get(at("policy", ours.virtual_school, "price")).status_code == 404


@pytest.mark.parametrize(("who", "slug"), [("ada", "peps"), ("otis", "outreach"), ("root", "peps")])
def test_set_policy_by_a_colleague_is_refused_with_the_reason(ours, who, slug):
    client = signed_in(ours.people[who])
    assertContains(
        client.get(at("set_policy", ours.virtual_school, slug)), "The Virtual School head or its business officer",
        status_code=403,
    )  # fmt: skip


def test_what_the_authority_settles_is_shown_and_not_asked(ours):
    client, authority = signed_in(ours.vic), ours.virtual_school.authority
    assertContains(client.get(at("policy", authority, "appeals")), "This is not set by page.")
    assert client.get(at("set_policy", authority, "appeals")).status_code == 403


def test_set_policy_by_page(ours):
    client, url = signed_in(ours.bea), at("set_policy", ours.services["SEMHL"], "price")
    answer = client.post(url, typed(client, url, pence_per_hour="£84.50"), follow=True)

    assertRedirects(answer, at("policy", ours.services["SEMHL"], "price"))
    assertContains(answer, "Set. It holds from 1 December 2026. Until then what held before goes on.")
    assertContains(answer, "An hour costs £84.50.")
    assertContains(answer, "Bea Ours")
    assert timeline(ours).later[0].pence_per_hour == 84_50


@pytest.mark.parametrize(
    ("slug", "answers", "field", "kept"),
    [
        ("peps", {"autumn_due": "20 November"}, "autumn_due", "11-20"),
        ("peps", {"first_years": ["0", "6"]}, "first_years", [0, 6]),
        ("peps", {"kept_elsewhere": "ePEP Online"}, "kept_elsewhere", "ePEP Online"),
        ("outreach", {"answers_until": "4 pm", "outcome_weeks": "6, 20"}, "outcome_weeks", [6, 20]),
        ("pupil-premium-plus", {"impact_first": "no"}, "impact_first", False),
        ("highly-vulnerable", {"cap_minutes": "12.5"}, "cap_minutes", 750),
        ("highly-vulnerable", {"panel_roles": "Head\nNurse\nDoctor"}, "panel_roles", ["Head", "Nurse", "Doctor"]),
        ("part-time", {"virtual_school_agrees": "no"}, "virtual_school_agrees", False),
    ],
)
def test_every_kind_of_answer_is_kept(ours, slug, answers, field, kept):
    client, url = signed_in(ours.vic), at("set_policy", ours.virtual_school, slug)
    answer = client.post(url, typed(client, url, **answers))

    assert answer.status_code == 302, answer.context["form"].errors
    assert getattr(timeline(ours, slug, ours.virtual_school).later[0], field) == kept


def test_own_criteria_of_the_framework_are_typed_one_a_line(ours):
    client, url = signed_in(ours.vic), at("set_policy", ours.virtual_school, "highly-vulnerable")
    shown = typed(client, url)
    assert "Something else" not in shown["criteria"]
    client.post(url, shown | {"criteria": "A high risk of permanent exclusion\nNo school since Easter"})

    (later,) = timeline(ours, "highly-vulnerable", ours.virtual_school).later
    assert later.criteria == [
        {"code": "exclusion", "text": "A high risk of permanent exclusion"},
        {"code": "2-no-school-since-ea", "text": "No school since Easter"},
        {"code": "other", "text": "Something else"},
    ]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"since_year": "2025"}, "Choose a day that is not over"),
        ({"since_day": ""}, "must include a day"),
        ({"pence_per_hour": "much"}, "Enter an amount in pounds"),
        ({"agreed_by": ""}, "Answer “Who agreed it?”"),
        ({"source": ""}, "Answer “Where is it written, and why?”"),
    ],
)
def test_set_policy_says_what_is_wrong(ours, answers, sentence):
    client, url = signed_in(ours.bea), at("set_policy", ours.services["SEMHL"], "price")
    assertContains(client.post(url, typed(client, url, **answers)), sentence)
    assert timeline(ours).rows == []


def test_set_policy_shows_both_when_a_colleague_was_first(ours):
    client, url = signed_in(ours.bea), at("set_policy", ours.services["SEMHL"], "price")
    shown = typed(client, url, pence_per_hour="84")
    price(ours, DECEMBER, 90_00, by=ours.vic)

    page = client.post(url, shown)

    assertContains(page, "Someone else saved this while you were writing")
    assert page.context["form"].conflict == [("What does an hour cost?", "84", "£90")]


def test_withdraw_policy_by_page(ours):
    price(ours, world.DAY, 80_00)
    later = price(ours, DECEMBER, 85_00)
    client, url = signed_in(ours.lee), at("withdraw_policy", ours.services["SEMHL"], "price", later.pk)
    assertContains(client.get(url), "An hour costs £85.")

    answer = client.post(url, {"because": "The board said no."}, follow=True)

    assertContains(answer, "Withdrawn. What holds until then goes on.")
    assertContains(answer, "was withdrawn. The board said no.")
    assert timeline(ours).later == []
    assertContains(client.get(url), "was withdrawn already")
    assertContains(client.post(url, {"because": "Again."}), "This was withdrawn already.")


def test_asks_as_much_for_many_policies_as_for_one(ours):

    client, service = signed_in(ours.lee), ours.services["SEMHL"]
    urls = [reverse("policies"), at("policy", service, "price"), at("set_policy", service, "price")]

    def counted():
        told = []
        for url in urls:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(url).status_code == 200
            told.append(len(asked))
        return told

    price(ours, world.DAY, 80_00)
    counted()
    few = counted()
    for number in range(1, 30):
        price(ours, world.DAY + timedelta(days=number), 80_00 + number)
    assert counted() == few
