"""The SEN register of a school: status and types of need of each pupil."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.exchange.mapping.columns import Column
from trellis.exchange.pupil_list.columns import PUPIL_COLUMNS
from trellis.exchange.school_files import census
from trellis.exchange.school_files.facts import Change, SchoolFacts, kind_of
from trellis.exchange.school_files.who import Row, iso_day
from trellis.pupils import actions, rules
from trellis.pupils.models import SenStatus

COLUMNS = {
    "sen_status": replace(
        PUPIL_COLUMNS["sen_status"],
        words=(*PUPIL_COLUMNS["sen_status"].words, "SEN status", "SEN stage code", "Current SEN status"),
    ),
    "primary_need": replace(
        PUPIL_COLUMNS["primary_need"],
        words=(*PUPIL_COLUMNS["primary_need"].words, "Primary SEN need", "SEN need type", "Primary SEN type"),
    ),
    "secondary_need": replace(
        PUPIL_COLUMNS["secondary_need"],
        words=(*PUPIL_COLUMNS["secondary_need"].words, "Secondary SEN need", "Secondary SEN type"),
    ),
    "since": Column(
        "Status since", iso_day, ("SEN start date", "Status start date", "SEN since", "Start date", "From"), is_day=True
    ),
}


def about_line(row: Row) -> Iterator[tuple[str, str]]:
    facts = rules.SenFacts(row["sen_status"], row["primary_need"], row["secondary_need"])
    for finding in (
        rules.sen_status_names_its_need(facts),
        rules.needs_are_known_types(facts),
        rules.nsa_goes_with_sen_support(facts),
        rules.needs_differ(facts),
    ):
        if not finding:
            yield finding.rule.field or "", finding.sentence
    if row["since"] > clock.today().isoformat():
        yield "since", "This day lies in the future."


def held(pupil_ids: Collection[int]) -> dict[int, SenStatus]:
    statuses = SenStatus.objects.filter(pupil__in=pupil_ids, during__contains=clock.today())
    return {one.pupil_id: one for one in statuses}


def _says(row: Row) -> dict[str, Any]:
    """No need is named where there is no SEN status."""
    has_none = row["sen_status"] == "N"
    return {
        "status": row["sen_status"],
        "primary_need": "" if has_none else row["primary_need"],
        "secondary_need": "" if has_none else row["secondary_need"],
    }


def change(row: Row, held: dict[int, SenStatus]) -> Change | None:
    before = held.get(row["pupil_id"])
    says = _says(row)
    if before and all(getattr(before, name) == value for name, value in says.items()):
        return None
    return Change("SEN status", before.in_words if before else "", SenStatus(**says).in_words)


def land(pupil_id: int, row: Row, *, by: Any, source: str) -> None:
    """From the day the register names, where what is held began before it; else from today."""
    before = held([pupil_id]).get(pupil_id)
    since = date.fromisoformat(row["since"]) if row["since"] else None
    on = since if since and (before is None or before.since < since) else clock.today()
    actions.set_sen_status(pupil_id, by=by, on=on, **_says(row))


SEN_REGISTER = kind_of(
    SchoolFacts(
        name="SEN register",
        columns=COLUMNS,
        about_line=about_line,
        thing=lambda row: "SEN status",
        held=held,
        change=change,
        land=land,
        census=census.SEN_REGISTER,
    )
)
