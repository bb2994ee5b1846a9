from collections.abc import Iterable

from django import template

register = template.Library()


@register.filter
def labelled(row: Iterable[str], head: Iterable[str]) -> list[tuple[str, str]]:
    """Each cell with the name of its column, for tables that become cards."""
    return list(zip(head, row, strict=True))
