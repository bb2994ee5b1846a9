from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from trellis.conduct import clock
from trellis.people import actions as people
from trellis.people.models import User
from trellis.pupils.tests import world
from trellis.teams import actions
from trellis.teams.models import Invitation
from trellis.teams.tests.world import invited, link_to

PASSWORD = "three words beside each other"


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def typed(client, url, **answers):
    """The form as the page shows it, with these answers."""
    form = client.get(url).context["form"]
    shown = {field.html_name: "" if field.value() is None else field.value() for field in form}
    since = {"since_day": "2", "since_month": "11", "since_year": "2026"} if "since" in form.fields else {}
    return shown | since | answers


def url_of(name, user):
    return reverse(name, args=[user.memberships.order_by("pk").first().pk])


def test_team_shows_who_is_here_and_who_is_to_come(ours):
    invited(ours.school, ours.hana, roles=["senco"], until_day=date(2026, 12, 1))
    page = signed_in(ours.hana).get(reverse("team"))

    assertContains(page, "Tia Ours")
    assertContains(page, "Noor Okoro")
    assertContains(page, "2 November 2026 until 30 November 2026")
    assertContains(page, "works until 16 November 2026")
    assertNotContains(page, "Nia Ours")
    assertNotContains(page, "Jordan")


def test_team_says_that_an_invitation_ran_out(ours):
    invited(ours.school, ours.hana)
    with clock.at(world.DAY + timedelta(days=15)):
        assertContains(signed_in(ours.hana).get(reverse("team")), "Ran out")


def test_foot_leads_to_the_team_for_those_who_keep_one(ours):
    assertContains(signed_in(ours.hana).get("/my-week/"), "People who work here")
    assertNotContains(signed_in(ours.dee).get("/my-week/"), "People who work here")


def test_team_asks_the_same_number_of_questions_for_one_and_thirty(ours):
    client, url = signed_in(ours.nia), reverse("team")
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url)
    for number in range(29):
        user = people.give_account(email=f"{number}@ours.example", first_name=f"Person {number}", last_name="")
        people.give_role(user=user, role="class teacher", organisation=ours.next_school, by=None)
        if number % 3 == 0:
            invited(ours.next_school, ours.nia, email=f"i{number}@ours.example")
    with CaptureQueriesContext(connection) as thirty:
        client.get(url)

    assert len(one) == len(thirty)


@pytest.mark.parametrize("who", ["dee", "tia", "sol", "eve", "ada"])
def test_others_are_told_who_keeps_accounts(ours, who):
    assert signed_in(ours.people[who]).get(reverse("team")).status_code == 403


@pytest.mark.parametrize("name", ["colleague", "change_roles", "end_work"])
def test_manager_of_another_school_finds_no_such_page(ours, name):
    assert signed_in(ours.nia).get(url_of(name, ours.tia)).status_code == 404
    assert signed_in(ours.nia).get(reverse("team_of", args=[ours.school.pk])).status_code == 404


def test_virtual_school_has_a_tab_for_each_team(ours):
    page = signed_in(ours.bea).get(reverse("team"))

    for words in ["Virtual School 990", "Shire 801", "EPS", "CCT", "SEMHL"]:
        assertContains(page, words)


def test_school_without_a_manager_is_found_by_name(ours):
    people.end_role(ours.nia.memberships.get().pk, by=None, on=world.DAY)
    client = signed_in(ours.bea)

    answer = client.post(reverse("open_school"), {"school": "Rowan Primary 990"})
    assertRedirects(answer, reverse("team_of", args=[ours.next_school.pk]))
    assertContains(client.get(answer.url), "Nobody works here yet")
    assertContains(client.post(reverse("open_school"), {"school": "Larch Primary 990"}), "keeps its people itself")


def test_invite_form_sends_and_returns_to_the_list(ours):
    client, url = signed_in(ours.hana), reverse("invite", args=[ours.school.pk])
    answer = client.post(
        url, typed(client, url, first_name="Noor", email="Noor+x@Ours.example", roles=["senco", "designated teacher"])
    )

    assertRedirects(answer, reverse("team_of", args=[ours.school.pk]))
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.roles) == ("noor+x@ours.example", ["senco", "designated teacher"])


@pytest.mark.parametrize("email", ["nœl@ours.example", "no spaces@ours.example", "nobody"])
def test_invite_form_says_what_an_address_looks_like(ours, email):
    client, url = signed_in(ours.hana), reverse("invite", args=[ours.school.pk])
    answer = client.post(url, typed(client, url, first_name="Noel", email=email, roles=["senco"]))

    assertContains(answer, "Enter an e-mail address like name@example.org")


def test_invite_form_offers_no_role_that_is_not_ones_to_give(ours):
    page = signed_in(ours.sam).get(reverse("invite", args=[ours.school.pk]))

    assertContains(page, "Designated safeguarding lead")
    assertNotContains(page, 'value="headteacher"')
    assertNotContains(page, "Virtual School head")


def test_link_leads_to_a_page_that_makes_the_account(ours):
    invitation = invited(ours.school, ours.hana, roles=["senco"])
    client = Client()
    answer = client.get(link_to(invitation))
    assert (answer.status_code, answer.url) == (303, reverse("join", args=[invitation.pk]))

    page = client.get(answer.url)
    assertContains(page, "Join Larch Primary 990 in Trellis")
    assertNotContains(page, "Jordan")
    differs = client.post(answer.url, {"first_name": "Noor", "password": PASSWORD, "again": "another one of them"})
    assertContains(differs, "The two passwords differ")
    short = client.post(answer.url, {"first_name": "Noor", "password": "short", "again": "short"})
    assertContains(short, "at least 12 characters")

    done = client.post(answer.url, {"first_name": "Noor", "password": PASSWORD, "again": PASSWORD})

    assertRedirects(done, reverse("my_week"))
    assert str(User.objects.get(email="new@ours.example")) == "Noor"
    assert client.get(link_to(invitation)).status_code == 404
    assert Client().get(reverse("join", args=[invitation.pk])).status_code == 404


def test_link_of_somebody_known_asks_them_to_sign_in(ours):
    invitation = invited(ours.school, ours.hana, email="nia@ours.example")
    client = Client()
    joining = client.get(link_to(invitation)).url

    assertContains(client.get(joining), "Sign in to take this on")
    assert client.post(joining, {"first_name": "X", "password": PASSWORD, "again": PASSWORD}).status_code == 200
    nia = signed_in(ours.nia)
    assertContains(nia.get(joining), "What you do elsewhere stays as it is.")
    assertRedirects(nia.post(joining), reverse("my_week"))
    assert User.objects.get(pk=ours.nia.pk).organisation_ids == {ours.school.pk, ours.next_school.pk}


def test_link_opened_while_somebody_else_is_signed_in_changes_nothing(ours):
    invitation = invited(ours.school, ours.hana)
    client = signed_in(ours.eve)
    joining = client.get(link_to(invitation)).url

    assertContains(client.post(joining), "This invitation is for somebody else")
    invitation.refresh_from_db()
    assert invitation.is_open


@pytest.mark.parametrize("how", ["withdrawn", "late"])
def test_link_that_is_over_says_one_thing(ours, how):
    invitation = invited(ours.school, ours.hana)
    link = link_to(invitation)
    if how == "withdrawn":
        actions.withdraw_invitation(invitation.pk, by=ours.hana)
    with clock.at(world.DAY + timedelta(days=14 if how == "late" else 0)):
        assertContains(Client().get(link), "has been taken on or has run out", status_code=404)


def test_withdraw_and_send_again_by_page(ours):
    invitation, client = invited(ours.school, ours.hana), signed_in(ours.sam)
    for name, state in [("invite_again", "WAITING"), ("withdraw_invitation", "WITHDRAWN")]:
        url = reverse(name, args=[invitation.pk])
        assertRedirects(client.post(url, typed(client, url)), reverse("team_of", args=[ours.school.pk]))
        invitation.refresh_from_db()
        assert invitation.state == state
    assertContains(client.get(reverse("withdraw_invitation", args=[invitation.pk])), "There is nothing more to do")


def test_colleague_says_what_may_be_done(ours):
    client = signed_in(ours.sam)

    assertContains(client.get(url_of("colleague", ours.tia)), "End their work here")
    assertNotContains(client.get(url_of("colleague", ours.hana)), "End their work here")  # the head is not Sam's to end
    own = client.get(url_of("colleague", ours.sam))
    assertContains(own, "This is you.")
    assertNotContains(own, "Change their roles")


def test_change_roles_by_page(ours):
    client, url = signed_in(ours.hana), url_of("change_roles", ours.osei)
    assertRedirects(client.post(url, typed(client, url, roles=["senco"])), url_of("colleague", ours.osei))

    assert User.objects.get(pk=ours.osei.pk).roles == {"senco"}


def test_change_roles_keeps_one_that_is_not_ones_to_take(ours):
    people.give_role(user=ours.dee, role="headteacher", organisation=ours.school, by=None)
    client, url = signed_in(ours.sam), url_of("change_roles", ours.dee)
    client.post(url, typed(client, url, roles=[]))

    assert User.objects.get(pk=ours.dee.pk).roles == {"headteacher"}


def test_end_at_once_is_seen_by_the_session_that_is_open(ours):
    tia = signed_in(ours.tia)
    assert tia.get(reverse("today")).status_code == 200
    client, url = signed_in(ours.hana), url_of("end_work", ours.tia)
    assertRedirects(client.post(url, typed(client, url, when="now")), url_of("colleague", ours.tia))

    assert tia.get(reverse("today")).status_code == 403
    assert tia.get(reverse("pupil", args=[ours.jordan.pk])).status_code in {403, 404}


def test_end_later_asks_for_the_day(ours):
    client, url = signed_in(ours.hana), url_of("end_work", ours.tia)
    assertContains(client.post(url, typed(client, url, when="later")), "Enter their last day")


def test_administrator_keeps_accounts_and_opens_no_record(ours):
    client = signed_in(ours.root)

    assert client.get(url_of("end_work", ours.tia)).status_code == 200
    assert client.get(reverse("pupil", args=[ours.jordan.pk])).status_code in {403, 404}


def test_two_at_once_show_the_second_what_the_first_did(ours):
    first, second, url = signed_in(ours.hana), signed_in(ours.sam), url_of("change_roles", ours.osei)
    mine, theirs = typed(first, url, roles=["senco"]), typed(second, url, roles=["designated teacher"])
    first.post(url, mine)

    assertContains(second.post(url, theirs), "Someone else changed this while you were writing")
    assert User.objects.get(pk=ours.osei.pk).roles == {"senco"}
