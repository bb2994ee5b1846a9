"""Who brings files in."""

from typing import Any

from trellis.conduct.refusals import YES, Answer, no
from trellis.exchange.models import offices_of
from trellis.organisations.models import VirtualSchool
from trellis.people.models import User


def can_import(user: User, virtual_school: VirtualSchool | None) -> Answer:
    """The business officer imports for their own Virtual School."""
    if virtual_school is not None and virtual_school.pk in offices_of(user):
        return YES
    return no("Imports are for the business officer of the Virtual School.")


def virtual_school_of(user: Any) -> VirtualSchool | None:
    """For which Virtual School this business officer works."""
    return VirtualSchool.objects.filter(pk__in=offices_of(user)).order_by("pk").first()
