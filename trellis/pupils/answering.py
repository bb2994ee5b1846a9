"""Who answers for a record: whoever reads it whole; where nobody there signs in any more, those who wrote in it; where
nobody of those does either, the Virtual School of the area in which the child last went to school."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from trellis.conduct import clock
from trellis.organisations.models import VirtualSchool
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.pupils.models import Access, Level, Pupil, SchoolPlace
from trellis.pupils.opening import Opens

AREA_ANSWERS = {Role.VIRTUAL_SCHOOL_HEAD, Role.EDUCATION_ADVISER}
ANSWER = {Role.SENCO, Role.DESIGNATED_TEACHER, *AREA_ANSWERS}


def answered_for_by(user: User, pupil: str) -> Q:
    """Whether this person answers for the record in a column: a question within ``filter``."""
    whole, wrote = (Opens(user, level, pupil_id=pupil) for level in (Level.WHOLE, Level.WRITTEN))
    then = Q(wrote)
    if areas := areas_of(user):
        then |= ~Q(Exists(kept_today(Level.WRITTEN).filter(pupil=OuterRef(pupil)))) & Q(Exists(_last_in(areas, pupil)))
    return Q(whole) | ~Q(Exists(kept_today(Level.WHOLE).filter(pupil=OuterRef(pupil)))) & then


def answers_for(user: User, pupil: Pupil) -> bool:
    return Pupil.objects.filter(pk=pupil.pk).filter(answered_for_by(user, "pk")).exists()


def kept_today(level: str) -> "QuerySet[Access]":
    """Access of organisations in which somebody works today who answers for records."""
    there = Membership.objects.filter(
        during__contains=clock.today(), role__in=ANSWER, organisation=OuterRef("organisation")
    )
    return Access.objects.filter(Exists(there), level=level, during__contains=clock.today())


def areas_of(user: User) -> set[str]:
    """The codes of the authorities for whose Virtual School this person answers."""
    offices = [m.organisation_id for m in user.memberships_today if m.role in AREA_ANSWERS]
    return (
        set(VirtualSchool.objects.filter(pk__in=offices).values_list("authority__code", flat=True))
        if offices
        else set()
    )


def area_of(pupil: Pupil) -> str:
    """The code of the authority in whose area the child goes to school, or last went."""
    place = _places().filter(pupil=pupil).select_related("school").first()
    return place.school.authority_code if place else ""


def _places() -> "QuerySet[SchoolPlace]":
    return SchoolPlace.objects.filter(during__isempty=False).order_by("-during")


def _last_in(areas: set[str], pupil: str) -> "QuerySet[SchoolPlace]":
    last = _places().filter(pupil=OuterRef(OuterRef(pupil))).values("pk")[:1]
    return SchoolPlace.objects.filter(pk=Subquery(last), school__authority_code__in=areas)
