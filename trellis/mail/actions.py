"""Writing and sending e-mail."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from trellis.conduct import clock
from trellis.mail.models import Message


@transaction.atomic
def write(*, to: Any, subject: str, body: str, path: str = "", pupil_id: int | None = None) -> Message:
    """Write an e-mail to a user or an address and queue it, all in the caller's transaction."""
    from trellis.mail.tasks import send_message

    message = Message.objects.create(
        to=to if hasattr(to, "pk") else None,
        address=to.email if hasattr(to, "email") else to,
        subject=subject,
        body=body,
        path=path,
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
    link = f"\n\n{settings.SITE_URL}{message.path}" if message.path else ""
    EmailMessage(message.subject, message.body + link, to=[message.address]).send()
    message.sent_at, message.attempts = clock.now(), message.attempts + 1
    message.save(update_fields=["sent_at", "attempts"])
