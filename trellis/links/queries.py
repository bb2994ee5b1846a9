"""Personal links as the asking folder's pages show them."""

from typing import Any

from trellis.links.models import PersonalLink


def links_of(subject: Any) -> list[PersonalLink]:
    """The links sent about this thing, newest first, with who sent them; show ``state_in_words``."""
    return list(PersonalLink.objects.about(subject).select_related("issued_by", "revoked_by"))
