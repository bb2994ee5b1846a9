from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.advice import actions as advice
from trellis.advice.tests import world as advice_world
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.periods import from_day
from trellis.hours import actions
from trellis.hours.models import HoursAccount, ServicePolicy, Visit, VisitState
from trellis.hours.tests.world import VISIT_ON, book, give_hours
from trellis.organisations.actions import list_school
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def signed_in(client, user):
    client.logout()
    client.force_login(user)
    return client


def page(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def on(day, **more):
    return {"on_day": day.day, "on_month": day.month, "on_year": day.year, **more}


def test_business_officer_enters_a_schools_hours_and_the_school_sees_them(ours, client):
    signed_in(client, ours.bea)
    assert "Enter a school’s hours" in page(client, "hours")
    answer = client.post(
        reverse("enter_hours"),
        {"service": ours.services["SEMHL"].pk, "school": "Larch", "year": 2026, "minutes": "6", "came_from": "core"},
    )
    hours = HoursAccount.objects.get()
    assert answer.url == hours.get_absolute_url()

    shown = page(signed_in(client, ours.sam), "hours")
    assert "Social, Emotional, Mental Health and Learning teachers (SEMHL)" in shown
    assert "<b>6 hours left</b> of 6 hours" in shown


def test_enter_hours_twice_says_where_to_correct_them(ours, client):
    give_hours(ours)
    answer = signed_in(client, ours.bea).post(
        reverse("enter_hours"),
        {"service": ours.services["SEMHL"].pk, "school": "Larch", "year": 2026, "minutes": "6", "came_from": "core"},
    )
    assert "Open them and correct them" in answer.content.decode()


def test_a_service_lead_enters_only_their_own_services_hours(ours, client):
    answer = signed_in(client, ours.lee).post(
        reverse("enter_hours"),
        {"service": ours.services["EPS"].pk, "school": "Larch", "year": 2026, "minutes": "6", "came_from": "core"},
    )
    assert answer.status_code == 200
    assert not HoursAccount.objects.exists()


def test_senco_books_the_service_confirms_and_the_page_adds_up(ours, client):
    hours = give_hours(ours)
    signed_in(client, ours.sam)
    answer = client.post(
        reverse("book_visit", args=[hours.pk]),
        on(VISIT_ON, work="planning meeting", what_for="Autumn planning", minutes="1.5", starts_at="9:30"),
    )
    visit = Visit.objects.get()
    assert answer.url == visit.get_absolute_url()
    shown = page(client, "hours")
    assert "1½ hours booked" in shown
    assert "8½ hours left" in shown
    assert "Autumn planning" in shown

    signed_in(client, ours.lee)
    assert "Coming" in page(client, "visits")
    with clock.at(VISIT_ON):
        signed_in(client, ours.lee)
        assert "To confirm" in page(client, "visits")
        assert "Confirm that it was delivered" in page(client, "visit", visit.pk)
        client.post(reverse("confirm_visit", args=[visit.pk]), {"minutes": "1.25"})
        statement = page(client, "school_hours", hours.pk)
    assert "1¼ hours used, 0 hours booked and 8¾ hours left make 10 hours" in statement
    assert "Planning meeting on 18 November 2026" in statement
    assert "−1½ hours" in statement


def test_booking_too_much_is_said_on_the_form_with_what_was_typed(ours, client):
    hours = give_hours(ours, minutes=60)
    answer = signed_in(client, ours.sam).post(
        reverse("book_visit", args=[hours.pk]),
        on(VISIT_ON, work="training", what_for="Calm corners", minutes="2"),
    )
    text = answer.content.decode()
    assert "1 hour left, and this needs 2 hours" in text
    assert "Calm corners" in text
    assert not Visit.objects.exists()


def test_cancelling_late_says_beforehand_that_the_hours_are_used(ours, client):
    visit = book(ours, give_hours(ours))
    signed_in(client, ours.sam)
    assert "The hours go back to the school" in page(client, "cancel_visit", visit.pk)
    with clock.at(VISIT_ON):
        signed_in(client, ours.sam)
        assert "the hours will count as used" in page(client, "cancel_visit", visit.pk)
        client.post(reverse("cancel_visit", args=[visit.pk]), {"because": "Illness"})
    visit.refresh_from_db()
    assert (visit.state, visit.is_charged) == (VisitState.CANCELLED, True)


def test_plan_page_moves_a_visit(ours, client):
    visit = book(ours, give_hours(ours))
    signed_in(client, ours.lee)
    client.post(
        reverse("plan_visit", args=[visit.pk]),
        on(date(2026, 11, 25), work="training", starts_at="1:15pm", specialist=ours.lee.pk),
    )
    assert "Wednesday 25 November, 1:15 pm" in page(client, "visit", visit.pk)
    visit.refresh_from_db()
    assert visit.specialist == ours.lee


def test_correct_page_shows_what_is_entered_and_keeps_the_reason(ours, client):
    hours = give_hours(ours)
    signed_in(client, ours.bea)
    assert 'value="10"' in page(client, "correct_hours", hours.pk)
    client.post(reverse("correct_hours", args=[hours.pk]), {"minutes": "8", "reason": "Fewer pupils"})
    assert "Correction: Fewer pupils" in page(client, "school_hours", hours.pk)


def test_empty_pages_teach(ours, client):
    assert "No hours are entered for this year" in page(signed_in(client, ours.sam), "hours")
    assert "No hours are entered for this year" in page(signed_in(client, ours.lee), "hours")
    assert "No visits are booked" in page(client, "visits")


@pytest.mark.parametrize("name", ["school_hours", "book_visit", "correct_hours"])
def test_hours_of_others_are_not_found(ours, client, name):
    hours = give_hours(ours)
    for who in ("nia", "eve"):
        answer = signed_in(client, ours.people[who]).get(reverse(name, args=[hours.pk]))
        assert answer.status_code in ((403, 404) if name != "school_hours" else (404,))


def test_lists_ask_as_much_for_one_as_for_thirty(ours, client):
    """Schools of a service, a school's visits, and the visits of a service."""
    hours = give_hours(ours, minutes=6000)
    book(ours, hours, 15)
    pages = [("lee", "hours"), ("sam", "hours"), ("lee", "visits"), ("bea", "hours")]

    def count():
        counted = []
        for who, name in pages:
            signed_in(client, ours.people[who])
            page(client, name)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                page(client, name)
            counted.append(len(asked))
        return counted

    one = count()
    for number in range(29):
        school = list_school(urn=str(995000 + number), name=f"Ash {number}", authority_code="801", status="Open")
        actions.allocate_hours(
            school=school, service=ours.services["SEMHL"], year=2026, minutes=600, by=ours.bea, key=Key.fresh(ours.bea)
        )
        book(ours, hours, 15)

    assert count() == one
    assert max(one) <= 12, one


@pytest.mark.parametrize("year", ["0", "9" * 5000, "²"])
def test_year_that_no_hours_have_shows_this_year(ours, client, year):
    answer = signed_in(client, ours.sam).get(reverse("hours"), {"year": year})

    assert "2026–27" in answer.content.decode()


# --- a visit for a request, from sending to the report ---------------------------------------------------------------


def asked_for(ours, consent):
    """A request that is sent with three hours kept for a visit; the page of it as the SENCO reads it."""
    give_hours(ours)
    request = advice_world.sent(ours, consent=consent)
    return request, Visit.objects.get(request=request)


def is_to_be_planned(ours, client, visit):
    """Whether the service is told to plan it: on its list, and in its week."""
    signed_in(client, ours.lee)
    return visit.get_absolute_url() in page(client, "visits"), "Plan the visit" in page(client, "my_week")


def test_a_visit_is_to_be_planned_from_acceptance_and_consent_until_the_report(ours, client):
    request, visit = asked_for(ours, "asked")
    seen = [is_to_be_planned(ours, client, visit)]
    assert "Hours are kept for 1 more visit that cannot be planned yet" in page(client, "visits")
    signed_in(client, ours.sam)
    assert "it is planned once the service has accepted" in page(client, "advice_request", request.pk)

    advice.accept_request(request.pk, by=ours.lee, seen=None, taken_by=ours.lee)
    seen.append(is_to_be_planned(ours, client, visit))
    signed_in(client, ours.sam)
    assert "it is planned once consent stands" in page(client, "advice_request", request.pk)

    advice_world.give(ours)
    seen.append(is_to_be_planned(ours, client, visit))
    signed_in(client, ours.sam)
    assert "The visit has no day yet: open it" in page(client, "advice_request", request.pk)

    advice.write_report(request.pk, by=ours.lee, seen=None, summary="He manages.", recommendations=["Say it aloud."])
    advice.issue_report(request.pk, by=ours.lee, seen=None)
    seen.append(is_to_be_planned(ours, client, visit))
    assert "Reported without a visit: release the hours" in page(client, "visits")
    assert "Release the hours" in page(client, "my_week")
    signed_in(client, ours.sam)
    assert "open it to cancel it" in page(client, "advice_request", request.pk)
    assert seen == [(False, False), (False, False), (True, True), (True, False)]


def test_report_beside_a_visit_that_was_never_confirmed_asks_the_service_to_confirm_it(ours, client):
    request, visit = asked_for(ours, "given")
    advice.accept_request(request.pk, by=ours.lee, seen=None, taken_by=ours.lee)
    actions.plan_visit(visit.pk, by=ours.lee, seen=None, on=VISIT_ON, work="observation")
    with clock.at(VISIT_ON + timedelta(days=1)):
        advice.write_report(request.pk, by=ours.lee, seen=None, summary="He manages.", recommendations=["Say it."])
        advice.issue_report(request.pk, by=ours.lee, seen=None)
        signed_in(client, ours.lee)
        assert "Confirm the visit of Wednesday 18 November" in page(client, "advice_request", request.pk)
        assert "Confirm the visit" in page(client, "my_week")
        signed_in(client, ours.sam)
        assert "The visit of Wednesday 18 November is not confirmed yet" in page(client, "advice_request", request.pk)


def test_another_visit_is_kept_when_the_first_has_taken_place(ours, client):
    request, visit = asked_for(ours, "given")
    advice.accept_request(request.pk, by=ours.lee, seen=None, taken_by=ours.lee)
    actions.plan_visit(visit.pk, by=ours.lee, seen=None, on=VISIT_ON, work="observation")
    with clock.at(VISIT_ON):
        actions.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=120)
        signed_in(client, ours.sam)
        assert "Keep hours for another visit" in page(client, "advice_request", request.pk)
        assert "8 hours of your own are left" in page(client, "keep_hours", request.pk)
        client.post(reverse("keep_hours", args=[request.pk]), {"minutes": "1"})

        again = Visit.objects.filter(request=request).exclude(pk=visit.pk).get()
        assert is_to_be_planned(ours, client, again) == (True, True)


def test_business_officer_carries_last_years_hours_over_on_one_page(ours, client):
    give_hours(ours)
    service = ours.services["SEMHL"]
    with clock.at(date(2027, 9, 6)):
        signed_in(client, ours.bea)
        assert "Hours left of 2026–27" in page(client, "hours")
        assert "What is left lapses" in page(client, "carry_hours")
        answer = client.post(reverse("carry_hours"), {"service": service.pk})
        assert "What is left lapses at the end of the year" in answer.content.decode()

        ServicePolicy.objects.create(
            organisation=service, during=from_day(world.DAY), agreed_by="Lee", source="Terms", carries_left_hours=True
        )
        assert "10 hours left at 1 school carry over, once." in page(client, "carry_hours")
        client.post(reverse("carry_hours"), {"service": service.pk})
        assert "Nothing is left to carry over." in page(client, "carry_hours")
        assert "<b>10 hours left</b>" in page(signed_in(client, ours.sam), "hours")
        assert client.get(reverse("carry_hours")).status_code == 403
        assert (
            signed_in(client, ours.lee).post(reverse("carry_hours"), {"service": ours.services["EPS"].pk}).status_code
            == 200
        )


def test_schools_are_found_by_name_on_the_list_of_hours(ours, client):
    give_hours(ours)
    signed_in(client, ours.lee)
    here = client.get(reverse("hours"), {"school": "larch"}).content.decode()
    assert "Larch Primary 990" in here
    assert "No school like “Zebra”" in client.get(reverse("hours"), {"school": "Zebra"}).content.decode()


def test_schools_to_enter_hours_for_are_named_with_what_they_have(ours, client):
    give_hours(ours, minutes=360)
    shown = page(signed_in(client, ours.lee), "enter_hours")
    assert '<option value="Larch Primary 990" label="Larch Primary 990: SEMHL 6 hours in 2026–27">' in shown
    assert "SEMHL 6 hours" in page(signed_in(client, ours.bea), "enter_hours")
    assert "EPS none" in page(client, "enter_hours")
