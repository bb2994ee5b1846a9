"""A PEP as a PDF against an empty one; and whether the last is printed as fast as the first."""

import re
from collections.abc import Iterator
from pathlib import Path

from bench.measured import Measured, processor_milliseconds
from trellis.conduct import clock
from trellis.documents.printing import to_pdf
from trellis.peps.models import Pep
from trellis.peps.snapshot import snapshot_of
from trellis.pupils.tests.world import DAY, World

TEMPLATES = Path(__file__).resolve().parent / "typst"
PAGE = re.compile(rb"/Type\s*/Page\b")


def measure(world: World, *, times: int = 60) -> Iterator[Measured]:
    with clock.at(DAY):
        snapshot = snapshot_of(Pep.objects.get(pk=world.rows["signed_pep_id"]), footer="Benchmark")
    to_pdf("pep", snapshot)  # the typefaces are read once
    reference = processor_milliseconds(lambda: to_pdf("empty", {}, templates=TEMPLATES), times)
    first = processor_milliseconds(lambda: to_pdf("pep", snapshot), times)
    processor_milliseconds(lambda: to_pdf("pep", snapshot), times)
    last = processor_milliseconds(lambda: to_pdf("pep", snapshot), times)
    pages = len(PAGE.findall(to_pdf("pep", snapshot)))
    yield Measured("PEP as a PDF, processor time", first, reference, "ms", at_most=20)
    yield Measured("PEP as a PDF, the last as the first", last, first, "ms", at_most=1.2)
    yield Measured("Pages of PDF, of 20 wanted", pages * 1000 / first, 20, "a second", at_least=1)
