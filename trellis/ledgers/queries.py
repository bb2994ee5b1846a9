"""What an account says: every entry with the balance after it, and how much of each kind."""

from dataclasses import dataclass
from itertools import accumulate

from django.db.models import Sum

from trellis.ledgers.models import Account, Entry


@dataclass(frozen=True)
class Line:
    """One entry, and the balance once it was posted; both in the account's unit."""

    entry: Entry
    balance: int


def statement(account: Account) -> list[Line]:
    """Every entry in the order it was posted. The last line's balance is the account's."""
    entries = list(Entry.objects.of(account))
    balances = accumulate(entry.amount for entry in entries)
    return [Line(entry, balance) for entry, balance in zip(entries, balances, strict=True)]


def sums_by_kind(account: Account) -> dict[str, int]:
    """How much of each kind, signed: {"allocated": 600, "reserved": -90}; kinds with no entry are left out."""
    rows = Entry.objects.filter(account=account).values_list("kind").annotate(total=Sum("amount"))
    return dict(rows.order_by())
