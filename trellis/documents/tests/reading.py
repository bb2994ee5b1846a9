"""Reads a PDF back: its tags, and the text that its glyphs stand for; and the text of a Word file."""

import re
from io import BytesIO

import docx
import pikepdf
from docx.oxml.ns import qn
from pikepdf import Array, Dictionary, Name, Pdf


def opened(printed: bytes) -> Pdf:
    return pikepdf.open(BytesIO(printed))


def tags_of(pdf: Pdf) -> list[str]:
    """Every structure element in reading order, as its path: "Document/Table/TBody/TR/TD"."""
    return list(_walk(pdf.Root.StructTreeRoot, ""))


def _walk(element, path):
    kids = element.get("/K", Array([])) if isinstance(element, Dictionary) else Array([])
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            here = f"{path}/{str(kid.S)[1:]}".strip("/")
            yield here
            yield from _walk(kid, here)


def text_of(pdf: Pdf) -> str:
    """The text of all pages without any white space, in the order the glyphs are drawn."""
    return "".join("".join(_page_text(page).split()) for page in pdf.pages)


def _page_text(page) -> str:
    fonts = {name: _to_unicode(font) for name, font in page.Resources.Font.items()}
    current, drawn = {}, []
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "Tf":
                current = fonts[str(operands[0])]
            case "Tj":
                drawn.append(_glyphs(bytes(operands[0]), current))
            case "TJ":
                drawn += [_glyphs(bytes(part), current) for part in operands[0] if isinstance(part, pikepdf.String)]
    return "".join(drawn)


def baselines_of(page) -> list[tuple[float, float]]:
    """How far up the page each run of text stands, and its size in points, in the order they are drawn."""
    height, size, runs = 0.0, 0.0, []
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "cm":
                height = float(operands[5])
            case "Tf":
                size = float(operands[1])
            case "Tj" | "TJ":
                runs.append((height, size))
    return runs


def _glyphs(codes: bytes, to_unicode: dict[int, str]) -> str:
    pairs = [int.from_bytes(codes[at : at + 2], "big") for at in range(0, len(codes), 2)]
    return "".join(to_unicode.get(code, "") for code in pairs)


def _to_unicode(font) -> dict[int, str]:
    """The font's map from glyph to text, as a screen reader or a search uses it."""
    if Name.ToUnicode not in font:
        return {}
    cmap = font.ToUnicode.read_bytes().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = int.from_bytes(bytes.fromhex(text), "big")
            found |= {code: chr(start + code - int(first, 16)) for code in range(int(first, 16), int(last, 16) + 1)}
    return found


def text_of_word(written: bytes) -> str:
    """All text of the body and the footer, without any white space."""
    document = docx.Document(BytesIO(written))
    everything = [document.element.body, document.sections[0].footer._element]
    return "".join("".join(node.text or "" for part in everything for node in part.iter(qn("w:t"))).split())


def words_of(snapshot) -> list[str]:
    """Every piece of text in a snapshot that is meant to be read, without white space."""
    match snapshot:
        case dict():
            hidden = {"kind", "schema", "name", "widths", "from_cycle"}
            return [word for key, value in snapshot.items() if key not in hidden for word in words_of(value)]
        case list() | tuple():
            return [word for value in snapshot for word in words_of(value)]
        case str():
            return ["".join(line.split()) for line in snapshot.splitlines() if line.strip()]
    return []
