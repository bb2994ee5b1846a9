"""Spoiled files of every kind, brought by the page through to their landing: how each of them ends.

A file is taken back after it has ended, so all of them come to the same world. The same number is the same file.
"""

import random
import sys
import traceback
from collections import Counter
from collections.abc import Iterator

from django.test import override_settings

from bench.measured import Measured
from trellis.conduct import clock
from trellis.exchange import samples
from trellis.exchange.models import ImportKind
from trellis.exchange.tests.fuzz_door import ENDINGS, Door, with_weeks
from trellis.exchange.tests.fuzz_files import Form, spoiled, whole_files
from trellis.pupils.tests import world

MOST_TOLD = 20  # of the files that broke something
TELL_EVERY = 500  # files, to whoever waits


class Endings:
    """How the files of one kind ended, and what broke."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()
        self.broke: list[str] = []

    @property
    def in_words(self) -> str:
        return ", ".join(f"{self.ended[ending]:,} {ending}" for ending in ENDINGS if self.ended[ending])

    def measured(self, kind: str) -> Measured:
        files = self.ended.total() + len(self.broke)
        note = "\n".join([f"  {self.in_words}", *(f"  {one}" for one in self.broke[:MOST_TOLD])])
        what = f"Spoiled: {ImportKind(kind).label.lower()}"
        return Measured(what, self.ended.total(), files, "ended", at_least=1, note=note)


def measure(*, files: int, first: int = 0) -> Iterator[Measured]:
    """So many files in all from that number on, shared out among the shapes in which files come."""
    forms = whole_files()
    endings: dict[str, Endings] = {form.kind: Endings() for form in forms}
    with clock.at(samples.DAY), override_settings(ALLOWED_HOSTS=["testserver"]):
        door = with_weeks(world.build("992", "803", "fuzz.example", school_urn=990301))
        for number in range(first, first + files):
            form = forms[number % len(forms)]
            _bring(door, form, number // len(forms), endings[form.kind])
            if (number + 1 - first) % TELL_EVERY == 0:
                _tell(number + 1 - first, endings)
    for kind, of_kind in endings.items():
        yield of_kind.measured(kind)


def _bring(door: Door, form: Form, number: int, endings: Endings) -> None:
    try:
        endings.ended[door.bring(form.kind, spoiled(form, number), random.Random(number))] += 1
    except Exception as error:
        endings.broke.append(f"{form.kind}, {form.shape}, file {number}: {_told(error)}")


def _told(error: Exception) -> str:
    """What went wrong, and in which of our lines."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "/trellis/" in frame.filename]
    where = f" ({ours[-1].filename.partition('/trellis/')[2]}:{ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}: {str(error)[:400]}{where}"


def _tell(files: int, endings: dict[str, Endings]) -> None:
    broke = sum(len(of_kind.broke) for of_kind in endings.values())
    print(f"  {files:,} files, {broke} broke something", file=sys.stderr, flush=True)
    for kind, of_kind in endings.items():
        print(f"    {kind}: {of_kind.in_words}", *of_kind.broke[-3:], sep="\n      ", file=sys.stderr, flush=True)
