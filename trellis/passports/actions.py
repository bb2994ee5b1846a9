"""What people do with a passport. Nothing stands until the pupil has agreed to it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.design.in_words import full_date
from trellis.documents import actions as documents
from trellis.history import actions as history
from trellis.organisations.models import Organisation, School
from trellis.passports import permissions, queries, rules
from trellis.passports.models import Passport
from trellis.passports.rules import BOX, PASSPORT, tidy
from trellis.people.models import User
from trellis.pupils.models import Pupil

FOR_WHOM = "adults who work with the pupil"


@transaction.atomic
def start_passport(pupil_id: int, *, by: User, key: Key, take: Collection[str] = ()) -> Passport:
    """Begin a version: from the words of the one that stands, and what is chosen from the record by ``take``."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_write_passport(by, pupil))
    if queries.draft_of(pupil) is not None:
        raise Refused("Somebody has begun a new version already. Open it and write on.")
    current = queries.current_passport(pupil)
    words = queries.words_of(current) if current else {}
    for offered in queries.words_to_use(pupil, by):
        if offered.key in take:
            words[offered.box] = _with_line(words.get(offered.box, ""), offered.words)
    passport = Passport.objects.create(
        pupil=pupil, written_for=_written_for(pupil, by), started_on=clock.today(), started_by=by, **words
    )
    key.made(passport)
    history.record(passport, by, "Began a new version of the passport." if current else "Began a passport.")
    return passport


@transaction.atomic
def write_passport(passport_id: int, *, by: User, seen: int | None, **words: str) -> Passport:
    """Change the words of the draft, by box. Each box stays short enough for one side of paper."""
    passport = lock(Passport, passport_id)
    unchanged(passport, seen)
    require(permissions.can_write_passport(by, passport.pupil))
    _still_a_draft(passport)
    tidied = {name: tidy(typed) for name, typed in words.items()}
    for name, typed in tidied.items():
        if not (fits := rules.words_fit_the_box(BOX[name], typed)):
            raise Refused(fits.sentence, field=name)
    change(passport, **tidied)
    history.record(passport, by, "Wrote in the passport.")
    return passport


@transaction.atomic
def agree_passport(
    passport_id: int, *, by: User, seen: int | None, agreed_on: date, agreed_how: str, agreed_with: str,
    looked_through: bool = False,
) -> Passport:  # fmt: skip
    """Record that the pupil agrees: how, who went through it with them, when. From now on it stands, printed; the
    version before stays to be read. ``looked_through``: words that sound like care were looked at and are right."""
    passport = lock(Passport, passport_id)
    unchanged(passport, seen)
    pupil = passport.pupil
    require(permissions.can_write_passport(by, pupil))
    PASSPORT.require("agreed", passport)
    words = queries.words_of(passport)
    check(
        rules.passport_says_what_helps(words),
        rules.passport_leaves_care_out(words, looked_through),
        rules.pupil_agreed_by_today(agreed_on, clock.today()),
        rules.pupil_agreed_after_it_was_begun(agreed_on, passport.started_on),
    )
    before = queries.current_passport(pupil)
    if before is not None:
        PASSPORT.move("replaced", before)
    passport.number = 1 + (Passport.objects.filter(pupil=pupil).aggregate(last=Max("number"))["last"] or 0)
    passport.agreed_on = passport.looked_at_on = agreed_on
    passport.review_on = queries.review_due(queries.school_of(pupil, clock.today()), agreed_on)
    document = documents.freeze(
        subject=passport, kind="passport", title=queries.TITLE, audience=FOR_WHOM, by=by, template="passport",
        snapshot=queries.snapshot_of(passport), pupil=pupil, written_for=passport.written_for,
    )  # fmt: skip
    PASSPORT.move(
        "agreed", passport, number=passport.number, agreed_on=agreed_on, looked_at_on=agreed_on,
        review_on=passport.review_on, agreed_how=agreed_how, agreed_with=agreed_with, agreed_by=by, document=document,
    )  # fmt: skip
    history.record(
        passport, by,
        f"Version {passport.number} of the passport was agreed with {pupil.first_name} by {agreed_with}: "
        f"{passport.agreed_how_in_words}.",
    )  # fmt: skip
    return passport


@transaction.atomic
def confirm_passport(passport_id: int, *, by: User, seen: int | None, looked_on: date, looked_with: str) -> Passport:
    """Record that the pupil and an adult looked at it together and that it is still right."""
    passport = lock(Passport, passport_id)
    unchanged(passport, seen)
    pupil = passport.pupil
    require(permissions.can_write_passport(by, pupil))
    if not passport.is_current:
        raise Refused("A newer version stands. Look at that one together.")
    check(rules.pupil_agreed_by_today(looked_on, clock.today()))
    school = queries.school_of(pupil, clock.today())
    change(passport, looked_at_on=looked_on, review_on=queries.review_due(school, looked_on))
    history.record(passport, by, f"{pupil.first_name} and {looked_with} looked at the passport: still right.")
    return passport


@transaction.atomic
def set_aside_passport(passport_id: int, *, by: User) -> Passport:
    """Give up a draft. It stays in the record; the version that stands goes on standing."""
    passport = lock(Passport, passport_id)
    require(permissions.can_write_passport(by, passport.pupil))
    PASSPORT.move("set aside", passport)
    history.record(passport, by, "Set the draft of the passport aside.")
    return passport


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """What the new school receives: the passport that stands, to look at again soon, and a draft as its own. The old
    school goes on reading what it wrote and nothing written since. Called when a pupil moves, who is locked."""
    carried = []
    current = queries.current_passport(pupil)
    if current is not None and current.review_on is not None and current.written_for_id != to_school.pk:
        change(current, review_on=rules.review_at_a_new_school(current.review_on, on))
        carried.append(
            f"The pupil passport, version {current.number}: look at it with {pupil.first_name} by "
            f"{full_date(current.review_on)}, the key adult and the way out may be others now"
        )
    draft = queries.draft_of(pupil)
    if draft is not None and draft.written_for_id != to_school.pk:
        PASSPORT.move("set aside", draft)
        taken_on = Passport.objects.create(
            pupil=pupil, written_for=to_school, started_on=draft.started_on, started_by=draft.started_by,
            **queries.words_of(draft),
        )  # fmt: skip
        history.record(draft, by, f"The draft of the passport was handed over to {to_school}.")
        history.record(taken_on, by, "The draft of the passport was taken on.")
        carried.append("A draft of the pupil passport, not agreed with the pupil yet")
    return carried


def _written_for(pupil: Pupil, by: User) -> Organisation:
    school = queries.school_of(pupil, clock.today()) or by.organisation
    assert school is not None  # whoever may do this works somewhere
    return school


def _still_a_draft(passport: Passport) -> None:
    if passport.state != "DRAFT":
        raise Refused("This version is closed. Begin a new version to change its words.")


def _with_line(words: str, line: str) -> str:
    return words if line in words else "\n".join(filter(None, [words, line]))
