"""Two people press at the same moment."""

import threading

from django.db import connection

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.funding import actions
from trellis.funding.models import FundingPot, FundingRequest
from trellis.funding.tests import world as funding
from trellis.ledgers.models import Entry
from trellis.pupils.tests import world


def at_once(*deeds):
    """Do all of it at the same moment; give what each came to."""
    together, outcomes = threading.Barrier(len(deeds)), []

    def do(deed):
        with clock.at(world.DAY):
            together.wait()
            try:
                outcomes.append(deed())
            except Refused as refusal:
                outcomes.append(refusal.sentence)
        connection.close()

    threads = [threading.Thread(target=do, args=[deed]) for deed in deeds]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return outcomes


def test_two_advisers_agree_the_last_money_and_one_is_told(own_database, django_db_blocker):
    with django_db_blocker.unblock(), clock.at(world.DAY):
        ours = world.ours()
        funding.fill_pot(ours, 15_000)
        target = funding.signed_target(ours)
        first, second = funding.ask(ours, target), funding.ask(ours, target)
        outcomes = at_once(
            lambda: actions.agree_funding(first.pk, by=ours.ada, seen=None),
            lambda: actions.agree_funding(second.pk, by=ours.vic, seen=None),
        )

        told = [outcome for outcome in outcomes if isinstance(outcome, str)]
        assert told == [
            "The pot of 2026-27 has £42 left, and this is £108. Agree a part, or say what else could pay."
        ]  # fmt: skip
        assert sorted(FundingRequest.objects.values_list("state", flat=True)) == ["AGREED", "ASKED"]
        assert FundingPot.objects.get().account.balance == 4_200


def test_two_exports_at_once_pay_once(own_database, django_db_blocker):
    with django_db_blocker.unblock(), clock.at(world.DAY):
        ours = world.ours()
        funding.fill_pot(ours)
        funding.agreed(ours, funding.signed_target(ours))
        batch = actions.make_batch(ours.virtual_school.pk, by=ours.bea)
        outcomes = at_once(*[lambda by=by: actions.export_batch(batch.pk, by=by).lines for by in (ours.bea, ours.vic)])

        assert outcomes[0] == outcomes[1]
        assert Entry.objects.filter(kind="spent").count() == 1
