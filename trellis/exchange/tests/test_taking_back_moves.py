"""A weekly list that moved children who were known is taken back whole: places, care, all that followed, and money."""

from datetime import timedelta

import pytest

from trellis.conduct import clock
from trellis.consents.tests import world as consents
from trellis.exchange import samples
from trellis.exchange.tests.test_taking_back import refusal, rows_that_are, taken_back, what_stands, whoever_reads
from trellis.exchange.tests.world import land, row
from trellis.funding.tests import world as funding
from trellis.hours.models import Visit
from trellis.hv.tests import world as hv
from trellis.ledgers.models import Account, Entry
from trellis.mail.models import Message
from trellis.moves import actions as moves
from trellis.moves.models import CareChange, SchoolMove
from trellis.moves.taken_back import SUBJECT
from trellis.moves.tests.test_what_goes_along import WHAT
from trellis.outreach.tests import world as outreach
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world
from trellis.transfers.models import Transfer
from trellis.voices.tests import world as voices


@pytest.fixture
def listed(ours):
    """Jordan is on the list, at Larch and in care."""
    pupils.know_by(ours.jordan.pk, authority=ours.virtual_school.authority, child_id="900001")
    land(ours, row(ours), ben(ours))
    return ours


def ben(ours):
    return row(ours, child_id="700002", legal_first_name="Ben", legal_last_name="Ide", date_of_birth="2016-04-04")


def moved(ours):
    """A list that says Jordan is at Rowan."""
    rowan = {"school_urn": ours.next_school.urn, "school_name": ours.next_school.name}
    made = land(ours, row(ours, **rowan, school_start=samples.DAY.isoformat()), ben(ours))
    assert SchoolMove.objects.that_were().count() == 1
    return made


def booked():
    open_visits = Visit.objects.open().prefetch_related("parts")
    return sorted(
        (visit.school_id, visit.request_id, visit.state, str(visit.on), sum(part.minutes for part in visit.parts.all()))
        for visit in open_visits
    )


def balances():
    return dict(Account.objects.values_list("pk", "balance"))


def everything(ours):
    rows = {key: says for key, says in rows_that_are().items() if key[0] is not Visit}
    return rows, what_stands(), booked(), balances(), whoever_reads(ours.jordan)


def all_as_before(ours, made, stood):
    taken_back(made, ours.bea)
    rows = rows_that_are(stood[0])
    assert (rows, what_stands(), booked(), balances(), whoever_reads(ours.jordan)) == stood
    assert access.differences(ours.jordan) == ([], [])
    for account in Account.objects.all():
        assert account.balance == sum(Entry.objects.filter(account=account).values_list("amount", flat=True))


# --- school ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", sorted(WHAT))
def test_a_move_taken_back_gives_everything_back(listed, about):
    with clock.at(world.DAY):
        WHAT[about][0](listed)
    stood = everything(listed)
    made = moved(listed)
    assert Pupil.objects.visible_to(listed.nia).filter(pk=listed.jordan.pk).exists()

    all_as_before(listed, made, stood)

    assert not Pupil.objects.visible_to(listed.nia).filter(pk=listed.jordan.pk).exists()
    assert not SchoolMove.objects.visible_to(listed.nia).exists()
    assert not Transfer.objects.visible_to(listed.sam).exists()


def test_the_same_list_lands_again_after_it_was_taken_back(listed):
    taken_back(moved(listed), listed.bea)

    moved(listed)

    assert Pupil.objects.visible_to(listed.nia).filter(pk=listed.jordan.pk).exists()
    assert Transfer.objects.under_way().count() == 3
    assert access.differences(listed.jordan) == ([], [])


def test_whoever_was_told_of_the_move_is_told_that_it_was_taken_back(listed):
    before = set(Message.objects.values_list("pk", flat=True))
    made = moved(listed)
    told = set(Message.objects.exclude(pk__in=before).values_list("address", flat=True))
    assert {listed.nia.email, listed.sol.email} <= told

    taken_back(made, listed.bea)

    again = Message.objects.filter(subject=SUBJECT)
    assert sorted(again.values_list("address", flat=True)) == sorted(told)
    assert not any(name in one.body + one.subject for one in again for name in ("Jordan", "Vale", "Rowan"))


def test_a_receipt_that_the_new_school_gave_keeps_the_list(listed):
    made = moved(listed)
    moves.acknowledge_move(SchoolMove.objects.get().pk, by=listed.nia)

    assert refusal(made, listed.bea) == "Since then, Nia Ours dealt with a change of school of Jordan Vale."


def test_hours_used_since_keep_the_list(listed):
    with clock.at(world.DAY):
        WHAT["Hours of specialist services"][0](listed)
    made = moved(listed)
    account = Account.objects.filter(entries__kind="released").get()
    funding_of_others(listed, account)

    assert refusal(made, listed.bea).startswith("With this import hours that were kept for a visit went back to ")


def funding_of_others(ours, account):
    """All that is left of these hours goes to other children."""
    Entry.objects.create(
        account=account, kind="spent", amount=-account.balance, cause_kind="hours.visitpart", cause_id=999_999,
        at=clock.now(),
    )  # fmt: skip


# --- care ------------------------------------------------------------------------------------------------------------

IN_CARE = {
    "consent": consents.ask,
    "money asked": lambda ours: (funding.fill_pot(ours), funding.ask(ours, funding.signed_target(ours))),
    "outreach": lambda ours: outreach.accept(outreach.ask(ours), ours),
    "proposal": hv.propose,
    "view asked": voices.add_rows,
}


@pytest.mark.parametrize("about", sorted(IN_CARE))
def test_leaving_care_taken_back_gives_everything_back(listed, about):
    with clock.at(world.DAY):
        IN_CARE[about](listed)
    stood = everything(listed)
    made = land(listed, ben(listed))
    assert CareChange.objects.that_were().count() == 1
    assert not Pupil.objects.visible_to(listed.vic).filter(pk=listed.jordan.pk).exists()

    all_as_before(listed, made, stood)

    assert not CareChange.objects.that_were().exists()
    assert Pupil.objects.visible_to(listed.vic).filter(pk=listed.jordan.pk).exists()


def test_coming_into_care_taken_back_ends_the_pep_and_a_list_takes_it_up_again(listed):
    pupils.end_care(listed.jordan.pk, by=None, on=samples.DAY - timedelta(days=30))
    stood = everything(listed)
    came = row(listed, looked_after_since=samples.DAY.isoformat())
    made = land(listed, came, ben(listed))
    assert CareChange.objects.that_were().count() == 1

    all_as_before(listed, made, stood)

    again = land(listed, came, ben(listed))
    assert again.counts["changed"] >= 1
    assert CareChange.objects.that_were().count() == 1


def test_an_award_that_ended_with_it_keeps_the_list(listed):
    with clock.at(world.DAY):
        hv.award(hv.propose(listed), listed)
    made = land(listed, ben(listed))

    assert refusal(made, listed.bea).startswith("With this import an award for Jordan Vale ended")


def test_work_on_a_child_who_left_care_with_it_keeps_the_list(listed):
    made = land(listed, ben(listed))
    pupils.set_sen_status(listed.jordan.pk, by=listed.sam, status="N")

    assert refusal(made, listed.bea) == "Since then, Sam Ours changed the record of Jordan Vale."
