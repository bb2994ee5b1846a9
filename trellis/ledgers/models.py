"""Ledgers: accounts of minutes or pence, and entries that are only ever added. The database keeps every balance at or
above nought and equal to the sum of its entries, whoever writes and however many at once."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from trellis.history.models import ADDED_TO_ONLY
from trellis.organisations.models import Organisation

BALANCE_FOLLOWS = """
    UPDATE ledgers_account SET balance = balance + NEW.amount WHERE id = NEW.account_id;
    RETURN NEW;
"""
ONLY_BY_ENTRIES = """
    IF TG_OP = 'INSERT' AND NEW.balance <> 0 THEN
        RAISE EXCEPTION 'an account begins with nothing; post an entry';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.balance <> OLD.balance AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance changes only by an entry';
    END IF;
    RETURN NEW;
"""


class Unit(models.TextChoices):
    MINUTES = "minutes", "Minutes"
    PENCE = "pence", "Pence"


class Account(models.Model):
    """Minutes or pence that one organisation may use: a school's hours of a service in a year, a pot of money."""

    unit = models.CharField(max_length=7, choices=Unit.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    balance = models.BigIntegerField(default=0, editable=False)  # in the account's unit; kept by the database
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(balance__gte=0), name="never_overdrawn")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="only_by_entries",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=ONLY_BY_ENTRIES,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EntryKind(models.TextChoices):
    """Each kind has its sign; carried, transferred and corrected may have either."""

    ALLOCATED = "allocated", "Allocated"
    RESERVED = "reserved", "Reserved"
    RELEASED = "released", "Released"
    SPENT = "spent", "Spent"
    RETURNED = "returned", "Returned"
    CARRIED = "carried", "Carried over"
    TRANSFERRED = "transferred", "Transferred"
    CORRECTED = "corrected", "Corrected"


ADDS = [EntryKind.ALLOCATED, EntryKind.RELEASED]
TAKES = [EntryKind.RESERVED, EntryKind.SPENT, EntryKind.RETURNED]
EITHER = [EntryKind.CARRIED, EntryKind.TRANSFERRED, EntryKind.CORRECTED]


class EntryQuerySet(models.QuerySet["Entry"]):
    def of(self, account: Account) -> Self:
        return self.filter(account=account).select_related("by").order_by("pk")

    def caused_by(self, kind: str, pk: int) -> Self:
        return self.filter(cause_kind=kind, cause_id=pk)


class Entry(models.Model):
    """One change of an account, for one cause; pupil and PEP target label it. Cause, pupil and target are plain
    numbers, so that ledgers stand on nothing later."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=11, choices=EntryKind.choices)
    amount = models.BigIntegerField()  # signed, in the account's unit
    cause_kind = models.CharField(max_length=60)
    cause_id = models.BigIntegerField()
    pupil_id = models.BigIntegerField(null=True, db_index=True)
    target_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)  # never names a pupil
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "cause_kind", "cause_id"], name="posted_once"),
            models.CheckConstraint(
                condition=Q(kind__in=ADDS, amount__gt=0) | Q(kind__in=TAKES, amount__lt=0)
                | (Q(kind__in=EITHER) & ~Q(amount=0)),
                name="each_kind_has_its_sign",
            ),
        ]  # fmt: skip
        triggers = [
            *ADDED_TO_ONLY,
            pgtrigger.Trigger(
                name="balance_follows", when=pgtrigger.After, operation=pgtrigger.Insert, func=BALANCE_FOLLOWS
            ),
        ]
        indexes = [models.Index(fields=["cause_kind", "cause_id"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
