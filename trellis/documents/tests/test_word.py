"""What Word opens says every word that was frozen, has a structure, and is the same each time."""

import hashlib
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn

from trellis.conduct import clock
from trellis.documents import actions
from trellis.documents.models import Rendition
from trellis.documents.tests.reading import text_of_word, words_of
from trellis.documents.tests.test_documents import frozen
from trellis.documents.tests.test_printing import SNAPSHOT
from trellis.documents.word import to_docx
from trellis.history.models import Look
from trellis.pupils.tests import world


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def opened(written):
    return docx.Document(BytesIO(written))


def test_word_says_every_word_of_the_snapshot():
    text = text_of_word(to_docx(SNAPSHOT))

    assert [word for word in words_of(SNAPSHOT) if word not in text] == []


def test_word_has_headings_for_each_section_and_part():
    styled = [(p.style.name, p.text) for p in opened(to_docx(SNAPSHOT)).paragraphs if p.style.name.startswith("Head")]

    assert styled == [
        ("Heading 1", "Zoë O’Brien-Nguyễn"), ("Heading 2", "Special educational needs"),
        ("Heading 3", "What is needed"), ("Heading 3", "Plan"),
    ]  # fmt: skip


def test_word_repeats_the_head_of_a_table_and_splits_no_row():
    table = opened(to_docx(SNAPSHOT)).tables[0]

    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_word_is_a4_in_british_english_and_names_no_writer():
    written = to_docx(SNAPSHOT)
    document = opened(written)

    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    languages = {lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))}
    about = document.core_properties
    assert (languages, about.language) == ({"en-GB"}, "en-GB")
    assert (about.title, about.author, about.last_modified_by) == (
        "Personal Education Plan, autumn term 2026: Zoë O’Brien-Nguyễn", "", "",
    )  # fmt: skip
    names = ZipFile(BytesIO(written)).namelist()
    assert [name for name in names if "vba" in name.lower() or "thumbnail" in name or "customXml" in name] == []


def test_same_snapshot_gives_the_same_bytes():
    assert to_docx(SNAPSHOT) == to_docx(dict(reversed(SNAPSHOT.items())))


def test_control_signs_that_somebody_pasted_are_left_out():
    pasted = {**SNAPSHOT, "pupil": "Zo\x0bë\x1b", "facts": [["Bo\x00rn", "3\r\nMarch"]], "sections": []}

    assert text_of_word(to_docx(pasted)).startswith("PersonalEducationPlan,autumnterm2026ZoëBorn:3March")


def test_render_word_is_made_once_and_kept(ours):
    document = frozen(ours)

    first, again = actions.render_word(document), actions.render_word(document)

    assert (first, first.format, first.audience) == (again, "docx", "designated teacher")
    assert first.sha256 == hashlib.sha256(bytes(first.bytes)).hexdigest()
    assert Rendition.objects.filter(document=document).count() == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [("sam", 200), ("dee", 200), ("vic", 200), ("sol", 200), ("tia", 403), ("bea", 403), ("root", 403), ("nia", 404)],
)
def test_word_opens_to_who_reads_the_record(ours, client, who, status):
    client.force_login(ours.people[who])

    assert client.get(f"/documents/{frozen(ours).pk}/word/").status_code == status


def test_word_is_an_attachment_that_word_opens(ours, client):
    client.force_login(ours.sam)

    answer = client.get(f"/documents/{frozen(ours).pk}/word/")

    assert answer["Content-Disposition"] == 'attachment; filename="personal-education-plan-autumn-term-2026.docx"'
    assert opened(answer.content).core_properties.title.startswith("Personal Education Plan")
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]
