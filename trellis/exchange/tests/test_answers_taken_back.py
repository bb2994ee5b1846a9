"""An answer about a listed child is taken back while nothing was built on it; a sentence says what was built."""

from datetime import timedelta

import pytest
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.exchange import actions, samples
from trellis.exchange.models import ImportKind
from trellis.exchange.tests.test_taking_back import rows_that_are, what_stands, whoever_reads
from trellis.exchange.tests.world import land, row
from trellis.history.models import Entry
from trellis.merging import actions as merging
from trellis.moves import actions as moves
from trellis.moves.models import SchoolMove
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import ChildId, Pupil

BOTH = ["same", "different"]


def answered(ours, answer, **says):
    question = land(ours, row(ours, **says)).questions.get()
    return actions.answer_question(question.pk, by=ours.bea, answer=answer)


def refusal(question, by):
    before = what_stands()
    with pytest.raises(Refused) as refused:
        actions.take_answer_back(question.pk, by=by)
    question.refresh_from_db()
    assert (what_stands(), question.is_waiting) == (before, False)
    return refused.value.sentence


@pytest.mark.parametrize("answer", BOTH)
def test_taken_back_everything_is_as_before_and_the_question_waits(ours, answer):
    question = land(ours, row(ours, legal_status="V2", sen_status="N", legal_first_name="JORDAN")).questions.get()
    before, rows, readers = what_stands(), rows_that_are(), whoever_reads(ours.jordan)
    actions.answer_question(question.pk, by=ours.bea, answer=answer)
    assert what_stands() != before

    for _ in range(2):
        actions.take_answer_back(question.pk, by=ours.bea)

    assert what_stands() == before
    undone = {key: row for key, row in rows_that_are(rows).items() if row != rows[key]}
    assert {tuple(set(row) - {k for k in row if row[k] == rows[key][k]}) for key, row in undone.items()} <= {
        ("row_changes_before", "answered_entry_id"), ("answered_entry_id", "row_changes_before"),
    }  # fmt: skip
    assert whoever_reads(ours.jordan) == readers
    assert access.differences(Pupil.objects.get(pk=ours.jordan.pk)) == ([], [])
    question.refresh_from_db()
    assert (question.answer, question.answered_by, question.answered_at) == ("", None, None)
    assert Entry.objects.filter(sentence="Took back the answer for Number 900001.").count() == 1


@pytest.mark.parametrize("then", BOTH)
@pytest.mark.parametrize("first", BOTH)
def test_answered_anew_the_new_answer_holds_and_goes_back_too(ours, first, then):
    question = answered(ours, first)
    actions.take_answer_back(question.pk, by=ours.bea)
    before = what_stands()

    actions.answer_question(question.pk, by=ours.bea, answer=then)

    assert (ChildId.objects.get(child_id="900001").pupil == ours.jordan) == (then == "same")
    assert land(ours, row(ours)).counts["questions"] == 0
    actions.take_answer_back(question.pk, by=ours.bea)
    assert what_stands() == before


def test_the_import_goes_back_too_once_its_answer_did(ours):
    question = answered(ours, "same")

    with pytest.raises(Refused, match="Bea Ours answered a question of this import"):
        actions.take_back_import(question.of_import_id, by=ours.bea)
    actions.take_answer_back(question.pk, by=ours.bea)

    assert actions.take_back_import(question.of_import_id, by=ours.bea).is_taken_back
    question.refresh_from_db()
    assert question.answer == "taken back"


def test_the_next_list_asks_the_same_question_again(ours):
    question = answered(ours, "same")
    actions.take_answer_back(question.pk, by=ours.bea)

    land(ours, row(ours, sen_status="N", primary_need="", secondary_need=""))

    question.refresh_from_db()
    assert (question.is_waiting, question.row["sen_status"]) == (True, "N")


# --- built on --------------------------------------------------------------------------------------------------------


def test_a_correction_since_of_what_it_changed_keeps_the_answer(ours):
    question = answered(ours, "same", sen_status="N", primary_need="", secondary_need="")
    pupils.set_sen_status(ours.jordan.pk, by=ours.sam, status="K", primary_need="SPLD")

    assert refusal(question, ours.bea) == f"Since then, Sam Ours changed the record of {ours.jordan}."


def test_work_on_the_record_it_began_keeps_the_answer(ours):
    question = answered(ours, "different")
    new = ChildId.objects.get(child_id="900001").pupil
    pupils.correct_particulars(new.pk, by=None, preferred_first_name="Jo")

    assert refusal(question, ours.bea) == f"Since then, somebody has written in the record of Jo {new.legal_last_name}."


def test_a_later_list_that_changed_the_child_keeps_the_answer(ours):
    question = answered(ours, "same")
    with clock.at(samples.DAY + timedelta(days=7)):
        land(ours, row(ours, social_worker="Sid", social_worker_email="sid@x.example"))

        assert refusal(question, ours.bea) == (
            "Since then, week.csv landed on 30 November 2026 and changed what it says of this child."
        )


def test_a_later_list_that_changed_nothing_keeps_it_not(ours):
    question = answered(ours, "same")
    land(ours, row(ours))

    assert actions.take_answer_back(question.pk, by=ours.bea).is_waiting


def moved(ours):
    rowan = {"school_urn": ours.next_school.urn, "school_name": ours.next_school.name}
    return answered(ours, "same", **rowan, school_start=samples.DAY.isoformat())


def test_an_answer_that_moved_the_child_goes_back_with_the_move(ours):
    before, readers = what_stands(), whoever_reads(ours.jordan)
    question = moved(ours)
    assert Pupil.objects.visible_to(ours.nia).filter(pk=ours.jordan.pk).exists()

    actions.take_answer_back(question.pk, by=ours.bea)

    assert (what_stands(), whoever_reads(ours.jordan)) == (before, readers)
    assert not Pupil.objects.visible_to(ours.nia).filter(pk=ours.jordan.pk).exists()


def test_a_receipt_that_the_new_school_gave_keeps_the_answer(ours):
    question = moved(ours)
    moves.acknowledge_move(SchoolMove.objects.get().pk, by=ours.nia)

    assert refusal(question, ours.bea) == "Since then, Nia Ours dealt with a change of school of Jordan Vale."


# --- who -------------------------------------------------------------------------------------------------------------


def test_only_the_business_officer_takes_an_answer_back(ours, twin):
    question = answered(ours, "same")

    for other in (ours.vic, ours.sam, twin.bea):
        with pytest.raises(NotPermitted):
            actions.take_answer_back(question.pk, by=other)


def test_what_others_answered_is_not_the_offices_to_take_back(ours):
    pupils.end_care(ours.jordan.pk, by=None, on=samples.DAY - timedelta(days=30))
    question = land(ours, row(ours)).questions.get()
    merging.confirm(question.asked_of_id, by=ours.sam, seen=None)
    question.refresh_from_db()
    assert not question.is_waiting

    assert refusal(question, ours.bea) == actions.built_on.NOT_ANSWERED


def test_other_answers_are_not_taken_back(ours):
    from trellis.exchange.tests.world import bring_return

    made = actions.land_import(bring_return(ours).pk, by=ours.bea)
    assert made.kind == ImportKind.SSDA903
    question = actions.answer_question(made.questions.get().pk, by=ours.bea, answer="ours")

    assert refusal(question, ours.bea) == actions.built_on.NOT_ANSWERED


def test_by_page_with_what_goes_back_and_then_what_was_built_on_it(ours, client, twin):
    question = answered(ours, "same")
    url, back = reverse("take_answer_back", args=[question.pk]), reverse("answer_question", args=[question.pk])
    client.force_login(twin.bea)
    assert client.get(url).status_code == 404
    client.force_login(ours.bea)
    assert url in client.get(back).content.decode()

    assert "number 900001 is free again" in client.get(url).content.decode()
    for _ in range(2):
        assert client.post(url).url == back
    assert "Is this the same child?" in client.get(back).content.decode()

    client.post(back, {"answer": "different"})
    new = ChildId.objects.get(child_id="900001").pupil
    pupils.correct_particulars(new.pk, by=None, preferred_first_name="Jo")
    kept = client.get(url).content.decode()
    assert "This answer cannot be taken back" in kept
    assert "Keep it" not in kept
    assert client.post(url).status_code == 200
