"""Writing for Word: the same snapshot that is printed, as a document people can go on working in.

Headings are headings, tables repeat their head on each page, the language is British English; there are no macros and
no pictures. The same snapshot gives the same bytes: no clock, no name of a writer.
"""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold; a document says its own dates in words
TYPEFACE = "Arial"  # on every machine that has Word
BLACK, GREY = RGBColor(0, 0, 0), RGBColor(0x50, 0x50, 0x50)
SIZES = {"Heading 1": 19, "Heading 2": 14, "Heading 3": 11}
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_docx(snapshot: dict[str, Any]) -> bytes:
    """A snapshot of the generic shape (see the README) as a Word document."""
    document = _blank(snapshot)
    _small(document, snapshot["title"])
    document.add_heading(_clean(snapshot["pupil"]), level=1)
    _facts(document, snapshot["facts"])
    for section in snapshot["sections"]:
        document.add_heading(_clean(section["title"]), level=2)
        _small(document, section["by"])
        for part in section["parts"]:
            _part(document, part)
    return _zipped(document)


# --- parts -----------------------------------------------------------------------------------------------------------


def _part(document: Any, part: dict[str, Any]) -> None:
    if part.get("heading"):
        document.add_heading(_clean(part["heading"]), level=3)
    match part["kind"]:
        case "words":
            _typed(document.add_paragraph(), part["words"], GREY if part.get("from_cycle") else BLACK)
        case "quote":
            quote = document.add_paragraph(style="Quote")
            _typed(quote, f"“{part['words']}”")
            _typed(quote, f" {part['by']}" if part["by"] else "", GREY)
        case "facts":
            _facts(document, part["pairs"])
        case "table":
            _table(document, part)
    _small(document, part.get("note", ""))


def _facts(document: Any, pairs: list[list[str]]) -> None:
    """A line for each fact, its label in bold."""
    for label, value in pairs:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(3)
        line.add_run(f"{_clean(label)}: ").bold = True
        _typed(line, value)


def _table(document: Any, part: dict[str, Any]) -> None:
    """A table whose head is repeated on every page it reaches, and whose rows are not split."""
    widths = part.get("widths") or [1] * len(part["head"])
    table = document.add_table(rows=0, cols=len(part["head"]), style="Table Grid")
    for number, cells in enumerate([part["head"], *part["rows"]]):
        row = table.add_row()
        _say(row._tr.get_or_add_trPr(), "w:cantSplit")
        if number == 0:
            _say(row._tr.get_or_add_trPr(), "w:tblHeader")
        for cell, words, width in zip(row.cells, cells, widths, strict=True):
            cell.width = Cm(17 * width / sum(widths))
            _typed(cell.paragraphs[0], words)
            cell.paragraphs[0].runs[0].bold = number == 0
    document.add_paragraph()  # Word joins two tables that touch


def _small(document: Any, words: str) -> None:
    if words:
        _typed(document.add_paragraph(), words, GREY).font.size = Pt(9)


def _typed(paragraph: Any, words: str, colour: RGBColor = BLACK) -> Any:
    """Typed words with their lines; Word breaks them where a new line was typed."""
    run = paragraph.add_run(_clean(words))
    run.font.color.rgb = colour
    return run


def _clean(words: str) -> str:
    """Without the control signs that no Word file may hold."""
    return NOT_IN_XML.sub("", words.replace("\r\n", "\n"))


# --- the document around them ----------------------------------------------------------------------------------------


def _blank(snapshot: dict[str, Any]) -> Any:
    document = Document()
    _drop_what_nobody_reads(document)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    _style(document)
    _foot(page.footer.paragraphs[0], snapshot["footer"])
    about = document.core_properties
    about.title, about.language = _clean(f"{snapshot['title']}: {snapshot['pupil']}")[:255], "en-GB"
    about.author = about.comments = ""
    about.created = about.modified = datetime(*LONG_AGO, tzinfo=UTC)
    return document


def _drop_what_nobody_reads(document: Any) -> None:
    """The blank document brings a picture of its first page and somebody's bibliography."""
    for part in (document.part.package, document.part):
        for key, link in list(part.rels.items()):
            if link.reltype.rpartition("/")[2] in {"thumbnail", "customXml"}:
                del part.rels[key]


def _style(document: Any) -> None:
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    document.settings.element.find(qn("w:themeFontLang")).set(qn("w:val"), "en-GB")
    normal = document.styles["Normal"]
    _face(normal)
    normal.font.size = Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    for name, size in SIZES.items():
        _face(document.styles[name])
        document.styles[name].font.size, document.styles[name].font.color.rgb = Pt(size), BLACK
    quote = document.styles["Quote"]
    quote.font.italic = False
    quote.paragraph_format.left_indent = Cm(0.7)


def _face(style: Any) -> None:
    """One typeface for all scripts, in place of the theme's."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), TYPEFACE)


def _foot(paragraph: Any, words: str) -> None:
    """ "Signed off by … Page 1 of 3"; Word counts the pages."""
    _typed(paragraph, f"{words} Page ".lstrip(), GREY)
    _field(paragraph, "PAGE")
    _typed(paragraph, " of ", GREY)
    _field(paragraph, "NUMPAGES")
    for run in paragraph.runs:
        run.font.size = Pt(9)


def _field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)
    run = paragraph.add_run("1")
    field.append(run._r)


def _say(properties: Any, name: str) -> None:
    properties.append(OxmlElement(name))


def _zipped(document: Any) -> bytes:
    """The file, packed anew with one date for all its parts."""
    packed, ours = BytesIO(), BytesIO()
    document.save(packed)
    with ZipFile(packed) as parts, ZipFile(ours, "w") as zipped:
        for name in parts.namelist():
            entry = ZipInfo(name, date_time=LONG_AGO)
            entry.compress_type = ZIP_DEFLATED
            zipped.writestr(entry, parts.read(name))
    return ours.getvalue()
