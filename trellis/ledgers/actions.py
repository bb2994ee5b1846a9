"""Opening accounts and posting entries. Called by the actions of later folders, last of all, in their transaction."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.ledgers.models import TAKES, Account, Entry
from trellis.organisations.models import Organisation

OVERDRAWN, REPEATED = "never_overdrawn", "posted_once"


def open_account(*, organisation: Organisation, unit: str, name: str) -> Account:
    """A new account with nothing in it. The caller keeps the link to it, unique for what it is about."""
    return Account.objects.create(organisation=organisation, unit=unit, name=name, opened_at=clock.now())


def lock_accounts(accounts: Collection[Account]) -> dict[int, Account]:
    """The accounts with their present balances, locked in the one order that never waits in a ring."""
    locked = Account.objects.select_for_update().filter(pk__in={account.pk for account in accounts}).order_by("pk")
    return {account.pk: account for account in locked}


def post(
    account: Account, kind: str, amount: int, *, cause: Any, by: Any, pupil_id: int | None = None,
    target_id: int | None = None, note: str = "", overdrawn: str = "There is not enough left for this.",
) -> Entry:  # fmt: skip
    """Add an entry. ``amount`` is in the account's unit and positive: the kind gives the sign; carried, transferred
    and corrected take theirs from the amount. Raises Refused with the sentence ``overdrawn`` when the balance would
    fall below nought, and when the same kind was posted for the same cause before."""
    signed = -amount if kind in TAKES else amount
    try:
        with transaction.atomic():
            return Entry.objects.create(
                account=account, kind=kind, amount=signed, cause_kind=cause._meta.label_lower, cause_id=cause.pk,
                pupil_id=pupil_id, target_id=target_id, note=note, at=clock.now(),
                by=by if by is not None and by.pk else None,
            )  # fmt: skip
    except IntegrityError as error:
        constraint = error.__cause__.diag.constraint_name  # type: ignore[union-attr]
        if constraint == OVERDRAWN:
            raise Refused(overdrawn) from error
        if constraint == REPEATED:
            raise Refused("This was entered already. Nothing was entered twice.") from error
        raise
