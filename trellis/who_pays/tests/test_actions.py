from datetime import date
from functools import partial

import pytest

from trellis.advice import actions as advice
from trellis.advice.models import AdviceRequest, AdviceState
from trellis.conduct import clock
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.funding import actions as funding
from trellis.funding.models import FundingRequest
from trellis.history.models import Entry as Told
from trellis.hours import actions as hours
from trellis.hours import queries
from trellis.hours.models import HoursAccount, Visit, VisitState
from trellis.hours.tests.world import give_hours
from trellis.hv.tests import world as hv
from trellis.ledgers.models import Account, Entry
from trellis.mail.models import Message
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world
from trellis.who_pays import actions
from trellis.who_pays.models import PaymentPart, PaymentPlan
from trellis.who_pays.queries import in_one_line, plan_of, split_of, standing_of, who_pays_words
from trellis.who_pays.shown import next_steps
from trellis.who_pays.tests.world import WHY_NOT, draft, hours_left, say, target_with_money

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def send(request, by):
    request.refresh_from_db()
    return advice.send_request(request.pk, by=by, seen=request.version)


def stands(account):
    fresh = HoursAccount.objects.with_names().get(pk=account.pk)
    (tally,) = queries.tallies([fresh])
    assert sum(entry.amount for entry in Entry.objects.of(fresh.account)) == tally.left
    return tally.used, tally.booked, tally.left


def split(ours):
    """Design, section 2: 1½ hours left of their own, 3 needed, a target that asks."""
    own = hours_left(ours, 90)
    target = target_with_money(ours)
    request = draft(ours)
    say(request, ours.sam, budget_why_not=WHY_NOT, target=target)
    return own, target, request


def test_send_keeps_own_hours_and_asks_pupil_premium_for_the_rest(ours):
    own, target, request = split(ours)
    send(request, ours.sam)

    assert stands(own) == (0, 360, 0)
    asked = FundingRequest.objects.get()
    assert (asked.amount_pence, asked.buys_minutes, asked.target, asked.service) == (
        10_800, 90, target, ours.services["SEMHL"],
    )  # fmt: skip
    assert asked.why_not_otherwise == WHY_NOT
    assert [(p.rung, p.minutes, p.pence, p.offered) for p in PaymentPart.objects.all()] == [
        ("own hours", 90, 0, True), ("own budget", 0, 0, False), ("pupil premium plus", 90, 10_800, True),
        ("highly vulnerable", 0, 0, False),
    ]  # fmt: skip
    assert who_pays_words(request) == (
        "1½ hours: The school’s own hours. 1½ hours (£108): Pupil Premium Plus, asked of the Virtual School."
    )
    plan = PaymentPlan.objects.get()
    assert (plan.price_pence, plan.price_source) == (72_00, "sample: traded services publish £72 to £94 an hour")


def test_agreed_money_buys_minutes_for_the_same_visit_with_one_cause(ours):
    own, _, request = split(ours)
    send(request, ours.sam)
    asked = FundingRequest.objects.get()
    funding.agree_funding(asked.pk, by=ours.ada, seen=None)

    assert stands(own) == (0, 450, 0)
    visit = Visit.objects.get(request=request)
    assert [(part.rung, part.minutes) for part in visit.parts.all()] == [
        ("own hours", 90), ("pupil premium plus", 90),
    ]  # fmt: skip
    caused = Entry.objects.caused_by("funding.fundingrequest", asked.pk)
    assert sorted((entry.account.unit, entry.kind, entry.amount) for entry in caused) == [
        ("minutes", "allocated", 90), ("pence", "released", 10_800), ("pence", "reserved", -10_800),
        ("pence", "spent", -10_800),
    ]  # fmt: skip
    assert {entry.target_id for entry in caused} == {asked.target_id}
    assert who_pays_words(request).endswith("Pupil Premium Plus, agreed.")


def test_money_agreed_in_part_buys_its_share(ours):
    _, _, request = split(ours)
    send(request, ours.sam)
    funding.agree_funding(
        FundingRequest.objects.get().pk, by=ours.ada, seen=None, agreed_pence=7_200, reason="One hour is enough"
    )

    assert sum(part.minutes for part in Visit.objects.get(request=request).parts.all()) == 150
    assert who_pays_words(request).endswith("Pupil Premium Plus, agreed for 1 hour.")


def test_declined_money_names_the_next_route_in_the_split(ours):
    own, _, request = split(ours)
    send(request, ours.sam)
    funding.decline_funding(
        FundingRequest.objects.get().pk, by=ours.ada, seen=None, reason="Not for this", next_route="own budget"
    )

    assert stands(own) == (0, 360, 0)
    request.refresh_from_db()
    assert who_pays_words(request).endswith(
        "Pupil Premium Plus, not agreed. Next: The school’s own SEN budget, or its own hours of a service. "
        "Nobody pays for 1½ hours yet."
    )


def declined(ours, request, reason="Not for this", next_route="own budget"):
    """Sent, and its Pupil Premium Plus is not agreed."""
    send(request, ours.sam)
    asked = FundingRequest.objects.get()
    funding.decline_funding(asked.pk, by=ours.ada, seen=None, reason=reason, next_route=next_route)
    request.refresh_from_db()
    return asked


def pay_the_rest(ours, request):
    fresh = AdviceRequest.objects.with_names().get(pk=request.pk)
    standing = standing_of(fresh, plan_of(fresh))
    return actions.pay_the_rest(request.pk, by=ours.sam, seen=None, shown=in_one_line(split_of(standing.ladder)))


def test_the_rest_is_paid_by_the_next_rung_and_the_refusal_stays(ours):
    own, _, request = split(ours)
    asked = declined(ours, request)
    plan = PaymentPlan.objects.get()
    assert (plan.budget_why_not, plan.target, plan.seen) == ("", None, [])
    with pytest.raises(Refused, match="Nobody pays for part of this request"):
        pay_the_rest(ours, request)

    say(request, ours.dee, budget_minutes=90)
    pay_the_rest(ours, request)

    assert stands(own) == (0, 450, 0)
    visit = Visit.objects.get(request=request)
    assert [(part.rung, part.minutes) for part in visit.parts.all()] == [("own hours", 90), ("own budget", 90)]
    assert [(p.round, p.rung, p.minutes, p.funding) for p in PaymentPart.objects.all() if p.minutes] == [
        (1, "own hours", 90, None), (1, "pupil premium plus", 90, asked), (2, "own budget", 90, None),
    ]  # fmt: skip
    assert who_pays_words(request) == (
        "1½ hours: The school’s own hours. 1½ hours (£108): Pupil Premium Plus, not agreed. "
        "1½ hours (£108): The school’s own budget."
    )
    told = list(
        Told.objects.filter(subject_kind="who_pays.paymentplan").order_by("pk").values_list("sentence", flat=True)
    )
    assert told[-3:] == [
        "Nobody pays for 1½ hours now: the Virtual School did not agree it, because “Not for this”",
        "Said who pays the rest: 1½ hours (£108): The school’s own budget.",
        "The rest is paid another way: 1½ hours (£108): The school’s own budget.",
    ]
    pay_the_rest(ours, request)  # pressed again
    assert stands(own) == (0, 450, 0)


def test_the_rest_is_not_paid_as_it_is_no_longer_shown(ours):
    own, _, request = split(ours)
    declined(ours, request)
    say(request, ours.sam, budget_minutes=90)

    with pytest.raises(Refused, match="has changed since you looked"):
        actions.pay_the_rest(request.pk, by=ours.sam, seen=None, shown="own hours 90 0")
    assert stands(own) == (0, 360, 0)


def test_less_is_asked_for_instead_and_the_service_hears_of_it(ours):
    own, _, request = split(ours)
    declined(ours, request)
    for _ in range(2):
        actions.ask_for_less(request.pk, by=ours.sam, seen=None)

    request.refresh_from_db()
    assert request.minutes_needed == 90
    assert stands(own) == (0, 360, 0)
    assert who_pays_words(request).endswith("Pupil Premium Plus, not agreed.")
    told = [mail.to for mail in Message.objects.filter(subject="A request for advice is for less time")]
    assert told == [ours.lee]


def test_less_is_not_asked_for_where_nobody_pays_any(ours):
    hours_left(ours, 0)
    target = target_with_money(ours)
    request = draft(ours)
    say(request, ours.sam, budget_why_not=WHY_NOT, target=target)
    declined(ours, request)

    with pytest.raises(Refused, match="Nobody pays any of it"):
        actions.ask_for_less(request.pk, by=ours.sam, seen=None)


def test_money_that_was_refused_is_asked_again_only_from_another_target(ours):
    _, target, request = split(ours)
    declined(ours, request)
    say(request, ours.sam, budget_why_not=WHY_NOT, target=target)
    fresh = AdviceRequest.objects.with_names().get(pk=request.pk)

    rung = standing_of(fresh, plan_of(fresh)).ladder[2]
    assert rung.offered is False
    assert rung.reason.startswith("The Virtual School answered: “Not for this”")


def test_the_rest_of_what_was_agreed_in_part_is_said_again(ours):
    own, _, request = split(ours)
    send(request, ours.sam)
    funding.agree_funding(
        FundingRequest.objects.get().pk, by=ours.ada, seen=None, agreed_pence=7_200, reason="One hour is enough"
    )
    actions.ask_for_less(request.pk, by=ours.sam, seen=None)

    request.refresh_from_db()
    assert request.minutes_needed == 150
    assert stands(own) == (0, 420, 0)


def test_the_rest_is_a_step_of_the_senco_until_somebody_pays_it(ours):
    _, _, request = split(ours)
    pupils = Pupil.objects.filter(pk=ours.jordan.pk)
    declined(ours, request)
    (step,) = next_steps(ours.sam, pupils, world.DAY)
    assert f"{step.verb} {step.rest}" == "Say who pays for advice by SEMHL for Jordan: nobody pays for 1½ hours"
    assert step.due_on == date(2026, 11, 9)
    assert next_steps(ours.ada, pupils, world.DAY) == []

    actions.ask_for_less(request.pk, by=ours.sam, seen=None)
    assert next_steps(ours.sam, pupils, world.DAY) == []


@pytest.mark.parametrize("who", ["hana", "ada", "nia"])
def test_the_rest_is_said_by_those_who_ask_for_advice(ours, who):
    _, _, request = split(ours)
    declined(ours, request)
    for do in (actions.ask_for_less, partial(actions.pay_the_rest, shown="")):
        with pytest.raises(NotPermitted):
            do(request.pk, by=ours.people[who], seen=None)


def test_a_request_taken_back_takes_its_money_and_hours_back(ours):
    own, _, request = split(ours)
    send(request, ours.sam)
    advice.withdraw_request(request.pk, by=ours.sam, because="Not needed now")

    with pytest.raises(Refused, match="withdrawn, so it cannot be agreed"):
        funding.agree_funding(FundingRequest.objects.get().pk, by=ours.ada, seen=None)
    assert stands(own) == (0, 270, 90)
    assert Account.objects.get(unit="pence").balance == 500_000


def test_money_agreed_while_no_visit_is_kept_stays_in_the_schools_hours(ours):
    own, _, request = split(ours)
    send(request, ours.sam)
    visit = Visit.objects.get(request=request)
    hours.cancel_visit(visit.pk, by=ours.lee, seen=None, because="Illness")
    funding.agree_funding(FundingRequest.objects.get().pk, by=ours.ada, seen=None)

    assert stands(own) == (0, 270, 180)


def test_money_agreed_after_the_first_visit_is_kept_for_another(ours):
    own, _, request = split(ours)
    send(request, ours.sam)
    advice.accept_request(request.pk, by=ours.lee, seen=None, taken_by=ours.lee)
    first = Visit.objects.get(request=request)
    hours.plan_visit(first.pk, by=ours.lee, seen=None, on=world.DAY, work="observation")
    hours.confirm_delivered(first.pk, by=ours.lee, seen=None, minutes=90)
    funding.agree_funding(FundingRequest.objects.get().pk, by=ours.ada, seen=None)

    second = Visit.objects.filter(request=request).open().get()
    assert [(part.rung, part.minutes) for part in second.parts.all()] == [("pupil premium plus", 90)]
    assert stands(own) == (90, 360, 0)


def test_own_hours_that_are_enough_need_nothing_to_be_said(ours):
    own = give_hours(ours, minutes=600)
    request = draft(ours)
    send(request, ours.sam)

    assert stands(own) == (0, 180, 420)
    assert who_pays_words(request) == "3 hours: The school’s own hours."


def test_the_budget_buys_hours_that_are_kept_for_the_visit(ours):
    own = hours_left(ours, 90)
    request = draft(ours)
    say(request, ours.sam, budget_minutes=90)
    send(request, ours.sam)

    assert stands(own) == (0, 450, 0)
    statement = queries.statement(HoursAccount.objects.with_names().get(pk=own.pk))
    assert "Bought from the school’s own budget" in [row.words for row in statement]


def test_hours_of_the_framework_are_kept_in_their_own_account(ours):
    own = hours_left(ours, 90)
    case = hv.award(hv.propose(ours), ours, minutes=600, service=ours.services["SEMHL"])
    request = draft(ours)
    say(request, ours.sam, budget_why_not=WHY_NOT)
    send(request, ours.sam)

    assert stands(own) == (0, 360, 0)
    case.hours_account.refresh_from_db()
    assert case.hours_account.balance == 510
    visit = Visit.objects.get(request=request)
    hours.plan_visit(visit.pk, by=ours.lee, seen=None, on=date(2026, 11, 18), work="observation")
    with clock.at(date(2026, 11, 18)):
        hours.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=120)
    case.hours_account.refresh_from_db()
    assert case.hours_account.balance == 510
    assert stands(own) == (30, 270, 60)


def test_sending_what_nobody_pays_for_is_refused_and_sends_nothing(ours):
    own = hours_left(ours, 90)
    request = draft(ours)
    say(request, ours.sam, budget_why_not=WHY_NOT)

    with pytest.raises(Refused, match="Nobody pays for part of this request"):
        send(request, ours.sam)
    request.refresh_from_db()
    assert request.state == AdviceState.DRAFT
    assert stands(own) == (0, 270, 90)
    assert not Visit.objects.filter(request=request).exists()


def test_sending_at_another_price_than_was_seen_asks_again(ours):
    own, target, request = split(ours)
    hours.agree_price(
        ours.services["SEMHL"], 80_00, since=world.DAY, agreed_by="Lee", source="Price list 2026", by=ours.lee
    )

    with pytest.raises(Refused, match="has changed since you looked"):
        send(request, ours.sam)
    assert not FundingRequest.objects.exists()
    say(request, ours.sam, budget_why_not=WHY_NOT, target=target)
    send(request, ours.sam)
    assert FundingRequest.objects.get().amount_pence == 12_000
    assert PaymentPlan.objects.get().price_source == "Price list 2026"
    assert stands(own) == (0, 360, 0)


def test_sending_when_own_hours_went_meanwhile_asks_again(ours):
    own, _, request = split(ours)
    hours.book_visit(
        own.pk, by=ours.hana, key=actions.Key.fresh(ours.hana), work="training", on=date(2026, 11, 20), minutes=30,
        what_for="Calm corners",
    )  # fmt: skip

    with pytest.raises(Refused, match="has changed since you looked"):
        send(request, ours.sam)
    assert stands(own) == (0, 300, 60)


def test_sending_pressed_twice_or_by_two_sends_once(ours):
    own, _, request = split(ours)
    for by in (ours.sam, ours.dee):
        advice.send_request(request.pk, by=by, seen=None)

    assert stands(own) == (0, 360, 0)
    assert (FundingRequest.objects.count(), Visit.objects.filter(request=request).count()) == (1, 1)


def test_going_back_after_sending_changes_nothing(ours):
    own, _, request = split(ours)
    send(request, ours.sam)

    with pytest.raises(Refused, match="stays as it was sent"):
        say(request, ours.sam, budget_minutes=90)
    assert stands(own) == (0, 360, 0)


def test_saying_who_pays_over_somebody_elses_words_is_a_conflict(ours):
    hours_left(ours, 90)
    request = draft(ours)
    request.refresh_from_db()
    seen = request.version
    say(request, ours.dee, budget_minutes=90)

    with pytest.raises(Conflict):
        actions.say_who_pays(request.pk, by=ours.sam, seen=seen, budget_why_not=WHY_NOT)
    with pytest.raises(Conflict):
        advice.send_request(request.pk, by=ours.sam, seen=seen)


def test_the_headteacher_changes_the_order_with_a_reason(ours):
    own, _, request = split(ours)
    with pytest.raises(Refused, match="Say why the order is changed"):
        actions.change_order(request.pk, by=ours.hana, seen=None, first="pupil premium plus", because=" ")
    actions.change_order(
        request.pk, by=ours.hana, seen=None, first="pupil premium plus", because="Promised to another child."
    )
    send(request, ours.sam)

    assert stands(own) == (0, 270, 90)
    assert FundingRequest.objects.get().buys_minutes == 180
    reason = PaymentPart.objects.get(rung="pupil premium plus").reason
    assert reason.endswith("Taken first: Hana Ours, Headteacher, says “Promised to another child.”")


@pytest.mark.parametrize("who", ["sam", "dee", "ada", "nia"])
def test_the_order_is_not_changed_by_others(ours, who):
    hours_left(ours, 90)
    request = draft(ours)
    with pytest.raises(NotPermitted):
        actions.change_order(request.pk, by=ours.people[who], seen=None, first="highly vulnerable", because="So")


def test_service_whose_hours_are_not_kept_here_takes_nothing(ours):
    request = draft(ours)
    send(request, ours.sam)

    assert who_pays_words(request) is None
    assert not Visit.objects.exists()


def test_visit_stays_open_until_the_service_plans_it(ours):
    _, _, request = split(ours)
    send(request, ours.sam)
    assert Visit.objects.get(request=request).state == VisitState.TO_PLAN


def test_a_draft_that_goes_to_another_school_is_said_anew(ours):
    _, target, _ = split(ours)
    advice.hand_over(ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.sam)

    plan = PaymentPlan.objects.get()
    assert (plan.written_for_id, plan.budget_why_not, plan.seen, plan.target) == (ours.next_school.pk, "", [], target)
