"""Measure everything and print it as a table, a line each. Called by ``make bench``, on a database of its own."""

import os
from collections.abc import Iterator

import django

from bench.measured import HEAD, Measured, line


def measured() -> Iterator[Measured]:
    from bench import bookers, importing, pages, printing
    from sweep.walk import add_all_rows
    from trellis.conduct import clock
    from trellis.pupils.tests import world

    with clock.at(world.DAY):
        ours = add_all_rows(world.ours())
        other = world.twin()  # whose hours nobody else books
    yield from pages.measure(ours)
    yield from printing.measure(ours)
    yield bookers.measure(other)
    yield importing.measure(ours)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trellis.settings")
    django.setup()
    print(line(HEAD), flush=True)
    held = []
    for one in measured():
        print(line(one.cells), flush=True)
        held.append(one.holds)
    print(f"{sum(held)} of {len(held)} goals hold.")


if __name__ == "__main__":
    main()
