"""What people do about a pupil. Each locks the pupil, writes, brings access up to date, and adds to history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, lock_all, unchanged
from trellis.conduct.periods import DateRange, from_day, until
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.mail import actions as mail
from trellis.organisations.models import LocalAuthority, School
from trellis.people.models import Membership, User
from trellis.pupils import access, beginnings, permissions, queries, rules, slots
from trellis.pupils.models import (
    CareEpisode,
    ChildId,
    FormerUpn,
    GroupMember,
    GroupStaff,
    NamedProfessional,
    PersonAround,
    Pupil,
    PupilAuthority,
    SchoolPlace,
    SdqScore,
    Sen,
    SenStatus,
    TeachingGroup,
)

W = TypeVar("W")


@dataclass(frozen=True)
class PastCare:
    """A time in care that is over, or known only until a day. ``looked_after_since``: when that whole care began."""

    since: date
    until: date  # the day after its last
    looked_after_since: date
    legal_status: str
    placement_type: str = ""

    def overlaps(self, period: DateRange) -> bool:
        return period.lower < self.until and (period.upper is None or self.since < period.upper)

    def goes_on(self, held: CareEpisode) -> bool:
        """Whether it is the same time in care as one that is held, perhaps known for longer now."""
        same = (held.since, held.legal_status) == (self.since, self.legal_status)
        return same and held.placement_type in {"", self.placement_type}


@transaction.atomic
def register_pupil(*, by: Any, upn: str | None = None, **particulars: Any) -> Pupil:
    """Bring a pupil into the database: names, date of birth, and what else is known. Gives nobody access yet. A
    UPN that another record has is kept as one in question."""
    pupil = beginnings.new_pupil(upn=upn, **particulars)
    beginnings.begin_records([pupil], by)
    pupil.refresh_from_db()
    return pupil


@transaction.atomic
def add_pupil(
    *, by: User, school: School, key: Key, started_on: date, status: str = Sen.NONE, primary_need: str = "",
    secondary_need: str = "", **particulars: Any,
) -> Pupil:  # fmt: skip
    """A school adds a pupil of its own by hand. One not in care is seen by no Virtual School."""
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_add_pupil(by, school.pk))
    if started_on > clock.today():
        raise Refused("This day is still to come. Add the pupil on their first day.", field="started_on")
    pupil = register_pupil(by=by, **particulars)
    start_school_place(pupil.pk, by=by, school=school, on=started_on)
    set_sen_status(
        pupil.pk, by=by, status=status, primary_need=primary_need, secondary_need=secondary_need, on=started_on
    )
    slots.pupil_added.follow(pupil, by)
    key.made(pupil)
    return pupil


@transaction.atomic
def correct_particulars(pupil_id: int, *, by: Any, seen: int | None = None, **particulars: Any) -> Pupil:
    """Correct names, date of birth, sex, ethnicity or language."""
    pupil = lock(Pupil, pupil_id)
    unchanged(pupil, seen)
    _require_keeper(by, pupil)
    if "date_of_birth" in particulars:
        check(rules.date_of_birth_is_a_pupils(particulars["date_of_birth"], clock.today()))
    changed = [name for name, value in particulars.items() if getattr(pupil, name) != value]
    if changed:
        change(pupil, **{name: particulars[name] for name in changed})
        words = ", ".join(str(Pupil._meta.get_field(name).verbose_name) for name in changed)  # type: ignore[union-attr]
        history.record(pupil, by, f"Corrected: {words}.")
    return pupil


@transaction.atomic
def replace_upn(pupil_id: int, *, by: Any, upn: str) -> Pupil:
    """Give a pupil a new UPN and remember the old one. One that another record has is kept as one in question."""
    pupil = lock(Pupil, pupil_id)
    upn, before = rules.tidy_upn(upn), pupil.upn
    _require_keeper(by, pupil)
    check(rules.upn_has_the_right_shape(upn))
    if before == upn:
        return pupil
    _in_question_if_taken(lambda **upn_fields: change(pupil, **upn_fields), upn)
    if before:
        FormerUpn.objects.create(pupil=pupil, upn=before, replaced_on=clock.today())
    history.record(pupil, by, "The UPN was replaced." if before else "The UPN became known.")
    slots.pupil_added.follow(pupil, by)
    return pupil


@transaction.atomic
def know_by(pupil_id: int, *, authority: LocalAuthority, child_id: str) -> ChildId:
    """Remember the number by which an authority's social care system knows the child."""
    known, _ = ChildId.objects.get_or_create(authority=authority, child_id=child_id, defaults={"pupil_id": pupil_id})
    return known


@transaction.atomic
def start_school_place(
    pupil_id: int, *, by: Any, school: School, on: date, year_group: int | None = None
) -> SchoolPlace:
    """Put a pupil on a school's roll, ending the place before. The school's access opens the same day."""
    pupil = lock(Pupil, pupil_id)
    before = SchoolPlace.objects.filter(pupil=pupil, during__contains=on).exclude(school=school).first()
    if before is not None:
        _end(before, on)
    place = beginnings.new_school_place(pupil, school=school, on=on, year_group=year_group)
    beginnings.begin_school_places([place], by)
    return place


@transaction.atomic
def say_year_group(pupil_id: int, *, by: Any, year_group: int, on: date | None = None) -> SchoolPlace | None:
    """Say in which year the pupil is taught at the present school."""
    return say_year_groups({pupil_id: year_group}, by=by, on=on).get(pupil_id)


@transaction.atomic
def say_year_groups(years: Mapping[int, int], *, by: Any, on: date | None = None) -> dict[int, SchoolPlace]:
    """Say of many pupils at once in which year they are taught: in September a list says it of everybody."""
    pupils = lock_all(Pupil, years)
    places = SchoolPlace.objects.filter(pupil__in=pupils, during__contains=on or clock.today())
    held = {place.pupil_id: place for place in places.select_related("school").order_by("pupil")}
    others = [place for place in held.values() if place.year_group != years[place.pupil_id]]
    for place in others:
        place.year_group = years[place.pupil_id]
    for year in sorted({place.year_group for place in others if place.year_group is not None}):
        theirs = [place.pk for place in others if place.year_group == year]
        SchoolPlace.objects.filter(pk__in=theirs).update(year_group=year)
    words = "The year group was brought up to date."
    history.record_all(
        history.entry_of(pupils[place.pupil_id], by, words, written_for=place.school) for place in others
    )
    return held


@transaction.atomic
def end_school_place(pupil_id: int, *, by: Any, on: date) -> SchoolPlace | None:
    """Take a pupil off roll; from that day the school reads only what it wrote."""
    pupil = lock(Pupil, pupil_id)
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=on).select_related("school").first()
    if place is not None:
        _end(place, on)
        access.bring_up_to_date(pupil)
        history.record(pupil, by, f"Left {place.school} on {full_date(on)}.", written_for=place.school)
        slots.school_place_ended.follow(place, by)
    return place


@transaction.atomic
def start_care(
    pupil_id: int, *, by: Any, authority: LocalAuthority, since: date, legal_status: str, placement_type: str = "",
    on: date | None = None,
) -> CareEpisode:  # fmt: skip
    """A pupil is looked after under a legal status; one before it ends. The Virtual School's access opens."""
    pupil = lock(Pupil, pupil_id)
    on = on or since
    before = CareEpisode.objects.filter(pupil=pupil, during__contains=on).first()
    if before is not None:
        _end(before, on)
    episode = beginnings.new_care_episode(
        pupil, authority=authority, since=since, legal_status=legal_status, placement_type=placement_type, on=on
    )
    beginnings.begin_care([episode], by, goes_on=before is not None)
    return episode


@transaction.atomic
def end_care(pupil_id: int, *, by: Any, on: date) -> CareEpisode | None:
    """A pupil is no longer looked after; the Virtual School reads only what it wrote."""
    pupil = lock(Pupil, pupil_id)
    episode = CareEpisode.objects.filter(pupil=pupil, during__contains=on).select_related("authority").first()
    if episode is not None:
        _end(episode, on)
        named_then = Q(during__contains=on) | Q(authority=episode.authority_id, during__startswith__gt=on)
        for named in NamedProfessional.objects.filter(named_then, pupil=pupil).exclude(role="ehc coordinator"):
            _end(named, on)
        access.bring_up_to_date(pupil)
        history.record(pupil, by, f"No longer looked after, since {full_date(on)}.", written_for=episode.authority)
        slots.care_changed.follow(pupil, by)
    return episode


@transaction.atomic
def add_care_history(
    pupil_id: int, *, by: Any, authority: LocalAuthority, past: Sequence[PastCare], take_place: bool = False
) -> list[CareEpisode]:
    """Add what a return says of care before today, one history entry for all. The present care stays what it is today;
    where it began in the midst of what is added, it begins later. ``take_place``: also of past care in the same days.

    Raises Refused when another authority has recorded care in those days, or they are not over.
    """
    pupil = lock(Pupil, pupil_id)
    today = clock.today()
    if any(care.until > today for care in past):
        raise Refused("Only care before today is added as history.")
    held = list(CareEpisode.objects.filter(pupil=pupil, during__isempty=False).order_by("during"))
    for ours in [one for one in held if any(care.overlaps(one.during) for care in past)]:
        if ours.authority_id != authority.pk:
            raise Refused("Another authority has recorded care in those days. Ask them before you change this.")
        if today in ours.during or ours.since > today:
            began = max(care.until for care in past if care.overlaps(ours.during))
            _narrow(ours, from_day(began, ours.during.upper))
        elif take_place or any(care.goes_on(ours) for care in past):
            _narrow(ours, DateRange(empty=True))
        else:
            raise Refused("Care in those days is recorded already.")
    added = CareEpisode.objects.bulk_create(
        CareEpisode(
            pupil=pupil, authority=authority, looked_after_since=care.looked_after_since,
            legal_status=care.legal_status, placement_type=care.placement_type, during=from_day(care.since, care.until),
        )
        for care in past
    )  # fmt: skip
    if added:
        access.bring_up_to_date(pupil)
        words = f"{len(added)} earlier {'time' if len(added) == 1 else 'times'} in care, from the yearly return."
        history.record(pupil, by, f"Added {words}", written_for=authority)
        slots.care_changed.follow(pupil, by)
    return added


def _narrow(episode: CareEpisode, during: DateRange) -> None:
    episode.during = during
    episode.save(update_fields=["during"])


@transaction.atomic
def say_sdq(
    pupil_id: int,
    *,
    by: Any,
    authority: LocalAuthority,
    year_ended: date,
    score: int | None,
    no_score_because: str = "",
) -> SdqScore:
    """Keep the carer's SDQ score of a year, or why there is none. The same again changes nothing."""
    pupil = lock(Pupil, pupil_id)
    says = {"score": score, "no_score_because": "" if score is not None else no_score_because}
    held = SdqScore.objects.filter(pupil=pupil, authority=authority, year_ended=year_ended).first()
    if held is not None and (held.score, held.no_score_because) == tuple(says.values()):
        return held
    sdq = held or SdqScore(pupil=pupil, authority=authority, year_ended=year_ended)
    sdq.score, sdq.no_score_because = says["score"], says["no_score_because"]  # type: ignore[assignment]
    sdq.save()
    words = "corrected" if held else "added"
    entry = f"The carer’s questionnaire (SDQ) for the year to {full_date(year_ended)} was {words}."
    history.record(pupil, by, entry, written_for=authority)
    return sdq


@transaction.atomic
def set_sen_status(
    pupil_id: int, *, by: Any, status: str, primary_need: str = "", secondary_need: str = "", on: date | None = None,
    seen: int | None = None,
) -> SenStatus:  # fmt: skip
    """Say a pupil's SEN status from a day on, with its types of need. The same again changes nothing."""
    pupil = lock(Pupil, pupil_id)
    unchanged(pupil, seen)
    _require_keeper(by, pupil)
    on = on or clock.today()
    sen = beginnings.new_sen_status(
        pupil, status=status, primary_need=primary_need, secondary_need=secondary_need, on=on
    )
    before = SenStatus.objects.filter(pupil=pupil, during__contains=on).first()
    if before and before.says_the_same_as(sen):
        return before
    if SenStatus.objects.filter(pupil=pupil, during__startswith__gt=on).exists():
        raise Refused("A later SEN status is recorded already. Change that one first.", field="on")
    if before is not None:
        _end(before, on)
    beginnings.begin_sen_statuses([sen], by)
    return sen


@transaction.atomic
def name_professional(
    pupil_id: int, *, by: Any, authority: LocalAuthority, role: str, name: str, email: str = "", on: date | None = None
) -> NamedProfessional:
    """Name the social worker, IRO or EHC coordinator; an account with that address sees the pupil from that day."""
    pupil = lock(Pupil, pupil_id)
    on = on or clock.today()
    before = NamedProfessional.objects.filter(pupil=pupil, role=role, during__contains=on).first()
    user = beginnings.accounts_of({email}).get(email.lower())
    if before and (before.name, before.email, before.user) == (name, email, user):
        return before
    if before is not None:
        _end(before, on)
    named = beginnings.new_professional(pupil, authority=authority, role=role, name=name, email=email, on=on)
    beginnings.begin_professionals([named], by)
    return named


@transaction.atomic
def end_professional(pupil_id: int, *, by: Any, authority: LocalAuthority, role: str, on: date) -> None:
    """An authority's officer is named for the pupil no more, from a day on: their access closes."""
    pupil = lock(Pupil, pupil_id)
    for named in NamedProfessional.objects.filter(pupil=pupil, role=role, authority=authority, during__contains=on):
        _end(named, on)
        history.record(
            pupil,
            by,
            f"{named.get_role_display()} no more, since {full_date(on)}: {named.name}.",
            written_for=authority,
        )
    access.bring_up_to_date(pupil)


@transaction.atomic
def name_officer(pupil_id: int, *, by: User, officer: Membership) -> NamedProfessional:
    """Name one of the authority's own officers for the pupil; who was named in that role before is so no longer. The
    officer learns of it by e-mail."""
    pupil = lock(Pupil, pupil_id)
    require(permissions.can_keep_record(by, pupil))
    if not queries.officers_for(pupil).filter(pk=officer.pk).exists():
        raise Refused("This person does not work for an authority of the pupil. Choose another.", field="officer")
    authority = LocalAuthority.objects.get(pk=officer.organisation_id)
    now = NamedProfessional.objects.filter(pupil=pupil, role=officer.role, during__contains=clock.today())
    was_named = now.filter(user=officer.user_id).exists()
    named = name_professional(
        pupil.pk, by=by, authority=authority, role=officer.role, name=str(officer.user), email=officer.user.email
    )
    if not was_named and officer.user_id != by.pk:
        _tell_the_officer(named, officer.user)
    return named


def _tell_the_officer(named: NamedProfessional, officer: User) -> None:
    """An e-mail that names no child: without it somebody learns only by chance that a record is open to them."""
    role = named.get_role_display()
    mail.write(
        to=officer, subject=f"You were named for a child: {role}",
        body=f"Somebody who keeps a child’s record named you in it: {role}, {named.authority}. The record is open to "
        "you now; what you have to do, and by when, stands in My week.",
        path=reverse("pupil", args=[named.pupil_id]), pupil_id=named.pupil_id,
    )  # fmt: skip


@transaction.atomic
def add_person_around(pupil_id: int, *, by: Any, key: Key, on: date | None = None, **what: Any) -> PersonAround:
    """Add a carer, parent or someone else around the pupil."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_keep_record(by, pupil))
    person = PersonAround.objects.create(pupil=pupil, during=from_day(on or clock.today()), **what)
    key.made(person)
    history.record(person, by, f"Added to the people around: {person}.", written_for=by.organisation)
    return person


@transaction.atomic
def change_person_around(person_id: int, *, by: Any, seen: int | None, **what: Any) -> PersonAround:
    """Correct what is known of somebody around the pupil."""
    person = lock(PersonAround, person_id)
    unchanged(person, seen)
    require(permissions.can_keep_record(by, person.pupil))
    change(person, **what)
    history.record(person, by, f"Changed: {person}.", written_for=by.organisation)
    return person


@transaction.atomic
def say_authority(pupil_id: int, *, by: Any, duty: str, authority: LocalAuthority, on: date | None = None) -> None:
    """Say in which area the pupil lives, or which authority maintains the EHC plan, from a day on."""
    pupil = lock(Pupil, pupil_id)
    _require_who_names_officers(by, pupil)
    on = on or clock.today()
    before = PupilAuthority.objects.filter(pupil=pupil, duty=duty, during__contains=on).first()
    if before and before.authority_id == authority.pk:
        return
    if before:
        _end(before, on)
    said = PupilAuthority.objects.create(pupil=pupil, duty=duty, authority=authority, during=from_day(on))
    history.record(pupil, by, f"{said}.", written_for=authority)


@transaction.atomic
def make_group(*, by: Any, school: School, name: str) -> TeachingGroup:
    """Make a class or group; again with the same name, returns it."""
    require(permissions.can_keep_groups(by, school.pk))
    group, made = TeachingGroup.objects.get_or_create(school=school, name=name)
    if made:
        history.record(group, by, f"Made the group {name}.", written_for=school)
    return group


@transaction.atomic
def put_in_group(pupil_id: int, *, by: Any, group: TeachingGroup, on: date | None = None) -> None:
    """Put a pupil in a class or group; its staff see plan, sessions and passport, no care facts."""
    pupil = lock(Pupil, pupil_id)
    require(permissions.can_keep_groups(by, group.school_id))
    on = on or clock.today()
    if not SchoolPlace.objects.filter(pupil=pupil, school=group.school_id, during__contains=on).exists():
        raise Refused(f"{pupil.first_name} is not on the roll of {group.school}.", field="group")
    if not GroupMember.objects.filter(pupil=pupil, group=group, during__contains=on).exists():
        GroupMember.objects.create(pupil=pupil, group=group, during=from_day(on))
        access.bring_up_to_date(pupil)
        history.record(pupil, by, f"Put in {group}.", written_for=group.school)


@transaction.atomic
def take_from_group(pupil_id: int, *, by: Any, group: TeachingGroup, on: date | None = None) -> None:
    pupil = lock(Pupil, pupil_id)
    require(permissions.can_keep_groups(by, group.school_id))
    for member in GroupMember.objects.filter(pupil=pupil, group=group, during__contains=on or clock.today()):
        _end(member, on or clock.today())
        history.record(pupil, by, f"Taken out of {group}.", written_for=group.school)
    access.bring_up_to_date(pupil)


@transaction.atomic
def put_staff_in_group(*, by: Any, group: TeachingGroup, user: User, on: date | None = None) -> None:
    """Make somebody staff of a class or group."""
    require(permissions.can_keep_groups(by, group.school_id))
    on = on or clock.today()
    if not GroupStaff.objects.filter(group=group, user=user, during__contains=on).exists():
        GroupStaff.objects.create(group=group, user=user, during=from_day(on))
        history.record(group, by, f"{user} is staff of {group}.", written_for=group.school)
        _bring_group_up_to_date(group)


@transaction.atomic
def take_staff_from_group(*, by: Any, group: TeachingGroup, user: User, on: date | None = None) -> None:
    require(permissions.can_keep_groups(by, group.school_id))
    for place in GroupStaff.objects.filter(group=group, user=user, during__contains=on or clock.today()):
        _end(place, on or clock.today())
        history.record(group, by, f"{user} is no longer staff of {group}.", written_for=group.school)
    _bring_group_up_to_date(group)


@transaction.atomic
def take_over_group(place_id: int, *, by: Any, user: User) -> None:
    """A colleague has a class or group in somebody's place, from today. The caller asks who may hand it over."""
    place = GroupStaff.objects.select_related("group__school").get(pk=place_id)
    group, today = place.group, clock.today()
    before, there = place.user, GroupStaff.objects.filter(group=group, user=user, during__contains=today)
    _end(place, today)
    if not there.exists():
        GroupStaff.objects.create(group=group, user=user, during=from_day(today))
    history.record(group, by, f"{user} is staff of {group} in place of {before}.", written_for=group.school)
    _bring_group_up_to_date(group)


@transaction.atomic
def leave_groups(*, user: User, school_id: int, by: Any, on: date) -> None:
    """Who no longer works at a school is staff of no class or group of it, from that day on."""
    places = GroupStaff.objects.filter(Q(during__endswith__gt=on) | Q(during__upper_inf=True), user=user)
    for place in places.filter(group__school=school_id, during__isempty=False).select_related("group").order_by("pk"):
        _end(place, on)
        history.record(
            place.group, by, f"{user} is no longer staff of {place.group} from {full_date(on)}.",
            written_for=place.group.school,
        )  # fmt: skip
        _bring_group_up_to_date(place.group)


@transaction.atomic
def know_the_account(user: User) -> None:
    """Somebody named for children by their address has an account now: it sees them, as one who works for the
    authority."""
    named = NamedProfessional.objects.filter(email__iexact=user.email, user=None, during__contains=clock.today())
    for one in named.order_by("pupil_id", "pk"):
        pupil = lock(Pupil, one.pupil_id)
        one.user = user
        one.save(update_fields=["user"])
        access.bring_up_to_date(pupil)
        history.record(pupil, None, f"{one} has an account here now.", written_for=one.authority)


def follow_roles(membership: Membership) -> None:
    """What follows when a role begins or ends: who no longer works somewhere sees no class of it and no child for whom
    they are named; who stands in for a colleague sees theirs."""
    whose = {membership.user_id, membership.standing_in_for_id} - {None}
    groups = GroupMember.objects.filter(
        group__school=membership.organisation_id, group__staff__user__in=whose, during__isempty=False
    )
    named = NamedProfessional.objects.filter(
        user__in=whose, authority=membership.organisation_id, during__isempty=False
    )
    for pupil_id in sorted({*groups.values_list("pupil", flat=True), *named.values_list("pupil", flat=True)}):
        access.bring_up_to_date(lock(Pupil, pupil_id))


def _bring_group_up_to_date(group: TeachingGroup) -> None:
    for pupil_id in sorted(group.members.values_list("pupil", flat=True)):
        access.bring_up_to_date(lock(Pupil, pupil_id))


def _in_question_if_taken(write: Callable[..., W], upn: str | None) -> W:
    """Write another UPN; where another record has it already, write it as one in question, as for a new record."""
    try:
        with transaction.atomic():
            return write(upn=upn, upn_in_question=False)
    except IntegrityError as error:
        if "one_pupil_a_upn" not in str(error):
            raise
    return write(upn=upn, upn_in_question=True)


def _require_keeper(by: Any, pupil: Pupil) -> None:
    """Who may correct the record; without a person it is the system's own doing, such as an import by command."""
    if by is not None:
        require(permissions.can_correct_record(by, pupil))


def _require_who_names_officers(by: Any, pupil: Pupil) -> None:
    if by is not None:
        require(permissions.can_name_officers(by, pupil))


def _end(fact: Any, on: date) -> None:
    fact.during = until(fact.during, on)
    fact.save(update_fields=["during"])
