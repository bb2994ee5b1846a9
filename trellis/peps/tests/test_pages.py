"""What each sees, what is refused, and how often the database is asked."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.calendar.models import Term
from trellis.conduct import clock
from trellis.conduct.models import Draft
from trellis.people.actions import end_role
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.peps import actions
from trellis.peps.models import WITH_THE_SCHOOL, Pep
from trellis.peps.queries import Clock, clock_of, peps_to_look_at
from trellis.peps.shown import next_steps
from trellis.peps.tests import world as peps
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def pep(ours):
    return actions.start_pep(peps.autumn(ours).pk, by=ours.sol)


def get(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(name, args=args), query)


def post(client, user, name, *args, **data):
    client.force_login(user)
    return client.post(reverse(name, args=args), data)


def test_list_shows_the_most_urgent_first_and_filters(ours, client, pep):
    page = get(client, ours.dee, "peps")

    assert [(shown.pk, tone) for shown, tone in page.context["peps"]] == [(pep.pk, "quiet")]
    assert get(client, ours.dee, "peps", state="SUBMITTED").context["peps"] == []
    with clock.at(date(2026, 12, 1)):
        assert [tone for _, tone in get(Client(), ours.dee, "peps", state="LATE").context["peps"]] == ["late"]


def test_pupil_pep_leads_to_the_current_pep(ours, client, pep):
    assert get(client, ours.sam, "pupil_pep", ours.jordan.pk).url == f"/peps/{pep.pk}/"


def test_pupil_pep_explains_when_there_is_none(ours, client):
    ben = pupils.register_pupil(by=None, legal_first_name="Ben", legal_last_name="Oak", date_of_birth=date(2017, 1, 1))
    pupils.start_school_place(ben.pk, by=None, school=ours.school, on=date(2026, 9, 1))

    assert "There is no PEP" in get(client, ours.sam, "pupil_pep", ben.pk).content.decode()


def test_school_that_was_left_finds_its_draft(ours, client, pep):
    peps.write(pep, ours.dee, "education", **peps.EDUCATION)
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)
    actions.hand_over(pep.pk, ours.next_school, ours.vic)

    page = get(client, ours.sam, "pupil_pep", ours.jordan.pk).content.decode()

    assert "Personal Education Plan, autumn term 2026, draft" in page
    assert get(client, ours.sam, "pep", pep.pk).status_code == 404


def test_start_button_starts(ours, client):
    pep = peps.autumn(ours)

    answer = post(client, ours.sol, "start_pep", pep.pk, draft_version=pep.version)

    pep.refresh_from_db()
    assert (answer.status_code, pep.state) == (302, "IN_PROGRESS")


def test_submit_button_says_on_the_page_what_is_missing(ours, client, pep):
    page = post(client, ours.dee, "submit_pep", pep.pk, draft_version=pep.version)

    assert page.status_code == 200
    assert page.context["form"].non_field_errors() == ["Finish “About the pupil, and who came”."]


def test_save_section_keeps_answers_and_people(ours, client, pep):
    section = peps.section(pep, "about")

    answer = post(
        client, ours.dee, "write_pep_section", section.pk, draft_version=1, met_on_day="20", met_on_month="10",
        met_on_year="2026", interests="Football.", name_carer="Cara", came_carer="sent views",
    )  # fmt: skip

    section.refresh_from_db()
    assert answer.url == f"/peps/{pep.pk}/"
    assert section.words == {
        "met_on": "2026-10-20", "interests": "Football.", "people": {"carer": {"name": "Cara", "came": "sent views"}},
    }  # fmt: skip


def test_save_section_over_a_colleagues_words_shows_both(ours, client, pep):
    section = peps.write(pep, ours.dee, "social_worker", care_plan="Hers.", who_decides="The carer.")

    page = post(client, ours.sol, "write_pep_section", section.pk, draft_form="SectionForm", draft_version=1,
                care_plan="His.")  # fmt: skip

    shown = {label: (typed, stored) for label, typed, stored in page.context["form"].conflict}
    assert shown["What in the care plan matters for education"] == ("His.", "Hers.")
    assert Draft.objects.get().fields["care_plan"] == ["His."]


def test_send_section_without_a_cycle_asks_why(ours, client, pep):
    page = get(client, ours.sam, "write_pep_section", peps.section(pep, "send").pk)

    asked = [block["field"].name for block in page.context["form"].blocks]
    assert asked == ["no_cycle_because", "first_assessment_on", "first_assessment_by"]


def test_pupils_view_is_written_down_from_the_page(ours, client, pep):
    section = peps.section(pep, "pupil_view")

    post(
        client, ours.dee, "write_pep_section", section.pk, draft_version=1, answered="gave", said="I like maths.",
        told_to="Tia", how="talked", given_on_day="1", given_on_month="11", given_on_year="2026",
    )  # fmt: skip

    section.refresh_from_db()
    assert section.view.words == "I like maths."


def test_senco_may_not_write_education(ours, client, pep):
    page = get(client, ours.sam, "write_pep_section", peps.section(pep, "education").pk)

    assert page.status_code == 403
    assert "is written by others" in page.content.decode()


def test_grading_goes_from_section_to_section_and_back(ours, client):
    pep = peps.submitted(ours)
    section, answer = peps.section(pep, "about"), None
    page = get(client, ours.ada, "pep", pep.pk).content.decode()
    assert ("7 sections left to grade" in page, "Sign off the PEP" in page) == (True, False)

    for _ in range(7):
        answer = post(client, ours.ada, "grade_pep_section", section.pk, draft_version=section.version, grade="green")
        if answer.url != f"/peps/{pep.pk}/":
            section = Pep.objects.get(pk=pep.pk).sections.get(pk=int(answer.url.split("/")[3]))

    assert answer.url == f"/peps/{pep.pk}/"
    page = get(client, ours.ada, "pep", pep.pk).content.decode()
    assert ("left to grade" in page, "Sign off the PEP" in page) == (False, True)
    post(client, ours.ada, "sign_off_pep", pep.pk)
    assert Pep.objects.get(pk=pep.pk).state == "SIGNED_OFF"


def test_signed_pep_shows_the_frozen_words_and_its_pdf(ours, client):
    pep = peps.signed_off(ours)

    page = get(client, ours.dee, "pep", pep.pk).content.decode()

    assert "Full time in 4B" in page
    assert f'href="/documents/{pep.document_id}/" download>Download the PDF' in page


def test_reader_sees_no_buttons(ours, client, pep):
    page = get(client, ours.otis, "pep", pep.pk).content.decode()

    assert "Submit the PEP" not in page
    assert "Sign off the PEP" not in page


def classmates(ours, number):
    for n in range(number):
        child = pupils.register_pupil(
            by=None, legal_first_name=f"Child{n}", legal_last_name="Elm", date_of_birth=date(2017, 1, 1)
        )
        pupils.start_school_place(child.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=5)
        authority = ours.virtual_school.authority
        pupils.start_care(child.pk, by=None, authority=authority, since=date(2024, 1, 1), legal_status="C2")


def queries(client, user, name, *args):
    client.force_login(user)
    client.get(reverse(name, args=args))  # the first page keeps the session
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name, args=args)).status_code == 200
    return len(asked)


def test_list_asks_as_often_for_thirty_as_for_one(ours, client):
    one = queries(client, ours.vic, "peps")
    classmates(ours, 29)

    assert (queries(client, ours.vic, "peps"), one <= 12) == (one, True)


def test_page_asks_as_often_whatever_the_school_holds(ours, client, pep):
    peps.write_all(pep, ours.dee)
    one = queries(client, ours.dee, "pep", pep.pk)
    classmates(ours, 5)
    for _ in range(3):
        peps.add_target(pep, ours.sam)

    assert (queries(client, ours.dee, "pep", pep.pk), one <= 12) == (one, True)


def test_next_steps_ask_as_often_for_thirty_as_for_one(ours, client):
    def asked():
        with CaptureQueriesContext(connection) as count:
            steps = next_steps(ours.dee, Pupil.objects.all(), world.DAY)
        return len(count), len(steps)

    before = asked()
    classmates(ours, 29)

    assert (before[1], asked()) == (1, (before[0], 30))


def test_next_steps_say_to_each_what_is_theirs(ours):
    def steps(who):
        return [step.verb for step in next_steps(ours.people[who], Pupil.objects.all(), world.DAY)]

    pep = peps.autumn(ours)
    assert {who: steps(who) for who in ("sol", "dee", "sam", "ada")} == {
        "sol": ["Start the PEP"], "dee": ["Start the PEP"], "sam": [], "ada": [],
    }  # fmt: skip
    actions.start_pep(pep.pk, by=ours.sol)
    assert {who: steps(who) for who in ("sol", "dee", "sam", "ada")} == {
        "sol": ["Write your part"], "dee": ["Finish the PEP"], "sam": ["Write the SEND section"], "ada": [],
    }  # fmt: skip
    peps.write_all(pep, ours.dee)
    actions.submit_pep(pep.pk, by=ours.dee)
    assert (steps("dee"), steps("ada")) == ([], ["Quality-assure the PEP"])
    actions.return_pep(pep.pk, by=ours.ada, reasons="More, please.")
    assert steps("dee") == ["Correct the PEP"]


# --- every late PEP is in somebody's week --------------------------------------------------------------------------

LATE = date(2027, 2, 1)  # in the spring term: the autumn's PEP is late, and of a past term once the spring's is open
STAFFED = {"both": set(), "SENCO alone": {Role.DESIGNATED_TEACHER}, "nobody": {Role.DESIGNATED_TEACHER, Role.SENCO}}


def week_of(who):
    user = User.objects.get(pk=who.pk)
    return [(step.verb, step.rest, step.detail) for step in next_steps(user, Pupil.objects.all(), clock.today())]


def leave(ours, roles):
    for role in Membership.objects.playing(*roles).filter(organisation=ours.school) if roles else ():
        end_role(role.pk, by=ours.vic, on=clock.today())


@pytest.mark.parametrize("is_past", [False, True])
@pytest.mark.parametrize("state", WITH_THE_SCHOOL)
@pytest.mark.parametrize("staffed", STAFFED)
def test_late_pep_is_in_the_week_of_who_must_act(ours, staffed, state, is_past):
    pep = peps.autumn(ours)
    Pep.objects.filter(pk=pep.pk).update(state=state)
    with clock.at(LATE):
        if is_past:
            spring = Term.objects.get(organisation=ours.virtual_school, name="spring")
            actions.open_peps_for_term(ours.virtual_school, spring, by=None)
        leave(ours, STAFFED[staffed])
        assert peps_to_look_at(ours.vic, "LATE").filter(pk=pep.pk).exists()
        verb = {"NOT_STARTED": "Start the PEP", "IN_PROGRESS": "Finish the PEP", "RETURNED": "Correct the PEP"}[state]
        must_act, expected, detail = {
            "both": (ours.dee, verb, "It came back" if state == "RETURNED" else ""),
            "SENCO alone": (ours.ada, "Find the designated teacher",
                            "Larch Primary 990 has none here, and only they submit it"),
            "nobody": (ours.ada, verb, "Larch Primary 990 has nobody here"),
        }[staffed]  # fmt: skip
        mine = [step for step in week_of(must_act) if ("autumn term 2026" in step[1]) == is_past]

    assert [(verb, detail) for verb, _, detail in mine] == [(expected, detail)]


def test_adviser_acts_for_a_pupil_without_a_school_place(ours):
    Pep.objects.filter(pk=peps.autumn(ours).pk).update(kept_by=None)

    assert week_of(ours.ada) == [("Start the PEP", "of Jordan", "There is no school place")]


def test_adviser_whose_authority_looks_after_the_pupil_no_more_has_nothing_to_do(ours):
    leave(ours, {Role.DESIGNATED_TEACHER, Role.SENCO})
    pupils.end_care(ours.jordan.pk, by=None, on=world.DAY)

    assert week_of(ours.ada) == []


def test_next_steps_ask_as_often_for_many_as_for_one(ours):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            next_steps(ours.dee, Pupil.objects.all(), world.DAY)
        return len(captured)

    before = asked()
    classmates(ours, 9)

    assert (before, asked()) == (2, 2)


# --- how the clock was kept ------------------------------------------------------------------------------------------


@pytest.fixture
def new_in_care(ours):
    """The PEP of a pupil who came into care on Monday 2 November: to be started by the 16th, ready by the 30th."""
    robin = pupils.register_pupil(
        by=None, legal_first_name="Robin", legal_last_name="Ash", date_of_birth=date(2017, 1, 1)
    )
    pupils.start_school_place(robin.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=5)
    authority = ours.virtual_school.authority
    pupils.start_care(robin.pk, by=None, authority=authority, since=world.DAY, legal_status="C2")
    return Pep.objects.get(pupil=robin)


@pytest.mark.parametrize(
    ("started_on", "looked_on", "said"),
    [
        (None, date(2026, 11, 16), ""),
        (None, date(2026, 11, 17), "Not started yet. The social worker starts the PEP within 10 working days"),
        (date(2026, 11, 16), date(2026, 11, 20), "Started on 16 November 2026, in time."),
        (date(2026, 11, 17), date(2026, 11, 20), "Started on 17 November 2026, late. The social worker starts"),
    ],
)
def test_page_says_whether_it_was_started_in_time(ours, client, new_in_care, started_on, looked_on, said):
    if started_on:
        with clock.at(started_on):
            actions.start_pep(new_in_care.pk, by=ours.dee)
    with clock.at(looked_on):
        new_in_care.refresh_from_db()
        page = get(client, ours.dee, "pep", new_in_care.pk).content.decode()
        told = clock_of(new_in_care).started

    assert (told.startswith(said), bool(told), said in page) == (True, bool(said), True)


@pytest.mark.parametrize(
    ("submitted_on", "said"),
    [
        (date(2026, 11, 30), "Submitted on 30 November 2026, in time."),
        (date(2026, 12, 1), "Submitted on 1 December 2026, late. A new PEP is ready within 20 working days"),
    ],
)
def test_signed_pep_says_whether_it_was_ready_for_the_first_review(ours, client, new_in_care, submitted_on, said):
    with clock.at(submitted_on):
        pep = peps.signed_off(ours, new_in_care)
        page = get(client, ours.dee, "pep", pep.pk).content.decode()

    assert said in page


def test_page_of_a_terms_pep_says_nothing_of_that_clock(ours, pep):
    assert clock_of(pep) == Clock()
