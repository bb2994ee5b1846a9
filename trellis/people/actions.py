"""Giving and taking accounts and roles."""

from datetime import date, timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.periods import from_day, until
from trellis.conduct.refusals import Refused
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.mail import actions as mail
from trellis.organisations.models import Organisation
from trellis.people import slots
from trellis.people.models import Membership, User
from trellis.people.roles import Role


@transaction.atomic
def give_account(*, email: str, first_name: str, last_name: str, password: str | None = None) -> User:
    """Make an account for an address, or return the one there is."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email=email, password=password, first_name=first_name, last_name=last_name)
        history.record(user, None, f"An account was made for {user}.")
    return user


@transaction.atomic
def give_role(
    *, user: User, role: str, organisation: Organisation, by: Any, since: date | None = None,
    until_day: date | None = None, standing_in_for: User | None = None,
) -> Membership:  # fmt: skip
    """Make somebody what they are at an organisation, from a day, perhaps in a colleague's place for a while."""
    during = from_day(since or clock.today(), until_day)
    membership = Membership.objects.create(
        user=user, role=role, organisation=organisation, during=during, standing_in_for=standing_in_for
    )
    words = f"{user} became {Role(role).label} at {organisation}"
    if standing_in_for is not None:
        words += f", standing in for {standing_in_for}"
    if until_day is not None:
        words += f", until {full_date(until_day - timedelta(days=1))}"
    history.record(membership, by, f"{words}.", written_for=organisation)
    slots.roles_changed.follow(membership)
    return membership


@transaction.atomic
def end_role(membership_id: int, *, by: Any, on: date) -> Membership:
    """End a role; from that day on its access is gone."""
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    membership.during = until(membership.during, on)
    membership.save(update_fields=["during"])
    history.record(membership, by, f"{membership} ended.", written_for=membership.organisation)
    slots.roles_changed.follow(membership)
    return membership


@transaction.atomic
def link_sign_in(
    *, by: User, issuer_id: str, issuer_name: str, number: str, issuer: str, subject: str
) -> SocialAccount:
    """From now on a person may come by their organisation's sign-in. Once: another subject of the same organisation, or
    the same subject for another account, is refused."""
    User.objects.select_for_update().get(pk=by.pk)
    if SocialAccount.objects.filter(provider=issuer_id, uid=number).exclude(user=by).exists():
        raise Refused(f"This sign-in of {issuer_name} belongs to another account here. Ask who manages accounts.")
    if made := SocialAccount.objects.filter(provider=issuer_id, user=by).first():
        if made.uid == number:
            return made
        raise Refused(f"You already use another sign-in of {issuer_name}. Stop using that first.")
    link = SocialAccount.objects.create(
        user=by, provider=issuer_id, uid=number, extra_data={"issuer": issuer, "subject": subject}
    )
    history.record(by, by, f"{by} signs in with {issuer_name} from now on.")
    mail.write(
        to=by,
        subject="You can now sign in to Trellis with your organisation’s sign-in",
        body=f"From now on you can sign in to Trellis with {issuer_name}; your password works as before.\n\n"
        "If this was not you, change your password and tell whoever looks after Trellis in your organisation.",
        path=reverse("how_i_sign_in"),
    )
    return link


@transaction.atomic
def unlink_sign_in(user: User, *, issuer_id: str, issuer_name: str, by: User) -> None:
    """A person no longer comes by their organisation's sign-in; the password stays."""
    gone, _ = SocialAccount.objects.filter(user=user, provider=issuer_id).delete()
    if gone:
        history.record(user, by, f"{user} no longer signs in with {issuer_name}.")
