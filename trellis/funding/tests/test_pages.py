from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.funding import actions, shown
from trellis.funding.models import FundingBatch, FundingPot, FundingRequest
from trellis.funding.tests import world as funding
from trellis.history.models import Look
from trellis.people.models import Membership
from trellis.people.roles import Role
from trellis.peps.actions import start_pep
from trellis.peps.models import Pep, PepTarget
from trellis.peps.tests import world as peps
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
ASKED = {
    "amount_pence": "£108", "what_for": "Picture cards", "starts_on_day": "5", "starts_on_month": "11",
    "starts_on_year": "2026", "ends_on_day": "18", "ends_on_month": "12", "ends_on_year": "2026",
    "expected_impact": "Asks 3 times a day", "not_for": "none", "why_not_otherwise": "The SEN budget is spent.",
}  # fmt: skip


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        built = world.ours()
        funding.fill_pot(built)
        yield built


@pytest.fixture
def target(ours):
    return funding.signed_target(ours)


def get(client, user, name, *ids, **query):
    client.logout()  # a session of another day has ended
    client.force_login(user)
    return client.get(reverse(name, args=ids), query)


def post(client, user, name, *ids, **typed):
    client.logout()
    client.force_login(user)
    return client.post(reverse(name, args=ids), typed)


def text(answer):
    return answer.content.decode()


def test_request_goes_from_target_to_impact_by_each_person_in_turn(ours, target, client):
    section = peps.section(target.pep, "targets")
    assert "Ask for Pupil Premium Plus" in text(get(client, ours.sam, "pep_section", section.pk))
    assert "Ask for Pupil Premium Plus" in text(get(client, ours.dee, "pep", target.pep_id))
    asking = text(get(client, ours.sam, "ask_funding", target.pk))
    assert "Up to £600 for one PEP; £0 is asked already" in asking
    assert post(client, ours.sam, "ask_funding", target.pk, **ASKED).status_code == 302
    asked = FundingRequest.objects.get()

    assert "£108</b> for Jordan Vale" in text(get(client, ours.ada, "funding"))
    assert "£5,000 of this year’s money is promised to nobody yet" in text(
        get(client, ours.ada, "funding_request", asked.pk)
    )
    answer = post(client, ours.ada, "agree_funding", asked.pk, agreed_pence="80", reason="", draft_version="1")
    assert "Say why, so that the school can act on it" in text(answer)
    post(client, ours.ada, "agree_funding", asked.pk, agreed_pence="80.50", reason="We have cards.", draft_version="1")
    assert "£80.50 agreed of £108 asked" in text(get(client, ours.sam, "funding_request", asked.pk))

    page = text(get(client, ours.bea, "funding_batches"))
    assert "1 agreed request to be paid: £80.50" in page
    assert ("JV" in page, "Jordan" in page, "Larch Primary 990" in page) == (True, False, True)
    assert post(client, ours.bea, "make_funding_batch").status_code == 302
    batch = FundingBatch.objects.get()
    page = text(get(client, ours.bea, "funding_batch", batch.pk))
    assert ("JV" in page, "Vale" in page, "Jordan" in page, "Export this batch" in page) == (True, False, False, True)
    post(client, ours.bea, "export_funding_batch", batch.pk, draft_version=batch.version + 0)
    again = client.post(reverse("export_funding_batch", args=[batch.pk]), {"draft_version": batch.version}, follow=True)
    assert "nothing was paid twice" in text(again)
    assert "Accounted for by the school</dt><dd>£0 of it" in text(get(client, ours.sam, "funding_request", asked.pk))
    file = get(client, ours.bea, "funding_batch_file", batch.pk)
    assert file.content.decode("utf-8-sig").splitlines() == [
        "Reference,Pupil (initials),School,URN,Amount",
        f"{asked.reference},JV,Larch Primary 990,990001,80.50",
    ]

    spent = {"amount_pence": "80.50", "what": "Cards", "spent_on_day": 2, "spent_on_month": 11, "spent_on_year": 2026}
    post(client, ours.hana, "record_funding_spend", asked.pk, **spent)
    post(client, ours.dee, "write_funding_impact", asked.pk, impact_words="Asks twice a day.")
    page = text(get(client, ours.dee, "pupil_funding", ours.jordan.pk))
    assert ("Closed" in page, "Cards £80.50" in page, "Asks twice a day." in page) == (True, True, True)


def test_only_the_school_is_offered_to_withdraw_its_request(ours, target, client):
    asked = funding.ask(ours, target)
    withdraw = "Withdraw this request"
    assert withdraw in text(get(client, ours.dee, "funding_request", asked.pk))
    assert withdraw not in text(get(client, ours.ada, "funding_request", asked.pk))
    assert get(client, ours.ada, "withdraw_funding", asked.pk).status_code == 403

    actions.agree_funding(asked.pk, by=ours.ada, seen=None)

    assert withdraw in text(get(client, ours.dee, "funding_request", asked.pk))
    assert withdraw not in text(get(client, ours.ada, "funding_request", asked.pk))


def test_refusal_and_where_to_turn_stand_on_the_pupils_page(ours, target, client):
    asked = funding.ask(ours, target)
    typed = {"reason": "The plan owes it.", "next_route": "ehc", "draft_version": 1}
    post(client, ours.vic, "decline_funding", asked.pk, **typed)
    page = text(get(client, ours.sam, "pupil_funding", ours.jordan.pk))

    assert "The plan owes it." in page
    assert "Next: The EHC plan: its review, or a request for an assessment." in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount_pence": "lots"}, "Enter an amount in pounds, for example 108 or 108.50"),
        ({"amount_pence": "0"}, "Enter between £0.01 and £2,000,000"),
        ({"amount_pence": "900"}, "more than the Virtual School’s policy allows for one PEP"),
        ({"not_for": "ehc plan"}, "What an EHC plan names is owed by the authority"),
        ({"why_not_otherwise": ""}, "Say why nothing else pays it"),
    ],
)
def test_asking_says_what_to_mend(ours, target, client, typed, sentence):
    assert sentence in text(post(client, ours.dee, "ask_funding", target.pk, **{**ASKED, **typed}))
    assert FundingRequest.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [("sam", 200), ("hana", 200), ("vic", 200), ("sol", 200), ("tia", 403), ("bea", 403), ("lee", 403), ("nia", 404)],
)
def test_pupils_page_opens_to_readers_of_the_whole_record(ours, target, client, who, status):
    asked = funding.ask(ours, target)

    assert get(client, ours.people[who], "pupil_funding", ours.jordan.pk).status_code == status
    assert get(client, ours.people[who], "funding_request", asked.pk).status_code == status


def test_money_pages_are_for_the_own_office(ours, target, client):
    funding.paid(ours, target)
    twin = world.twin()
    pot, batch = FundingPot.objects.get(), FundingBatch.objects.get()

    for who, user, status in [("bea", ours.bea, 200), ("vic", ours.vic, 200), ("theirs", twin.people["bea"], 404)]:
        assert get(client, user, "funding_pot", pot.pk).status_code == status, who
        assert get(client, user, "funding_batch", batch.pk).status_code == status, who
        assert get(client, user, "funding_batch_file", batch.pk).status_code == status, who
    assert get(client, ours.ada, "funding_pot", pot.pk).status_code == 403
    assert "Larch" not in text(get(client, twin.people["vic"], "funding"))


def test_business_officer_reads_initials_only(ours, target, client):
    funding.paid(ours, target)
    by_school = text(get(client, ours.bea, "funding"))
    by_pupil = text(get(client, ours.bea, "funding", school=ours.school.pk))

    assert ("Larch Primary 990" in by_school, "£108" in by_school) == (True, True)
    assert ("JV" in by_pupil, "Vale" in by_pupil, "Jordan" in by_pupil) == (True, False, False)
    assert "Jordan Vale" in text(get(client, ours.vic, "funding", school=ours.school.pk))


def test_entries_of_the_year_add_up_on_the_page(ours, target, client):
    funding.paid(ours, target)
    page = text(get(client, ours.vic, "funding_pot", FundingPot.objects.get().pk))

    assert "£5,000 came = £108 paid + £0 agreed + £4,892 left" in page


@pytest.mark.parametrize(
    ("day", "sentence", "card"),
    [
        (date(2027, 1, 29), "", ""),
        (date(2027, 1, 30), "60 days left until 31 March", "t-card--now"),
        (date(2027, 3, 21), "10 days left until 31 March", "t-card--late"),
        (date(2027, 3, 31), "The financial year ends today", "t-card--late"),
    ],
)
def test_alert_stands_60_30_and_10_days_before_31_march(ours, target, client, day, sentence, card):
    funding.agreed(ours, target)
    with clock.at(day):
        page = text(get(client, ours.bea, "funding"))

    assert (sentence in page, card in page, "until 31 March" in page) == (True, True, bool(sentence) and day.day != 31)
    assert ("£108 is agreed and not paid" in page) == bool(sentence)


def test_year_that_is_over_is_closed_on_its_page(ours, target, client):
    pot = FundingPot.objects.get()
    assert "from 1 April" in text(post(client, ours.bea, "close_funding_year", pot.pk))
    with clock.at(date(2027, 4, 1)):
        assert "£5,000 goes back" in text(get(client, ours.bea, "funding_pot", pot.pk))
        assert post(client, ours.bea, "close_funding_year", pot.pk).status_code == 302
        page = text(get(client, ours.bea, "funding_pot", pot.pk))
    assert "£0 left + £5,000 gone back" in page


def test_old_school_reads_what_it_asked_and_spent_itself(ours, target, client):
    asked = funding.paid(ours, target)
    funding.spend(ours, asked, 3_000, what="Cards bought at Larch")
    pupils.start_school_place(ours.jordan.pk, by=None, school=ours.next_school, on=world.DAY, year_group=4)
    actions.hand_over(ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.vic)
    funding.spend(ours, asked, 2_000, ours.nia, what="Cards bought at Rowan")
    actions.write_impact(asked.pk, by=ours.nia, impact_words="Settled at Rowan.")

    page = text(get(client, ours.sam, "funding_request", asked.pk))
    assert ("bought at Larch" in page, "bought at Rowan" in page, "Settled" in page) == (True, False, False)
    assert "bought at Rowan" in text(get(client, ours.nia, "funding_request", asked.pk))
    assert post(client, ours.sam, "record_funding_spend", asked.pk).status_code == 403


def test_next_steps_ask_for_the_answer_the_spend_and_the_impact(ours, target, client):
    asked = funding.ask(ours, target)
    assert "Answer the request" in text(get(client, ours.ada, "my_week"))
    actions.agree_funding(asked.pk, by=ours.ada, seen=None)
    actions.export_batch(actions.make_batch(ours.virtual_school.pk, by=ours.bea).pk, by=ours.bea)
    assert "Say what" not in text(get(client, ours.dee, "my_week"))
    from trellis.calendar.models import Term
    from trellis.peps.actions import open_peps_for_term

    with clock.at(date(2027, 2, 22)):
        spring = Term.objects.get(organisation=ours.virtual_school, name="spring")
        open_peps_for_term(ours.virtual_school, spring, by=None)
        page = text(get(client, ours.dee, "my_week"))
        assert "£108 of Pupil Premium Plus changed for Jordan" in page
        assert "£108 is left" in page


def test_lists_ask_as_much_for_many_as_for_one(ours, target, client):
    funding.paid(ours, target)
    funding.ask(ours, target, amount_pence=1_000)
    pages = [(ours.vic, "funding", {}), (ours.vic, "funding", {"school": ours.school.pk}), (ours.dee, "funding", {}),
             (ours.dee, "my_week", {}), (ours.dee, "pupil_funding", {})]  # fmt: skip

    def queries():
        counted = []
        for user, name, query in pages:
            ids = [ours.jordan.pk] if name == "pupil_funding" else []
            get(client, user, name, *ids, **query)
            with CaptureQueriesContext(connection) as captured:
                assert get(client, user, name, *ids, **query).status_code == 200
            counted.append(len(captured))
        return counted

    one = queries()
    for number in range(29):
        other = pupils.register_pupil(
            by=None, legal_first_name="Alex", legal_last_name=str(number), date_of_birth=date(2016, 1, 1)
        )
        pupils.start_school_place(other.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=5)
        pupils.start_care(
            other.pk, by=None, authority=ours.virtual_school.authority, since=date(2026, 10, 1), legal_status="C2"
        )
        pep = Pep.objects.get(pupil=other)
        mine = peps.signed_off(ours, pep).targets.get()
        funding.agreed(ours, mine, amount_pence=1_000)
        funding.ask(ours, mine, amount_pence=1_000)
    actions.export_batch(actions.make_batch(ours.virtual_school.pk, by=ours.bea).pk, by=ours.bea)

    assert queries() == one
    get(client, ours.dee, "funding")
    assert len(Look.objects.filter(page="funding").order_by("-pk").first().pupil_ids) == 15


def test_cell_like_a_formula_is_made_harmless(ours):
    from trellis.funding.batch_files import as_csv

    line = {"reference": "PPP-000001", "initials": "=V", "school": "@SUM(A1)", "urn": "990001", "pence": 5}
    assert as_csv([line]).decode("utf-8-sig").splitlines()[1] == "PPP-000001,'=V,'@SUM(A1),990001,0.05"


def test_impact_that_is_owed_is_one_click_away_from_asking(ours, client):
    before = peps.last_summer(ours)
    owed = funding.paid(ours, before.targets.get())
    pep = start_pep(peps.autumn(ours).pk, by=ours.dee)
    new = peps.add_target(pep, ours.dee)
    way = reverse("write_funding_impact", args=[owed.pk])

    assert way in text(get(client, ours.dee, "ask_funding", new.pk))
    assert "First say what the Pupil Premium Plus" in text(post(client, ours.dee, "ask_funding", new.pk, **ASKED))


@pytest.mark.parametrize("year", ["0", "9999", "99999999999", "9" * 5000, "²"])
def test_year_that_no_pot_has_shows_this_year(ours, client, year):
    assert "2026-27" in text(get(client, ours.bea, "funding", year=year))


def test_business_officer_is_asked_to_pay_what_is_agreed_and_to_export_the_batch(ours, target, client):
    assert "nothing waits for you here" in text(get(client, ours.bea, "my_week"))
    funding.agreed(ours, target)
    funding.agreed(ours, target, amount_pence=2_000)
    page = text(get(client, ours.bea, "my_week"))
    assert "Pay £128 agreed" in page
    assert "2 requests in no batch yet" in page
    assert "Vale" not in page
    assert "Pay £128" not in text(get(client, ours.vic, "my_week"))  # a business officer does it

    batch = actions.make_batch(ours.virtual_school.pk, by=ours.bea)
    page = text(get(client, ours.bea, "my_week"))
    assert "Pay £128" not in page
    assert "Export the batch" in page
    assert "of 2 November 2026" in page
    assert batch.get_absolute_url() in page
    actions.export_batch(batch.pk, by=ours.bea)
    assert "nothing waits for you here" in text(get(client, ours.bea, "my_week"))


def test_the_head_is_asked_to_pay_where_there_is_no_business_officer(ours, target, client):
    funding.agreed(ours, target)
    Membership.objects.filter(user=ours.bea).update(role=Role.SOCIAL_WORKER)

    assert "Pay £108 agreed" in text(get(client, ours.vic, "my_week"))
    assert "Pay £108 agreed" not in text(get(client, ours.vic, "pupil", ours.jordan.pk))


def test_steps_of_paying_ask_as_much_for_many_as_for_one(ours, target):
    pupils = Pupil.objects.visible_to(ours.bea)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            shown.next_steps(ours.bea, pupils, world.DAY)
        return len(queries)

    funding.agreed(ours, target, amount_pence=1_000)
    assert ours.bea.roles
    one = asked()
    for _ in range(5):
        funding.agreed(ours, target, amount_pence=1_000)
    assert (asked(), one) == (2, 2)


def test_adviser_reads_how_many_are_to_answer(ours, target, client):
    assert "Nothing to answer" in text(get(client, ours.ada, "funding"))
    for _ in range(2):
        funding.ask(ours, target, amount_pence=1_000)
    assert "To answer (2)" in text(get(client, ours.ada, "funding"))
    assert "Nothing to answer" not in text(get(client, ours.bea, "funding"))


def test_days_are_filled_in_only_while_they_are_to_come(ours, target, client):
    def days(on):
        with clock.at(on):
            form = get(client, ours.sam, "ask_funding", target.pk).context["form"]
        return form["starts_on"].value(), form["ends_on"].value()

    assert days(world.DAY) == (world.DAY, target.by_when)
    late = target.by_when + timedelta(days=1)
    assert days(late) == (late, None)


def test_what_money_changed_is_asked_the_day_after_the_support_ends(ours, target):
    funding.paid(ours, target, ends_on=date(2026, 11, 20))

    def told(on):
        with clock.at(on):
            found = shown.next_steps(ours.dee, Pupil.objects.filter(pk=ours.jordan.pk), on)
        return [step.due_on for step in found if step.verb == "Say what"]

    assert told(date(2026, 11, 20)) == []
    assert told(date(2026, 11, 21)) == [date(2026, 11, 21)]


def test_target_whose_date_has_passed_is_offered_last_and_says_so(ours, target, client):
    pep_id = target.pep_id
    PepTarget.objects.filter(pk=target.pk).update(by_when=date(2026, 10, 10))
    later = PepTarget.objects.create(
        pep_id=pep_id, pupil=target.pupil, written_for_id=target.written_for_id, number=target.number + 1,
        area=target.area, statement="Joins the choir", baseline="0", measure="weeks", target_value="6",
        by_when=date(2026, 12, 18), intervention="Choir", dose="Weekly", owner="Tia",
    )  # fmt: skip
    page = text(get(client, ours.sam, "pupil_funding", ours.jordan.pk))

    assert page.index(later.statement) < page.index("(its date, 10 October, has passed)")
    assert page.count("has passed)") == 1


def test_asking_ticks_nothing_that_the_school_has_not_said(ours, target, client):
    page = text(get(client, ours.sam, "ask_funding", target.pk))

    assert "None of these" in page
    assert " checked" not in page
    answer = text(post(client, ours.sam, "ask_funding", target.pk, **{**ASKED, "not_for": ""}))
    assert "Choose what any of it is for, or “None of these”" in answer
