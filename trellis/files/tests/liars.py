"""Files that are not what they say, made as small as their lie allows."""

import io
import zipfile

from PIL import Image

from trellis.files.tests.world import PDF

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD_WITH_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def office(main=WORD, parts=None, types=True):
    """A Word or Excel file of the fewest parts; more by name."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        if types:
            archive.writestr(
                "[Content_Types].xml", f'<Types><Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
            )
        for name, content in ({"word/document.xml": "<w:document/>"} | (parts or {})).items():
            archive.writestr(name, content)
    return written.getvalue()


def picture(form="PNG", size=(8, 6), **more):
    written = io.BytesIO()
    Image.new("RGB", size, "green").save(written, form, **more)
    return written.getvalue()


def photograph_with_place():
    """A photograph as a telephone makes it: lying on its side, with where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it a quarter
    exif[0x010E] = "Taken at 4 Larch Road"
    exif.get_ifd(0x8825)[2] = (52.4, 0.0, 0.0)
    return picture("JPEG", size=(8, 6), exif=exif, comment=b"4 Larch Road")


def many_parts(count=100_000):
    """A list of contents with so many lines and nothing behind them."""
    line = b"PK\x01\x02" + b"\0" * 24 + b"\x01\0" + b"\0" * 16 + b"a"
    return b"PK\x03\x04" + line * count + b"PK\x05\x06" + b"\0" * 18


def zip_bomb():
    """A gigabyte in a megabyte."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", WORD)
        with archive.open("word/document.xml", "w") as part:
            for _ in range(1024):
                part.write(bytes(1024 * 1024))
    return written.getvalue()


EMPTY = "This file is empty. Save it again and choose it again."
LARGE = "This file is larger than 10 MB. Save it smaller, or in parts."
KIND = "Choose a PDF, a Word document (.docx), an Excel workbook (.xlsx) or a picture (.png or .jpg)."
OLD = "This is an older Word or Excel file, or one with a password. Save it as .docx or .xlsx without a password."
OTHER = "This file is not what its name says. Open it, save it again as PDF, Word, Excel or a picture, and choose that."
CUT = "This PDF is cut off, or something was added behind its end. Print it to PDF again and choose that."
LOCKED = "This PDF asks for a password or is locked. Save or print it as a PDF without one."
PARTS = "This file is made of far more parts than a document has, so Trellis does not open it. Save it as a PDF."
BOMB = "This file would unpack to far more than a document holds, so Trellis does not open it. Save it as a PDF."
HIDDEN = "This file is damaged, or something is hidden in it. Open it, save it again and choose that."
MACROS = "This file holds macros, which are small programs. Save it as a plain .docx or .xlsx and choose that."
NOT_OFFICE = "This file is not the Word document or Excel workbook that its name says. Save it again and choose that."
DAMAGED = "This picture is damaged or is not what its name says. Open it, save it again and choose that."
DOTS = "This picture has more than 50 million dots. Save it smaller and choose that."

LIARS = {
    "nothing in it": ("report.pdf", lambda: b"", EMPTY),
    "too large": ("report.pdf", lambda: PDF + b"\n" * (10 * 1024 * 1024), LARGE),
    "a program": ("report.exe", lambda: b"MZ\x90\0", KIND),
    "a program called pdf": ("report.pdf", lambda: b"MZ\x90\0" + PDF, OTHER),
    "pdf and then exe": ("report.pdf.exe", lambda: PDF, KIND),
    "no ending": ("report", lambda: PDF, KIND),
    "a page": ("report.html", lambda: b"<script>alert(1)</script>", KIND),
    "a page called jpg": ("work.jpg", lambda: b"<html><script>alert(1)</script>", OTHER),
    "a drawing with script": ("work.svg", lambda: b"<svg onload='alert(1)'/>", KIND),
    "a drawing called png": ("work.png", lambda: b"<svg onload='alert(1)'/>", OTHER),
    "a jpg called png": ("work.png", lambda: picture("JPEG"), OTHER),
    "a gif called jpg": ("work.jpg", lambda: picture("GIF"), OTHER),
    "only the beginning of a png": ("work.png", lambda: picture("PNG")[:20], DAMAGED),
    "half a jpg": ("work.jpg", lambda: picture("JPEG", (400, 400))[:700], DAMAGED),
    "a picture of many dots": ("work.png", lambda: picture("PNG", (10_000, 5_001)), DOTS),
    "a pdf with a zip behind it": ("report.pdf", lambda: PDF + office(), CUT),
    "a pdf cut off": ("report.pdf", lambda: PDF[:-8], CUT),
    "a page before a pdf": ("report.pdf", lambda: b"<script>" + PDF, OTHER),
    "a pdf with a password": ("report.pdf", lambda: PDF.replace(b"<</Root", b"<</Encrypt 5 0 R/Root"), LOCKED),
    "word of 1997": ("report.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD),
    "word of 1997 by name": ("report.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", KIND),
    "any zip": ("report.docx", lambda: office("text/plain"), NOT_OFFICE),
    "a zip without its types": ("report.docx", lambda: office(types=False), NOT_OFFICE),
    "excel called word": ("report.docx", lambda: office(EXCEL), NOT_OFFICE),
    "word called excel": ("report.xlsx", lambda: office(WORD), NOT_OFFICE),
    "macros by name": ("report.docm", lambda: office(WORD_WITH_MACROS), KIND),
    "macros called docx": ("report.docx", lambda: office(WORD_WITH_MACROS), MACROS),
    "macros beside it": ("report.docx", lambda: office(parts={"word/vbaProject.bin": "x"}), MACROS),
    "a part outside": ("report.docx", lambda: office(parts={"../../etc/passwd": "x"}), HIDDEN),
    "a part at the root": ("report.docx", lambda: office(parts={"/etc/passwd": "x"}), HIDDEN),
    "a part on a drive": ("report.docx", lambda: office(parts={"C:evil": "x"}), HIDDEN),
    "something before a zip": ("report.docx", lambda: b"PK\x03\x04<script>" + office(), HIDDEN),
    "something behind a zip": ("report.docx", lambda: office() + b"<script>", HIDDEN),
    "half a zip": ("report.docx", lambda: office()[:60], HIDDEN),
    "a hundred thousand parts": ("report.docx", lambda: many_parts(), PARTS),
    "a gigabyte in a megabyte": ("report.docx", lambda: zip_bomb(), BOMB),
}

NAMES = {
    "letter.pdf": "letter.pdf",
    "REPORT.PDF": "REPORT.pdf",
    "photo.JPEG": "photo.jpg",
    "../../etc/passwd.pdf": "passwd.pdf",
    "C:\\Users\\sam\\letter.pdf": "letter.pdf",
    'a"b\r\nSet-Cookie: x=1.pdf': "a b Set-Cookie x=1.pdf",
    "letter\u202efdp.pdf": "letter fdp.pdf",
    "a\u200b\u2066b\x00\x7f.pdf": "a b.pdf",
    "Zoe\u0301’s plan.pdf": "Zoé’s plan.pdf",
    ".pdf": "file.pdf",
    "...   .pdf": "file.pdf",
    "a" * 300 + ".pdf": "a" * 100 + ".pdf",
    "letter.docx.pdf": "letter.docx.pdf",
}
