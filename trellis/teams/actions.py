"""Inviting people, changing what they are, and ending their work. The organisation is locked first, so that two who
manage the same people at once come one after the other."""

import secrets
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.links.models import hash_of
from trellis.organisations.models import Organisation
from trellis.people import actions as people
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.pupils import actions as pupils
from trellis.teams import letters, permissions, queries, rules
from trellis.teams.models import DAYS_OPEN, Invitation
from trellis.teams.queries import Colleague


class InvitationHasRunOut(Exception):
    """It was taken on, withdrawn or has expired since its page was opened. Answered with the one page there is."""


def lock_team(organisation_id: int) -> Organisation:
    """One at a time keeps an organisation's people. Not so strongly that rows written for it must wait."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


# --- invite ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    organisation_id: int, *, by: User, key: Key, first_name: str, last_name: str, email: str, roles: Collection[str],
    since: date, until_day: date | None = None,
) -> Invitation:  # fmt: skip
    """Ask somebody to work here. Nobody learns whether Trellis knows the address already: the same e-mail goes out, and
    whoever has an account takes the role on with it."""
    organisation = lock_team(organisation_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_give_roles(by, organisation, set(roles)))
    _check_roles(organisation, roles, since, until_day)
    email = email.strip().lower()
    check(rules.role_begins_today_or_later(since, clock.today()))
    if queries.people_of(organisation).filter(email__iexact=email).exists():
        raise Refused(
            "Somebody with this address works here already. Change their roles on their own page.", field="email"
        )
    if waiting := Invitation.objects.waiting().filter(organisation=organisation, email=email).first():
        raise Refused(
            f"{waiting.name} was invited on {full_date(waiting.sent_at)} by {waiting.sent_by}. Send that invitation "
            "again, or withdraw it first.",
            field="email",
        )
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organisation=organisation, first_name=first_name, last_name=last_name, email=email,
        roles=[role for role in Role if role in roles], since=since, until_day=until_day, token_hash=hash_of(token),
        sent_at=clock.now(), sent_by=by, expires_at=clock.now() + timedelta(days=DAYS_OPEN),
    )  # fmt: skip
    key.made(invitation)
    _told(invitation, by, f"Invited {invitation.name} as {invitation.roles_in_words}.")
    letters.invite(invitation, token)
    return invitation


@transaction.atomic
def invite_again(invitation_id: int, *, by: User, seen: int | None = None) -> Invitation:
    """Send a new link; the one before works no more."""
    invitation = _locked(invitation_id)
    unchanged(invitation, seen)
    require(permissions.can_give_roles(by, invitation.organisation, set(invitation.roles)))
    token = secrets.token_urlsafe(32)
    rules.INVITATION.move(
        "sent again", invitation, token_hash=hash_of(token), sent_at=clock.now(), sent_by=by,
        expires_at=clock.now() + timedelta(days=DAYS_OPEN),
    )  # fmt: skip
    _told(invitation, by, f"Invited {invitation.name} again.")
    letters.invite(invitation, token)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation_id: int, *, by: User, seen: int | None = None) -> Invitation:
    """The link works no more. Withdrawn already, it stays so."""
    invitation = _locked(invitation_id)
    require(permissions.can_keep_team(by, invitation.organisation))
    if invitation.state == "WITHDRAWN":
        return invitation
    unchanged(invitation, seen)
    rules.INVITATION.move("withdrawn", invitation, ended_at=clock.now())
    _told(invitation, by, f"Withdrew the invitation of {invitation.name}.")
    return invitation


@transaction.atomic
def join_as_new(invitation_id: int, *, first_name: str, last_name: str, password: str) -> User:
    """Take the invitation on with a new account."""
    invitation = _open(invitation_id)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise Refused("There is an account with this address already. Sign in with it, then take the role on.")
    try:
        with transaction.atomic():
            user = people.give_account(
                email=invitation.email, first_name=first_name, last_name=last_name, password=password
            )
    except IntegrityError as error:  # two invitations of one person, taken on at the same moment
        raise Refused("There is an account with this address already. Sign in with it.") from error
    return _join(invitation, user)


@transaction.atomic
def join(invitation_id: int, *, by: User) -> User:
    """Take the invitation on with the account one has."""
    invitation = _open(invitation_id)
    if by.email.lower() != invitation.email:
        raise Refused("This invitation was sent to another address.")
    return _join(invitation, by)


def _join(invitation: Invitation, user: User) -> User:
    today = clock.today()
    since = max(invitation.since, today)
    if invitation.until_day is not None and invitation.until_day <= since:
        raise Refused("The time for which you were invited is over. Ask whoever invited you for a new invitation.")
    rules.INVITATION.move("taken on", invitation, ended_at=clock.now(), accepted_by=user)
    held = {m.role for m in user.memberships.on(since).filter(organisation=invitation.organisation)}
    for role in invitation.roles:
        if role not in held:
            people.give_role(
                user=user, role=role, organisation=invitation.organisation, by=invitation.sent_by, since=since,
                until_day=invitation.until_day,
            )  # fmt: skip
    pupils.know_the_account(user)
    history.record(
        invitation, user, f"{user} took the invitation on: {invitation.roles_in_words}.",
        written_for=invitation.organisation,
    )  # fmt: skip
    letters.joined(invitation, user)
    user.__dict__.pop("memberships_today", None)
    return user


# --- cover -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def arrange_cover(
    organisation_id: int, covered_id: int, *, by: User, key: Key, stand_in: User, since: date, until_day: date
) -> Membership:
    """For a period a colleague sees and may do what somebody here may, in each of their roles; it ends by itself. Both
    are told."""
    organisation = lock_team(organisation_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    covered = queries.colleague(organisation, covered_id)
    posts = [post for post in covered.own_posts if post.membership.during.lower <= since]
    require(permissions.can_give_roles(by, organisation, covered.roles))
    check(
        rules.role_begins_today_or_later(since, clock.today()),
        rules.role_begins_within_a_year(since, clock.today()),
        rules.role_ends_after_it_begins(since, until_day),
        rules.cover_lasts_a_year_at_most(since, until_day),
        rules.stand_in_is_somebody_else(covered_id, stand_in.pk),
        rules.nobody_makes_themselves_stand_in(by.pk, stand_in.pk),
    )
    if not posts:
        raise Refused(f"{covered} has no role here on that day.", field="since")
    if not queries.stand_ins_for(covered, by).filter(pk=stand_in.pk).exists():
        raise Refused("Choose somebody who works here.", field="stand_in")
    check(
        *(rules.cover_is_within_the_role(until_day, post.membership.during.upper) for post in posts),
        rules.stand_in_does_not_do_so_already(
            queries.days_shared(organisation, covered_id, stand_in, since, until_day)
        ),
    )
    given = [
        people.give_role(
            user=stand_in, role=post.membership.role, organisation=organisation, by=by, since=since,
            until_day=until_day, standing_in_for=covered.user,
        )
        for post in posts
    ]  # fmt: skip
    key.made(given[0])
    days = f"from {full_date(since)} until {full_date(until_day - timedelta(days=1))}"
    letters.cover_arranged(covered.user, stand_in, organisation, " and ".join(post.role for post in posts), days)
    return given[0]


@transaction.atomic
def end_cover(cover_id: int, *, by: User) -> Membership:
    """A colleague no longer stands in, from now on. Ended already, it stays so."""
    cover = Membership.objects.select_related("user", "standing_in_for", "organisation").get(pk=cover_id)
    organisation = lock_team(cover.organisation_id)
    covered = cover.standing_in_for
    assert covered is not None
    check(rules.nobody_changes_their_own(by.pk, cover.user_id))
    require(permissions.can_give_roles(by, organisation, {cover.role}))
    same = Membership.objects.filter(
        user=cover.user_id, standing_in_for=covered, organisation=organisation, during=cover.during
    )
    today = clock.today()
    for one in same.order_by("pk"):
        if one.during.isempty or (one.during.upper is not None and one.during.upper <= today):
            return cover
        people.end_role(one.pk, by=by, on=today)
    letters.cover_ended(covered, cover.user, organisation)
    return cover


# --- change and end --------------------------------------------------------------------------------------------------


@transaction.atomic
def change_roles(
    organisation_id: int, user_id: int, *, by: User, seen: int | None, roles: Collection[str], since: date,
    until_day: date | None = None,
) -> Colleague:  # fmt: skip
    """What somebody is here from a day on. A role they keep stays as it is; one in which they stand in for a colleague
    is not touched."""
    organisation = lock_team(organisation_id)
    colleague = queries.colleague(organisation, user_id)
    unchanged(colleague, seen)
    _check_roles(organisation, roles, since, until_day)
    given, taken = set(roles) - colleague.roles, colleague.roles - set(roles)
    _may_change(by, colleague, given | taken)
    check(rules.role_begins_today_or_later(since, clock.today()))
    if taken & permissions.MANAGING_ROLES and not set(roles) & permissions.MANAGERS[organisation.kind]:  # type: ignore[index]
        check(rules.somebody_still_manages(queries.other_managers(organisation, user_id, since)))
    for post in colleague.own_posts:
        if post.membership.role in taken:
            people.end_role(post.membership.pk, by=by, on=since)
    for role in (role for role in Role if role in given):
        people.give_role(
            user=colleague.user, role=role, organisation=organisation, by=by, since=since, until_day=until_day
        )
    _end_covers_beyond(organisation, colleague.user, by=by)
    if given or taken:
        words = " and ".join(Role(role).label for role in Role if role in roles)
        letters.roles_changed(
            colleague.user, organisation, f"From {full_date(since)} you are {words} at {organisation}."
        )
    colleague.refresh_from_db()
    return colleague


@transaction.atomic
def end_work(organisation_id: int, user_id: int, *, by: User, seen: int | None, on: date) -> Colleague:
    """Somebody no longer works here, from a day on; from today on, at once. Their roles end, whoever stands in for them
    stops, and their classes and groups are taken from them. Where they are named, they stay named until it is handed
    over; it opens nothing to them any more."""
    organisation = lock_team(organisation_id)
    colleague = queries.colleague(organisation, user_id)
    unchanged(colleague, seen)
    if not colleague.works_here:
        raise Refused(f"{colleague} does not work here any more.")
    _may_change(by, colleague, colleague.roles)
    check(
        rules.role_begins_today_or_later(on, clock.today()),
        rules.role_begins_within_a_year(on, clock.today()),
    )
    if colleague.roles & permissions.MANAGERS[organisation.kind]:  # type: ignore[index]
        check(rules.somebody_still_manages(queries.other_managers(organisation, user_id, on)))
    for post in colleague.posts:
        if post.last_day is None or post.last_day >= on:
            people.end_role(post.membership.pk, by=by, on=on)
    _end_covers_beyond(organisation, colleague.user, by=by)
    pupils.leave_groups(user=colleague.user, school_id=organisation.pk, by=by, on=on)
    said = "From now on" if on == clock.today() else f"From {full_date(on)}"
    letters.work_ended(colleague.user, organisation, f"{said} you have no role at {organisation} in Trellis.")
    colleague.refresh_from_db()
    return colleague


def _may_change(by: User, colleague: Colleague, roles: set[str]) -> None:
    check(rules.nobody_changes_their_own(by.pk, colleague.user_id))
    require(permissions.can_give_roles(by, colleague.organisation, roles))


def _end_covers_beyond(organisation: Organisation, covered: User, *, by: User) -> None:
    """Nobody stands in for a role that has ended."""
    for membership, on in queries.covers_beyond(organisation, covered):
        people.end_role(membership.pk, by=by, on=on)


def _check_roles(organisation: Organisation, roles: Collection[str], since: date, until_day: date | None) -> None:
    check(
        rules.somebody_has_a_role(roles),
        rules.roles_belong_to_the_organisation(roles, organisation.kind),
        rules.role_begins_within_a_year(since, clock.today()),
        rules.role_ends_after_it_begins(since, until_day),
    )


def _told(invitation: Invitation, by: Any, sentence: str) -> None:
    history.record(invitation, by, sentence, written_for=invitation.organisation)


def _locked(invitation_id: int) -> Invitation:
    organisation_id = Invitation.objects.values_list("organisation_id", flat=True).get(pk=invitation_id)
    lock_team(organisation_id)
    return lock(Invitation, invitation_id)


def _open(invitation_id: int) -> Invitation:
    invitation = _locked(invitation_id)
    if not invitation.is_open:
        raise InvitationHasRunOut
    return invitation
