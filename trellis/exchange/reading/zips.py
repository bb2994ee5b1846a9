"""What a zip says it holds, before anything is taken out of it."""

import io
import zipfile
import zlib

from trellis.exchange.reading.limits import (
    LARGEST_FILE,
    LARGEST_IN_ZIP,
    LARGEST_UNPACKED,
    MOST_IN_ZIP,
    MOST_PACKED,
    PACKED_TIGHT_ABOVE,
)
from trellis.exchange.reading.sheets import Brought, Unreadable

DAMAGED = "This file is damaged: it may have been cut short on its way. Save it again and bring that."
TOO_LARGE = "This file would unpack to more than a list can be. Choose the list alone."
LOCKED = "This file is protected by a password. Save it without one, and bring that."
ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError)


def opened(content: bytes) -> zipfile.ZipFile:
    """The zip, once its directory says that it is within our limits and no bomb. Raises Unreadable."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
        entries = packed.infolist()
    except BROKEN:
        raise Unreadable(DAMAGED) from None
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Unreadable(LOCKED)
    if len(entries) > MOST_IN_ZIP or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise Unreadable(TOO_LARGE)
    if any(_is_packed_too_tight(entry) for entry in entries):
        raise Unreadable(TOO_LARGE)
    return packed


def _is_packed_too_tight(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > PACKED_TIGHT_ABOVE and entry.file_size > MOST_PACKED * max(entry.compress_size, 1)


def unzipped(brought: Brought, *, largest: int = LARGEST_FILE) -> list[Brought]:
    """The CSV files in a zip, by their names without folders; a file that is no zip comes back as it is. Raises
    Unreadable when the zip holds none, or one that is too large."""
    if not brought.content.startswith(b"PK\x03\x04"):
        return [brought]
    if len(brought.content) > largest:
        raise Unreadable(f"The file is larger than {largest // 1024 // 1024} MB.")
    packed = opened(brought.content)
    if "[Content_Types].xml" in packed.namelist() or "mimetype" in packed.namelist():
        return [brought]  # a workbook is a zip too
    entries = [entry for entry in packed.infolist() if _is_csv(entry)]
    if not entries:
        raise Unreadable("This zip holds no CSV file. Take the list out of it and bring that.")
    return [Brought(entry.filename.rsplit("/", 1)[-1], taken_out(packed, entry)) for entry in entries]


def _is_csv(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith(".csv") and not entry.filename.startswith("__MACOSX")


def taken_out(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int = LARGEST_IN_ZIP) -> bytes:
    """What stands in one entry. No more is unpacked than its limit, whatever the directory says of it."""
    try:
        with packed.open(entry) as inside:
            content = inside.read(largest + 1)
    except BROKEN:
        raise Unreadable(DAMAGED) from None
    if len(content) > largest:
        raise Unreadable(TOO_LARGE)
    return content
