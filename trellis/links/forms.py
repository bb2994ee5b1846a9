"""The form somebody without an account fills in. The link is its one-time key: it works once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from django import forms
from django.http import HttpRequest

from trellis.conduct.refusals import Refused


class ReplyForm(forms.Form):
    """A question form behind a personal link: as posted, or empty. ``refusals()`` is as ActionForm's."""

    use_required_attribute = False

    @classmethod
    def opened(cls, request: HttpRequest, **arguments: Any) -> Self:
        return cls(request.POST if request.method == "POST" else None, **arguments)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        try:
            yield
        except Refused as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)
