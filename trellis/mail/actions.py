"""Writing and sending e-mail."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.models import Stamp
from trellis.mail.models import Message


@transaction.atomic
def write(
    *, to: Any, subject: str, body: str, path: str = "", secret_path: str = "", pupil_id: int | None = None
) -> Message:
    """Write an e-mail to a user or an address and queue it, all in the caller's transaction.

    ``secret_path`` is a link that is a key by itself: it is forgotten as soon as the message went, except in a
    demonstration or a test, where people read their mail here.
    """
    from trellis.mail.tasks import send_message

    message = Message.objects.create(
        to=to if hasattr(to, "pk") else None,
        address=to.email if hasattr(to, "email") else to,
        subject=subject,
        body=body,
        path=path,
        secret_path=secret_path,
        pupil_id=pupil_id,
        written_at=clock.now(),
    )
    send_message.defer(message_id=message.pk)
    return message


@transaction.atomic
def send(message_id: int) -> None:
    """Send a message once. Called again after it went, does nothing."""
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.sent_at is not None:
        return
    link = f"\n\n{settings.SITE_URL}{message.leads_to}" if message.leads_to else ""
    EmailMessage(message.subject, message.body + link, to=[message.address]).send()
    message.sent_at, message.attempts = clock.now(), message.attempts + 1
    if settings.STAMP == "live" or not Stamp.objects.filter(kind__in=["demo", "test"]).exists():
        message.secret_path = ""
    message.save(update_fields=["sent_at", "attempts", "secret_path"])
