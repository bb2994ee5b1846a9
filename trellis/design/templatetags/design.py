"""Filters and components for templates; loaded for every template, so no page says ``{% load design %}``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from trellis.conduct import clock
from trellis.design import in_words

register = template.Library()


@register.simple_tag(takes_context=True)
def download_link(context: template.RequestContext) -> str:
    """{% download_link %} beneath a table → a link that takes it away as a file, as this person sees it"""
    request = getattr(context, "request", None)
    if request is None:
        return ""
    address = f"{reverse('download_table')}?{urlencode({'of': request.get_full_path()})}"
    return format_html('<p class="t-small"><a href="{}">Download this table</a></p>', address)


@register.filter
def full_date(value: date | datetime | None) -> str:
    """{{ born_on|full_date }} → 14 January 2017"""
    return in_words.full_date(value)


@register.filter
def long_date(value: date | datetime | None) -> str:
    """{{ review_on|long_date }} → Thursday 14 January"""
    return in_words.long_date(in_words.day_of(value), clock.today()) if value else ""


@register.filter
def short_date(value: date | datetime | None) -> str:
    """{{ due_on|short_date }} → 8 Dec"""
    return in_words.short_date(in_words.day_of(value), clock.today()) if value else ""


@register.filter
def days_left(value: date | datetime | None) -> str:
    """{{ due_on|days_left }} → 3 days late · today · in 4 days"""
    return in_words.days_left(in_words.day_of(value), clock.today()) if value else ""


@register.filter
def is_late(value: date | datetime | str | None) -> bool:
    """{% if due_on|is_late %}"""
    return value is not None and not isinstance(value, str) and in_words.day_of(value) < clock.today()


@register.filter
def clock_time(value: datetime | None) -> str:
    """{{ saved_at|clock_time }} → 4:38 pm"""
    return in_words.clock_time(value) if value else ""


@register.filter
def hours(minutes: int | str | None) -> str:
    """{{ minutes|hours }} → 1½ hours"""
    return "" if minutes is None or minutes == "" else in_words.hours(int(minutes))


@register.filter
def pounds(pence: int | str | None) -> str:
    """{{ pence|pounds }} → £108"""
    return "" if pence is None or pence == "" else in_words.pounds(int(pence))


@register.filter
def page_numbers(page: Page[Any]) -> Iterable[int | str]:
    """The numbers to show beneath a long list, with … where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@dataclass(frozen=True)
class ErrorLink:
    """A line of the error summary: what is wrong, and the box to mend it in ("" when it is about the whole form)."""

    text: str
    target: str


@register.filter
def error_links(form: "BaseForm | BaseFormSet[Any] | Iterable[BaseForm]") -> list[ErrorLink]:
    """Everything wrong with a form, a formset or several forms, in the order of the page."""
    if not form:
        return []
    if isinstance(form, BaseForm):
        return _links_of(form)
    whole = [ErrorLink(str(error), "") for error in getattr(form, "non_form_errors", list)()]
    return whole + [link for one in form for link in _links_of(one)]


def _links_of(form: BaseForm) -> list[ErrorLink]:
    links = [ErrorLink(str(error), "") for error in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden else field.target_id  # type: ignore[attr-defined]
        links += [ErrorLink(str(error), target) for error in field.errors]
    return links


@dataclass(frozen=True)
class Segment:
    """One stretch of a bar, in hundredths of its whole length."""

    text: str
    tone: str
    start: float
    width: float

    @property
    def middle(self) -> float:
        return self.start + self.width / 2


@register.inclusion_tag("design/bar.html")
def bar(parts: Iterable[dict[str, Any]], label: str, whole: float | None = None) -> dict[str, Any]:
    """A bar that fills: {% bar parts "Hours of SEMHL this year" %}.

    parts: ``{"text": "1½ hours own", "amount": 90, "tone": "first|second|third|warn|rest"}``; ``whole`` is the amount
    of a full bar, by default all the parts together.
    """
    parts = list(parts)
    full = whole or sum(part["amount"] for part in parts) or 1
    segments: list[Segment] = []
    start = 0.0
    for number, part in enumerate(parts):
        width = round(min(100 * part["amount"] / full, 100 - start), 2)
        tone = part.get("tone") or ("first", "second", "third", "rest")[min(number, 3)]
        segments.append(Segment(part["text"], tone, start, width))
        start = round(start + width, 2)
    return {"segments": segments, "label": label}
