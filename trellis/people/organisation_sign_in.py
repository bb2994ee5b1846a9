"""Signing in by the organisation's own sign-in: allauth's OpenID Connect provider, made strict.

allauth keeps the state, the PKCE verifier and the stages of signing in. Ours are: the nonce, the signature and every
claim of the ID token (``id_tokens``), who is meant by it (issuer and subject, nothing else), and what is asked of the
provider: who this is, no name and no address.
"""

import hashlib
import logging
import secrets
import time
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from trellis.people import id_tokens
from trellis.people.issuers import Issuer, issuers, may_be_asked

log = logging.getLogger(__name__)
SIGN_IN, LINK, AGAIN = "sign in", "link", "again"  # what somebody goes to the provider for
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class AtTheProvider(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Asking one provider: its description, its keys, and a token for a code."""

    state: dict[str, Any]  # of this attempt, once the person came back

    @property
    def issuer(self) -> Issuer:
        return issuers()[self.provider_id]

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself, if it is the one that we mean."""
        if not hasattr(self, "_openid_config"):
            config = _fetch(self.issuer.discovery_url)
            if config.get("issuer") != self.issuer.url:
                raise OAuth2Error("the provider calls itself otherwise")
            if not all(may_be_asked(config.get(endpoint)) for endpoint in ENDPOINTS):
                raise OAuth2Error("the provider does not say where it is asked")
            self._openid_config = config
        return self._openid_config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return settings.SITE_URL.rstrip("/") + reverse("back_from_sign_in", args=[self.provider_id])

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Who came, by the ID token alone. The issuer is asked for nothing else about them."""
        keys = _fetch(self.openid_config["jwks_uri"]).get("keys")
        claims = id_tokens.claims_of(
            str(kwargs["response"].get("id_token", "")),
            keys=[key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else [],
            issuer=self.issuer.url,
            client_id=self.issuer.client_id,
            nonce=self.state.get("nonce", ""),
            asked_at=self.state["asked_at"] if self.state["data"] == AGAIN else None,
        )
        self.state["second_factor"] = self.issuer.asked_second_factor(claims)
        return self.get_provider().sociallogin_from_response(request, claims)


class OrganisationSignIn(OpenIDConnectProvider):  # type: ignore[misc]
    """One provider. A person there is their issuer and subject; both together are the number of our link."""

    oauth2_adapter_class = AtTheProvider

    def address_for(self, request: HttpRequest, *, purpose: str, back: str) -> str:
        """Where the person goes to show who they are. Raises OAuth2Error or RequestException."""
        nonce = secrets.token_urlsafe(32)
        ask = {"nonce": nonce} | ({"prompt": "login", "max_age": "0"} if purpose == AGAIN else {})
        answer = self.redirect(
            request, AuthProcess.LOGIN, back, purpose, auth_params=ask, nonce=nonce, asked_at=time.time()
        )
        if answer.status_code != 302:
            raise OAuth2Error("the provider could not be asked")
        return str(answer.url)

    def get_pkce_params(self) -> dict[str, Any]:
        return generate_code_challenge()  # type: ignore[no-any-return]

    def get_scope(self) -> list[str]:
        return ["openid"]

    def extract_uid(self, data: dict[str, Any]) -> str:
        return hashlib.sha256(f"{data['iss']}\n{data['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"issuer": data["iss"], "subject": data["sub"]}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def serialize(self) -> dict[str, Any]:
        return {"id": self.app.provider_id}


class ComingBack(OAuth2CallbackView):  # type: ignore[misc]
    """The answer of a provider; the attempt that it belongs to is known before its token is read."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        except (OAuth2Error, requests.RequestException) as error:  # allauth asks who the provider is outside its own
            context = {"state": self.adapter.state}
            answer = render_authentication_error(
                request, self.adapter.get_provider(), exception=error, extra_context=context
            )
        return answer

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, answer = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, answer


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts are given, never taken, and never found by an e-mail address."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> OrganisationSignIn:
        from allauth.socialaccount.models import SocialApp

        issuer = issuers().get(provider)
        if issuer is None:
            raise SocialApp.DoesNotExist
        app = SocialApp(
            provider=OrganisationSignIn.id, provider_id=issuer.id, name=issuer.name, client_id=issuer.client_id,
            secret=issuer.client_secret, settings={"server_url": issuer.url},
        )  # fmt: skip
        return OrganisationSignIn(request, app=app)

    def list_providers(self, request: HttpRequest) -> list[OrganisationSignIn]:
        return [self.get_provider(request, issuer_id) for issuer_id in issuers()]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: Any) -> None:
        return None

    def get_requests_session(self) -> requests.Session:
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0  # a provider is where its issuer says, and nowhere else
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """A token was believed. To sign in, allauth goes on if somebody is linked; all else is answered here."""
        from trellis.people import arrivals

        sociallogin.token = None  # nothing more is asked of the provider, so its key to that is not kept
        answer = arrivals.answer(request, sociallogin)
        if answer is not None:
            raise ImmediateHttpResponse(answer)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **said: Any) -> None:
        from trellis.people import arrivals

        error = said.get("exception")
        log.warning("sign-in by %s failed: %s", provider.app.provider_id, _for_the_log(error, said.get("error")))
        raise ImmediateHttpResponse(arrivals.not_signed_in(request, issuers()[provider.app.provider_id], said))


class SecondFactor(AuthenticateStage):  # type: ignore[misc]
    """Ours is asked unless the organisation's sign-in had one."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        return (None, True) if had_second_factor(self.login.signal_kwargs) else super().handle()


def had_second_factor(signal_kwargs: dict[str, Any] | None) -> bool:
    sociallogin = (signal_kwargs or {}).get("sociallogin")
    return bool(sociallogin and sociallogin.state.get("second_factor"))


def issuer_id_of(signal_kwargs: dict[str, Any] | None) -> str:
    """By whose sign-in somebody comes; "" for a password."""
    sociallogin = (signal_kwargs or {}).get("sociallogin")
    return sociallogin.account.provider if sociallogin else ""


def _fetch(url: str) -> dict[str, Any]:
    with SocialAccountAdapter().get_requests_session() as session:
        answer = session.get(url)
        answer.raise_for_status()
        said = answer.json()
    if not isinstance(said, dict):
        raise OAuth2Error("the provider answers something else")
    return said


def _for_the_log(error: Exception | None, code: Any) -> str:
    """Why, without what was sent: a provider's answer may name somebody or hold a key."""
    if isinstance(error, id_tokens.NotBelieved):
        return str(error)
    return type(error).__name__ if error else str(code)
