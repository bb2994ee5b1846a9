"""The organisations whose own sign-in some of our people use, as ``SIGN_IN_PROVIDERS`` names them."""

from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Issuer:
    """One OpenID Connect provider. ``id`` stands in addresses; ``url`` is the issuer, to the letter, as its tokens
    say it. ``asks_second_factor``: all its sign-ins do; otherwise a token says so, by ``amr`` or by one of
    ``acr_values``."""

    id: str
    name: str
    url: str
    client_id: str
    client_secret: str = ""
    asks_second_factor: bool = False
    acr_values: tuple[str, ...] = ()

    @property
    def discovery_url(self) -> str:
        return f"{self.url.rstrip('/')}/.well-known/openid-configuration"

    def asked_second_factor(self, claims: dict[str, Any]) -> bool:
        """Whether this sign-in had a second factor, as far as we are told."""
        amr = claims.get("amr")
        return (
            self.asks_second_factor
            or (isinstance(amr, list) and "mfa" in amr)
            or (bool(claims.get("acr")) and claims["acr"] in self.acr_values)
        )


def issuers() -> dict[str, Issuer]:
    """By their id, in the order of the setting; none: people sign in by password alone."""
    return {said["id"]: _issuer(said) for said in settings.SIGN_IN_PROVIDERS}


def check_setting() -> None:
    """Raise a sentence about whatever is wrong with ``SIGN_IN_PROVIDERS``."""
    known = {field.name for field in fields(Issuer)}
    for said in settings.SIGN_IN_PROVIDERS:
        if missing := {"id", "name", "url", "client_id"} - said.keys():
            raise ImproperlyConfigured(f"SIGN_IN_PROVIDERS: one has no {', '.join(sorted(missing))}.")
        if unknown := said.keys() - known:
            raise ImproperlyConfigured(f"SIGN_IN_PROVIDERS: nothing is called {', '.join(sorted(unknown))}.")
        if not said["id"].replace("-", "").isalnum():
            raise ImproperlyConfigured("SIGN_IN_PROVIDERS: an id has letters, digits and hyphens only.")
        if not may_be_asked(said["url"]):
            raise ImproperlyConfigured(f"SIGN_IN_PROVIDERS: {said['url']} must begin with https://.")
    if len({said["url"] for said in settings.SIGN_IN_PROVIDERS}) < len(settings.SIGN_IN_PROVIDERS):
        raise ImproperlyConfigured("SIGN_IN_PROVIDERS: two have the same url.")


def may_be_asked(url: Any) -> bool:
    """An address of a provider: by TLS, but for demonstrations and tests on one machine."""
    parts = urlsplit(url if isinstance(url, str) else "")
    return bool(parts.hostname) and (parts.scheme == "https" or (settings.PLAIN_HTTP and parts.scheme == "http"))


def _issuer(said: dict[str, Any]) -> Issuer:
    return Issuer(**{**said, "acr_values": tuple(said.get("acr_values", ()))})
