"""A caseload goes to a successor: all or some, today or on a later day, with a receipt."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from trellis.advice import actions as advice_actions
from trellis.advice.tests import world as advice
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.history.models import Entry, Look
from trellis.hours.models import Visit
from trellis.hours.tests import world as hours_world
from trellis.mail.models import Message
from trellis.outreach.tests import world as outreach_world
from trellis.people import actions as people
from trellis.people.models import User
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import GroupStaff, Level, Pupil
from trellis.pupils.tests import world
from trellis.teams import actions, actions_handover, queries, tasks
from trellis.teams.held import held_by

TODAY = world.DAY
LATER = TODAY + timedelta(days=7)


@pytest.fixture
def ours(db):
    with clock.at(TODAY):
        yield world.ours()


def fresh(user):
    return User.objects.get(pk=user.pk)


def account(name, role, organisation):
    user = people.give_account(email=f"{name.lower()}@ours.example", first_name=name, last_name="Ours")
    people.give_role(user=user, role=role, organisation=organisation, by=None, since=date(2026, 1, 1))
    return user


def hand_over(organisation, user, to, by, chosen=None, on=TODAY, **more):
    keys = chosen if chosen is not None else [one.key for one in held_by(organisation, user.pk)]
    return actions_handover.hand_over(
        organisation.pk, user.pk, by=by, key=more.get("key") or Key.fresh(by), seen=more.get("seen"), to=to,
        chosen=keys, on=on,
    )  # fmt: skip


def sols_caseload(ours, number=2):
    """Sol is named for Jordan and so many others."""
    authority = ours.virtual_school.authority
    for nth in range(number):
        pupil = pupils.register_pupil(
            by=None, legal_first_name=f"Robin{nth}", legal_last_name="Heath", date_of_birth=date(2017, 3, 3)
        )
        pupils.name_professional(
            pupil.pk, by=None, authority=authority, role="social worker", name="Sol", email="sol@ours.example",
            on=date(2026, 9, 1),
        )  # fmt: skip
    return authority, account("Sue", "social worker", authority)


def test_social_workers_children_go_with_a_row_in_each_history(ours):
    authority, sue = sols_caseload(ours)

    made = hand_over(authority, ours.sol, sue, ours.bea)

    assert made.state == "DONE"
    assert [line["went"] for line in made.receipt] == [True, True, True]
    assert Pupil.objects.visible_to(fresh(sue), Level.WHOLE).count() == 3
    assert not Pupil.objects.visible_to(fresh(ours.sol)).exists()
    assert Entry.objects.filter(sentence="Social worker: Sue Ours.", by=ours.bea).count() == 3
    assert access.differences(ours.jordan) == ([], [])


def test_handover_tells_each_once_and_names_no_child(ours):
    authority, sue = sols_caseload(ours)
    Message.objects.update(subject="")
    hand_over(authority, ours.sol, sue, ours.bea)

    written = list(Message.objects.exclude(subject=""))
    assert sorted(str(m.to) for m in written) == ["Bea Ours", "Sol Ours", "Sue Ours"]
    assert not any(name in m.body + m.subject for m in written for name in ("Jordan", "Robin", "Vale"))


def test_some_are_chosen_and_the_rest_stays(ours):
    authority, sue = sols_caseload(ours)
    first = held_by(authority, ours.sol.pk)[0]
    hand_over(authority, ours.sol, sue, ours.bea, chosen=[first.key])

    assert [one.pupil_id for one in held_by(authority, sue.pk)] == [first.pupil_id]
    assert len(held_by(authority, ours.sol.pk)) == 2


def test_classes_of_a_teaching_assistant_go(ours):
    tess = account("Tess", "teaching assistant", ours.school)
    hand_over(ours.school, ours.tia, tess, ours.hana)

    assert Pupil.objects.visible_to(fresh(tess), Level.CLASS).get() == ours.jordan
    assert not GroupStaff.objects.filter(user=ours.tia, during__contains=TODAY).exists()
    assert not Pupil.objects.visible_to(fresh(ours.tia)).exists()


def test_class_goes_to_who_is_there_already(ours):
    hand_over(ours.school, ours.tia, ours.osei, ours.hana)

    assert GroupStaff.objects.filter(group=ours.group, during__contains=TODAY).count() == 1


def test_requests_and_visits_of_a_specialist_go(ours):
    request = advice.accepted(ours)
    service = request.service
    tess, uma = account("Tess", "specialist", service), account("Uma", "specialist", service)
    advice_actions.pass_on_request(request.pk, by=ours.lee, seen=None, taken_by=tess)
    visit = hours_world.book(ours, hours_world.give_hours(ours))
    Visit.objects.filter(pk=visit.pk).update(specialist=tess)

    made = hand_over(service, tess, uma, ours.lee)

    request.refresh_from_db()
    visit.refresh_from_db()
    assert (request.taken_by, visit.specialist) == (uma, uma)
    assert {line["about"] for line in made.receipt} == {"Requests for advice", "Visits"}
    assert Message.objects.filter(to=uma).count() == 1


def test_outreach_goes(ours):
    case = outreach_world.accept(outreach_world.ask(ours), ours)
    pat = account("Pat", "outreach teacher", ours.virtual_school)
    hand_over(ours.virtual_school, case.taken_by, pat, ours.vic)

    case.refresh_from_db()
    assert case.taken_by == pat


def test_what_belongs_to_a_role_is_nobodys_by_name(ours):
    assert held_by(ours.school, ours.sam.pk) == []
    assert held_by(ours.virtual_school, ours.ada.pk) == []


def test_what_is_held_elsewhere_stays_there(ours):
    people.give_role(user=ours.sol, role="class teacher", organisation=ours.school, by=None)
    assert held_by(ours.school, ours.sol.pk) == []


@pytest.mark.parametrize("who", ["root", "sam", "ada", "sol", "lee"])
def test_only_those_who_manage_people_hand_over(ours, who):
    authority, sue = sols_caseload(ours, 0)
    with pytest.raises(NotPermitted):
        hand_over(authority, ours.sol, sue, ours.people[who])


def test_handover_that_cannot_be_is_refused(ours):
    authority, sue = sols_caseload(ours, 0)
    for more, sentence in [
        ({"to": ours.sol}, "Nobody hands over to themselves"),
        ({"to": ours.ed}, "has not, on that day, the role"),
        ({"to": ours.eve}, "has not, on that day, the role"),
        ({"chosen": ["named:999999"]}, "Choose at least one thing that is still theirs"),
        ({"on": TODAY - timedelta(days=1)}, "today or a later day"),
        ({"on": date(2028, 1, 1)}, "within the next year"),
    ]:
        with pytest.raises(Refused, match=sentence):
            hand_over(authority, ours.sol, **({"to": sue, "by": ours.bea} | more))


def test_handover_pressed_twice_is_one(ours):
    authority, sue = sols_caseload(ours, 0)
    key, keys = Key.fresh(ours.bea), [one.key for one in held_by(authority, ours.sol.pk)]

    made = [hand_over(authority, ours.sol, sue, ours.bea, chosen=keys, key=key) for _ in range(2)]

    assert made[0] == made[1]


def test_later_day_waits_and_is_carried_out_then(ours):
    authority, sue = sols_caseload(ours, 0)
    made = hand_over(authority, ours.sol, sue, ours.bea, on=LATER)
    assert tasks.hand_over_what_is_due(0) == 0
    assert not Pupil.objects.visible_to(fresh(sue)).exists()

    with clock.at(LATER):
        assert (tasks.hand_over_what_is_due(0), tasks.hand_over_what_is_due(0)) == (1, 0)
        assert Pupil.objects.visible_to(fresh(sue), Level.WHOLE).get() == ours.jordan
    made.refresh_from_db()
    assert made.state == "DONE"


def test_what_changed_hands_meanwhile_does_not_go(ours):
    authority, sue = sols_caseload(ours, 0)
    made = hand_over(authority, ours.sol, sue, ours.bea, on=LATER)
    pupils.name_professional(ours.jordan.pk, by=None, authority=authority, role="social worker", name="Somebody")
    with clock.at(LATER):
        tasks.hand_over_what_is_due(0)

    made.refresh_from_db()
    assert [line["why"] for line in made.receipt] == ["It ended or changed hands before the day."]


def test_successor_who_left_meanwhile_gets_nothing(ours):
    authority, sue = sols_caseload(ours, 0)
    made = hand_over(authority, ours.sol, sue, ours.bea, on=LATER)
    actions.end_work(authority.pk, sue.pk, by=ours.vic, seen=None, on=TODAY)
    with clock.at(LATER):
        tasks.hand_over_what_is_due(0)

    made.refresh_from_db()
    assert made.receipt[0]["went"] is False
    assert made.receipt[0]["why"].startswith("This colleague has not, on that day, the role")
    assert Pupil.objects.visible_to(fresh(ours.sol)).exists()


def test_withdrawn_handover_does_not_happen(ours):
    authority, sue = sols_caseload(ours, 0)
    made = hand_over(authority, ours.sol, sue, ours.bea, on=LATER)
    actions_handover.withdraw_handover(made.pk, by=ours.vic)
    with clock.at(LATER):
        assert tasks.hand_over_what_is_due(0) == 0
    assert Pupil.objects.visible_to(fresh(ours.sol)).exists()


def test_who_has_left_can_still_be_handed_over(ours):
    authority, sue = sols_caseload(ours)
    actions.end_work(authority.pk, ours.sol.pk, by=ours.bea, seen=None, on=TODAY)
    assert not Pupil.objects.visible_to(fresh(ours.sol)).exists()

    hand_over(authority, ours.sol, sue, ours.bea)

    assert Pupil.objects.visible_to(fresh(sue), Level.WHOLE).count() == 3


def test_two_at_once_hand_each_thing_over_once(own_database):
    with clock.at(TODAY):
        ours = world.ours()
        authority, sue = sols_caseload(ours)
        una = account("Una", "social worker", authority)
        keys = [one.key for one in held_by(authority, ours.sol.pk)]
    start, told = threading.Barrier(2), []

    def hands(by, to):
        try:
            with clock.at(TODAY):
                start.wait(timeout=10)
                hand_over(authority, ours.sol, to, by, chosen=keys)
                told.append("done")
        except (Refused, Conflict) as no:
            told.append(type(no).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=hands, args=pair) for pair in ((ours.bea, sue), (ours.vic, una))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(told) == ["Refused", "done"]
    with clock.at(TODAY):
        assert sorted([len(held_by(authority, sue.pk)), len(held_by(authority, una.pk))]) == [0, 3]


# --- pages -----------------------------------------------------------------------------------------------------------


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def sols_page(ours, name="hand_over"):
    return reverse(name, args=[ours.sol.memberships.get().pk])


def typed(page, **answers):
    form = page.context["form"]
    hidden = {field.html_name: field.value() or "" for field in form.hidden_fields()}
    return hidden | {"on_day": 2, "on_month": 11, "on_year": 2026} | answers


def test_hand_over_shows_what_goes_before_it_goes(ours):
    authority, sue = sols_caseload(ours)
    client, url = signed_in(ours.bea), sols_page(ours)
    keys = [one.key for one in held_by(authority, ours.sol.pk)]

    preview = client.post(url, typed(client.get(url), chosen=keys[:2], to=sue.pk))
    assertContains(preview, "<b>2</b> of 3 go to <b>Sue Ours</b>")
    assert len(held_by(authority, sue.pk)) == 0
    changed = client.post(url, typed(preview, chosen=keys, to=sue.pk))
    assertContains(changed, "<b>3</b> of 3 go to <b>Sue Ours</b>")
    done = client.post(url, typed(changed, chosen=keys, to=sue.pk), follow=True)

    assertContains(done, "Handed over to Sue Ours. Both are told by e-mail.")
    assertContains(done, "Did not go", count=0)
    assert len(held_by(authority, sue.pk)) == 3


def test_business_officer_reads_initials_and_the_head_reads_names(ours):
    sols_caseload(ours, 0)

    page = signed_in(ours.bea).get(sols_page(ours))
    assertContains(page, "JV: Social worker since 1 January 2025")
    assertNotContains(page, "Jordan")
    assertContains(signed_in(ours.vic).get(sols_page(ours)), "Jordan Vale: Social worker")
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]


def test_receipt_says_what_went_to_those_who_manage(ours):
    authority, sue = sols_caseload(ours)
    url = reverse("handover", args=[hand_over(authority, ours.sol, sue, ours.bea).pk])

    assertContains(signed_in(ours.vic).get(url), "Jordan Vale")
    assertNotContains(signed_in(ours.bea).get(url), "Jordan")
    assert signed_in(ours.root).get(url).status_code == 404
    assert signed_in(ours.hana).get(url).status_code == 404


def test_planned_handover_is_withdrawn_by_page(ours):
    authority, sue = sols_caseload(ours)
    made = hand_over(authority, ours.sol, sue, ours.bea, on=LATER)
    client, url = signed_in(ours.vic), reverse("withdraw_handover", args=[made.pk])

    assertContains(client.get(reverse("handover", args=[made.pk])), "Planned for 9 November 2026")
    page = client.get(url)
    hidden = {field.html_name: field.value() or "" for field in page.context["form"].hidden_fields()}
    assertRedirects(client.post(url, hidden), reverse("handover", args=[made.pk]))
    assertContains(client.get(url), "It is not planned any more")


def test_end_work_says_first_what_somebody_still_has(ours):
    sols_caseload(ours)

    page = signed_in(ours.bea).get(sols_page(ours, "end_work"))
    assertContains(page, "Children they are named for: 3")
    assertContains(page, sols_page(ours))
    administrator = signed_in(ours.root).get(sols_page(ours, "end_work"))
    assertContains(administrator, "Children they are named for: 3")
    assertNotContains(administrator, sols_page(ours))
    assert signed_in(ours.root).get(sols_page(ours)).status_code == 403


def test_hand_over_asks_the_same_number_of_questions_for_one_and_thirty(ours):
    client, url = signed_in(ours.vic), sols_page(ours)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    sols_caseload(ours, 29)
    with CaptureQueriesContext(connection) as thirty:
        client.get(url)

    assert len(one) == len(thirty)


def test_handover_is_kept_in_the_history_of_the_team(ours):
    authority, sue = sols_caseload(ours)
    hand_over(authority, ours.sol, sue, ours.bea)

    told = Entry.objects.filter(subject_kind="teams.handover").get()
    assert (told.sentence, told.by) == ("Handed 3 of Sol Ours over to Sue Ours.", ours.bea)
    assert queries.handovers_of(queries.colleague(authority, sue.pk)).count() == 1
