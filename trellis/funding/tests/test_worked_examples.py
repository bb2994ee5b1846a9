"""A school's year of PP+, told step by step; after each step every balance is checked."""

from datetime import date

import pytest

from trellis.calendar.models import Term
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Refused
from trellis.funding import actions, queries
from trellis.funding.models import FundingPot, FundingRequest
from trellis.funding.tests import world as funding
from trellis.hours.queries import left
from trellis.ledgers.queries import statement
from trellis.peps import actions as pep_actions
from trellis.peps.tests import world as peps
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


def stands(pot: FundingPot) -> tuple[int, int, int, int, int]:
    """(left, promised, paid, spent, gone back) in pounds; and the balance is always the sum of its entries."""
    pot = FundingPot.objects.select_related("account").get(pk=pot.pk)
    figures = queries.figures_of(pot)
    lines = statement(pot.account)
    assert (lines[-1].balance, sum(line.entry.amount for line in lines)) == (pot.account.balance,) * 2
    assert figures.came == figures.left + figures.promised + figures.paid + figures.gone_back
    in_pence = (figures.left, figures.promised, figures.paid, figures.spent, figures.gone_back)
    return tuple(pence // 100 for pence in in_pence)


def pay(ours):
    return actions.export_batch(actions.make_batch(ours.virtual_school.pk, by=ours.bea).pk, by=ours.bea)


def test_year_of_pp_plus_from_the_first_instalment_to_what_goes_back():
    with clock.at(world.DAY):
        ours = world.ours()
        semhl = ours.services["SEMHL"]
        target = funding.signed_target(ours)

    with clock.at(date(2026, 11, 3)):  # the grant comes, and Jordan's target asks for picture cards
        pot = funding.fill_pot(ours, 100_000).pot
        cards = funding.ask(ours, target, amount_pence=12_000)
        assert stands(pot) == (1_000, 0, 0, 0, 0)
    with clock.at(date(2026, 11, 5)):  # the adviser agrees a part
        actions.agree_funding(cards.pk, by=ours.ada, seen=None, agreed_pence=10_000, reason="Two sets will do.")
        assert stands(pot) == (900, 100, 0, 0, 0)
    with clock.at(date(2026, 11, 6)):  # another request is not agreed, and costs nothing
        trip = funding.ask(ours, target, amount_pence=4_000, what_for="A trip")
        actions.decline_funding(
            trip.pk, by=ours.ada, seen=None, reason="Every pupil goes.", next_route="own budget"
        )  # fmt: skip
        assert stands(pot) == (900, 100, 0, 0, 0)
    with clock.at(date(2026, 11, 13)):  # paid with the batch
        pay(ours)
        assert stands(pot) == (900, 0, 100, 0, 0)
    with clock.at(date(2026, 11, 20)):  # 1½ hours of SEMHL time at £72 an hour, for the same target
        time = funding.ask(ours, target, ours.sam, amount_pence=10_800, buys_minutes=90, service=semhl)
        actions.agree_funding(time.pk, by=ours.ada, seen=None)
        assert (stands(pot), left(ours.school, semhl, clock.today())) == ((792, 0, 208, 108, 0), 90)
    with clock.at(date(2026, 12, 1)):  # the school spends £60, then finds that it was £50
        cards.refresh_from_db()
        wrong = funding.spend(ours, cards, 6_000)
        assert stands(pot) == (792, 0, 208, 168, 0)
        actions.correct_spend(wrong.pk, by=ours.dee, note="The bill says £50.")
        funding.spend(ours, cards, 5_000)
        assert stands(pot) == (792, 0, 208, 158, 0)
    with clock.at(date(2026, 12, 10)):  # the rest is not needed and can be agreed for others again
        actions.return_unspent(cards.pk, by=ours.dee, key=Key.fresh(ours.dee), amount_pence=5_000, why="Cheaper.")
        assert stands(pot) == (842, 0, 158, 158, 0)

    with clock.at(date(2027, 1, 18)):  # the spring PEP: first the impact, then new money
        spring = Term.objects.get(organisation=ours.virtual_school, name="spring")
        (pep,) = pep_actions.open_peps_for_term(ours.virtual_school, spring, by=None)
        pep_actions.start_pep(pep.pk, by=ours.dee)
        peps.write_all(pep, ours.dee)
        with pytest.raises(Refused, match="First say what the Pupil Premium Plus of the PEP before changed"):
            funding.ask(ours, pep.targets.get(), amount_pence=20_000)
        for request in (cards, time):
            actions.write_impact(request.pk, by=ours.dee, impact_words="He asks for help twice a day.")
        states = dict(FundingRequest.objects.values_list("pk", "state"))
        assert (states[cards.pk], states[time.pk]) == ("CLOSED", "CLOSED")
        tutor = funding.ask(ours, pep.targets.get(), amount_pence=20_000, what_for="A tutor until June")
        assert stands(pot) == (842, 0, 158, 158, 0)
    with clock.at(date(2027, 3, 1)):  # agreed only once the PEP is quality-assured
        with pytest.raises(Refused, match="only on a quality-assured PEP"):
            actions.agree_funding(tutor.pk, by=ours.ada, seen=None)
        pep_actions.submit_pep(pep.pk, by=ours.dee)
        peps.grade_all(pep, ours.ada)
        pep_actions.sign_off_pep(pep.pk, by=ours.ada)
        actions.agree_funding(tutor.pk, by=ours.ada, seen=None)
        assert stands(pot) == (642, 200, 158, 158, 0)
    with clock.at(date(2027, 3, 20)):  # on 20 March it is still this year's money, though the term runs on
        late = funding.ask(ours, pep.targets.get(), amount_pence=15_000, what_for="A mentor")
        assert actions.agree_funding(late.pk, by=ours.vic, seen=None).pot == pot
        actions.withdraw_funding(late.pk, by=ours.sam, because="The mentor moved away.")
        assert stands(pot) == (642, 200, 158, 158, 0)
    with clock.at(date(2027, 3, 30)):
        pay(ours)
        unpaid = funding.agreed(ours, pep.targets.get(), amount_pence=3_000, what_for="Books")
        assert stands(pot) == (612, 30, 358, 158, 0)

    with clock.at(date(2027, 4, 1)):  # nothing rolls over
        actions.close_year(pot.pk, by=ours.bea)
        unpaid.refresh_from_db()
        assert (stands(pot), unpaid.state) == ((0, 0, 358, 158, 642), "ASKED")
        new = funding.fill_pot(ours, 100_000).pot
        assert actions.agree_funding(unpaid.pk, by=ours.ada, seen=None).pot == new
        assert (stands(new), queries.money_left(ours.virtual_school, clock.today())) == ((970, 30, 0, 0, 0), 97_000)
    with clock.at(date(2027, 6, 30)):  # last year's money that a school did not need goes back past the new pot
        tutor.refresh_from_db()
        funding.spend(ours, tutor, 15_000)
        actions.return_unspent(tutor.pk, by=ours.dee, key=Key.fresh(ours.dee), amount_pence=5_000, why="Ill in June.")
        assert (stands(pot), stands(new)) == ((0, 0, 308, 308, 692), (970, 30, 0, 0, 0))
