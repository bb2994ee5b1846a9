"""Who says whether two records are one child, and who puts them together."""

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.merging.models import DECIDERS, SameChild
from trellis.organisations.models import School, VirtualSchool
from trellis.people.models import User
from trellis.pupils.models import CareEpisode, Level, Pupil, SchoolPlace
from trellis.pupils.permissions import reads_whole


def can_ask(user: User, pupil: Pupil) -> Answer:
    if user.plays(DECIDERS) and reads_whole(user, pupil):
        return YES
    return no("The SENCO, the designated teacher, the Virtual School head or an adviser looks for a second record.")


def can_answer(user: User, question: SameChild) -> Answer:
    """Those who keep the known record; where the two belong to different authorities, nobody answers for the other."""
    if not user.plays(DECIDERS) or not SameChild.objects.visible_to(user).filter(pk=question.pk).exists():
        return no("Those who keep the record that is known say whether it is the same child.")
    sides = sides_of(question)
    if "" not in sides and sides[0] != sides[1] and sides[0] not in codes_of(user):
        return no("The two records belong to different authorities. Somebody of the other one answers this.")
    return YES


def can_put_together(user: User, question: SameChild) -> Answer:
    """Only somebody who may read both records whole."""
    if user.plays(DECIDERS) and sees_both(user, question):
        return YES
    return no("Somebody who may read both records whole puts them together.")


def can_take_apart(user: User, question: SameChild) -> Answer:
    if user.plays(DECIDERS) and question.kept is not None and reads_whole(user, question.kept):
        return YES
    return no("The SENCO, the designated teacher, the Virtual School head or an adviser takes the records apart.")


def sees_both(user: User, question: SameChild) -> bool:
    both = {question.known_now.pk, question.asking_now.pk} if question.asking_now else set()
    return bool(both) and Pupil.objects.visible_to(user, Level.WHOLE).filter(pk__in=both).count() == len(both)


def side_of(pupil: Pupil | None) -> str:
    """The code of the authority to which a record belongs: that which looks after the child, else the school's."""
    if pupil is None:
        return ""
    today = {"pupil": pupil, "during__contains": clock.today()}
    care = CareEpisode.objects.filter(**today).values_list("authority__code", flat=True).first()
    return care or SchoolPlace.objects.filter(**today).values_list("school__authority_code", flat=True).first() or ""


def sides_of(question: SameChild) -> tuple[str, str]:
    """Of the known record, and of the asking one; a list's line belongs to the Virtual School whose list it is."""
    if question.asking_now is None:
        asks = VirtualSchool.objects.filter(pk=question.asked_for_id).values_list("authority__code", flat=True).first()
        return "", asks or ""  # whoever keeps the record answers for it
    return side_of(question.known_now), side_of(question.asking_now)


def codes_of(user: User) -> set[str]:
    """The codes of the authorities for which this person works, by school or Virtual School."""
    places = [m.organisation_id for m in user.memberships_today if m.role in DECIDERS]
    schools = School.objects.filter(pk__in=places).values_list("authority_code", flat=True)
    offices = VirtualSchool.objects.filter(pk__in=places).values_list("authority__code", flat=True)
    return {*schools, *offices}
