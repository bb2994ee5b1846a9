"""What is taken in, what is refused with which sentence, and what is left out of what was taken in."""

import io

import pytest
from PIL import Image

from trellis.conduct.refusals import Refused
from trellis.files.forms import UploadField
from trellis.files.intake import Upload, take_in
from trellis.files.tests import liars
from trellis.files.tests.world import PDF


@pytest.mark.parametrize("name", liars.LIARS)
def test_liar_is_refused_with_a_sentence(name):
    called, made, sentence = liars.LIARS[name]
    with pytest.raises(Refused) as refused:
        take_in(called, made())
    assert refused.value.sentence == sentence


@pytest.mark.parametrize(
    ("name", "made", "kind"),
    [
        ("report.pdf", lambda: PDF, "pdf"),
        ("report.pdf", lambda: PDF + b"\r\n", "pdf"),
        ("report.docx", lambda: liars.office(), "docx"),
        ("hours.xlsx", lambda: liars.office(liars.EXCEL), "xlsx"),
        ("work.png", lambda: liars.picture(), "png"),
        ("work.jpeg", lambda: liars.picture("JPEG"), "jpg"),
    ],
)
def test_honest_file_is_taken_in(name, made, kind):
    assert take_in(name, made()).kind == kind


def test_word_document_that_word_would_write_is_taken_in():
    from docx import Document

    written = io.BytesIO()
    document = Document()
    document.add_paragraph("How Jordan is doing")
    document.save(written)

    assert take_in("report.docx", written.getvalue()).data == written.getvalue()


@pytest.mark.parametrize("called", liars.NAMES)
def test_name_is_cleaned(called):
    made = liars.picture("JPEG") if called.endswith("JPEG") else PDF
    assert take_in(called, made).name == liars.NAMES[called]


def test_photograph_loses_its_place_and_stands_upright():
    taken = liars.photograph_with_place()
    kept = take_in("work.jpg", taken).data
    picture = Image.open(io.BytesIO(kept))

    assert b"Larch Road" in taken
    assert b"Larch Road" not in kept
    assert (dict(picture.getexif()), picture.size, set(picture.info) & {"exif", "comment", "icc_profile"}) == (
        {}, (6, 8), set(),
    )  # fmt: skip


def test_picture_that_is_also_something_else_is_only_a_picture():
    kept = take_in("work.png", liars.picture() + liars.office() + b"<script>").data
    assert b"PK" not in kept
    assert b"<script>" not in kept


def test_list_of_contents_that_hides_something_behind_its_first_megabyte_is_refused():
    hidden = liars.office(main=f'{liars.WORD}"/>{"<!-- -->" * 130_000}<x y="macroEnabled')
    with pytest.raises(Refused):
        take_in("report.docx", hidden)


def test_large_photograph_is_made_smaller():
    kept = take_in("work.jpg", liars.picture("JPEG", (5000, 100))).data
    assert Image.open(io.BytesIO(kept)).size == (4000, 80)


def test_field_says_the_sentence():
    from django.core.exceptions import ValidationError
    from django.core.files.uploadedfile import SimpleUploadedFile

    field = UploadField(label="The report")
    assert field.clean(SimpleUploadedFile("a.pdf", PDF)) == Upload("a.pdf", "pdf", PDF)
    with pytest.raises(ValidationError) as refused:
        field.clean(SimpleUploadedFile("a.pdf", b"MZ"))
    assert refused.value.messages == [liars.OTHER]
    assert UploadField(required=False).clean(None) is None
