"""What begins for pupils, for one or for many at once: the rows, the access they open, their sentences in history, and
what follows. Each action of one pupil and the arrival of a whole list write by these alone, so both write the same.

Whoever calls holds the pupils' locks, has asked permission, and has ended what was before.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Lower

from trellis.conduct import clock
from trellis.conduct.periods import from_day
from trellis.conduct.rules import check
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.organisations.models import LocalAuthority, School
from trellis.people.models import User
from trellis.pupils import access, rules, slots
from trellis.pupils.models import CareEpisode, NamedProfessional, Pupil, SchoolPlace, Sen, SenStatus

# --- the record itself -----------------------------------------------------------------------------------------------


def new_pupil(*, upn: str | None = None, **particulars: Any) -> Pupil:
    """A record to begin. Raises Refused when the UPN has another shape, or the birthday is no pupil's."""
    upn = rules.tidy_upn(upn or "") or None
    check(
        rules.upn_has_the_right_shape(upn or ""),
        rules.date_of_birth_is_a_pupils(particulars["date_of_birth"], clock.today()),
    )
    return Pupil(upn=upn, **particulars)


def begin_records(pupils: Sequence[Pupil], by: Any) -> None:
    _insert(pupils)
    history.record_all(history.entry_of(pupil, by, "The record was begun.") for pupil in pupils)


def _insert(pupils: Sequence[Pupil]) -> None:
    """Where another record has a UPN already, it is written as one in question. Whoever gave it is told nothing of that
    other record: people who may see it are asked. The database alone sees two give the same UPN at one moment."""
    try:
        with transaction.atomic():
            Pupil.objects.bulk_create(pupils)
            return
    except IntegrityError as error:
        if "one_pupil_a_upn" not in str(error):
            raise
    if len(pupils) > 1:
        for pupil in pupils:
            _insert([pupil])
    else:
        pupils[0].upn_in_question = True
        Pupil.objects.bulk_create(pupils)


# --- school place and care -------------------------------------------------------------------------------------------


def new_school_place(pupil: Pupil, *, school: School, on: date, year_group: int | None = None) -> SchoolPlace:
    return SchoolPlace(pupil=pupil, school=school, during=from_day(on), year_group=year_group)


def begin_school_places(places: Sequence[SchoolPlace], by: Any) -> None:
    SchoolPlace.objects.bulk_create(places)
    access.bring_up_to_date(*(place.pupil for place in places))
    history.record_all(
        history.entry_of(
            place.pupil, by, f"Started at {place.school} on {full_date(place.since)}.", written_for=place.school
        )
        for place in places
    )
    slots.school_place_began.follow_many(places, by)


def new_care_episode(
    pupil: Pupil, *, authority: LocalAuthority, since: date, legal_status: str, placement_type: str = "",
    on: date | None = None,
) -> CareEpisode:  # fmt: skip
    return CareEpisode(
        pupil=pupil, authority=authority, looked_after_since=since, legal_status=legal_status,
        placement_type=placement_type, during=from_day(on or since),
    )  # fmt: skip


def begin_care(episodes: Sequence[CareEpisode], by: Any, *, goes_on: bool = False) -> None:
    """``goes_on``: there was care until that day, and only how has changed."""
    CareEpisode.objects.bulk_create(episodes)
    access.bring_up_to_date(*(episode.pupil for episode in episodes))
    history.record_all(
        history.entry_of(
            episode.pupil, by, f"Looked after by {episode.authority} since {full_date(episode.looked_after_since)}.",
            written_for=episode.authority,
        )
        for episode in episodes
    )  # fmt: skip
    if not goes_on:
        slots.care_began.follow_many(episodes, by)
    slots.care_changed.follow_many([episode.pupil for episode in episodes], by)


# --- SEN and the people named ----------------------------------------------------------------------------------------


def new_sen_status(
    pupil: Pupil, *, status: str, primary_need: str = "", secondary_need: str = "", on: date | None = None
) -> SenStatus:
    """A status from a day on. Raises Refused when its needs do not go with it."""
    facts = rules.SenFacts(status, primary_need, secondary_need)
    check(
        rules.sen_status_names_its_need(facts),
        rules.needs_are_known_types(facts),
        rules.nsa_goes_with_sen_support(facts),
        rules.needs_differ(facts),
    )
    if status == Sen.NONE:
        primary_need = secondary_need = ""
    return SenStatus(
        pupil=pupil, status=status, primary_need=primary_need, secondary_need=secondary_need,
        during=from_day(on or clock.today()),
    )  # fmt: skip


def begin_sen_statuses(statuses: Sequence[SenStatus], by: Any) -> None:
    SenStatus.objects.bulk_create(statuses)
    pupils = [sen.pupil for sen in statuses]
    _step_version(pupils)
    history.record_all(
        history.entry_of(sen.pupil, by, f"SEN status: {sen.in_words}.", state=sen.status) for sen in statuses
    )
    slots.sen_status_changed.follow_many(pupils, by)


def _step_version(pupils: Sequence[Pupil]) -> None:
    Pupil.objects.filter(pk__in=[pupil.pk for pupil in pupils]).update(version=F("version") + 1)
    for pupil in pupils:
        pupil.version += 1


def new_professional(
    pupil: Pupil, *, authority: LocalAuthority, role: str, name: str, email: str = "", on: date | None = None
) -> NamedProfessional:
    return NamedProfessional(
        pupil=pupil, authority=authority, role=role, name=name, email=email, during=from_day(on or clock.today())
    )


def accounts_of(emails: Collection[str]) -> dict[str, User]:
    """The accounts with these addresses, each by its address in small letters."""
    accounts = User.objects.annotate(address=Lower("email"))
    return {one.address: one for one in accounts.filter(address__in={email.lower() for email in emails if email})}


def begin_professionals(named: Sequence[NamedProfessional], by: Any) -> None:
    """An account with the address that is named sees the pupil from that day."""
    accounts = accounts_of({one.email for one in named})
    for one in named:
        one.user = accounts.get(one.email.lower())
    NamedProfessional.objects.bulk_create(named)
    access.bring_up_to_date(*(one.pupil for one in named))
    history.record_all(
        history.entry_of(one.pupil, by, f"{one.get_role_display()}: {one.name}.", written_for=one.authority)
        for one in named
    )
