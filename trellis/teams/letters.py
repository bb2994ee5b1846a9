"""The e-mails about accounts. They name adults and organisations, never a child."""

from django.urls import reverse

from trellis.design.in_words import full_date
from trellis.mail import actions as mail
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.teams.models import DAYS_OPEN, Handover, Invitation


def invite(invitation: Invitation, token: str) -> None:
    """The link stands in this message and nowhere else; it is forgotten once the message went."""
    until = f" until {full_date(invitation.last_day)}" if invitation.last_day else ""
    mail.write(
        to=invitation.email,
        subject=f"{invitation.organisation} invites you to Trellis",
        body=f"{invitation.sent_by} asks you to work in Trellis for {invitation.organisation}: "
        f"{invitation.roles_in_words}, from {full_date(invitation.since)}{until}. Trellis is the shared record of the "
        "support that children in care with special educational needs get.\n\n"
        f"Open the page below to begin. The link is for you alone and works for {DAYS_OPEN} days. If you do not know "
        "why this came, you need do nothing.",
        secret_path=reverse("open_invitation", args=[token]),
    )  # fmt: skip


def joined(invitation: Invitation, user: User) -> None:
    mail.write(
        to=invitation.sent_by,
        subject="Somebody you invited has joined Trellis",
        body=f"{user} took your invitation on: {invitation.roles_in_words} at {invitation.organisation}.",
        path=reverse("team_of", args=[invitation.organisation_id]),
    )


def roles_changed(user: User, organisation: Organisation, sentence: str) -> None:
    mail.write(
        to=user,
        subject=f"Your roles at {organisation} in Trellis",
        body=f"{sentence} If this is not right, ask whoever manages people at {organisation}.",
        path=reverse("my_week"),
    )


def cover_arranged(covered: User, stand_in: User, organisation: Organisation, roles: str, days: str) -> None:
    """To both: who is away must know who does their work."""
    mail.write(
        to=stand_in,
        subject=f"You stand in for a colleague at {organisation}",
        body=f"You stand in for {covered} at {organisation} {days}: {roles}. On these days you see what they see and "
        "may do what they may; what is to be done, and by when, stands in My week. It ends by itself.",
        path=reverse("my_week"),
    )  # fmt: skip
    mail.write(
        to=covered,
        subject=f"A colleague stands in for you at {organisation}",
        body=f"{stand_in} stands in for you at {organisation} {days}: {roles}. You keep your own access. It "
        "ends by itself.",
        path=reverse("my_week"),
    )


def cover_ended(covered: User, stand_in: User, organisation: Organisation) -> None:
    for to in (stand_in, covered):
        mail.write(
            to=to, subject=f"Standing in at {organisation} has ended",
            body=f"{stand_in} no longer stands in for {covered} at {organisation}.", path=reverse("my_week"),
        )  # fmt: skip


def handed_over(handover: Handover, went: int, stayed: int) -> None:
    """Once to each, whatever it was: no child, and nothing that describes one."""
    rest = f" {stayed} did not go; the receipt says why." if stayed else ""
    mail.write(
        to=handover.to_user,
        subject=f"Work was handed over to you at {handover.organisation}",
        body=f"{went} of what {handover.from_user} had is yours now. What is to be done stands in My week.",
        path=reverse("my_week"),
    )
    if handover.from_user_id != handover.asked_by_id:
        mail.write(
            to=handover.from_user,
            subject=f"Your work at {handover.organisation} was handed over",
            body=f"{went} of what you had is with {handover.to_user} now.",
        )
    mail.write(
        to=handover.asked_by,
        subject=f"Handed over at {handover.organisation}",
        body=f"{went} of what {handover.from_user} had is with {handover.to_user} now.{rest}",
        path=reverse("handover", args=[handover.pk]),
    )


def handover_planned(handover: Handover, things: int) -> None:
    for to, words in [
        (handover.to_user, f"{things} of what {handover.from_user} has will be yours on {full_date(handover.on)}."),
        (handover.from_user, f"{things} of what you have goes to {handover.to_user} on {full_date(handover.on)}."),
    ]:
        mail.write(to=to, subject=f"Work is to be handed over at {handover.organisation}", body=words)


def handover_withdrawn(handover: Handover) -> None:
    words = (
        f"What was to go from {handover.from_user} to {handover.to_user} on {full_date(handover.on)} stays as it is."
    )
    for to in (handover.to_user, handover.from_user):
        mail.write(to=to, subject=f"Nothing is handed over at {handover.organisation}", body=words)


def work_ended(user: User, organisation: Organisation, sentence: str) -> None:
    mail.write(to=user, subject=f"Your work in Trellis for {organisation} ends", body=sentence)
