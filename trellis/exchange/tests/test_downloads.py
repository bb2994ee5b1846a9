"""A table on screen as a file: the same rows, nothing that runs, with its reason in the access log."""

import csv
import io
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from trellis.conduct import clock
from trellis.exchange import samples
from trellis.exchange.downloads import files, pages, tables
from trellis.exchange.downloads.tables import ShownTable
from trellis.history.models import Entry, Look
from trellis.pupils import actions as pupils
from trellis.pupils.tests.world import DAY

PUPILS = "/pupils/"


def address(of):
    return f"{reverse('download_table')}?of={quote(of)}"


def take(client, of, file="csv", **says):
    return client.post(address(of), {"reason": "For the governors’ meeting", "file": file, **says})


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def sam(ours, client):
    client.force_login(ours.sam)
    return client


# --- reading tables back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "rows"),
    [
        ("<tr><th>Ann</th><td>4</td></tr>", [["Ann", "4"]]),
        ("<tr><th><a href='/x'><bdi>محمد</bdi></a></th><td>R</td></tr>", [["محمد", "R"]]),
        ("<tr><th>Ann</th><td>one<br>two <b>three</b></td></tr>", [["Ann", "one; two three"]]),
        ("<tr><td colspan='2'>None yet</td></tr>", [["None yet", ""]]),
        ("<tr><th>Ann</th></tr>", [["Ann", ""]]),
        ("<tr><th>Ann</th><td><form><button>End it</button></form></td></tr>", [["Ann", ""]]),
        ("<tr><td>A &amp; B</td><td>&lt;i&gt;</td></tr>", [["A & B", "<i>"]]),
    ],
)
def test_a_table_reads_as_it_looks(markup, rows):
    head = "<thead><tr><th>Name</th><th>Year</th></tr></thead>"
    page = f"<main><h2>Pupils</h2><table>{head}<tbody>{markup}</tbody></table></main>"
    assert tables.tables_of(page) == [ShownTable("Pupils", ["Name", "Year"], rows)]


def test_tables_beside_the_main_part_and_empty_ones_are_left():
    empty = "<table><thead><tr><th>Name</th></tr></thead><tbody></tbody></table>"
    assert tables.tables_of(f"{empty.replace('<tbody>', '<tbody><tr><td>x</td></tr>')}<main>{empty}</main>") == []


# --- files -----------------------------------------------------------------------------------------------------------

DANGEROUS = ["=1+1", "+44 24 7683", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x","y")']


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_is_taken_for_a_formula(text):
    table = ShownTable("T", [text], [[text], ["plain"]])
    written = list(csv.reader(io.StringIO(files.as_csv(table).decode("utf-8-sig"), newline="")))
    assert [row[0] for row in written] == [f"'{text}", f"'{text}", "plain"]
    sheet = load_workbook(io.BytesIO(files.as_workbook([table]))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("-5", -5), ("1.50", 1.5), ("007", "007"), ("1e5", "1e5")])
def test_a_plain_number_stays_a_number_and_a_code_a_code(text, value):
    sheet = load_workbook(io.BytesIO(files.as_workbook([ShownTable("T", ["N"], [[text]])]))).active
    assert sheet["A2"].value == value
    assert rows_of_bytes(files.as_csv(ShownTable("T", ["N"], [[text]])))[1] == [text]


def rows_of_bytes(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_each_table_is_a_sheet_with_a_name_excel_allows():
    titles = ["Hours / visits: 2026?", "Hours / visits: 2026?", "", "x" * 40]
    book = load_workbook(io.BytesIO(files.as_workbook([ShownTable(title, ["A"], [["1"]]) for title in titles])))
    assert [sheet.title for sheet in book] == ["Hours   visits  2026", "Hours   visits  2026 2", "Table 3", "x" * 31]


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_file_holds_what_the_page_shows(ours, sam):
    answer = take(sam, PUPILS)
    assert answer.status_code == 200
    heading, *rows = rows_of(answer)
    assert heading[0] == "Pupil" and [row[0] for row in rows] == [ours.jordan.name]
    assert answer["Content-Disposition"] == f'attachment; filename="pupils-{samples.DAY}.csv"'


def test_taking_it_is_written_in_the_access_log_with_its_reason(ours, sam):
    take(sam, PUPILS)
    look = Look.objects.latest("pk")
    assert (look.by, look.pupil_ids, look.page) == (ours.sam, [ours.jordan.pk], "download_table")
    assert look.reason == "Downloaded: For the governors’ meeting"


def test_what_names_no_pupil_is_written_in_history(ours, client):
    client.force_login(ours.bea)
    of = reverse("team")
    assert take(client, of).status_code == 200
    assert Entry.objects.filter(sentence__startswith="Downloaded: For the governors’ meeting", by=ours.bea).count() == 1


def test_a_reason_must_be_said(sam):
    before = Look.objects.filter(reason__gt="").count()
    answer = sam.post(address(PUPILS), {"reason": " ", "file": "csv"})
    assert answer["Content-Type"].startswith("text/html") and "error-summary" in answer.content.decode()
    assert Look.objects.filter(reason__gt="").count() == before


def test_after_a_while_it_asks_to_sign_in_again_and_keeps_the_reason(ours, sam):
    assert take(sam, PUPILS).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=20)):
        answer = take(sam, PUPILS, draft_form="DownloadForm")
        assert answer.status_code == 302 and answer["Location"].startswith(reverse("sign_in_again"))
        assert "For the governors" in sam.get(address(PUPILS)).content.decode()


def test_a_list_over_several_pages_is_one_table(ours, sam):
    for number in range(60):
        pupil = pupils.register_pupil(
            by=None, upn="", legal_first_name=f"P{number}", legal_last_name="Many", preferred_first_name="",
            date_of_birth=ours.jordan.date_of_birth, sex="U",
        )  # fmt: skip
        pupils.start_school_place(pupil.pk, by=None, school=ours.school, on=DAY - timedelta(days=9), year_group=4)
    rows = rows_of(take(sam, PUPILS))[1:]
    assert len(rows) == len({row[0] for row in rows}) == 61


def test_a_longer_list_than_a_file_should_hold_is_refused_with_a_sentence(ours, sam, monkeypatch):
    monkeypatch.setattr(pages, "MOST_PAGES", 0)
    assert "too long for one file" in sam.get(address(PUPILS)).content.decode()


@pytest.mark.parametrize(
    "of",
    ["https://elsewhere.example/pupils/", "//elsewhere.example/", "/no-such-page/", "/accounts/login/",
     "/download/", "/download/?of=/download/", "javascript:alert(1)", "/\\elsewhere.example", "/static/x.css"],
)  # fmt: skip
def test_what_is_no_table_of_ours_is_not_found(sam, of):
    assert sam.get(address(of)).status_code == 404


def test_without_a_table_it_says_where_to_find_one(sam):
    assert "Download this table" in sam.get(reverse("download_table")).content.decode()


def test_nobody_takes_what_their_page_does_not_show(ours, twin, client):
    client.force_login(ours.tia)
    assert client.get(address(reverse("team"))).status_code in {403, 404}
    client.force_login(twin.sam)
    take(client, PUPILS)
    assert Look.objects.latest("pk").pupil_ids == [twin.jordan.pk]
    client.logout()
    assert client.get(address(PUPILS)).status_code == 302


def test_the_messages_of_the_page_wait_for_the_person(ours, sam):
    """Making the page for the file does not use up what it has to tell."""
    from django.contrib.messages import get_messages
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.test import RequestFactory

    request = RequestFactory().get(address(PUPILS))
    request.user, request.session = ours.sam, sam.session
    request._messages = FallbackStorage(request)
    request._messages.add(25, "Saved.")
    pages.shown_to(request, PUPILS)
    assert [str(message) for message in get_messages(request)] == ["Saved."]
