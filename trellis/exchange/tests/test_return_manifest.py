"""Every damaged cell of a dirty return is told by file, line and column, or is in our list of those accepted, with
why."""

import csv
from pathlib import Path

import pytest

from trellis.exchange.kinds import Brought
from trellis.exchange.ssda903 import samples
from trellis.exchange.tests.conftest import REAL
from trellis.exchange.tests.test_yearly_return import bring

ACCEPTED = Path(__file__).parent / "return_accepted.csv"
KINDS = ["generated", "real"] if REAL else ["generated"]


def rows_in(path):
    with path.open(encoding="utf-8-sig", newline="") as rows:
        return list(csv.DictReader(rows))


def dirty(kind):
    """The files of a dirty return, and where each fault is: file, line, column ("" for the whole line)."""
    if kind == "generated":
        spoiled, manifest = samples.with_faults(samples.make(children=20))
        return spoiled.files(), [(row["file"], int(row["line"]), row["column"]) for row in manifest]
    folder = Path(REAL) / "ssda903" / "derived_dirty"
    paths = sorted(path for path in folder.glob("*.csv") if path.name != "MANIFEST.csv")
    manifest = rows_in(folder / "MANIFEST.csv")
    places = [(f"{row['file']}.csv", int(row["data_row"]) + 1, row["column"]) for row in manifest]
    return [Brought(path.name, path.read_bytes()) for path in paths], places


@pytest.mark.parametrize("kind", KINDS)
def test_tells_or_accepts_each_fault_of_a_dirty_return(ours, kind):
    files, places = dirty(kind)
    told = bring(ours, files).preview["return"]
    remarks = [*told["left_out"], *told["advice"], *told["notes"]]
    said = {(one["file"], one["line"], one["column"]) for one in remarks}
    lines = {(file, line) for file, line, _ in said}
    accepted = {(row["file"], int(row["line"]), row["column"]): row["why"] for row in rows_in(ACCEPTED)}

    def is_told(file, line, column):
        return (file, line, column) in said if column else (file, line) in lines

    assert [place for place in places if not is_told(*place) and not accepted.get(place)] == []
    assert [place for place in accepted if is_told(*place) and place in places] == []


def test_says_why_for_each_fault_that_is_accepted():
    assert all(row["why"] for row in rows_in(ACCEPTED))
