"""The pages by which a pupil, the people around and the groups of a school are kept."""

from datetime import date

import pytest
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.history.models import Look
from trellis.mail.models import Message
from trellis.people.roles import Role
from trellis.pupils import actions
from trellis.pupils.models import GroupMember, GroupStaff, Level, PersonAround, Pupil, SenStatus
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def asked(client):
    """A client that is somebody: asked(ours.sam).get(…)."""

    def as_somebody(user):
        client.force_login(user)
        return client

    return as_somebody


def a_pupil(ours, **more):
    return {
        "school": ours.school.pk, "legal_first_name": "Éloïse", "legal_last_name": "O’Neill",
        "preferred_first_name": "", "date_of_birth_day": "4", "date_of_birth_month": "5", "date_of_birth_year": "2017",
        "sex": "F", "upn": "", "started_on_day": "1", "started_on_month": "9", "started_on_year": "2026",
        "status": "N", "primary_need": "", "secondary_need": "", "one_time_key": "3d0c2f9c-3f4a-4bb0-9f27-2f7c1c1d1111",
    } | more  # fmt: skip


def person(**more):
    return {
        "name": "Cara O'Dea", "relationship": "foster carer", "has_parental_responsibility": "no",
        "may_be_contacted": "yes", "safe_to_share": "yes", "delegated": "School trips",
        "one_time_key": "3d0c2f9c-3f4a-4bb0-9f27-2f7c1c1d2222",
    } | more  # fmt: skip


def test_add_pupil_opens_the_record_to_the_school_and_to_no_virtual_school(ours, asked):
    answer = asked(ours.sam).post(reverse("add_pupil"), a_pupil(ours))

    added = Pupil.objects.get(legal_first_name="Éloïse")
    assert (answer.status_code, answer.url) == (302, added.get_absolute_url())
    assert added in Pupil.objects.visible_to(ours.sam, Level.WHOLE)
    assert added not in Pupil.objects.visible_to(ours.vic)


def test_add_pupil_pressed_twice_adds_one(ours, asked):
    somebody = asked(ours.sam)
    first = somebody.post(reverse("add_pupil"), a_pupil(ours))
    second = somebody.post(reverse("add_pupil"), a_pupil(ours))

    assert (first.url, Pupil.objects.count()) == (second.url, 2)


def test_add_pupil_shows_a_possible_twin_once_and_then_saves(ours, asked):
    typed = a_pupil(
        ours, legal_first_name="Jordan", legal_last_name="Smith",
        date_of_birth_day="3", date_of_birth_month="3", date_of_birth_year="2018",
    )  # fmt: skip
    somebody = asked(ours.sam)
    shown = somebody.post(reverse("add_pupil"), typed)

    assert "Jordan Vale was born on the same day" in shown.content.decode()
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]
    assert Pupil.objects.count() == 1

    again = somebody.post(reverse("add_pupil"), typed | {"doubts_seen": shown.context["form"]["doubts_seen"].value()})

    assert (again.status_code, Pupil.objects.count()) == (302, 2)


def test_add_pupil_does_not_tell_of_a_twin_one_may_not_see(ours, asked):
    typed = a_pupil(
        ours, school=ours.next_school.pk, legal_first_name="Jordan", legal_last_name="Vale",
        date_of_birth_day="3", date_of_birth_month="3", date_of_birth_year="2018",
    )  # fmt: skip

    answer = asked(ours.nia).post(reverse("add_pupil"), typed)

    assert (answer.status_code, Pupil.objects.filter(legal_last_name="Vale").count()) == (302, 2)


def test_add_pupil_warns_of_a_wrong_check_letter_and_refuses_a_wrong_shape(ours, asked):
    somebody = asked(ours.sam)
    warned = somebody.post(reverse("add_pupil"), a_pupil(ours, upn="Y331700713254"))
    refused = somebody.post(reverse("add_pupil"), a_pupil(ours, upn="12345"))

    assert len(warned.context["form"].doubts) == 1
    assert list(refused.context["form"].errors) == ["upn"]
    assert Pupil.objects.count() == 1

    seen = warned.context["form"]["doubts_seen"].value()
    saved = somebody.post(reverse("add_pupil"), a_pupil(ours, upn="Y331700713254", doubts_seen=seen))

    assert (saved.status_code, Pupil.objects.filter(upn="Y331700713254").count()) == (302, 1)


def test_add_pupil_only_to_ones_own_school(ours, asked):
    answer = asked(ours.sam).post(reverse("add_pupil"), a_pupil(ours, school=ours.next_school.pk))

    assert list(answer.context["form"].errors) == ["school"]


def test_change_sen_status_asks_for_the_cause_and_says_why_it_refuses(ours, asked):
    url = reverse("change_sen_status", args=[ours.jordan.pk])
    somebody = asked(ours.sam)
    day = {"on_day": "2", "on_month": "11", "on_year": "2026"}

    assert "attachment" in somebody.get(url).content.decode()
    refused = somebody.post(url, {"status": "E", "primary_need": "NSA", "secondary_need": "", **day})
    assert list(refused.context["form"].errors) == ["primary_need"]
    none = somebody.post(url, {"status": "K", "primary_need": "", "secondary_need": "", **day})
    assert list(none.context["form"].errors) == ["primary_need"]
    saved = somebody.post(url, {"status": "E", "primary_need": "SEMH", "secondary_need": "", **day})
    assert (saved.status_code, SenStatus.objects.filter(pupil=ours.jordan).latest("pk").status) == (302, "E")


def test_change_particulars_of_what_another_changed_shows_both(ours, asked):
    url = reverse("change_particulars", args=[ours.jordan.pk])
    somebody = asked(ours.sam)
    form = somebody.get(url).context["form"]
    actions.correct_particulars(ours.jordan.pk, by=ours.dee, ethnicity="Irish")
    typed = {name: form[name].value() or "" for name in form.fields if name != "date_of_birth"}
    born = {"date_of_birth_day": "3", "date_of_birth_month": "3", "date_of_birth_year": "2018"}

    answer = somebody.post(url, typed | born | {"ethnicity": "White"})

    assert ("Ethnicity", "White", "Irish") in answer.context["form"].conflict
    ours.jordan.refresh_from_db()
    assert ours.jordan.ethnicity == "Irish"


def test_add_person_infers_nothing(ours, asked):
    url = reverse("add_person", args=[ours.jordan.pk])
    unsaid = {"may_be_contacted": "", "safe_to_share": "", "has_parental_responsibility": ""}

    refused = asked(ours.dee).post(url, person(**unsaid))
    saved = asked(ours.dee).post(url, person())

    assert set(refused.context["form"].errors) == set(unsaid)
    assert saved.status_code == 302
    added = PersonAround.objects.latest("pk")
    assert (added.has_parental_responsibility, added.may_be_contacted, added.safe_to_share) == (False, True, True)


def test_change_person_starts_from_what_is_known(ours, asked):
    url = reverse("change_person", args=[ours.rows["person_id"]])
    somebody = asked(ours.dee)
    form = somebody.get(url).context["form"]

    assert (form["may_be_contacted"].value(), form["safe_to_share"].value()) == ("yes", "no")
    answer = somebody.post(url, person(name="Cara New", draft_version=form["draft_version"].value()))
    assert (answer.status_code, PersonAround.objects.get(pk=ours.rows["person_id"]).name) == (302, "Cara New")


def test_say_authority_ends_the_one_before(ours, asked):
    url = reverse("say_authority", args=[ours.jordan.pk])
    day = {"on_day": "2", "on_month": "11", "on_year": "2026"}

    answer = asked(ours.sam).post(url, {"duty": "resident", "authority": ours.virtual_school.authority.pk, **day})

    assert answer.status_code == 302
    assert [str(row.authority) for row in ours.jordan.authorities.all()] == ["Shire 801"]


def test_name_officer_opens_the_record_to_one_of_the_pupils_authorities(ours, asked):
    ann = world.account("ann", Role.EHC_COORDINATOR, ours.virtual_school.authority, "ours.example")
    other = world.account("zed", Role.EHC_COORDINATOR, world.twin().virtual_school.authority, "elsewhere.example")
    client, path = asked(ours.sam), reverse("name_officer", args=[ours.jordan.pk])

    page = client.get(path).content.decode()
    client.post(path, {"officer": ann.memberships.get().pk})

    assert ("EHC coordinator: Ann Ours" in page, str(other) in page) == (True, False)
    sees = {who: Pupil.objects.visible_to(who).filter(pk=ours.jordan.pk).exists() for who in (ann, ours.ed, other)}
    assert sees == {ann: True, ours.ed: False, other: False}
    client.post(path, {"officer": ann.memberships.get().pk})
    (told,) = Message.objects.filter(to=ann)
    assert told.subject == "You were named for a child: EHC coordinator"
    assert not any(word in told.subject + told.body for word in ("Jordan", "Vale"))


def test_name_officer_of_an_authority_that_has_nothing_to_do_with_the_pupil_is_refused(ours):
    other = world.account("zed", Role.EHC_COORDINATOR, world.twin().virtual_school.authority, "elsewhere.example")

    with pytest.raises(Refused, match="does not work for an authority of the pupil"):
        actions.name_officer(ours.jordan.pk, by=ours.sam, officer=other.memberships.get())


@pytest.mark.parametrize(
    ("who", "status"),
    [("sam", 200), ("dee", 200), ("vic", 200), ("sol", 200), ("nia", 404), ("tia", 403), ("bea", 403)],
)
def test_who_keeps_a_record(ours, asked, who, status):
    pages = ["change_particulars", "replace_upn", "change_sen_status", "add_person", "say_authority", "name_officer"]
    somebody = asked(ours.people[who])

    assert {somebody.get(reverse(page, args=[ours.jordan.pk])).status_code for page in pages} == {status}


def test_put_in_group_offers_the_schools_own_and_nobody_else(ours, asked):
    elsewhere = actions.register_pupil(
        by=None, legal_first_name="Else", legal_last_name="Where", date_of_birth=date(2017, 1, 1)
    )
    actions.start_school_place(elsewhere.pk, by=None, school=ours.next_school, on=date(2026, 9, 1))
    here = actions.register_pupil(by=None, legal_first_name="Al", legal_last_name="So", date_of_birth=date(2017, 1, 1))
    actions.start_school_place(here.pk, by=None, school=ours.school, on=date(2026, 9, 1))
    somebody = asked(ours.sam)
    page = somebody.get(reverse("group", args=[ours.group.pk]))

    assert list(page.context["pupil_form"].fields["pupil"].queryset) == [here]
    assert ours.nia not in page.context["staff_form"].fields["user"].queryset
    assert Look.objects.latest("pk").pupil_ids == sorted([ours.jordan.pk, here.pk])
    refused = somebody.post(reverse("put_in_group", args=[ours.group.pk]), {"pupil": elsewhere.pk})
    assert list(refused.context["pupil_form"].errors) == ["pupil"]
    somebody.post(reverse("put_in_group", args=[ours.group.pk]), {"pupil": here.pk})
    assert here in Pupil.objects.visible_to(ours.tia)


def test_take_out_of_a_group_closes_it_to_the_class_staff(ours, asked):
    somebody = asked(ours.sam)

    somebody.post(reverse("take_from_group", args=[ours.group.pk]), {"pupil": ours.jordan.pk})

    assert GroupMember.objects.filter(during__contains=world.DAY).count() == 0
    assert list(Pupil.objects.visible_to(ours.tia)) == []


def test_group_lists_nobody_who_has_left_the_school(ours, asked):
    actions.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)

    page = asked(ours.sam).get(reverse("group", args=[ours.group.pk])).content.decode()

    assert "Jordan" not in page


def test_staff_go_into_a_group_and_out_of_it(ours, asked):
    somebody = asked(ours.sam)

    somebody.post(reverse("put_staff_in_group", args=[ours.group.pk]), {"user": ours.dee.pk})
    somebody.post(reverse("take_staff_from_group", args=[ours.group.pk]), {"user": ours.tia.pk})

    now = GroupStaff.objects.filter(group=ours.group, during__contains=world.DAY).values_list("user", flat=True)
    assert set(now) == {ours.osei.pk, ours.dee.pk}


def test_make_group_leads_to_it(ours, asked):
    answer = asked(ours.dee).post(reverse("groups"), {"school": ours.school.pk, "name": "Lego club"})

    assert answer.url == reverse("group", args=[ours.school.teaching_groups.get(name="Lego club").pk])


def test_groups_of_another_school_are_not_there(ours, asked):
    assert asked(ours.nia).get(reverse("group", args=[ours.group.pk])).status_code == 404
