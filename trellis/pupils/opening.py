"""Which pupils are open to somebody today and where they stand, as SQL that is written down once.

Every page asks it, most of them several times within other questions. Composed by Django each time, it costs the
server more than the database takes to answer (docs/decisions/0019-what-every-page-asks-is-written-down.md).
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Func, JSONField
from django.db.models.expressions import Combinable

from trellis.conduct import clock

if TYPE_CHECKING:
    from trellis.people.models import User

Opened = tuple[int, list[int], list[str], date]

IS_OPEN = "(o.user_id = %s OR o.organisation_id = ANY(%s)) AND o.level = ANY(%s) AND o.during @> %s::date"


def rows_open_to(user: "User", levels: Sequence[str]) -> Opened:
    """What ``IS_OPEN`` is asked for: those this person is named in, or an organisation all of which they read; these
    levels; today."""
    return user.pk, sorted(user.reads_whole_of), [str(level) for level in levels], clock.today()


class Opens(Func):
    """Whether an access row is open today to this person, at one of these levels, that says of each of its ``columns``
    the same as a column of ours: ``Opens(user, Level.WHOLE, pupil_id="pupil")``.

    ``Access.objects.open_to`` gives the rows themselves; a test holds the two together.
    """

    output_field = BooleanField()

    def __init__(self, user: "User", *levels: str, **columns: str | Combinable) -> None:
        super().__init__(*columns.values())
        self.columns = list(columns)
        self.asked_for = rows_open_to(user, levels)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **more: Any) -> tuple[str, tuple[Any, ...]]:
        ours = [compiler.compile(expression) for expression in self.get_source_expressions()]
        values = (value for _, values in ours for value in values)
        return self.question([sql for sql, _ in ours]), (*self.asked_for, *values)

    def question(self, ours: list[str]) -> str:
        same = "".join(f" AND o.{column} = {sql}" for column, sql in zip(self.columns, ours, strict=True))
        return f"EXISTS (SELECT 1 FROM pupils_access o WHERE {IS_OPEN}{same})"


class IsAmongOpened(Opens):
    """The same of one column, by a list of numbers. Of an OR of ``Opens`` PostgreSQL can only look at every row there
    is; this beside it narrows them by an index first."""

    def question(self, ours: list[str]) -> str:
        return f"{ours[0]} IN (SELECT o.{self.columns[0]} FROM pupils_access o WHERE {IS_OPEN})"


KNOWN = f"""(
SELECT jsonb_build_object(
    'open', (SELECT COALESCE(jsonb_agg(jsonb_build_object('level', o.level, 'school', h.name, 'since', lower(o.during))
                                      ORDER BY o.during DESC), '[]')
             FROM pupils_access o LEFT JOIN organisations_organisation h ON h.id = o.organisation_id
             WHERE {IS_OPEN} AND o.pupil_id = p.id),
    'place', (SELECT jsonb_build_object('school', f.school_id, 'name', h.name, 'year', f.year_group,
                                       'since', lower(f.during))
              FROM pupils_schoolplace f JOIN organisations_organisation h ON h.id = f.school_id
              WHERE f.pupil_id = p.id AND f.during @> today.is),
    'sen', (SELECT jsonb_build_object('status', f.status, 'primary', f.primary_need, 'secondary', f.secondary_need,
                                     'since', lower(f.during))
            FROM pupils_senstatus f WHERE f.pupil_id = p.id AND f.during @> today.is),
    'care', (SELECT jsonb_build_object('name', h.name, 'since', lower(f.during))
             FROM pupils_careepisode f JOIN organisations_organisation h ON h.id = f.authority_id
             WHERE f.pupil_id = p.id AND f.during @> today.is))
FROM (SELECT {{pupil}} AS id) p, (SELECT %s::date AS is) today)"""


class KnownToday(Func):
    """What a reader has open of the pupil in a column, and the place, SEN status and care that hold today, of each one
    at a time. ``queries.reading_of`` says how much of it the reader may know."""

    output_field = JSONField()

    def __init__(self, user: "User", levels: Sequence[str], pupil: str) -> None:
        super().__init__(pupil)
        self.asked_for = rows_open_to(user, levels)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **more: Any) -> tuple[str, tuple[Any, ...]]:
        pupil, values = compiler.compile(self.get_source_expressions()[0])
        return KNOWN.replace("{pupil}", pupil), (*self.asked_for, *values, self.asked_for[-1])
