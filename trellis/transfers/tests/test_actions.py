"""Three files are owed when a pupil leaves: sent, received, chased; and who may know of the child protection file."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.caseloads.queries import week_of
from trellis.conduct import clock
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.moves import actions as moves
from trellis.moves.models import SchoolMove
from trellis.organisations.actions import list_school
from trellis.people.models import Membership, User
from trellis.people.roles import SCHOOL_LEADS, Role
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world
from trellis.transfers import actions, permissions, queries
from trellis.transfers.models import Transfer, TransferState, What

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        ours = world.ours()
        there = {"nadia": Role.SAFEGUARDING_LEAD, "nell": Role.HEADTEACHER, "nat": Role.DESIGNATED_TEACHER}
        for name, role in there.items():
            ours.people[name] = world.account(name, role, ours.next_school, "ours.example")
        yield ours


@pytest.fixture
def files(ours):
    """Jordan goes from Larch to Rowan."""
    moves.move_school(ours.jordan.pk, to=ours.next_school, on=world.DAY, by=ours.vic)
    return {What(one.what): one for one in Transfer.objects.all()}


def fresh(user):
    return User.objects.get(pk=user.pk)


def send(transfer, by):
    return actions.send_file(transfer.pk, by=by, seen=transfer.version, how="s2s")


def steps_of(user):
    steps = (step for group in week_of(fresh(user)) for step in group.steps)
    return [(step.verb, step.rest) for step in steps if "/transfers/" in step.url]


# --- they open by themselves -----------------------------------------------------------------------------------------


def test_move_opens_three_files_with_their_clocks(ours, files):
    assert {what: (one.from_school, one.to_school, one.state, one.due_on) for what, one in files.items()} == {
        What.COMMON_TRANSFER: (ours.school, ours.next_school, TransferState.OWED, date(2026, 11, 23)),
        What.CHILD_PROTECTION: (ours.school, ours.next_school, TransferState.OWED, date(2026, 11, 9)),
        What.SEN: (ours.school, ours.next_school, TransferState.OWED, date(2026, 11, 23)),
    }


def test_first_school_place_opens_none(ours):
    assert not Transfer.objects.exists()


def test_new_school_unknown_waits_with_its_clock_until_it_is_known(ours):
    pupils.end_school_place(ours.jordan.pk, by=ours.dee, on=world.DAY)
    waiting = Transfer.objects.get(what=What.SEN)
    assert (waiting.to_school, waiting.due_on) == (None, date(2026, 11, 23))
    with pytest.raises(Refused):
        send(waiting, ours.sam)

    with clock.at(world.DAY + timedelta(days=7)):
        moves.move_school(ours.jordan.pk, to=ours.next_school, on=world.DAY + timedelta(days=7), by=ours.vic)

    assert Transfer.objects.count() == 3
    waiting.refresh_from_db()
    assert (waiting.to_school, waiting.left_on, waiting.due_on) == (ours.next_school, world.DAY, date(2026, 11, 23))


def test_school_left_years_ago_is_not_asked(ours):
    with clock.at(date(2030, 1, 7)):
        pupils.end_school_place(ours.jordan.pk, by=None, on=date(2027, 1, 8))
        Transfer.objects.update(left_on=date(2020, 1, 1))
        pupils.start_school_place(ours.jordan.pk, by=None, school=ours.next_school, on=date(2030, 1, 7))

    assert not Transfer.objects.filter(to_school=ours.next_school).exists()


# --- sent, received, chased ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "sender", "receiver"),
    [(What.SEN, "sam", "nia"), (What.COMMON_TRANSFER, "dee", "nat"), (What.CHILD_PROTECTION, "dina", "nadia")],
)
def test_file_is_sent_and_received_with_a_receipt(ours, files, what, sender, receiver):
    sent = send(files[what], ours.people[sender])
    assert {one.to for one in Message.objects.filter(path=sent.get_absolute_url())} >= {ours.people[receiver]}

    got = actions.receive_file(sent.pk, by=ours.people[receiver])

    assert (got.state, got.sent_by, got.received_by) == (
        TransferState.RECEIVED, ours.people[sender], ours.people[receiver],
    )  # fmt: skip
    assert actions.receive_file(sent.pk, by=ours.people[receiver]).received_at == got.received_at


def test_file_of_which_nobody_said_that_it_went_may_arrive(ours, files):
    assert actions.receive_file(files[What.SEN].pk, by=ours.nia).state == TransferState.RECEIVED


def test_no_mail_names_the_child(ours, files):
    for what, sender in ((What.SEN, "sam"), (What.CHILD_PROTECTION, "dina")):
        send(files[what], ours.people[sender])
    actions.chase_file(files[What.COMMON_TRANSFER].pk, by=ours.people["nat"])

    words = " ".join(one.subject + one.body for one in Message.objects.filter(path__contains="/transfers/"))
    assert not any(name in words for name in ("Jordan", "Vale", "protection"))


def test_old_school_is_reminded_once_a_day(ours, files):
    actions.chase_file(files[What.SEN].pk, by=ours.nia)
    with pytest.raises(Refused):
        actions.chase_file(files[What.SEN].pk, by=ours.vic)

    assert {one.to for one in Message.objects.filter(path=files[What.SEN].get_absolute_url())} == {ours.sam}


def test_only_a_child_protection_file_may_not_exist(ours, files):
    with pytest.raises(Refused):
        actions.say_none(files[What.SEN].pk, by=ours.sam, seen=None)
    assert actions.say_none(files[What.CHILD_PROTECTION].pk, by=ours.dina, seen=None).state == TransferState.NONE_HELD


# --- who -------------------------------------------------------------------------------------------------------------

EVERYBODY = ["sam", "dee", "hana", "dina", "nia", "nat", "nell", "nadia", "vic", "ada", "otis", "bea", "sol"]
SENDERS = {
    What.SEN: {"sam"},
    What.COMMON_TRANSFER: {"dee", "hana"},
    What.CHILD_PROTECTION: {"dina", "hana"},
}
TAKERS = {What.SEN: {"nia"}, What.COMMON_TRANSFER: {"nat", "nell"}, What.CHILD_PROTECTION: {"nadia", "nell"}}


@pytest.mark.parametrize("what", What)
def test_who_sends_and_who_receives(ours, files, what):
    def may(can):
        return {who for who in EVERYBODY if can(fresh(ours.people[who]), files[what])}

    assert (may(permissions.can_send), may(permissions.can_receive)) == (SENDERS[what], TAKERS[what])


@pytest.mark.parametrize("what", What)
def test_who_reminds(ours, files, what):
    virtual_school = set() if what == What.CHILD_PROTECTION else {"vic", "ada", "otis"}

    may = {who for who in EVERYBODY if permissions.can_chase(fresh(ours.people[who]), files[what])}

    assert may == TAKERS[what] | virtual_school


SEES_FILE = {
    TransferState.ENTERED_IN_ERROR: set(),
    TransferState.OWED: {"dina", "hana", "nadia"},
    TransferState.SENT: {"dina", "hana", "nadia", "nell"},
    TransferState.RECEIVED: {"dina", "hana", "nadia", "nell"},
    TransferState.NONE_HELD: {"dina", "hana", "nadia"},
}


@pytest.mark.parametrize("state", TransferState)
def test_who_knows_whether_there_is_a_child_protection_file(ours, files, state, client):
    Transfer.objects.filter(what=What.CHILD_PROTECTION).update(state=state)
    url = files[What.CHILD_PROTECTION].get_absolute_url()

    def opens(who):
        client.force_login(ours.people[who])
        return client.get(url).status_code == 200

    assert {who for who in [*EVERYBODY, "tia", "ed"] if opens(who)} == SEES_FILE[state]


def test_history_of_the_pupil_does_not_tell_of_the_child_protection_file(ours, files):
    before = set(Entry.objects.filter(pupil_id=ours.jordan.pk))

    send(files[What.CHILD_PROTECTION], ours.dina)
    actions.receive_file(files[What.CHILD_PROTECTION].pk, by=ours.nadia)

    assert set(Entry.objects.filter(pupil_id=ours.jordan.pk)) == before
    own = Entry.objects.filter(subject_kind="organisations.school", by__in=(ours.dina, ours.nadia))
    assert {one.sentence for one in own} == {"The safeguarding lead dealt with a pupil’s transfer."}


def test_other_authority_sees_nothing(ours, files):
    twin = world.twin()

    assert [Transfer.objects.visible_to(fresh(who)).count() for who in (twin.vic, twin.dina, twin.sam)] == [0, 0, 0]


def test_virtual_school_does_it_for_a_school_without_accounts(ours):
    elsewhere = list_school(urn="999001", name="Elder Academy", authority_code="801")
    moves.move_school(ours.jordan.pk, to=elsewhere, on=world.DAY, by=ours.vic)
    files = {What(one.what): one for one in Transfer.objects.all()}

    send(files[What.CHILD_PROTECTION], ours.dina)
    got = actions.receive_file(files[What.CHILD_PROTECTION].pk, by=fresh(ours.ada), receipt="Ms Elder, by telephone")

    assert (got.received_by, got.receipt) == (ours.ada, "Ms Elder, by telephone")
    assert ("Send on", "SEN record of Jordan Vale") in steps_of(ours.sam)
    with pytest.raises(NotPermitted):
        actions.receive_file(files[What.SEN].pk, by=fresh(ours.sol))


def test_virtual_school_sends_for_a_school_that_lost_its_people(ours, files):
    Membership.objects.filter(organisation=ours.school, role__in=SCHOOL_LEADS).update(
        during=(date(2020, 1, 1), world.DAY)
    )

    assert ("Send on", "SEN record of Jordan Vale") in steps_of(ours.ada)
    assert send(files[What.SEN], fresh(ours.ada)).sent_by == ours.ada


def test_old_school_keeps_the_paper_receipt_of_a_pupil_not_in_care(ours):
    pupils.end_care(ours.jordan.pk, by=None, on=world.DAY)
    elsewhere = list_school(urn="999001", name="Elder Academy", authority_code="801")
    pupils.start_school_place(ours.jordan.pk, by=None, school=elsewhere, on=world.DAY)
    transfer = Transfer.objects.get(what=What.SEN)

    send(transfer, ours.sam)

    assert actions.receive_file(transfer.pk, by=fresh(ours.sam), receipt="J Elder").receipt == "J Elder"


# --- my week ---------------------------------------------------------------------------------------------------------


def test_old_schools_people_have_it_in_their_week_though_the_pupil_has_left(ours, files):
    assert steps_of(ours.sam) == [("Send on", "SEN record of Jordan Vale")]
    assert steps_of(ours.dee) == [("Send on", "common transfer file of Jordan Vale")]
    assert steps_of(ours.dina) == [("Send on, or say there is none", "child protection file of Jordan Vale")]
    assert steps_of(ours.tia) == steps_of(ours.nia) == steps_of(ours.vic) == []
    send(files[What.SEN], ours.sam)
    assert steps_of(ours.sam) == []


def test_new_schools_people_confirm_what_was_sent_and_chase_what_is_late(ours, files):
    send(files[What.SEN], ours.sam)
    assert steps_of(ours.nia) == [("Say that it has come", "SEN record of Jordan Vale")]
    assert steps_of(ours.people["nadia"]) == []

    with clock.at(date(2026, 11, 10)):
        assert steps_of(ours.people["nadia"]) == [("Chase", "child protection file of Jordan Vale")]
        late = [group.name for group in week_of(fresh(ours.dina)) for step in group.steps if "/transfers/" in step.url]
        assert late == ["late"]


def test_my_week_asks_as_often_for_many_as_for_one(ours, files):
    def asked(user):
        user = fresh(user)
        assert user.memberships_today
        with CaptureQueriesContext(connection) as captured:
            queries.steps_after_leaving(user, world.DAY)
            queries.next_steps(user, Pupil.objects.visible_to(user), world.DAY)
        return len(captured)

    one = [asked(ours.sam), asked(ours.nia), asked(ours.vic)]
    for number in range(10):
        pupil = pupils.register_pupil(
            by=None, legal_first_name=f"Ari{number}", legal_last_name="Fenn", date_of_birth=date(2016, 1, 1), sex="F"
        )
        pupils.start_school_place(pupil.pk, by=None, school=ours.school, on=date(2026, 9, 1))
        pupils.start_school_place(pupil.pk, by=None, school=ours.next_school, on=world.DAY)

    assert [asked(ours.sam), asked(ours.nia), asked(ours.vic)] == one == [2, 2, 1]


# --- pages -----------------------------------------------------------------------------------------------------------


def test_senco_marks_as_sent_and_the_new_senco_receives(ours, files, client):
    transfer = files[What.SEN]
    client.force_login(ours.sam)
    page = client.get(transfer.get_absolute_url()).content.decode()
    assert "Mark as sent" in page
    assert "local practice" in page

    answer = client.post(reverse("send_file", args=[transfer.pk]), {"how": "by hand"})
    assert answer.url == transfer.get_absolute_url()
    client.force_login(ours.nia)
    assert "Say that it has come" in client.get(transfer.get_absolute_url()).content.decode()
    client.post(reverse("receive_file", args=[transfer.pk]), {"receipt": ""})

    transfer.refresh_from_db()
    assert transfer.state == TransferState.RECEIVED
    move = client.get(reverse("moves")).content.decode()
    assert "Jordan" in move


def test_form_without_an_answer_is_shown_again(ours, files, client):
    client.force_login(ours.sam)

    page = client.post(reverse("send_file", args=[files[What.SEN].pk]), {}).content.decode()

    assert "How did you send it?" in page
    assert "There is a problem" in page


@pytest.mark.parametrize("name", ["send_file", "say_none", "receive_file", "chase_file"])
def test_those_whose_file_it_is_not_are_told_so(ours, files, client, name):
    client.force_login(ours.dee)

    assert client.post(reverse(name, args=[files[What.SEN].pk]), {"how": "s2s"}).status_code == 403


def test_move_shows_the_files_and_their_receipts(ours, files, client):
    actions.receive_file(files[What.SEN].pk, by=ours.nia)
    move = SchoolMove.objects.get().get_absolute_url()

    def page(who):
        client.force_login(ours.people[who])
        return client.get(move).content.decode()

    assert "Received by Nia Ours" in page("sam")
    assert [files[What.CHILD_PROTECTION].get_absolute_url() in page(who) for who in ("sam", "vic", "dina")] == [
        False, False, True,
    ]  # fmt: skip
