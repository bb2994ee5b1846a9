"""The tabs of a record that show no concept of their own: people, timeline, who looked."""

from django.urls import reverse

from trellis.people.models import User
from trellis.people.roles import READ_RECORDS, SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Level, Pupil
from trellis.pupils.queries import known_to, reading_of
from trellis.pupils.shown import Tab

WATCHERS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS  # those who answer for who reads the record
ACCESS_READERS = WATCHERS | {Role.SOCIAL_WORKER}


def people(pupil: Pupil, user: User) -> Tab | None:
    if user.plays(READ_RECORDS) and _reads_whole(pupil, user):
        return Tab("people", "People", reverse("people_around", args=[pupil.pk]), 80)
    return None


def timeline(pupil: Pupil, user: User) -> Tab | None:
    if user.plays(READ_RECORDS) and not _levels(pupil, user) <= {Level.CLASS}:
        return Tab("timeline", "Timeline", reverse("timeline", args=[pupil.pk]), 90)
    return None


def who_looked(pupil: Pupil, user: User) -> Tab | None:
    if user.plays(WATCHERS) and _reads_whole(pupil, user):
        return Tab("who looked", "Who looked", reverse("who_looked", args=[pupil.pk]), 95)
    return None


def _reads_whole(pupil: Pupil, user: User) -> bool:
    return Level.WHOLE in _levels(pupil, user)


def _levels(pupil: Pupil, user: User) -> frozenset[str]:
    return reading_of(user, known_to(user, pupil)).levels
