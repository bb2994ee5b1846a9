"""Bringing organisations into being. Schools arrive by import (exchange), the rest by set-up."""

from typing import Any

from django.db import transaction

from trellis.history import actions as history
from trellis.organisations.models import Kind, LocalAuthority, School, SpecialistService, VirtualSchool


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
