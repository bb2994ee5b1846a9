"""How tests of asking folders come to the page behind a personal link, as the person it was sent to would."""

from django.test import Client

from trellis.mail.models import Message


def link_sent_to(email):
    """The address in the newest e-mail with a personal link to this person."""
    return Message.objects.filter(address=email).exclude(secret_path="").latest("pk").secret_path


def opened(email, client=None):
    """A browser that opened the newest link, and the address of its question."""
    client = client or Client()
    return client, client.get(link_sent_to(email)).url
