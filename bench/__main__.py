"""Measure everything and print it as a table, a line each. Called by ``make bench``, on a database of its own."""

import os
import sys
from collections.abc import Collection, Iterator

import django

from bench.measured import HEAD, Measured, line

NAMES = ("pages", "printing", "bookers", "import", "crowd", "memory")  # the last three take longest
ONLY_BY_NAME = ("fuzz",)  # takes hours


def number(name: str, usual: int) -> int:
    return int(os.environ.get(name) or usual)


def measured(wanted: Collection[str]) -> Iterator[Measured]:
    from bench import bookers, crowd, fuzz, importing, memory, pages, printing
    from sweep.walk import add_all_rows
    from trellis.conduct import clock
    from trellis.pupils.tests import world

    with clock.at(world.DAY):
        ours = add_all_rows(world.ours())
        other = world.twin()  # whose hours nobody else books
    if "pages" in wanted:
        yield from pages.measure(ours)
    if "printing" in wanted:
        yield from printing.measure(ours)
    if "bookers" in wanted:
        yield bookers.measure(other)
    if "import" in wanted:
        yield importing.measure(ours, children=number("CHILDREN", 5000))
    if "crowd" in wanted:
        yield from crowd.measure(ours, children=number("CROWD", 2600))
    if "memory" in wanted:
        yield memory.measure(code=ours.virtual_school.code, children=number("CHILDREN", 5000))
    if "fuzz" in wanted:
        yield from fuzz.measure(files=number("FILES", 10_000), first=number("FIRST", 0))


def main() -> None:
    wanted = os.environ.get("BENCH", "").split() or NAMES
    if unknown := [name for name in wanted if name not in NAMES + ONLY_BY_NAME]:
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(NAMES + ONLY_BY_NAME)}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trellis.settings")
    django.setup()
    print(line(HEAD), flush=True)
    held = []
    for one in measured(wanted):
        print(line(one.cells), one.note, sep="\n" if one.note else "", flush=True)
        held.append(one.holds)
    print(f"{sum(held)} of {len(held)} goals hold.")


if __name__ == "__main__":
    main()
