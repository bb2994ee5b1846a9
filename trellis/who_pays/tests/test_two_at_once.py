"""Two SENCOs send at the same moment, and there are hours for one."""

import threading

from django.db import connection

from trellis.advice import actions as advice
from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.hours import queries
from trellis.hours.models import HoursAccount
from trellis.ledgers.models import Entry
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.who_pays.models import PaymentPlan
from trellis.who_pays.tests.world import draft, hours_left, say


def test_two_send_on_one_balance_and_the_second_is_asked_again(own_database, django_db_blocker):
    with django_db_blocker.unblock(), clock.at(world.DAY):
        ours = world.ours()
        own = hours_left(ours, 180)
        requests = [draft(ours)]
        ours.jordan = second_pupil(ours)
        requests.append(draft(ours))
        for request in requests:
            say(request, ours.sam)
        together, outcomes = threading.Barrier(2), []

        def send(request, by):
            with clock.at(world.DAY):
                together.wait()
                try:
                    outcomes.append(advice.send_request(request.pk, by=by, seen=None).state)
                except Refused as refusal:
                    outcomes.append(refusal.sentence.split(".")[0])
            connection.close()

        both = [threading.Thread(target=send, args=pair) for pair in zip(requests, (ours.sam, ours.dee), strict=True)]
        for one in both:
            one.start()
        for one in both:
            one.join()

        assert sorted(outcomes) == ["Nobody pays for part of this request", "SENT"]
        account = HoursAccount.objects.with_names().get(pk=own.pk)
        assert (account.account.balance, queries.tallies([account])[0].booked) == (0, 360)
        assert sum(entry.amount for entry in Entry.objects.of(account.account)) == 0
        assert PaymentPlan.objects.filter(sent_at__isnull=False).count() == 1


def second_pupil(ours):
    pupil = pupils.register_pupil(
        by=None, legal_first_name="Amira", legal_last_name="Stone", date_of_birth=ours.jordan.date_of_birth
    )
    pupils.start_school_place(pupil.pk, by=None, school=ours.school, on=world.DAY, year_group=4)
    pupils.start_care(pupil.pk, by=None, authority=ours.virtual_school.authority, since=world.DAY, legal_status="C2")
    pupils.name_professional(
        pupil.pk, by=None, authority=ours.virtual_school.authority, role="social worker", name="Sol",
        email=ours.sol.email, on=world.DAY,
    )  # fmt: skip
    return pupil
