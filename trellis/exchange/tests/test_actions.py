"""A school list and two weeks of the pupil list: previewed, landed, repeated; our own lists and real ones."""

import threading
import time
from contextlib import contextmanager
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Refused
from trellis.exchange import actions, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.models import Import, ImportKind, ImportProgress, ImportState, QuestionAnswer
from trellis.exchange.school_list import compare as school_list
from trellis.exchange.tests.world import bring, land, row
from trellis.mail.models import Message
from trellis.merging import actions as merging
from trellis.moves.models import SchoolMove
from trellis.organisations.models import School
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import CareEpisode, ChildId, Level, Pupil, SchoolPlace, SenStatus
from trellis.pupils.tests import world
from trellis.testing import _owner_connection


def preview(ours, content, kind=ImportKind.PUPIL_LIST):
    return actions.preview_import(
        kind=kind, files=[Brought("list.csv", content)], virtual_school=ours.virtual_school, by=ours.bea
    )


def landed(ours, content, kind=ImportKind.PUPIL_LIST):
    made = actions.land_import(preview(ours, content, kind).pk, by=ours.bea)
    assert made.is_landed, made.preview.get("sentence")
    return made


def counted(made, *names):
    return tuple(made.counts.get(name, 0) for name in names)


@pytest.fixture
def week_1(ours, lists):
    landed(ours, lists.schools, ImportKind.SCHOOLS)
    return landed(ours, lists.week_1)


def lines_of(content):
    return len(content.splitlines()) - 1


# --- the lists whole -------------------------------------------------------------------------------------------------


def test_import_schools_lands_every_school_and_a_repeat_changes_nothing(ours, lists):
    before, number = School.objects.count(), lines_of(lists.schools)

    first = landed(ours, lists.schools, ImportKind.SCHOOLS)
    again = landed(ours, lists.schools, ImportKind.SCHOOLS)

    assert School.objects.count() == before + number
    assert counted(first, "new", "changed", "unchanged") == (number, 0, 0)
    assert counted(again, "new", "changed", "unchanged") == (0, 0, number)


def test_school_list_leaves_the_schools_of_another_virtual_school_as_they_are(ours, twin):
    lines = [["URN", "EstablishmentName", "LA (code)", "EstablishmentStatus (name)"],
             [ours.school.urn, "Larch Academy", "801", "Open"],
             [twin.school.urn, "Taken over", "801", "Closed"],
             ["123456", "Elsewhere Primary", "802", "Open"]]  # fmt: skip
    content = "\r\n".join(",".join(line) for line in lines).encode()

    made = landed(ours, content, ImportKind.SCHOOLS)

    twin.school.refresh_from_db()
    assert (twin.school.name, twin.school.authority_code, twin.school.status) == ("Larch Primary 991", "802", "Open")
    assert counted(made, "new", "changed", "warnings") == (1, 1, 1)
    assert made.preview["warnings"] == [
        {"line": 3, "column": "URN", "found": twin.school.urn, "sentence": school_list.OTHERS_SCHOOL}
    ]


def test_week_1_lands_whole_and_a_repeat_changes_nothing(ours, lists, week_1):
    number = lines_of(lists.week_1)
    in_care = Pupil.objects.in_care_on(samples.DAY).exclude(pk=ours.jordan.pk)

    again = landed(ours, lists.week_1)

    assert counted(week_1, "new", "changed", "gone", "questions") == (number, 0, 0, 0)
    assert counted(again, "new", "changed", "unchanged", "gone", "questions") == (0, 0, number, 0, 0)
    assert (in_care.count(), ChildId.objects.count()) == (number, number)
    assert SenStatus.objects.exclude(pupil=ours.jordan).count() == number
    assert [access.differences(pupil) for pupil in in_care[:10]] == [([], [])] * 10


def test_week_2_previews_exactly_what_changed(ours, lists, week_1):
    made = preview(ours, lists.week_2)

    rows = [row for part in ("changed", "gone", "new", "questions") for row in made.preview[part]]
    previewed = [{name: row.get(name, "") for name in ("child_id", "what", "was", "now")} for row in rows]
    by_child = {"key": lambda change: (change["child_id"], change["what"])}
    assert sorted(previewed, **by_child) == sorted(lists.changes, **by_child)
    assert Import.objects.get(pk=made.pk).state == ImportState.PREVIEWED


def test_week_2_lands_its_moves_and_leaves_the_twin_as_a_question(ours, lists, week_1):
    moved = [change for change in lists.changes if change["what"] == "moved school"]
    gone = [change for change in lists.changes if change["what"] == "no longer listed"]

    made = landed(ours, lists.week_2)
    again = landed(ours, lists.week_2)

    assert {
        (m.pupil.child_ids.get().child_id, m.from_school.urn, m.to_school.urn) for m in SchoolMove.objects.all()
    } == {(change["child_id"], change["was"], change["now"]) for change in moved}
    assert [question.child_id for question in made.questions.all()] == ["700002"]
    assert not ChildId.objects.filter(child_id="700002").exists()
    ended = CareEpisode.objects.filter(during__endswith=samples.DAY).values_list(
        "pupil__child_ids__child_id", flat=True
    )
    assert set(ended) == {change["child_id"] for change in gone}
    assert counted(again, "new", "changed", "gone", "questions") == (0, 0, 0, 1)
    assert (again.questions.count(), SchoolMove.objects.count()) == (0, len(moved))


def test_a_list_with_faults_is_refused_whole_by_line_and_column(ours, lists):
    landed(ours, lists.schools, ImportKind.SCHOOLS)
    pupils_before = Pupil.objects.count()
    told = {(int(fault["line"]), fault["column"]) for fault in lists.faults}
    doubled = {(line + 1, column) for line, column in told if column == "child_id"}  # the other of the two rows

    made = preview(ours, lists.week_1_faults)

    assert made.state == ImportState.REFUSED
    assert {(row["line"], row["column"]) for row in made.preview["refused"]} == told | doubled
    assert all(row["sentence"] for row in made.preview["refused"])
    assert (made.rows, Pupil.objects.count()) == ([], pupils_before)


def test_checking_takes_as_many_queries_for_a_whole_list_as_for_half(ours, lists, django_assert_max_num_queries):
    landed(ours, lists.schools, ImportKind.SCHOOLS)
    lines = lists.week_1.splitlines()

    with django_assert_max_num_queries(30) as for_half:  # both halves hold some who came into care lately
        preview(ours, b"\n".join(lines[: len(lines) // 2]))
    with django_assert_max_num_queries(30) as for_all:
        preview(ours, lists.week_1)

    assert len(for_half) == len(for_all)


def test_windows_1252_with_a_mark_reads_like_utf_8(ours):
    content = samples.as_csv([row(ours, legal_first_name="Zoë", child_id="1")])

    for encoded in (content, b"\xef\xbb\xbf" + content, content.decode().encode("cp1252")):
        assert [new["name"] for new in preview(ours, encoded).preview["new"]] == ["Zoë Vale"]


def test_notes_and_totals_beneath_our_own_headings_are_told(ours):
    content = samples.as_csv([row(ours, legal_first_name="Zoë", child_id="1")])

    made = preview(ours, content + b"Total,1\nProduced by the data team\n")

    assert counted(made, "new", "warnings") == (1, 2)
    assert [(told["line"], told["found"]) for told in made.preview["warnings"]] == [
        (3, "Total 1"), (4, "Produced by the data team")
    ]  # fmt: skip


def test_no_address_is_taken(ours):
    zoe = row(ours, child_id="1", legal_first_name="Zoë") | {"home_address": "1 Secret Lane", "hat": "red"}
    content = samples.as_csv([zoe], list(zoe))

    made = preview(ours, content)

    assert (made.preview["dropped"], made.preview["ignored"]) == (["home_address"], ["hat"])
    assert "Secret Lane" not in str(made.rows) + str(made.preview)


# --- matching --------------------------------------------------------------------------------------------------------


def test_pupil_known_to_a_school_is_found_by_upn(ours):
    alex = pupils.register_pupil(
        by=None, upn="H331700713254", legal_first_name="Alex", legal_last_name="Moss", date_of_birth=date(2017, 1, 1)
    )
    pupils.start_school_place(alex.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=4)
    listed = row(ours, upn="H331700713254", legal_first_name="Alex", legal_last_name="Moss", date_of_birth="2017-01-01")

    made = bring(ours, listed | {"legal_last_name": "MOSS ", "legal_first_name": "Åléx"})
    told = {one["was_words"] for one in made.preview["changed"] if one["what"] == "name corrected"}
    assert told == {"kept by a school, not shown before landing"}
    assert "'Alex'" not in str(made.preview["changed"])
    made = land(ours, listed)

    assert counted(made, "new", "changed", "questions") == (0, 1, 0)
    assert Pupil.objects.visible_to(ours.vic, Level.WHOLE).filter(pk=alex.pk).exists()
    assert SchoolPlace.objects.filter(pupil=alex).count() == 1


def test_pupil_newly_in_care_and_listed_at_another_school_comes_into_care_and_moves(ours):
    alex = pupils.register_pupil(
        by=None, upn="H331700713254", legal_first_name="Alex", legal_last_name="Moss", date_of_birth=date(2017, 1, 1)
    )
    pupils.start_school_place(alex.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=4)
    known = {
        "upn": "H331700713254",
        "legal_first_name": "Alex",
        "legal_last_name": "Moss",
        "date_of_birth": "2017-01-01",
    }

    made = land(ours, row(ours, **known, school_urn=ours.next_school.urn, school_start="2026-11-18"))

    assert made.is_landed
    assert Pupil.objects.visible_to(ours.nia, Level.WHOLE).filter(pk=alex.pk).exists()
    assert Pupil.objects.visible_to(ours.vic, Level.WHOLE).filter(pk=alex.pk).exists()


@pytest.mark.parametrize("since", ["2026-11-02", "2027-02-01"])
def test_list_corrects_a_pupil_known_to_a_school_once_the_care_is_recorded_even_one_still_to_begin(ours, since):
    alex = pupils.register_pupil(
        by=None, upn="H331700713254", legal_first_name="Alex", legal_last_name="Moss", date_of_birth=date(2017, 1, 1)
    )
    pupils.start_school_place(alex.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=4)
    says = {"upn": "H331700713254", "preferred_first_name": "Alex", "date_of_birth": "2017-01-01"}
    says |= {"legal_first_name": "Alexander", "legal_last_name": "Moss"}

    made = land(ours, row(ours, **says, looked_after_since=since))

    alex.refresh_from_db()
    assert (made.state, alex.legal_first_name) == (ImportState.LANDED, "Alexander")


def test_upn_of_a_pupil_with_another_birthday_is_a_question(ours):
    pupils.replace_upn(ours.jordan.pk, by=None, upn="H331700713254")

    made = land(ours, row(ours, upn="H331700713254", date_of_birth="2017-01-01"))

    assert list(made.questions.values_list("kind", flat=True)) == ["other birthday"]


def test_child_looked_after_by_another_authority_stays_theirs(ours, twin):
    pupils.replace_upn(twin.jordan.pk, by=None, upn="H331700713254")

    made = land(ours, row(ours, upn="H331700713254", legal_first_name="Elsewhere"))
    question = made.questions.get()

    assert question.kind == "care elsewhere"
    with pytest.raises(actions.Refused):
        actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.SAME)
    assert CareEpisode.objects.get(pupil=twin.jordan).during.upper is None


def test_answer_same_adds_the_number_and_no_pupil(ours):
    question = land(ours, row(ours)).questions.get()
    before = Pupil.objects.count()

    for _ in range(2):
        actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.SAME)

    assert Pupil.objects.count() == before
    assert ChildId.objects.get(child_id="900001").pupil == ours.jordan
    assert counted(land(ours, row(ours)), "unchanged", "questions") == (1, 0)


def test_answer_same_lands_what_the_line_says_and_leaves_the_name_as_it_is_written(ours):
    says = {"legal_first_name": "jordan", "sen_status": "N", "primary_need": "", "secondary_need": ""}
    says |= {"upn": "H331700713254"}
    question = land(ours, row(ours, **says)).questions.get()

    actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.SAME)

    jordan = Pupil.objects.get(pk=ours.jordan.pk)
    assert (jordan.legal_first_name, jordan.upn) == ("Jordan", "H331700713254")
    assert jordan.sen_statuses.get(during__contains=samples.DAY).status == "N"


def test_answer_different_begins_a_record_once(ours):
    question = land(ours, row(ours)).questions.get()
    before = Pupil.objects.count()

    for _ in range(2):
        actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.DIFFERENT)

    assert Pupil.objects.count() == before + 1
    assert ChildId.objects.get(child_id="900001").pupil != ours.jordan
    assert counted(land(ours, row(ours)), "unchanged", "questions") == (1, 0)


def test_a_question_about_a_child_no_longer_listed_is_closed(ours):
    question = land(ours, row(ours)).questions.get()

    land(ours, row(ours, child_id="2", legal_first_name="Zoë"))

    question.refresh_from_db()
    assert question.answer == QuestionAnswer.GONE


# --- what the list may not undo --------------------------------------------------------------------------------------


def test_children_no_list_ever_named_keep_their_care(ours):
    land(ours, row(ours, child_id="2", legal_first_name="Zoë"))

    assert CareEpisode.objects.get(pupil=ours.jordan).during.upper is None


def test_what_a_school_changed_is_not_set_back_by_a_list_that_says_the_same_as_before(ours):
    zoe = row(ours, child_id="2", legal_first_name="Zoë", sen_status="N", primary_need="", secondary_need="")
    land(ours, zoe)
    pupil = ChildId.objects.get(child_id="2").pupil
    pupils.set_sen_status(pupil.pk, by=ours.sam, status="K", primary_need="ASD")

    made = land(ours, zoe)

    assert counted(made, "changed", "unchanged", "warnings") == (0, 1, 1)
    assert SenStatus.objects.filter(pupil=pupil, during__contains=samples.DAY).get().status == "K"


def test_an_older_list_does_not_take_a_pupil_back_to_the_school_before(ours):
    zoe = row(ours, child_id="2", legal_first_name="Zoë")
    land(ours, zoe)
    land(ours, zoe | {"school_urn": ours.next_school.urn, "school_start": "2026-11-18"})

    made = land(ours, zoe)

    assert counted(made, "changed", "warnings") == (0, 1)
    assert SchoolMove.objects.count() == 1


def test_moved_pupil_is_told_to_the_new_school(ours):
    zoe = row(ours, child_id="2", legal_first_name="Zoë")
    land(ours, zoe)

    land(ours, zoe | {"school_urn": ours.next_school.urn, "school_start": "2026-11-18"})

    message = Message.objects.get(to=ours.nia)
    assert "Zoë" not in message.subject + message.body


# --- landing ---------------------------------------------------------------------------------------------------------


def test_landing_twice_lands_once(ours):
    made = bring(ours, row(ours, child_id="2", legal_first_name="Zoë"))

    for _ in range(2):
        actions.land_import(made.pk, by=ours.bea)

    assert Pupil.objects.filter(legal_first_name="Zoë").count() == 1


def test_landing_shows_a_new_preview_when_the_record_has_changed_since(ours):
    zoe = row(ours, child_id="2", legal_first_name="Zoë")
    first, second = bring(ours, zoe), bring(ours, zoe)
    actions.land_import(first.pk, by=ours.bea)

    shown_again = actions.land_import(second.pk, by=ours.bea)

    assert (shown_again.state, shown_again.preview["sentence"]) == (ImportState.PREVIEWED, actions.CHANGED_SINCE)
    assert actions.land_import(second.pk, by=ours.bea).counts["unchanged"] == 1


def test_abandoned_import_forgets_its_lines_and_never_lands(ours):
    made = bring(ours, row(ours, child_id="2", legal_first_name="Zoë"))

    actions.abandon_import(made.pk, by=ours.bea)
    actions.land_import(made.pk, by=ours.bea)

    made.refresh_from_db()
    assert (made.state, made.rows, made.preview.get("new")) == (ImportState.ABANDONED, [], None)
    assert not Pupil.objects.filter(legal_first_name="Zoë").exists()


def test_only_the_business_officer_of_the_virtual_school_imports(ours, twin):
    for who in (ours.vic, ours.sam, twin.bea):
        with pytest.raises(actions.NotPermitted):
            actions.preview_import(
                kind=ImportKind.PUPIL_LIST, files=[Brought("x", samples.as_csv([row(ours)]))],
                virtual_school=ours.virtual_school, by=who,
            )  # fmt: skip


def test_a_school_brings_no_file_of_a_virtual_school(ours):
    files = [Brought("x", samples.as_csv([row(ours)]))]

    with pytest.raises(Refused, match="not for you to bring"):
        actions.preview_import(kind=ImportKind.PUPIL_LIST, files=files, school=ours.school, by=ours.sam)
    with pytest.raises(actions.NotPermitted):
        actions.preview_import(kind=ImportKind.PUPIL_LIST, files=files, school=ours.school, by=ours.bea)


@pytest.mark.parametrize("who, sees", [("sam", 1), ("dee", 1), ("hana", 1), ("nia", 0), ("dina", 0), ("bea", 0)])
def test_imports_of_a_school_are_seen_by_those_who_bring_its_files(ours, who, sees):
    Import.objects.create(kind=ImportKind.PEPS, school=ours.school, state=ImportState.PREVIEWED, at=clock.now())

    assert Import.objects.visible_to(ours.people[who]).count() == sees


def in_thread(act, errors):
    def run():
        try:
            with clock.at(samples.DAY):
                act()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_two_at_once_wait_for_each_other(own_database):
    with clock.at(samples.DAY):
        ours = world.ours()
        lists = samples.make(seed=2)
        landed(ours, lists.schools, ImportKind.SCHOOLS)
        first, second = preview(ours, lists.week_1), preview(ours, lists.week_1)
    errors = []

    threads = [in_thread(lambda pk=pk: actions.land_import(pk), errors) for pk in (first.pk, second.pk)]
    for thread in threads:
        thread.join(timeout=120)

    assert errors == []
    assert sorted(Import.objects.filter(kind="pupil list").values_list("state", flat=True)) == ["LANDED", "PREVIEWED"]
    assert ChildId.objects.count() == 40


def test_a_page_is_told_at_once_that_a_list_is_landing(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
        made = land(ours, row(ours))
        question = made.questions.get()

        with lands_elsewhere(made):
            with pytest.raises(Refused, match="A list is landing at this moment"):
                actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.SAME)
            with pytest.raises(Refused, match="A list is landing at this moment"):
                actions.take_back_import(made.pk, by=ours.bea)

        assert actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.SAME).answer == "same"


@contextmanager
def lands_elsewhere(made):
    """Another connection has the turn of this import's Virtual School, as a landing has."""
    beside = connections.create_connection("default")
    with beside.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", actions._turn_of(made))
    try:
        yield
    finally:
        beside.close()


def test_killed_worker_leaves_nothing_half(own_database):
    with clock.at(samples.DAY):
        ours = world.ours()
        lists = samples.make(seed=3, children=60)
        landed(ours, lists.schools, ImportKind.SCHOOLS)
        made = actions.queue_landing(preview(ours, lists.week_1).pk, by=ours.bea)
    errors = []
    before = Pupil.objects.count()

    thread = in_thread(lambda: actions.land_import(made.pk), errors)
    while ImportProgress.objects.get(of_import=made).done == 0:
        time.sleep(0.02)
    with _owner_connection("postgres") as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND usename = current_user AND xact_start IS NOT NULL",
            [own_database],
        )
    thread.join(timeout=60)

    assert len(errors) == 1
    assert (Pupil.objects.count(), Import.objects.get(pk=made.pk).state) == (before, ImportState.LANDING)
    with clock.at(samples.DAY):
        assert actions.land_import(made.pk).is_landed
    assert Pupil.objects.count() == before + 60


# --- by command ------------------------------------------------------------------------------------------------------


def test_import_pupil_list_by_command(ours, lists, tmp_path, capsys):
    schools, week = tmp_path / "schools.csv", tmp_path / "week_1.csv"
    schools.write_bytes(lists.schools)
    week.write_bytes(lists.week_1)
    number = lines_of(lists.week_1)

    call_command("import_schools", str(schools))
    call_command("import_pupil_list", str(week), virtual_school="990", preview=True)
    assert Import.objects.filter(state=ImportState.PREVIEWED).count() == 1
    call_command("import_pupil_list", str(week), virtual_school="990", by=ours.bea.email)
    call_command("import_pupil_list", str(week), virtual_school="990")

    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("Landed", "This was"))]
    assert [line.rstrip(".").split(",")[0] for line in said] == [
        f"Landed: {lines_of(lists.schools)} new",
        "This was a preview: nothing landed",
        f"Landed: {number} new",
        f"Landed: {number} unchanged",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"virtual_school": "77"}, "There is no Virtual School with the code 77. Known: 990."),
        ({"virtual_school": "990", "by": "who@x.example"}, "Nobody here has the address who@x.example."),
    ],
)
def test_import_pupil_list_by_command_says_what_is_wrong(ours, tmp_path, arguments, sentence):
    with pytest.raises(CommandError) as error:
        call_command("import_pupil_list", str(tmp_path / "none.csv"), **arguments)

    assert str(error.value) == sentence


def test_child_whom_another_authority_took_over_stays_theirs_whatever_our_list_says(ours, twin):
    pupils.know_by(twin.jordan.pk, authority=ours.virtual_school.authority, child_id="900777")

    made = land(ours, row(ours, child_id="900777", legal_status="C1", school_urn="", school_start=""))

    assert (made.state, made.preview["changed"]) == (ImportState.LANDED, [])
    assert CareEpisode.objects.get(pupil=twin.jordan).authority == twin.virtual_school.authority
    assert not Pupil.objects.visible_to(ours.vic).filter(pk=twin.jordan.pk).exists()


# --- a child whom others keep ----------------------------------------------------------------------------------------


def kept_by_a_school(ours, twin):
    """A pupil of the other authority's school, in nobody's care, with the name and birthday of a line of our list."""
    return pupils.add_pupil(
        by=twin.sam, school=twin.school, key=Key.fresh(twin.sam), legal_first_name="Alex", legal_last_name="Marsh",
        date_of_birth=date(2017, 1, 1), started_on=date(2026, 9, 1),
    )  # fmt: skip


LIKE_ALEX = {"legal_first_name": "Alex", "legal_last_name": "Marsh", "date_of_birth": "2017-01-01"}


def test_a_child_whom_others_keep_is_asked_of_them_and_waits_beside_the_import(ours, twin):
    alex = kept_by_a_school(ours, twin)

    made = land(ours, row(ours, **LIKE_ALEX))
    question = made.questions.get()

    assert (made.state, question.asked_of.known, question.asked_of.asked_for_id) == (
        ImportState.LANDED, alex, ours.virtual_school.pk
    )  # fmt: skip
    assert made.preview["questions"][0]["what"] == (
        "others are asked whether this child has a record already: a question, not a merge"
    )
    with pytest.raises(actions.Refused, match="are asked"):
        actions.answer_question(question.pk, by=ours.bea, answer=QuestionAnswer.SAME)


@pytest.mark.parametrize("is_same", [True, False])
def test_the_line_lands_once_those_who_keep_the_record_have_answered(ours, twin, is_same):
    alex = kept_by_a_school(ours, twin)
    question = land(ours, row(ours, **LIKE_ALEX)).questions.get()

    say = merging.confirm if is_same else merging.say_different
    say(question.asked_of_id, by=twin.sam, seen=None)

    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("same" if is_same else "different", twin.sam)
    assert (ChildId.objects.get(child_id="900001").pupil == alex) == is_same
    assert counted(land(ours, row(ours, **LIKE_ALEX)), "unchanged", "questions") == (1, 0)


def test_a_list_with_either_number_leads_to_the_record_that_goes_on(ours):
    land(ours, row(ours, **LIKE_ALEX, upn="H331700713254"))
    land(ours, row(ours, **LIKE_ALEX, upn="H331700713254"), row(ours, child_id="2", legal_first_name="Alexander",
        legal_last_name="Marsh", date_of_birth="2017-01-01"))  # fmt: skip
    one, other = (ChildId.objects.get(child_id=number).pupil for number in ("900001", "2"))
    both = merging.ask_about_pair(one.pk, other.pk, by=ours.vic)
    merging.put_together(both.pk, by=ours.vic, seen=None, keep=other.pk, true={}, holds={}, why="Told by Sol")

    for number in ("900001", "2"):
        assert ChildId.objects.get(child_id=number).pupil == other
    made = land(ours, row(ours, child_id="3", **LIKE_ALEX, upn="H331700713254"))
    assert counted(made, "new", "questions") == (0, 0)
    assert ChildId.objects.get(child_id="3").pupil == other
