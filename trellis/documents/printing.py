"""Printing: a snapshot becomes a PDF that anyone can read, also with a screen reader (PDF/UA-1), in our own typefaces.

The same snapshot gives the same bytes: no clock, no fonts of the machine. typst itself refuses what is not accessible.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).resolve().parent
TEMPLATES = FOLDER / "typst"
FONTS = FOLDER / "fonts"


def to_pdf(template: str, snapshot: dict[str, Any], *, templates: Path = TEMPLATES) -> bytes:
    """The snapshot printed with a template of this folder. Raises TypstError when it cannot be printed accessibly."""
    printed = _compiler(templates).compile(
        input=str(templates / f"{template}.typ"),
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"data": json.dumps(snapshot, ensure_ascii=False, sort_keys=True)},
    )
    assert isinstance(printed, bytes)
    return printed


def _compiler(templates: Path) -> typst.Compiler:
    """A compiler of its own for each printing; only the typefaces are shared, for they cost the most to read."""
    return typst.Compiler(root=str(templates), font_paths=_fonts(), ignore_system_fonts=True)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    if not any(FONTS.glob("*.ttf")):
        raise FileNotFoundError("The typefaces of documents are missing: run make run or make test, which fetch them.")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
