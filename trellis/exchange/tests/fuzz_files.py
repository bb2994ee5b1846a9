"""Files of every kind without a fault, and a thousand ways to spoil them: by byte, by cell, inside a workbook or zip.

The same number gives the same file. A new kind of file adds the files that it would be brought as to ``whole_files``.
"""

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import openpyxl

from trellis.exchange import samples
from trellis.exchange.annex_a import samples as annex
from trellis.exchange.ctf import samples as transfers
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind
from trellis.exchange.sample_workbooks import Lines, as_ods, as_text, as_xlsx, lines_of, messy
from trellis.exchange.ssda903 import samples as returns

SEED = 4
SAVED_AT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MAPPED = "mapped"  # under headings of another system
Rows = list[dict[str, str]]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"]
TEXTS = [  # what nobody should write in a cell, and somebody does
    "", " ", "0", "-1", "1e9", "NaN", "None", "#REF!", "=1+1", "@SUM(A1)", "+44", "-", "?", "31/02/2015", "2031-05-01",
    "0001-01-01", "9999-12-31", "99999999999999999999", "01/02/03", "45000", "45000.5", "true", "\x00", "\x1f", "a\nb",
    "\u202e", "\ufeff", "\u00a0", "e\u0301", "\U0001f600", "²", "٣", "X" * 300, "'; DROP TABLE pupils; --",
    "<b>&amp;</b>", "{{7*7}}", "%s", "\\N", "“", "M", "E", "K", "C2", "700001", "100000", "A123456789012",
]  # fmt: skip


@dataclass(frozen=True)
class Form:
    """Files that a person would bring together: without a fault, of one kind, in one shape."""

    kind: str
    shape: str
    files: list[Brought]


def whole_files() -> list[Form]:
    """Each kind of file, in the shapes in which it comes."""
    schools, _, week_2 = weeks()
    made = the_return(week_2)
    workbook = _workbook(*(lines_of(made.file(name).content) for name in ("episodes", "header", "oc2")))
    return [
        Form(ImportKind.PUPIL_LIST, "CSV", [Brought("week.csv", samples.as_csv(week_2))]),
        Form(ImportKind.PUPIL_LIST, "workbook", [Brought("week.xlsx", _workbook(lines_of(samples.as_csv(week_2))))]),
        Form(ImportKind.PUPIL_LIST, MAPPED, [Brought("theirs.csv", as_text(messy(samples.as_csv(week_2))))]),
        Form(ImportKind.SCHOOLS, "CSV", [Brought("schools.csv", schools)]),
        Form(
            ImportKind.SCHOOLS, "zip", [Brought("schools.zip", _zipped({"schools.csv": schools, "links.csv": LINKS}))]
        ),
        Form(ImportKind.PEPS, "CSV", [Brought("peps.csv", samples.as_csv(peps(week_2), list(peps(week_2)[0])))]),
        Form(ImportKind.PEPS, MAPPED, [Brought("peps.csv", _their_peps(week_2))]),
        Form(ImportKind.SSDA903, "tables", [made.file(name) for name in ("episodes", "header", "oc2", "reviews")]),
        Form(ImportKind.SSDA903, "XML", [made.as_xml()]),
        Form(ImportKind.SSDA903, "workbook", [Brought("return.xlsx", workbook)]),
        Form(ImportKind.ANNEX_A, "workbook", [Brought("annex.xlsx", _workbook(*annex_a(week_2)))]),
        Form(ImportKind.CTF, "XML", [transfer_file()]),
        Form(ImportKind.ANNEX_A, "CSV", [Brought("list_1.csv", as_text(annex_a(week_2)[0]))]),
        *(Form(kind, "CSV", [Brought("school.csv", as_text(lines))]) for kind, lines in of_schools(week_2).items()),
        Form(ImportKind.ATTENDANCE, "census", census(week_2)),
    ]


# --- without a fault -------------------------------------------------------------------------------------------------

LINKS = b"URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n990200,990201,Birch Secondary 1,Successor,01-09-2026\n"


def weeks() -> tuple[bytes, Rows, Rows]:
    """Schools, a short weekly list, and the week after: one child moved, one with another name, one gone, one new."""
    made = samples.make(seed=SEED, schools=4)
    before, after = _rows(made.week_1), _rows(made.week_2)
    listed = [row["child_id"] for row in (before[3], before[4], before[10], before[12], before[31])]
    return (
        made.schools,
        [row for row in before if row["child_id"] in listed],
        [row for row in after if row["child_id"] in {*listed, "700001"}],
    )


def the_return(week: Rows) -> returns.SampleReturn:
    """A yearly return whose first children are on the weekly list; nobody knows the others."""
    made = returns.make(seed=SEED, children=len(week))
    numbers = [row["CHILD"] for row in made.tables["header"]]
    born = {row["child_id"]: row["date_of_birth"] for row in week}
    listed = dict(zip(numbers, list(born)[: len(week) // 2], strict=False))
    for row in (row for rows in made.tables.values() for row in rows if row["CHILD"] in listed):
        row["CHILD"] = listed[row["CHILD"]]
        if "DOB" in row:
            year, month, day = born[row["CHILD"]].split("-")
            row["DOB"] = f"{day}/{month}/{year}"
    return made


def peps(week: Rows) -> Rows:
    """The PEPs of the listed children's term, as another system gives them out."""
    return [
        {
            "child_id": row["child_id"], "upn": "", "term": "Autumn 2026", "pep_date": "2026-11-12", "grade": "Green",
            "target_number": str(number), "target_area": "semh", "target_statement": "Asks for help",
            "target_baseline": "Never", "target_by": "2027-07-01",
        }
        for row in week
        for number in (1, 2)
    ]  # fmt: skip


def annex_a(week: Rows) -> list[Lines]:
    """Both lists of an authority's Annex A: the listed children with SEN, and others whom nobody here knows."""
    listed = [
        {
            "Unique ID": row["child_id"], "UPN": row["upn"], "Date of birth": date.fromisoformat(row["date_of_birth"]),
            "SEN primary need": "ASD",
        }
        for row in week
        if row["sen_status"] in "EK"
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(annex.workbook(listed, annex.of_strangers(3)).content))
    return [[list(line) for line in sheet.iter_rows(values_only=True)] for sheet in book]


def transfer_file() -> Brought:
    """A common transfer file of a pupil on the roll, and of one whom nobody knows."""
    known = transfers.pupil(
        InCare="true", sen=[("2022-09-05", "N"), ("2024-02-12", "K")], needs=["SEMH", "SLCN"],
        years=[(2026, 380, 31, 12)], schools=[("801", "2000", "Elder Academy", "2022-09-05")],
    )  # fmt: skip
    return transfers.a_file(known, transfers.pupil(Surname="Nobody", UPN="Y331200016041"))


def of_schools(week: Rows) -> dict[str, Lines]:
    """What schools' own systems tell of the listed children, and of Jordan where only a school may bring it."""
    who = ["upn", "first_name", "last_name", "date_of_birth"]
    listed = [
        [row[name] for name in ("upn", "legal_first_name", "legal_last_name", "date_of_birth")] for row in week[:3]
    ]
    period = ["starts_on", "ends_on", "possible", "attended", "authorised", "unauthorised"]
    result = ["subject", "assessment", "result", "against_expected", "assessed_on"]
    out = ["first_day", "last_day", "sessions", "category", "reason1", "reason2", "reason3", "decided_by",
           "what_happened"]  # fmt: skip
    jordan = ["", "Jordan", "Vale", "2018-03-03", "2026-11-16", "2026-11-17", "", "SUSP", "DB", "", "", "", "Left."]
    needs = ["sen_status", "primary_need", "secondary_need", "since"]
    return {
        ImportKind.ATTENDANCE: [
            [*who, *period], *([*one, "2026-10-05", "2026-11-20", "60", "54", "4", "2"] for one in listed)
        ],
        ImportKind.SEN_REGISTER: [[*who, *needs], *([*one, "K", "MLD", "SLCN", "2026-10-05"] for one in listed)],
        ImportKind.ATTAINMENT: [
            [*who, *result], *([*one, "Reading", "NFER", "98", "expected", "2026-10-12"] for one in listed)
        ],
        ImportKind.SUSPENSIONS: [[*who, *out], jordan],
    }  # fmt: skip


def census(week: Rows) -> list[Brought]:
    """Two tables of the autumn census: who is on roll, and the sessions they missed in the term before."""
    number = "pupilonrolltableid"
    on_roll = [
        [str(at), row["upn"], row["legal_first_name"], row["legal_last_name"], row["date_of_birth"], "110.0", "K"]
        for at, row in enumerate(week[:3])
    ]
    missed = [[str(at), code, "2.0"] for at in range(3) for code in ("I", "O", "#")]
    headings = [number, "upn", "forename", "surname", "dob", "termlysessionspossible", "senprovision"]
    return [
        Brought("2026_autumn_pupilonroll.csv", as_text([headings, *on_roll])),
        Brought("2026_autumn_sessions.csv", as_text([[number, "attendancereason", "sessions"], *missed])),
    ]


def _their_peps(week: Rows) -> bytes:
    """The same under another system's headings."""
    theirs = ["LCS ID", "Unique pupil number", "PEP term", "Date of PEP", "RAG", "Target no", "Target area",
              "SMART target", "Starting point", "Due date"]  # fmt: skip
    return as_text([theirs, *(list(row.values()) for row in peps(week))])


def _rows(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def _zipped(entries: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, inside in entries.items():
            packed.writestr(zipfile.ZipInfo(name), inside, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _workbook(*sheets: Lines) -> bytes:
    """The same lines are the same bytes, whatever the time."""
    return _zipped(
        {name: SAVED_AT.sub(b"2026-11-23T09:00:00Z", inside) for name, inside in _unzipped(as_xlsx(*sheets))}
    )


def _unzipped(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for entry in packed.infolist():
            yield entry.filename, packed.read(entry)


# --- spoiled ---------------------------------------------------------------------------------------------------------


def spoiled(form: Form, number: int) -> list[Brought]:
    """The files with one of them spoiled; the same number spoils the same."""
    chance = random.Random(f"{form.kind} {form.shape} {number}")
    files = list(form.files)
    at = chance.randrange(len(files))
    ways = [by_byte, inside] if files[at].content.startswith(b"PK") else [by_byte, by_cell, by_cell]
    if files[at].content.startswith(b"<"):
        ways = [by_byte, by_word]
    files[at] = chance.choice(ways)(files[at], chance)
    return files


def by_byte(file: Brought, chance: random.Random) -> Brought:
    return Brought(file.name, samples.mutated(file.content, chance, chance.choice([1, 2, 3, 10, 30])))


def by_word(file: Brought, chance: random.Random) -> Brought:
    """A file of elements in which some say something else."""
    parts = file.content.split(b">")
    for _ in range(chance.choice([1, 2, 5])):
        at = chance.randrange(len(parts))
        parts[at] = chance.choice(TEXTS).encode() + parts[at][parts[at].find(b"<") :]
    return Brought(file.name, b">".join(parts))


def by_cell(file: Brought, chance: random.Random) -> Brought:
    """A table with other words in its cells, lines and columns that went missing or came twice; or saved anew."""
    lines: Lines = lines_of(file.content)
    for _ in range(chance.choice([1, 1, 2, 5])):
        chance.choice(TABLE_SPOILERS)(lines, chance)
    return chance.choice([_as_text, _as_text, _as_xlsx, _as_ods])(file.name, lines, chance)


def inside(file: Brought, chance: random.Random) -> Brought:
    """A workbook or zip whose packing is whole and in which one part is spoiled."""
    entries = dict(_unzipped(file.content))
    name = chance.choice(list(entries))
    way = by_word if entries[name].lstrip().startswith(b"<") else by_byte
    entries[name] = chance.choice([way, by_byte])(Brought(name, entries[name]), chance).content
    return Brought(file.name, _zipped(entries))


def _word(lines: Lines, chance: random.Random) -> None:
    line = chance.choice(lines)
    if line:
        line[chance.randrange(len(line))] = chance.choice(TEXTS)


def _swap(lines: Lines, chance: random.Random) -> None:
    """Two cells of the table change places, as when somebody sorts one column alone."""
    one, other = chance.choice(lines), chance.choice(lines)
    if one and other:
        at, to = chance.randrange(len(one)), chance.randrange(len(other))
        one[at], other[to] = other[to], one[at]


def _lose_line(lines: Lines, chance: random.Random) -> None:
    if len(lines) > 1:
        del lines[chance.randrange(len(lines))]


def _line_again(lines: Lines, chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines) + 1), list(chance.choice(lines)))


def _lose_column(lines: Lines, chance: random.Random) -> None:
    at = chance.randrange(max(map(len, lines), default=0) or 1)
    for line in lines:
        del line[at : at + 1]


def _column_again(lines: Lines, chance: random.Random) -> None:
    at = chance.randrange(max(map(len, lines), default=0) or 1)
    for line in lines:
        line.insert(chance.randrange(at + 1) if chance.random() < 0.1 else at, line[at] if at < len(line) else "")


def _same_all_down(lines: Lines, chance: random.Random) -> None:
    """One word in the whole of a column, as when somebody drags it down."""
    at, word = chance.randrange(max(map(len, lines), default=0) or 1), chance.choice(TEXTS)
    for line in lines[1:]:
        if at < len(line):
            line[at] = word


TABLE_SPOILERS: list[Callable[[Lines, random.Random], None]] = [
    _word, _word, _word, _swap, _lose_line, _line_again, _lose_column, _column_again, _same_all_down,
]  # fmt: skip


def _as_text(name: str, lines: Lines, chance: random.Random) -> Brought:
    encoding = chance.choice(ENCODINGS)
    text = as_text(lines, mark=chance.choice([",", ",", ";", "\t", "|"]), encoding="utf-8").decode()
    return Brought(name, text.encode(encoding, errors="replace"))


def _as_xlsx(name: str, lines: Lines, chance: random.Random) -> Brought:
    """Excel itself cannot hold what no text can: those signs stay out."""
    return Brought(f"{name}.xlsx", _workbook([[_writable(cell) for cell in line] for line in lines]))


def _as_ods(name: str, lines: Lines, chance: random.Random) -> Brought:
    return Brought(f"{name}.ods", _zipped(dict(_unzipped(as_ods(lines)))))


def _writable(cell: str) -> str:
    return "".join(sign for sign in cell if sign.isprintable() or sign in "\n\t")
