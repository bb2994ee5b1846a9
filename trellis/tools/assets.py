"""Makes our static files from what npm installed: no third-party source is in the repository, nothing built is in git.

GOV.UK Frontend is MIT, but its font and crest are for GOV.UK only: both go, and the text is in Arial.
"""

import re
import shutil
from pathlib import Path

from trellis.tools import packages
from trellis.tools.steps import ROOT, hash_of, is_done, mark_done, quietly

NODE_MODULES = ROOT / "node_modules"
SOURCES = ROOT / "trellis" / "design" / "static_src"
STATIC = ROOT / "trellis" / "design" / "static"
FONTS = ROOT / "trellis" / "documents" / "fonts"
GOVUK = NODE_MODULES / "govuk-frontend" / "dist" / "govuk"
TYPEFACES = [  # of our documents: one made for low vision; then names in other alphabets and scripts
    NODE_MODULES / "@expo-google-fonts" / name
    for name in ("atkinson-hyperlegible", "noto-sans", "vazirmatn", "noto-sans-hebrew")
]
WEIGHTS = ("400Regular", "700Bold", "400Regular_Italic", "700Bold_Italic")

NOTICE = "/* GOV.UK Frontend, © Crown copyright, MIT licence. Changed: no GDS Transport font, no crest. */\n"
CHARSET = '@charset "UTF-8";'  # must stand first
TYPEFACE = "Arial,Helvetica,sans-serif"


def prepare(*, for_tests: bool) -> None:
    """node_modules as locked and our static files as they should be; what is already so is left alone."""
    if not _are_installed(for_tests=for_tests):
        _install(packages.npm(), for_tests=for_tests)
    with packages.one_at_a_time():
        if not _are_built():
            build_static(GOVUK, SOURCES, STATIC)
            build_fonts(TYPEFACES, FONTS)
            mark_done(_stamp(STATIC), _build_key())


def are_made(*, for_tests: bool) -> bool:
    return _are_installed(for_tests=for_tests) and _are_built()


def build_static(govuk: Path, sources: Path, into: Path) -> None:
    """GOV.UK Frontend without what is not ours to use, and our own files beside it, all under `design/`."""
    making = into.with_name(f"{into.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(sources, making / "design")
    css = (govuk / "govuk-frontend.min.css").read_text()
    (making / "design" / "govuk-frontend.min.css").write_text(without_govuk_brand(css))
    script = (govuk / "govuk-frontend.min.js").read_text()
    (making / "design" / "govuk-frontend.min.js").write_text(NOTICE + without_source_map(script))
    shutil.rmtree(into, ignore_errors=True)
    making.rename(into)


def build_fonts(typefaces: list[Path], into: Path) -> None:
    """The typefaces of our documents, each with its licence (OFL)."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for typeface in typefaces:
        for weight in WEIGHTS:
            for font in (typeface / weight).glob("*.ttf"):
                shutil.copy(font, into)
        shutil.copy(typeface / "LICENSE_FONT", into / f"LICENCE-{typeface.name}.txt")


def without_govuk_brand(css: str) -> str:
    """The style sheet without GDS Transport, its name, the crest, and the pointer to the source map."""
    css = re.sub(r"/\*[^*]*exclusive use on gov\.uk[^*]*\*/", "", css)
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,arial,sans-serif', TYPEFACE, css)
    css = re.sub(r"[a-z-]+:url\([^)]*\);?", "", css)
    return CHARSET + NOTICE + without_source_map(css).removeprefix(CHARSET)


def without_source_map(text: str) -> str:
    """A browser's tools would ask for a file that we do not ship."""
    return re.sub(r"\s*(//# sourceMappingURL=\S+|/\*# sourceMappingURL=[^*]*\*/)\s*$", "\n", text)


def _install(npm: list[str], *, for_tests: bool) -> None:
    with packages.one_at_a_time():
        leave_out = [] if for_tests else ["--omit=dev"]
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *leave_out]
        quietly([*npm, "ci", *options], "Installing the front-end parts")
        mark_done(_stamp(NODE_MODULES), _lock_key(for_tests))


def _are_installed(*, for_tests: bool) -> bool:
    """What was installed for tests serves as well."""
    return any(is_done(_stamp(NODE_MODULES), _lock_key(tests)) for tests in {True, for_tests})


def _are_built() -> bool:
    return is_done(_stamp(STATIC), _build_key()) and FONTS.is_dir()


def _build_key() -> str:
    return hash_of([ROOT / "package-lock.json", Path(__file__), *_files_in(SOURCES)])


def _lock_key(for_tests: bool) -> str:
    return hash_of([ROOT / "package-lock.json"], "all" if for_tests else "serving")


def _stamp(folder: Path) -> Path:
    return folder / ".trellis-stamp"


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
