"""School files, Annex A and common transfer files are taken back whole: every row that was there says what it said."""

from datetime import date

import pytest

from trellis.alerts.models import Alert
from trellis.conduct import clock
from trellis.exchange.annex_a.samples import workbook
from trellis.exchange.ctf.samples import a_file
from trellis.exchange.models import ImportKind
from trellis.exchange.school_files import samples
from trellis.exchange.tests import test_annex_a as annex
from trellis.exchange.tests import test_ctf as ctf
from trellis.exchange.tests import test_school_files as files
from trellis.exchange.tests.test_school_files import JORDAN
from trellis.exchange.tests.test_taking_back import refusal, rows_that_are, taken_back, what_stands
from trellis.history.models import Entry
from trellis.intervention_plans.tests import world as plans
from trellis.mail.models import Message
from trellis.organisations.actions import list_school
from trellis.pupils import actions as pupils
from trellis.pupils.models import FormerUpn
from trellis.schooling import queries as schooling
from trellis.schooling.models import Attainment, Attendance, Suspension
from trellis.transfers.models import Transfer, TransferState, What

larch, robin, jordan = ctf.larch, ctf.robin, annex.jordan
OLD = ("05/10/2026", "Fixed period", 4, "DB")


def all_as_before(made, by, before):
    """Take it back, and find every row as it was before it landed."""
    rows, stood = before
    taken_back(made, by)
    assert rows_that_are(rows) == rows
    assert what_stands() == stood


@pytest.fixture
def before(ours):
    return lambda: (rows_that_are(), what_stands())


# --- school files ----------------------------------------------------------------------------------------------------


def test_attendance_told_anew_by_a_file_says_again_what_it_said(ours, before):
    files.land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN))
    stood = before()
    made = files.land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN, attended=130))

    all_as_before(made, ours.sam, stood)

    assert [one.attended for one in Attendance.objects.standing()] == [108]
    assert Entry.objects.about_pupil(ours.jordan.pk).first().sentence.endswith("is as it was before.")
    again = files.land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN, attended=130))
    assert again.counts["changed"] == 1


def test_attainment_told_first_by_a_file_is_not_told(ours, before):
    stood = before()
    result = ("Reading", "WTS", "Working towards", "14/10/2026")
    made = files.land(ours, ImportKind.ATTAINMENT, samples.attainment(*JORDAN, result))

    all_as_before(made, ours.sam, stood)

    assert not Attainment.objects.standing().exists()
    assert Attainment.objects.count() == 1


def test_a_sen_register_taken_back_sets_the_status_back(ours, before):
    stood = before()
    made = files.land(ours, ImportKind.SEN_REGISTER, samples.sen_register("Vale, Jordan", "03/03/2018"))

    all_as_before(made, ours.sam, stood)


def test_a_suspension_of_which_nobody_was_told_never_was(ours, before):
    plan = plans.agreed(ours)
    stood, review_on = before(), plan.review_on
    made = files.land(ours, ImportKind.SUSPENSIONS, samples.suspensions(*JORDAN, OLD))
    plan.refresh_from_db()
    assert plan.review_on < review_on

    all_as_before(made, ours.sam, stood)

    assert not Suspension.objects.that_were().exists()
    assert schooling.facts_of(ours.jordan, clock.today()).half_days_in_year == 0
    assert not schooling.of_pupil_visible_to(ours.sam, ours.jordan).exists()
    again = files.land(ours, ImportKind.SUSPENSIONS, samples.suspensions(*JORDAN, OLD))
    assert (again.counts["changed"], Suspension.objects.that_were().count()) == (1, 1)


def test_an_alert_that_a_file_raised_is_closed_with_it(ours, before):
    stood = before()
    rows = [(f"{day:02}/10/2026", "Fixed period", 4, "DB") for day in (5, 12, 19)]
    made = files.land(ours, ImportKind.SUSPENSIONS, samples.suspensions(*JORDAN, *rows))
    assert Alert.objects.open().count() == 1

    all_as_before(made, ours.sam, stood)

    assert not Alert.objects.open().exists()


def test_a_suspension_of_which_somebody_was_told_keeps_its_file(ours):
    new = ("19/11/2026", "Fixed period", 3, "PP")
    made = files.land(ours, ImportKind.SUSPENSIONS, samples.suspensions(*JORDAN, new))
    assert Message.objects.exists()

    assert refusal(made, ours.sam).startswith(
        "With this import the social worker was told of the suspension from 19 November 2026 of Jordan Vale."
    )
    assert Suspension.objects.that_were().count() == 1


def test_attendance_told_anew_since_keeps_the_file_before(ours):
    made = files.land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN))
    files.land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN, attended=110))

    assert refusal(made, ours.sam).endswith("Take that one back first.")


# --- Annex A ---------------------------------------------------------------------------------------------------------


def test_annex_a_taken_back_sets_every_row_back(ours, jordan, before):
    stood = before()
    made = annex.landed(ours, workbook([annex.line(issued=date(2026, 6, 1), need="ASD")], []))
    assert what_stands() != stood[1]

    all_as_before(made, ours.bea, stood)


def test_annex_a_is_kept_once_the_school_said_otherwise(ours, jordan):
    made = annex.landed(ours, workbook([annex.line(issued=date(2026, 6, 1))], []))
    pupils.set_sen_status(jordan.pk, by=ours.sam, status="K", primary_need="MLD")

    assert refusal(made, ours.bea) == "Since then, Sam Ours changed the record of Jordan Vale."


# --- common transfer file --------------------------------------------------------------------------------------------


def test_a_common_transfer_file_taken_back_sets_every_row_back(larch, robin, before):
    stood = before()
    sen = [("2024-02-12", "K"), ("2025-06-01", "E")]
    sent = ctf.of_robin(sen=sen, needs=["SLCN"], FormerUPN=ctf.FORMER, years=[(2026, 378, 9, 0)])
    made = ctf.landed(larch, a_file(sent))
    assert what_stands() != stood[1]
    assert FormerUpn.objects.filter(pupil=robin).exists()
    assert Attendance.objects.standing().exists()

    all_as_before(made, larch.sam, stood)

    assert not FormerUpn.objects.filter(pupil=robin).exists()
    assert not Attendance.objects.standing().exists()
    assert ctf.landed(larch, a_file(sent)).counts["changed"] == 1


def test_the_receipt_that_a_common_transfer_file_gave_is_taken_back(larch, robin, before):
    elder = list_school(urn="990088", name="Elder Academy", authority_code="801", establishment_number="2000")
    mover = pupils.register_pupil(
        by=None, legal_first_name="Ayo", legal_last_name="Okafor", date_of_birth=date(2016, 5, 5)
    )
    pupils.start_school_place(mover.pk, by=None, school=elder, on=date(2025, 9, 1))
    pupils.start_school_place(mover.pk, by=None, school=larch.school, on=ctf.ARRIVED)
    stood = before()
    sent = ctf.samples.pupil(Surname="Okafor", Forename="Ayo", DOB="2016-05-05")
    made = ctf.landed(larch, a_file(sent))
    file = Transfer.objects.get(pupil=mover, what=What.COMMON_TRANSFER)
    assert file.state == TransferState.RECEIVED

    all_as_before(made, larch.sam, stood)

    file.refresh_from_db()
    assert (file.state, file.received_by) == (TransferState.OWED, None)
