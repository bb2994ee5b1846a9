"""Any heading, any habit: said once, remembered, and then the same list child for child."""

import uuid
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.exchange import actions, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.mapping import answers
from trellis.exchange.mapping.columns import name_of
from trellis.exchange.mapping.days import DAY_FIRST, MONTH_FIRST, Day, day_of, order_in
from trellis.exchange.models import ColumnMapping, Import, ImportKind, ImportState
from trellis.exchange.pupil_list.columns import PUPIL_COLUMNS
from trellis.exchange.pupil_list.names import is_in_capitals, name_case
from trellis.exchange.sample_workbooks import HEADINGS, as_ods, as_text, as_xlsx, messy
from trellis.exchange.tests.conftest import REAL
from trellis.exchange.tests.world import say_all
from trellis.pupils.models import Pupil

TODAY = date(2026, 11, 23)


def bring(ours, content, kind=ImportKind.PUPIL_LIST, name="list.xlsx", by=None):
    return actions.preview_import(
        kind=kind, files=[Brought(name, content)], virtual_school=ours.virtual_school, by=by or ours.bea
    )


def without(rows, *names):
    return [{name: value for name, value in row.items() if name not in {"line", "in_capitals", *names}} for row in rows]


def with_schools(ours, lists):
    made = bring(ours, lists.schools, kind=ImportKind.SCHOOLS, name="schools.csv")
    actions.land_import(made.pk, by=ours.bea)


@pytest.fixture
def messy_list(lists):
    real = Path(REAL or "") / "pupil_list" / "week_1_messy.xlsx"
    return real.read_bytes() if REAL and len(lists.week_1) > 30_000 else as_xlsx(messy(lists.week_1))


def test_messy_list_lands_as_the_clean_one_and_then_either_changes_nothing(ours, lists, messy_list):
    with_schools(ours, lists)
    made = say_all(bring(ours, messy_list), ours.bea)
    clean = bring(ours, lists.week_1, name="week_1.csv")
    by_number = {row["child_id"]: row for row in made.rows}
    assert made.is_previewed, made.preview["refused"][:3]
    assert without([by_number[row["child_id"]] for row in clean.rows]) == without(clean.rows)
    assert made.counts["new"] == clean.counts["new"] == len(clean.rows)

    actions.land_import(made.pk, by=ours.bea)

    for content in (lists.week_1, messy_list):
        again = bring(ours, content)
        assert (again.counts["changed"], again.counts["new"], again.counts["gone"]) == (0, 0, 0), again.preview
        assert again.counts["unchanged"] == len(clean.rows)


def test_clean_list_landed_first_messy_changes_nothing(ours, lists, messy_list):
    with_schools(ours, lists)
    landed = actions.land_import(bring(ours, lists.week_1).pk, by=ours.bea)
    names = set(Pupil.objects.values_list("legal_first_name", "legal_last_name"))

    made = say_all(bring(ours, messy_list), ours.bea)

    assert made.counts["unchanged"] == landed.counts["new"]
    assert actions.land_import(made.pk, by=ours.bea).is_landed
    assert set(Pupil.objects.values_list("legal_first_name", "legal_last_name")) == names


@pytest.fixture
def small(ours):
    """A list of three children in the messy shape, and its school."""
    lists = samples.make(seed=3)
    with_schools(ours, lists)
    return messy(b"\n".join(lists.week_1.splitlines()[:4]) + b"\n")


@pytest.mark.parametrize("container", [as_xlsx, as_ods, lambda lines: as_text(lines, mark=";", encoding="utf-16")])
def test_headings_of_another_are_mapped_in_each_container(ours, small, container):
    made = bring(ours, container(small))

    assert made.state == ImportState.TO_BE_MAPPED
    assert say_all(made, ours.bea).counts["new"] == 3


def test_what_waits_holds_no_address_and_is_forgotten_once_read(ours, small):
    small[3].append("Home address")
    for line in small[4:7]:
        line.append("1 Alder Street")
    made = bring(ours, as_xlsx(small))
    assert "Alder Street" not in str(made.waiting)

    made = say_all(made, ours.bea)

    assert made.waiting == {}
    assert "Home address" in made.preview["dropped"]
    assert "RAG" in made.preview["ignored"]


def test_next_list_is_read_at_once_and_says_by_whom(ours, small, client):
    say_all(bring(ours, as_xlsx(small)), ours.bea)

    made = bring(ours, as_xlsx(small))

    client.force_login(ours.bea)
    page = client.get(made.get_absolute_url()).content.decode()
    assert made.is_previewed
    assert f"Read by the mapping of Monday 23 November, agreed by {ours.bea}" in page


def test_a_new_heading_alone_is_asked_about(ours, small):
    say_all(bring(ours, as_xlsx(small)), ours.bea)
    small[3].append("Shoe size")

    made = bring(ours, as_xlsx(small))

    table, said = actions.waiting_table(made)
    assert answers.headings_to_say(table, PUPIL_COLUMNS, said) == ["Shoe size"]
    assert actions.say_columns(made.pk, by=ours.bea, columns={"Shoe size": ""}).is_previewed


def test_a_heading_that_is_missing_is_asked_for_when_it_is_needed(ours, small):
    say_all(bring(ours, as_xlsx(small)), ours.bea)
    small[3] = ["Birthday of the child" if heading == "D.O.B" else heading for heading in small[3]]

    made = bring(ours, as_xlsx(small))
    with pytest.raises(Refused, match="Say which column is: date of birth"):
        actions.say_columns(made.pk, by=ours.bea, columns={"Birthday of the child": ""})

    columns = {"Birthday of the child": "date_of_birth"}
    assert actions.say_columns(made.pk, by=ours.bea, columns=columns).is_previewed


def test_a_new_word_alone_is_asked_about(ours, small):
    say_all(bring(ours, as_xlsx(small)), ours.bea)
    small[4][list(HEADINGS).index("SEND")] = "Graduated response"

    made = bring(ours, as_xlsx(small))

    table, said = actions.waiting_table(made)
    assert answers.words_to_say(table, PUPIL_COLUMNS, said) == {"sen_status": {"Graduated response": 1}}


def test_a_word_nobody_knows_is_shown_by_line_and_asked_about_again(ours, small):
    small[4][list(HEADINGS).index("SEND")] = "Graduated response"
    made = bring(ours, as_xlsx(small))
    table, said = actions.waiting_table(made)
    made = actions.say_columns(made.pk, by=ours.bea, columns=answers.proposed_columns(table, PUPIL_COLUMNS, said))
    table, said = actions.waiting_table(made)
    words = answers.words_to_say(table, PUPIL_COLUMNS, said)
    codes = {name: {word: PUPIL_COLUMNS[name].proposed(word) or "?" for word in asked} for name, asked in words.items()}

    made = actions.say_words(made.pk, by=ours.bea, codes=codes, day_order=DAY_FIRST)

    assert made.is_refused
    assert [(row["line"], row["column"], row["found"]) for row in made.preview["refused"]] == [
        (5, "SEND", "Graduated response")
    ]
    assert bring(ours, as_xlsx(small)).is_to_be_mapped


def test_asked_again_keeps_the_old_row_and_asks_about_everything(ours, small, client):
    say_all(bring(ours, as_xlsx(small)), ours.bea)
    client.force_login(ours.bea)
    mapping = ColumnMapping.objects.get()

    for _ in range(2):
        client.post(reverse("ask_mapping_again", args=[mapping.pk]))
    made = bring(ours, as_xlsx(small))

    assert (made.is_to_be_mapped, ColumnMapping.objects.count()) == (True, 2)
    assert "Check these" in client.get(made.get_absolute_url()).content.decode()
    assert say_all(made, ours.bea).is_previewed
    assert bring(ours, as_xlsx(small)).is_previewed


def test_another_virtual_school_is_not_read_by_our_mapping(ours, twin, small):
    say_all(bring(ours, as_xlsx(small)), ours.bea)

    assert bring(twin, as_xlsx(small)).is_to_be_mapped


# --- on the pages ----------------------------------------------------------------------------------------------------


def test_business_officer_gets_through_by_the_pages(ours, small, client):
    client.force_login(ours.bea)
    file = SimpleUploadedFile("list.xlsx", as_xlsx(small))
    posted = {"kind": ImportKind.PUPIL_LIST, "file": file, "one_time_key": uuid.uuid4()}
    columns_page = client.post(reverse("imports"), posted).url
    form = client.get(columns_page).context["form"]
    chosen = {field.name: field.initial or "" for field in form if field.name.startswith("column_")}

    missing = client.post(columns_page, chosen | {"column_3": ""})
    assert "Say which column is: date of birth." in missing.content.decode()
    twice = client.post(columns_page, chosen | {"column_19": "sex"})
    assert "is already sex. Choose one of the two." in twice.content.decode()
    words_page = client.post(columns_page, chosen).url
    form = client.get(words_page).context["form"]
    unsaid = client.post(words_page, {})
    assert "Say what “Male” means." in unsaid.content.decode()
    meant = {field.name: field.initial for field in form if field.name.startswith("word_")}
    answer = client.post(words_page, meant | {"day_order": DAY_FIRST})

    made = Import.objects.filter(kind=ImportKind.PUPIL_LIST).get()
    assert (made.state, answer.url) == (ImportState.PREVIEWED, reverse("import", args=[made.pk]))
    assert client.get(columns_page).url == answer.url
    assert client.get(reverse("mappings")).status_code == 200


@pytest.mark.parametrize("who", ["vic", "dina", "sol", "root"])
def test_mapping_pages_are_refused_to_others(ours, small, client, who):
    made = bring(ours, as_xlsx(small))
    client.force_login(ours.people[who])

    for name in ("say_columns", "say_words"):
        assert client.get(reverse(name, args=[made.pk])).status_code == 403
    assert client.get(reverse("mappings")).status_code == 403


def test_mapping_pages_are_not_there_for_another_virtual_school(ours, twin, small, client):
    made = bring(ours, as_xlsx(small))
    done = say_all(bring(ours, as_xlsx(small)), ours.bea)
    client.force_login(twin.bea)

    for name in ("say_columns", "say_words"):
        assert client.get(reverse(name, args=[made.pk])).status_code == 404
    assert client.post(reverse("ask_mapping_again", args=[done.mapping_id])).status_code == 404
    assert "agreed on" not in client.get(reverse("mappings")).content.decode()


def test_pages_take_as_many_queries_for_many_as_for_one(ours, small, client):
    client.force_login(ours.bea)

    def queries(url):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    one = bring(ours, as_xlsx(small[:5]))
    many = bring(ours, as_xlsx(small[:4] + small[4:7] * 10))
    assert queries(one.get_absolute_url()) == queries(many.get_absolute_url())
    say_all(one, ours.bea)
    before = queries(reverse("mappings"))
    for _ in range(5):
        actions.ask_again(ColumnMapping.objects.latest("pk").pk, by=ours.bea)
        say_all(bring(ours, as_xlsx(small[:5])), ours.bea)
    assert queries(reverse("mappings")) == before


# --- on paper --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("dob", "date_of_birth"), ("D.O.B", "date_of_birth"), ("NCY", "year_group"), ("BLA date", "looked_after_since"),
        ("LCS ID", "child_id"), ("SEND", "sen_status"), ("Need 1", "primary_need"),
        ("Allocated worker", "social_worker"),
        ("Legal_First_Name", "legal_first_name"), ("RAG", ""),
    ],
)  # fmt: skip
def test_headings_that_others_use(heading, name):
    assert name_of(heading, PUPIL_COLUMNS) == name


def test_no_heading_means_two_of_our_columns():
    for column in PUPIL_COLUMNS.values():
        for word in column.words:
            assert sum(other.is_called(word) for other in PUPIL_COLUMNS.values()) == 1, word


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("14/03/2012", DAY_FIRST, Day("2012-03-14")),
        ("03/14/2012", MONTH_FIRST, Day("2012-03-14")),
        ("10-Sep-12", "", Day("2012-09-10", placed=True)),
        ("10 September 2012", "", Day("2012-09-10")),
        ("14.3.15", DAY_FIRST, Day("2015-03-14", placed=True)),
        ("01/02/85", DAY_FIRST, Day("1985-02-01", placed=True)),
        ("2012-03-14 00:00:00", "", Day("2012-03-14")),
        ("soon", "", Day("soon")),
        ("31/02/2015", DAY_FIRST, Day("2015-02-31")),
    ],
)
def test_dates_as_people_write_them(text, order, day):
    assert day_of(text, order, TODAY) == day


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["03/04/2012", "14/03/2012"], (DAY_FIRST, True)),
        (["03/04/2012", "03/14/2012"], (MONTH_FIRST, True)),
        (["03/04/2012", "2012-03-14", ""], ("", True)),
        (["03/03/2012", "2012-03-14"], ("", False)),
    ],
)
def test_order_of_dates_is_found_or_asked(cells, found):
    assert order_in(cells) == found


@pytest.mark.parametrize(
    ("loud", "name"),
    [
        ("VAN DIJK", "van Dijk"), ("MCALLISTER", "McAllister"), ("O'HARA", "O'Hara"), ("D’SOUZA", "D’Souza"),
        ("GARCÍA-LÓPEZ", "García-López"), ("ST JOHN", "St John"), ("NÍ BHRIAIN", "Ní Bhriain"), ("ŞAHIN", "Şahin"),
        ("NG", "Ng"), ("SMITH-JONES", "Smith-Jones"),
    ],
)  # fmt: skip
def test_names_in_capitals_are_written_as_people_write_them(loud, name):
    assert is_in_capitals(loud, is_last=True)
    assert name_case(loud) == name


@pytest.mark.parametrize(("name", "is_last"), [("AJ", False), ("McAllister", True), ("سارة", True), ("", True)])
def test_names_that_are_not_in_capitals_stay(name, is_last):
    assert not is_in_capitals(name, is_last=is_last)


def test_capitals_alone_change_no_name_but_a_true_correction_does(ours):
    from trellis.exchange.tests.world import bring as bring_rows
    from trellis.exchange.tests.world import land, row

    zoe = {"child_id": "2", "legal_first_name": "Zoë", "legal_last_name": "Mackay"}
    land(ours, row(ours, **zoe))

    assert bring_rows(ours, row(ours, **zoe | {"legal_last_name": "MACKAY"})).counts["changed"] == 0
    assert bring_rows(ours, row(ours, **zoe | {"legal_last_name": "MacKay"})).counts["changed"] == 1


def test_new_child_in_capitals_is_told(ours):
    from trellis.exchange.tests.world import bring as bring_rows
    from trellis.exchange.tests.world import row

    made = bring_rows(ours, row(ours, child_id="2", legal_first_name="Zoë", legal_last_name="MACKAY"))

    assert "The list has this name in capitals. It is written as Mackay: correct it if that is wrong." in [
        warning["sentence"] for warning in made.preview["warnings"]
    ]


def test_years_of_two_figures_are_told(ours, small):
    with clock.at(samples.DAY):
        made = say_all(bring(ours, as_xlsx(small)), ours.bea)

    assert any("a year of two figures" in warning["sentence"] for warning in made.preview["warnings"])
