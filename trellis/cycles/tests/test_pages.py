"""What pages show, to whom, and how often they ask the database."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.models import Draft
from trellis.conduct.tests.standing import stands
from trellis.cycles import actions, queries, shown
from trellis.cycles.models import Cycle, OtherCause, Outcome, WeekOfSessions
from trellis.cycles.tests import world as cycles_world
from trellis.history.models import Look
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 3)
HOME_AND_VIEWS = [
    "Cara",
    "family time",
    "When I’m stuck",
    "cannot yet ask for help",
    "helped when Tia",
    "change the plan",
]


@stands
def our_world_with_cycles():
    ours = world.ours()
    cycles_world.add_rows(ours)
    return ours


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        ours = our_world_with_cycles()
    with clock.at(TODAY):
        yield ours


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def get(ours, who, name, **rows):
    return signed_in(ours.people[who]).get(reverse(name, kwargs=rows))


def text(answer):
    return answer.content.decode().partition("<main")[2]


def queries_of(client, path):
    client.get(path)  # the first answer also writes the session
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def hidden(answer):
    """The hidden fields of the page's form, to send them back."""
    form = answer.context["form"]
    return {field.html_name: field.value() if field.value() is not None else "" for field in form.hidden_fields()}


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def test_cycle_shows_its_steps_delivery_and_the_earlier_cycle(ours):
    page = text(get(ours, "sam", "pupil_cycle", pupil_id=ours.jordan.pk))

    for words in ("Cycle 2", "agreed Friday 9 October", "Record the review", "Earlier cycles", "11 not recorded"):
        assert words in page, words


def test_class_staff_see_plan_and_sessions_and_nothing_of_home(ours):
    rows = ours.rows
    pages = [
        text(get(ours, who, name, cycle_id=cycle_id))
        for who in ("tia", "osei")
        for name in ("cycle", "plan", "sessions", "print_plan")
        for cycle_id in (rows["cycle_id"], rows["earlier_cycle_id"])
    ]

    for page in pages:
        for words in (
            "Cara",
            "family time",
            "When I’m stuck",
            "cannot yet ask for help",
            "It helped when Tia",
            "change the plan",
        ):
            assert words not in page, words
    assert all("Stays in class" in page for page in pages[::2][:1])
    assert get(ours, "tia", "assess", cycle_id=rows["cycle_id"]).status_code == 403


def test_class_teacher_adds_without_reading_what_others_said(ours):
    osei = signed_in(ours.osei)
    path = reverse("add_assessment_entry", args=[ours.rows["cycle_id"]])
    opened = osei.get(path)

    answer = osei.post(path, hidden(opened) | day("said_on", TODAY) | {
        "who_said": "class teacher", "words": "Good at maps.", "area": "general", "name": "Mr Osei",
    })  # fmt: skip

    assert (answer.status_code, answer.url) == (302, reverse("cycle", args=[ours.rows["cycle_id"]]))
    assert "Good at maps." in text(get(ours, "sam", "assess", cycle_id=ours.rows["cycle_id"]))
    assert "Cara" not in opened.content.decode()


def test_refused_review_keeps_every_word(ours):
    sam, path = signed_in(ours.sam), reverse("record_review", args=[ours.rows["cycle_id"]])
    outcome = ours.rows["outcome_id"]
    opened = sam.get(path)
    typed = {f"result_{outcome}": "some", f"now_{outcome}": "3 in 5", "decisions": ["continue", "change"]}

    answer = sam.post(path, hidden(opened) | day("held_on", TODAY) | typed | {"teacher_view": "Better mornings."})

    assert answer.status_code == 200
    for words in ("contradict each other", "3 in 5", "Better mornings."):
        assert words in text(answer), words
    assert Draft.objects.get(user=ours.sam).form == "CycleReviewForm"
    assert "Better mornings." in text(sam.get(path))


def test_conflict_on_an_outcome_shows_both_texts(ours):
    path = reverse("change_outcome", args=[ours.rows["outcome_id"]])
    sam, dee = signed_in(ours.sam), signed_in(ours.dee)
    opened = hidden(sam.get(path))
    dees = hidden(dee.get(path))
    words = {"statement": "Stays in class", "baseline": "1 in 5"}
    assert dee.post(path, dees | words | {"target": "Dee’s words"}).status_code == 302

    answer = sam.post(path, opened | words | {"target": "Sam’s words"})

    assert answer.status_code == 200
    assert "Dee’s words" in text(answer)
    assert "Sam’s words" in text(answer)
    assert Outcome.objects.get(pk=ours.rows["outcome_id"]).target == "Dee’s words"


def test_week_is_recorded_in_one_press(ours):
    tia, path = signed_in(ours.tia), reverse("record_week", args=[ours.rows["cycle_id"], "2026-10-19"])

    answer = tia.post(path, {"all_held": "1"})

    assert answer.status_code == 302
    week = WeekOfSessions.objects.get(week_of=date(2026, 10, 19))
    assert (week.planned, week.held, week.missed, week.recorded_by) == (5, 5, 0, ours.tia)


def test_week_with_exceptions_wants_a_reason_and_leaves_the_rest_unrecorded(ours):
    sam, path = signed_in(ours.sam), reverse("record_week", args=[ours.rows["cycle_id"], "2026-10-19"])
    opened, number = sam.get(path), ours.rows["intervention_id"]

    refused = sam.post(path, hidden(opened) | {f"held_{number}": "3"})
    sam.post(path, hidden(opened) | {f"held_{number}": "3", f"reason_{number}": "Trip"})
    sam.post(path.replace("19", "26"), hidden(sam.get(path.replace("19", "26"))))

    assert "Say what came between" in text(refused)
    assert WeekOfSessions.objects.get(week_of=date(2026, 10, 19)).missed == 2
    assert not WeekOfSessions.objects.filter(week_of=date(2026, 10, 26)).exists()


@pytest.mark.parametrize("week_of", ["nonsense", "2026-13-45", "9999-12-31", "0001-01-01"])
def test_week_that_is_no_week_shows_no_form(ours, week_of):
    answer = get(ours, "sam", "record_week", cycle_id=ours.rows["cycle_id"], week_of=week_of)

    assert answer.status_code in {200, 404}
    assert "Sessions of" not in text(answer)


def test_today_has_one_button_a_session_and_undo(ours):
    tia = signed_in(ours.tia)
    page = tia.get(reverse("today"))
    form = page.context["sessions"][0][1]
    sent = {name: form[name].value() or "" for name in ("draft_form", "draft_about", "one_time_key")}
    done = reverse("hold_session", args=[ours.rows["intervention_id"]])

    for _ in range(2):
        tia.post(done, sent)

    assert "1 of 5 held this week" in text(tia.get(reverse("today")))
    tia.post(reverse("take_back_session", args=[ours.rows["intervention_id"]]), {})
    assert "0 of 5 held this week" in text(tia.get(reverse("today")))
    assert ours.jordan.pk in Look.objects.filter(by=ours.tia, page="today").first().pupil_ids


def test_today_shows_my_classes_only(ours):
    pupils.take_staff_from_group(by=ours.sam, group=ours.group, user=ours.tia)

    assert "No sessions this week" in text(get(ours, "tia", "today"))


def test_no_cycle_yet_teaches_and_offers_the_first(ours):
    child = another(ours, "Amira")

    assert "Start a cycle" in text(get(ours, "sam", "pupil_cycle", pupil_id=child.pk))
    assert "Start a cycle" not in text(get(ours, "vic", "pupil_cycle", pupil_id=ours.jordan.pk))


def test_new_school_starts_the_next_cycle_after_one_that_the_old_school_reviewed(ours):
    open_one = Cycle.objects.get(pk=ours.rows["cycle_id"])
    actions.end_cycle(open_one.pk, by=ours.sam, seen=None, because="Starts again at the new school.")
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=TODAY)

    start = reverse("start_cycle", args=[ours.jordan.pk])
    first = ours.rows["earlier_cycle_id"]
    offered = {who: start in text(get(ours, who, "cycle", cycle_id=first)) for who in ("nia", "vic", "sam")}

    assert offered == {"nia": True, "vic": False, "sam": False}


def test_old_school_reads_the_cycle_as_it_stood(ours):
    cycle = Cycle.objects.get(pk=ours.rows["cycle_id"])
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=TODAY)
    actions.hand_over(cycle.pk, to_school=ours.next_school, by=ours.vic)
    actions.change_outcome(ours.rows["outcome_id"], by=ours.nia, seen=None, statement="Something new")

    page = text(get(ours, "sam", "cycle", cycle_id=cycle.pk))

    assert "as you handed it over" in page
    assert "Stays in class for the whole of a lesson" in page
    assert "Something new" not in page
    assert get(ours, "sam", "plan", cycle_id=cycle.pk).status_code == 302
    assert "Something new" in text(get(ours, "nia", "plan", cycle_id=cycle.pk))
    assert "some progress" in text(get(ours, "sam", "cycle", cycle_id=ours.rows["earlier_cycle_id"])).lower()


def another(ours, name, group=None):
    """One more pupil of Sam's school, with SEN support."""
    pupil = pupils.register_pupil(by=None, legal_first_name=name, legal_last_name="Ash", date_of_birth=date(2018, 1, 1))
    pupils.start_school_place(pupil.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=4)
    pupils.set_sen_status(pupil.pk, by=None, status="K", primary_need="SEMH", on=date(2026, 9, 1))
    pupils.put_in_group(pupil.pk, by=ours.sam, group=group or ours.group, on=date(2026, 9, 1))
    return pupil


def more_rows(ours, number):
    """More entries, outcomes, interventions and weeks in Jordan's cycle."""
    cycle, sam = Cycle.objects.get(pk=ours.rows["cycle_id"]), ours.sam
    for count in range(number):
        actions.add_assessment_entry(
            cycle.pk, by=sam, key=Key.fresh(sam), who_said="senco", words=f"Note {count}", said_on=TODAY
        )
        _, intervention, _ = cycles_world.plan(ours, cycle, TODAY)
        actions.record_week(cycle.pk, by=sam, week_of=world.DAY, held={intervention.pk: 5})


@pytest.mark.parametrize("name", ["cycle", "assess", "plan", "sessions", "record_review", "print_plan"])
def test_pages_ask_as_often_for_1_as_for_30_rows(ours, name):
    sam, path = signed_in(ours.sam), reverse(name, args=[ours.rows["cycle_id"]])
    first = queries_of(sam, path)

    more_rows(ours, 30)

    assert queries_of(sam, path) == first
    assert first <= 20


def test_today_asks_as_often_for_1_as_for_30_pupils(ours):
    tia, path = signed_in(ours.tia), reverse("today")
    first = queries_of(tia, path)

    for count in range(30):
        with clock.at(cycles_world.AGREED):
            under_way(ours, another(ours, f"Child{count}"))

    assert queries_of(tia, path) == first
    assert first <= 12


def under_way(ours, pupil):
    ours.jordan, jordan = pupil, ours.jordan
    cycles_world.under_way(ours, cycles_world.AGREED)
    ours.jordan = jordan


def test_next_steps_and_stages_ask_as_often_for_1_as_for_30_pupils(ours):
    def asked():
        mine = Pupil.objects.visible_to(ours.sam)
        with CaptureQueriesContext(connection) as caught:
            shown.next_steps(ours.sam, mine, TODAY)
            queries.stages_of(list(mine))
        return len(caught)

    another(ours, "Ben")
    first = asked()
    for count in range(30):
        with clock.at(cycles_world.AGREED):
            under_way(ours, another(ours, f"Child{count}"))

    assert asked() == first


def test_next_steps_say_what_is_due_and_where(ours):
    ben = another(ours, "Ben")
    steps = shown.next_steps(ours.sam, Pupil.objects.visible_to(ours.sam), TODAY)

    assert [(step.verb, step.pupil_id, step.due_on) for step in sorted(steps)] == [
        ("Start a cycle", ben.pk, date(2026, 9, 15)),
        ("Record the week", ours.jordan.pk, date(2026, 10, 12)),
        ("Record the review", ours.jordan.pk, date(2026, 12, 11)),
    ]
    assert shown.next_steps(ours.vic, Pupil.objects.visible_to(ours.vic), TODAY) == []


def test_drifting_cycle_is_tagged(ours):
    assert shown.delivery_tag(ours.jordan, ours.sam) is None
    for week_of in (date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 26)):
        held = {ours.rows["intervention_id"]: 1}
        cycles_world.hold_week(ours, Cycle.objects.get(pk=ours.rows["cycle_id"]), week_of, held, "Tia was away")

    assert shown.delivery_tag(ours.jordan, ours.sam).text == "Not delivered as planned"
    assert queries.stages_of([ours.jordan])[ours.jordan.pk] == ("Do", "ok", cycles_world.AGREED)


# --- what else could explain it --------------------------------------------------------------------------------------


def being_assessed(ours, area):
    """A cycle whose entries are about this area, in the place of the one under way."""
    cycle = Cycle.objects.get(pk=ours.rows["cycle_id"])
    actions.end_cycle(cycle.pk, by=ours.sam, seen=None, because="Begun anew.")
    cycle = cycles_world.begin(ours, TODAY)
    actions.add_assessment_entry(
        cycle.pk, by=ours.sam, key=Key.fresh(ours.sam), who_said="senco", words="Leaves.", said_on=TODAY, area=area
    )
    return cycle


@pytest.mark.parametrize(("area", "asked"), [("semh", True), ("cognition", False)])
def test_causes_are_asked_about_where_somebody_spoke_of_behaviour(ours, area, asked):
    cycle = being_assessed(ours, area)

    page = text(get(ours, "sam", "finish_assessment", cycle_id=cycle.pk))

    assert ("Hearing: could it explain what people see?" in page) is asked


def test_choosing_semh_asks_for_the_causes_and_loses_no_word(ours):
    cycle = being_assessed(ours, "cognition")
    sam, url = signed_in(ours.sam), reverse("finish_assessment", args=[cycle.pk])
    typed = {"summary": "What we found", "barrier": "What is in the way", "areas": ["semh"]}

    answer = sam.post(url, hidden(sam.get(url)) | typed)

    assert answer.status_code == 200
    page = text(answer)
    assert page.count("could explain it.") >= 5
    assert "What we found" in page
    causes = {f"cause_{cause.name.lower()}": "not it" for cause in OtherCause} | {"cause_hearing": "part"}
    assert sam.post(url, hidden(answer) | typed | causes | {"causes_found": "Glue ear."}).status_code == 302
    cycle.refresh_from_db()
    assert (cycle.other_causes["hearing"], len(cycle.other_causes), cycle.causes_found) == ("part", 5, "Glue ear.")
    assert all(
        words in text(sam.get(reverse("assess", args=[cycle.pk])))
        for words in ("May be part of it: hearing", "Glue ear.")
    )


def test_class_staff_read_nothing_of_what_else_was_looked_at(ours):
    for who in ("tia", "osei"):
        page = text(get(ours, who, "cycle", cycle_id=ours.rows["cycle_id"]))
        assert "hearing test" not in page
        assert "Reads aloud with joy" not in page
