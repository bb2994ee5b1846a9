"""A draft that a list gave to another school in error: the school that had it goes on with its own."""

from typing import Any

from django.db.models import Model

from trellis.history.setting_back import BroughtAbout
from trellis.passports.models import Passport, PassportState

TAKEN_BACK: tuple[type[Model], ...] = (Passport,)


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """The draft that the other school was given is set aside, before the first is a draft again."""
    brought.count_for_nothing(Passport, state=PassportState.SET_ASIDE)
