"""Drafts: autosave writes here, never to the thing itself."""

from typing import Any

from django.http import QueryDict

from trellis.conduct import clock
from trellis.conduct.models import Draft

NOT_KEPT = {"csrfmiddlewaretoken", "draft_form", "draft_about", "draft_version", "one_time_key"}


def reference(about: Any | None) -> str:
    """How a draft names the thing it is about: "cycles.cycle:17"."""
    return "" if about is None else f"{about._meta.label_lower}:{about.pk}"


def keep(user: Any, posted: QueryDict) -> Draft | None:
    """Keep what a form sent, when it says which form it is. The form names itself in hidden fields."""
    if not posted.get("draft_form"):
        return None
    typed = {name: values for name, values in posted.lists() if name not in NOT_KEPT and "password" not in name}
    version = posted.get("draft_version", "")
    draft, _ = Draft.objects.update_or_create(
        user=user,
        form=posted["draft_form"][:80],
        about=posted.get("draft_about", "")[:80],
        defaults={
            "fields": typed,
            "base_version": int(version) if version.isdecimal() and len(version) < 9 else None,
            "saved_at": clock.now(),
        },
    )
    return draft


def find(user: Any, form: str, about: Any | None) -> Draft | None:
    return Draft.objects.filter(user=user, form=form, about=reference(about)).first()


def throw_away(user: Any, form: str, about: Any | None) -> None:
    Draft.objects.filter(user=user, form=form, about=reference(about)).delete()
