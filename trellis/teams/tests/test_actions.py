import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.history.models import Entry
from trellis.mail import actions as mail_actions
from trellis.mail.models import Message
from trellis.people import actions as people
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import GroupStaff, Level, Pupil
from trellis.pupils.tests import world
from trellis.teams import actions, queries
from trellis.teams.models import Invitation
from trellis.teams.tests.world import invited, link_to

TODAY = world.DAY
PASSWORD = "three words beside each other"


@pytest.fixture
def ours(db):
    with clock.at(TODAY):
        yield world.ours()


def fresh(user):
    return User.objects.get(pk=user.pk)


def joins(invitation, first_name="Noor", last_name="Okoro"):
    return actions.join_as_new(invitation.pk, first_name=first_name, last_name=last_name, password=PASSWORD)


def seen(organisation, user):
    return queries.colleague(organisation, user.pk).version


def change(ours, user, roles, by=None, organisation=None, since=TODAY, **more):
    there = organisation or ours.school
    return actions.change_roles(
        there.pk, user.pk, by=by or ours.hana, seen=seen(there, user), roles=roles, since=since, **more
    )


def end(ours, user, by=None, organisation=None, on=TODAY):
    there = organisation or ours.school
    return actions.end_work(there.pk, user.pk, by=by or ours.hana, seen=seen(there, user), on=on)


# --- invite ----------------------------------------------------------------------------------------------------------


def test_invite_writes_one_mail_with_a_link_and_gives_nothing_yet(ours):
    invitation = invited(ours.school, ours.hana)

    message = Message.objects.get(address="new@ours.example")
    assert message.subject == "Larch Primary 990 invites you to Trellis"
    assert message.secret_path.startswith("/invited/")
    assert message.secret_path.split("/")[2] not in message.body
    assert not User.objects.filter(email="new@ours.example").exists()
    assert (
        Entry.objects.filter(subject_kind="teams.invitation").get().sentence == "Invited Noor Okoro as Class teacher."
    )
    assert invitation.is_open


def test_invite_forgets_the_link_once_it_went(ours, settings):
    settings.STAMP = "live"
    invited(ours.school, ours.hana)
    message = Message.objects.get(address="new@ours.example")

    mail_actions.send(message.pk)

    message.refresh_from_db()
    assert message.secret_path == ""


def test_invite_pressed_twice_is_one_invitation(ours):
    key = Key.fresh(ours.hana)
    what = {"first_name": "Noor", "last_name": "", "email": "n@ours.example", "roles": ["senco"], "since": TODAY}

    made = [actions.invite(ours.school.pk, by=ours.hana, key=key, **what) for _ in range(2)]

    assert made[0] == made[1]
    assert Message.objects.filter(address="n@ours.example").count() == 1


def test_invite_keeps_one_address_however_it_is_written(ours):
    assert invited(ours.school, ours.hana, email=" Noor.Okoro+SEN@Ours.Example ").email == "noor.okoro+sen@ours.example"

    with pytest.raises(Refused, match=r"Noor Okoro was invited on 2 November 2026 by Hana Ours. Send that invitation"):
        invited(ours.school, ours.sam, email="noor.okoro+sen@OURS.example")


def test_invite_refuses_who_works_here_already(ours):
    with pytest.raises(Refused, match="works here already"):
        invited(ours.school, ours.hana, email="TIA@ours.example")


@pytest.mark.parametrize(
    "roles, sentence",
    [
        (["virtual school head"], "no role reaches further than the organisation"),
        (["senco", "social worker"], "no role reaches further than the organisation"),
        (["system administrator"], "no role reaches further than the organisation"),
        ([], "Choose at least one role"),
    ],
)
def test_invite_refuses_roles_beyond_the_organisation(ours, roles, sentence):
    with pytest.raises(Refused, match=sentence):
        invited(ours.school, ours.hana, roles=roles)


@pytest.mark.parametrize("who", ["dee", "tia", "nia", "bea", "vic", "lee", "sol"])
def test_invite_is_for_those_who_keep_the_team(ours, who):
    with pytest.raises(NotPermitted):
        invited(ours.school, ours.people[who])


def test_invite_as_head_is_for_the_head(ours):
    with pytest.raises(NotPermitted, match="Headteacher is given and taken by somebody who has it"):
        invited(ours.school, ours.sam, roles=["headteacher"])

    assert invited(ours.school, ours.hana, roles=["headteacher"]).roles == ["headteacher"]


@pytest.mark.parametrize(
    "since, until, sentence",
    [
        (TODAY - timedelta(days=1), None, "today or a later day"),
        (date(2028, 1, 1), None, "within the next year"),
        (TODAY, TODAY, "last day is before the first"),
    ],
)
def test_invite_refuses_days_that_cannot_be(ours, since, until, sentence):
    with pytest.raises(Refused, match=sentence):
        invited(ours.school, ours.hana, since=since, until_day=until)


def test_invite_again_makes_the_first_link_worthless(ours):
    invitation = invited(ours.school, ours.hana)
    first = invitation.token_hash
    with clock.at(TODAY + timedelta(days=20)):
        invitation.refresh_from_db()
        assert not invitation.is_open
        again = actions.invite_again(invitation.pk, by=ours.sam, seen=invitation.version)

        assert again.is_open
        assert again.token_hash != first
        assert Message.objects.filter(address=invitation.email).count() == 2


def test_withdrawn_invitation_is_not_taken_on(ours):
    invitation = invited(ours.school, ours.hana)
    actions.withdraw_invitation(invitation.pk, by=ours.sam)

    with pytest.raises(actions.InvitationHasRunOut):
        joins(invitation)
    with pytest.raises(Refused, match="This invitation is withdrawn"):
        actions.invite_again(invitation.pk, by=ours.sam)


def test_invitation_taken_on_meanwhile_is_not_withdrawn(ours):
    invitation = invited(ours.school, ours.hana)
    joins(invitation)

    with pytest.raises(Conflict):
        actions.withdraw_invitation(invitation.pk, by=ours.sam, seen=invitation.version)


# --- join ------------------------------------------------------------------------------------------------------------


def test_join_as_new_makes_account_and_roles_and_tells_who_invited(ours):
    invitation = invited(ours.school, ours.hana, roles=["senco", "designated teacher"])

    user = joins(invitation)

    assert user.check_password(PASSWORD)
    assert user.role_in_words == "SENCO and Designated teacher, Larch Primary 990"
    assert Pupil.objects.visible_to(fresh(user)).get() == ours.jordan
    assert Message.objects.latest("pk").to == ours.hana
    assert Entry.objects.filter(subject_kind="teams.invitation").latest("pk").by == user


def test_join_with_one_name(ours):
    user = joins(invited(ours.school, ours.hana, first_name="Ngozi", last_name=""), "Ngozi", "")

    assert str(user) == "Ngozi"


def test_join_late_is_refused(ours):
    invitation = invited(ours.school, ours.hana)
    with clock.at(TODAY + timedelta(days=14)), pytest.raises(actions.InvitationHasRunOut):
        joins(invitation)


def test_join_after_the_role_would_have_ended_is_refused(ours):
    invitation = invited(ours.school, ours.hana, until_day=TODAY + timedelta(days=2))
    with clock.at(TODAY + timedelta(days=5)), pytest.raises(Refused, match="is over"):
        joins(invitation)


def test_join_gives_the_role_from_its_day_and_until_its_end(ours):
    invitation = invited(ours.school, ours.hana, roles=["senco"], since=date(2026, 11, 9), until_day=date(2026, 11, 16))
    user = joins(invitation)

    assert fresh(user).roles == frozenset()
    with clock.at(date(2026, 11, 15)):
        assert fresh(user).roles == {"senco"}
    with clock.at(date(2026, 11, 16)):
        assert fresh(user).roles == frozenset()


def test_join_with_an_account_adds_a_role_and_tells_the_manager_nothing_more(ours):
    """Nia is SENCO elsewhere: Hana sees an invitation that waits, as for anybody."""
    invitation = invited(ours.school, ours.hana, email="Nia@ours.example", first_name="N", last_name="P")
    assert str(queries.invitations_to(ours.school)[0].name) == "N P"

    actions.join(invitation.pk, by=ours.nia)

    nia = fresh(ours.nia)
    assert nia.organisation_ids == {ours.school.pk, ours.next_school.pk}
    assert [post.role for post in queries.colleague(ours.school, nia.pk).posts] == ["Class teacher"]
    assert nia.get_full_name() == "Nia Ours"
    with pytest.raises(Refused, match="account with this address already"):
        invitation = invited(ours.services["EPS"], ours.vic, email="nia@ours.example", roles=["specialist"])
        joins(invitation)


def test_join_is_for_the_address_it_went_to(ours):
    invitation = invited(ours.school, ours.hana, email="nia@ours.example")
    with pytest.raises(Refused, match="another address"):
        actions.join(invitation.pk, by=ours.eve)


def test_join_as_officer_opens_the_children_one_is_named_for(ours):
    authority = ours.virtual_school.authority
    pupils.name_professional(
        ours.jordan.pk, by=None, authority=authority, role="iro", name="Iris", email="Iris@ours.example"
    )
    user = joins(invited(authority, ours.bea, email="iris@ours.example", roles=["iro"]), "Iris", "Novak")

    assert Pupil.objects.visible_to(fresh(user), Level.WHOLE).get() == ours.jordan
    assert access.differences(ours.jordan) == ([], [])


def test_join_as_something_else_opens_no_child_one_is_named_for(ours):
    """A headteacher who invites a social worker's address gives them a class, not the child."""
    pupils.name_professional(
        ours.jordan.pk,
        by=None,
        authority=ours.virtual_school.authority,
        role="iro",
        name="Iris",
        email="iris@ours.example",
    )
    user = joins(invited(ours.next_school, ours.nia, email="iris@ours.example"), "Iris", "Novak")

    assert not Pupil.objects.visible_to(fresh(user), Level.WHOLE).exists()


# --- change and end --------------------------------------------------------------------------------------------------


def test_change_roles_from_a_day_on(ours):
    change(ours, ours.osei, ["class teacher", "senco"], since=date(2026, 11, 9))

    assert fresh(ours.osei).roles == {"class teacher"}
    with clock.at(date(2026, 11, 9)):
        assert fresh(ours.osei).roles == {"class teacher", "senco"}
    assert Message.objects.latest("pk").to == ours.osei
    assert "Jordan" not in Message.objects.latest("pk").body


def test_change_takes_a_role_and_what_it_opened(ours):
    change(ours, ours.dee, ["class teacher"])

    assert fresh(ours.dee).roles == {"class teacher"}
    assert not Pupil.objects.visible_to(fresh(ours.dee)).exists()


def test_change_leaves_a_role_that_is_kept_as_it_is(ours):
    before = ours.osei.memberships.get().pk
    change(ours, ours.osei, ["class teacher", "designated teacher"])

    assert before in set(fresh(ours.osei).memberships.on(TODAY).values_list("pk", flat=True))


def test_nobody_changes_their_own_roles_nor_ends_their_own_work(ours):
    with pytest.raises(Refused, match="Nobody changes their own roles"):
        change(ours, ours.sam, ["senco", "designated teacher"], by=ours.sam)
    with pytest.raises(Refused, match="Nobody changes their own roles"):
        end(ours, ours.hana)


def test_last_who_manages_stays(ours):
    end(ours, ours.sam)

    with pytest.raises(NotPermitted):
        end(ours, ours.hana, by=ours.dee)
    with pytest.raises(Refused, match="Nobody else here may add and remove people"):
        end(ours, ours.hana, by=ours.root)
    with pytest.raises(Refused, match="Nobody else here may add and remove people"):
        change(ours, ours.hana, ["class teacher"], by=ours.root)


def test_who_manages_only_until_a_day_does_not_count(ours):
    change(ours, ours.dee, ["designated teacher", "senco"], until_day=date(2026, 12, 1))
    end(ours, ours.sam)

    with pytest.raises(Refused, match="Nobody else here may add and remove people"):
        end(ours, ours.hana, by=ours.root)


def test_service_lead_may_go_since_the_virtual_school_keeps_its_accounts(ours):
    end(ours, ours.lee, by=ours.bea, organisation=ours.services["SEMHL"])

    assert fresh(ours.lee).roles == frozenset()


def test_end_closes_everything_at_once(ours):
    end(ours, ours.tia)

    assert fresh(ours.tia).roles == frozenset()
    assert not Pupil.objects.visible_to(fresh(ours.tia)).exists()
    assert not GroupStaff.objects.filter(user=ours.tia, during__contains=TODAY).exists()
    assert Message.objects.latest("pk").to == ours.tia
    assert access.differences(ours.jordan) == ([], [])


def test_end_after_a_last_day_changes_nothing_until_then(ours):
    end(ours, ours.tia, on=date(2026, 11, 9))

    assert Pupil.objects.visible_to(fresh(ours.tia)).exists()
    with clock.at(date(2026, 11, 9)):
        assert not Pupil.objects.visible_to(fresh(ours.tia)).exists()


def test_end_of_a_named_officer_closes_the_child_and_leaves_the_name(ours):
    end(ours, ours.sol, by=ours.bea, organisation=ours.virtual_school.authority)

    assert not Pupil.objects.visible_to(fresh(ours.sol)).exists()
    assert ours.jordan.professionals.filter(user=ours.sol, during__contains=TODAY).exists()
    assert access.differences(ours.jordan) == ([], [])


def test_end_at_one_place_leaves_the_other(ours):
    people.give_role(user=ours.eve, role=Role.SENCO, organisation=ours.next_school, by=None)
    end(ours, ours.eve, by=ours.nia, organisation=ours.next_school)

    assert fresh(ours.eve).roles == {"specialist"}


def test_end_twice_says_so(ours):
    end(ours, ours.tia)
    with pytest.raises(Refused, match="does not work here any more"):
        end(ours, ours.tia)


def test_end_of_a_planned_role_gives_it_up(ours):
    change(ours, ours.osei, ["class teacher", "senco"], since=date(2026, 11, 9))
    end(ours, ours.osei)

    with clock.at(date(2026, 11, 10)):
        assert fresh(ours.osei).roles == frozenset()


def test_end_in_the_past_is_refused(ours):
    with pytest.raises(Refused, match="today or a later day"):
        end(ours, ours.tia, on=date(2026, 10, 1))


def test_two_managers_one_after_the_other_the_second_reads_first(ours):
    was = seen(ours.school, ours.tia)
    change(ours, ours.tia, ["class teacher"])

    with pytest.raises(Conflict):
        actions.end_work(ours.school.pk, ours.tia.pk, by=ours.sam, seen=was, on=TODAY)


def at_once(*doings):
    """What each of these came to, done at the same moment."""
    start, told = threading.Barrier(len(doings)), []

    def does(doing):
        try:
            with clock.at(TODAY):
                start.wait(timeout=10)
                doing()
                told.append("done")
        except (Refused, Conflict) as no:
            told.append(type(no).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=does, args=[doing]) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(told)


def test_somebody_invited_twice_at_once_has_one_invitation(own_database):
    with clock.at(TODAY):
        ours = world.ours()

    told = at_once(*(lambda by=by: invited(ours.school, by) for by in (ours.hana, ours.sam)))

    assert told == ["Refused", "done"]
    assert Invitation.objects.count() == 1


def test_two_invitations_of_one_address_taken_on_at_once_make_one_account(own_database):
    with clock.at(TODAY):
        ours = world.ours()
        both = [invited(ours.school, ours.hana), invited(ours.next_school, ours.nia)]

    told = at_once(*(lambda one=one: joins(one) for one in both))

    assert told == ["Refused", "done"]
    assert User.objects.filter(email="new@ours.example").count() == 1


def test_two_who_end_each_other_at_once_leave_one_who_manages(own_database):
    with clock.at(TODAY):
        ours = world.ours()
        change(ours, ours.dee, ["headteacher"])

    told = at_once(
        lambda: end(ours, ours.hana, by=ours.root), lambda: end(ours, ours.dee, by=ours.root),
        lambda: end(ours, ours.sam, by=ours.root),
    )  # fmt: skip

    assert told == ["Refused", "done", "done"]


def test_link_in_the_mail_is_the_newest(ours):
    invitation = invited(ours.school, ours.hana)
    first = link_to(invitation)
    actions.invite_again(invitation.pk, by=ours.hana)

    assert link_to(invitation) != first
