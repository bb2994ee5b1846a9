"""The tables of the school census, brought together, are one list of a school's own pupils."""

from datetime import date
from pathlib import Path

import pytest

from trellis.conduct import clock
from trellis.exchange import actions
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind
from trellis.exchange.reading import Unreadable
from trellis.exchange.school_files import census
from trellis.exchange.tests.conftest import REAL
from trellis.pupils.models import SenStatus
from trellis.pupils.tests import world
from trellis.schooling.models import Attendance, Suspension

pytestmark = pytest.mark.django_db

ON_ROLL = (
    "pupilonrolltableid,NativeId,dob,surname,forename,upn,termlysessionspossible,senprovision",
    "p1,SCH1,2018-Mar-03 00:00:00,Vale,Jordan,e5f1c1d2-7aa,130.0,E",
    "p1,SCH2,2018-Mar-03 00:00:00,Else,Sam,e5f1c1d2-7ab,120.0,K",
)
SESSIONS = (
    "pupilonrolltableid,NativeId,termlysessiondetailsonrolltableid,sessions,attendancereason",
    "p1,SCH1,d1,12.0,I", "p1,SCH1,d2,8.0,O", "p1,SCH1,d3,4.0,C2", "p1,SCH1,d4,6.0,#", "p1,SCH2,d5,90.0,O",
)  # fmt: skip
NEEDS = (
    "pupilonrolltableid,NativeId,senneedstableid,sentyperank,sentype",
    "p1,SCH1,n2,2.0,SLCN", "p1,SCH1,n1,1.0,SEMH", "p1,SCH2,n3,1.0,MLD",
)  # fmt: skip
OUT = (
    "pupilonrolltableid,NativeId,termlyexclusionsonrolltableid,startdate,sessions,reason1,reason2,reason3,category",
    "p1,SCH1,e1,2026-Oct-05 00:00:00,4.0,DB,PA,,FIXD", "p1,SCH2,e2,2026-Oct-06 00:00:00,2.0,PP,,,FIXD",
)  # fmt: skip


@pytest.fixture
def ours():
    with clock.at(world.DAY.replace(month=12)):
        yield world.ours()


def file(name, lines):
    return Brought(f"2027_spring_{name}.csv", "\n".join(lines).encode())


def bring(ours, kind, *files):
    return actions.preview_import(kind=kind, files=files, school=ours.school, by=ours.sam)


def land(ours, kind, *files):
    made = bring(ours, kind, *files)
    assert made.is_previewed, made.preview
    return actions.land_import(made.pk, by=ours.sam)


def test_sessions_missed_are_the_attendance_of_the_term_before(ours):
    with clock.at(date(2027, 1, 20)):
        land(ours, ImportKind.ATTENDANCE, file("onroll", ON_ROLL), file("sessions", SESSIONS))

    told = Attendance.objects.get()
    assert (told.pupil, told.starts_on, told.ends_on) == (ours.jordan, date(2026, 8, 1), date(2026, 12, 31))
    assert (told.possible, told.attended, told.authorised, told.unauthorised) == (130, 106, 16, 8)


def test_needs_stand_in_their_order(ours):
    land(ours, ImportKind.SEN_REGISTER, file("needs", NEEDS), file("onroll", ON_ROLL))

    now = SenStatus.objects.get(pupil=ours.jordan, during__contains=clock.today())
    assert (now.status, now.primary_need, now.secondary_need) == ("E", "SEMH", "SLCN")


def test_a_suspension_lasts_its_sessions(ours):
    land(ours, ImportKind.SUSPENSIONS, file("onroll", ON_ROLL), file("out", OUT))

    one = Suspension.objects.get()
    assert (one.pupil, one.first_day, one.reasons) == (ours.jordan, date(2026, 10, 5), ["DB", "PA"])
    assert one.days == [date(2026, 10, 5), date(2026, 10, 6)]


@pytest.mark.parametrize(
    "files, sentence",
    [
        ([file("sessions", SESSIONS)], "names nobody. Bring it with the table of pupils on roll."),
        ([file("onroll", ON_ROLL)], "has this in its table of sessions missed"),
        ([file("onroll", ON_ROLL), file("needs", NEEDS)], "has this in its table of sessions missed"),
        ([Brought("a.csv", b"Surname,DOB\nVale,1\n"), Brought("b.csv", b"UPN,Sessions\nA,1\n")], "one file at a time"),
    ],
)
def test_a_table_that_is_missing_is_named(ours, files, sentence):
    with pytest.raises(Unreadable, match=sentence):
        bring(ours, ImportKind.ATTENDANCE, *files)


@pytest.mark.parametrize(
    "name, days",
    [
        ("2025_spring_pupilonroll.csv", ("2024-08-01", "2024-12-31")),
        ("Summer 2025 census.csv", ("", "")),
        ("2025 summer.csv", ("2025-01-01", "2025-04-20")),
        ("2025-AUTUMN.csv", ("2025-04-21", "2025-07-31")),
        ("census.csv", ("", "")),
    ],
)
def test_the_name_of_a_census_says_of_which_term_it_tells(name, days):
    assert census.days_told_of(name) == days


def test_a_census_without_its_term_asks_for_the_days(ours):
    made = bring(
        ours, ImportKind.ATTENDANCE, Brought("roll.csv", file("", ON_ROLL).content),
        Brought("sessions.csv", file("", SESSIONS).content),
    )  # fmt: skip

    assert made.is_refused
    assert "The file does not say which days this tells of." in made.preview["refused"][0]["sentence"]


@pytest.mark.parametrize(
    "kind, table, ours_of_it",
    [
        (ImportKind.ATTENDANCE, "termlysessiondetailsonroll", SESSIONS),
        (ImportKind.SEN_REGISTER, "senneeds", NEEDS),
        (ImportKind.SUSPENSIONS, "termlyexclusionsonroll", OUT),
    ],
)
def test_a_census_of_others_is_read_and_nothing_is_taken(ours, kind, table, ours_of_it):
    if REAL:
        names = [f"2025_spring_{name}.csv" for name in ("pupilonroll", table, "fsmperiod")]
        files = [Brought(name, (Path(REAL) / "school_census" / name).read_bytes()) for name in names]
    else:
        files = [file("onroll", [ON_ROLL[0], ON_ROLL[2]]), file(table, ours_of_it)]

    made = bring(ours, kind, *files)

    assert (made.is_previewed, made.rows) == (True, [])
    assert "Nobody in this file was found on your roll here" in made.preview["sentence"]
    assert "no UPNs" in made.preview["sentence"]
