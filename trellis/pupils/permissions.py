"""Who may do what about a pupil. Who may *see* one is ``Pupil.objects.visible_to``."""

from collections.abc import Collection

from django.db.models import Exists, Q, QuerySet

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.people.models import Membership, User
from trellis.people.roles import (
    CLASS_STAFF,
    READ_RECORDS,
    VIRTUAL_SCHOOL_TEACHERS,
    Role,
)
from trellis.pupils.models import Access, CareEpisode, Level, Pupil, SchoolPlace

KEEPERS = {Role.SENCO, Role.DESIGNATED_TEACHER}
KEEP_RECORDS = KEEPERS | VIRTUAL_SCHOOL_TEACHERS | {Role.SOCIAL_WORKER}
NOT_KEPT_BY_YOU = "The SENCO, the designated teacher, the social worker or the Virtual School changes this."
NOT_CORRECTED_BY_YOU = (
    "The SENCO, the designated teacher, the headteacher, the social worker or the Virtual School changes this."
)


def reads_whole(user: User, pupil: Pupil) -> bool:
    return Access.objects.open_to(user, Level.WHOLE).filter(pupil=pupil).exists()


def works_for_care_of(user: User, pupil: Pupil, roles: Collection[str]) -> bool:
    """Whether this person is one of these roles in the Virtual School of the authority that looks after the pupil."""
    return _care_by(user, pupil, roles).exists()


def acts_for_school(user: User, pupil: Pupil, school_id: int | None, roles: Collection[str]) -> bool:
    """Whether the Virtual School does today what these roles do in a school: a teacher of the Virtual School that looks
    after the pupil, while the school has none of the roles here, or there is no school. In one query."""
    care = _care_by(user, pupil, VIRTUAL_SCHOOL_TEACHERS)
    if school_id is not None:
        there = Membership.objects.on(clock.today()).playing(*roles).filter(organisation=school_id)
        care = care.exclude(Exists(there))
    return care.exists()


def keeps_the_list_of(user: User, pupil: Pupil) -> bool:
    """Whether this is the business officer of the Virtual School that has the pupil on its list: in the care of its
    authority today, or coming into it."""
    return _on_the_lists_of(user, [pupil]).exists()


def _on_the_lists_of(user: User, pupils: Collection[Pupil]) -> QuerySet[CareEpisode]:
    offices = [m.organisation_id for m in user.memberships_today if m.role == Role.BUSINESS_OFFICER]
    care = CareEpisode.objects.filter(pupil__in=pupils, during__isempty=False, authority__virtual_school__in=offices)
    return care.filter(Q(during__upper_inf=True) | Q(during__endswith__gt=clock.today()))


def _on_the_rolls_of(user: User, pupils: Collection[Pupil]) -> QuerySet[SchoolPlace]:
    """The present places of those pupils who are on the roll of a school whose headteacher this is."""
    schools = [m.organisation_id for m in user.memberships_today if m.role == Role.HEADTEACHER]
    return SchoolPlace.objects.filter(pupil__in=pupils, school__in=schools, during__contains=clock.today())


def _care_by(user: User, pupil: Pupil, roles: Collection[str]) -> QuerySet[CareEpisode]:
    """The pupil's present care, if it is by an authority in whose Virtual School this person plays one of the roles."""
    offices = [m.organisation_id for m in user.memberships_today if m.role in roles]
    return CareEpisode.objects.filter(
        pupil=pupil, during__contains=clock.today(), authority__virtual_school__in=offices
    )


def can_see_care_facts(user: User, pupil: Pupil) -> Answer:
    """Those who read the whole record know that a pupil is looked after, and by whom. Class staff do not."""
    if user.plays(READ_RECORDS) and reads_whole(user, pupil):
        return YES
    return no("Care facts are for the people who look after the whole record.")


def can_add_pupil(user: User, school_id: int | None = None) -> Answer:
    keeps = user.plays(KEEPERS) if school_id is None else user.plays_at(KEEPERS, school_id)
    return YES if keeps else no("A SENCO or designated teacher adds a pupil to their school.")


def can_keep_record(user: User, pupil: Pupil) -> Answer:
    """Keep the people around: the school's SENCO or designated teacher, or the Virtual School for it."""
    if user.plays(KEEP_RECORDS) and reads_whole(user, pupil):
        return YES
    return no(NOT_KEPT_BY_YOU)


def can_name_officers(user: User, pupil: Pupil) -> Answer:
    """Say which authorities and officers the pupil has: as ``can_keep_record``, or the business officer by a list."""
    return YES if keeps_the_list_of(user, pupil) else can_keep_record(user, pupil)


def can_correct_record(user: User, pupil: Pupil) -> Answer:
    """Names, UPN and SEN status: as ``can_keep_record``; and the business officer, whose lists bring the authority's
    own facts of its pupils, and the headteacher of the school where the pupil is today, who answers for the school
    that what it holds is accurate (UK GDPR, article 5(1)(d))."""
    return can_correct_records(user, [pupil])


def can_correct_records(user: User, pupils: Collection[Pupil]) -> Answer:
    """The same of many pupils at once, all or none, in as many queries for many as for one."""
    others = {pupil.pk for pupil in pupils}
    for theirs in (_on_the_lists_of(user, pupils), _on_the_rolls_of(user, pupils)):
        others -= set(theirs.values_list("pupil", flat=True))
    if others and user.plays(KEEP_RECORDS):
        others -= set(
            Access.objects.open_to(user, Level.WHOLE).filter(pupil__in=others).values_list("pupil", flat=True)
        )
    return no(NOT_CORRECTED_BY_YOU) if others else YES


def can_keep_groups(user: User, school_id: int | None = None) -> Answer:
    """The SENCO or designated teacher keeps the groups of their own school."""
    keeps = user.plays(KEEPERS) if school_id is None else user.plays_at(KEEPERS, school_id)
    return YES if keeps else no("The SENCO keeps the classes and groups of their own school.")


def works_in_class_only(user: User) -> bool:
    return user.plays(CLASS_STAFF) and not user.plays(READ_RECORDS)
