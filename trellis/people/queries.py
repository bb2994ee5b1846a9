"""What people see of their own account."""

from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount

from trellis.people.issuers import Issuer, issuers
from trellis.people.models import User


@dataclass(frozen=True)
class Way:
    """An organisation's own sign-in, and since when this person uses it."""

    issuer: Issuer
    linked_at: datetime | None


def organisation_ways(user: User) -> list[Way]:
    """Each organisation's sign-in that this installation knows; no query where it knows none."""
    known = issuers()
    if not known:
        return []
    since = dict(SocialAccount.objects.filter(user=user, provider__in=known).values_list("provider", "date_joined"))
    return [Way(issuer, since.get(issuer.id)) for issuer in known.values()]
