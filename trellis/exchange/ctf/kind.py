"""The common transfer file (CTF), as the school that a pupil left sends it to the next: the SEN before, and the receipt
for the file itself."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.exchange.ctf import attendance, compare, landing
from trellis.exchange.ctf.elements import file_in
from trellis.exchange.ctf.told import Remark, SchoolNumber, Told, ToldPupil, about_the_name, told_by
from trellis.exchange.kinds import Brought, FileKind, Preview, Rows
from trellis.exchange.models import Import, Step
from trellis.exchange.progress import Progress
from trellis.exchange.reading import Unreadable
from trellis.organisations.models import School

NOT_CHECKED = (
    "The file does not say for which school it is, or the number of your school is not known here. Only pupils on your "
    "roll are looked for."
)


def read(files: Sequence[Brought], school: School | None, progress: Progress) -> tuple[Rows, Preview]:
    """Only the pupils on the school's roll are kept; of the others their names, so that they can be added."""
    if school is None:
        raise Refused("Say for which school the file is.")
    today = clock.today()
    file = file_in(files[0].content)
    progress.comes_to(Step.CHECKING)
    told = told_by(file)
    _require_ours(told, school)
    way, known_until = attendance.way_of(told, today), min(told.made_on or today, today)
    progress.comes_to(Step.COMPARING)
    comparison = compare.compare(told.pupils, school, told.source, today, way=way, known_until=known_until)
    remarks = [*about_the_name(files[0].name, told), *_not_checked(told, school), *told.remarks, *comparison.remarks]
    about_file = {
        "source": vars(told.source),
        "way": way,
        "known_until": known_until.isoformat(),
        "made_on": told.made_on.isoformat() if told.made_on else "",
        "pupils": len(told.pupils),
        "not_on_roll": [
            {"number": pupil.number, "name": pupil.name} for pupil in comparison.not_on_roll
        ],
        "remarks": [remark.as_dict() for remark in sorted(remarks, key=lambda remark: remark.number)],
        "dropped": file.dropped,
        "ignored": file.ignored,
    }  # fmt: skip
    rows = [placing.told.as_dict() for placing in comparison.placings]
    return rows, compare.as_preview(comparison, about_file)


def _require_ours(told: Told, school: School) -> None:
    number = SchoolNumber(school.authority_code, school.establishment_number)
    if told.destination.is_said and number.establishment and told.destination.number != number.number:
        raise Unreadable(
            f"This file is for the school with the number {told.destination.number}; yours is {number.number}. Tell "
            "the school that sent it."
        )


def _not_checked(told: Told, school: School) -> list[Remark]:
    is_checked = told.destination.is_said and school.establishment_number
    return [] if is_checked else [Remark(0, "DestSchool", "", NOT_CHECKED)]


def compare_again(made: Import) -> tuple[compare.Comparison, Preview]:
    """The pupils that were kept beside what Trellis holds at this moment; what was said of the file stays."""
    assert made.school is not None
    told = made.preview["ctf"]
    kept = ("source", "way", "known_until", "made_on", "pupils", "not_on_roll", "remarks", "dropped", "ignored")
    about_file = {name: told[name] for name in kept}
    pupils = [ToldPupil.from_dict(row) for row in made.rows]
    comparison = compare.compare(
        pupils, made.school, SchoolNumber(**told["source"]), clock.today(), way=told["way"],
        known_until=date.fromisoformat(told["known_until"]),
    )  # fmt: skip
    return comparison, compare.as_preview(comparison, about_file)


def land(made: Import, comparison: compare.Comparison, by: Any, progress: Progress) -> Preview:
    landing.land_file(comparison, by=by, source=made.file_name, progress=progress)
    return {}


COMMON_TRANSFER_FILE = FileKind(
    name="common transfer file",
    read=read,
    compare=compare_again,
    land=land,
    of_virtual_schools=False,
    of_schools=True,
)
