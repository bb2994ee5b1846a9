"""A colleague stands in for a period: what they see and may do, and that it ends by itself."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from trellis.advice import actions as advice_actions
from trellis.advice import permissions as advice_permissions
from trellis.advice.tests import world as advice
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.people import actions as people
from trellis.people.models import User
from trellis.pupils import access
from trellis.pupils.models import Level, Pupil
from trellis.pupils.tests import world
from trellis.teams import actions, queries

TODAY = world.DAY
FRIDAY = date(2026, 11, 7)  # the day after the last


@pytest.fixture
def ours(db):
    with clock.at(TODAY):
        yield world.ours()


def fresh(user):
    return User.objects.get(pk=user.pk)


def cover(ours, covered, stand_in, by=None, organisation=None, since=TODAY, until=FRIDAY):
    by = by or ours.hana
    return actions.arrange_cover(
        (organisation or ours.school).pk, covered.pk, by=by, key=Key.fresh(by), stand_in=stand_in, since=since,
        until_day=until,
    )  # fmt: skip


def second_worker(ours, role="social worker"):
    user = people.give_account(email="sue@ours.example", first_name="Sue", last_name="Ours")
    people.give_role(user=user, role=role, organisation=ours.virtual_school.authority, by=None)
    return user


def test_stand_in_has_the_role_until_it_ends_by_itself(ours):
    cover(ours, ours.sam, ours.osei)

    assert fresh(ours.osei).role_in_words == "Class teacher and SENCO, Larch Primary 990"
    assert fresh(ours.osei).acts_for == {ours.osei.pk, ours.sam.pk}
    assert fresh(ours.sam).roles == {"senco"}
    with clock.at(FRIDAY):
        assert fresh(ours.osei).roles == {"class teacher"}


def test_cover_is_told_to_both_and_says_so_in_history(ours):
    cover(ours, ours.sam, ours.osei)

    to_osei, to_sam = Message.objects.order_by("pk")[:2]
    assert (to_osei.to, to_sam.to) == (ours.osei, ours.sam)
    assert "from 2 November 2026 until 6 November 2026: SENCO" in to_sam.body
    told = Entry.objects.filter(subject_kind="people.membership").latest("pk")
    assert told.by == ours.hana
    assert told.sentence == (
        "Osei Ours became SENCO at Larch Primary 990, standing in for Sam Ours, until 6 November 2026."
    )


def test_stand_in_of_a_social_worker_sees_the_children_they_are_named_for(ours):
    sue = second_worker(ours)
    assert not Pupil.objects.visible_to(fresh(sue)).exists()

    cover(ours, ours.sol, sue, by=ours.bea, organisation=ours.virtual_school.authority)

    assert Pupil.objects.visible_to(fresh(sue), Level.WHOLE).get() == ours.jordan
    assert access.differences(ours.jordan) == ([], [])
    with clock.at(FRIDAY):
        assert not Pupil.objects.visible_to(fresh(sue)).exists()


def test_stand_in_of_a_teaching_assistant_sees_their_classes(ours):
    cover(ours, ours.tia, ours.osei)
    people.end_role(ours.osei.memberships.filter(standing_in_for=None).get().pk, by=None, on=TODAY)

    assert Pupil.objects.visible_to(fresh(ours.osei), Level.CLASS).get() == ours.jordan
    assert not Pupil.objects.visible_to(fresh(ours.osei), Level.WHOLE).exists()


def test_stand_in_of_a_specialist_writes_their_report(ours):
    request = advice.accepted(ours)
    tess, uma = (
        people.give_account(email=f"{name}@ours.example", first_name=name, last_name="Ours") for name in ("Tess", "Uma")
    )
    for user in (tess, uma):
        people.give_role(user=user, role="specialist", organisation=request.service, by=None)
    request = advice_actions.pass_on_request(request.pk, by=ours.lee, seen=None, taken_by=tess)
    assert not advice_permissions.can_write_report(fresh(uma), request)

    cover(ours, tess, uma, by=ours.bea, organisation=request.service)

    assert advice_permissions.can_write_report(fresh(uma), request)


def test_cover_is_for_all_the_roles_somebody_has(ours):
    people.give_role(user=ours.dee, role="safeguarding lead", organisation=ours.school, by=None)
    cover(ours, ours.dee, ours.tia)

    assert fresh(ours.tia).roles == {"teaching assistant", "designated teacher", "safeguarding lead"}
    assert len(queries.covers_around(ours.dee)) == 1


def test_cover_leaves_the_roles_of_another_organisation_alone(ours):
    people.give_role(user=ours.dee, role="senco", organisation=ours.next_school, by=None)
    cover(ours, ours.dee, ours.tia)

    assert fresh(ours.tia).organisation_ids == {ours.school.pk}


@pytest.mark.parametrize(
    "covered, stand_in, since, until, sentence",
    [
        ("sam", "sam", TODAY, FRIDAY, "Nobody stands in for themselves"),
        ("sam", "hana", TODAY, FRIDAY, "You cannot choose yourself"),
        ("sam", "nia", TODAY, FRIDAY, "Choose somebody who works here"),
        ("sam", "osei", TODAY - timedelta(days=1), FRIDAY, "today or a later day"),
        ("sam", "osei", FRIDAY, TODAY, "last day is before the first"),
        ("sam", "osei", TODAY, date(2028, 1, 1), "a year at most"),
    ],
)
def test_cover_that_cannot_be_is_refused(ours, covered, stand_in, since, until, sentence):
    with pytest.raises(Refused, match=sentence):
        cover(ours, ours.people[covered], ours.people[stand_in], since=since, until=until)


def test_cover_longer_than_the_role_is_refused(ours):
    people.end_role(ours.sam.memberships.get().pk, by=None, on=date(2026, 11, 5))
    with pytest.raises(Refused, match="ends before the cover does"):
        cover(ours, ours.sam, ours.osei)


def test_cover_of_a_role_that_has_ended_is_refused(ours):
    people.end_role(ours.sam.memberships.get().pk, by=None, on=TODAY)
    with pytest.raises(Refused, match="has no role here on that day"):
        cover(ours, ours.sam, ours.osei)


def test_cover_of_the_same_by_the_same_twice_is_refused(ours):
    cover(ours, ours.sam, ours.osei)
    with pytest.raises(Refused, match="on some of these days already"):
        cover(ours, ours.sam, ours.osei, until=date(2026, 12, 1))


def test_cover_ends_with_the_role_that_it_covers(ours):
    cover(ours, ours.sam, ours.osei, until=date(2026, 12, 1))
    actions.end_work(ours.school.pk, ours.sam.pk, by=ours.hana, seen=None, on=date(2026, 11, 9))

    with clock.at(date(2026, 11, 8)):
        assert "senco" in fresh(ours.osei).roles
    with clock.at(date(2026, 11, 9)):
        assert fresh(ours.osei).roles == {"class teacher"}


def test_cover_of_the_head_is_for_the_head_to_arrange(ours):
    with pytest.raises(NotPermitted):
        cover(ours, ours.hana, ours.dee, by=ours.sam)

    cover(ours, ours.hana, ours.dee)
    assert "headteacher" in fresh(ours.dee).roles


def test_stand_in_does_not_count_as_one_who_manages(ours):
    cover(ours, ours.hana, ours.dee, until=date(2026, 12, 1))
    actions.end_work(ours.school.pk, ours.sam.pk, by=ours.hana, seen=None, on=TODAY)

    with pytest.raises(Refused, match="Nobody else here may add and remove people"):
        actions.end_work(ours.school.pk, ours.hana.pk, by=ours.root, seen=None, on=TODAY)


def test_end_cover_takes_it_away_at_once_and_tells_both(ours):
    one = cover(ours, ours.sam, ours.osei)
    Message.objects.update(subject="")
    actions.end_cover(one.pk, by=ours.hana)
    actions.end_cover(one.pk, by=ours.hana)

    assert fresh(ours.osei).roles == {"class teacher"}
    assert {m.to for m in Message.objects.exclude(subject="")} == {ours.osei, ours.sam}


def test_cover_by_page_and_in_my_week_of_both(ours):
    client = Client()
    client.force_login(ours.hana)
    sam = ours.sam.memberships.get().pk
    url = reverse("arrange_cover", args=[sam])
    form = client.get(url).context["form"]
    hidden = {field.html_name: field.value() or "" for field in form.hidden_fields()}
    answer = client.post(url, hidden | {
        "stand_in": ours.dee.pk, "since_day": 2, "since_month": 11, "since_year": 2026,
        "last_day_day": 6, "last_day_month": 11, "last_day_year": 2026,
    })  # fmt: skip

    assertRedirects(answer, reverse("colleague", args=[sam]))
    assertContains(client.get(answer.url), "From 2 November 2026 until 6 November 2026")
    for who, words in [
        (ours.dee, "You stand in for Sam Ours at Larch Primary 990 until 6 November 2026"),
        (ours.sam, "Dee Ours stands in for you at Larch Primary 990 until 6 November 2026"),
    ]:
        theirs = Client()
        theirs.force_login(who)
        assertContains(theirs.get(reverse("my_week")), words)
    with clock.at(FRIDAY):
        theirs = Client()
        theirs.force_login(ours.sam)
        assertNotContains(theirs.get(reverse("my_week")), "stands in for you")


def test_end_cover_by_page(ours):
    one = cover(ours, ours.sam, ours.osei)
    client = Client()
    client.force_login(ours.hana)
    url = reverse("end_cover", args=[one.pk])

    assertContains(client.get(url), "Osei Ours stands in for Sam Ours")
    assertRedirects(client.post(url, {}), reverse("team_of", args=[ours.school.pk]))
    assertContains(client.get(url), "It is over already")
    nia = Client()
    nia.force_login(ours.nia)
    assert nia.get(url).status_code == 404
