"""What is printed can be read by everyone, says what was frozen, and is the same each time."""

import pytest
import typst

from trellis.documents.printing import to_pdf
from trellis.documents.tests.reading import baselines_of, opened, tags_of, text_of, words_of

SNAPSHOT = {
    "schema": 1,
    "title": "Personal Education Plan, autumn term 2026",
    "pupil": "Zoë O’Brien-Nguyễn",
    "footer": "Signed off by Ada Finch, 11 December 2026.",
    "facts": [["Born", "3 March 2018"], ["School", "Larch Primary"], ["Needs", "SEN support\nSEMH"], ["Due", "1 May"]],
    "sections": [
        {
            "name": "send",
            "title": "Special educational needs",
            "by": "School. Written by Sam.",
            "parts": [
                {"kind": "words", "heading": "What is needed", "note": "",
                 "words": "#strong[no] *markup* $x$\nTwo.\n\nThree."},
                {"kind": "quote", "words": "I want to be in maths.", "by": "Zoë"},
                {"kind": "facts", "pairs": [["Cycle 2", "Under way"], ["Next review", "10 December"]]},
                {"kind": "table", "heading": "Plan", "head": ["Outcome", "Now"], "widths": [2, 1],
                 "rows": [["Stays", "3 in 5"]]},
            ],
        }
    ],
}  # fmt: skip


def test_pdf_is_tagged_and_says_its_language():
    pdf = opened(to_pdf("pep", SNAPSHOT))

    assert bool(pdf.Root.MarkInfo.Marked) is True
    assert str(pdf.Root.Lang) == "en-GB"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle) is True
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Personal Education Plan, autumn term 2026: Zoë O’Brien-Nguyễn"


def test_pdf_has_one_first_heading_and_tables_with_heads():
    tags = [path.rpartition("/")[2] for path in tags_of(opened(to_pdf("pep", SNAPSHOT)))]

    assert (tags.count("H1"), tags.count("H2"), tags.count("H3")) == (1, 1, 2)
    assert (tags.count("Table"), tags.count("THead"), tags.count("TH"), tags.count("TD")) == (1, 1, 2, 2)


def test_pdf_says_every_word_of_the_snapshot():
    text = text_of(opened(to_pdf("pep", SNAPSHOT)))

    assert [word for word in words_of(SNAPSHOT) if word not in text] == []


def test_pdf_of_an_emptied_snapshot_loses_exactly_those_words():
    """Nothing is printed but the snapshot and the page numbers."""
    printed = text_of(opened(to_pdf("pep", SNAPSHOT)))
    for word in sorted(words_of(SNAPSHOT), key=len, reverse=True):
        printed = printed.replace(word, "", 1) if word in printed else printed
    left = printed.replace("PersonalEducationPlan,autumnterm2026", "").replace("“", "").replace("”", "")
    assert left == "Page1of1"


def test_words_without_a_heading_begin_a_paragraph_of_their_own():
    parts = [{"kind": "words", "words": words} for words in ("One thing.", "Another.", "A third.")]
    told = SNAPSHOT | {"sections": [{"name": "send", "title": "Needs", "by": "", "parts": parts}]}
    fewer = told | {"sections": [told["sections"][0] | {"parts": parts[:1]}]}

    def paragraphs(snapshot):
        return sum(path.endswith("/P") for path in tags_of(opened(to_pdf("pep", snapshot))))

    assert paragraphs(told) == paragraphs(fewer) + 2


def test_pdf_is_a4():
    pdf = opened(to_pdf("pep", SNAPSHOT))

    assert [[round(float(side)) for side in page.MediaBox] for page in pdf.pages] == [[0, 0, 595, 842]]


def test_same_snapshot_gives_the_same_bytes():
    assert to_pdf("pep", SNAPSHOT) == to_pdf("pep", dict(reversed(SNAPSHOT.items())))


@pytest.mark.parametrize("name", ["يوسف الأحمد", "מרים לוי", "Łukasz Čapek", "Nguyễn", "Юлія", "Αθηνά"])
def test_every_letter_of_a_name_is_drawn(name):
    plain = {**SNAPSHOT, "pupil": name, "title": "x", "facts": [], "sections": [], "footer": ""}

    drawn = text_of(opened(to_pdf("pep", plain)))

    assert set("".join(name.split())) <= set(drawn)


def test_figure_without_words_for_it_is_refused(tmp_path):
    (tmp_path / "bad.typ").write_text(
        '#set document(title: "x", date: none)\n= x\n#figure(rect(width: 1cm, height: 1cm), caption: [A chart])\n'
        "#box(image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>\")))"
    )

    with pytest.raises(typst.TypstError, match="alt"):
        to_pdf("bad", {}, templates=tmp_path)


def test_document_without_a_title_is_refused(tmp_path):
    (tmp_path / "bad.typ").write_text("= x")

    with pytest.raises(typst.TypstError, match="title"):
        to_pdf("bad", {}, templates=tmp_path)


def test_name_on_a_passport_keeps_clear_of_the_line_under_it():
    said = {"kind": "words", "words": "Playing"}
    passport = SNAPSHOT | {"pupil": "Gary Yapp", "sections": [{"name": "likes", "title": "I like", "parts": [said]}]}

    pdf = opened(to_pdf("passport", passport))

    (name, name_size), (line, line_size), *_ = baselines_of(pdf.pages[0])
    assert name_size > 2 * line_size
    assert name - line > 0.25 * name_size + 0.7 * line_size  # the tail of the y, and the height of the line
