"""Schools of the whole country: what each published file becomes, successors, zips, and what stays another's."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trellis.conduct.refusals import Refused
from trellis.exchange import actions, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind
from trellis.exchange.tests.conftest import REAL
from trellis.history.models import Entry
from trellis.moves import queries as moves
from trellis.organisations.actions import list_school
from trellis.organisations.models import School, SchoolSuccession
from trellis.pupils import actions as pupils

OUR_OWN = {"file": "schools.csv", "becomes": "previewed", "new": "12", "changed": "0", "sentence": ""}
LINKS = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]


def said_of_files():
    with (Path(__file__).parent / "gias_files.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def preview(ours, *files, by="bea"):
    who = getattr(ours, by) if by else None
    return actions.preview_import(
        kind=ImportKind.SCHOOLS, files=list(files), virtual_school=ours.virtual_school if by else None, by=who
    )


def landed(ours, *files, by="bea"):
    made = actions.land_import(preview(ours, *files, by=by).pk)
    assert made.is_landed, made.preview
    return made


def school_rows(number, **says):
    row = {"LA (code)": "801", "LA (name)": "Shire 801", "EstablishmentStatus (name)": "Open"}
    return [row | {"URN": str(970000 + n), "EstablishmentName": f"School {n}"} | says for n in range(number)]


def schools(number=3, **says):
    return Brought("schools.csv", samples.as_csv(school_rows(number, **says), samples.SCHOOL_COLUMNS))


def links(*rows):
    return Brought("links.csv", samples.as_csv([dict(zip(LINKS, row, strict=True)) for row in rows], LINKS))


SUCCESSOR = ("970000", "970001", "School 1", "Successor", "01-09-2026")


@pytest.mark.parametrize("said", said_of_files() if REAL else [OUR_OWN], ids=lambda said: said["file"])
def test_each_published_file_becomes_what_the_table_says(ours, said):
    file = Brought(said["file"], (Path(REAL) / "schools" / said["file"]).read_bytes()) if REAL else schools(12)
    if said["becomes"] == "no such list":
        with pytest.raises(Refused) as refusal:
            preview(ours, file)
        assert refusal.value.sentence == said["sentence"]
        return
    made = preview(ours, file)
    assert made.get_state_display().lower() == said["becomes"]
    assert (made.counts["new"], made.counts["changed"]) == (int(said["new"]), int(said["changed"]))
    told = {complaint["sentence"] for complaint in [*made.preview["refused"], *made.preview["warnings"]]}
    assert told == ({said["sentence"]} if said["sentence"] else set())


@pytest.mark.parametrize("bring", ["two files", "one zip"])
def test_schools_and_their_links_come_as_two_files_or_one_zip(ours, bring):
    files = [schools(), links(SUCCESSOR)]
    if bring == "one zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
            for file in files:
                into.writestr(f"extract/{file.name}", file.content)
        files = [Brought("extract.zip", packed.getvalue())]

    made = landed(ours, *files)

    assert [row["what"] for row in made.preview["changed"]] == ["goes on as"]
    link = SchoolSuccession.objects.get()
    assert (link.school.urn, link.successor.urn, link.since) == ("970000", "970001", date(2026, 9, 1))
    again = preview(ours, *files)
    assert (again.counts["new"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 3)


@pytest.mark.parametrize(
    ("kind", "becomes"),
    [
        ("Successor", ("970000", "970001")),
        ("Successor - amalgamated", ("970000", "970001")),
        ("Predecessor", ("970001", "970000")),
        ("Predecessor - Split School", ("970001", "970000")),
        ("Sixth Form Centre Link", None),
        ("", None),
    ],
)
def test_only_a_succession_is_taken_from_either_side(ours, kind, becomes):
    landed(ours, schools(), links(("970000", "970001", "x", kind, "")))
    pairs = [(link.school.urn, link.successor.urn) for link in SchoolSuccession.objects.all()]
    assert pairs == ([becomes] if becomes else [])


def test_a_link_told_from_both_sides_is_one(ours):
    landed(ours, schools(), links(SUCCESSOR, ("970001", "970000", "School 0", "Predecessor", "01-09-2026")))
    assert SchoolSuccession.objects.count() == 1


def test_a_spoiled_link_turns_the_file_away(ours):
    made = preview(ours, schools(), links(("97000", "9700O1", "x", "Successor", "31/02/2026")))
    assert made.is_refused
    assert {(row["line"], row["column"]) for row in made.preview["refused"]} == {
        (2, "LinkURN"), (2, "LinkEstablishedDate"),
    }  # fmt: skip


@pytest.mark.parametrize("cells", ["970000,970001,School 1", "970000,970001", "970000"])
def test_a_link_whose_line_ends_too_early_is_refused_in_a_sentence(ours, cells):
    made = preview(ours, schools(), Brought("links.csv", f"{','.join(LINKS)}\n{cells}\n".encode()))

    told = [(row["line"], row["sentence"]) for row in made.preview["refused"]]
    assert made.is_refused
    assert (2, f"This line has {cells.count(',') + 1} cells, the line of headings 5.") in told


def test_another_virtual_schools_schools_and_links_stay(ours, twin):
    list_school(urn="970000", name="School 0", authority_code=twin.virtual_school.authority.code)
    rows = school_rows(2, **{"LA (code)": twin.virtual_school.authority.code})
    rows[0]["EstablishmentName"] = "Renamed"
    made = landed(ours, Brought("s.csv", samples.as_csv(rows, samples.SCHOOL_COLUMNS)), links(SUCCESSOR))

    assert School.objects.get(code="970000").name == "School 0"
    assert not SchoolSuccession.objects.exists()
    assert {row["found"] for row in made.preview["warnings"]} == {"970000"}


def test_what_the_command_brings_changes_every_school(ours, twin):
    list_school(urn="970000", name="Old name", authority_code=twin.virtual_school.authority.code)
    landed(ours, schools(2), links(SUCCESSOR), by=None)
    assert School.objects.get(code="970000").name == "School 0"
    assert SchoolSuccession.objects.count() == 1


def test_a_closed_school_with_pupils_waits_for_a_person(ours):
    """The list closes a school and names its successor; nobody moves until somebody says so."""
    landed(ours, schools())
    school = School.objects.get(code="970000")
    pupil = pupils.register_pupil(
        by=None, upn="", legal_first_name="Robin", legal_last_name="Here", preferred_first_name="",
        date_of_birth=date(2018, 5, 5), sex="U",
    )  # fmt: skip
    place = pupils.start_school_place(pupil.pk, by=None, school=school, on=date(2024, 9, 1), year_group=3)

    rows = school_rows(2)
    rows[0] |= {"EstablishmentStatus (name)": "Closed"}
    columns = [*samples.SCHOOL_COLUMNS, "CloseDate"]
    closed = Brought("s.csv", samples.as_csv([row | {"CloseDate": "31-08-2026"} for row in rows[:1]], columns))
    landed(ours, closed, links(SUCCESSOR))

    (waiting,) = moves.closed_schools(ours.bea)
    assert (waiting.pk, waiting.pupils) == (school.pk, 1)
    place.refresh_from_db()
    assert place.during.upper is None


def test_many_new_schools_are_as_one_listed_alone(ours):
    landed(ours, schools(1))
    list_school(urn="970900", name="School 0", authority_code="801", authority_name="Shire 801", status="Open")
    many, alone = School.objects.get(code="970000"), School.objects.get(code="970900")
    same = [
        field.name for field in School._meta.concrete_fields if field.name not in {"id", "code", "organisation_ptr"}
    ]
    assert [getattr(many, name) for name in same] == [getattr(alone, name) for name in same]
    told = Entry.objects.filter(subject_kind="organisations.school", subject_id__in=[many.pk, alone.pk])
    assert set(told.values_list("sentence", flat=True)) == {"The school was listed."} and told.count() == 2


def test_a_list_without_news_asks_no_more_for_many_schools_than_for_few(ours):
    def asked(number):
        landed(ours, schools(number))
        made = preview(ours, schools(number))
        with CaptureQueriesContext(connection) as asked:
            actions.land_import(made.pk)
        return len(asked)

    assert asked(3) == asked(300)
