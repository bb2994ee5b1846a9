"""Each action that corrects a record asks for itself who may, whatever the view asked."""

import pytest
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import NotPermitted
from trellis.pupils import actions, permissions
from trellis.pupils.models import FormerUpn
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
DOINGS = {
    "particulars": lambda ours, who: actions.correct_particulars(ours.jordan.pk, by=who, ethnicity="White British"),
    "upn": lambda ours, who: actions.replace_upn(ours.jordan.pk, by=who, upn="H331700713254"),
    "status": lambda ours, who: actions.set_sen_status(ours.jordan.pk, by=who, status="N"),
    "authority": lambda ours, who: actions.say_authority(
        ours.jordan.pk, by=who, duty="resident", authority=ours.virtual_school.authority
    ),
    "group": lambda ours, who: actions.put_in_group(ours.jordan.pk, by=who, group=ours.group),
    "staff": lambda ours, who: actions.put_staff_in_group(by=who, group=ours.group, user=ours.tia),
}


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.mark.parametrize("doing", DOINGS)
@pytest.mark.parametrize(
    ("who", "may"), [("sam", True), ("dee", True), ("tia", False), ("nia", False), ("root", False)]
)
def test_who_may(ours, doing, who, may):
    if may:
        DOINGS[doing](ours, ours.people[who])
    else:
        with pytest.raises(NotPermitted):
            DOINGS[doing](ours, ours.people[who])


@pytest.mark.parametrize("doing", DOINGS)
def test_headteacher_corrects_what_the_school_holds_and_no_more(ours, doing):
    """Who is around, whose child it is and the groups stay with those who keep them."""
    if doing in {"particulars", "upn", "status"}:
        DOINGS[doing](ours, ours.hana)
    else:
        with pytest.raises(NotPermitted):
            DOINGS[doing](ours, ours.hana)


def test_headteacher_of_a_school_that_the_pupil_left_corrects_nothing(ours):
    actions.end_school_place(ours.jordan.pk, by=None, on=world.DAY)

    with pytest.raises(NotPermitted):
        DOINGS["status"](ours, ours.hana)


@pytest.mark.parametrize("who", ["hana", "sam", "bea", "tia"])
def test_many_records_are_asked_about_in_as_many_queries_as_one(ours, who, django_assert_max_num_queries):
    user = ours.people[who]
    assert user.memberships_today
    others = [
        actions.register_pupil(by=None, legal_first_name=f"Child {n}", legal_last_name="New", date_of_birth=world.DAY)
        for n in range(5)
    ]
    for pupil in others:
        actions.start_school_place(pupil.pk, by=None, school=ours.school, on=world.DAY, year_group=4)

    with django_assert_max_num_queries(3):
        may = permissions.can_correct_records(user, [ours.jordan, *others])

    assert bool(may) == (who in {"hana", "sam"})


def test_one_record_that_is_not_theirs_keeps_all(ours):
    elsewhere = actions.register_pupil(by=None, legal_first_name="A", legal_last_name="B", date_of_birth=world.DAY)

    assert not permissions.can_correct_records(ours.hana, [ours.jordan, elsewhere])


def test_headteacher_has_the_pages_for_it(ours, client):
    client.force_login(ours.hana)
    page = client.get(reverse("people_around", args=[ours.jordan.pk])).content.decode()
    shown = {name: reverse(name, args=[ours.jordan.pk]) in page for name in ("change_particulars", "add_person")}

    statuses = [client.get(reverse(name, args=[ours.jordan.pk])).status_code for name in shown]

    assert (shown, statuses) == ({"change_particulars": True, "add_person": False}, [200, 403])


def test_replaced_upn_is_remembered(ours):
    actions.replace_upn(ours.jordan.pk, by=ours.sam, upn="H331700713254")
    actions.replace_upn(ours.jordan.pk, by=ours.sam, upn="A331110622638")

    assert [former.upn for former in FormerUpn.objects.all()] == ["H331700713254"]
