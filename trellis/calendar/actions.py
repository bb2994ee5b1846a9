from datetime import date

from django.db import transaction

from trellis.calendar.models import Closure, Term
from trellis.conduct.periods import from_day
from trellis.organisations.models import Organisation


@transaction.atomic
def publish_term(*, organisation: Organisation, name: str, starts_on: date, ends_before: date, source: str) -> Term:
    """Enter a term; the same again changes nothing."""
    term, _ = Term.objects.get_or_create(
        organisation=organisation, during=from_day(starts_on, ends_before), defaults={"name": name, "source": source}
    )
    return term


@transaction.atomic
def close_schools(*, organisation: Organisation, name: str, starts_on: date, ends_before: date) -> Closure:
    closure, _ = Closure.objects.get_or_create(
        organisation=organisation, during=from_day(starts_on, ends_before), defaults={"name": name}
    )
    return closure
