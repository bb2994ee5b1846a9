"""Signing in: password, second factor, lock-out, no sign-up, and the cast of a demonstration."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail

from trellis.conduct import clock
from trellis.mail import actions as mail_actions
from trellis.mail.models import Message
from trellis.people.signing_in import MfaAdapter
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
PASSWORD = "a long quiet sentence"


@pytest.fixture
def sam(settings):
    with clock.at(world.DAY):
        sam = world.ours().sam
        sam.set_password(PASSWORD)
        sam.save()
        yield sam


def sign_in(client, password=PASSWORD, email="sam@ours.example"):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_right_password_signs_in(sam, client):
    assert sign_in(client).status_code == 302
    assert client.session["_auth_user_id"] == str(sam.pk)


def test_wrong_password_says_the_same_for_known_and_unknown(sam, client):
    known, unknown = sign_in(client, "wrong"), sign_in(client, "wrong", "nobody@ours.example")

    assert known.status_code == unknown.status_code == 200
    assert "_auth_user_id" not in client.session
    assert known.context["form"].errors == unknown.context["form"].errors


def test_sixth_wrong_password_locks_out_for_a_while(sam, client):
    for _ in range(5):
        sign_in(client, "wrong")

    sign_in(client)

    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    answer = client.post("/accounts/signup/", {"email": "new@ours.example", "password1": PASSWORD})

    assert "_auth_user_id" not in client.session
    assert answer.status_code in {200, 302, 403, 404}
    from trellis.people.models import User

    assert not User.objects.filter(email="new@ours.example").exists()


def test_live_database_asks_for_a_second_factor_first(sam, client, settings):
    settings.STAMP = "live"
    client.force_login(sam)

    answer = client.post("/drafts/", {"draft_form": "F"}, secure=True)

    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/totp/activate/")


def test_second_factor_is_asked_when_there_is_one(sam, client):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(sam, generate_totp_secret())

    answer = sign_in(client)

    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session


def test_secret_of_the_second_factor_is_not_kept_in_the_clear(sam):
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(sam, "JBSWY3DPEHPK3PXP")

    kept = Authenticator.objects.get(user=sam).data["secret"]
    assert "JBSWY3DPEHPK3PXP" not in kept
    assert MfaAdapter().decrypt(kept) == "JBSWY3DPEHPK3PXP"


def test_reset_writes_mail_only_through_the_queue(sam, client):
    client.post("/accounts/password/reset/", {"email": "sam@ours.example"})

    message = Message.objects.get()
    assert (message.address, message.sent_at) == ("sam@ours.example", None)
    assert "/accounts/password/reset/key/" not in message.body
    assert client.get(message.secret_path, follow=True).status_code == 200


def test_link_that_resets_a_password_is_forgotten_once_it_went(sam, client, settings):
    settings.STAMP = "live"
    client.post("/accounts/password/reset/", {"email": "sam@ours.example"})
    message = Message.objects.get()
    link = message.secret_path

    mail_actions.send(message.pk)

    message.refresh_from_db()
    assert link in mail.outbox[0].body
    assert (message.secret_path, link in message.body) == ("", False)


def test_cast_exists_only_in_a_demonstration(sam, client):
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/sign-in/", {"who": "sam"}).status_code == 404


def test_address_is_changed_by_a_manager_alone(sam, client):
    """By his address a social worker is named for a child: who could take another's would read that child's record."""
    client.force_login(sam)

    for press in ("action_add", "action_primary", "action_remove"):
        client.post("/accounts/email/", {press: "", "email": "sol@elsewhere.example"})

    sam.refresh_from_db()
    assert sam.email == "sam@ours.example"
    assert client.get("/accounts/email/").status_code == 404
