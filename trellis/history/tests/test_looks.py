"""A page that cannot be logged is not shown."""

import pghistory
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from trellis.conduct import clock
from trellis.history import actions
from trellis.history.middleware import WhoLooked
from trellis.history.models import Entry, Look
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def answer_showing(user, *pupil_ids, status=200):
    def view(request):
        actions.looked_at(request, *pupil_ids)
        return HttpResponse("Jordan Vale", status=status)

    request = RequestFactory().get("/pupils/")
    request.user, request.resolver_match = user, None
    return WhoLooked(view)(request)


def test_answer_writes_one_row_with_all_it_showed(ours):
    answer_showing(ours.sam, 7, 5, 7)

    assert [(look.by, look.pupil_ids) for look in Look.objects.all()] == [(ours.sam, [5, 7])]


def test_refusal_writes_no_row(ours):
    answer_showing(ours.sam, 7, status=403)

    assert not Look.objects.exists()


def test_page_that_cannot_be_logged_is_not_shown(ours):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE trellis_owner")
        cursor.execute("REVOKE INSERT ON history_look FROM trellis_app")
        cursor.execute("SET LOCAL ROLE trellis_app")
    with transaction.atomic():
        response = answer_showing(ours.sam, 7)
        transaction.set_rollback(True)

    assert response.status_code == 503
    assert b"Jordan" not in response.content


def test_record_takes_pupil_and_state_from_its_subject(ours):
    entry = actions.record(ours.jordan, ours.sam, "Something happened.", state="PLAN")

    assert (entry.pupil_id, entry.subject_kind, entry.state, entry.by) == (
        ours.jordan.pk, "pupils.pupil", "PLAN", ours.sam,
    )  # fmt: skip
    assert Entry.objects.about_pupil(ours.jordan.pk).first() == entry


def test_row_changes_hold_who_did_it(ours, client):
    client.force_login(ours.sam)
    changes = apps.get_model("pupils.PupilRowChange").objects.filter(pgh_obj_id=ours.jordan.pk).order_by("pgh_id")

    with pghistory.context(user=ours.sam.pk, url="/pupils/"):
        ours.jordan.first_language = "Welsh"
        ours.jordan.save(update_fields=["first_language"])

    assert changes.first().pgh_label == "insert"
    assert (changes.last().pgh_label, changes.last().first_language) == ("update", "Welsh")
    assert changes.last().pgh_context == {"user": ours.sam.pk, "url": "/pupils/"}
