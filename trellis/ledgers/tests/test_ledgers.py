import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from trellis.conduct.refusals import Refused
from trellis.ledgers import actions, queries
from trellis.ledgers.models import Account, Entry, EntryKind, Unit
from trellis.organisations import actions as organisations

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return organisations.list_school(urn="990777", name="Alder Primary", authority_code="801")


@pytest.fixture
def account(school):
    return actions.open_account(organisation=school, unit=Unit.MINUTES, name="EPS, 2026-27")


def post(account, kind, amount, cause, **more):
    return actions.post(account, kind, amount, cause=cause, by=None, **more)


def test_balance_is_the_sum_of_the_entries(account, school):
    post(account, EntryKind.ALLOCATED, 600, school)
    post(account, EntryKind.RESERVED, 90, school)
    post(account, EntryKind.RELEASED, 90, school)
    post(account, EntryKind.SPENT, 75, school)
    post(account, EntryKind.CORRECTED, -25, school, note="entered twice on paper")

    account.refresh_from_db()
    assert account.balance == 500
    assert [(line.entry.amount, line.balance) for line in queries.statement(account)] == [
        (600, 600), (-90, 510), (90, 600), (-75, 525), (-25, 500),
    ]  # fmt: skip
    assert queries.sums_by_kind(account) == {
        "allocated": 600, "reserved": -90, "released": 90, "spent": -75, "corrected": -25,
    }  # fmt: skip


def test_overdrawing_is_refused_in_the_callers_words_and_leaves_nothing(account, school):
    post(account, EntryKind.ALLOCATED, 60, school)

    with pytest.raises(Refused, match="one hour left"):
        post(account, EntryKind.RESERVED, 61, school, overdrawn="There is one hour left.")

    account.refresh_from_db()
    assert (account.balance, Entry.objects.of(account).count()) == (60, 1)


def test_the_same_kind_for_the_same_cause_is_entered_once(account, school):
    post(account, EntryKind.ALLOCATED, 60, school)

    with pytest.raises(Refused, match="entered already"):
        post(account, EntryKind.ALLOCATED, 60, school)

    account.refresh_from_db()
    assert account.balance == 60


@pytest.mark.parametrize("kind", [EntryKind.ALLOCATED, EntryKind.RESERVED, EntryKind.SPENT])
def test_a_kind_with_the_wrong_sign_or_nothing_is_refused_by_the_database(account, school, kind):
    post(account, EntryKind.CARRIED, 600, school)
    for amount in (0, -5):
        with pytest.raises(Exception, match="each_kind_has_its_sign"), transaction.atomic():
            post(account, kind, amount, school)


def test_nobody_writes_a_balance_by_hand(account, school):
    with pytest.raises(ProgrammingError, match="only by an entry"), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(balance=1_000)
    with pytest.raises(ProgrammingError, match="begins with nothing"), transaction.atomic():
        Account.objects.create(organisation=school, unit="pence", name="x", balance=5, opened_at=account.opened_at)


@pytest.mark.parametrize("words", ["UPDATE ledgers_entry SET amount = 1", "DELETE FROM ledgers_entry"])
def test_entries_are_only_added(account, school, words):
    post(account, EntryKind.ALLOCATED, 60, school)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words)
