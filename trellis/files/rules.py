"""What must be true of a file before it is kept. Each rule looks at one thing; none unpacks what it judges."""

import re
from dataclasses import dataclass, field

from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.files.models import FileKind, FileState

WORKFLOW = Workflow(
    "file",
    FileState,
    {
        "found clean": ((FileState.PENDING,), FileState.CLEAN),
        "found infected": ((FileState.PENDING,), FileState.INFECTED),
        "taken away": ((FileState.PENDING, FileState.CLEAN, FileState.INFECTED), FileState.WITHDRAWN),
    },
)

MOST_BYTES = 10 * 1024 * 1024
MOST_PARTS = 2_000  # a long report with pictures has about a hundred
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PIXELS = 50_000_000  # the largest photographs of telephones

BEGINNINGS = {
    FileKind.PDF: b"%PDF-",
    FileKind.DOCX: b"PK\x03\x04",
    FileKind.XLSX: b"PK\x03\x04",
    FileKind.PNG: b"\x89PNG\r\n\x1a\n",
    FileKind.JPG: b"\xff\xd8\xff",
}
MAIN_CONTENT = {
    FileKind.DOCX: b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    FileKind.XLSX: b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # Word and Excel before 2007, and later ones with a password
ASKS_FOR_PASSWORD = re.compile(rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)")
LEADS_OUT = re.compile(r"\.\.|[\\:]")
ASVS = "OWASP ASVS 5.0"


@dataclass(frozen=True)
class Package:
    """An Office file as its list of contents tells, read before anything in it is unpacked."""

    names: list[str] = field(default_factory=list)
    unpacked: int = 0
    has_password: bool = False
    begins_at: int = 0
    has_more_after: bool = False
    content_types: bytes = b""


@rule(source="An upload that was cut off holds nothing")
def file_is_not_empty(data: bytes) -> bool:
    """This file is empty. Save it again and choose it again."""
    return bool(data)


@rule(source=f"{ASVS}, 5.1.1 and 5.2.1; the size is ours")
def file_is_not_too_large(size: int) -> bool:
    """This file is larger than 10 MB. Save it smaller, or in parts."""
    return size <= MOST_BYTES


@rule(source=f"{ASVS}, 5.1.1 and 5.2.2")
def file_is_of_a_kind_we_keep(ending: str) -> bool:
    """Choose a PDF, a Word document (.docx), an Excel workbook (.xlsx) or a picture (.png or .jpg)."""
    return ending in FileKind.values


@rule(source=f"{ASVS}, 5.2.2")
def file_is_not_old_office(data: bytes) -> bool:
    """This is an older Word or Excel file, or one with a password. Save it as .docx or .xlsx without a password."""
    return not data.startswith(OLD_OFFICE)


@rule(source=f"{ASVS}, 5.2.2")
def content_is_what_the_name_says(kind: str, data: bytes) -> bool:
    """This file is not what its name says. Open it, save it again as PDF, Word, Excel or a picture, and choose that."""
    return data.startswith(BEGINNINGS[FileKind(kind)])


@rule(source=f"{ASVS}, 5.2.2: a PDF ends where it says, so that nothing else hides behind it")
def pdf_is_whole(data: bytes) -> bool:
    """This PDF is cut off, or something was added behind its end. Print it to PDF again and choose that."""
    last = data.rfind(b"%%EOF")
    return last > 0 and not data[last + len(b"%%EOF") :].strip(b"\r\n\t \x00")


@rule(source="A file with a password can be checked by no scanner and read by no colleague")
def pdf_asks_for_no_password(data: bytes) -> bool:
    """This PDF asks for a password or is locked. Save or print it as a PDF without one."""
    return ASKS_FOR_PASSWORD.search(data) is None


@rule(source=f"{ASVS}, 5.2.3: too many parts")
def office_file_has_few_parts(parts: int) -> bool:
    """This file is made of far more parts than a document has, so Trellis does not open it. Save it as a PDF."""
    return parts <= MOST_PARTS


@rule(source=f"{ASVS}, 5.2.3: it unpacks to more than it should")
def office_file_unpacks_to_a_fair_size(package: Package) -> bool:
    """This file would unpack to far more than a document holds, so Trellis does not open it. Save it as a PDF."""
    return package.unpacked <= MOST_UNPACKED


@rule(source=f"{ASVS}, 5.2.2 and 5.3.2: no part leads out of the file, nothing stands before or behind it")
def office_file_is_whole(package: Package) -> bool:
    """This file is damaged, or something is hidden in it. Open it, save it again and choose that."""
    leads_out = any(
        name.startswith(("/", "\\")) or ".." in name or "\\" in name or ":" in name for name in package.names
    )
    twice = len(set(package.names)) != len(package.names)
    return not (leads_out or twice or package.has_password or package.begins_at or package.has_more_after)


@rule(source=f"{ASVS}, 5.2.2: no macros")
def office_file_has_no_macros(package: Package) -> bool:
    """This file holds macros, which are small programs. Save it as a plain .docx or .xlsx and choose that."""
    programs = any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in package.names)
    return not programs and b"macroenabled" not in package.content_types.lower()


@rule(source=f"{ASVS}, 5.2.2")
def office_file_is_of_its_kind(kind: str, package: Package) -> bool:
    """This file is not the Word document or Excel workbook that its name says. Save it again and choose that."""
    return MAIN_CONTENT[FileKind(kind)] in package.content_types


@rule(source=f"{ASVS}, 5.2.3: pictures that unpack to more than they should")
def picture_has_a_fair_size(width: int, height: int) -> bool:
    """This picture has more than 50 million dots. Save it smaller and choose that."""
    return 0 < width * height <= MOST_PIXELS


@rule(source=f"{ASVS}, 5.2.2")
def picture_can_be_read(picture: object | None) -> bool:
    """This picture is damaged or is not what its name says. Open it, save it again and choose that."""
    return picture is not None
