from collections.abc import Iterable

from django import template

from trellis.peps.models import Pep
from trellis.peps.queries import state_in_words

register = template.Library()


@register.filter
def labelled(row: Iterable[str], head: Iterable[str]) -> list[tuple[str, str]]:
    """Each cell with the name of its column, for tables that become cards."""
    return list(zip(head, row, strict=True))


@register.filter
def pep_state(pep: Pep) -> str:
    """{{ pep|pep_state }} → Submitted"""
    return state_in_words(pep)
