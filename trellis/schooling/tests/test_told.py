"""What a school tells of attendance and attainment: what is true on paper, and how it is told anew."""

from datetime import date

import pytest

from trellis.conduct import clock
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.conduct.rules import broken
from trellis.history.models import Entry
from trellis.moves import actions as moves
from trellis.pupils.tests import world
from trellis.schooling import actions, queries, rules
from trellis.schooling.models import Attainment, Attendance, absence_in_words

TODAY = world.DAY
BEGINS, ENDS = date(2026, 9, 2), date(2026, 10, 23)


@pytest.fixture
def ours(db):
    with clock.at(TODAY):
        yield world.ours()


def attend(ours, *, by=None, **says):
    told = {"starts_on": BEGINS, "ends_on": ENDS, "possible": 74, "attended": 60, "source": "the register"} | says
    return actions.tell_attendance(ours.jordan.pk, by=by or ours.sam, **told)


def reach(ours, *, by=None, **says):
    told = {
        "subject": "Reading", "assessment": "Teacher assessment", "result": "WTS", "assessed_on": ENDS,
        "source": "markbook",
    } | says  # fmt: skip
    return actions.tell_attainment(ours.jordan.pk, by=by or ours.sam, **told)


@pytest.mark.parametrize(
    ("starts", "ends", "possible", "attended", "authorised", "unauthorised", "wrong"),
    [
        (BEGINS, ENDS, 74, 60, 10, 4, []),
        (BEGINS, ENDS, 74, 60, None, None, []),
        (BEGINS, ENDS, 74, 0, 74, 0, []),
        (TODAY, TODAY, 2, 2, 0, 0, []),
        (TODAY, TODAY, 3, 2, 0, 0, ["sessions_fit_their_period"]),
        (BEGINS, ENDS, 0, 0, None, None, ["sessions_fit_their_period"]),
        (BEGINS, date(2026, 11, 3), 74, 60, None, None, ["attendance_is_of_days_past"]),
        (ENDS, BEGINS, 74, 60, None, None, ["attendance_is_of_days_past", "sessions_fit_their_period"]),
        (BEGINS, ENDS, 74, 75, None, None, ["sessions_add_up"]),
        (BEGINS, ENDS, 74, 60, 10, 5, ["sessions_add_up"]),
    ],
)
def test_what_a_register_may_say(starts, ends, possible, attended, authorised, unauthorised, wrong):
    told = rules.ToTellAttendance(starts, ends, possible, attended, authorised, unauthorised)

    findings = broken(
        rules.attendance_is_of_days_past(told, TODAY),
        rules.sessions_fit_their_period(told),
        rules.sessions_add_up(told),
    )
    assert [finding.rule.name for finding in findings] == wrong


@pytest.mark.parametrize(
    ("possible", "attended", "words"),
    [
        (100, 91, ""),
        (100, 90, "persistently absent: a tenth of the sessions or more missed"),
        (74, 67, ""),
        (74, 66, "persistently absent: a tenth of the sessions or more missed"),
        (100, 51, "persistently absent: a tenth of the sessions or more missed"),
        (100, 50, "severely absent: half of the sessions or more missed"),
        (0, 0, ""),
    ],
)
def test_absence_in_words(possible, attended, words):
    assert absence_in_words(possible, attended) == words


@pytest.mark.parametrize(
    ("possible", "attended", "percent"),
    [(74, 74, "100%"), (74, 73, "98.6%"), (1000, 999, "99.9%"), (10_000, 9_999, "99.9%"), (74, 0, "0%")],
)
def test_a_share_is_never_rounded_up_to_what_was_not_reached(possible, attended, percent):
    assert Attendance(possible=possible, attended=attended).percent == percent


def test_told_again_the_same_changes_nothing_and_anew_keeps_what_was_told(ours):
    first = attend(ours)
    assert attend(ours) == first

    second = attend(ours, attended=64)

    first.refresh_from_db()
    assert (first.superseded_at is not None, second.superseded_at) == (True, None)
    assert queries.told_of(ours.sam, ours.jordan).attendance == [second]
    assert [entry.sentence.split(":")[0] for entry in Entry.objects.filter(subject_kind="schooling.attendance")] == [
        "Attendance", "Attendance corrected",
    ]  # fmt: skip


def test_another_period_and_another_assessment_stand_beside(ours):
    attend(ours)
    attend(ours, starts_on=date(2026, 10, 1), possible=34, attended=30)
    reach(ours)
    reach(ours, assessment="Test")
    reach(ours, result="EXS")

    told = queries.told_of(ours.sam, ours.jordan)
    assert len(told.attendance) == 2
    assert sorted(one.in_words for one in told.attainment) == ["Reading, teacher assessment: EXS", "Reading, test: WTS"]
    assert Attainment.objects.count() == 3


def test_a_result_of_tomorrow_is_refused(ours):
    with pytest.raises(Refused) as refused:
        reach(ours, assessed_on=date(2026, 11, 3))
    assert refused.value.field == "assessed_on"


@pytest.mark.parametrize("who", ["tia", "osei", "nia", "sol", "vic"])
@pytest.mark.parametrize("tell", [attend, reach])
def test_only_those_who_lead_in_the_school_tell(ours, who, tell):
    with pytest.raises(NotPermitted):
        tell(ours, by=ours.people[who])


@pytest.mark.parametrize("who", ["dee", "hana", "bea"])
def test_so_do_the_headteacher_and_the_business_officer(ours, who):
    assert attend(ours, by=ours.people[who]).told_by == ours.people[who]


def test_after_a_move_each_school_reads_what_is_its_own(ours):
    attend(ours)
    moves.move_school(ours.jordan.pk, by=ours.vic, to=ours.next_school, on=TODAY)
    now = attend(ours, by=ours.nia, starts_on=TODAY, ends_on=TODAY, possible=2, attended=2)

    assert [one.school for one in queries.told_of(ours.nia, ours.jordan).attendance] == [ours.next_school, ours.school]
    assert now not in queries.told_of(ours.sam, ours.jordan).attendance
    with pytest.raises(NotPermitted):
        attend(ours, attended=61)
