"""Taking a file in: its name cleaned, its content held against the rules, pictures drawn anew without what a camera
writes beside them (the place, above all)."""

import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps

from trellis.conduct.rules import check
from trellis.files import rules
from trellis.files.models import FileKind

LONGEST_SIDE = 4000  # pixels; a photographed page stays readable
LONGEST_NAME = 100
LONGEST_CONTENT_TYPES = 1_000_000  # bytes; a workbook of a thousand sheets has about 200,000
ENTRY = b"PK\x01\x02"  # begins each line of a zip file's list of contents
END = b"PK\x05\x06"  # begins the list's end, 22 bytes long when nothing follows
END_LENGTH = 22
NOT_IN_NAMES = re.compile(r'[<>:"|?*/\\]+')


@dataclass(frozen=True)
class Upload:
    """A file that may be kept. As text it is its name and hash, so that a form sent twice is seen to be the same."""

    name: str
    kind: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def __str__(self) -> str:
        return f"{self.name} {self.sha256}"


def take_in(name: str, data: bytes) -> Upload:
    """The file as it will be kept. Raises Refused with the sentence of the first rule it breaks."""
    stem, ending = split(name)
    check(rules.file_is_not_empty(data), rules.file_is_not_too_large(len(data)))
    check(rules.file_is_of_a_kind_we_keep(ending), rules.file_is_not_old_office(data))
    check(rules.content_is_what_the_name_says(ending, data))
    match FileKind(ending):
        case FileKind.PDF:
            check(rules.pdf_is_whole(data), rules.pdf_asks_for_no_password(data))
        case FileKind.DOCX | FileKind.XLSX:
            check_package(ending, data)
        case FileKind.PNG | FileKind.JPG:
            data = drawn_anew(ending, data)
    return Upload(f"{stem}.{ending}", ending, data)


def split(name: str) -> tuple[str, str]:
    """A safe name and its ending in lower case: no folders, no control characters, nothing that turns text around."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rpartition("/")[2]
    name = "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in name)
    stem, _, ending = " ".join(NOT_IN_NAMES.sub(" ", name).split()).rpartition(".")
    stem, ending = stem.strip(". ")[:LONGEST_NAME].strip() or "file", ending.strip().lower()
    return stem, FileKind.JPG if ending == "jpeg" else ending


def check_package(kind: str, data: bytes) -> None:
    """Hold a Word or Excel file against the rules, by its list of contents alone."""
    check(rules.office_file_has_few_parts(data.count(ENTRY)))
    package = listed(data)
    check(rules.office_file_unpacks_to_a_fair_size(package), rules.office_file_is_whole(package))
    check(rules.office_file_has_no_macros(package), rules.office_file_is_of_its_kind(kind, package))


def _content_types(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The whole list of what the parts hold. A long one might hide behind its beginning what is looked for: raises
    ValueError."""
    if part.file_size > LONGEST_CONTENT_TYPES:
        raise ValueError("a list of contents longer than any program writes")
    return archive.read(part)


def listed(data: bytes) -> rules.Package:
    """What the list of contents says. A file whose list cannot be read counts as one with something behind it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            types = [part for part in parts if part.filename == "[Content_Types].xml"]
            return rules.Package(
                names=[part.filename for part in parts],
                unpacked=sum(part.file_size for part in parts),
                has_password=any(part.flag_bits & 1 for part in parts),
                begins_at=min((part.header_offset for part in parts), default=0),
                has_more_after=data[-END_LENGTH:-END_LENGTH + 4] != END,
                content_types=_content_types(archive, types[0]) if types else b"",
            )  # fmt: skip
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        zlib.error,
    ):
        return rules.Package(has_more_after=True)


def drawn_anew(kind: str, data: bytes) -> bytes:
    """The picture itself, upright and not larger than needed, and nothing else that was in the file."""
    picture = read_picture(kind, data)
    check(rules.picture_can_be_read(picture))
    assert picture is not None
    check(rules.picture_has_a_fair_size(*picture.size))
    try:
        picture = ImageOps.exif_transpose(picture)
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        mode = "RGB" if kind == FileKind.JPG else "RGBA"
        clean = Image.new(mode, picture.size)
        clean.paste(picture.convert(mode))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        check(rules.picture_can_be_read(None))
    written = io.BytesIO()
    clean.save(written, "JPEG" if kind == FileKind.JPG else "PNG", **({"quality": 88} if kind == FileKind.JPG else {}))
    return written.getvalue()


def read_picture(kind: str, data: bytes) -> Image.Image | None:
    """The picture's head; its dots are not read yet."""
    try:
        return Image.open(io.BytesIO(data), formats=["JPEG" if kind == FileKind.JPG else "PNG"])
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
