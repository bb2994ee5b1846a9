from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.alerts import actions as alerts
from trellis.alerts.queries import open_alert
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.history.models import Look
from trellis.hv.actions import Award
from trellis.hv.tests import world as cases
from trellis.outreach import actions, shown
from trellis.outreach.models import OutcomeLook, OutreachCase, OutreachContact, OutreachState
from trellis.outreach.tests.world import accept, ask, close, contact
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
ASKED = {
    "happened": "Sent home twice.",
    "tried": "A way out.",
    "needed": "A morning with us.",
    "at_risk_this_week": "yes",
}


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def case(ours):
    return ask(ours)


def day(name, on):
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


def read(client, url):
    return client.get(url).content.decode()


def test_safeguarding_lead_asks_from_at_risk_and_otis_goes_all_the_way(ours, client):
    client.force_login(ours.dina)
    alerts.say_in_doubt(ours.jordan.pk, by=ours.dina, key=Key.fresh(ours.dina), cannot="He is alone.", would_help="")
    form = f"{reverse('raise_outreach', args=[ours.jordan.pk])}?from=alert"
    assert f'href="{form}"' in read(client, reverse("at_risk"))
    assert "answers by 5:00 pm on Monday 2 November" in read(client, form)
    assert "The alert goes along" in read(client, form)
    url = client.post(form, ASKED).url
    case = OutreachCase.objects.get()
    assert url == case.get_absolute_url()
    assert client.get(form).url == url
    assert case.trigger == "The school says it may not be able to keep the place: He is alone."
    assert case.trigger in read(client, url)
    for address in (reverse("at_risk"), reverse("alert", args=[open_alert(ours.jordan).pk])):
        told = read(client, address)
        assert "Outreach: asked, waiting for the answer" in told
        assert "Ask for outreach<span" not in told

    client.force_login(ours.otis)
    assert "To answer today" in read(client, reverse("outreach_cases"))
    answer = {"draft_version": case.version, "decision": "accept", "answer": "I come tomorrow."}
    assert client.post(reverse("answer_outreach", args=[case.pk]), answer).url == url
    assert "makes first contact by Wednesday 4 November" in read(client, url)
    told = {**day("on", world.DAY), "how": "visit", "with_whom": "Mr Osei", "minutes": "90", "done": "Watched maths."}
    assert client.post(reverse("keep_contact", args=[case.pk]), told).url == url
    assert "1½ hours not covered" in read(client, url)
    told = {"plan": "Twice a week.", "plan_agreed_with": "Sam", **day("review_on", date(2026, 11, 16))}
    assert client.post(reverse("agree_outreach_plan", args=[case.pk]), told).url == url
    told = {
        **day("held_on", world.DAY), "found": "He stays longer.", "decision": "step down",
        **day("review_on", date(2026, 11, 20)),
    }  # fmt: skip
    assert client.post(reverse("review_outreach", args=[case.pk]), told).url == url
    told = {"because": "settled", "place_kept": "yes", "before": "4 days", "after": "None", "goes_on": "The key adult"}
    assert client.post(reverse("close_outreach", args=[case.pk]), told).url == url
    text = read(client, url)
    assert "The school place was kept." in text and "4 weeks later" in text
    case.refresh_from_db()
    assert case.state == OutreachState.CLOSED
    look = OutcomeLook.objects.first()
    assert (
        "This look is due on"
        in client.post(look.get_absolute_url(), {"on_roll": "yes", "days_lost": "0.5"}).content.decode()
    )
    with clock.at(look.due_on):
        actions.look_at_outcome(look.pk, by=ours.otis, seen=None, on_roll=True, days_lost="0.5", words="")
    assert "Still on the roll, 0.5 days lost." in read(client, url)


def test_redirecting_without_the_way_keeps_what_was_typed(ours, case, client):
    client.force_login(ours.otis)
    told = {"decision": "redirect", "instead": "", "answer": "Ask SEMHL first, please."}
    text = client.post(reverse("answer_outreach", args=[case.pk]), told).content.decode()
    assert "Choose the way that is right instead." in text and "Ask SEMHL first, please." in text


def test_redirected_school_reads_the_way(ours, case, client):
    actions.redirect_outreach(case.pk, by=ours.otis, seen=None, instead="pp plus", answer="Ask against target 2.")
    client.force_login(ours.sam)
    text = read(client, case.get_absolute_url())
    assert "Pupil Premium Plus, against a target of the PEP" in text and "Ask against target 2." in text


def test_second_answer_is_a_conflict(ours, case, client):
    client.force_login(ours.ada)
    seen = case.version
    accept(case, ours)
    told = {"draft_version": seen, "decision": "redirect", "instead": "ehc", "answer": "x"}
    text = client.post(reverse("answer_outreach", args=[case.pk]), told).content.decode()
    assert "Someone else changed this while you were writing" in text


def test_struck_contact_stays_to_be_read_and_gives_its_time_back(ours, case, client):
    accept(case, ours)
    contact(case, ours, 540)
    given = cases.decide(cases.propose(ours), ours, "awarded urgently", present=(), award=Award(minutes=600))
    client.force_login(ours.otis)
    wrong = OutreachContact.objects.get()
    for _ in range(2):
        client.post(reverse("strike_contact", args=[wrong.pk]), {"because": "It was 54 minutes"})
    given.hours_account.refresh_from_db()
    assert given.hours_account.balance == 600
    text = read(client, case.get_absolute_url())
    assert "Struck out: It was 54 minutes" in text and "0 hours so far" in text
    contact(case, ours, 54)
    given.hours_account.refresh_from_db()
    assert given.hours_account.balance == 546


def test_old_school_reads_what_it_asked_and_nothing_since(ours, case, client):
    pupils.start_school_place(ours.jordan.pk, by=None, school=ours.next_school, on=world.DAY)
    accept(case, ours)
    contact(case, ours)
    client.force_login(ours.sam)
    text = read(client, case.get_absolute_url())
    assert "Sent home twice last week." in text and "Watched maths." not in text and "I come tomorrow." not in text


@pytest.mark.parametrize(("who", "status"), [("tia", 403), ("osei", 403), ("bea", 403), ("root", 403), ("nia", 404)])
def test_case_is_closed_to_others(ours, case, client, who, status):
    client.force_login(ours.people[who])
    assert client.get(case.get_absolute_url()).status_code == status


def test_school_may_not_answer_for_the_virtual_school(ours, case, client):
    client.force_login(ours.sam)
    assert client.get(reverse("answer_outreach", args=[case.pk])).status_code == 403


@pytest.mark.parametrize(
    "name",
    ["outreach_case", "answer_outreach", "keep_contact", "agree_outreach_plan", "review_outreach", "close_outreach"],
)
def test_other_authority_finds_no_such_case(ours, case, client, name):
    client.force_login(world.twin().otis)
    assert client.get(reverse(name, args=[case.pk])).status_code == 404


def test_child_whom_nobody_looks_after_is_told_other_routes(ours, client):
    pupils.end_care(ours.jordan.pk, by=None, on=date(2026, 11, 1))
    alerts.say_in_doubt(ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), cannot="He is alone.", would_help="")
    client.force_login(ours.sam)
    told = read(client, reverse("at_risk"))
    assert "Ask for outreach<span" not in told
    assert "Propose to the panel" not in told
    assert "Outreach of the Virtual School cannot come here" in read(
        client, reverse("raise_outreach", args=[ours.jordan.pk])
    )


def test_list_and_next_steps_ask_as_many_queries_for_many_as_for_one(ours, case, client):
    client.force_login(ours.otis)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("outreach_cases")).status_code == 200
            shown.next_steps(ours.otis, Pupil.objects.all(), world.DAY)
        return len(captured)

    queries()
    one = queries()
    for number in range(29):
        pupil = pupils.register_pupil(
            by=None, legal_first_name="Alex", legal_last_name=str(number), date_of_birth=date(2016, 1, 1)
        )
        pupils.start_school_place(pupil.pk, by=None, school=ours.school, on=date(2026, 9, 1))
        pupils.start_care(
            pupil.pk, by=None, authority=ours.virtual_school.authority, since=date(2024, 5, 1), legal_status="C2"
        )
        told = ASKED | {"at_risk_this_week": True}
        made = actions.raise_outreach(pupil.pk, by=ours.sam, key=Key.fresh(ours.sam), **told)
        if number % 2:
            close(accept(made, ours), ours)
    assert (queries(), one <= 16) == (one, True)
    assert len(Look.objects.filter(page="outreach_cases").order_by("-pk").first().pupil_ids) == 30
