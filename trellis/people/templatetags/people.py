from django import template

from trellis.people.issuers import Issuer, issuers

register = template.Library()


@register.filter
def cast_name(email: str) -> str:
    """The short name by which a demonstration calls somebody: "sam"."""
    return email.partition("@")[0]


@register.simple_tag
def sign_in_issuers() -> list[Issuer]:
    """The organisations whose own sign-in may be used here."""
    return list(issuers().values())
