"""A question about a record whose keepers have all left: who answers, who does not, and what they see."""

from datetime import date

import pytest
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.mail.models import Message
from trellis.merging import actions
from trellis.merging.models import SameChild, SameChildState
from trellis.people.models import Membership, User
from trellis.pupils import actions as pupils
from trellis.pupils.models import Level, Pupil
from trellis.pupils.tests import world

UPN, BORN, MOVED_ON = "H331700713254", date(2017, 1, 1), date(2026, 10, 12)
ALEX = {"legal_first_name": "Alex", "legal_last_name": "Marsh", "date_of_birth": BORN, "upn": UPN}


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def twin(ours):
    return world.twin()


@pytest.fixture
def alex(ours):
    """Known to a school of our area alone, in nobody's care."""
    pupil = pupils.register_pupil(by=None, **ALEX)
    pupils.start_school_place(pupil.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=4)
    return pupil


def everybody_left(school):
    Membership.objects.filter(organisation=school).update(during=(date(2020, 1, 1), MOVED_ON))


def asked(ours):
    """Nia's school adds the same child."""
    pupils.add_pupil(by=fresh(ours.nia), school=ours.next_school, key=Key.fresh(ours.nia), started_on=MOVED_ON, **ALEX)
    return SameChild.objects.with_names().get()


def fresh(user):
    return User.objects.get(pk=user.pk)


def those_who_see(question, *users):
    return [user for user in users if SameChild.objects.visible_to(fresh(user)).filter(pk=question.pk).exists()]


def told():
    return set(Message.objects.filter(subject__startswith="Is this the same child?").values_list("to", flat=True))


def test_while_somebody_keeps_it_nobody_else_answers(ours, twin, alex):
    question = asked(ours)

    assert those_who_see(question, ours.sam, ours.vic, ours.ada, ours.nia, twin.vic) == [ours.sam]
    assert told() == {ours.sam.pk, ours.dee.pk}


def test_when_all_have_left_the_virtual_school_of_the_area_answers(ours, twin, alex):
    everybody_left(ours.school)

    question = asked(ours)

    assert those_who_see(question, ours.sam, ours.vic, ours.ada, ours.bea, ours.nia, twin.vic) == [ours.vic, ours.ada]
    assert told() == {ours.vic.pk, ours.ada.pk}


def test_after_the_last_place_ended_too(ours, twin, alex):
    pupils.end_school_place(alex.pk, by=None, on=date(2026, 11, 1))
    everybody_left(ours.school)

    assert those_who_see(asked(ours), ours.vic, twin.vic) == [ours.vic]


def test_a_virtual_school_that_had_the_child_comes_before_that_of_the_area(ours, twin, alex):
    theirs = twin.virtual_school.authority
    pupils.start_care(alex.pk, by=None, authority=theirs, since=date(2025, 1, 1), legal_status="C2")
    pupils.end_care(alex.pk, by=None, on=date(2026, 11, 1))
    everybody_left(ours.school)

    assert those_who_see(asked(ours), ours.vic, twin.vic) == [twin.vic]


def test_whoever_answers_sees_the_question_and_not_the_record(ours, alex, client):
    everybody_left(ours.school)
    question = asked(ours)
    client.force_login(ours.vic)

    page = client.get(question.get_absolute_url()).content.decode()

    assert "Nobody who kept this record signs in any more, so you answer." in page
    assert alex.get_absolute_url() not in page
    assert client.get(alex.get_absolute_url()).status_code == 404
    assert client.get(reverse("put_together", args=[question.pk])).status_code == 403
    assert not Pupil.objects.visible_to(fresh(ours.vic), Level.WHOLE).filter(pk=alex.pk).exists()


def test_the_answer_moves_the_child_to_the_school_that_asked_which_puts_the_two_together(ours, alex):
    everybody_left(ours.school)
    question = asked(ours)

    actions.confirm(question.pk, by=fresh(ours.vic), seen=None, moved_on=MOVED_ON)
    done = actions.put_together(
        question.pk, by=fresh(ours.nia), seen=None, keep=alex.pk, true={}, holds={}, why="The carer told us"
    )

    assert (done.state, done.kept) == (SameChildState.TOGETHER, alex)
    assert not Pupil.objects.visible_to(fresh(ours.vic), Level.WHOLE).filter(pk=alex.pk).exists()
