from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.consents.tests import world as consents
from trellis.cycles.tests import world as cycles
from trellis.history.models import Look
from trellis.hours.tests import world as hours
from trellis.hv import actions, shown
from trellis.hv.actions import Award
from trellis.hv.models import HvCase, HvState
from trellis.hv.tests.world import award, decide, proposal, propose
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def case(ours):
    return propose(ours)


def page(client, user, name, *args):
    client.force_login(user)
    return client.get(reverse(name, args=args)).content.decode()


def day(name, on):
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


def there(*names):
    return {f"present_{number}": name for number, name in enumerate(names)}


def test_senco_proposes_and_head_decides_on_the_panel_day(ours, client):
    cycle = cycles.begin(ours)
    cycles.assess(ours, cycle)
    form = reverse("propose_hv", args=[ours.jordan.pk])
    consents.ask(ours)
    text = page(client, ours.sam, "propose_hv", ours.jordan.pk)
    assert "Looked after by Shire 801." in text
    assert "Asked of Sol" in text and "No answer yet." in text
    assert "Cycle 1: " in text and "It is attached." in text
    answer = client.post(
        form, proposal() | {"asked_minutes": "7.5", "asked_pence": "300", "asked_money_for": "A tutor"}
    )
    case = HvCase.objects.get()
    assert (answer.url, case.asked_minutes, case.asked_pence) == (case.get_absolute_url(), 450, 30_000)
    assert case.story["cycle_number"] == 1
    assert "The panel decides by" in client.get(answer.url).content.decode()
    assert client.get(form).url == case.get_absolute_url()

    client.force_login(ours.vic)
    panel = reverse("decide_hv", args=[case.pk])
    assert client.get(reverse("hv_panel")).url == panel
    text = client.get(panel).content.decode()
    assert "Case 1 of 1" in text
    assert "No answer yet. The social worker agreed on 2 November." in text
    assert "Two suspensions since half term" in text
    assert "Jordan manages when he can talk about the work." in text
    told = {
        "draft_version": case.version, "decision": "awarded", "reason": "Clear.", "minutes": "6", "pence": "",
        **day("until", date(2026, 12, 11)), **there("Vic", "Ada", "Eve"),
    }  # fmt: skip
    assert client.post(panel, told).url == reverse("hv_panel")
    text = client.get(reverse("hv_panel")).content.decode()
    assert "Jordan: awarded by the panel, 6 hours of outreach of the Virtual School. The school has an e-mail." in text
    assert "Nothing waits for the panel" in text
    text = client.get(case.get_absolute_url()).content.decode()
    assert "6 hours left" in text
    assert "There: Vic (Virtual School head), Ada (Virtual School SEND lead), Eve (Educational psychologist)" in text


def test_own_hours_are_ticked_once_none_is_left(ours, client):
    given = hours.give_hours(ours, minutes=120)
    hours.book(ours, given, minutes=75)
    text = page(client, ours.sam, "propose_hv", ours.jordan.pk)
    assert "¾ hour of 2 hours of SEMHL left. Say below what was used, and why it was not enough." in text

    hours.book(ours, given, minutes=45)
    text = page(client, ours.vic, "hv_case", propose(ours).pk)
    assert "All 2 hours of SEMHL used or kept for somebody. All 12 hours of this year are used" in text
    assert 'kept for somebody</strong><span class="govuk-visually-hidden">: there</span>' in text


def test_refusal_without_its_next_route_keeps_what_was_typed(ours, case, client):
    client.force_login(ours.vic)
    told = {"decision": "refused", "reason": "Not yet, because of this.", **there("Vic", "Ada", "Eve")}
    text = client.post(reverse("decide_hv", args=[case.pk]), told).content.decode()
    assert "Choose where the school goes next. A refusal always names it." in text
    assert "Not yet, because of this." in text
    case.refresh_from_db()
    assert case.state == HvState.PROPOSED


def test_refused_school_reads_the_next_route_first(ours, case, client):
    decide(case, ours, "refused", next_route="pp plus", next_route_words="Ask against target 2; Ada helps.")
    text = page(client, ours.sam, "hv_case", case.pk)
    assert "Next: Pupil Premium Plus, against a target of the PEP." in text
    assert text.index("Ask against target 2; Ada helps.") < text.index("Two suspensions since half term")


def test_head_who_comes_second_sees_both_and_decides_nothing(ours, case, client):
    actions.withdraw_hv(case.pk, by=ours.sam, seen=None)
    case.refresh_from_db()
    second = propose(ours)
    decide(second, ours, "more asked", reason="Since when?")
    client.force_login(ours.vic)
    told = {"draft_version": 1, "decision": "refused", "reason": "x", **there("Vic", "Ada", "Eve"),
            "next_route": "ehc", "next_route_words": "y"}  # fmt: skip
    text = client.post(reverse("decide_hv", args=[second.pk]), told).content.decode()
    assert "Someone else changed this while you were writing" in text
    second.refresh_from_db()
    assert second.state == HvState.MORE_ASKED


def test_urgent_award_then_the_panel_confirms_on_its_day(ours, case, client):
    client.force_login(ours.vic)
    url = reverse("award_hv_urgently", args=[case.pk])
    told = {"draft_version": case.version, "reason": "This week.", "minutes": "10", **day("until", date(2026, 12, 14))}
    assert client.post(url, told).url == case.get_absolute_url()
    text = client.get(case.get_absolute_url()).content.decode()
    assert "Awarded urgently" in text and "10 hours left" in text
    panel = reverse("decide_hv", args=[case.pk])
    assert "The panel looks at an urgent award" in client.get(panel).content.decode()
    case.refresh_from_db()
    told = {
        "draft_version": case.version, "minutes_left": "8", "reason": "Eight will do.",
        **day("until", date(2026, 12, 14)), **there("Vic", "Ada", "Eve"),
    }  # fmt: skip
    assert client.post(panel, told).url == reverse("hv_panel")
    text = client.get(case.get_absolute_url()).content.decode()
    assert "Changed by the panel from now on" in text and "8 hours left" in text


def test_money_spent_is_entered_and_never_more_than_there_is(ours, case, client):
    decide(case, ours, "awarded", award=Award(pence=5_000, money_for="A tutor"))
    client.force_login(ours.otis)
    url = reverse("spend_hv_money", args=[case.pk])
    told = {"pence": "60", "what_for": "Tutor, 2 hours", **day("spent_on", world.DAY)}
    assert "Only £50 of the award is left." in client.post(url, told).content.decode()
    assert client.post(url, told | {"pence": "45.50"}).url == case.get_absolute_url()
    text = client.get(case.get_absolute_url()).content.decode()
    assert "Money: £4.50 left" in text and "£45.50, Tutor, 2 hours" in text


def test_award_is_extended_and_ended_with_its_exit_record(ours, case, client):
    award(case, ours)
    client.force_login(ours.vic)
    client.post(reverse("extend_hv", args=[case.pk]), {"reason": "It works.", **day("until", date(2027, 1, 22))})
    client.post(
        reverse("end_hv", args=[case.pk]),
        {"because": "no longer met", "before": "2 suspensions", "after": "None", "place_kept": "no",
         "stays_in_plan": "The key adult"},
    )  # fmt: skip
    case.refresh_from_db()
    assert (case.state, case.extended_on, case.place_kept) == (HvState.ENDED, world.DAY, False)
    text = client.get(case.get_absolute_url()).content.decode()
    assert "The school place was not kept." in text and "Returned" in text


def test_school_answers_the_panel_and_takes_its_proposal_back(ours, case, client):
    decide(case, ours, "more asked", reason="What does the teacher see?")
    client.force_login(ours.sam)
    assert "What does the teacher see?" in client.get(reverse("answer_hv", args=[case.pk])).content.decode()
    client.post(reverse("answer_hv", args=[case.pk]), {"more_answered": "He leaves at writing."})
    case.refresh_from_db()
    assert (case.state, case.more_answered) == (HvState.PROPOSED, "He leaves at writing.")
    client.post(reverse("withdraw_hv", args=[case.pk]), {})
    case.refresh_from_db()
    assert case.state == HvState.WITHDRAWN


def test_old_school_reads_what_it_wrote_and_nothing_since(ours, case, client):
    pupils.start_school_place(ours.jordan.pk, by=None, school=ours.next_school, on=world.DAY)
    award(case, ours)
    text = page(client, ours.sam, "hv_case", case.pk)
    assert "Two suspensions since half term" in text
    assert "The evidence is clear." not in text and "hours left" not in text
    assert "The evidence is clear." in page(client, ours.nia, "hv_case", case.pk)


def test_child_whom_nobody_looks_after_is_told_other_routes(ours, client):
    pupils.end_care(ours.jordan.pk, by=None, on=date(2026, 11, 1))
    assert "The framework cannot help here" in page(client, ours.sam, "propose_hv", ours.jordan.pk)
    told = page(client, ours.sam, "pupil_hv", ours.jordan.pk)
    assert "none looks after Jordan today" in told
    assert "Propose to the panel" not in told


@pytest.mark.parametrize(("who", "status"), [("tia", 403), ("osei", 403), ("bea", 403), ("root", 403), ("nia", 404)])
def test_case_is_closed_to_others(ours, case, client, who, status):
    client.force_login(ours.people[who])
    assert client.get(case.get_absolute_url()).status_code == status


@pytest.mark.parametrize("name", ["hv_case", "decide_hv", "award_hv_urgently", "extend_hv", "go_on_hv", "end_hv"])
def test_other_authority_finds_no_such_case(ours, case, client, name):
    client.force_login(world.twin().vic)
    assert client.get(reverse(name, args=[case.pk])).status_code == 404


@pytest.mark.parametrize("name", ["decide_hv", "award_hv_urgently", "extend_hv"])
def test_only_the_head_decides(ours, case, client, name):
    client.force_login(ours.ada)
    assert client.get(reverse(name, args=[case.pk])).status_code == 403


def test_list_and_next_steps_ask_as_many_queries_for_many_as_for_one(ours, case, client):
    client.force_login(ours.vic)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("hv_cases")).status_code == 200
            shown.next_steps(ours.vic, Pupil.objects.all(), world.DAY)
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
        made = actions.ask_hv(pupil.pk, by=ours.sam, key=Key.fresh(ours.sam), **proposal())
        if number % 2:
            award(made, ours)
    assert (queries(), one <= 16) == (one, True)
    assert len(Look.objects.filter(page="hv_cases").order_by("-pk").first().pupil_ids) == 30


def test_next_steps_of_the_head_and_of_the_school(ours, case):
    everyone = Pupil.objects.all()

    def steps(user):
        return [(step.verb, step.due_on) for step in shown.next_steps(user, everyone, world.DAY)]

    assert (steps(ours.vic), steps(ours.sam)) == ([("Decide", date(2026, 11, 16))], [])
    decide(case, ours, "more asked", reason="Since when?")
    assert (steps(ours.vic), steps(ours.sam)) == ([], [("Answer the panel", date(2026, 11, 16))])
    decide(case, ours, "awarded urgently", present=(), award=Award(minutes=60))
    assert steps(ours.vic) == [("Let the panel confirm", date(2026, 11, 16)), ("Review the award", date(2026, 12, 14))]
    actions.hand_over(ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.vic)
    assert ("Decide again", world.DAY) in steps(ours.vic)
    assert steps(ours.nia) == [("Review the award together", date(2026, 12, 14))]
