"""Bringing organisations into being, and setting their policies. Schools arrive by import (exchange), the other
organisations by set-up."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import lock, unchanged
from trellis.conduct.periods import from_day, until
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.organisations import rules
from trellis.organisations.models import (
    ENTERED_IN_ERROR,
    DatedPolicy,
    Kind,
    LocalAuthority,
    Organisation,
    School,
    SchoolSuccession,
    SpecialistService,
    VirtualSchool,
)
from trellis.organisations.policies import PolicyKind
from trellis.organisations.queries import Timeline, uses


@transaction.atomic
def found_virtual_school(*, authority_code: str, authority_name: str, code: str, name: str) -> VirtualSchool:
    """Make an authority and its Virtual School; again with the same codes, returns what is there."""
    authority, _ = LocalAuthority.objects.get_or_create(
        kind=Kind.AUTHORITY, code=authority_code, defaults={"name": authority_name}
    )
    virtual_school, made = VirtualSchool.objects.get_or_create(
        kind=Kind.VIRTUAL_SCHOOL, code=code, defaults={"name": name, "authority": authority}
    )
    if made:
        history.record(virtual_school, None, f"{name} was set up for {authority_name}.")
    return virtual_school


@transaction.atomic
def found_service(*, authority: LocalAuthority, abbreviation: str, name: str) -> SpecialistService:
    """Make a specialist service of an authority; again with the same abbreviation, returns what is there."""
    service, made = SpecialistService.objects.get_or_create(
        kind=Kind.SERVICE,
        code=f"{authority.code}-{abbreviation}",
        defaults={"name": name, "authority": authority, "abbreviation": abbreviation},
    )
    if made:
        history.record(service, None, f"{name} was set up for {authority}.")
    return service


@transaction.atomic
def list_school(*, urn: str, by: Any = None, **columns: Any) -> School:
    """Add a school to the list, or bring its columns up to date."""
    school, made = School.objects.get_or_create(kind=Kind.SCHOOL, code=urn, defaults=columns)
    changed = [] if made else [name for name, value in columns.items() if getattr(school, name) != value]
    for name in changed:
        setattr(school, name, columns[name])
    if changed:
        school.save(update_fields=changed)
    if made or changed:
        history.record(school, by, "The school was listed." if made else f"Changed: {', '.join(sorted(changed))}.")
    return school


@transaction.atomic
def list_schools(rows: Sequence[dict[str, Any]], *, by: Any, step: Callable[[], None] = lambda: None) -> None:
    """Do for many what ``list_school`` does for one; each row holds ``urn`` and columns, and ``step`` is called for
    each. A school that is as the list says is left alone."""
    known = School.objects.by_urn({row["urn"] for row in rows})
    fresh = [row for row in rows if row["urn"] not in known]
    made = Organisation.objects.bulk_create(
        Organisation(kind=Kind.SCHOOL, code=row["urn"], name=row["name"]) for row in fresh
    )
    for organisation, row in zip(made, fresh, strict=True):
        columns = {name: value for name, value in row.items() if name not in {"urn", "name"}}
        school = School(organisation_ptr=organisation, **columns)
        school.save_base(raw=True, force_insert=True)  # its row as an organisation is written already
        history.record(school, by, "The school was listed.")
        step()
    for row in rows:
        if row["urn"] in known:
            if known[row["urn"]].status == ENTERED_IN_ERROR:
                row = {"closed_on": None} | row  # it is a school after all
            if any(getattr(known[row["urn"]], name) != value for name, value in row.items()):
                list_school(by=by, **row)
            step()


@transaction.atomic
def name_successor(school: School, successor: School, *, since: date | None, by: Any) -> SchoolSuccession:
    """Say as which school a school goes on. Said again, it is what it was, but for the day."""
    link, made = SchoolSuccession.objects.get_or_create(school=school, successor=successor, defaults={"since": since})
    if not made and link.since != since:
        link.since = since
        link.save(update_fields=["since"])
    if made:
        history.record(school, by, f"Goes on as {successor} ({successor.urn}).")
    return link


@transaction.atomic
def set_policy(
    kind: PolicyKind, organisation_id: int, *, by: Any, key: Key, seen: int | None, since: date, agreed_by: str,
    source: str, settled: dict[str, Any],
) -> DatedPolicy:  # fmt: skip
    """What is to hold from a day on: what holds until then ends the day before. What was agreed to begin later still
    begins then; what was agreed to begin the same day is replaced."""
    organisation = lock(Organisation, organisation_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    timeline, today = Timeline(kind, organisation), clock.today()
    unchanged(timeline, seen)
    require(kind.who_sets(by, organisation))
    check(
        rules.policy_never_begins_in_the_past(since, today),
        rules.policy_leaves_today_as_it_is(since, today, holds_today=timeline.today is not None),
        rules.policy_begins_within_two_years(since, today),
    )
    before = timeline.on(since)
    is_replaced = before is not None and before.during.lower == since
    check(rules.policy_was_not_used(uses(before) if before and is_replaced else 0))
    stood = before or kind.sample_of(organisation)
    policy = kind.model(
        organisation=organisation, agreed_by=agreed_by, source=source,
        during=from_day(since, before.during.upper if before else timeline.next_after(since)),
        **{**kind.values_of(stood), **settled},
    )  # fmt: skip
    check(*(rule(policy) for rule in kind.rules))
    if before:
        before.during = until(before.during, since)
        before.save(update_fields=["during"])
    policy.save()
    key.made(policy)
    said = " ".join(kind.differences(policy, stood)) or "As before."
    replaces = " It replaces what was to begin that day." if is_replaced else ""
    history.record(
        policy, by, f"{kind.title} from {full_date(since)}: {said}{replaces} Agreed by {agreed_by}.",
        written_for=organisation,
    )  # fmt: skip
    return policy


@transaction.atomic
def withdraw_policy(
    kind: PolicyKind, organisation_id: int, policy_id: int, *, by: Any, seen: int | None, because: str
) -> DatedPolicy:
    """Take back what has not begun: what holds until then goes on in its place."""
    organisation = lock(Organisation, organisation_id)
    timeline = Timeline(kind, organisation)
    unchanged(timeline, seen)
    require(kind.who_sets(by, organisation))
    policy = next(row for row in timeline.rows if row.pk == policy_id)
    if policy.during.isempty:
        raise Refused("This was withdrawn already.")
    began, ends = policy.during.lower, policy.during.upper
    check(rules.policy_has_not_begun(began, clock.today()), rules.policy_was_not_used(uses(policy)))
    before = timeline.just_before(policy)
    policy.during = until(policy.during, began)
    policy.save(update_fields=["during"])
    if before:
        before.during = from_day(before.during.lower, ends)
        before.save(update_fields=["during"])
    history.record(
        policy, by, f"{kind.title}: what was to begin on {full_date(began)} was withdrawn. {because}",
        written_for=organisation,
    )  # fmt: skip
    return policy
