"""What memory an import needs: a fresh program reads, compares and lands the weekly list, and says its peak.

python -m bench.memory FILE VIRTUAL_SCHOOL
"""

import io
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from bench.measured import Measured

MOST = 300  # MB


def measure(*, code: str, children: int) -> Measured:
    """The list lands for good: measure this last. Its schools land with it."""
    from bench import beside, importing
    from trellis.conduct import clock
    from trellis.exchange import samples
    from trellis.exchange.models import ImportKind

    lists = samples.make(children=children, schools=max(12, children // 40))
    with clock.at(samples.DAY):
        importing.bring(ImportKind.SCHOOLS, lists.schools, None)
    with TemporaryDirectory() as folder:
        file = Path(folder, "week.csv")
        file.write_bytes(lists.week_1)
        said = beside.run("-m", "bench.memory", str(file), code, on=samples.DAY)
    return Measured(f"Memory to import {children:,} children", float(said), MOST, "MB", at_most=1)


def peak() -> float:
    """MB that this program had at most."""
    status = Path("/proc/self/status")
    if status.exists():  # what Linux tells by getrusage may be the peak of who started us
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def main(file: str, code: str) -> None:
    django.setup()
    from django.core.management import call_command

    call_command("import_pupil_list", file, virtual_school=code, stdout=io.StringIO())
    print(peak())


if __name__ == "__main__":
    main(*sys.argv[1:])
