"""Who works in an organisation: since when, until when, standing in for whom, and who is still to come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet

from trellis.conduct import clock
from trellis.conduct.periods import from_day
from trellis.history.models import Entry
from trellis.organisations.models import Kind, Organisation
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.teams.models import Handover, Invitation
from trellis.teams.permissions import MANAGERS, teams_kept_by

A_PAGE = 30
ROLE_ORDER = {role: place for place, role in enumerate(Role)}


@dataclass(frozen=True)
class Post:
    """One role of somebody here, with its days: a membership in words."""

    membership: Membership

    @property
    def role(self) -> str:
        return Role(self.membership.role).label

    @property
    def since(self) -> date:
        return self.membership.during.lower  # type: ignore[no-any-return]

    @property
    def last_day(self) -> date | None:
        upper: date | None = self.membership.during.upper
        return upper - timedelta(days=1) if upper else None

    @property
    def is_planned(self) -> bool:
        return self.since > clock.today()

    @property
    def is_over(self) -> bool:
        during = self.membership.during
        return during.isempty or (during.upper is not None and during.upper <= clock.today())

    @property
    def covers(self) -> User | None:
        return self.membership.standing_in_for


class Colleague:
    """Somebody's work in one organisation, through time. A form is about it: it has a version as things have."""

    _meta = Membership._meta

    def __init__(self, organisation: Organisation, user: User, memberships: list[Membership]) -> None:
        self.organisation, self.user, self.pk = organisation, user, memberships[0].pk
        self.memberships = [m for m in memberships if not m.during.isempty]

    def __str__(self) -> str:
        return str(self.user)

    def refresh_from_db(self) -> None:
        self.memberships = [m for m in _memberships(self.organisation, [self.user.pk]) if not m.during.isempty]
        self.__dict__.pop("version", None)

    @cached_property
    def version(self) -> int:
        """Grows with each role of theirs given and ended here."""
        kind = Membership._meta.label_lower
        theirs = Membership.objects.filter(organisation=self.organisation, user=self.user_id).values("pk")
        return Entry.objects.filter(subject_kind=kind, subject_id__in=theirs).count()

    @property
    def user_id(self) -> int:
        return self.user.pk

    @cached_property
    def posts(self) -> list[Post]:
        """Today's, and those that are to begin."""
        posts = [Post(m) for m in self.memberships]
        return sorted(
            (post for post in posts if not post.is_over),
            key=lambda post: (post.is_planned, post.covers is not None, ROLE_ORDER[Role(post.membership.role)]),
        )

    @property
    def own_posts(self) -> list[Post]:
        """Without those in which they stand in for a colleague."""
        return [post for post in self.posts if post.covers is None]

    @property
    def earlier(self) -> list[Post]:
        """The newest first."""
        over = [post for post in map(Post, self.memberships) if post.is_over]
        return sorted(over, key=lambda post: (post.since, post.membership.pk), reverse=True)

    @property
    def works_here(self) -> bool:
        return bool(self.posts)

    @property
    def roles(self) -> set[str]:
        """Their own, today's and planned."""
        return {post.membership.role for post in self.own_posts}

    @cached_property
    def covered_by(self) -> list[Post]:
        """Who stands in for them here, today or later; one row for each colleague."""
        covers = covers_of(Membership.objects.filter(organisation=self.organisation, standing_in_for=self.user_id))
        return [Post(membership) for membership in covers]

    @property
    def last_signed_in(self) -> datetime | None:
        return self.user.last_login

    def history(self) -> QuerySet[Entry]:
        theirs = Membership.objects.filter(organisation=self.organisation, user=self.user_id).values("pk")
        entries = Entry.objects.filter(subject_kind=Membership._meta.label_lower, subject_id__in=theirs)
        return entries.select_related("by").order_by("-at", "-pk")


def _memberships(organisation: Organisation, user_ids: list[int]) -> QuerySet[Membership]:
    here = Membership.objects.filter(organisation=organisation, user__in=user_ids)
    return here.select_related("user", "standing_in_for").order_by("pk")


def colleague(organisation: Organisation, user_id: int) -> Colleague:
    """Raises Membership.DoesNotExist when they never worked here."""
    memberships = list(_memberships(organisation, [user_id]))
    if not memberships:
        raise Membership.DoesNotExist
    return Colleague(organisation, memberships[0].user, memberships)


def colleague_kept_by(user: User, membership_id: int) -> Colleague | None:
    """The colleague whose membership this is, if this person keeps the team."""
    found = Membership.objects.filter(pk=membership_id, organisation__in=teams_kept_by(user)).select_related(
        "organisation"
    )
    membership = found.first()
    return colleague(membership.organisation, membership.user_id) if membership else None


def people_of(organisation: Organisation) -> QuerySet[User]:
    """Those who work here today or are to begin, by name."""
    today = clock.today()
    here = Membership.objects.filter(Q(during__contains=today) | Q(during__startswith__gt=today), user=OuterRef("pk"))
    people = User.objects.filter(Exists(here.filter(organisation=organisation.pk)))
    return people.order_by("first_name", "last_name", "pk")


def page_of(organisation: Organisation, number: Any) -> tuple[Page, list[Colleague]]:
    """A page of the people here, each with their roles; in a constant number of queries."""
    page = Paginator(people_of(organisation), A_PAGE).get_page(number)
    users = list(page.object_list)
    theirs: dict[int, list[Membership]] = {user.pk: [] for user in users}
    for membership in _memberships(organisation, list(theirs)):
        theirs[membership.user_id].append(membership)
    return page, [Colleague(organisation, user, theirs[user.pk]) for user in users]


def invitations_to(organisation: Organisation) -> list[Invitation]:
    """Those that nobody has taken on yet, the newest first."""
    waiting = Invitation.objects.waiting().filter(organisation=organisation)
    return list(waiting.select_related("sent_by").order_by("-sent_at", "-pk"))


def waiting_for(email: str) -> QuerySet[Invitation]:
    return Invitation.objects.open().filter(email__iexact=email).select_related("organisation", "sent_by")


def other_managers(organisation: Organisation, user_id: int, day: date) -> int:
    """How many others manage people here from that day on, of their own and without an end. Where colleagues elsewhere
    do so too, they count: the Virtual School keeps the accounts of its authority and its services."""
    roles = MANAGERS[Kind(organisation.kind)]
    if organisation.kind in {Kind.AUTHORITY, Kind.SERVICE}:
        return 1
    stay = Membership.objects.filter(
        organisation=organisation, standing_in_for=None, during__contains=day, during__upper_inf=True
    )
    return stay.playing(*roles).exclude(user=user_id).values("user").distinct().count()


def covers_of(memberships: QuerySet[Membership]) -> list[Membership]:
    """Of these the ones in which somebody stands in for a colleague today or later, once for each pair and period."""
    here = Q(during__upper_inf=True) | Q(during__endswith__gt=clock.today())
    rows = memberships.filter(here, standing_in_for__isnull=False, during__isempty=False)
    rows = rows.select_related("user", "standing_in_for", "organisation").order_by("during", "pk")
    return list({(m.user_id, m.standing_in_for_id, m.organisation_id, m.during): m for m in reversed(rows)}.values())[
        ::-1
    ]


def covers_around(user: User) -> list[Post]:
    """For whom somebody stands in, and who stands in for them, today or later. In one query."""
    return [Post(m) for m in covers_of(Membership.objects.filter(Q(user=user) | Q(standing_in_for=user)))]


def cover_kept_by(user: User, cover_id: int) -> Membership | None:
    """A cover at an organisation whose people this person keeps."""
    covers = Membership.objects.filter(standing_in_for__isnull=False, organisation__in=teams_kept_by(user), pk=cover_id)
    return covers.select_related("user", "standing_in_for", "organisation").first()


def days_shared(organisation: Organisation, covered_id: int, stand_in: User, since: date, until_day: date) -> int:
    """How often this colleague stands in for that one already on some of these days."""
    covers = Membership.objects.filter(organisation=organisation, standing_in_for=covered_id, user=stand_in)
    return covers.filter(during__overlap=from_day(since, until_day)).count()


def handovers_kept_by(user: User) -> QuerySet[Handover]:
    kept = Handover.objects.filter(organisation__in=teams_kept_by(user, as_administrator=False))
    return kept.select_related("organisation", "from_user", "to_user", "asked_by")


def handovers_of(one: Colleague) -> QuerySet[Handover]:
    """From and to somebody here, the newest first."""
    theirs = Handover.objects.filter(Q(from_user=one.user_id) | Q(to_user=one.user_id), organisation=one.organisation)
    return theirs.select_related("from_user", "to_user").order_by("-on", "-pk")


def stand_ins_for(one: Colleague, by: User) -> QuerySet[User]:
    """Colleagues who may stand in: everybody here, except the person and whoever says so."""
    return people_of(one.organisation).exclude(pk__in=[one.user_id, by.pk])


def covers_beyond(organisation: Organisation, covered: User) -> list[tuple[Membership, date]]:
    """Those who stand in for somebody longer than that person has the role, each with the day on which it ends."""
    ends: dict[str, date | None] = {}
    for own in Membership.objects.filter(
        organisation=organisation, user=covered, standing_in_for=None, during__isempty=False
    ):
        upper = own.during.upper
        known = ends.get(own.role, date.min)
        ends[own.role] = None if upper is None or known is None else max(known, upper)
    found = []
    for cover in Membership.objects.filter(organisation=organisation, standing_in_for=covered, during__isempty=False):
        end = ends.get(cover.role, date.min)
        if end is not None and (cover.during.upper is None or cover.during.upper > max(end, cover.during.lower)):
            found.append((cover, end))
    return found


def teams_shown_to(user: User) -> list[Organisation]:
    """The organisations whose tab somebody sees; schools other than their own are found by name."""
    kept = teams_kept_by(user).filter(~Q(kind=Kind.SCHOOL) | Q(pk__in=user.organisation_ids))
    order = [Kind.SCHOOL, Kind.VIRTUAL_SCHOOL, Kind.AUTHORITY, Kind.SERVICE]
    teams = kept.select_related("specialistservice").order_by("name", "pk")
    return sorted(teams, key=lambda one: (one.pk not in user.organisation_ids, order.index(Kind(one.kind))))


def invitations_kept_by(user: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(organisation__in=teams_kept_by(user)).select_related("organisation", "sent_by")
