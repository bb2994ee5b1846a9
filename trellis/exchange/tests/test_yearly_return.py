"""The yearly looked-after return beside what Trellis holds."""

from datetime import date

import pytest

from trellis.conduct import clock
from trellis.exchange import actions
from trellis.exchange.kinds import Brought
from trellis.exchange.models import AwaitedChild, ImportKind, ImportQuestion, QuestionAnswer, QuestionKind
from trellis.exchange.ssda903 import samples
from trellis.exchange.ssda903.samples import SampleReturn, child, episode
from trellis.exchange.tests.world import land, row
from trellis.pupils.access import differences
from trellis.pupils.models import CareEpisode, ChildId, Pupil

BORN = date(2014, 5, 6)
NUMBER = "700100"


@pytest.fixture
def list_child(ours):
    """A child on the weekly list, looked after since 1 May 2024 by it."""

    def bring(**says):
        usual = {
            "child_id": NUMBER, "legal_first_name": "Robin", "legal_last_name": "Marsh",
            "date_of_birth": BORN.isoformat(), "year_group": "7", "looked_after_since": "2024-05-01",
            "placement_type": "U4",
        }  # fmt: skip
        land(ours, row(ours, **(usual | says)))
        return Pupil.objects.get(child_ids__child_id=says.get("child_id", NUMBER))

    return bring


def a_return(*episodes, number=NUMBER, born=BORN, year=2026, sdq="17"):
    tables = {name: [said] for name, said in child(number, born, year=year).items()}
    tables["oc2"][0]["SDQ_SCORE"] = sdq
    tables["episodes"] = [
        *episodes,
        episode("990001", date(year - 1, 6, 1)),
    ]  # somebody else, so that the year is known
    return SampleReturn(year, tables)


def bring(world, files, by=None):
    return actions.preview_import(
        kind=ImportKind.SSDA903, files=files, virtual_school=world.virtual_school, by=by or world.bea
    )


def bring_and_land(world, files):
    made = actions.land_import(bring(world, files).pk, by=world.bea)
    assert made.is_landed, made.preview
    return made


def history_of(pupil):
    care = CareEpisode.objects.filter(pupil=pupil, during__isempty=False).order_by("during")
    return [(one.during.lower, one.during.upper, one.legal_status, one.placement_type) for one in care]


def test_adds_care_before_today_and_the_sdq_of_a_child_who_is_known(ours, list_child):
    pupil = list_child()
    sent = a_return(
        episode(NUMBER, date(2019, 2, 1), date(2020, 3, 4), REC="E4A"),
        episode(NUMBER, date(2024, 5, 1), date(2025, 6, 1), LS="V2", PLACE="U6"),
        episode(NUMBER, date(2025, 6, 1), RNE="B", LS="C2", PLACE="U4"),
    )
    made = bring_and_land(ours, sent.files())
    assert history_of(pupil) == [
        (date(2019, 2, 1), date(2020, 3, 4), "C2", "U4"),
        (date(2024, 5, 1), date(2025, 6, 1), "V2", "U6"),
        (date(2025, 6, 1), None, "C2", "U4"),
    ]
    present = CareEpisode.objects.get(pupil=pupil, during__contains=clock.today())
    assert present.looked_after_since == date(2024, 5, 1)
    assert str(pupil.sdq_scores.get()) == "17: cause for concern"
    assert made.counts["changed"] == 1
    assert differences(pupil) == ([], [])


def test_changes_nothing_when_the_same_return_comes_again(ours, list_child):
    pupil = list_child()
    files = a_return(
        episode(NUMBER, date(2024, 5, 1), date(2025, 6, 1), LS="V2"), episode(NUMBER, date(2025, 6, 1), RNE="L")
    ).files()
    bring_and_land(ours, files)
    before = history_of(pupil)
    again = bring_and_land(ours, files)
    assert (again.counts["changed"], again.counts["questions"]) == (0, 0)
    assert history_of(pupil) == before


def test_lets_a_child_wait_whose_number_nobody_knows_and_lands_it_with_the_next_list(ours, list_child):
    made = bring_and_land(ours, a_return(episode(NUMBER, date(2024, 5, 1), date(2025, 1, 2), REC="E4A")).files())
    assert [one["child_id"] for one in made.preview["waiting"]] == [NUMBER, "990001"]
    assert not ChildId.objects.filter(child_id=NUMBER).exists()
    pupil = list_child(looked_after_since="2025-09-01")
    assert history_of(pupil)[0] == (date(2024, 5, 1), date(2025, 1, 2), "C2", "U4")
    awaited = AwaitedChild.objects.get(child_id=NUMBER)
    assert (awaited.says, bool(awaited.landed_at)) == ({}, True)


def test_asks_when_the_return_tells_the_same_days_otherwise(ours, list_child):
    pupil = list_child()
    made = bring_and_land(ours, a_return(episode(NUMBER, date(2023, 1, 1), LS="V2")).files())
    question = made.questions.get()
    assert question.kind == QuestionKind.CARE_OVERLAPS
    assert pupil.sdq_scores.exists()  # the SDQ lands beside the question
    assert len(history_of(pupil)) == 1
    actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.THEIRS)
    assert history_of(pupil) == [
        (date(2023, 1, 1), date(2026, 4, 1), "V2", "U4"),
        (date(2026, 4, 1), None, "C2", "U4"),
    ]
    assert differences(pupil) == ([], [])


def test_asks_once_and_not_again_when_somebody_said_that_ours_stands(ours, list_child):
    list_child()
    files = a_return(episode(NUMBER, date(2023, 1, 1), LS="V2")).files()
    question = bring_and_land(ours, files).questions.get()
    actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.OURS)
    again = bring_and_land(ours, files)
    assert again.counts["questions"] == 0
    assert not again.questions.exists()


def test_asks_again_with_the_next_return_when_both_wait(ours, list_child):
    list_child()
    files = a_return(episode(NUMBER, date(2023, 1, 1), LS="V2")).files()
    question = bring_and_land(ours, files).questions.get()
    actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.WAIT)
    assert bring_and_land(ours, files).questions.count() == 1


def test_asks_of_times_that_overlap_each_other_and_ends_each_where_the_next_begins(ours, list_child):
    pupil = list_child(looked_after_since="2025-09-01")
    sent = a_return(
        episode(NUMBER, date(2020, 1, 1), date(2021, 1, 1), REC="E4A"),
        episode(NUMBER, date(2020, 6, 1), date(2021, 2, 1), LS="V2", REC="E4A"),
        episode(NUMBER, date(2025, 9, 1)),
    )
    question = bring_and_land(ours, sent.files()).questions.get()
    assert question.kind == QuestionKind.RETURN_OVERLAPS
    actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.THEIRS)
    assert history_of(pupil)[:2] == [
        (date(2020, 1, 1), date(2020, 6, 1), "C2", "U4"),
        (date(2020, 6, 1), date(2021, 2, 1), "V2", "U4"),
    ]
    assert bring_and_land(ours, sent.files()).counts["questions"] == 0


def test_asks_about_a_child_whom_the_list_calls_looked_after_and_the_return_does_not(ours, list_child):
    pupil = list_child()
    made = bring_and_land(ours, samples.make(children=3).files())
    question = made.questions.get()
    assert (question.kind, question.pupil) == (QuestionKind.NOT_RETURNED, pupil)
    actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.OURS)
    assert CareEpisode.objects.filter(pupil=pupil, during__contains=clock.today()).exists()
    assert not bring_and_land(ours, samples.make(children=3).files()).questions.exists()


def test_asks_when_the_return_has_another_date_of_birth(ours, list_child):
    pupil = list_child()
    sent = a_return(episode(NUMBER, date(2020, 1, 1), date(2021, 1, 1)), born=date(2013, 1, 1))
    made = bring_and_land(ours, sent.files())
    assert made.questions.get().kind == QuestionKind.RETURN_BIRTHDAY
    assert not pupil.sdq_scores.exists()
    assert len(history_of(pupil)) == 1


def test_asks_about_an_adult_who_is_known_and_leaves_one_who_is_not(ours, list_child):
    born = date(2008, 1, 2)
    list_child(date_of_birth=born.isoformat(), year_group="13")
    known = a_return(episode(NUMBER, date(2020, 1, 1), date(2021, 1, 1)), episode(NUMBER, date(2024, 5, 1)), born=born)
    made = bring_and_land(ours, known.files())
    assert made.questions.get().kind == QuestionKind.ADULT
    stranger = a_return(episode("1", date(2025, 6, 1)), number="1", born=born)
    made = bring(ours, stranger.files())
    assert (made.counts["waiting"], made.preview["return"]["adults"]) == (1, 1)


def test_never_matches_by_upn(ours, list_child):
    pupil = list_child(upn="A800001020304")
    sent = a_return(episode("1", date(2025, 6, 1)), number="1")
    sent.tables["header"][0]["UPN"] = "A800001020304"
    made = bring_and_land(ours, sent.files())
    assert made.counts["waiting"] == 2
    assert len(history_of(pupil)) == 1


def test_lands_the_same_from_xml_as_from_csv(ours, list_child):
    list_child()
    made = samples.make(children=5)
    one = bring(ours, made.files())
    other = bring(ours, [made.as_xml()])

    def without_place(rows):
        return [
            said | {"file": "", "line": 0, "episodes": [e | {"file": "", "line": 0} for e in said["episodes"]]}
            for said in rows
        ]

    assert without_place(one.rows) == without_place(other.rows)
    assert one.counts == other.counts
    assert len(one.rows) == 5


def test_drops_addresses_before_anything_is_kept(ours):
    made = bring(ours, samples.make(children=3).files())
    assert made.preview["dropped"] == ["HOME_POST", "PL_POST"]
    assert "ZZ1" not in str(made.rows) + str(made.preview)


def test_finds_no_advice_in_a_return_without_a_fault(ours):
    for year in (2020, 2021, 2024, 2026):
        told = bring(ours, samples.make(children=20, year=year).files()).preview["return"]
        assert (told["left_out"], told["advice"], told["notes"]) == ([], [], []), year
        assert told["year_ended"] == f"{year}-03-31"


def test_tells_every_fault_by_file_line_and_column(ours):
    spoiled, manifest = samples.with_faults(samples.make(children=20))
    told = bring(ours, spoiled.files()).preview["return"]
    said = {
        (one["file"], str(one["line"]), one["column"]) for part in ("left_out", "advice", "notes") for one in told[part]
    }
    assert [fault for fault in manifest if (fault["file"], fault["line"], fault["column"]) not in said] == []


def test_refuses_a_file_that_is_no_table_of_the_return(ours):
    from trellis.exchange.reading import Unreadable

    with pytest.raises(Unreadable, match="not the headings"):
        bring(ours, [Brought("week.csv", b"a,b\n1,2\n")])
    with pytest.raises(Unreadable, match="year of the return"):
        bring(ours, [samples.make(children=2).file("oc2")])


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><EXPSSDA903><CHILD/></EXPSSDA903>',
        b"<EXPSSDA903><CHILD>",
        b"<OTHER/>",
        b"<EXPSSDA903/>",
        b"<EXPSSDA903><CHILD><A><B><C><D><E><F/></E></D></C></B></A></CHILD></EXPSSDA903>",
    ],
)
def test_refuses_xml_that_is_unsafe_or_no_return(ours, content):
    from trellis.exchange.reading import Unreadable

    with pytest.raises(Unreadable):
        bring(ours, [Brought("return.xml", content)])


def test_keeps_questions_of_the_return_when_a_later_list_lands(ours, list_child):
    list_child()
    bring_and_land(ours, a_return(episode(NUMBER, date(2023, 1, 1), LS="V2")).files())
    list_child()
    assert ImportQuestion.objects.waiting().about_returns().count() == 1


def test_reads_a_workbook_whose_sheets_are_the_tables(ours):
    from io import BytesIO

    from openpyxl import Workbook

    made, book = samples.make(children=3), Workbook()
    book.remove(book.active)
    for name, rows in made.tables.items():
        sheet = book.create_sheet(name)
        sheet.append(samples.COLUMNS[name])
        for said in rows:
            cells = [said.get(column, "") for column in samples.COLUMNS[name]]
            sheet.append([_as_a_date(cell) for cell in cells])
    content = BytesIO()
    book.save(content)
    told = bring(ours, [Brought("return.xlsx", content.getvalue())]).preview
    assert (told["return"]["left_out"], told["return"]["advice"], told["return"]["notes"]) == ([], [], [])
    assert told["counts"]["waiting"] == 3


def _as_a_date(cell):
    day, _, rest = cell.partition("/")
    month, _, year = rest.partition("/")
    return date(int(year), int(month), int(day)) if year else cell


def test_by_command_lands_and_names_no_child(ours, list_child, tmp_path, capsys):
    from django.core.management import call_command

    list_child()
    sent = a_return(episode(NUMBER, date(2019, 2, 1), date(2020, 3, 4)), episode(NUMBER, date(2024, 5, 1)))
    for file in sent.files():
        (tmp_path / file.name).write_bytes(file.content)
    code = ours.virtual_school.code
    call_command("import_ssda903", *map(str, sorted(tmp_path.glob("*.csv"))), "--virtual-school", code)
    said = capsys.readouterr().out
    assert "The return for the year to 2026-03-31." in said
    assert f"child {NUMBER}: care before today: 1 time, 1 February 2019 to 4 March 2020" in said
    assert "Landed: 1 changed" in said
    assert "Robin" not in said


def test_tells_nothing_to_the_record_of_a_child_another_authority_has(ours, list_child):
    from trellis.pupils import actions as pupils
    from trellis.pupils.tests import world

    pupil = list_child()
    other = world.twin().virtual_school.authority
    pupils.start_care(pupil.pk, by=None, authority=other, since=date(2026, 6, 1), legal_status="C2")
    made = bring_and_land(ours, a_return(episode(NUMBER, date(2019, 2, 1), date(2020, 3, 4))).files())
    assert made.preview["return"]["elsewhere"] == [NUMBER]
    assert not pupil.sdq_scores.exists()


def test_goes_on_where_an_earlier_return_knew_until_its_year_ended(ours, list_child):
    pupil = list_child(looked_after_since="2026-05-04")
    bring_and_land(ours, a_return(episode(NUMBER, date(2024, 5, 1)), year=2025).files())
    assert history_of(pupil)[0] == (date(2024, 5, 1), date(2025, 4, 1), "C2", "U4")
    sent = a_return(episode(NUMBER, date(2024, 5, 1), date(2025, 9, 9), REC="E4A"), sdq="12")
    made = bring_and_land(ours, sent.files())
    assert not made.questions.exists()
    assert history_of(pupil)[0] == (date(2024, 5, 1), date(2025, 9, 9), "C2", "U4")
    assert [str(sdq) for sdq in pupil.sdq_scores.order_by("year_ended")] == [
        "17: cause for concern", "12: in the usual range",
    ]  # fmt: skip
    older = bring_and_land(ours, a_return(episode(NUMBER, date(2024, 5, 1)), year=2025).files())
    assert (older.counts["changed"], older.counts["questions"]) == (0, 0)
