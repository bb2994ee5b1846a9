import threading
from datetime import date

import pytest
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.cycles import actions as cycles
from trellis.cycles.tests import world as cycle_world
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.moves import actions, queries, rules
from trellis.moves.models import MoveState, SchoolMove
from trellis.peps.models import Pep
from trellis.peps.tests import world as pep_world
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import Level, Pupil, SchoolPlace
from trellis.pupils.tests import world

MOVED_ON = date(2026, 10, 12)


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def move(ours, **says):
    told = {"to": ours.next_school, "on": MOVED_ON, "by": ours.vic} | says
    return actions.move_school(ours.jordan.pk, **told)


def test_move_opens_the_record_to_the_new_school_and_closes_it_to_the_old(ours):
    moved = move(ours, year_group=4)

    assert (moved.from_school, moved.to_school, moved.state) == (
        ours.school, ours.next_school, MoveState.AWAITING_RECEIPT,
    )  # fmt: skip
    assert list(Pupil.objects.visible_to(ours.nia, Level.WHOLE)) == [ours.jordan]
    assert list(Pupil.objects.visible_to(ours.sam, Level.WHOLE)) == []
    assert list(SchoolMove.objects.visible_to(ours.sam)) == [moved]
    assert list(Pupil.objects.visible_to(ours.tia)) == []
    assert SchoolPlace.objects.filter(pupil=ours.jordan, during__contains=MOVED_ON).get().year_group == 4
    assert access.differences(ours.jordan) == ([], [])


def test_move_hands_the_open_cycle_over(ours):
    cycle = cycles.start_cycle(ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam))

    moved = move(ours)

    cycle.refresh_from_db()
    assert (cycle.kept_by, cycle.written_for_id) == (ours.next_school, ours.school.pk)
    assert moved.carried == [
        {"about": "Assess, Plan, Do, Review", "sentences": ["Cycle 1 of Assess, Plan, Do, Review: being assessed"]},
        {"about": "Personal Education Plan (PEP)", "sentences": ["The PEP, autumn term 2026: not started"]},
    ]


def test_move_names_the_cycles_that_come_as_evidence(ours):
    for from_day, reviewed_on in ((cycle_world.SEPTEMBER, cycle_world.REVIEWED), (cycle_world.AGREED, MOVED_ON)):
        cycle, outcome, *_ = cycle_world.under_way(ours, from_day, MOVED_ON)
        cycle_world.review(ours, cycle, {outcome.pk: ("some", "2 lessons in 5")}, reviewed_on)
    ended = cycle_world.begin(ours, MOVED_ON)
    with clock.at(date(2026, 10, 20)):
        cycles.end_cycle(ended.pk, by=ours.sam, seen=None, because="Jordan moves school")

    moved = move(ours, on=world.DAY)

    assert {part["about"]: part["sentences"] for part in moved.carried}["Assess, Plan, Do, Review"] == [
        "2 reviewed cycles: cycle 1, reviewed on 5 October 2026; cycle 2, reviewed on 12 October 2026",
        "Cycle 3 of Assess, Plan, Do, Review: ended without a review on 20 October 2026",
    ]


def test_move_names_the_signed_peps_beside_the_one_in_the_making(ours):
    pep_world.last_summer(ours)

    moved = move(ours)

    assert {part["about"]: part["sentences"] for part in moved.carried}["Personal Education Plan (PEP)"] == [
        "The PEP, autumn term 2026: not started", "1 signed PEP: summer term 2026",
    ]  # fmt: skip


def test_move_says_of_a_pep_kept_elsewhere_what_it_means_here(ours):
    peps = Pep.objects.filter(pupil=ours.jordan)
    peps.update(kept_elsewhere="ePEP Online", state="IN_PROGRESS")

    moved = move(ours)

    assert {part["about"]: part["sentences"] for part in moved.carried}["Personal Education Plan (PEP)"] == [
        "The PEP, autumn term 2026: SEND section not issued"
    ]


def test_move_asks_the_new_school_for_its_receipt_without_naming_the_child(ours):
    moved = move(ours)

    message = Message.objects.filter(to=ours.nia).get()
    assert message.path == moved.get_absolute_url()
    assert not any(name in message.subject + message.body for name in ("Jordan", "Vale"))


@pytest.mark.parametrize(("recorded_by", "heads_told"), [("dee", ["vic"]), ("vic", []), (None, ["vic"])])
def test_move_tells_the_social_worker_and_the_virtual_school_head_without_naming_the_child(
    ours, recorded_by, heads_told
):  # fmt: skip
    moved = move(ours, by=ours.people.get(recorded_by))

    told = {message.to: message for message in Message.objects.exclude(to=ours.nia)}
    assert set(told) == {ours.sol, *(ours.people[who] for who in heads_told)}
    assert told[ours.sol].path == ours.jordan.get_absolute_url()
    assert {told[ours.people[who]].path for who in heads_told} <= {moved.get_absolute_url()}
    assert not any(name in one.subject + one.body for one in told.values() for name in ("Jordan", "Vale"))


def test_move_tells_a_social_worker_without_an_account_at_their_address(ours):
    pupils.name_professional(
        ours.jordan.pk, by=None, authority=ours.virtual_school.authority, role="social worker", name="Sal",
        email="sal@elsewhere.example", on=MOVED_ON,
    )  # fmt: skip

    move(ours)

    assert Message.objects.filter(address="sal@elsewhere.example").count() == 1


def test_the_same_move_again_is_the_same_move(ours):
    assert move(ours) == move(ours)
    assert (SchoolMove.objects.count(), Message.objects.filter(to=ours.nia).count()) == (1, 1)


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (
            {"on": date(2026, 11, 3)},
            rules.move_has_happened.sentence,
        ),
        (
            {"on": date(2026, 8, 31)},
            "A later school place is recorded already. Check the date of the move.",
        ),
    ],
)
def test_move_refused_on_such_a_day(ours, says, sentence):
    with pytest.raises(Refused) as refused:
        move(ours, **says)

    assert refused.value.sentence == sentence
    assert SchoolMove.objects.count() == 0


def test_move_to_the_present_school_is_refused(ours):
    with pytest.raises(Refused) as refused:
        move(ours, to=ours.school)

    assert refused.value.field == "to_school"


def test_acknowledge_once_and_only_by_the_new_school(ours):
    moved = move(ours)
    with pytest.raises(NotPermitted):
        actions.acknowledge_move(moved.pk, by=ours.sam)

    for _ in range(2):
        actions.acknowledge_move(moved.pk, by=ours.nia)

    moved.refresh_from_db()
    assert (moved.state, moved.received_by) == (MoveState.RECEIVED, ours.nia)
    told = Entry.objects.filter(subject_kind="moves.schoolmove").order_by("pk").values_list("sentence", flat=True)
    assert list(told) == [
        "Moved from Larch Primary 990 to Rowan Primary 990 on 12 October 2026.",
        "Rowan Primary 990 received the record.",
    ]


def test_next_step_is_the_new_schools_until_it_has_received(ours):
    moved = move(ours)
    pupils = Pupil.objects.all()

    assert [step.url for step in queries.next_steps(ours.nia, pupils, world.DAY)] == [moved.get_absolute_url()]
    assert queries.next_steps(ours.sam, pupils, world.DAY) == []
    actions.acknowledge_move(moved.pk, by=ours.nia)
    assert queries.next_steps(ours.nia, pupils, world.DAY) == []


def test_two_moves_at_once_make_one_place(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
    start, told = threading.Barrier(2), []

    def press():
        try:
            with clock.at(world.DAY):
                start.wait(timeout=10)
                told.append(move(ours).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (len(told), len(set(told)), SchoolMove.objects.count()) == (2, 1, 1)
