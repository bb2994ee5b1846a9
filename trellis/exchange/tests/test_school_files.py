"""What a school's own system gives out: said once, then landed; of its own pupils only."""

from datetime import date

import pytest
from django.urls import reverse

from trellis.conduct import clock
from trellis.exchange import actions
from trellis.exchange.kinds import Brought
from trellis.exchange.lists import KINDS
from trellis.exchange.mapping import answers
from trellis.exchange.mapping.days import DAY_FIRST
from trellis.exchange.models import ColumnMapping, ImportKind
from trellis.exchange.school_files import samples
from trellis.mail.models import Message
from trellis.pupils import actions as pupils
from trellis.pupils.models import SenStatus
from trellis.schooling.models import Attainment, Attendance, Suspension
from trellis.schooling.tests import world as schooling_world

JORDAN = ("Vale", "Jordan", "03/03/2018")


def bring(ours, kind, lines, by=None, as_file=samples.csv_of, **whose):
    by = by or ours.sam
    whose = whose or {"school": ours.school}
    made = actions.preview_import(kind=kind, files=[Brought("export.csv", as_file(lines))], by=by, **whose)
    return said(made, by)


def said(made, by):
    """Take every proposal, as somebody would who finds them right."""
    columns = KINDS[made.kind].columns
    if made.is_to_be_mapped:
        table, so_far = actions.waiting_table(made)
        proposed = answers.proposed_columns(table, columns, so_far)
        made = actions.say_columns(made.pk, by=by, columns=proposed)
    if made.is_to_be_mapped:
        table, so_far = actions.waiting_table(made)
        asked = answers.words_to_say(table, columns, so_far)
        codes = {name: {word: meaning(columns[name], word) for word in words} for name, words in asked.items()}
        made = actions.say_words(made.pk, by=by, codes=codes, day_order=DAY_FIRST)
    return made


def meaning(column, word):
    return column.proposed(word) or next(code for code in column.codes if code and word.startswith(code))


def land(ours, *args, **more):
    made = bring(ours, *args, **more)
    assert made.is_previewed, made.preview
    return actions.land_import(made.pk, by=more.get("by") or ours.sam)


def test_attendance_lands_with_its_period_and_says_persistent(ours):
    made = land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN))

    told = Attendance.objects.get()
    assert (told.pupil, told.school, told.starts_on, told.ends_on) == (
        ours.jordan, ours.school, date(2026, 9, 1), date(2026, 11, 20),
    )  # fmt: skip
    assert (told.in_words, told.absences_in_words) == ("83%: 108 of 130 sessions", "22 authorised, 0 unauthorised")
    assert told.absence_in_words.startswith("persistently absent")
    assert (
        made.preview["sentence"]
        == "1 line is of pupils who are not on your roll here. Nothing of them was taken or kept."
    )
    assert "Adeyemi" not in str(made.rows) + str(made.preview)


@pytest.mark.parametrize("as_file", [samples.csv_of, samples.workbook_of])
def test_the_next_file_is_read_at_once_and_a_repeat_changes_nothing(ours, as_file):
    land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN), as_file=as_file)
    files = [Brought("next.csv", as_file(samples.attendance(*JORDAN)))]

    again = actions.preview_import(kind=ImportKind.ATTENDANCE, files=files, school=ours.school, by=ours.dee)

    assert (again.is_previewed, again.counts["changed"], again.counts["unchanged"]) == (True, 0, 1)
    assert ColumnMapping.objects.get().organisation_id == ours.school.pk


def test_told_anew_stands_and_what_was_told_before_is_kept(ours):
    land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN))
    land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN, attended=110))

    assert [told.attended for told in Attendance.objects.standing()] == [110]
    assert list(Attendance.objects.order_by("pk").values_list("attended", flat=True)) == [108, 110]


@pytest.mark.parametrize(
    "last, first, born, upn, others",
    [
        ("Vale", "Jordan", "03/03/2018", "", 1),
        ("Vâle", "JORDAN", "03/03/2018", "e5f1c1d2-7aa", 1),
        ("Vale", "Jordan", "04/03/2018", "", 2),
        ("Vale", "Jordon", "03/03/2018", "", 2),
        ("Vale", "Jordan", "", "", 2),
    ],
)
def test_two_of_upn_name_and_date_of_birth_agree_or_nobody_is_meant(ours, last, first, born, upn, others):
    made = bring(ours, ImportKind.ATTENDANCE, samples.attendance(last, first, born, upn))

    assert made.counts["changed"] == 2 - others
    if others == 2:
        assert "Nobody in this file was found on your roll here" in made.preview["sentence"]


def test_a_pupil_of_another_school_is_not_taken_nor_told_of(ours):
    lines = samples.attendance(*JORDAN)
    unknown = bring(ours, ImportKind.ATTENDANCE, samples.attendance("Nobody", "Known", "03/03/2018"), by=ours.nia,
                    school=ours.next_school)  # fmt: skip

    made = bring(ours, ImportKind.ATTENDANCE, lines, by=ours.nia, school=ours.next_school)

    assert made.preview == unknown.preview
    assert made.rows == []


def test_business_officer_brings_it_for_the_children_looked_after(ours, twin):
    whose = {"virtual_school": ours.virtual_school, "by": ours.bea}
    land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN), **whose)

    assert Attendance.objects.get().pupil == ours.jordan
    made = bring(ours, ImportKind.ATTENDANCE, samples.attendance("Vale", "Jordan", "04/03/2018"), **whose)
    assert "among the children your authority looks after" in made.preview["sentence"]


def test_without_a_period_it_goes_back_with_a_sentence(ours):
    lines = samples.attendance(*JORDAN)[2:]

    made = bring(ours, ImportKind.ATTENDANCE, lines)

    assert made.is_refused
    assert "does not say which days" in made.preview["refused"][0]["sentence"]


def test_sen_register_sets_the_status(ours):
    made = land(ours, ImportKind.SEN_REGISTER, samples.sen_register("Vale, Jordan", "03/03/2018"))

    today = SenStatus.objects.get(pupil=ours.jordan, during__contains=clock.today())
    assert today.in_words == "EHC plan: SEMH, SLCN"
    assert made.preview["changed"][0]["was"] == "SEN support: SEMH, SLCN"
    again = bring(ours, ImportKind.SEN_REGISTER, samples.sen_register("Vale, Jordan", "03/03/2018"))
    assert (again.counts["changed"], again.counts["unchanged"]) == (0, 1)


def test_an_old_suspension_is_entered_and_nobody_is_told_a_new_one_is_told(ours):
    before = Message.objects.count()
    lines = samples.suspensions(*JORDAN, ("05/10/2026", "Fixed period", 4, "DB"))
    made = land(ours, ImportKind.SUSPENSIONS, lines)

    old = Suspension.objects.get()
    assert (old.first_day, old.last_day, old.half_days, old.tellings.count()) == (
        date(2026, 10, 5), date(2026, 10, 6), 4, 0,
    )  # fmt: skip
    assert Message.objects.filter(path=old.get_absolute_url()).count() == 0
    assert made.preview["changed"][0]["follows"].startswith("Nobody is told")
    assert bring(ours, ImportKind.SUSPENSIONS, lines).counts["changed"] == 0

    new = samples.suspensions(*JORDAN, ("19/11/2026", "Fixed period", 3, "PP"))
    told = land(ours, ImportKind.SUSPENSIONS, new)
    assert told.preview["changed"][0]["follows"].startswith("Told when this lands")
    newest = Suspension.objects.latest("pk")
    assert (newest.half_days, newest.until_midday, newest.tellings.count() > 0) == (3, True, True)
    assert Message.objects.count() > before


def test_suspensions_that_overlap_go_back(ours):
    land(ours, ImportKind.SUSPENSIONS, samples.suspensions(*JORDAN, ("05/10/2026", "Fixed period", 4, "DB")))

    made = bring(ours, ImportKind.SUSPENSIONS, samples.suspensions(*JORDAN, ("06/10/2026", "Fixed period", 2, "DB")))

    assert made.is_refused
    assert "suspended on some of these days already" in made.preview["refused"][0]["sentence"]


@pytest.mark.parametrize(
    ("rows", "line", "sentence"),
    [
        (
            [("05/10/2026", "Suspension", 4, "DB"), ("06/10/2026", "Suspension", 2, "DB")],
            3,
            "some of these days already",
        ),
        ([("01/09/2026", "Suspension", 92, "DB")], 2, "more than 45 school days in a school year"),
        (
            [("01/09/2026", "Suspension", 60, "DB"), ("02/11/2026", "Suspension", 32, "DB")],
            3,
            "more than 45 school days",
        ),
    ],
)
def test_rules_of_suspensions_are_said_before_landing_of_the_lines_together(ours, rows, line, sentence):
    with clock.at(date(2027, 2, 1)):
        made = bring(ours, ImportKind.SUSPENSIONS, samples.suspensions(*JORDAN, *rows))

    (refused,) = made.preview["refused"]
    assert (made.is_refused, refused["line"]) == (True, line)
    assert sentence in refused["sentence"]


def test_a_rule_that_is_broken_since_the_preview_names_the_line_and_nothing_lands(ours):
    lines = samples.suspensions(*JORDAN, ("14/09/2026", "Suspension", 2, "DB"), ("06/10/2026", "Suspension", 2, "DB"))
    made = bring(ours, ImportKind.SUSPENSIONS, lines)
    schooling_world.suspend(ours, date(2026, 10, 5), date(2026, 10, 7))
    before = Suspension.objects.count()

    made = actions.land_import(made.pk, by=ours.sam)

    assert (made.is_refused, Suspension.objects.count()) == (True, before)
    assert made.preview["sentence"].startswith("Line 3: The pupil is suspended on some of these days already.")


def test_a_headteacher_brings_the_sen_register_of_the_school(ours):
    land(ours, ImportKind.SEN_REGISTER, samples.sen_register("Vale, Jordan", "03/03/2018"), by=ours.hana)

    assert SenStatus.objects.get(pupil=ours.jordan, during__contains=clock.today()).status == "E"


def test_attainment_lands_and_a_correction_keeps_the_old_result(ours):
    land(ours, ImportKind.ATTAINMENT, samples.attainment(*JORDAN, ("Reading", "WTS", "Working towards", "14/10/2026")))
    land(ours, ImportKind.ATTAINMENT, samples.attainment(*JORDAN, ("Reading", "EXS", "On track", "14/10/2026")))

    assert [told.in_words for told in Attainment.objects.standing()] == ["Reading, assessment: EXS, as expected"]
    assert Attainment.objects.count() == 2


def test_attainment_with_a_column_for_each_subject_is_a_result_each(ours):
    file = samples.attainment_by_subject(*JORDAN, "14/10/2026", Reading="WTS", Writing="", Maths="EXS", SPaG="12")

    made = land(ours, ImportKind.ATTAINMENT, file)

    assert sorted(told.in_words for told in Attainment.objects.standing()) == [
        "Mathematics, autumn assessment: EXS",
        "Reading, autumn assessment: WTS",
        "Spelling, punctuation and grammar, autumn assessment: 12",
    ]
    assert [row["line"] for row in made.preview["changed"]] == [2, 2, 2]
    again = bring(ours, ImportKind.ATTAINMENT, file)
    assert (again.is_previewed, again.counts["changed"], again.counts["unchanged"]) == (True, 0, 3)


def test_a_wrong_result_in_a_column_of_a_subject_is_told_by_its_line(ours):
    file = samples.attainment_by_subject(*JORDAN, "14/10/2026", Reading="WTS", Maths="x" * 61)

    made = bring(ours, ImportKind.ATTAINMENT, file)

    assert made.is_refused
    assert [(row["line"], row["sentence"]) for row in made.preview["refused"]] == [
        (2, "This is too long: 61 characters, at most 60 fit.")
    ]


def test_a_line_with_neither_subject_nor_result_is_refused(ours):
    file = [["Surname", "Forename", "DOB", "Assessment date"], [*JORDAN, "14/10/2026"]]

    made = bring(ours, ImportKind.ATTAINMENT, file)

    assert made.is_refused
    assert "The subject is missing." in str(made.preview["refused"])


def test_a_pupil_who_left_before_it_landed_is_left_out(ours):
    made = bring(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN))
    pupils.end_school_place(ours.jordan.pk, by=None, on=clock.today())

    made = actions.land_import(made.pk, by=ours.sam)

    assert (made.is_landed, made.counts["changed"], Attendance.objects.count()) == (False, 0, 0)


@pytest.mark.parametrize("kind", [ImportKind.ATTENDANCE, ImportKind.SEN_REGISTER, ImportKind.ATTAINMENT])
def test_the_wrong_file_is_a_sentence_on_the_form(ours, kind):
    with pytest.raises(actions.Refused, match="Too few headings"):
        bring(ours, kind, [["Fruit", "Price", "Stall", "Market"], ["Plum", "2", "4", "Alder"]])


def test_it_is_seen_where_people_look(ours, client):
    land(ours, ImportKind.ATTENDANCE, samples.attendance(*JORDAN))
    land(ours, ImportKind.ATTAINMENT, samples.attainment(*JORDAN, ("Reading", "WTS", "Working towards", "14/10/2026")))
    client.force_login(ours.sam)

    overview = client.get(reverse("pupil", args=[ours.jordan.pk])).content.decode()
    place = client.get(reverse("school_place", args=[ours.jordan.pk])).content.decode()

    assert "83%: 108 of 130 sessions" in overview
    assert "Persistently absent" in overview
    assert "1 September 2026 to 20 November 2026" in overview
    assert "Working towards" not in place
    assert "Below what is expected" in place
    client.force_login(ours.tia)
    assert "108 of 130" not in client.get(reverse("pupil", args=[ours.jordan.pk])).content.decode()


def test_a_school_is_offered_its_kinds_only(ours, client):
    client.force_login(ours.sam)

    page = client.get(reverse("imports")).content.decode()

    assert "The SEN register" in page
    assert "yearly looked-after return" not in page
    assert "Bring a file" in client.get(reverse("my_week")).content.decode()
