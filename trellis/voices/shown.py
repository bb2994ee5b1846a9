"""What voices show on other folders' pages."""

from django.urls import reverse

from trellis.people.models import User
from trellis.people.roles import READ_RECORDS
from trellis.pupils.models import Pupil
from trellis.pupils.shown import Tab


def views_tab(pupil: Pupil, user: User) -> Tab | None:
    return Tab("views", "Views", reverse("pupil_views", args=[pupil.pk]), 70) if user.plays(READ_RECORDS) else None
