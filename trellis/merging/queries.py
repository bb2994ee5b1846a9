"""Who may be the same child, who answers for a record, and what pages show of a question."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from trellis.conduct import clock
from trellis.design.in_words import full_date
from trellis.merging.models import DECIDERS, OPEN_STATES, SameChild, SameChildState
from trellis.merging.plan import WORDS, Plan, _wholes, counts, plan_of
from trellis.organisations.models import Organisation, VirtualSchool
from trellis.people.models import Membership, User
from trellis.pupils.answering import AREA_ANSWERS, area_of
from trellis.pupils.folding import fold
from trellis.pupils.models import Access, CareEpisode, Level, Pupil, SchoolPlace, Sex
from trellis.pupils.permissions import KEEPERS
from trellis.pupils.shown import NextStep

__all__ = ["OPEN_STATES", "wholes"]

PARTICULARS = (
    "legal_first_name", "legal_last_name", "preferred_first_name", "date_of_birth", "sex", "ethnicity",
    "first_language", "upn",
)  # fmt: skip
DAYS_TO_ANSWER = 7  # sample value: no source says; a child sits in a classroom meanwhile
SHOWN = 20
wholes = _wholes


# --- who may be the same child ---------------------------------------------------------------------------------------


def may_be_the_same(pupil: Pupil, by: User) -> list[tuple[Pupil, str]]:
    """Records that may be of the same child, each with why: the same UPN, now or once; the same name and birthday.

    Whom ``by`` may see and was shown as a possible twin is not asked about again by name; nor is a pair that somebody
    has answered for.
    """
    found: dict[int, tuple[Pupil, str]] = {}
    for other in _with_upn_of(pupil):
        found[other.pk] = (other, "the same UPN")
    seen = set(Pupil.objects.visible_to(by, Level.WHOLE).values_list("pk", flat=True)) if by else set()
    for other in _with_name_of(pupil):
        if other.pk not in seen:
            found.setdefault(other.pk, (other, "the same name and date of birth"))
    pairs = SameChild.objects.filter(Q(asking=pupil) | Q(known=pupil)).values_list("known", "asking")
    asked = {pk for pair in pairs for pk in pair}
    return [one for pk, one in sorted(found.items()) if pk != pupil.pk and pk not in asked]


def _with_upn_of(pupil: Pupil) -> Iterator[Pupil]:
    if pupil.upn:
        has_it = Q(upn=pupil.upn) | Q(former_upns__upn=pupil.upn) | Q(put_together__upn=pupil.upn)
        yield from Pupil.objects.going_on().filter(has_it).exclude(pk=pupil.pk).distinct()


def _with_name_of(pupil: Pupil) -> Iterator[Pupil]:
    last, first = fold(pupil.legal_last_name), _first_names(pupil)
    for other in Pupil.objects.going_on().filter(date_of_birth=pupil.date_of_birth).exclude(pk=pupil.pk):
        if fold(other.legal_last_name) == last and first & _first_names(other):
            yield other


def _first_names(pupil: Pupil) -> set[str]:
    return {fold(name) for name in (pupil.legal_first_name, pupil.preferred_first_name) if name}


def as_written(pupil: Pupil) -> dict[str, str]:
    """What somebody wrote of a pupil they added, as it is shown to those who are asked: no more than that."""
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()
    return {
        "name": f"{pupil.legal_first_name} {pupil.legal_last_name}",
        "called": pupil.preferred_first_name,
        "date_of_birth": pupil.date_of_birth.isoformat(),
        "upn": pupil.upn or "",
        "school": str(place.school) if place else "",
        "since": place.since.isoformat() if place else "",
    }


def suggestions(user: User, pupil: Pupil, search: str = "") -> list[Pupil]:
    """Other records this person reads whole: those searched for by name, UPN or number, else those that look alike."""
    others = Pupil.objects.visible_to(user, Level.WHOLE).exclude(pk=pupil.pk).by_name()
    if search.strip():
        words = Q(pk__in=others.filter(Q(upn__iexact=search.strip()) | Q(child_ids__child_id__iexact=search.strip())))
        by_name = others
        for word in search.split():
            by_name = by_name.filter(folded_name__contains=word.lower())
        return list(others.filter(words | Q(pk__in=by_name))[:SHOWN])
    same_upn = Q(upn=pupil.upn) if pupil.upn else Q(pk=0)
    alike = others.filter(same_upn | Q(date_of_birth=pupil.date_of_birth))[: SHOWN * 5]
    return [one for one in alike if _is_alike(one, pupil)][:SHOWN]


def _is_alike(one: Pupil, pupil: Pupil) -> bool:
    same_last = fold(one.legal_last_name) == fold(pupil.legal_last_name)
    return bool(same_last or _first_names(one) & _first_names(pupil) or (one.upn and one.upn == pupil.upn))


# --- who answers -----------------------------------------------------------------------------------------------------


def keeper_of(pupil: Pupil) -> Organisation | None:
    """The organisation that keeps a record today: the school, else the Virtual School, else nobody."""
    today = {"pupil": pupil, "during__contains": clock.today()}
    place = SchoolPlace.objects.filter(**today).select_related("school").first()
    if place is not None:
        return place.school
    care = CareEpisode.objects.filter(**today).select_related("authority__virtual_school").first()
    return getattr(care.authority, "virtual_school", None) if care else None


def who_answers(question: SameChild) -> list[User]:
    """Who hears of a question at once: the SENCO and designated teacher of the record's school; where there is none,
    the Virtual School head and advisers; where nobody reads the record any more, those who last wrote in it; and where
    nobody of those signs in either, the head and advisers of the Virtual School of the area."""
    rows = Access.objects.filter(pupil=question.known_now, organisation__isnull=False, during__contains=clock.today())
    for level in (Level.WHOLE, Level.WRITTEN):
        there = Membership.objects.on(clock.today()).filter(
            organisation__in=rows.filter(level=level).values("organisation")
        )
        for some in (KEEPERS, AREA_ANSWERS):
            if users := _users_of(there.playing(*some)):
                return users
    area = VirtualSchool.objects.filter(authority__code=area_of(question.known_now))
    return _users_of(Membership.objects.on(clock.today()).filter(organisation__in=area).playing(*AREA_ANSWERS))


def _users_of(memberships: QuerySet[Membership]) -> list[User]:
    found = memberships.select_related("user").order_by("user")
    return list({membership.user_id: membership.user for membership in found}.values())


# --- the two side by side --------------------------------------------------------------------------------------------


def differing(one: Pupil, other: Pupil) -> dict[str, tuple[str, str]]:
    """The particulars that both records say, and say differently: by name, both in words."""
    return {
        name: (_words(one, name), _words(other, name))
        for name in PARTICULARS
        if _words(one, name) and _words(other, name) and getattr(one, name) != getattr(other, name)
    }


def side_by_side(one: Pupil, other: Pupil) -> list[dict[str, Any]]:
    """Every particular of both records."""
    return [
        {
            "label": label_of(name),
            "one": _words(one, name),
            "other": _words(other, name),
            "differs": name in differing(one, other),
        }
        for name in PARTICULARS
        if _words(one, name) or _words(other, name)
    ]


def label_of(name: str) -> str:
    label = str(Pupil._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def _words(pupil: Pupil, name: str) -> str:
    value = getattr(pupil, name)
    if name == "sex":
        return "" if value == Sex.UNKNOWN else str(pupil.get_sex_display())
    return full_date(value) if isinstance(value, date) else str(value or "")


def particulars_after(kept: Pupil, laid: Pupil, true: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What each record says once the two are together: the one that goes on says what is true, or what only the other
    knew; the other keeps what is not. A UPN goes along with whether it is in question."""
    holds, gives_way = {}, {}
    for name in PARTICULARS:
        mine, theirs = getattr(kept, name), getattr(laid, name)
        from_the_other = mine != theirs and (true.get(name) == laid.pk or not _words(kept, name))
        if from_the_other and _words(laid, name):
            holds[name], gives_way[name] = theirs, mine
            if name == "upn":
                holds["upn_in_question"], gives_way["upn_in_question"] = laid.upn_in_question, kept.upn_in_question
    if "upn" not in holds and kept.upn and kept.upn == laid.upn and not laid.upn_in_question:
        holds["upn_in_question"], gives_way["upn_in_question"] = False, kept.upn_in_question
    return holds, gives_way


def plan_for(question: SameChild) -> Plan:
    one, other = question.known_now, question.asking_now
    assert other is not None
    return plan_of(one, other)


def as_shown(plan: Plan) -> str:
    """A mark of all that the page shows of the two records: another mark, and something has changed since."""
    parts = [
        side_by_side(plan.kept, plan.laid),
        counts(plan),
        [(clash.name, sorted(clash.has.items())) for clash in plan.clashes],
    ]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]


def who_reads(*pupils: Pupil) -> list[str]:
    """The organisations and people who will read the whole record."""
    rows = Access.objects.whole_today().filter(pupil__in=pupils).select_related("organisation", "user")
    return sorted({str(row.organisation or row.user) for row in rows})


def written_since(question: SameChild) -> list[str]:
    """What the record that goes on gained since the two were put together: "2 files"."""
    found = []
    for label, (one, many) in WORDS.items():
        rows = apps.get_model(label)._default_manager.filter(pupil_id=question.kept_id)
        number = rows.filter(pk__gt=question.newest.get(label, 0)).count()
        if number:
            found.append(f"{number} {one if number == 1 else many}")
    return found


def what_came(question: SameChild) -> list[str]:
    """How many rows of each kind came over: "1 school place", "2 files"."""
    kinds = list(question.rows.filter(is_aside=False, was__pupil_id=question.laid_id).values_list("kind", flat=True))
    return [f"{n} {one if n == 1 else many}" for kind, (one, many) in WORDS.items() if (n := kinds.count(kind))]


# --- lists -----------------------------------------------------------------------------------------------------------


def questions_of(user: User) -> dict[str, list[SameChild]]:
    """The questions this person may read: to answer, to be put together, and those that were answered, newest first."""
    mine = SameChild.objects.visible_to(user).with_names()
    waiting = list(mine.waiting().order_by("asked_at")[:100])
    together = list(mine.to_be_put_together().order_by("answered_at")[:100])
    shown = {question.pk for question in together}
    rest = mine.exclude(state="ASKED").order_by("-answered_at", "-pk")[:100]
    return {"waiting": waiting, "together": together, "answered": [one for one in rest if one.pk not in shown]}


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [
        SameChild.objects.waiting().values("known"),
        SameChild.objects.to_be_put_together().values("known"),
    ]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """Children about whom somebody asks, and records of one child that wait to be put together, in one query."""
    if not user.plays(DECIDERS):
        return []
    mine: Any = SameChild.objects.visible_to(user).filter(known__in=pupils).select_related("known", "asked_for")
    found = mine.filter(Q(state=SameChildState.ASKED) | Q(state=SameChildState.SAME, asking__in=pupils))
    return [
        _to_answer(question) if question.state == SameChildState.ASKED else _to_put_together(question)
        for question in found
    ]


def _to_answer(question: SameChild) -> NextStep:
    return NextStep(
        due_on=timezone.localdate(question.asked_at) + timedelta(days=DAYS_TO_ANSWER),
        verb="Say whether it is the same child",
        rest=f"as {question.known.name}",
        url=question.get_absolute_url(),
        pupil_id=question.known_id,
        whose="SENCO, designated teacher or Virtual School",
        detail=f"Asked by {question.asked_for}",
        go="Compare",
    )


def _to_put_together(question: SameChild) -> NextStep:
    return NextStep(
        due_on=timezone.localdate(question.answered_at) + timedelta(days=DAYS_TO_ANSWER),
        verb="Put the two records together",
        rest=f"of {question.known.name}",
        url=reverse("put_together", args=[question.pk]),
        pupil_id=question.known_id,
        whose="whoever reads both",
        detail="They were confirmed as one child",
        go="Set side by side",
    )
