from datetime import date

import pytest
from django.urls import reverse

from trellis.advice import actions as advice_actions
from trellis.advice.tests import world as advice
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.funding import actions, permissions, queries, shown, slots
from trellis.funding.models import FundingPolicy, FundingPot, FundingReturn
from trellis.funding.tests import world as funding
from trellis.history.models import Entry
from trellis.ledgers.models import Entry as LedgerEntry
from trellis.ledgers.queries import sums_by_kind
from trellis.mail.models import Message
from trellis.moves import actions as moves
from trellis.organisations.models import School
from trellis.people.models import Membership, User
from trellis.peps import actions as pep_actions
from trellis.peps.tests import world as peps
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        built = world.ours()
        funding.fill_pot(built)
        yield built


@pytest.fixture
def target(ours):
    return funding.signed_target(ours)


def balance():
    return FundingPot.objects.select_related("account").get().account.balance


def sentences(subject):
    entries = Entry.objects.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk)
    return list(entries.order_by("pk").values_list("sentence", flat=True))


def told(user):
    return list(Message.objects.filter(to=user).order_by("pk").values_list("subject", flat=True))


def test_enter_money_opens_the_pot_of_the_year_and_adds(ours):
    more = funding.fill_pot(ours, 250_000, "DfE, second instalment")

    assert (more.pot.year, more.pot.ends_on, balance()) == (2026, date(2027, 3, 31), 750_000)
    assert sentences(more) == ["Entered £2,500 of Pupil Premium Plus for 2026-27: DfE, second instalment."]


def test_enter_money_pressed_twice_enters_once(ours):
    key = Key.fresh(ours.bea)
    both = [
        actions.enter_money(ours.virtual_school.pk, by=ours.bea, key=key, amount_pence=100, source="DfE")
        for _ in range(2)
    ]

    assert (both[0] == both[1], balance()) == (True, 500_100)


@pytest.mark.parametrize("who", ["ada", "dee", "root", "lee"])
def test_enter_money_is_for_those_who_keep_the_pot(ours, who):
    user = ours.people[who]
    with pytest.raises(NotPermitted):
        actions.enter_money(ours.virtual_school.pk, by=user, key=Key.fresh(user), amount_pence=1, source="DfE")


def test_ask_funding_waits_for_the_adviser(ours, target):
    request = funding.ask(ours, target, ours.sam)

    assert (request.state, request.school, request.written_for_id) == ("ASKED", ours.school, ours.school.pk)
    assert sentences(request) == ["Asked for £108 of Pupil Premium Plus for target 1."]
    assert told(ours.ada)[-1] == "A request for Pupil Premium Plus waits for you"
    assert (balance(), queries.money_left(ours.virtual_school, clock.today())) == (500_000, 500_000)


def test_ask_funding_pressed_twice_asks_once(ours, target):
    key = Key.fresh(ours.dee)
    both = [actions.ask_funding(target.pk, by=ours.dee, key=key, **funding.TALK_PARTNERS) for _ in range(2)]

    assert both[0] == both[1]


@pytest.mark.parametrize("who", ["tia", "osei", "hana", "ada", "sol", "nia", "bea", "lee"])
def test_ask_funding_is_for_the_senco_and_the_designated_teacher(ours, target, who):
    with pytest.raises(NotPermitted):
        funding.ask(ours, target, ours.people[who])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"not_for": "ehc plan"}, "What an EHC plan names is owed by the authority"),
        ({"not_for": "statutory advice"}, "Advice for an EHC needs assessment is paid by the authority"),
        ({"not_for": "everyday"}, "Uniform, travel"),
        ({"why_not_otherwise": "  "}, "Say why the school’s own SEN budget"),
        ({"amount_pence": 60_001}, "This is more than the Virtual School’s policy allows for one PEP"),
        ({"ends_on": date(2026, 1, 1)}, "The last day comes after the first."),
    ],
)
def test_ask_funding_is_refused_in_words(ours, target, said, sentence):
    with pytest.raises(Refused, match=sentence):
        funding.ask(ours, target, **said)


def test_ask_funding_of_a_reached_or_dropped_target_is_refused(ours, target):
    target.result = "met"
    target.save()
    with pytest.raises(Refused, match="Ask from a target of the pupil’s present PEP"):
        funding.ask(ours, target)


def test_ask_funding_for_a_child_who_left_care_is_refused(ours, target):
    pupils.end_care(ours.jordan.pk, by=None, on=world.DAY)
    with pytest.raises(Refused, match="for children whom its authority looks after"):
        funding.ask(ours, target)


def test_ask_funding_at_an_independent_school_is_refused_unless_the_policy_says_so(ours, target):
    School.objects.filter(pk=ours.school.pk).update(type_name="Other independent special school")
    with pytest.raises(Refused, match="leaves independent schools out"):
        funding.ask(ours, target)
    FundingPolicy.objects.create(
        organisation=ours.virtual_school, during=("2026-09-01", None), agreed_by="Vic", source="test",
        excludes_independent_schools=False,
    )  # fmt: skip
    assert funding.ask(ours, target).state == "ASKED"


def test_agree_funding_promises_the_money(ours, target):
    request = funding.agreed(ours, target)

    assert (request.state, request.agreed_pence, balance()) == ("AGREED", 10_800, 489_200)
    assert sentences(request)[-1] == "Agreed £108 of Pupil Premium Plus for target 1."
    assert (told(ours.dee)[-1], told(ours.sam)[-1]) == ("Pupil Premium Plus is agreed",) * 2
    entry = LedgerEntry.objects.order_by("-pk").first()
    assert (entry.kind, entry.pupil_id, entry.target_id) == ("reserved", ours.jordan.pk, target.pk)


def asked_by(ours, target, who):
    """For a school that has nobody here, one of the Virtual School asks."""
    Membership.objects.filter(organisation=ours.school).update(during=(date(2020, 1, 1), world.DAY))
    return funding.ask(ours, target, by=User.objects.get(pk=ours.people[who].pk))


def test_agree_funding_is_for_somebody_else_than_asked(ours, target):
    request = asked_by(ours, target, "ada")

    with pytest.raises(Refused) as refusal:
        actions.agree_funding(request.pk, by=ours.ada, seen=None)
    assert refusal.value.sentence == (
        "You asked for this money yourself, so somebody else agrees it. Ask Vic Ours (Virtual School head)."
    )
    assert told(ours.vic)[-1] == "A request for Pupil Premium Plus waits for you"
    assert "A request for Pupil Premium Plus waits for you" not in told(ours.ada)

    assert actions.agree_funding(request.pk, by=ours.vic, seen=None).state == "AGREED"


def test_agree_funding_says_who_names_an_adviser_when_nobody_else_may(ours, target):
    Membership.objects.filter(user=ours.ada).update(during=(date(2020, 1, 1), world.DAY))
    request = asked_by(ours, target, "vic")

    with pytest.raises(Refused) as refusal:
        actions.agree_funding(request.pk, by=ours.vic, seen=None)
    assert refusal.value.sentence == (
        "You asked for this money yourself, so somebody else agrees it. Nobody else at Virtual School 990 may: its "
        "head has to name another education adviser first."
    )


def test_request_page_says_who_agrees_what_one_asked_for_oneself(ours, target, client):
    request = asked_by(ours, target, "ada")
    client.force_login(ours.ada)

    page = client.get(reverse("funding_request", args=[request.pk])).content.decode()

    assert ("Ask Vic Ours (Virtual School head)." in page, "Agree this money" in page) == (True, False)
    steps = shown.next_steps(ours.ada, Pupil.objects.all(), world.DAY)
    assert [step.verb for step in steps if step.verb == "Answer the request"] == []


def test_agree_funding_in_part_says_why(ours, target):
    request = funding.ask(ours, target)
    with pytest.raises(Refused, match="Say why"):
        actions.agree_funding(request.pk, by=ours.ada, seen=None, agreed_pence=8_000)
    actions.agree_funding(request.pk, by=ours.ada, seen=None, agreed_pence=8_000, reason="The cards are here already.")

    assert balance() == 492_000
    with pytest.raises(Refused, match="Agree no more than was asked"):
        actions.agree_funding(funding.ask(ours, target).pk, by=ours.ada, seen=None, agreed_pence=10_801)


def test_agree_funding_waits_for_a_quality_assured_pep(ours):
    pep = peps.submitted(ours)
    request = funding.ask(ours, pep.targets.get())
    with pytest.raises(Refused, match="only on a quality-assured PEP"):
        actions.agree_funding(request.pk, by=ours.ada, seen=None)
    peps.grade_all(pep, ours.ada)
    pep_actions.sign_off_pep(pep.pk, by=ours.ada)

    assert actions.agree_funding(request.pk, by=ours.ada, seen=None).state == "AGREED"


def test_agree_funding_is_refused_when_the_pot_is_short(ours, target):
    FundingPolicy.objects.create(
        organisation=ours.virtual_school, during=("2026-09-01", None), agreed_by="Vic", source="test",
        cap_per_pep_pence=1_000_000,
    )  # fmt: skip
    request = funding.ask(ours, target, amount_pence=500_001)
    with pytest.raises(Refused, match="The pot of 2026-27 has £5,000 left, and this is £5,000"):
        actions.agree_funding(request.pk, by=ours.ada, seen=None)
    request.refresh_from_db()
    assert (request.state, balance()) == ("ASKED", 500_000)


def test_agree_funding_without_a_pot_says_who_enters_it(ours, target):
    request = funding.ask(ours, target)
    with clock.at(date(2027, 4, 20)), pytest.raises(Refused, match="No money is entered for 2027-28 yet"):
        actions.agree_funding(request.pk, by=ours.ada, seen=None)


@pytest.mark.parametrize("who", ["dee", "sam", "otis", "bea", "hana"])
def test_agree_and_decline_are_for_those_who_judge_peps(ours, target, who):
    request = funding.ask(ours, target)
    with pytest.raises(NotPermitted):
        actions.agree_funding(request.pk, by=ours.people[who], seen=None)
    with pytest.raises(NotPermitted):
        actions.decline_funding(request.pk, by=ours.people[who], seen=None, reason="No", next_route="ehc")


def test_decline_funding_says_why_and_names_the_next_route(ours, target):
    request = funding.ask(ours, target)
    with pytest.raises(Refused, match="Say why"):
        actions.decline_funding(request.pk, by=ours.ada, seen=None, reason=" ", next_route="ehc")
    with pytest.raises(Refused, match="Say where the school turns next"):
        actions.decline_funding(request.pk, by=ours.ada, seen=None, reason="Owed", next_route="")
    declined = actions.decline_funding(request.pk, by=ours.vic, seen=None, reason="The plan owes it.", next_route="ehc")

    assert (declined.state, balance(), told(ours.dee)[-1]) == ("DECLINED", 500_000, "Pupil Premium Plus is not agreed")


def test_decide_twice_is_a_conflict_for_the_second(ours, target):
    request = funding.ask(ours, target)
    actions.agree_funding(request.pk, by=ours.ada, seen=1)
    with pytest.raises(Conflict):
        actions.decline_funding(request.pk, by=ours.vic, seen=1, reason="No", next_route="ehc")


def test_slots_are_followed_when_it_is_decided(ours, target, monkeypatch):
    followed = []
    monkeypatch.setattr(slots.funding_agreed, "_fillings", [(0, lambda request, by: followed.append(("yes", by)))])
    monkeypatch.setattr(slots.funding_declined, "_fillings", [(0, lambda request, by: followed.append(("no", by)))])
    funding.agreed(ours, target)
    actions.decline_funding(funding.ask(ours, target).pk, by=ours.ada, seen=None, reason="No", next_route="ehc")

    assert followed == [("yes", ours.ada), ("no", ours.ada)]


def test_withdraw_funding_frees_what_was_promised(ours, target):
    request = funding.agreed(ours, target)
    actions.make_batch(ours.virtual_school.pk, by=ours.bea)
    actions.withdraw_funding(request.pk, by=ours.sam, because="The cards were a gift.")
    again = actions.withdraw_funding(request.pk, by=ours.sam, because="The cards were a gift.")

    assert (again.state, again.batch, balance()) == ("WITHDRAWN", None, 500_000)


def test_batch_pays_everything_agreed_once(ours, target):
    first, second = funding.agreed(ours, target), funding.agreed(ours, target, amount_pence=2_000)
    batch = actions.make_batch(ours.virtual_school.pk, by=ours.bea)
    assert actions.make_batch(ours.virtual_school.pk, by=ours.vic) == batch
    exported = actions.export_batch(batch.pk, by=ours.bea, seen=batch.version)
    again = actions.export_batch(batch.pk, by=ours.bea, seen=batch.version)

    assert [line["pence"] for line in exported.lines] == [10_800, 2_000]
    assert exported.lines[0] == {
        "reference": first.reference, "initials": "JV", "school": "Larch Primary 990", "urn": "990001", "pence": 10_800,
        "pupil_id": ours.jordan.pk,
    }  # fmt: skip
    assert (again.lines, balance()) == (exported.lines, 487_200)
    assert sums_by_kind(batch.pot.account) == {
        "allocated": 500_000, "reserved": -12_800, "released": 12_800, "spent": -12_800,
    }  # fmt: skip
    second.refresh_from_db()
    assert (second.state, second.paid_on) == ("PAID", world.DAY)
    assert told(ours.dee)[-1] == "Pupil Premium Plus is paid"


def test_batch_takes_in_what_was_agreed_since(ours, target):
    funding.agreed(ours, target)
    batch = actions.make_batch(ours.virtual_school.pk, by=ours.bea)
    funding.agreed(ours, target, amount_pence=2_000)

    assert actions.make_batch(ours.virtual_school.pk, by=ours.bea).requests.count() == 2
    assert batch.requests.count() == 2


def test_batch_of_nothing_is_refused(ours):
    with pytest.raises(Refused, match="No agreed request waits to be paid"):
        actions.make_batch(ours.virtual_school.pk, by=ours.bea)


def test_export_after_31_march_is_refused(ours, target):
    funding.agreed(ours, target)
    batch = actions.make_batch(ours.virtual_school.pk, by=ours.bea)
    with clock.at(date(2027, 4, 1)), pytest.raises(Refused, match="The financial year of this money is over"):
        actions.export_batch(batch.pk, by=ours.bea)


@pytest.mark.parametrize("closes_first", [True, False])
def test_make_batch_pays_this_year_when_last_years_was_never_exported(ours, target, closes_first):
    last = funding.agreed(ours, target)
    stale = actions.make_batch(ours.virtual_school.pk, by=ours.bea)
    with clock.at(date(2027, 4, 1)):
        if closes_first:
            actions.close_year(FundingPot.objects.get().pk, by=ours.bea)
        funding.fill_pot(ours)
        if closes_first:
            actions.agree_funding(last.pk, by=ours.ada, seen=None)
        batch = actions.make_batch(ours.virtual_school.pk, by=ours.bea)
        held = list(batch.requests.values_list("pk", flat=True))
        if closes_first:
            actions.export_batch(batch.pk, by=ours.bea)
    last.refresh_from_db()

    assert (batch.pk, batch.pot.year, held) == (stale.pk, 2027, [last.pk] if closes_first else [])
    assert last.state == ("PAID" if closes_first else "AGREED")


def test_close_year_gives_back_what_is_left_and_asks_again_for_what_was_not_paid(ours, target):
    request = funding.agreed(ours, target)
    actions.make_batch(ours.virtual_school.pk, by=ours.bea)
    pot = FundingPot.objects.get()
    with clock.at(date(2027, 3, 31)), pytest.raises(Refused, match="from 1 April"):
        actions.close_year(pot.pk, by=ours.bea)
    with clock.at(date(2027, 4, 1)):
        actions.close_year(pot.pk, by=ours.bea)
        assert actions.close_year(pot.pk, by=ours.bea).closed_on == date(2027, 4, 1)
        assert queries.money_left(ours.virtual_school, clock.today()) == 0
    request.refresh_from_db()

    assert (request.state, request.agreed_pence, request.pot, request.batch) == ("ASKED", None, None, None)
    assert (balance(), sums_by_kind(pot.account)["returned"]) == (0, -500_000)


def test_spend_and_return_are_told_to_the_penny_and_close_with_the_impact(ours, target):
    request = funding.paid(ours, target)
    funding.spend(ours, request, 6_000)
    with pytest.raises(Refused, match="This is more than is left of the money"):
        funding.spend(ours, request, 4_801)
    with pytest.raises(Refused, match="This day has not come yet"):
        funding.spend(ours, request, 1, spent_on=date(2026, 12, 1))
    actions.return_unspent(request.pk, by=ours.hana, key=Key.fresh(ours.hana), amount_pence=4_800, why="Cheaper.")
    request.refresh_from_db()
    assert (request.state, balance()) == ("PAID", 494_000)
    actions.write_impact(request.pk, by=ours.dee, impact_words="Asks twice a day; counted in week 8.")
    request.refresh_from_db()

    assert (request.state, queries.tally_of(request)) == ("CLOSED", queries.Tally(10_800, 6_000, 4_800))


def test_correct_spend_takes_it_away_by_a_second_entry(ours, target):
    request = funding.paid(ours, target)
    wrong = funding.spend(ours, request, 9_000)
    actions.correct_spend(wrong.pk, by=ours.dee, note="It was £6.")
    once = actions.correct_spend(wrong.pk, by=ours.dee, note="It was £6.")

    assert (queries.tally_of(request).left, once.amount_pence) == (10_800, -9_000)


def test_correct_spend_is_for_the_school_that_spent_it_after_a_move_too(ours, target, client):
    request = funding.paid(ours, target)
    spent = funding.spend(ours, request, 3_000)
    moves.move_school(ours.jordan.pk, to=ours.next_school, on=world.DAY, by=ours.vic)
    page = reverse("funding_request", args=[request.pk])

    with pytest.raises(NotPermitted):
        actions.correct_spend(spent.pk, by=ours.nia, note="Another school's money.")
    client.force_login(ours.nia)
    assert "Take away" not in client.get(page).content.decode()
    actions.correct_spend(spent.pk, by=ours.dee, note="It was £3.")

    assert queries.tally_of(request).spent == 0


@pytest.mark.parametrize(("whose", "may"), [("ours", True), ("twin", False)])
def test_correct_spend_of_a_school_that_has_nobody_here_is_for_the_virtual_school_that_paid(ours, target, whose, may):
    spent = funding.spend(ours, funding.paid(ours, target), 3_000)
    Membership.objects.filter(organisation=ours.school).update(during=(date(2020, 1, 1), world.DAY))
    ada = User.objects.get(pk={"ours": ours, "twin": world.twin()}[whose].ada.pk)

    assert bool(permissions.can_correct_spend(ada, spent)) is may


def test_all_given_back_closes_without_impact_and_after_the_year_goes_back(ours, target):
    request = funding.paid(ours, target)
    with clock.at(date(2027, 4, 5)):
        actions.close_year(FundingPot.objects.get().pk, by=ours.bea)
        dee = ours.dee
        actions.return_unspent(request.pk, by=dee, key=Key.fresh(dee), amount_pence=10_800, why="The course was off.")
    request.refresh_from_db()

    assert (request.state, FundingReturn.objects.count(), balance()) == ("CLOSED", 1, 0)


def test_impact_first_blocks_the_next_pep_until_it_is_written(ours, target):
    request = funding.paid(ours, target)
    spring = peps.actions.open_peps_for_term  # the next term's PEP
    from trellis.calendar.models import Term

    with clock.at(date(2027, 1, 11)):
        (pep,) = spring(ours.virtual_school, Term.objects.get(name="spring", during__startswith=date(2027, 1, 4)), None)
        pep_actions.start_pep(pep.pk, by=ours.dee)
        new = peps.add_target(pep, ours.dee)
        assert queries.why_not_now(new).startswith("First say what the Pupil Premium Plus of the PEP before changed")
        with pytest.raises(Refused, match="First say what the Pupil Premium Plus of the PEP before changed"):
            funding.ask(ours, new)
        actions.write_impact(request.pk, by=ours.dee, impact_words="Asks twice a day.")
        asked = funding.ask(ours, new)
    request.refresh_from_db()

    assert (asked.state, request.impact_pep) == ("ASKED", pep)


def test_targets_that_may_ask_are_those_of_the_present_peps_not_reached(ours):
    before = peps.last_summer(ours)
    pep = peps.autumn(ours)
    pep_actions.start_pep(pep.pk, by=ours.dee)
    new = peps.add_target(pep, ours.dee)

    assert queries.targets_that_may_ask(ours.jordan) == [before.targets.get(), new]


def test_hand_over_carries_what_is_asked_promised_or_unspent(ours, target):
    unspent = funding.paid(ours, target)
    spent = funding.spend(ours, unspent, 6_600)
    funding.ask(ours, target, amount_pence=2_000)
    funding.agreed(ours, target, amount_pence=3_000)
    pupils.start_school_place(ours.jordan.pk, by=None, school=ours.next_school, on=world.DAY, year_group=4)
    said = actions.hand_over(
        ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.vic
    )

    assert said == [
        "Pupil Premium Plus for target 1: £42 of £108 is unspent: Larch Primary 990 passes it on",
        "Pupil Premium Plus for target 1: £20 asked, waits for the Virtual School",
        "Pupil Premium Plus for target 1: £30 agreed, to be paid to Rowan Primary 990",
    ]
    assert spent.written_for_id == ours.school.pk
    assert funding.spend(ours, unspent, 4_200, ours.nia).written_for_id == ours.next_school.pk
    batch = actions.make_batch(ours.virtual_school.pk, by=ours.bea)
    assert actions.export_batch(batch.pk, by=ours.bea).lines[0]["school"] == "Rowan Primary 990"
    with pytest.raises(NotPermitted):
        funding.spend(ours, unspent, 1, ours.dee)


def test_agree_funding_that_buys_minutes_posts_pence_and_minutes_with_one_cause(ours, target):
    service = ours.services["SEMHL"]
    request = funding.ask(ours, target, ours.sam, buys_minutes=90, service=service)
    actions.agree_funding(request.pk, by=ours.ada, seen=None, agreed_pence=7_200, reason="One hour is enough.")
    request.refresh_from_db()

    entries = LedgerEntry.objects.caused_by("funding.fundingrequest", request.pk).order_by("pk")
    assert [(entry.account.unit, entry.kind, entry.amount) for entry in entries] == [
        ("pence", "reserved", -7_200), ("pence", "released", 7_200), ("pence", "spent", -7_200),
        ("minutes", "allocated", 60),
    ]  # fmt: skip
    assert (request.state, request.minutes_bought, queries.tally_of(request).left) == ("PAID", 60, 0)
    with pytest.raises(Refused, match="This money bought minutes of a service"):
        funding.spend(ours, request, 1)


def test_ask_for_minutes_says_whose(ours, target):
    with pytest.raises(Refused, match="Say whose time this money buys"):
        funding.ask(ours, target, buys_minutes=90)


def test_alert_before_year_ends_writes_once_on_its_days(ours, target):
    funding.agreed(ours, target)
    with clock.at(date(2027, 3, 2)):  # 29 days
        assert actions.alert_before_year_ends() == 0
    with clock.at(date(2027, 3, 1)):
        assert (actions.alert_before_year_ends(), actions.alert_before_year_ends()) == (1, 0)
    message = Message.objects.filter(to=ours.bea).last()

    assert (message.subject, told(ours.vic)[-1]) == ("30 days left to pass on Pupil Premium Plus", message.subject)
    assert message.body == (
        "30 days are left until 31 March. £4,892 is promised to nobody and goes back on 31 March. "
        "£108 is agreed and not paid: export it by 31 March, or it goes back."
    )


def test_request_for_advice_that_is_taken_back_takes_its_open_request_for_money_along(ours, target):
    asked = advice.sent(ours)
    waiting = funding.ask(ours, target, ours.sam, advice=asked, buys_minutes=90)
    advice_actions.withdraw_request(asked.pk, by=ours.sam, because="Jordan is well.")
    waiting.refresh_from_db()

    assert (waiting.service, waiting.state) == (asked.service, "WITHDRAWN")
    assert waiting.withdrawn_because == "The request for advice is withdrawn."


def test_ask_for_advice_about_another_pupil_is_refused(ours, target):
    other = pupils.register_pupil(by=None, legal_first_name="B", legal_last_name="O", date_of_birth=date(2017, 1, 1))
    asked = advice.sent(ours)
    asked.pupil_id = other.pk
    with pytest.raises(Refused, match="about another pupil"):
        funding.ask(ours, target, advice=asked)
