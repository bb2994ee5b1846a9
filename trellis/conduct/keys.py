"""One-time keys: a form sent twice makes one thing."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.models import OneTimeKey
from trellis.conduct.refusals import KeyUsedForOther


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content, whatever the order of its fields."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


@dataclass
class Key:
    """The key of one form as one person sent it."""

    value: uuid.UUID
    user_id: int
    content: str

    @classmethod
    def fresh(cls, user: Any) -> "Key":
        """A key nobody has used, for actions called outside a form."""
        value = uuid.uuid4()
        return cls(value, user.pk, value.hex)

    def made_before(self) -> Any | None:
        """What this key made already, or None. Waits for the same key in another transaction.

        Raises KeyUsedForOther when the same form comes with other content.
        """
        self._wait_for_a_twin()
        used = OneTimeKey.objects.filter(key=self.value, user_id=self.user_id).first()
        if used is None:
            return None
        made = apps.get_model(used.made_kind)._default_manager.filter(pk=used.made_id).first()
        if made is not None and used.content != self.content:
            raise KeyUsedForOther(made)
        return made

    def made(self, thing: Any) -> None:
        """Remember what the key made, in the same transaction."""
        OneTimeKey.objects.create(
            key=self.value,
            user_id=self.user_id,
            content=self.content,
            made_kind=thing._meta.label,
            made_id=thing.pk,
            used_at=clock.now(),
        )

    def _wait_for_a_twin(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [self.value.int % 2**62])
