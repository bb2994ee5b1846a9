"""A policy in sentences."""

from datetime import timedelta

from django import template

from trellis.conduct import clock
from trellis.design.in_words import full_date
from trellis.organisations.models import DatedPolicy
from trellis.organisations.policies import PolicyKind
from trellis.organisations.queries import Timeline

register = template.Library()
ONE_DAY = timedelta(days=1)


@register.filter
def sentences(policy: DatedPolicy, kind: PolicyKind) -> list[str]:
    return kind.sentences(policy)


@register.filter
def otherwise_than(policy: DatedPolicy, timeline: Timeline) -> list[str]:
    """What changes when this begins."""
    before = timeline.just_before(policy) or timeline.kind.sample_of(timeline.organisation)
    return timeline.kind.differences(policy, before)


@register.filter
def held(policy: DatedPolicy) -> str:
    """ "Since 1 September 2026", "From 1 December 2026 until 31 March 2027"."""
    since, after = policy.during.lower, policy.during.upper
    begins = f"{'Since' if since <= clock.today() and not after else 'From'} {full_date(since)}"
    return f"{begins} until {full_date(after - ONE_DAY)}" if after else begins


@register.filter
def sample_words(source: str) -> str:
    """Where a sample comes from, without the word that the tag says already."""
    return source.removeprefix("sample: ")[:1].upper() + source.removeprefix("sample: ")[1:]
