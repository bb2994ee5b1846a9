"""The wrong file of each kind: another list, a picture, nothing at all. A tired person reads what it is and what to do,
the way back is there, and nothing is half brought. A new kind of file is a line in ``RIGHT``."""

import re

from trellis.exchange import samples
from trellis.exchange.annex_a import samples as annex_a
from trellis.exchange.forms import EXPLAINED
from trellis.exchange.models import ImportKind
from trellis.exchange.pep_list.rules import COLUMNS as PEP_COLUMNS
from trellis.exchange.sample_workbooks import as_xlsx
from trellis.exchange.school_files import samples as school_files
from trellis.exchange.ssda903 import samples as returns

LISTS = samples.make(seed=1)
WORKBOOK = as_xlsx([["child_id", "name"], ["1", "Zoë"]])
PICTURE = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + b"\x00" * 40
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600

ROBIN = ("Marsh", "Robin", "2017-05-09")
RIGHT: dict[str, tuple[str, bytes]] = {
    ImportKind.PUPIL_LIST: ("week.csv", LISTS.week_1),
    ImportKind.SCHOOLS: ("schools.csv", LISTS.schools),
    ImportKind.PEPS: ("peps.csv", samples.as_csv([], list(PEP_COLUMNS)) + b"1,,spring 2026,,,,,,,,,\n"),
    ImportKind.SSDA903: ("return.xml", returns.make(children=3).as_xml().content),
    ImportKind.ATTENDANCE: ("attendance.csv", school_files.csv_of(school_files.attendance(*ROBIN))),
    ImportKind.SEN_REGISTER: ("register.csv", school_files.csv_of(school_files.sen_register("Robin Marsh", ROBIN[2]))),
    ImportKind.ATTAINMENT: (
        "results.csv",
        school_files.csv_of(school_files.attainment(*ROBIN, ("Reading", "2026-07-01", "104", "SATs"))),
    ),
    ImportKind.ANNEX_A: ("annex_a.xlsx", annex_a.workbook([], annex_a.of_strangers(3)).content),
}
WRONG: dict[str, tuple[str, bytes, str]] = {
    "a picture": ("list.png", PICTURE, "This is a picture. Bring the list itself"),
    "nothing at all": ("nothing.csv", b"", "The file is empty. Choose another"),
    "a PDF by another name": ("report.csv", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n<<>>\nendobj\n", "This is a PDF"),
    "a workbook with a password": ("locked.xlsx", LOCKED, "protected by a password. Save it without one"),
    "a zip that broke off": ("list.zip", WORKBOOK[: len(WORKBOOK) // 2], "This file is damaged"),
}  # fmt: skip
SAYS_WHAT_TO_DO = re.compile(r"Missing: |[Bb]ring |choose what this file holds|Keep the one that counts")


def test_the_wrong_file_of_each_kind(person, tmp_path):
    bea = person("bea")
    bea.goes_to("/imports/").sees("Imports").reads("Nothing was brought yet")
    kinds = [kind for kind, (label, *_) in EXPLAINED.items() if bea.main.get_by_label(label, exact=True).count()]
    assert set(kinds) == set(RIGHT)
    for kind in kinds:
        for name, content, sentence in WRONG.values():
            brings(bea, kind, written(tmp_path / name, content)).reads(sentence)
            stands_where_she_was(bea, kind)
        for other in set(RIGHT) - {kind}:
            brings(bea, kind, written(tmp_path / RIGHT[other][0], RIGHT[other][1]))
            reads_what_to_do(bea, kind, other)
        bea.sees("Imports")
    bea.goes_to("/imports/").reads_nothing_of("Landed", "Previewed")
    name, content = RIGHT[ImportKind.SCHOOLS]
    brings(bea, ImportKind.SCHOOLS, written(tmp_path / name, content)).sees(name).reads("Nothing has landed yet")


def written(file, content):
    file.write_bytes(content)
    return file


def brings(bea, kind, file):
    bea.goes_to("/imports/").chooses(EXPLAINED[kind][0]).attaches("The file", file).presses("Check the file")
    return bea


def told(bea):
    return bea.page.locator(".govuk-error-summary").inner_text()


def reads_what_to_do(bea, kind, other):
    """The file goes back with a sentence; or, where its columns could be meant, they are asked about."""
    if bea.page.get_by_role("heading", level=1).inner_text() == "Say which column is which":
        bea.presses("Abandon this import").reads("Nothing of it landed")
        return
    stands_where_she_was(bea, kind)
    assert SAYS_WHAT_TO_DO.search(told(bea)), (kind, other, told(bea))


def stands_where_she_was(bea, kind):
    """The sentence leads to the field, her choice is kept, and she may try another file at once."""
    bea.reads("There is a problem")
    summary = bea.page.locator(".govuk-error-summary")
    assert summary.get_by_role("link").first.get_attribute("href") == "#id_file"
    assert bea.main.get_by_label(EXPLAINED[kind][0], exact=True).is_checked()
    assert bea.main.get_by_role("button", name="Check the file").is_visible()
