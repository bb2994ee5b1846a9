"""Who a line of the weekly list is: a truth table of what agrees, who keeps the record, and who is asked."""

from datetime import date

import pytest

from trellis.exchange import actions
from trellis.exchange.models import OTHERS_ARE_ASKED
from trellis.exchange.tests.world import land, row
from trellis.merging import actions as merging
from trellis.merging.models import SameChildState
from trellis.pupils import actions as pupils
from trellis.pupils.models import ChildId, Level, Pupil

UPN, BORN = "H331700713254", date(2017, 1, 1)
ALEX = {"upn": UPN, "legal_first_name": "Alex", "legal_last_name": "Ní Marsh", "date_of_birth": "2017-01-01"}
NO_UPN, OTHER_BIRTHDAY, OTHER_NAME = {"upn": ""}, {"date_of_birth": "2017-01-02"}, {"legal_first_name": "Robin"}

OUR_SCHOOL, THEIR_SCHOOL, OUR_NUMBER, OUR_CARE, THEIR_CARE = (
    "a school of ours keeps it", "a school elsewhere keeps it", "we number the child", "we look after the child",
    "another authority looks after the child",
)  # fmt: skip
FOUND, NEW, OFFICE, OTHERS = "found", "new", "the office is asked", "those who keep the record are asked"


def kept(ours, twin, by_whom):
    """Alex's record, kept as ``by_whom`` says."""
    alex = pupils.register_pupil(
        by=None, upn=UPN, legal_first_name="Alex", legal_last_name="Ní Marsh", date_of_birth=BORN
    )
    school = twin.school if by_whom in {THEIR_SCHOOL, THEIR_CARE} else ours.school
    pupils.start_school_place(alex.pk, by=None, school=school, on=date(2026, 9, 1), year_group=4)
    if by_whom == OUR_NUMBER:
        pupils.know_by(alex.pk, authority=ours.virtual_school.authority, child_id="700001")
    if by_whom in {OUR_CARE, THEIR_CARE}:
        authority = (ours if by_whom == OUR_CARE else twin).virtual_school.authority
        pupils.start_care(alex.pk, by=None, authority=authority, since=date(2025, 5, 1), legal_status="C2")
    return alex


def whoever_is_asked(made):
    if question := made.questions.first():
        return OTHERS if question.asked_of_id else OFFICE
    return NEW if made.counts["new"] else FOUND


@pytest.mark.parametrize(
    ("kept_by", "says", "expected"),
    [
        (OUR_NUMBER, {}, FOUND),
        (OUR_NUMBER, OTHER_NAME, FOUND),
        (OUR_NUMBER, OTHER_BIRTHDAY, OFFICE),
        (OUR_NUMBER, NO_UPN, OFFICE),
        (OUR_NUMBER, NO_UPN | OTHER_NAME, NEW),
        (OUR_CARE, {}, FOUND),
        (OUR_CARE, OTHER_NAME, FOUND),
        (OUR_CARE, OTHER_BIRTHDAY, OFFICE),
        (OUR_CARE, NO_UPN, OFFICE),
        (OUR_SCHOOL, {}, FOUND),
        (OUR_SCHOOL, {"legal_last_name": "NI MARSH"}, FOUND),
        (OUR_SCHOOL, {"legal_first_name": "Alexander", "preferred_first_name": "Alex"}, FOUND),
        (OUR_SCHOOL, OTHER_NAME, OTHERS),
        (OUR_SCHOOL, {"legal_last_name": "Moss"}, OTHERS),
        (OUR_SCHOOL, OTHER_BIRTHDAY, OTHERS),
        (OUR_SCHOOL, NO_UPN, OTHERS),
        (OUR_SCHOOL, NO_UPN | OTHER_NAME, NEW),
        (OUR_SCHOOL, NO_UPN | OTHER_BIRTHDAY, NEW),
        (THEIR_SCHOOL, {}, FOUND),
        (THEIR_SCHOOL, OTHER_NAME, OTHERS),
        (THEIR_SCHOOL, OTHER_BIRTHDAY, OTHERS),
        (THEIR_SCHOOL, NO_UPN, OTHERS),
        (THEIR_CARE, {}, OTHERS),
        (THEIR_CARE, OTHER_NAME, OTHERS),
        (THEIR_CARE, OTHER_BIRTHDAY, OTHERS),
        (THEIR_CARE, NO_UPN, OTHERS),
        (THEIR_CARE, NO_UPN | OTHER_NAME, NEW),
    ],
)
def test_who_is_asked_by_what_agrees_and_who_keeps_the_record(ours, twin, kept_by, says, expected):
    alex = kept(ours, twin, kept_by)

    made = land(ours, row(ours, **ALEX | says))

    assert whoever_is_asked(made) == expected
    numbered = ChildId.objects.filter(child_id="900001", pupil=alex).exists()
    assert numbered == (expected == FOUND)
    if expected == OTHERS:
        assert made.questions.get().in_words == OTHERS_ARE_ASKED
        assert not Pupil.objects.visible_to(ours.vic, Level.WHOLE).filter(pk=alex.pk).exists()


@pytest.mark.parametrize("written", ["Siobhan ONeill", "SIOBHÁN O'NEILL", "Shiv O’Neill"])
def test_a_name_written_otherwise_is_a_question_too(ours, twin, written):
    pupil = pupils.register_pupil(
        by=None, legal_first_name="Siobhán", preferred_first_name="Shiv", legal_last_name="O'Neill", date_of_birth=BORN
    )
    pupils.start_school_place(pupil.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=4)
    first, last = written.split()

    made = land(ours, row(ours, legal_first_name=first, legal_last_name=last, date_of_birth="2017-01-01"))

    assert whoever_is_asked(made) == OTHERS


def test_the_upn_of_the_other_twin_opens_no_record_until_its_school_has_answered(ours, twin):
    alex = kept(ours, twin, OUR_SCHOOL)
    question = land(ours, row(ours, **ALEX | OTHER_NAME)).questions.get()
    with pytest.raises(actions.Refused, match="are asked"):
        actions.answer_question(question.pk, by=ours.bea, answer="same")

    merging.say_different(question.asked_of_id, by=ours.sam, seen=None)

    robin = ChildId.objects.get(child_id="900001").pupil
    assert (robin.legal_first_name, robin.upn) == ("Robin", None)
    assert not Pupil.objects.visible_to(ours.vic, Level.WHOLE).filter(pk=alex.pk).exists()
    assert land(ours, row(ours, **ALEX | OTHER_NAME)).counts["unchanged"] == 1


def test_another_child_said_wrongly_of_a_line_is_taken_back_and_the_two_are_put_together(ours, twin):
    alex = kept(ours, twin, OUR_SCHOOL)
    asked = land(ours, row(ours, **ALEX | OTHER_NAME)).questions.get().asked_of
    merging.say_different(asked.pk, by=ours.sam, seen=None)
    robin = ChildId.objects.get(child_id="900001").pupil

    merging.say_same_after_all(asked.pk, by=ours.sam, seen=None)
    names = {"legal_first_name": alex.pk}
    merging.put_together(asked.pk, by=ours.sam, seen=None, keep=alex.pk, true=names, holds={}, why="Asked the carer")

    asked.refresh_from_db()
    assert (asked.state, asked.asking, ChildId.objects.get(child_id="900001").pupil) == (
        SameChildState.TOGETHER, robin, alex
    )  # fmt: skip
    assert Pupil.objects.visible_to(ours.vic, Level.WHOLE).filter(pk=alex.pk).exists()
