"""A pupil leaves a school: three files are owed. They are sent, received, chased; or there is none."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from trellis.conduct import clock
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import require
from trellis.conduct.rules import check
from trellis.history import actions as history
from trellis.mail import actions as mail
from trellis.organisations.models import School
from trellis.people.models import User
from trellis.pupils.models import Pupil, SchoolPlace
from trellis.transfers import permissions, queries, rules
from trellis.transfers.models import Transfer, TransferState, What
from trellis.transfers.rules import TRANSFER

# --- they open by themselves -----------------------------------------------------------------------------------------


def open_when_place_began(place: SchoolPlace, by: Any) -> None:
    """What follows when a pupil starts at a school: the one they left owes it three files."""
    before = queries.place_left(place.pupil, place)
    if before is not None:
        open_transfers(place.pupil, from_place=before, to_school=place.school, by=by)


def open_when_place_ended(place: SchoolPlace, by: Any) -> None:
    """What follows when a pupil leaves the roll and no new school is known: the files wait with their clocks."""
    open_transfers(place.pupil, from_place=place, to_school=None, by=by)


@transaction.atomic
def open_transfers(pupil: Pupil, *, from_place: SchoolPlace, to_school: School | None, by: Any) -> list[Transfer]:
    """The three files that a school which was left owes; those that wait for a school to go to learn of it now."""
    pupil = lock(Pupil, pupil.pk)
    school, left_on = from_place.school, from_place.during.upper
    assert left_on is not None  # the place has ended
    waiting = {one.what: one for one in Transfer.objects.filter(pupil=pupil, from_school=school, left_on=left_on)}
    old, new = queries.calendars(pupil, school, to_school, left_on)
    opened = []
    for what in What:
        due = rules.due(what, left_on, old, new)
        if what not in waiting:
            opened.append(
                Transfer.objects.create(
                    pupil=pupil, written_for=school, what=what, from_school=school, to_school=to_school,
                    left_on=left_on, due_on=due.on, due_because=due.because,
                )
            )  # fmt: skip
        elif waiting[what].state == TransferState.ENTERED_IN_ERROR:
            now = {"to_school": to_school, "due_on": due.on, "due_because": due.because}
            TRANSFER.move("owed after all", waiting[what], **now)
            opened.append(waiting[what])
        elif to_school is not None and waiting[what].to_school_id is None:
            change(waiting[what], to_school=to_school, due_on=due.on, due_because=due.because)
    if opened:
        sentence = "The SEN record, the common transfer file and the educational record are owed to the next school."
        history.record(pupil, by, sentence, written_for=school)
    return opened


# --- what people do --------------------------------------------------------------------------------------------------


@transaction.atomic
def send_file(transfer_id: int, *, by: User, seen: int | None, how: str) -> Transfer:
    """The old school has sent the file; whoever receives it at the new school is asked to confirm that it came."""
    transfer = lock(Transfer, transfer_id)
    if transfer.state == TransferState.SENT:
        return transfer
    unchanged(transfer, seen)
    require(permissions.can_send(by, transfer))
    check(rules.new_school_is_known(transfer.to_school_id))
    TRANSFER.move("sent", transfer, how=how, sent_at=clock.now(), sent_by=by)
    _told(transfer, by, f"Sent to {transfer.to_school}: {transfer}.", transfer.from_school)
    for user in queries.who_deals_with(transfer, transfer.to_school_id):
        mail.write(
            to=user, subject="A file of a pupil is on its way to your school", path=transfer.get_absolute_url(),
            pupil_id=transfer.pupil_id,
            body="The school that a pupil left has sent you a file. When you have it, open the page and say so: the "
            "other school needs your receipt. If it does not come, remind them from there.",
        )  # fmt: skip
    return transfer


@transaction.atomic
def say_none(transfer_id: int, *, by: User, seen: int | None) -> Transfer:
    """The safeguarding lead of the old school says that there is no child protection file."""
    transfer = lock(Transfer, transfer_id)
    if transfer.state == TransferState.NONE_HELD:
        return transfer
    unchanged(transfer, seen)
    require(permissions.can_send(by, transfer))
    check(rules.only_a_child_protection_file_may_not_exist(transfer.what))
    TRANSFER.move("there is none", transfer, sent_at=clock.now(), sent_by=by)
    _told(transfer, by, "", transfer.from_school)
    return transfer


@transaction.atomic
def receive_file(transfer_id: int, *, by: User, seen: int | None = None, receipt: str = "") -> Transfer:
    """The new school has the file. Said before, stays as it was said."""
    transfer = lock(Transfer, transfer_id)
    if transfer.state == TransferState.RECEIVED:
        return transfer
    unchanged(transfer, seen)
    require(permissions.can_receive(by, transfer))
    assert transfer.to_school is not None
    TRANSFER.move("received", transfer, received_at=clock.now(), received_by=by, receipt=receipt)
    _told(transfer, by, f"{transfer.to_school} received: {transfer}.", transfer.to_school)
    return transfer


@transaction.atomic
def receive_with_file(transfer_id: int, *, by: Any) -> Transfer:
    """The common transfer file itself was brought in at the new school: that is its receipt. Twice is once; ``by`` None
    is somebody at the command line."""
    transfer = lock(Transfer, transfer_id)
    if transfer.state == TransferState.RECEIVED:
        return transfer
    if by is not None:
        require(permissions.can_receive_with_file(by, transfer))
    assert transfer.to_school is not None
    TRANSFER.move("received", transfer, received_at=clock.now(), received_by=by)
    _told(transfer, by, f"{transfer.to_school} received: {transfer}.", transfer.to_school)
    return transfer


@transaction.atomic
def chase_file(transfer_id: int, *, by: User) -> Transfer:
    """Remind the old school by e-mail that a file is waited for."""
    transfer = lock(Transfer, transfer_id)
    require(permissions.can_chase(by, transfer))
    TRANSFER.require("received", transfer)
    chased_on = timezone.localtime(transfer.chased_at).date() if transfer.chased_at else None
    check(rules.was_not_chased_today(chased_on, clock.today()))
    change(transfer, chased_at=clock.now(), chased_by=by)
    _told(transfer, by, f"Reminded {transfer.from_school}: {transfer}.", transfer.to_school or transfer.from_school)
    for user in queries.who_deals_with(transfer, transfer.from_school_id):
        mail.write(
            to=user, subject="The next school waits for a file of a pupil who left", path=transfer.get_absolute_url(),
            pupil_id=transfer.pupil_id,
            body="A pupil has left your school, and the file that you owe the next one has not arrived. Open the page: "
            "it says by when it was due and from what rule. Send it, and say there how it went.",
        )  # fmt: skip
    return transfer


def _told(transfer: Transfer, by: User, sentence: str, school: School) -> None:
    """One row of history. Of a child protection file it stands with the school and not with the pupil, in the same
    words whatever was done: whoever reads the record must not learn from it whether there is a file."""
    if transfer.may_not_exist:
        history.record(school, by, "The safeguarding lead dealt with a pupil’s transfer.", written_for=school)
    else:
        history.record(transfer, by, sentence, written_for=school)
