import threading
from datetime import date
from itertools import pairwise

import pytest
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, KeyUsedForOther, NotPermitted, Refused
from trellis.history.models import Entry
from trellis.hours import queries as hours
from trellis.organisations import actions, policies
from trellis.organisations.queries import Timeline
from trellis.organisations.tests.world import settled
from trellis.peps.models import PepPolicy
from trellis.pupils.tests import world

TOMORROW = date(2026, 11, 3)
DECEMBER, APRIL = date(2026, 12, 1), date(2027, 4, 1)


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def price(ours, since, pence, by=None):
    return settled(ours.services["SEMHL"], "price", by or ours.bea, since, pence_per_hour=pence)


def prices(ours, *days):
    return [hours.price_per_hour(ours.services["SEMHL"], day) for day in days]


def timeline(ours, slug="price", organisation=None):
    organisation = organisation or ours.services["SEMHL"]
    return Timeline(policies.find(slug, organisation), organisation)


def has_no_gap_and_no_overlap(held):
    return all(one.during.upper == after.during.lower for one, after in pairwise(held))


def test_set_policy_closes_what_held_the_day_before(ours):
    price(ours, world.DAY, 80_00)
    price(ours, DECEMBER, 85_00)

    assert prices(ours, world.DAY, date(2026, 11, 30), DECEMBER) == [80_00, 80_00, 85_00]
    assert has_no_gap_and_no_overlap(timeline(ours).held)
    assert [(row.agreed_by, row.source) for row in timeline(ours).held] == [
        ("Governing board", "Minutes of 14 October")
    ] * 2


def test_set_policy_writes_one_row_of_history_in_words(ours):
    price(ours, world.DAY, 80_00)
    before = Entry.objects.count()
    made = price(ours, DECEMBER, 85_00)

    assert Entry.objects.count() == before + 1
    entry = timeline(ours).history().first()
    assert (entry.by, entry.subject_id, entry.written_for_id) == (ours.bea, made.pk, ours.services["SEMHL"].pk)
    assert entry.sentence == "The price of an hour from 1 December 2026: An hour costs £85. Agreed by Governing board."


def test_set_policy_between_holds_until_what_is_agreed_already(ours):
    for since, pence in ((world.DAY, 80_00), (APRIL, 90_00), (DECEMBER, 85_00)):
        price(ours, since, pence)

    assert prices(ours, TOMORROW, DECEMBER, date(2027, 3, 31), APRIL) == [80_00, 85_00, 85_00, 90_00]
    assert has_no_gap_and_no_overlap(timeline(ours).held)


def test_set_policy_before_the_first_of_all_holds_until_it(ours):
    price(ours, APRIL, 90_00)
    price(ours, DECEMBER, 85_00)

    assert prices(ours, world.DAY, DECEMBER, APRIL) == [72_00, 85_00, 90_00]
    assert has_no_gap_and_no_overlap(timeline(ours).held)


def test_set_policy_of_the_same_day_replaces_what_has_not_begun(ours):
    price(ours, world.DAY, 80_00)
    price(ours, APRIL, 90_00)
    price(ours, APRIL, 88_00)

    assert prices(ours, date(2027, 3, 31), APRIL) == [80_00, 88_00]
    assert [row.pence_per_hour for row in timeline(ours).rows if row.during.isempty] == [90_00]
    assert "It replaces what was to begin that day." in timeline(ours).history().first().sentence


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        (date(2026, 11, 1), "Choose a day that is not over"),
        (world.DAY, "Choose a day from tomorrow on"),
        (date(2062, 12, 1), "Check the year"),
    ],
)
def test_set_policy_for_days_already_used_is_refused(ours, since, sentence):
    price(ours, world.DAY, 80_00)
    with pytest.raises(Refused, match=sentence) as refused:
        price(ours, since, 85_00)

    assert refused.value.field == "since"
    assert len(timeline(ours).rows) == 1


def test_set_policy_keeps_what_is_not_asked(ours):
    made = settled(ours.virtual_school, "peps", ours.vic, world.DAY, autumn_due="11-20")

    assert (made.autumn_due, made.spring_due, made.quality_scheme) == ("11-20", "03-14", PepPolicy().quality_scheme)


def test_set_policy_that_breaks_its_own_rule_is_refused(ours):
    with pytest.raises(Refused, match="More must be there than sit on the panel"):
        settled(ours.virtual_school, "highly-vulnerable", ours.vic, TOMORROW, panel_roles=["Head"], quorum=2)


def test_set_policy_pressed_twice_sets_once(ours):
    service, key = ours.services["SEMHL"], Key.fresh(ours.bea)
    typed = {
        "by": ours.bea, "seen": 0, "since": DECEMBER, "agreed_by": "Lee", "source": "List",
        "settled": {"pence_per_hour": 85_00},
    }  # fmt: skip
    both = [actions.set_policy(timeline(ours).kind, service.pk, key=key, **typed) for _ in range(2)]

    assert both[0] == both[1]
    assert len(timeline(ours).rows) == 1
    with pytest.raises(KeyUsedForOther):
        actions.set_policy(timeline(ours).kind, service.pk, key=Key(key.value, key.user_id, "other words"), **typed)


def test_set_policy_over_what_somebody_else_set_meanwhile_is_a_conflict(ours):
    seen = timeline(ours).version
    price(ours, DECEMBER, 85_00)
    with pytest.raises(Conflict):
        actions.set_policy(
            timeline(ours).kind, ours.services["SEMHL"].pk, by=ours.vic, key=Key.fresh(ours.vic), seen=seen,
            since=DECEMBER, agreed_by="Vic", source="List", settled={"pence_per_hour": 60_00},
        )  # fmt: skip


@pytest.mark.parametrize("who", ["sam", "ada", "eve", "otis", "root", "sol"])
def test_set_policy_by_others_is_not_permitted(ours, who):
    with pytest.raises(NotPermitted):
        price(ours, DECEMBER, 85_00, by=ours.people[who])


def test_set_policy_by_the_lead_of_another_service_is_not_permitted(ours):
    with pytest.raises(NotPermitted):
        settled(ours.services["EPS"], "price", ours.lee, DECEMBER, pence_per_hour=85_00)


def withdraw(ours, policy, slug="price", organisation=None, by=None):
    kept = timeline(ours, slug, organisation)
    return actions.withdraw_policy(
        kept.kind,
        kept.organisation.pk,
        policy.pk,
        by=by or ours.bea,
        seen=kept.version,
        because="Not agreed after all.",
    )


def test_withdraw_policy_lets_what_held_go_on(ours):
    price(ours, world.DAY, 80_00)
    later = price(ours, DECEMBER, 85_00)
    price(ours, APRIL, 90_00)
    before = Entry.objects.count()
    withdraw(ours, later)

    assert prices(ours, DECEMBER, date(2027, 3, 31), APRIL) == [80_00, 80_00, 90_00]
    assert has_no_gap_and_no_overlap(timeline(ours).held)
    assert Entry.objects.count() == before + 1
    assert timeline(ours).history().first().sentence == (
        "The price of an hour: what was to begin on 1 December 2026 was withdrawn. Not agreed after all."
    )
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw(ours, later)


def test_withdraw_policy_that_has_begun_is_refused(ours):
    later = price(ours, DECEMBER, 85_00)
    with clock.at(DECEMBER), pytest.raises(Refused, match="Only what has not begun"):
        withdraw(ours, later)


def test_withdraw_policy_by_others_is_not_permitted(ours):
    later = price(ours, DECEMBER, 85_00)
    with pytest.raises(NotPermitted):
        withdraw(ours, later, by=ours.ada)


def test_policy_that_something_was_decided_by_is_neither_withdrawn_nor_replaced(ours):
    """A timetable that was agreed for a later day names the policy of that day."""
    from trellis.schooling.models import PartTimeTimetable

    later = settled(ours.virtual_school, "part-time", ours.vic, DECEMBER, weeks_at_most=4)
    PartTimeTimetable.objects.create(
        pupil=ours.jordan, written_for=ours.school, school=ours.school, policy=later, starts_on=DECEMBER,
        ends_on=date(2026, 12, 18), review_on=DECEMBER, minutes_now=600, minutes_full=1500,
        recorded_by=ours.sam, recorded_at=clock.now(),
    )  # fmt: skip

    with pytest.raises(Refused, match="Something was decided by this already"):
        withdraw(ours, later, "part-time", ours.virtual_school)
    with pytest.raises(Refused, match="Something was decided by this already"):
        settled(ours.virtual_school, "part-time", ours.vic, DECEMBER, weeks_at_most=5)


def test_two_who_set_at_once_leave_one_policy_and_one_conflict(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
        kind, service = timeline(ours).kind, ours.services["SEMHL"]
        price(ours, world.DAY, 80_00)
        seen = timeline(ours).version
    start, told = threading.Barrier(2), []

    def sets(who, pence):
        try:
            with clock.at(world.DAY):
                start.wait(timeout=10)
                actions.set_policy(
                    kind, service.pk, by=who, key=Key.fresh(who), seen=seen, since=DECEMBER, agreed_by=str(who),
                    source="List", settled={"pence_per_hour": pence},
                )  # fmt: skip
                told.append("set")
        except Conflict:
            told.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=sets, args=pair) for pair in ((ours.vic, 85_00), (ours.bea, 90_00))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert sorted(told) == ["conflict", "set"]
    with clock.at(world.DAY):
        held = timeline(ours).held
        assert [row.during.lower for row in held] == [world.DAY, DECEMBER]
        assert has_no_gap_and_no_overlap(held)
