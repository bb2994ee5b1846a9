from django import template

register = template.Library()


@register.filter
def cast_name(email: str) -> str:
    """The short name by which a demonstration calls somebody: "sam"."""
    return email.partition("@")[0]
