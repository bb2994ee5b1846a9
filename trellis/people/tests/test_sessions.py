"""A session ends, however busy; and what takes many records away asks again who is there."""

import time
from datetime import datetime, timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.models import Draft
from trellis.people.models import User
from trellis.people.views import CAST_DOMAIN
from trellis.pupils.tests import world
from trellis.testing import cloned_database

pytestmark = pytest.mark.urls("trellis.people.tests.gated")
PASSWORD = "a long quiet sentence"
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # what a password costs is not tested here
MORNING = datetime(2026, 11, 3, 8, 0, tzinfo=clock.LONDON)
TAKE_AWAY = "/take-away/?term=autumn"


def after(**time_):
    return clock.at(MORNING + timedelta(**time_))


@pytest.fixture
def sam(db, settings):
    settings.PASSWORD_HASHERS = QUICK
    with clock.at(world.DAY):
        sam = world.ours().sam
    sam.set_password(PASSWORD)
    sam.save()
    return sam


@pytest.fixture
def signed_in(sam, client):
    """Sam's browser, signed in at eight."""
    with after():
        client.post("/accounts/login/", {"login": sam.email, "password": PASSWORD})
    return client


def use(client, *, minutes, every=20):
    """Somebody who presses something every few minutes."""
    for minute in range(every, minutes, every):
        with after(minutes=minute):
            assert client.get("/accounts/2fa/").status_code == 200, minute


def test_session_ends_twelve_hours_after_signing_in_whatever_is_done(signed_in):
    use(signed_in, minutes=12 * 60 + 1)

    with after(hours=12, minutes=1):
        answer = signed_in.post("/take-away/", {"draft_form": "WhyForm", "why": "For the panel"})

    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/take-away/")
    assert "_auth_user_id" not in signed_in.session
    assert Draft.objects.get().fields == {"why": ["For the panel"]}


def test_signing_in_again_ends_the_session_no_later(signed_in):
    use(signed_in, minutes=11 * 60)
    with after(hours=11):
        assert signed_in.post("/accounts/again/", {"password": PASSWORD}).status_code == 302
    use(signed_in, minutes=12 * 60)

    with after(hours=12, minutes=1):
        assert signed_in.get("/take-away/").url == "/accounts/login/?next=/take-away/"


def test_autosave_prolongs_no_session(signed_in):
    for minute in range(1, 30):
        with after(minutes=minute):
            assert signed_in.post("/drafts/", {"draft_form": "WhyForm", "why": "words"}).status_code == 200

    with after(minutes=31):
        assert signed_in.get("/my-week/").status_code == 302
    assert "_auth_user_id" not in signed_in.session


def test_session_after_a_new_sign_in_counts_anew(signed_in, sam):
    use(signed_in, minutes=11 * 60)
    with after(hours=11):
        signed_in.post("/accounts/logout/")
        signed_in.post("/accounts/login/", {"login": sam.email, "password": PASSWORD})

    with after(hours=11, minutes=11):
        assert signed_in.get("/take-away/").url == "/accounts/again/?next=%2Ftake-away%2F"
    with after(hours=11, minutes=25):
        assert signed_in.get("/accounts/2fa/").status_code == 200


def test_gate_lets_through_who_has_just_signed_in(signed_in):
    with after(minutes=10):
        assert signed_in.get(TAKE_AWAY).status_code == 200


def test_gate_asks_the_password_and_leads_back(signed_in):
    with after(minutes=11):
        led = signed_in.get(TAKE_AWAY)
        page = signed_in.get(led.url)
        back = signed_in.post(led.url, {"password": PASSWORD, "next": TAKE_AWAY})

        assert led.url == "/accounts/again/?next=%2Ftake-away%2F%3Fterm%3Dautumn"
        assert "Sign in again" in page.content.decode()
        assert (back.status_code, back.url) == (302, TAKE_AWAY)
        assert signed_in.get(back.url).status_code == 200


def test_wrong_password_leads_nowhere(signed_in):
    with after(minutes=11):
        answer = signed_in.post("/accounts/again/", {"password": "wrong", "next": TAKE_AWAY})

        assert answer.status_code == 200
        assert answer.context["form"].errors.keys() == {"password"}
        assert signed_in.get(TAKE_AWAY).status_code == 302


def test_sixth_wrong_password_here_locks_out_as_in_signing_in(signed_in):
    with after(minutes=11):
        for _ in range(5):
            signed_in.post("/accounts/again/", {"password": "wrong"})

        assert signed_in.post("/accounts/again/", {"password": PASSWORD}).status_code == 200


def test_second_factor_is_asked_again_too_and_its_code_counts_once(signed_in, sam):
    secret = generate_totp_secret()
    TOTP.activate(sam, secret)
    code = f"{hotp_value(secret, int(time.time()) // 30):06}"
    with after(minutes=11):
        without = signed_in.post("/accounts/again/", {"password": PASSWORD, "code": ""})
        wrong_password = signed_in.post("/accounts/again/", {"password": "wrong", "code": code})
        right = signed_in.post("/accounts/again/", {"password": PASSWORD, "code": code})
        with after(minutes=22):
            used = signed_in.post("/accounts/again/", {"password": PASSWORD, "code": code})

    assert without.context["form"].errors.keys() == {"code"}
    assert wrong_password.context["form"].errors.keys() == {"password"}
    assert right.status_code == 302
    assert used.context["form"].errors.keys() == {"code"}


def test_what_a_form_sent_is_a_draft_when_one_comes_back(signed_in):
    with after(minutes=1):
        page = signed_in.get("/take-away/")
    sent = {**page.context["form"].initial, "draft_version": "", "why": "For the panel on Thursday"}
    with after(minutes=12):
        led = signed_in.post("/take-away/", sent, headers={"referer": "http://testserver/take-away/"})
        signed_in.post(led.url, {"password": PASSWORD, "next": "/take-away/"})
        page = signed_in.get("/take-away/")

    assert led.url == "/accounts/again/?next=%2Ftake-away%2F"
    assert "For the panel on Thursday" in page.content.decode()


def test_button_leads_back_to_the_page_it_stands_on(signed_in):
    with after(minutes=11):
        led = signed_in.post("/press/", headers={"referer": "http://testserver/my-week/?all=1"})

    assert led.url == "/accounts/again/?next=%2Fmy-week%2F%3Fall%3D1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "///evil.example",
        "javascript:1",
    ],
)
def test_nobody_is_led_elsewhere(signed_in, elsewhere):
    with after(minutes=11):
        page = signed_in.get("/accounts/again/", {"next": elsewhere})
        back = signed_in.post("/accounts/again/", {"password": PASSWORD, "next": elsewhere})

    assert "evil" not in page.content.decode()
    assert back.url == "/my-week/"


def test_someone_signed_out_is_led_to_sign_in(db, client):
    assert client.get("/take-away/").url == "/accounts/login/?next=/take-away/"
    assert client.get("/accounts/again/").url == "/accounts/login/?next=/accounts/again/"


def test_account_without_password_is_told_whom_to_ask(sam, client):
    sam.set_unusable_password()
    sam.save()
    client.force_login(sam)

    assert "Your account has no password" in client.get("/accounts/again/").content.decode()


def test_one_of_the_cast_presses_to_be_herself_again(django_db_setup, django_db_blocker, client):
    with django_db_blocker.unblock(), cloned_database(connection.settings_dict["NAME"], "demo"):
        bea = User.objects.create_user(email=f"bea@{CAST_DOMAIN}", first_name="Bea", last_name="Okafor")
        client.force_login(bea)
        with after():
            client.get("/take-away/")
        with after(minutes=11):
            led = client.get(TAKE_AWAY)
            page = client.get(led.url)
            back = client.post(led.url, {"next": TAKE_AWAY})
            taken = client.get(back.url)

    assert "Sign in again as Bea" in page.content.decode()
    assert (back.url, taken.status_code) == (TAKE_AWAY, 200)
