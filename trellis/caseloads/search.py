"""Finding a pupil by what people type: a name, a UPN, a date of birth. Only among pupils they may see."""

import re
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from trellis.people.models import User
from trellis.pupils.folding import Folded, fold
from trellis.pupils.models import FormerUpn, Level, Pupil, PupilQuerySet
from trellis.pupils.rules import tidy_upn

PART_OF_A_UPN = re.compile(r"^[A-Z]?\d{3,11}[A-Z\d]?$")
DATE_SHAPES = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y")


def find(user: User, typed: str) -> PupilQuerySet:
    """The pupils this person may see, those who left included, whom the words may mean."""
    visible = Pupil.objects.visible_to(user, Level.WHOLE, Level.CLASS, Level.WRITTEN)
    born = date_meant(typed)
    if born is not None:
        return visible.filter(date_of_birth=born)
    upn = tidy_upn(typed)
    if PART_OF_A_UPN.match(upn):
        former = FormerUpn.objects.filter(pupil=OuterRef("pk"), upn__startswith=upn)
        return visible.filter(Q(upn__startswith=upn) | Q(Exists(former)))
    return _by_name(visible, fold(typed))


def date_meant(typed: str) -> date | None:
    """The date in 3/3/2018, 2018-03-03 or 3 March 2018; None when it is not one."""
    words = " ".join(typed.split())
    for shape in DATE_SHAPES:
        try:
            return datetime.strptime(words, shape).date()  # noqa: DTZ007  (a day has no time zone)
        except ValueError:
            continue
    return None


def _by_name(pupils: PupilQuerySet, folded: str) -> PupilQuerySet:
    """Those with a name that begins with each word typed, whatever the order: "jor va" finds Jordan Vale."""
    if not folded:
        return pupils.none()
    pupils = pupils.annotate(searched=Concat(Value(" "), Folded("folded_name")))
    for word in folded.split():
        pupils = pupils.filter(searched__contains=f" {word}")
    return pupils
