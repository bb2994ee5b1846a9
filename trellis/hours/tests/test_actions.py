from datetime import date, datetime, time

import pytest

from trellis.advice import actions as advice
from trellis.advice.tests import world as advice_world
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.periods import from_day
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.consents import actions as consents
from trellis.history.models import Entry
from trellis.hours import actions, queries
from trellis.hours.models import HoursAccount, ServicePolicy, ServicePrice, Visit, VisitState
from trellis.hours.tests.world import VISIT_ON, book, give_hours
from trellis.ledgers import actions as ledgers
from trellis.ledgers.models import Entry as LedgerEntry
from trellis.ledgers.models import EntryKind
from trellis.mail.models import Message
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def hours(ours):
    return give_hours(ours)


def stands(hours):
    """Used, booked, left; and that they are the sum of the entries."""
    fresh = HoursAccount.objects.with_names().get(pk=hours.pk)
    (tally,) = queries.tallies([fresh])
    assert sum(entry.amount for entry in LedgerEntry.objects.of(fresh.account)) == tally.left
    return tally.used, tally.booked, tally.left


def test_allocate_hours_gives_the_school_its_year(ours, hours):
    assert stands(hours) == (0, 0, 600)
    assert queries.left(ours.school, ours.services["SEMHL"], date(2027, 7, 1)) == 600
    assert queries.left(ours.school, ours.services["SEMHL"], date(2027, 9, 1)) == 0
    assert queries.left(ours.school, ours.services["EPS"], world.DAY) == 0
    assert Entry.objects.filter(sentence="Entered 10 hours: free core hours.").count() == 1


def test_allocate_core_hours_again_says_to_correct_them(ours, hours):
    with pytest.raises(Refused, match="Open them and correct them"):
        give_hours(ours)
    assert stands(hours) == (0, 0, 600)


def test_allocate_pressed_twice_enters_once(ours):
    key = Key.fresh(ours.bea)
    both = [
        actions.allocate_hours(
            school=ours.school, service=ours.services["EPS"], year=2026, minutes=300, by=ours.bea, key=key
        )
        for _ in range(2)
    ]

    assert both[0] == both[1]
    assert queries.left(ours.school, ours.services["EPS"], world.DAY) == 300


@pytest.mark.parametrize("who", ["sam", "vic", "eve", "lee"])
def test_allocate_by_others_is_not_permitted(ours, who):
    """Lee leads SEMHL, not EPS."""
    by = ours.people[who]
    with pytest.raises(NotPermitted):
        actions.allocate_hours(
            school=ours.school, service=ours.services["EPS"], year=2026, minutes=300, by=by, key=Key.fresh(by)
        )


def test_bought_hours_stand_beside_core_hours(ours, hours):
    actions.allocate_hours(
        school=ours.school, service=ours.services["SEMHL"], year=2026, minutes=120, by=ours.lee,
        key=Key.fresh(ours.lee), came_from="bought",
    )  # fmt: skip

    assert stands(hours) == (0, 0, 720)


def correct(ours, hours, minutes, seen=None, reason="The school has fewer pupils"):
    return actions.correct_hours(
        hours.pk, by=ours.bea, key=Key.fresh(ours.bea), seen=seen, minutes=minutes, reason=reason
    )


def test_correct_hours_enters_the_difference_with_its_reason(ours, hours):
    correct(ours, hours, 480)

    assert stands(hours) == (0, 0, 480)
    last = queries.statement(HoursAccount.objects.with_names().get(pk=hours.pk))[-1]
    assert (last.line.entry.kind, last.line.entry.amount, last.words) == (
        "corrected", -120, "Correction: The school has fewer pupils",
    )  # fmt: skip


def test_correct_hours_below_what_is_booked_is_refused(ours, hours):
    book(ours, hours, 90)

    with pytest.raises(Refused, match="less than nothing"):
        correct(ours, hours, 60)
    assert stands(hours) == (0, 90, 510)


def test_correct_hours_over_somebody_elses_correction_is_a_conflict(ours, hours):
    seen = hours.version
    correct(ours, hours, 480, seen=seen)

    with pytest.raises(Conflict):
        correct(ours, hours, 540, seen=seen)
    assert stands(hours) == (0, 0, 480)


def test_book_visit_keeps_its_minutes_and_tells_the_service(ours, hours):
    visit = book(ours, hours, 90)

    assert stands(hours) == (0, 90, 510)
    assert (visit.state, visit.on, visit.pupil) == (VisitState.BOOKED, VISIT_ON, None)
    message = Message.objects.get(subject="A visit is booked")
    assert message.to == ours.lee
    assert message.body == "Planning meeting by SEMHL on 18 November 2026 at Larch Primary 990 is booked."


def test_book_visit_pressed_twice_books_once(ours, hours):
    key = Key.fresh(ours.sam)
    for _ in range(2):
        actions.book_visit(
            hours.pk, by=ours.sam, key=key, work="training", on=VISIT_ON, minutes=60, what_for="Staff training"
        )

    assert Visit.objects.count() == 1
    assert stands(hours) == (0, 60, 540)


def test_book_more_than_is_left_is_refused_and_leaves_nothing(ours, hours):
    book(ours, hours, 510)

    with pytest.raises(
        Refused, match="SEMHL hours of Larch Primary 990, 2026–27: 1½ hours left, and this needs 2 hours"
    ):
        book(ours, hours, 120)
    assert stands(hours) == (0, 510, 90)
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"minutes": 50}, "quarters of an hour"),
        ({"on": date(2026, 11, 1)}, "lies in the past"),
        ({"on": date(2027, 9, 1)}, "another academic year"),
    ],
)
def test_book_visit_is_refused_in_words(ours, hours, more, sentence):
    with pytest.raises(Refused, match=sentence):
        book(ours, hours, **more)
    assert stands(hours) == (0, 0, 600)


@pytest.mark.parametrize("who", ["dina", "nia", "eve", "bea", "vic"])
def test_book_visit_by_others_is_not_permitted(ours, hours, who):
    with pytest.raises(NotPermitted):
        book(ours, hours, by=ours.people[who])


def test_confirm_delivered_uses_what_it_came_to(ours, hours):
    visit = book(ours, hours, 90)
    with clock.at(VISIT_ON):
        actions.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=75)

    assert stands(hours) == (75, 0, 525)
    visit.refresh_from_db()
    assert (visit.state, visit.minutes_delivered) == (VisitState.DELIVERED, 75)


def test_confirm_more_than_was_kept_takes_the_rest_or_is_refused_whole(ours, hours):
    visit = book(ours, hours, 570)
    with clock.at(VISIT_ON):
        with pytest.raises(Refused, match="not enough left"):
            actions.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=615)
        assert stands(hours) == (0, 570, 30)
        actions.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=600)

    assert stands(hours) == (600, 0, 0)


def test_confirm_before_the_day_or_twice_is_refused(ours, hours):
    visit = book(ours, hours)
    with pytest.raises(Refused, match="not happened yet"):
        actions.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=90)
    with clock.at(VISIT_ON):
        actions.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=90)
        with pytest.raises(Refused, match="This visit is delivered, so it cannot be confirmed now"):
            actions.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=90)
    assert stands(hours) == (90, 0, 510)


def test_confirm_by_the_school_is_not_permitted(ours, hours):
    visit = book(ours, hours)
    with clock.at(VISIT_ON), pytest.raises(NotPermitted):
        actions.confirm_delivered(visit.pk, by=ours.sam, seen=None, minutes=90)


@pytest.mark.parametrize(
    ("who", "at", "after"),
    [
        ("sam", datetime(2026, 11, 16, 8, tzinfo=clock.LONDON), (0, 0, 600)),
        ("sam", datetime(2026, 11, 17, 8, tzinfo=clock.LONDON), (90, 0, 510)),
        ("lee", datetime(2026, 11, 17, 8, tzinfo=clock.LONDON), (0, 0, 600)),
    ],
)
def test_cancel_gives_back_unless_the_school_is_late(ours, hours, who, at, after):
    visit = book(ours, hours, 90)
    with clock.at(at):
        actions.cancel_visit(visit.pk, by=ours.people[who], seen=None, because="Illness")

    assert stands(hours) == after
    visit.refresh_from_db()
    assert (visit.state, visit.is_charged) == (VisitState.CANCELLED, after[0] > 0)


def test_cancel_once_its_time_has_come_is_for_the_service(ours, hours):
    visit = book(ours, hours, 90)
    with clock.at(datetime(2026, 11, 19, 8, tzinfo=clock.LONDON)):
        with pytest.raises(Refused, match="the service confirms it, or says that it did not take place"):
            actions.cancel_visit(visit.pk, by=ours.sam, seen=None, because="We want the hours back")
        assert stands(hours) == (0, 90, 510)

        actions.cancel_visit(visit.pk, by=ours.lee, seen=None, because="Nobody was at school")
    assert stands(hours) == (0, 0, 600)


def test_plan_visit_moves_its_day_and_keeps_its_hours(ours, hours):
    visit = book(ours, hours, 90)
    actions.plan_visit(
        visit.pk, by=ours.lee, seen=visit.version, on=date(2026, 11, 25), work="training", starts_at=time(13, 30)
    )

    assert stands(hours) == (0, 90, 510)
    message = Message.objects.get(subject="A visit has another day")
    assert message.body == (
        "Training by SEMHL on 25 November 2026 at Larch Primary 990 is planned (was 18 November 2026)."
    )


def test_plan_visit_that_somebody_moved_meanwhile_is_a_conflict(ours, hours):
    visit = book(ours, hours)
    actions.plan_visit(visit.pk, by=ours.sam, seen=visit.version, on=date(2026, 11, 24), work="training")

    with pytest.raises(Conflict):
        actions.plan_visit(visit.pk, by=ours.lee, seen=visit.version, on=date(2026, 11, 25), work="training")


def test_buy_minutes_adds_them_once_for_a_cause(ours, hours):
    bought = actions.buy_minutes(ours.school, ours.services["SEMHL"], 90, cause=ours.jordan, by=ours.ada)

    assert bought == hours
    assert stands(hours) == (0, 0, 690)
    with pytest.raises(Refused, match="entered already"):
        actions.buy_minutes(ours.school, ours.services["SEMHL"], 90, cause=ours.jordan, by=ours.ada)
    assert stands(hours) == (0, 0, 690)


def test_a_service_has_the_sample_price_until_it_agrees_one(ours):
    semhl = ours.services["SEMHL"]
    assert queries.price_per_hour(semhl, world.DAY) == 72_00

    for since, pence in [(date(2026, 9, 1), 80_00), (date(2026, 12, 1), 85_00)]:
        actions.agree_price(semhl, pence, since=since, agreed_by="Lee", source="price list", by=ours.lee)

    assert [queries.price_per_hour(semhl, day) for day in (date(2026, 8, 31), world.DAY, date(2026, 12, 1))] == [
        72_00, 80_00, 85_00,
    ]  # fmt: skip
    assert ServicePrice.objects.count() == 2


def test_visits_of_no_named_child_are_seen_by_school_service_and_virtual_school(ours, hours):
    visit = book(ours, hours)
    seen = {name for name, user in ours.people.items() if visit in Visit.objects.visible_to(user)}

    assert seen == {"sam", "dee", "hana", "dina", "lee", "vic", "ada", "otis", "bea"}
    assert seen == {name for name, user in ours.people.items() if hours in HoursAccount.objects.visible_to(user)}


def test_the_other_authority_sees_nothing(ours):
    book(ours, give_hours(ours))
    twin = world.twin()
    for user in twin.people.values():
        assert not Visit.objects.visible_to(user).exists()
        assert not HoursAccount.objects.visible_to(user).exists()


# --- visits about a pupil --------------------------------------------------------------------------------------------


def kept(ours, **more):
    """A request for 3 hours that was sent; who pays keeps the school's own for it."""
    request = advice_world.sent(ours, **more)
    return request, Visit.objects.get(request=request)


def test_a_visit_about_a_pupil_is_planned_only_while_consent_stands(ours, hours):
    _, visit = kept(ours)
    assert stands(hours) == (0, 180, 420)
    with pytest.raises(Refused, match="Consent does not stand"):
        actions.plan_visit(visit.pk, by=ours.lee, seen=None, on=VISIT_ON, work="observation")

    advice_world.give(ours)
    actions.plan_visit(visit.pk, by=ours.lee, seen=None, on=VISIT_ON, work="observation")
    visit.refresh_from_db()
    assert (visit.state, visit.pupil) == (VisitState.BOOKED, ours.jordan)
    entry = LedgerEntry.objects.get(kind="reserved")
    assert entry.pupil_id == ours.jordan.pk
    assert not Message.objects.filter(body__contains="Jordan").exists()


def test_the_school_does_not_plan_a_visit_about_a_pupil(ours, hours):
    _, visit = kept(ours, consent="given")
    with pytest.raises(NotPermitted):
        actions.plan_visit(visit.pk, by=ours.sam, seen=None, on=VISIT_ON, work="observation")


def test_consent_withdrawn_releases_the_planned_visit(ours, hours):
    request, visit = kept(ours, consent="given")
    actions.plan_visit(visit.pk, by=ours.lee, seen=None, on=VISIT_ON, work="observation")
    request.refresh_from_db()
    consents.withdraw_consent(request.consent_id, by=ours.sol, who_told="The family")

    visit.refresh_from_db()
    assert (visit.state, visit.ended_because) == (VisitState.CANCELLED, "consent no longer stands")
    assert stands(hours) == (0, 0, 600)
    told = Message.objects.filter(subject="A visit does not take place")
    assert {(message.to, message.path) for message in told} == {(ours.sam, ""), (ours.lee, "")}


@pytest.mark.parametrize("ends", ["consent", "request"])
def test_visit_that_took_place_is_confirmed_by_the_school_once_the_service_reads_nothing(ours, hours, ends):
    request, visit = kept(ours, consent="given")
    actions.plan_visit(visit.pk, by=ours.lee, seen=None, on=VISIT_ON, work="observation")
    with clock.at(date(2026, 11, 20)):
        if ends == "consent":
            request.refresh_from_db()
            consents.withdraw_consent(request.consent_id, by=ours.sol, who_told="The family")
        else:
            advice.withdraw_request(request.pk, by=ours.sam, because="Not needed now")
        visit.refresh_from_db()
        assert (visit.state, stands(hours)) == (VisitState.BOOKED, (0, 180, 420))
        assert not Visit.objects.visible_to(ours.lee).exists()
        told = Message.objects.get(subject="Please confirm a visit that has taken place")
        assert (told.to, told.path) == (ours.sam, visit.get_absolute_url())

        actions.confirm_delivered(visit.pk, by=ours.sam, seen=None, minutes=120)
    assert stands(hours) == (120, 0, 480)


def test_a_request_declined_or_taken_back_releases_its_visit(ours, hours):
    request, visit = kept(ours)
    advice.withdraw_request(request.pk, by=ours.sam, because="Not needed now")

    visit.refresh_from_db()
    assert visit.state == VisitState.CANCELLED
    assert stands(hours) == (0, 0, 600)


def test_hours_are_kept_again_when_there_is_no_visit(ours, hours):
    request, visit = kept(ours, consent="given")
    with pytest.raises(Refused, match="Another one can follow"):
        actions.keep_again(request.pk, by=ours.sam, key=Key.fresh(ours.sam), minutes=60)
    actions.cancel_visit(visit.pk, by=ours.lee, seen=None, because="Illness")

    again = actions.keep_again(request.pk, by=ours.sam, key=Key.fresh(ours.sam), minutes=60)
    assert again.state == VisitState.TO_PLAN
    assert stands(hours) == (0, 60, 540)


def test_a_talk_without_a_name_names_nobody_in_hours(ours, hours):
    _, visit = kept(ours, consent="without")

    assert (visit.pupil, visit.what_for) == (None, "Talk without naming the child")
    assert LedgerEntry.objects.get(kind="reserved").pupil_id is None
    actions.plan_visit(visit.pk, by=ours.lee, seen=None, on=VISIT_ON, work="consultation")


def test_hand_over_gives_the_hours_back_and_says_so(ours, hours):
    kept(ours, consent="given")
    told = actions.hand_over(
        ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.sam
    )

    assert told == [
        "SEMHL, 3 hours: kept with the hours of Larch Primary 990, which have gone back. "
        "To be planned again with the hours of Rowan Primary 990."
    ]
    assert stands(hours) == (0, 0, 600)
    assert actions.hand_over(
        ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.sam
    ) == []  # fmt: skip


def test_a_visit_about_a_pupil_is_seen_as_far_as_the_pupil_opens(ours, hours):
    _, visit = kept(ours)

    def seen():
        return {name for name, user in ours.people.items() if visit in Visit.objects.visible_to(user)}

    whole = {"sam", "dee", "hana", "dina", "vic", "ada", "otis", "sol", "ed"}
    assert seen() == whole
    advice_world.give(ours)
    assert seen() == whole | {"lee"}


# --- what is left of a year ------------------------------------------------------------------------------------------

NEW_YEAR = date(2027, 9, 6)


def agrees_to_carry(ours, yes=True, since=world.DAY):
    ServicePolicy.objects.create(
        organisation=ours.services["SEMHL"], during=from_day(since), agreed_by="Lee", source="Terms 2026",
        carries_left_hours=yes,
    )  # fmt: skip


def of_year(ours, year):
    return HoursAccount.objects.with_names().get(school=ours.school, service=ours.services["SEMHL"], year=year)


def test_left_hours_carry_over_once(ours, hours):
    agrees_to_carry(ours)
    visit = book(ours, hours, 90)
    with clock.at(VISIT_ON):
        actions.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=90)
    with clock.at(NEW_YEAR):
        assert actions.carry_left_hours(ours.services["SEMHL"], by=ours.bea) == [of_year(ours, 2027)]
        assert actions.carry_left_hours(ours.services["SEMHL"], by=ours.lee) == []

        assert (stands(hours), stands(of_year(ours, 2027))) == ((90, 0, 0), (0, 0, 510))
        assert [line.words for line in queries.statement(of_year(ours, 2027))] == ["Carried over from 2026–27"]
        assert queries.statement(of_year(ours, 2026))[-1].words == "Carried over to 2027–28"
    assert Entry.objects.filter(sentence="Carried 8½ hours over from 2026–27.").count() == 1


def test_the_database_refuses_a_year_that_was_carried_before(ours, hours):
    agrees_to_carry(ours)
    with clock.at(NEW_YEAR):
        actions.carry_left_hours(ours.services["SEMHL"], by=ours.bea)
        now = of_year(ours, 2027)
        with pytest.raises(Refused, match="Nothing was entered twice"):
            ledgers.post(now.account, EntryKind.CARRIED, 60, cause=of_year(ours, 2026), by=ours.bea)
        assert stands(now) == (0, 0, 600)


def test_left_hours_lapse_where_nothing_else_is_agreed(ours, hours):
    with clock.at(NEW_YEAR), pytest.raises(Refused, match="What is left lapses"):
        actions.carry_left_hours(ours.services["SEMHL"], by=ours.bea)
    assert stands(hours) == (0, 0, 600)


def test_terms_of_the_last_day_of_the_year_decide(ours, hours):
    agrees_to_carry(ours, since=date(2027, 9, 1))
    with clock.at(NEW_YEAR), pytest.raises(Refused, match="What is left lapses"):
        actions.carry_left_hours(ours.services["SEMHL"], by=ours.bea)


def test_hours_wait_while_a_visit_of_the_year_is_not_confirmed(ours, hours):
    agrees_to_carry(ours)
    visit = book(ours, hours, 90)
    with clock.at(NEW_YEAR):
        assert actions.carry_left_hours(ours.services["SEMHL"], by=ours.bea) == []
        actions.confirm_delivered(visit.pk, by=ours.lee, seen=None, minutes=60)
        actions.carry_left_hours(ours.services["SEMHL"], by=ours.bea)
        assert stands(of_year(ours, 2027)) == (0, 0, 540)


@pytest.mark.parametrize("who", ["sam", "vic", "eve", "ada"])
def test_hours_are_carried_by_those_who_enter_them(ours, hours, who):
    agrees_to_carry(ours)
    with clock.at(NEW_YEAR), pytest.raises(NotPermitted):
        actions.carry_left_hours(ours.services["SEMHL"], by=ours.people[who])
