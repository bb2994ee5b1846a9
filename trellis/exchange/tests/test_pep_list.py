"""PEPs kept elsewhere come back by file: previewed, whole or not at all, and once."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.calendar.models import Term
from trellis.conduct import clock
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.exchange import actions, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind
from trellis.exchange.tests import world as lists
from trellis.funding.models import FundingRequest
from trellis.funding.tests import world as funding
from trellis.history.models import Entry
from trellis.peps.actions import end_target_by_file, open_peps_for_term
from trellis.peps.models import Pep, PepPolicy
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world

COLUMNS = ["child_id", "upn", "term", "pep_date", "grade", "target_number", "target_area", "target_statement",
           "target_baseline", "target_by"]  # fmt: skip


@pytest.fixture
def theirs(db):
    with clock.at(world.DAY):
        built = world.twin()
        pupils.know_by(built.jordan.pk, authority=built.virtual_school.authority, child_id="77")
        PepPolicy.objects.create(
            organisation=built.virtual_school, during=(date(2027, 1, 4), None), agreed_by="Vic", source="test",
            kept_elsewhere="ePEP Online",
        )  # fmt: skip
    with clock.at(date(2027, 1, 25)):
        spring = Term.objects.get(organisation=built.virtual_school, name="spring")
        open_peps_for_term(built.virtual_school, spring, by=None)
        yield built


def line(**says):
    return {
        "child_id": "77", "upn": "", "term": "Spring 2027", "pep_date": "15/01/2027", "grade": "Green",
        "target_number": "1", "target_area": "semh", "target_statement": "Asks for help", "target_baseline": "Never",
        "target_by": "2027-07-01",
    } | says  # fmt: skip


def bring(built, *rows):
    return actions.preview_import(
        kind=ImportKind.PEPS, files=[Brought("peps.csv", samples.as_csv(list(rows), COLUMNS))],
        virtual_school=built.virtual_school, by=built.bea,
    )  # fmt: skip


def sentences(made):
    return [row["sentence"] for row in made.preview["refused"]]


def test_peps_are_previewed_by_initials_and_land_once(theirs, client):
    two = [line(), line(target_number="2", target_area="", target_statement="Joins a club")]
    made = bring(theirs, *two)
    assert (made.state, made.counts["changed"]) == ("PREVIEWED", 1)
    client.force_login(theirs.bea)
    page = client.get(made.get_absolute_url()).content.decode()
    assert ("JV, spring term 2027" in page, "Joins a club" in page, "Vale" in page) == (True, True, False)

    landed = actions.land_import(made.pk, by=theirs.bea)
    pep = Pep.objects.get(pupil=theirs.jordan, term__name="spring")
    assert (landed.state, pep.state, pep.held_on, pep.grade_elsewhere) == (
        "LANDED", "SIGNED_OFF", date(2027, 1, 15), "green"
    )  # fmt: skip
    assert [target.area for target in pep.targets.all()] == ["semh", "academic"]
    again = bring(theirs, *two)
    assert (again.counts["changed"], again.counts["unchanged"]) == (0, 1)
    versions = list(pep.targets.values_list("version", flat=True))
    actions.land_import(again.pk, by=theirs.bea)
    assert list(pep.targets.values_list("version", flat=True)) == versions


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"child_id": "78"}, "This child has no PEP for the term here."),
        ({"child_id": ""}, "Say which child"),
        ({"term": "spring 1999"}, "No term of this name is known here"),
        ({"term": "autumn 2026"}, "This PEP is written here, so it cannot come by file."),
        ({"grade": "gold"}, "Write green, amber or red"),
        ({"pep_date": "31/02/2027"}, "There is no such date"),
        ({"target_area": "magic"}, "Write one of: academic"),
        ({"target_statement": ""}, "Say what the target is"),
        ({"target_by": ""}, "Say by when"),
        ({"target_statement": "=1+1"}, "This looks like a formula"),
    ],
)
def test_one_wrong_line_keeps_the_whole_file_out(theirs, says, sentence):
    made = bring(theirs, line(target_number="2"), line(**says))

    assert made.state == "REFUSED"
    assert any(sentence in said for said in sentences(made)), sentences(made)
    assert Pep.objects.get(pupil=theirs.jordan, term__name="spring").held_on is None


def test_lines_of_one_pep_agree_and_number_their_targets_once(theirs):
    made = bring(theirs, line(), line(grade="red"))

    assert sentences(made) == [
        "Line 2 says something else of the same PEP.", "This target of the PEP stands in the file already."
    ]  # fmt: skip


def test_another_authoritys_child_is_not_told_of(theirs):
    ours = world.ours()
    pupils.replace_upn(ours.jordan.pk, by=None, upn="A123456789012")
    made = bring(theirs, line(child_id="", upn="A123456789012"))

    assert sentences(made) == ["This child has no PEP for the term here. Bring the weekly pupil list first."]


def test_what_changed_since_the_preview_is_shown_again(theirs):
    first, second = bring(theirs, line()), bring(theirs, line(grade="amber"))
    actions.land_import(first.pk, by=theirs.bea)
    shown = actions.land_import(second.pk, by=theirs.bea)

    assert (shown.state, shown.preview["sentence"][:35]) == ("PREVIEWED", "What Trellis holds has changed sinc")


# --- targets that are missing from a later file --------------------------------------------------------------------

TWO = [line(), line(target_number="2", target_statement="Joins a club")]


def landed(built, *rows):
    return actions.land_import(bring(built, *rows).pk, by=built.bea)


def spring_pep(built):
    return Pep.objects.get(pupil=built.jordan, term__name="spring")


def target(built, number):
    return spring_pep(built).targets.get(number=number)


def test_target_missing_from_a_later_file_ends_and_the_preview_says_it_first(theirs, client):
    landed(theirs, *TWO)
    made = bring(theirs, TWO[0])
    assert (made.counts["changed"], made.counts["gone"], made.counts["questions"]) == (1, 1, 0)
    client.force_login(theirs.bea)
    page = client.get(made.get_absolute_url()).content.decode()
    assert "will be marked as no longer in the file of today" in page
    assert "JV, spring term 2027: target 2, “Joins a club”" in page
    assert not target(theirs, 2).dropped

    actions.land_import(made.pk, by=theirs.bea)

    assert (target(theirs, 1).dropped, target(theirs, 2).left_file_on) == (False, date(2027, 1, 25))
    client.force_login(theirs.sam)
    pep_page = client.get(spring_pep(theirs).get_absolute_url()).content.decode()
    assert ("Joins a club" in pep_page, "No longer in the file of 25 January 2027" in pep_page) == (True, True)
    again = bring(theirs, TWO[0])
    assert (again.counts["changed"], again.counts["unchanged"], again.counts["gone"]) == (0, 1, 0)
    told = Entry.objects.filter(subject_kind="peps.peptarget").order_by("pk").last().sentence
    assert told == "Target 2 is no longer in the file of ePEP Online of 25 January 2027: it ended there."


def test_target_that_is_in_the_file_again_stands_again(theirs):
    for rows in (TWO, TWO[:1]):
        landed(theirs, *rows)
    made = landed(theirs, *TWO)

    (change,) = made.preview["changed"]
    assert (change["what"], change["was"], change["now"]) == ("target 2", "had left the file", "is in it again")
    assert (target(theirs, 2).dropped, target(theirs, 2).left_file_on) == (False, None)


def test_file_without_any_target_of_a_pep_ends_none(theirs):
    landed(theirs, *TWO)
    landed(theirs, line(target_number="", target_statement="", target_by=""))

    assert [one.dropped for one in spring_pep(theirs).targets.all()] == [False, False]


def with_money_on_target_2(theirs):
    landed(theirs, *TWO)
    funding.ask(theirs, target(theirs, 2), starts_on=date(2027, 2, 1), ends_on=date(2027, 3, 26))


def test_target_on_which_something_hangs_waits_as_a_question_and_does_not_end(theirs, client):
    with_money_on_target_2(theirs)
    client.force_login(theirs.bea)
    made = bring(theirs, TWO[0])
    assert (made.counts["changed"], made.counts["gone"], made.counts["questions"]) == (0, 0, 1)
    preview = client.get(made.get_absolute_url()).content.decode()
    assert "is no longer in the file, but on it hangs £108 of Pupil Premium Plus: asked" in preview

    actions.land_import(made.pk, by=theirs.bea)

    question = made.questions.get()
    assert (question.kind, question.about, target(theirs, 2).dropped) == (
        "target gone", "JV, spring term 2027, target 2", False
    )  # fmt: skip
    assert "Say whether this target has ended" in client.get(reverse("imports")).content.decode()
    page = client.get(reverse("answer_question", args=[question.pk])).content.decode()
    assert ("£108 of Pupil Premium Plus: asked" in page, "Vale" in page) == (True, False)
    assert bring(theirs, TWO[0]).counts["questions"] == 0


@pytest.mark.parametrize(("answer", "has_ended"), [("ended", True), ("goes on", False)])
def test_answer_ends_the_target_or_lets_it_go_on_and_the_money_stays(theirs, client, answer, has_ended):
    with_money_on_target_2(theirs)
    question = landed(theirs, TWO[0]).questions.get()
    client.force_login(theirs.bea)

    for _ in range(2):
        client.post(reverse("answer_question", args=[question.pk]), {"answer": answer})

    question.refresh_from_db()
    assert (question.answer, question.answered_by, target(theirs, 2).dropped) == (answer, theirs.bea, has_ended)
    assert FundingRequest.objects.get().state == "ASKED"
    made = landed(theirs, TWO[0])
    assert (made.questions.count(), target(theirs, 2).dropped) == (0, has_ended)


def test_answer_of_another_question_is_refused(theirs):
    with_money_on_target_2(theirs)
    question = landed(theirs, TWO[0]).questions.get()

    with pytest.raises(Refused, match="no answer to the question"):
        actions.answer_question(question.pk, by=theirs.bea, answer="same")


def test_question_closes_when_the_target_is_in_the_file_again(theirs):
    with_money_on_target_2(theirs)
    question = landed(theirs, TWO[0]).questions.get()
    landed(theirs, *TWO)

    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("goes on", None)


def test_pupil_list_leaves_questions_about_targets_alone(theirs):
    with_money_on_target_2(theirs)
    question = landed(theirs, TWO[0]).questions.get()
    lists.land(theirs, lists.row(theirs, child_id="77"))

    question.refresh_from_db()
    assert question.is_waiting


def test_something_that_hangs_since_the_preview_is_shown_again(theirs):
    landed(theirs, *TWO)
    made = bring(theirs, TWO[0])
    funding.ask(theirs, target(theirs, 2), starts_on=date(2027, 2, 1), ends_on=date(2027, 3, 26))

    shown = actions.land_import(made.pk, by=theirs.bea)

    assert (shown.state, shown.counts["questions"], target(theirs, 2).dropped) == ("PREVIEWED", 1, False)
    with pytest.raises(Refused, match="Something hangs on a target"):
        end_target_by_file(target(theirs, 2).pk, by=theirs.bea)
    with pytest.raises(NotPermitted):
        end_target_by_file(target(theirs, 2).pk, by=theirs.dee)


def test_comparison_asks_as_often_for_many_targets_as_for_one(theirs):
    many = [line(target_number=str(number)) for number in range(1, 12)]
    landed(theirs, *many)

    def asked(*rows):
        with CaptureQueriesContext(connection) as captured:
            bring(theirs, *rows)
        return len(captured)

    assert asked(*many[:-1]) == asked(many[0])


# --- by command ------------------------------------------------------------------------------------------------------


def by_command(tmp_path, capsys, *rows, **says):
    file = tmp_path / "peps.csv"
    file.write_bytes(samples.as_csv(list(rows), COLUMNS))
    call_command("import_peps", str(file), **{"virtual_school": "991"} | says)
    return capsys.readouterr().out.splitlines()


def test_import_peps_by_command_previews_lands_and_lands_once(theirs, tmp_path, capsys):
    new = "line 2, JV, spring term 2027: "
    assert by_command(tmp_path, capsys, *TWO, preview=True) == [
        new + "day of the PEP", new + "quality", new + "target 1", new + "target 2", "Preview: 1 changed.",
        "This was a preview: nothing landed.",
    ]  # fmt: skip
    assert not spring_pep(theirs).targets.exists()
    assert by_command(tmp_path, capsys, *TWO, by=theirs.bea.email)[-1] == "Landed: 1 changed."
    assert by_command(tmp_path, capsys, *TWO) == ["Preview: 1 unchanged.", "Landed: 1 unchanged."]
    assert spring_pep(theirs).targets.count() == 2


def test_import_peps_by_command_says_first_what_left_the_file(theirs, tmp_path, capsys):
    three = [*TWO, line(target_number="3", target_statement="Reads aloud")]
    landed(theirs, *three)
    funding.ask(theirs, target(theirs, 2), starts_on=date(2027, 2, 1), ends_on=date(2027, 3, 26))

    said = by_command(tmp_path, capsys, line(grade="Amber"))

    assert said[:3] == [
        "line 2, JV, spring term 2027: target 3: no longer in the file",
        "line 2, JV, spring term 2027: target 2: no longer in the file, a question: "
        "£108 of Pupil Premium Plus: asked",
        "line 2, JV, spring term 2027: quality",
    ]  # fmt: skip
    assert said[-1] == "Landed: 1 changed, 1 no longer in the file, 1 questions."
    assert (target(theirs, 2).dropped, target(theirs, 3).dropped) == (False, True)


@pytest.mark.parametrize(
    ("rows", "arguments", "sentence"),
    [
        ([line()], {"virtual_school": "77"}, "There is no Virtual School with the code 77. Known: 991."),
        ([line()], {"by": "who@x.example"}, "Nobody here has the address who@x.example."),
        ([line(grade="gold")], {}, "Refused: nothing of"),
    ],
)
def test_import_peps_by_command_says_what_is_wrong(theirs, tmp_path, capsys, rows, arguments, sentence):
    with pytest.raises(CommandError) as error:
        by_command(tmp_path, capsys, *rows, **arguments)

    assert str(error.value).startswith(sentence)
    assert spring_pep(theirs).held_on is None


def test_import_peps_by_command_is_the_business_officers(theirs, tmp_path, capsys):
    with pytest.raises(CommandError):
        by_command(tmp_path, capsys, line(), by=theirs.dee.email)
