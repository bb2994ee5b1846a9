"""Sending, opening, using up and taking back personal links.

These are parts of an asking folder's actions, which write the history row: "Asked Cara for her view"."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.design.in_words import long_date
from trellis.links import purposes
from trellis.links.models import PersonalLink, hash_of
from trellis.mail import actions as mail


class LinkHasRunOut(Exception):
    """The link was used, taken back or has expired since its page was opened. Answered with the one page there is."""


@transaction.atomic
def issue(
    *, purpose: str, subject: Any, pupil_id: int, name: str, email: str, days: int, by: Any, mail_subject: str,
    mail_body: str,
) -> PersonalLink:  # fmt: skip
    """Send somebody a link that answers one question once. The token stands in the e-mail and nowhere else."""
    purposes.named(purpose)  # a purpose nobody answers for is a mistake of ours, found before it is sent
    if not email:
        raise Refused(f"There is no e-mail address for {name}. Add one, or ask in person.", field="email")
    token, last_day = secrets.token_urlsafe(32), clock.today() + timedelta(days=days)
    link = PersonalLink.objects.create(
        purpose=purpose, subject_kind=subject._meta.label_lower, subject_id=subject.pk, pupil_id=pupil_id, name=name,
        email=email, token_hash=hash_of(token), issued_at=clock.now(), issued_by=by, expires_at=_end_of(last_day),
    )  # fmt: skip
    until = f"The link is for you alone. It works once, until {long_date(last_day, clock.today())}."
    mail.write(
        to=email, subject=mail_subject, body=f"{mail_body}\n\n{until}", pupil_id=pupil_id,
        secret_path=reverse("open_link", args=[token]),
    )  # fmt: skip
    return link


@transaction.atomic
def note_opening(link_id: int) -> None:
    """Remember when the link was first opened. Opening uses nothing up: mail scanners open links too."""
    PersonalLink.objects.filter(pk=link_id, opened_at=None).update(opened_at=clock.now())


@transaction.atomic
def use_up(link_id: int) -> PersonalLink:
    """The answer came: the link is spent. Raises LinkHasRunOut when it was spent, taken back or late, so that the
    action that called this writes nothing."""
    link = PersonalLink.objects.select_for_update().get(pk=link_id)
    if not link.is_open:
        raise LinkHasRunOut
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    return link


@transaction.atomic
def revoke(link_id: int, *, by: Any) -> PersonalLink:
    """Take a link back. One that was used or taken back before stays as it is."""
    link = PersonalLink.objects.select_for_update().get(pk=link_id)
    if link.used_at is None and link.revoked_at is None:
        link.revoked_at, link.revoked_by = clock.now(), by
        link.save(update_fields=["revoked_at", "revoked_by"])
    return link


def _end_of(day: date) -> datetime:
    """Midnight after the day, in England: "until Monday" holds all of Monday."""
    return datetime.combine(day + timedelta(days=1), time(), clock.LONDON)
