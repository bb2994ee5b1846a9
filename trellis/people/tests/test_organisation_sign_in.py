"""Signing in by the organisation's own sign-in: who is believed, who is meant, and what is asked besides."""

import time
from datetime import datetime
from datetime import time as day_time

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from trellis.conduct import clock
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.people import issuers
from trellis.people.models import User
from trellis.people.tests import provider as providers
from trellis.pupils.tests import world

PASSWORD = "a long quiet sentence"
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # what a password costs is not tested here
pytestmark = pytest.mark.urls("trellis.people.tests.gated")


@pytest.fixture
def ours(db, settings):
    settings.PASSWORD_HASHERS = QUICK
    with clock.at(world.DAY):
        ours = world.ours()
    for who in (ours.sam, ours.dee):
        who.set_password(PASSWORD)
        who.save()
    return ours


@pytest.fixture
def shire(settings):
    with providers.running() as shire:
        settings.SIGN_IN_PROVIDERS = [
            {
                "id": "shire",
                "name": "Shire Council",
                "url": shire.url,
                "client_id": "trellis",
                "client_secret": "a secret",
            }
        ]
        yield shire


@pytest.fixture
def linked(ours, shire, client):
    """Sam's browser after he linked the council's sign-in, and signed out."""
    sign_in_by_password(client)
    come_back(client, client.post("/accounts/organisation/link/", {"issuer": "shire"}))
    client.post("/accounts/logout/")
    shire.asked.clear()
    return client


def sign_in_by_password(client, email="sam@ours.example"):
    assert client.post("/accounts/login/", {"login": email, "password": PASSWORD}).status_code == 302


def go(client, next_=""):
    return client.post("/accounts/oidc/shire/login/", {"next": next_})


def come_back(client, going):
    return client.get(providers.visit(going.context["address"]))


def who_is_in(client):
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number).first_name if number else None


def page_said(client, answer):
    return " ".join(client.get(answer.url).content.decode().split())


# --- linking ---------------------------------------------------------------------------------------------------------


def test_links_once_after_the_password_and_then_signs_in(linked, ours, shire):
    answer = come_back(linked, go(linked, "/my-week/?all=1"))

    assert (answer.status_code, answer.url) == (302, "/my-week/?all=1")
    assert who_is_in(linked) == "Sam"
    link = SocialAccount.objects.get()
    assert (link.user, link.extra_data) == (ours.sam, {"issuer": shire.url, "subject": "subject-of-sam"})
    assert (
        Entry.objects.filter(subject_kind="people.user", sentence__contains="signs in with Shire Council").count() == 1
    )
    assert Message.objects.get(address="sam@ours.example").subject.startswith("You can now sign in to Trellis")


def test_asks_for_nothing_but_who_this_is(linked, shire):
    come_back(linked, go(linked))

    asked = shire.asked[0]
    assert (asked["scope"], asked["response_type"]) == ("openid", "code")
    assert asked["redirect_uri"] == "http://localhost:8000/accounts/oidc/shire/login/callback/"
    assert min(len(asked["nonce"]), len(asked["state"])) >= 16
    assert "prompt" not in asked


def test_unknown_subject_gets_a_sentence_and_no_account(linked, ours, shire):
    before = User.objects.count()
    shire.person = "somebody-else"
    shire.says = {"email": "dee@ours.example", "email_verified": True, "name": "Dee Ours"}

    answer = come_back(linked, go(linked))

    assert answer.status_code == 403
    assert "This sign-in is not linked to an account yet" in answer.content.decode()
    assert (who_is_in(linked), User.objects.count(), SocialAccount.objects.count()) == (None, before, 1)


def test_sign_in_of_another_account_cannot_be_linked(linked, ours):
    other = Client()
    sign_in_by_password(other, "dee@ours.example")

    answer = come_back(other, other.post("/accounts/organisation/link/", {"issuer": "shire"}))

    assert "belongs to another account here" in page_said(other, answer)
    assert SocialAccount.objects.get().user == ours.sam


def test_second_sign_in_of_the_same_organisation_is_not_linked_beside_the_first(linked, shire):
    sign_in_by_password(linked)
    shire.person = "sams-other-number"

    answer = come_back(linked, linked.post("/accounts/organisation/link/", {"issuer": "shire"}))

    assert "You already use another sign-in of Shire Council" in page_said(linked, answer)
    assert SocialAccount.objects.get().extra_data["subject"] == "subject-of-sam"


def test_linking_the_same_twice_changes_nothing(linked):
    sign_in_by_password(linked)

    come_back(linked, linked.post("/accounts/organisation/link/", {"issuer": "shire"}))

    assert SocialAccount.objects.count() == 1
    assert Entry.objects.filter(sentence__contains="signs in with Shire Council").count() == 1


def test_link_asks_for_the_password_just_now(ours, shire, client):
    with clock.at(world.DAY):
        sign_in_by_password(client)
    with clock.at(datetime.combine(world.DAY, day_time(9, 11), clock.LONDON)):
        answer = client.post("/accounts/organisation/link/", {"issuer": "shire"})

    assert answer.url.startswith("/accounts/again/")


def test_one_who_came_without_password_links_nothing_else(linked, shire, settings):
    come_back(linked, go(linked))
    settings.SIGN_IN_PROVIDERS = [
        *settings.SIGN_IN_PROVIDERS,
        {**settings.SIGN_IN_PROVIDERS[0], "id": "b", "url": "http://b"},
    ]

    assert linked.post("/accounts/organisation/link/", {"issuer": "b"}).status_code == 409


def test_what_somebody_began_to_link_is_not_linked_for_the_next_person(ours, shire, client):
    sign_in_by_password(client)
    going = client.post("/accounts/organisation/link/", {"issuer": "shire"})
    client.post("/accounts/logout/")
    sign_in_by_password(client, "dee@ours.example")

    come_back(client, going)

    assert not SocialAccount.objects.exists()


def test_stops_using_it(linked):
    sign_in_by_password(linked)

    assert "Stop using my organisation’s sign-in" in linked.get("/accounts/how-i-sign-in/").content.decode()
    linked.post("/accounts/organisation/unlink/", {"issuer": "shire"})
    linked.post("/accounts/logout/")

    assert come_back(linked, go(linked)).status_code == 403


def test_one_whose_account_was_closed_does_not_come_in(linked, ours):
    ours.sam.is_active = False
    ours.sam.save()

    come_back(linked, go(linked))

    assert who_is_in(linked) is None


# --- what is believed ------------------------------------------------------------------------------------------------

BAD_TOKENS = {
    "of another issuer": {"iss": "https://elsewhere.example"},
    "with a slash more": {"iss": "{url}/"},
    "for another audience": {"aud": "another system"},
    "for others too": {"aud": ["trellis", "another system"]},
    "asked for by another": {"azp": "another system"},
    "of another attempt": {"nonce": "of another attempt"},
    "without nonce": {"nonce": None},
    "run out": {"exp": int(time.time()) - 120},
    "without end": {"exp": None},
    "of tomorrow": {"iat": int(time.time()) + 86_400},
    "not yet": {"nbf": int(time.time()) + 3_600},
    "that names nobody": {"sub": ""},
    "without a subject": {"sub": None},
}
BAD_SIGNATURES = {
    "alg none": lambda claims: jwt.encode(claims, None, "none"),
    "another key under the same name": lambda claims: jwt.encode(claims, providers.OTHER_KEY, "RS256", {"kid": "one"}),
    "a key that nobody named": lambda claims: jwt.encode(claims, providers.OTHER_KEY, "RS256", {"kid": "two"}),
    "a key without a name": lambda claims: jwt.encode(claims, providers.OTHER_KEY, "RS256"),
    "the client's secret": lambda claims: jwt.encode(claims, "a secret" * 8, "HS256", {"kid": "one"}),
    "a key that it brings itself": lambda claims: jwt.encode(
        claims, providers.OTHER_KEY, "RS256",
        {"kid": "two", "jwk": jwt.algorithms.RSAAlgorithm.to_jwk(providers.OTHER_KEY.public_key(), as_dict=True)},
    ),
    "cut off": lambda claims: jwt.encode(claims, providers.KEY, "RS256", {"kid": "one"}).rpartition(".")[0],
    "no token at all": lambda claims: "nothing",
    "empty": lambda claims: "",
}  # fmt: skip


@pytest.mark.parametrize("wrong", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
def test_token_that_says_something_else_signs_nobody_in(linked, shire, wrong):
    shire.says = {name: value.format(url=shire.url) if value == "{url}/" else value for name, value in wrong.items()}

    answer = come_back(linked, go(linked, "/my-week/?all=1"))

    assert answer.url == "/accounts/login/?next=%2Fmy-week%2F%3Fall%3D1"
    assert who_is_in(linked) is None
    assert "We could not be sure of what the sign-in of Shire Council told us" in page_said(linked, answer)


@pytest.mark.parametrize("sign", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES.keys())
def test_token_signed_otherwise_signs_nobody_in(linked, shire, sign):
    shire.sign = sign

    answer = come_back(linked, go(linked))

    assert (answer.status_code, who_is_in(linked)) == (302, None)


def test_same_subject_of_another_issuer_is_somebody_else(linked, shire, settings):
    with providers.running() as elsewhere:
        settings.SIGN_IN_PROVIDERS = [{**settings.SIGN_IN_PROVIDERS[0], "url": elsewhere.url}]

        answer = come_back(linked, go(linked))

    assert (elsewhere.person, answer.status_code, who_is_in(linked)) == (shire.person, 403, None)


def test_answer_to_one_provider_is_not_taken_for_anothers(linked, shire, settings):
    settings.SIGN_IN_PROVIDERS = [
        *settings.SIGN_IN_PROVIDERS,
        {**settings.SIGN_IN_PROVIDERS[0], "id": "elsewhere", "url": "http://127.0.0.1:1"},
    ]
    back = providers.visit(go(linked).context["address"])

    answer = linked.get(back.replace("/shire/", "/elsewhere/"))

    assert (answer.status_code, who_is_in(linked)) == (302, None)


def test_state_of_another_browser_counts_for_nothing(linked):
    back = providers.visit(go(linked).context["address"])
    other = Client()

    assert (other.get(back).status_code, who_is_in(other)) == (302, None)
    assert who_is_in(linked) is None


def test_answer_counts_once(linked):
    back = providers.visit(go(linked).context["address"])
    linked.get(back)
    linked.post("/accounts/logout/")

    linked.get(back)

    assert who_is_in(linked) is None


def test_provider_that_calls_itself_otherwise_is_not_asked(linked, shire):
    shire.describes = {"issuer": "https://elsewhere.example"}

    assert "could not be sure" in page_said(linked, go(linked))


def test_provider_that_leads_elsewhere_is_not_followed(linked, shire, settings):
    settings.PLAIN_HTTP = False

    assert "could not be sure" in page_said(linked, go(linked))


# --- nobody is led astray --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere(linked, elsewhere):
    assert come_back(linked, go(linked, elsewhere)).url == "/my-week/"


def test_address_cannot_say_what_the_provider_is_asked(linked, shire):
    going = linked.post(
        "/accounts/oidc/shire/login/?auth_params=redirect_uri%3Dhttps://evil.example%26nonce%3Dmine&scope=email", {}
    )

    assert "evil" not in going.context["address"]
    assert "scope=openid&" in going.context["address"]


def test_provider_that_is_down_leaves_the_password(linked, shire):
    shire.is_down = True

    assert "does not answer. Use your password" in page_said(linked, go(linked))
    sign_in_by_password(linked)
    assert who_is_in(linked) == "Sam"


def test_provider_that_goes_down_meanwhile_leaves_the_password(linked, shire):
    back = providers.visit(go(linked).context["address"])
    shire.is_down = True

    answer = linked.get(back)

    assert answer.url == "/accounts/login/?"
    assert who_is_in(linked) is None


def test_one_who_changes_their_mind_there_comes_back_to_sign_in(linked):
    state = go(linked).context["address"].partition("state=")[2].partition("&")[0]

    answer = linked.get(f"/accounts/oidc/shire/login/callback/?error=access_denied&state={state}")

    assert "You did not sign in with Shire Council" in page_said(linked, answer)


# --- the second factor -----------------------------------------------------------------------------------------------


def test_our_second_factor_is_asked_when_theirs_is_not_known(linked, ours):
    TOTP.activate(ours.sam, generate_totp_secret())

    answer = come_back(linked, go(linked))

    assert (answer.url, who_is_in(linked)) == ("/accounts/2fa/authenticate/", None)


@pytest.mark.parametrize(
    ("says", "setting", "counts"),
    [
        ({"amr": ["pwd", "mfa"]}, {}, True),
        ({}, {"asks_second_factor": True}, True),
        ({"acr": "high"}, {"acr_values": ["high"]}, True),
        ({"acr": "high"}, {}, False),
        ({"amr": "mfa"}, {}, False),
        ({"amr": ["pwd"]}, {}, False),
    ],
)
def test_our_second_factor_is_not_asked_after_theirs(linked, ours, shire, settings, says, setting, counts):
    TOTP.activate(ours.sam, generate_totp_secret())
    settings.SIGN_IN_PROVIDERS = [{**settings.SIGN_IN_PROVIDERS[0], **setting}]
    shire.says = says

    come_back(linked, go(linked))

    assert who_is_in(linked) == ("Sam" if counts else None)


def test_live_database_wants_no_second_factor_besides_theirs(linked, shire, settings):
    shire.says = {"amr": ["mfa"]}
    come_back(linked, go(linked))
    settings.STAMP = "live"

    assert linked.post("/drafts/", {"draft_form": "F"}, secure=True).status_code == 200


def test_live_database_wants_ours_without_theirs(linked, settings):
    come_back(linked, go(linked))
    settings.STAMP = "live"

    assert linked.post("/drafts/", {"draft_form": "F"}, secure=True).url == "/accounts/2fa/totp/activate/"


# --- again, and out --------------------------------------------------------------------------------------------------


def at(minutes):
    return clock.at(datetime.combine(world.DAY, day_time(9, minutes), clock.LONDON))


@pytest.fixture
def came(linked):
    with at(0):
        come_back(linked, go(linked))
    return linked


def test_gate_leads_to_the_provider_which_asks_again(came, shire):
    with at(11):
        page = came.get(came.get("/take-away/").url)
        back = come_back(came, came.post("/accounts/organisation/again/", {"issuer": "shire", "next": "/take-away/"}))
        taken = came.get(back.url)

    assert "Sign in again with Shire Council" in page.content.decode()
    assert (shire.asked[-1]["prompt"], shire.asked[-1]["max_age"]) == ("login", "0")
    assert (back.url, taken.status_code) == ("/take-away/", 200)


@pytest.mark.parametrize("says", [{"auth_time": int(time.time()) - 3_600}, {"auth_time": None}])
def test_provider_that_does_not_ask_again_is_not_enough(came, shire, says):
    shire.says = says
    with at(11):
        back = come_back(came, came.post("/accounts/organisation/again/", {"issuer": "shire", "next": "/take-away/"}))

        assert back.url.startswith("/accounts/again/")
        assert came.get("/take-away/").status_code == 302


def test_somebody_else_at_the_provider_is_not_the_same_person(came, shire):
    shire.person = "somebody-else"
    with at(11):
        back = come_back(came, came.post("/accounts/organisation/again/", {"issuer": "shire", "next": "/take-away/"}))

        assert "You signed in with Shire Council as someone else" in page_said(came, back)
        assert (came.get("/take-away/").status_code, who_is_in(came)) == (302, "Sam")


def test_one_with_a_second_factor_is_asked_as_much_again(came, ours):
    TOTP.activate(ours.sam, generate_totp_secret())
    with at(11):
        back = come_back(came, came.post("/accounts/organisation/again/", {"issuer": "shire", "next": "/take-away/"}))

        assert "did not ask for a second factor" in page_said(came, back)
        assert came.get("/take-away/").status_code == 302


def test_signing_out_ends_the_session_here(came):
    came.post("/accounts/logout/")

    assert who_is_in(came) is None
    assert came.get("/take-away/").url.startswith("/accounts/login/")


# --- off by default --------------------------------------------------------------------------------------------------


def test_without_the_setting_there_is_no_such_way(ours, client):
    assert "organisation’s sign-in" not in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/oidc/shire/login/").status_code == 404
    assert client.get("/accounts/oidc/shire/login/callback/?code=1&state=1").status_code == 404


@pytest.mark.parametrize("page", ["3rdparty/", "3rdparty/signup/", "3rdparty/login/error/", "social/connections/"])
def test_none_of_allauths_own_pages_about_it_is_there(db, client, page):
    assert client.get(f"/accounts/{page}").status_code == 404
    assert client.post(f"/accounts/{page}").status_code == 404


def test_sign_in_page_offers_each_organisation(db, shire, client):
    assert "Sign in with Shire Council" in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"client_id": None}, "has no client_id"),
        ({"secret": "x"}, "nothing is called secret"),
        ({"id": "a/b"}, "letters, digits and hyphens"),
        ({"url": "ftp://shire.example"}, "must begin with https://"),
    ],
)
def test_wrong_setting_is_said_when_the_server_starts(settings, wrong, sentence):
    said = {"id": "shire", "name": "Shire Council", "url": "https://shire.example", "client_id": "trellis"} | wrong
    settings.SIGN_IN_PROVIDERS = [{name: value for name, value in said.items() if value is not None}]

    with pytest.raises(ImproperlyConfigured, match=sentence):
        issuers.check_setting()
