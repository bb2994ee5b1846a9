"""The lists that tests are told with: our own generated ones, and real ones where TRELLIS_SAMPLES says they are."""

import csv
import os
from pathlib import Path

import pytest

from trellis.conduct import clock
from trellis.exchange import samples
from trellis.pupils.tests import world

REAL = os.environ.get("TRELLIS_SAMPLES")


def real_lists() -> samples.Samples:
    folder = Path(REAL or "")
    lists = folder / "pupil_list"

    def manifest(name):
        with (lists / name).open(encoding="utf-8", newline="") as rows:
            return list(csv.DictReader(rows))

    return samples.Samples(
        (folder / "schools" / "gias_subset_LA331_Coventry.csv").read_bytes(),
        (lists / "week_1.csv").read_bytes(),
        (lists / "week_2.csv").read_bytes(),
        manifest("CHANGES.csv"),
        (lists / "week_1_faults.csv").read_bytes(),
        manifest("FAULTS.csv"),
    )


@pytest.fixture(scope="session", params=["generated", "real"] if REAL else ["generated"])
def lists(request):
    return real_lists() if request.param == "real" else samples.make(seed=1)


@pytest.fixture
def day():
    """The day on which the lists are brought."""
    with clock.at(samples.DAY):
        yield


@pytest.fixture
def ours(db, day):
    return world.ours()


@pytest.fixture
def twin(ours):
    return world.twin()
