"""Lists 1 and 2 of the SEND Annex A beside what Trellis holds of children in care."""

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from trellis.conduct import clock
from trellis.exchange import actions
from trellis.exchange.annex_a import rules
from trellis.exchange.annex_a.rules import PlanDays
from trellis.exchange.annex_a.samples import LIST_1, of_strangers, workbook
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind
from trellis.exchange.reading import Unreadable
from trellis.exchange.sample_workbooks import as_text, as_xlsx
from trellis.exchange.tests.conftest import REAL
from trellis.history.models import Entry
from trellis.pupils import actions as pupils
from trellis.pupils.models import SenStatus

BORN = date(2018, 3, 3)
UPN = "Y331200016041"
TODAY = date(2026, 11, 16)


@pytest.fixture
def jordan(ours):
    """In care, SEN support with SEMH and SLCN since 1 September 2025; the authority's number is 800123."""
    pupils.replace_upn(ours.jordan.pk, by=None, upn=UPN)
    pupils.know_by(ours.jordan.pk, authority=ours.virtual_school.authority, child_id="800123")
    return ours.jordan


def line(**says):
    names = {"born": "Date of birth", "need": "SEN primary need", "issued": "Date initial EHC plan issued",
             "reviewed": "Date EHC plan last reviewed", "updated": "Date updated EHC plan issued",
             "urn": "Main education establishment – URN", "id": "Unique ID", "upn": "UPN"}  # fmt: skip
    return {names[name]: value for name, value in ({"upn": UPN, "born": BORN} | says).items()}


def bring(world, *files):
    return actions.preview_import(
        kind=ImportKind.ANNEX_A, files=list(files), virtual_school=world.virtual_school, by=world.bea
    )


def landed(world, *files):
    made = actions.land_import(bring(world, *files).pk, by=world.bea)
    assert made.is_landed, made.preview
    return made


def sen_of(pupil):
    statuses = SenStatus.objects.filter(pupil=pupil, during__isempty=False).order_by("during")
    return [(one.since, one.during.upper, one.in_words) for one in statuses]


def told(made):
    annex = made.preview["annex"]
    return [(one["where"], one["column"], one["sentence"]) for one in [*annex["remarks"], *annex["about"]]]


def test_a_plan_begins_on_the_day_it_was_issued_and_keeps_the_second_need(ours, jordan):
    made = landed(ours, workbook([line(issued=date(2026, 6, 1), reviewed="", need="SEMH")], of_strangers(3)))
    assert sen_of(jordan) == [
        (date(2025, 9, 1), date(2026, 6, 1), "SEN support: SEMH, SLCN"),
        (date(2026, 6, 1), None, "EHC plan: SEMH, SLCN"),
    ]
    assert (made.counts["changed"], made.preview["annex"]["others"]) == (1, 3)
    [change] = made.preview["changed"]
    assert (change["line"], change["was"]) == ("List 1, line 2", "SEN support: SEMH, SLCN")
    assert change["now"] == "EHC plan: SEMH, SLCN, since 1 June 2026"
    assert Entry.objects.filter(pupil_id=jordan.pk, by=ours.bea).count() == 1


def test_a_plan_issued_before_what_is_recorded_counts_from_today(ours, jordan):
    landed(ours, workbook([line(issued=date(2024, 6, 1))], []))
    assert sen_of(jordan)[-1][0] == clock.today()


def test_a_child_is_found_by_the_authoritys_number_with_the_date_of_birth(ours, jordan):
    made = bring(ours, workbook([], [line(upn="", id="800123", need="ASD")]))
    assert [row["now"] for row in made.preview["changed"]] == ["SEN support: ASD, SLCN, since 23 November 2026"]


@pytest.mark.parametrize("says", [{"born": date(2018, 3, 4)}, {"upn": "C331200018007"}, {"upn": "", "id": "800124"}])
def test_a_line_with_another_date_of_birth_or_number_is_left_out_and_counted(ours, jordan, says):
    made = bring(ours, workbook([line(**says)], []))
    assert (made.preview["annex"]["others"], made.rows, made.preview["changed"]) == (1, [], [])
    assert told(made) == []


def test_a_child_whom_the_authority_does_not_look_after_is_counted_like_any_other(ours, jordan):
    pupils.end_care(jordan.pk, by=None, on=date(2026, 11, 1))
    made = bring(ours, workbook([line()], of_strangers(1)))
    assert (made.preview["annex"]["others"], made.rows) == (2, [])
    assert "Vale" not in str(made.preview)


def test_the_same_lists_again_change_nothing(ours, jordan):
    file = workbook([line(need="ASD")], of_strangers(2))
    landed(ours, file)
    before = sen_of(jordan)
    again = landed(ours, file)
    assert (again.counts["changed"], again.counts["unchanged"]) == (0, 1)
    assert sen_of(jordan) == before


def test_what_people_corrected_here_since_the_last_lists_stays(ours, jordan):
    landed(ours, workbook([], [line(need="ASD")]))
    pupils.set_sen_status(jordan.pk, by=ours.sam, status="K", primary_need="MLD")
    made = bring(ours, workbook([], [line(need="ASD")]))
    assert made.counts["changed"] == 0
    assert [sentence for _, _, sentence in told(made)] == [
        "The list says as last time “SEN support: ASD”; here it was changed to “SEN support: MLD” since. It is left "
        "as it is here."
    ]
    assert bring(ours, workbook([], [line(need="SLCN")])).counts["changed"] == 1


def test_a_child_in_both_lists_is_taken_from_neither(ours, jordan):
    made = bring(ours, workbook([line()], [line(upn="", id="800123")]))
    assert made.counts["changed"] == 0
    assert told(made)[0][:2] == ("List 1, line 2", "")
    assert "List 2, line 2" in told(made)[0][2]


def test_a_plan_without_a_need_takes_the_need_that_is_held_and_not_nsa(ours, jordan):
    assert bring(ours, workbook([line(need="")], [])).preview["changed"][0]["now"].startswith("EHC plan: SEMH, SLCN")
    pupils.set_sen_status(jordan.pk, by=ours.sam, status="K", primary_need="NSA")
    made = bring(ours, workbook([line(need="NSA")], []))
    assert (made.counts["changed"], made.counts["left_out"]) == (0, 1)


def test_days_of_a_plan_stand_beside_what_is_held(ours, jordan):
    pupils.set_sen_status(jordan.pk, by=ours.sam, status="E", primary_need="SEMH", on=date(2026, 5, 1))
    made = bring(ours, workbook([line(issued=date(2026, 4, 1), reviewed=date(2025, 4, 1))], []))
    [plan] = made.preview["annex"]["plans"]
    assert (plan["issued"], plan["here"]) == ("2026-04-01", "2026-05-01")
    assert (plan["differs"], plan["is_overdue"], plan["is_wrong"]) == (True, True, True)
    assert {column for _, column, _ in told(made)} == {"EHC plan", "Date initial EHC plan issued"}


def test_another_school_and_a_name_for_its_number_are_told(ours, jordan):
    other = bring(ours, workbook([], [line(urn=int(ours.next_school.urn))]))
    assert told(other)[0][1:] == (
        "Main education establishment",
        "Here the child is at another school. The weekly pupil list decides where; nothing is changed.",
    )
    assert told(bring(ours, workbook([], [line(urn=int(ours.school.urn))]))) == []
    assert "a name is not looked up" in told(bring(ours, workbook([], [line(urn="Larch")])))[0][2]


def test_who_has_sen_here_and_is_in_neither_list_is_named(ours, jordan):
    made = bring(ours, workbook(of_strangers(1), of_strangers(1, serial=9)))
    assert [(one["list"], one["child_id"]) for one in made.preview["annex"]["missing"]] == [(2, "800123")]
    only_list_1 = as_text([LIST_1, ["x", "", "", "2012-01-01", *[""] * (len(LIST_1) - 4)]])
    assert bring(ours, Brought("list_1.csv", only_list_1)).preview["annex"]["missing"] == []


def test_sums_and_addresses_are_named_and_not_taken(ours, jordan):
    rows = [[*LIST_1, "Home address"], ["", UPN, "", BORN, *[""] * (len(LIST_1) - 4), "1 High Street"]]
    made = bring(ours, Brought("one.xlsx", as_xlsx(rows)))
    assert made.preview["annex"]["sums"] == ["Absence", "Permanent exclusions", "Suspensions"]
    assert made.preview["dropped"] == ["Home address"]
    assert "High Street" not in str(made.rows) + str(made.preview)


def test_another_authoritys_children_are_not_touched(ours, twin, jordan):
    made = bring(twin, workbook([line()], []))
    assert (made.rows, made.preview["annex"]["others"]) == ([], 1)


def test_lists_of_any_length_ask_the_same_few_queries(ours, jordan, django_assert_max_num_queries):
    for number in (1, 300):
        with django_assert_max_num_queries(24):
            bring(ours, workbook([line(), *of_strangers(number)], []))


WRONG = [
    (b"a,b\n1,2\n", "No sheet has the headings"),
    (as_xlsx([["Name", "Need"], ["x", "y"]]), "No sheet has the headings"),
    (b"<EXPSSDA903/>", "No sheet has the headings"),
    (b"%PDF-1.7", "This is a PDF"),
    (workbook([], []).content[:-300], "damaged"),
]


@pytest.mark.parametrize(("content", "sentence"), WRONG)
def test_a_wrong_file_is_refused_in_a_sentence(ours, content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        bring(ours, Brought("list.xlsx", content))


def test_a_list_that_stands_there_twice_is_refused(ours):
    with pytest.raises(Unreadable, match="List 1 stands there twice"):
        bring(ours, workbook(of_strangers(1), of_strangers(1)), workbook(of_strangers(1), of_strangers(1)))


GARBAGE = [
    {"Unique ID": "will", "UPN": "wills_upn", "Date of birth": date(1993, 12, 5), "SEN primary need": "H5",
     "Main education establishment – URN": "School"},
    {"Unique ID": "willis", "UPN": "dfnjfd", "Date of birth": date(2001, 1, 1), "SEN primary need": "K1"},
]  # fmt: skip


def test_every_line_of_a_workbook_of_adults_is_told_by_list_and_line(ours):
    """The published sample: made-up adults without a UPN, schools by name."""
    file = (
        Brought("fake_sen.xlsx", (Path(REAL) / "sen" / "annex_a_send_fake_sen.xlsx").read_bytes())
        if REAL
        else workbook(GARBAGE, GARBAGE)
    )
    made = bring(ours, file)
    said = {(where, column) for where, column, _ in told(made)}
    for where in ("List 1, line 2", "List 1, line 3", "List 2, line 2", "List 2, line 3"):
        assert {(where, "UPN"), (where, "SEN primary need")} <= said
    assert ("List 1, line 2", "Date of birth") in said
    assert ("List 1, line 2", "Main education establishment – URN") in said
    assert (made.rows, made.counts["changed"]) == ([], 0)


def test_page_shows_both_what_is_held_and_what_the_list_says(ours, jordan, client):
    client.force_login(ours.bea)
    made = bring(ours, workbook([line(need="ASD")], GARBAGE))
    text = client.get(made.get_absolute_url()).content.decode()
    for words in ("List 1: with an EHC plan", "SEN support: SEMH, SLCN", "EHC plan: ASD, SLCN", "Not entered:",
                  "List 2, line 2", "row does not land"):  # fmt: skip
        assert words in text
    assert "SEND Annex A" in client.get(reverse("imports")).content.decode()


def test_by_command_names_no_child(ours, jordan, tmp_path, capsys):
    from django.core.management import call_command

    file = tmp_path / "annex_a.xlsx"
    file.write_bytes(workbook([line(need="ASD")], of_strangers(2)).content)
    call_command("import_annex_a", str(file), "--virtual-school", ours.virtual_school.code)
    said = capsys.readouterr().out
    assert "2 lines are not of children in the authority’s care: left out." in said
    assert "child 800123: EHC plan begins: SEN support: SEMH, SLCN → EHC plan: ASD, SLCN" in said
    assert "Vale" not in said


# --- the days of a plan, on paper ------------------------------------------------------------------------------------


def days(issued=None, updated=None, reviewed=None):
    return PlanDays(issued, updated, reviewed)


@pytest.mark.parametrize(
    ("said", "broken"),
    [
        (days(date(2026, 1, 5)), []),
        (days(date(2025, 11, 16)), []),
        (days(date(2025, 11, 15)), [rules.plan_is_reviewed_within_a_year]),
        (days(date(2020, 1, 5), None, date(2025, 11, 20)), []),
        (days(date(2020, 1, 5), None, date(2025, 11, 15)), [rules.plan_is_reviewed_within_a_year]),
        (days(date(2024, 2, 29), None, date(2026, 2, 28)), []),
        (days(None, None, date(2026, 2, 28)), [rules.plan_says_when_it_was_issued]),
        (days(date(2026, 3, 1), date(2026, 2, 1)), [rules.plan_is_issued_first]),
        (days(date(2026, 3, 1), date(2026, 12, 1)), [rules.plan_days_are_past]),
        (days(), [rules.plan_says_when_it_was_issued]),
    ],
)
def test_findings_on_the_days_of_a_plan(said, broken):
    assert [finding.rule for finding in rules.findings(said, TODAY)] == broken


def test_a_year_after_the_29th_of_february_is_the_28th():
    assert rules.a_year_after(date(2024, 2, 29)) == date(2025, 2, 28)
