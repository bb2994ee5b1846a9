"""What is true of accounts on paper: which role belongs where, and what nobody may do to themselves or leave behind."""

from collections.abc import Collection
from datetime import date, timedelta

from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.organisations.models import Kind
from trellis.people.roles import (
    AUTHORITY_OFFICERS,
    SCHOOL_STAFF,
    SERVICE_STAFF,
    VIRTUAL_SCHOOL_TEACHERS,
    Role,
)
from trellis.teams.models import HandoverState, InvitationState

ROLES_OF: dict[str, set[Role]] = {
    Kind.SCHOOL: SCHOOL_STAFF,
    Kind.SERVICE: SERVICE_STAFF,
    Kind.VIRTUAL_SCHOOL: VIRTUAL_SCHOOL_TEACHERS | {Role.BUSINESS_OFFICER, Role.SYSTEM_ADMINISTRATOR},
    Kind.AUTHORITY: AUTHORITY_OFFICERS,
}
FURTHEST = timedelta(days=366)
REACH = "UK GDPR article 5(1)(f) and 32: access is no wider than the work (domain H1)"
HANDING = "A caseload goes to a successor in one go (design, section 1)"
COVER = "Roles have cover: a stand-in for a period (design, section 1)"
ACCOUNTS = "Accounts are given and taken by somebody who answers for them (design, section 1)"

INVITATION = Workflow(
    "invitation",
    InvitationState,
    {
        "sent again": ((InvitationState.WAITING,), InvitationState.WAITING),
        "taken on": ((InvitationState.WAITING,), InvitationState.ACCEPTED),
        "withdrawn": ((InvitationState.WAITING,), InvitationState.WITHDRAWN),
    },
)


HANDOVER = Workflow(
    "handover",
    HandoverState,
    {
        "carried out": ((HandoverState.PLANNED,), HandoverState.DONE),
        "withdrawn": ((HandoverState.PLANNED,), HandoverState.WITHDRAWN),
    },
)


@rule(source=REACH, field="roles")
def roles_belong_to_the_organisation(roles: Collection[str], kind: str) -> bool:
    """Choose roles that people have in this organisation: no role reaches further than the organisation it is at."""
    return set(roles) <= ROLES_OF[kind]


@rule(source=ACCOUNTS, field="roles")
def somebody_has_a_role(roles: Collection[str]) -> bool:
    """Choose at least one role. To take the last one away, end their work here."""
    return bool(roles)


@rule(source=ACCOUNTS, field="since")
def role_begins_today_or_later(since: date, today: date) -> bool:
    """Choose today or a later day: what somebody did until now, they did in the roles they had."""
    return since >= today


@rule(source="A year that was mistyped", field="since")
def role_begins_within_a_year(since: date, today: date) -> bool:
    """Choose a day within the next year. Check the year."""
    return since <= today + FURTHEST


@rule(source=ACCOUNTS, field="last_day")
def role_ends_after_it_begins(since: date, until_day: date | None) -> bool:
    """The last day is before the first. Check both."""
    return until_day is None or until_day > since


@rule(source=COVER, field="stand_in")
def stand_in_is_somebody_else(covered_id: int, stand_in_id: int) -> bool:
    """Nobody stands in for themselves. Choose a colleague."""
    return covered_id != stand_in_id


@rule(source=COVER, field="stand_in")
def nobody_makes_themselves_stand_in(by_id: int, stand_in_id: int) -> bool:
    """You cannot choose yourself: who stands in may do all that their colleague may. Ask somebody else to say so."""
    return by_id != stand_in_id


@rule(source=COVER, field="last_day")
def cover_lasts_a_year_at_most(since: date, until_day: date) -> bool:
    """Cover is for a period of a year at most. For longer, give them the role."""
    return until_day <= since + FURTHEST


@rule(source=COVER, field="last_day")
def cover_is_within_the_role(until_day: date, role_until: date | None) -> bool:
    """The role that is covered ends before the cover does. Choose a last day within it."""
    return role_until is None or until_day <= role_until


@rule(source=COVER, field="stand_in")
def stand_in_does_not_do_so_already(periods_shared: int) -> bool:
    """This colleague stands in for them on some of these days already. End that first, or choose other days."""
    return periods_shared == 0


@rule(source=HANDING, field="chosen")
def something_is_handed_over(things: int) -> bool:
    """Choose at least one thing that is still theirs."""
    return things > 0


@rule(source=HANDING, field="to")
def successor_is_somebody_else(user_id: int, to_id: int) -> bool:
    """Nobody hands over to themselves. Choose a colleague."""
    return user_id != to_id


@rule(source=HANDING, field="on")
def handover_is_today_or_later(on: date, today: date) -> bool:
    """Choose today or a later day."""
    return on >= today


@rule(source="A year that was mistyped", field="on")
def handover_is_within_a_year(on: date, today: date) -> bool:
    """Choose a day within the next year. Check the year."""
    return on <= today + FURTHEST


@rule(source=HANDING, field="to")
def successor_has_the_role(roles: Collection[str], needs: Collection[Collection[str]]) -> bool:
    """This colleague has not, on that day, the role that what you chose needs. Give them the role first."""
    return all(set(roles) & set(need) for need in needs)


@rule(source=ACCOUNTS)
def somebody_still_manages(managers_left: int) -> bool:
    """Nobody else here may add and remove people. Invite or name your successor first, then end this."""
    return managers_left > 0


@rule(source=ACCOUNTS)
def nobody_changes_their_own(by_id: int, user_id: int) -> bool:
    """Nobody changes their own roles or ends their own work. Ask a colleague who manages people here."""
    return by_id != user_id
