import pytest

from trellis.tools import assets

CSS = (
    '@charset "UTF-8";:root{--govuk-brand-colour:#1d70b8}'
    "/* Copyright. The font has been customised for exclusive use on gov.uk. Not for sale. */"
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}"
    '@font-face{font-family:"GDS Transport";font-weight:700;src:url(/assets/fonts/bold.woff2)}'
    ".a{font-family:GDS Transport,arial,sans-serif;color:red}"
    '.logo:before{content:"";background-image:url(/assets/images/govuk-crest.svg);width:100%}'
    ".mask{background:currentcolor;-webkit-mask-image:url(/crest.svg);mask-image:url(/crest.svg)}"
    "\n/*# sourceMappingURL=govuk-frontend.min.css.map */\n"
)


def test_font_crest_and_source_map_go_and_the_rest_stays():
    assert assets.without_govuk_brand(CSS) == (
        '@charset "UTF-8";' + assets.NOTICE + ":root{--govuk-brand-colour:#1d70b8}"
        ".a{font-family:Arial,Helvetica,sans-serif;color:red}"
        '.logo:before{content:"";width:100%}'
        ".mask{background:currentcolor;}\n"
    )


def test_a_script_loses_only_its_source_map():
    assert assets.without_source_map("let a=1;//# sourceMappingURL=a.js.map\n") == "let a=1;\n"
    assert assets.without_source_map("let a=1;\n") == "let a=1;\n"


@pytest.fixture
def govuk(tmp_path):
    folder = tmp_path / "govuk"
    folder.mkdir()
    (folder / "govuk-frontend.min.css").write_text(CSS)
    (folder / "govuk-frontend.min.js").write_text("let a=1;//# sourceMappingURL=a.js.map\n")
    return folder


def test_built_folder_holds_ours_and_theirs_and_nothing_older(tmp_path, govuk):
    sources = tmp_path / "static_src"
    sources.mkdir()
    (sources / "trellis.css").write_text("body{}")
    into = tmp_path / "static"
    (into / "design").mkdir(parents=True)
    (into / "design" / "removed.js").write_text("")

    assets.build_static(govuk, sources, into)

    built = {str(path.relative_to(into)): path.read_text() for path in into.rglob("*") if path.is_file()}
    assert built == {
        "design/govuk-frontend.min.css": assets.without_govuk_brand(CSS),
        "design/govuk-frontend.min.js": assets.NOTICE + "let a=1;\n",
        "design/trellis.css": "body{}",
    }


def test_fonts_come_with_their_licences(tmp_path):
    for name in ("plain", "arabic"):
        (tmp_path / name / "400Regular").mkdir(parents=True)
        (tmp_path / name / "400Regular" / f"{name}.ttf").write_bytes(b"ttf")
        (tmp_path / name / "LICENSE_FONT").write_text("OFL")
        (tmp_path / name / "index.js").write_text("")

    assets.build_fonts([tmp_path / "plain", tmp_path / "arabic"], tmp_path / "fonts")

    built = {path.name for path in (tmp_path / "fonts").iterdir()}
    assert built == {"plain.ttf", "LICENCE-plain.txt", "arabic.ttf", "LICENCE-arabic.txt"}


def test_what_we_serve_names_no_brand_of_gov_uk():
    """Over the very files that were built, whatever version of GOV.UK Frontend is locked."""
    css = (assets.STATIC / "design" / "govuk-frontend.min.css").read_text().replace(assets.NOTICE, "")
    assert [word for word in ("GDS Transport", "url(", "crest", "@font-face", "sourceMappingURL") if word in css] == []
