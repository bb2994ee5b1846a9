"""Two people press at the same moment, with real commits."""

import threading

from django.db import connection

from trellis.conduct import clock
from trellis.documents.models import Document
from trellis.ehc_requests import actions
from trellis.ehc_requests.models import EhcRequest
from trellis.ehc_requests.tests import world as ehc
from trellis.pupils.tests import world


def at_once(*deeds):
    """Do all at the same time; give what each answered or raised."""
    answers = [None] * len(deeds)
    together = threading.Barrier(len(deeds))

    def do(number, deed):
        try:
            together.wait()
            with clock.at(world.DAY):
                answers[number] = deed()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_pack_sent_by_two_at_once_is_sent_once(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
        pack = ehc.pack_of(ehc.begun(ours, on=world.DAY))
        pack = actions.write_letter(pack.pk, by=ours.sam, seen=None, letter="We are worried.")

    one, two = at_once(*(
        lambda by=by: actions.send_pack(pack.pk, by=by, seen=pack.version) for by in (ours.sam, ours.dee)
    ))  # fmt: skip

    assert one.document_id == two.document_id
    assert (Document.objects.filter(kind="ehc pack").count(), EhcRequest.objects.count()) == (1, 1)


def test_pack_written_by_two_at_once_keeps_one_and_tells_the_other(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
        pack = ehc.pack_of(ehc.begun(ours, on=world.DAY))

    answers = at_once(*(
        lambda by=by: actions.write_letter(pack.pk, by=by, seen=pack.version, letter=f"{by} writes.")
        for by in (ours.sam, ours.dee)
    ))  # fmt: skip

    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "EhcPack"]
