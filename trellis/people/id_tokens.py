"""What an ID token must be before anybody is believed to be somebody. Source: OpenID Connect Core 1.0, 3.1.3.7."""

import secrets
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

ALGORITHMS = {"RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "ES256": "EC", "ES384": "EC"}
SKEW = 60  # seconds by which two clocks may differ


class NotBelieved(OAuth2Error):  # type: ignore[misc]
    """A token that says something other than it should; the text is for the log and names no one."""


def claims_of(
    token: str, *, keys: list[dict[str, Any]], issuer: str, client_id: str, nonce: str, asked_at: float | None = None
) -> dict[str, Any]:
    """The claims of a token that this issuer signed for us, for this very attempt, and that still stands.

    ``asked_at`` (seconds): the person must have shown who they are since then. Raises NotBelieved.
    """
    try:
        header = jwt.get_unverified_header(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key(header, keys),
            algorithms=[header["alg"]],
            issuer=issuer,
            audience=client_id,
            leeway=SKEW,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )
    except jwt.PyJWTError as error:
        raise NotBelieved(type(error).__name__) from error
    if claims.get("azp", client_id) != client_id or (isinstance(claims["aud"], list) and len(claims["aud"]) > 1):
        raise NotBelieved("the token was made for others too")
    if not nonce or not secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise NotBelieved("the token answers another attempt")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise NotBelieved("the token names nobody")
    if asked_at is not None and not _is_since(claims.get("auth_time"), asked_at):
        raise NotBelieved("the provider did not ask again")
    return claims


def _key(header: dict[str, Any], keys: list[dict[str, Any]]) -> Any:
    """The issuer's key that the token names, of the kind that the algorithm needs."""
    kind = ALGORITHMS.get(header.get("alg", ""))
    if kind is None:
        raise NotBelieved("the token is signed in a way that we do not take")
    for key in keys:
        is_named = key.get("kid") == header.get("kid") or (len(keys) == 1 and "kid" not in header)
        if is_named and key.get("kty") == kind and key.get("use", "sig") == "sig":
            return jwt.PyJWK(key, algorithm=header["alg"]).key
    raise NotBelieved("the token is signed by a key that the issuer does not name")


def _is_since(moment: Any, asked_at: float) -> bool:
    return isinstance(moment, int) and not isinstance(moment, bool) and moment >= asked_at - SKEW
