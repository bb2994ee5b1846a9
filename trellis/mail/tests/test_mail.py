import pytest
from django.core import mail as outbox
from procrastinate.contrib.django.models import ProcrastinateJob

from trellis.mail import actions
from trellis.mail.models import Message

pytestmark = pytest.mark.django_db


def test_write_queues_the_message_with_the_change(settings):
    message = actions.write(to="sam@ours.example", subject="A plan waits", body="Agree it by Friday.", path="/my-week/")

    assert (message.address, message.sent_at) == ("sam@ours.example", None)
    assert list(ProcrastinateJob.objects.values_list("args", flat=True)) == [{"message_id": message.pk}]


def test_send_twice_sends_once(settings):
    settings.SITE_URL = "https://trellis.example"
    message = actions.write(to="sam@ours.example", subject="A plan waits", body="Agree it.", path="/my-week/")

    actions.send(message.pk)
    actions.send(message.pk)

    assert [sent.body for sent in outbox.outbox] == ["Agree it.\n\nhttps://trellis.example/my-week/"]
    assert Message.objects.get().sent_at is not None


def test_demo_mail_does_not_exist_elsewhere(client):
    assert client.get("/demo/mail/").status_code == 404
