from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.advice import actions as advice
from trellis.conduct import clock
from trellis.funding import actions as funding
from trellis.funding.models import FundingRequest
from trellis.history.models import Look
from trellis.hours.models import Visit
from trellis.hours.tests.world import give_hours
from trellis.peps.models import PepTarget
from trellis.pupils.tests import world
from trellis.who_pays.models import PaymentPlan
from trellis.who_pays.tests.world import WHY_NOT, draft, hours_left, say, target_with_money

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def signed_in(client, user):
    client.logout()
    client.force_login(user)
    return client


def text_of(client, address):
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def hidden(client, address):
    """The hidden fields of the form on a page, as a browser would send them."""
    form = client.get(address).context["form"]
    return {field.html_name: field.value() or "" for field in form.hidden_fields()}


def test_senco_sees_the_ladder_says_why_not_and_sends_with_its_split(ours, client):
    hours_left(ours, 90)
    target = target_with_money(ours)
    request = draft(ours)
    address = reverse("who_pays", args=[request.pk])
    signed_in(client, ours.sam)

    assert "Nobody pays for 1½ hours yet: open this page." in text_of(client, request.get_absolute_url())
    page = text_of(client, reverse("advice_who_pays", args=[request.pk]))
    assert "6 hours this year, 4½ used or booked, 1½ left. They are used first." in page
    assert "Say what your school’s own budget pays, or why it cannot." in page
    assert "1½ hours not paid for" in page

    answer = client.post(
        address, hidden(client, address) | {"budget": "none", "budget_why_not": WHY_NOT, "target": target.pk}
    )
    assert answer.url == request.get_absolute_url()
    page = text_of(client, address)
    assert "from the pot of 2026–27. An adviser at Virtual School 990 has to agree." in page
    assert "£108" in page

    check = text_of(client, request.get_absolute_url())
    assert "Nobody pays" not in check
    assert "1½ hours: The school’s own hours. 1½ hours (£108): Pupil Premium Plus." in check
    press = hidden(client, request.get_absolute_url())
    client.post(reverse("send_request", args=[request.pk]), press)
    assert FundingRequest.objects.get().amount_pence == 10_800
    page = text_of(client, address)
    assert "As it was sent" in page
    assert "Asked of the Virtual School." in page


def test_own_hours_that_are_enough_ask_nothing_more(ours, client):
    give_hours(ours)
    request = draft(ours)
    address = reverse("who_pays", args=[request.pk])
    page = text_of(signed_in(client, ours.sam), address)

    assert "They are enough." in page
    assert "Can your school’s own budget" not in page
    assert client.post(address, hidden(client, address)).url == request.get_absolute_url()


def test_what_nobody_pays_for_is_said_and_the_page_stays(ours, client):
    hours_left(ours, 90)
    request = draft(ours)
    address = reverse("who_pays", args=[request.pk])
    signed_in(client, ours.sam)
    answer = client.post(address, hidden(client, address) | {"budget": "none", "budget_why_not": WHY_NOT}, follow=True)

    assert "Nobody pays for part of this request" in answer.content.decode()
    assert f"Your school says: “{WHY_NOT}”" in answer.content.decode()


def test_saying_no_without_a_reason_is_an_error_beside_the_field(ours, client):
    hours_left(ours, 90)
    request = draft(ours)
    address = reverse("who_pays", args=[request.pk])
    answer = signed_in(client, ours.sam).post(address, {"budget": "none"})

    assert "Say why your school’s budget does not pay, or not all" in answer.content.decode()
    assert not PaymentPlan.objects.exists()


def test_own_hours_may_be_kept_back_but_nobody_else_pays_for_them(ours, client):
    give_hours(ours)
    request = draft(ours)
    address = reverse("who_pays", args=[request.pk])
    signed_in(client, ours.sam)
    answer = client.post(address, hidden(client, address) | {"own_at_most": "1"}, follow=True)

    assert "You keep 2 hours back: nobody else pays for those." in answer.content.decode()
    assert "2 hours not paid for" in answer.content.decode()


def test_headteacher_changes_the_order_on_a_page_of_its_own(ours, client):
    hours_left(ours, 90)
    target = target_with_money(ours)
    request = draft(ours)
    say(request, ours.sam, budget_why_not=WHY_NOT, target=target)
    address = reverse("change_order", args=[request.pk])
    assert signed_in(client, ours.sam).get(address).status_code == 403

    signed_in(client, ours.hana)
    client.post(
        address, hidden(client, address) | {"first": "pupil premium plus", "because": "Promised to another child."}
    )
    page = text_of(client, reverse("who_pays", args=[request.pk]))
    assert "Taken first: Hana Ours, Headteacher, says “Promised to another child.”" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("sam", 200), ("hana", 200), ("vic", 200), ("ada", 200), ("lee", 403), ("tia", 403), ("nia", 404), ("sol", 403)],
)
def test_who_pays_is_for_the_school_and_the_virtual_school(ours, client, who, status):
    give_hours(ours)
    request = draft(ours)
    assert signed_in(client, ours.people[who]).get(reverse("who_pays", args=[request.pk])).status_code == status
    assert Look.objects.filter(page="who_pays", pupil_ids=[ours.jordan.pk]).exists() is (status == 200)


def test_page_asks_few_queries(ours, client):
    hours_left(ours, 90)
    target = target_with_money(ours)
    request = draft(ours)
    say(request, ours.sam, budget_why_not=WHY_NOT, target=target)
    signed_in(client, ours.sam)
    text_of(client, reverse("who_pays", args=[request.pk]))
    with CaptureQueriesContext(connection) as asked:
        text_of(client, reverse("who_pays", args=[request.pk]))

    assert len(asked) <= 45
    assert not Visit.objects.filter(request=request).exists()


def test_senco_pays_the_rest_after_a_refusal_and_the_visit_is_booked_for_all_of_it(ours, client):
    """Ask, split own hours and Pupil Premium Plus, not agreed, the rest from the budget, visit booked: by pages."""
    hours_left(ours, 90)
    target = target_with_money(ours)
    request = draft(ours)
    address = reverse("who_pays", args=[request.pk])
    signed_in(client, ours.sam)
    page = text_of(client, request.get_absolute_url())
    assert "Before you can send it: Nobody pays for 1½ hours yet" in page
    assert "Send this request" not in page
    client.post(address, hidden(client, address) | {"budget": "none", "budget_why_not": WHY_NOT, "target": target.pk})
    client.post(reverse("send_request", args=[request.pk]), hidden(client, request.get_absolute_url()))

    asked = FundingRequest.objects.get()
    decline = reverse("decline_funding", args=[asked.pk])
    signed_in(client, ours.ada)
    client.post(decline, hidden(client, decline) | {"reason": "It is a staff matter.", "next_route": "own budget"})
    assert "1½ hours" in text_of(client, address)
    assert "Pay the rest" not in text_of(client, address)

    signed_in(client, ours.sam)
    assert "Open who pays for this advice" in text_of(client, asked.get_absolute_url())
    assert "Nobody pays for 1½ hours: say who does" in text_of(client, request.get_absolute_url())
    page = text_of(client, address)
    assert "Nobody pays for 1½ hours yet" in page
    assert "It is a staff matter." in page
    assert "The school’s own SEN budget, or its own hours of a service." in page
    assert "Say what your school’s own budget pays, or why it cannot." in page
    assert "Ask for 1½ hours only" in page
    assert page.count('method="post"') == page.count("csrfmiddlewaretoken")
    page = client.post(address, hidden(client, address) | {"budget": "all"}, follow=True).content.decode()
    assert "<b>This would pay it:</b> 1½ hours (£108): The school’s own budget." in page
    client.post(reverse("pay_the_rest", args=[request.pk]), pressed(client, address))
    page = text_of(client, address)
    assert "Nobody pays" not in page
    assert "The rest, as it was said on Monday 2 November" in page
    assert "Not agreed." in page
    assert page.count("t-rungs__mark--yes") == 2  # own hours as sent, the budget for the rest
    assert "It is a staff matter." in page

    signed_in(client, ours.lee)
    advice.accept_request(request.pk, by=ours.lee, seen=None, taken_by=ours.lee)
    visit = Visit.objects.get(request=request)
    plan = reverse("plan_visit", args=[visit.pk])
    day = {"on_day": "18", "on_month": "11", "on_year": "2026", "work": "observation"}
    client.post(plan, hidden(client, plan) | day)
    visit.refresh_from_db()
    assert (visit.state, sum(part.minutes for part in visit.parts.all())) == ("BOOKED", 180)


def pressed(client, address):
    """The hidden fields of the button beside the form."""
    form = client.get(address).context["press"]
    return {field.html_name: field.value() or "" for field in form.hidden_fields()}


def test_less_time_is_asked_for_by_one_press(ours, client):
    hours_left(ours, 90)
    target = target_with_money(ours)
    request = draft(ours)
    say(request, ours.sam, budget_why_not=WHY_NOT, target=target)
    advice.send_request(request.pk, by=ours.sam, seen=None)
    asked = FundingRequest.objects.get()
    funding.decline_funding(asked.pk, by=ours.ada, seen=None, reason="No", next_route="own budget")
    address = reverse("who_pays", args=[request.pk])
    signed_in(client, ours.sam)

    less = reverse("ask_for_less", args=[request.pk])
    answer = client.post(less, pressed(client, address), follow=True)
    assert "about 1½ hours" in answer.content.decode()
    assert "Nobody pays" not in text_of(client, address)
    assert client.get(less).url == address


def test_target_is_not_chosen_for_the_school_and_says_when_its_date_has_passed(ours, client):
    hours_left(ours, 90)
    target = target_with_money(ours)
    PepTarget.objects.filter(pk=target.pk).update(by_when=date(2026, 10, 10))
    page = text_of(signed_in(client, ours.sam), reverse("who_pays", args=[draft(ours).pk]))

    assert "None of these" in page
    assert "(its date, 10 October, has passed)" in page
    assert " checked" not in page
