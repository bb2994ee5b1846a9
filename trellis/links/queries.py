"""Personal links as the asking folder's pages show them."""

from collections.abc import Iterable
from typing import Any

from trellis.links.models import PersonalLink


def links_of(subject: Any) -> list[PersonalLink]:
    """The links sent about this thing, newest first, with who sent them; show ``state_in_words``."""
    return list(PersonalLink.objects.about(subject).select_related("issued_by", "revoked_by"))


def newest_links(subjects: Iterable[Any]) -> dict[int, PersonalLink]:
    """The newest link of each of these things, all of one kind, by the thing's number. One query."""
    things = list(subjects)
    if not things:
        return {}
    kind, numbers = things[0]._meta.label_lower, [thing.pk for thing in things]
    links = PersonalLink.objects.filter(subject_kind=kind, subject_id__in=numbers).order_by("pk")
    return {link.subject_id: link for link in links}
