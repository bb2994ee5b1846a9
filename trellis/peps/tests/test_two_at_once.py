"""Two advisers press at the same moment."""

import threading

from django.db import connection

from trellis.conduct import clock
from trellis.documents.models import Document
from trellis.mail.models import Message
from trellis.peps import actions
from trellis.peps.tests import world as peps
from trellis.pupils.tests import world


def test_two_advisers_sign_off_at_once_and_one_signs(own_database, django_db_blocker):
    with django_db_blocker.unblock(), clock.at(world.DAY):
        ours = world.ours()
        pep = peps.submitted(ours)
        peps.grade_all(pep, ours.ada)
        together, outcomes = threading.Barrier(2), []

        def sign(by):
            with clock.at(world.DAY):
                together.wait()
                outcomes.append(actions.sign_off_pep(pep.pk, by=by).signed_off_by)
            connection.close()

        both = [threading.Thread(target=sign, args=[by]) for by in (ours.ada, ours.vic)]
        for one in both:
            one.start()
        for one in both:
            one.join()

        assert len(set(outcomes)) == 1
        assert Document.objects.count() == 1
        assert Message.objects.filter(subject="A PEP is signed off").count() == 2
