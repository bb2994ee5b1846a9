"""PEPs kept elsewhere come back by file: previewed, whole or not at all, and once."""

from datetime import date

import pytest

from trellis.calendar.models import Term
from trellis.conduct import clock
from trellis.exchange import actions, samples
from trellis.exchange.models import ImportKind
from trellis.peps.actions import open_peps_for_term
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
        kind=ImportKind.PEPS, content=samples.as_csv(list(rows), COLUMNS), file_name="peps.csv",
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
