"""Imports by command: the same steps as on the page, the preview written out."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from trellis.conduct.refusals import NotPermitted, Refused
from trellis.exchange import actions
from trellis.exchange.annex_a import shown as annex_a
from trellis.exchange.kinds import Brought
from trellis.exchange.models import Import, ImportKind
from trellis.exchange.reading import named
from trellis.exchange.ssda903.shown import by_rule
from trellis.organisations.models import VirtualSchool
from trellis.people.models import User

MOST_WARNINGS = 20


def add_by(parser: ArgumentParser) -> None:
    parser.add_argument("--by", default="", metavar="EMAIL", help="the business officer in whose name this is done")


def person(email: str) -> User | None:
    if not email:
        return None
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise CommandError(f"Nobody here has the address {email}.")
    return user


def virtual_school_with(code: str) -> VirtualSchool:
    school = VirtualSchool.objects.filter(code=code).first()
    if school is None:
        codes = ", ".join(VirtualSchool.objects.order_by("code").values_list("code", flat=True)) or "none yet"
        raise CommandError(f"There is no Virtual School with the code {code}. Known: {codes}.")
    return school


def import_file(
    command: BaseCommand,
    kind: str,
    file: str | Sequence[str],
    virtual_school: VirtualSchool | None,
    by: User | None,
    *,
    preview_only: bool,
) -> None:
    """Read, say what would change, and unless told otherwise land it. A list that is refused ends with an error."""
    say = command.stdout.write
    files = [file] if isinstance(file, str) else file
    try:
        brought = [Brought(Path(one).name, _content(one)) for one in files]
        made = actions.preview_import(kind=kind, files=brought, virtual_school=virtual_school, by=by)
        if made.is_to_be_mapped:
            raise CommandError(
                f"The headings of {file} are not known yet. It waits under Imports: say there which column is which. "
                "Lists with the same headings are read by command from then on."
            )
        _say_preview(say, made)
        if made.is_refused:
            raise CommandError(
                f"Refused: nothing of {', '.join(files)} landed. Mend the lines above and bring it again."
            )
        if preview_only:
            say("This was a preview: nothing landed.")
            return
        made = actions.land_import(made.pk, by=by)
    except (Refused, NotPermitted) as refusal:
        raise CommandError(str(refusal)) from refusal
    if not made.is_landed:
        raise CommandError(made.preview.get("sentence", "Nothing landed."))
    say(f"Landed: {_in_words(made)}.")


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise CommandError(f"The file {file} cannot be read: {error.strerror}.") from error


def _in_words(made: Import) -> str:
    """ "1 changed, 2 unchanged, 1 no longer listed"."""
    counts = made.counts
    gone = "no longer in the file" if made.kind == ImportKind.PEPS else "no longer listed"
    words = {"gone": gone, "refused": "to mend", "waiting": "waiting for a name", "left_out": "rows left out",
             "advice": "lines of advice"}  # fmt: skip
    order = ("refused", "new", "changed", "unchanged", "waiting", "gone", "questions", "left_out", "warnings", "advice")
    return ", ".join(f"{counts[name]} {words.get(name, name)}" for name in order if counts.get(name)) or "nothing"


def _say_preview(say: Any, made: Import) -> None:
    preview = made.preview
    for column in preview.get("dropped", []):
        say(f"Column {column} looks like an address and was dropped.")
    if preview.get("ignored"):
        say(f"Columns not taken: {named(preview['ignored'])}.")
    for row in preview.get("refused", []):
        say(f"line {row['line']}, {row['column'] or 'whole line'}: {row['sentence']} ({row['found'] or 'empty'})")
    if made.kind == ImportKind.PUPIL_LIST:
        _say_pupils(say, preview)
    if made.kind == ImportKind.PEPS:
        _say_peps(say, preview)
    if made.kind == ImportKind.SSDA903:
        _say_return(say, preview)
    if made.kind == ImportKind.ANNEX_A:
        _say_annex(say, preview)
    say(f"Preview: {_in_words(made)}.")


def _say_peps(say: Any, preview: dict[str, Any]) -> None:
    """PEPs by the child's initials and the term only, and of targets no words: a terminal keeps what it shows. What is
    no longer in the file comes first."""
    for row in preview.get("gone", []):
        say(f"line {row['line']}, {row['name']}: target {row['number']}: no longer in the file")
    for row in preview.get("questions", []):
        hangs = "; ".join(row["hangs"])
        say(f"line {row['line']}, {row['name']}: target {row['number']}: no longer in the file, a question: {hangs}")
    for row in preview.get("changed", []):
        say(f"line {row['line']}, {row['name']}: {row['what']}")


def _say_annex(say: Any, preview: dict[str, Any]) -> None:
    """Children by the authority’s number only, and of other lines no more than how many."""
    told = annex_a.parts_of(preview)
    for one in told["lists"]:
        say(f"List {one['number']}, {one['file']}: {one['lines']} lines.")
    say(f"{told['others']} lines are not of children in the authority’s care: left out.")
    for row in told["left_out"][:MOST_WARNINGS]:
        say(f"left out, {row['where']}, {row['column'] or 'whole line'}: {row['sentence']}")
    for row in preview["changed"]:
        say(f"child {row['child_id'] or 'without a number'}: {row['what']}: {row['was'] or 'nothing'} → {row['now']}")
    for row in told["missing"]:
        say(f"child {row['child_id'] or 'without a number'}: {row['here']} here, not in List {row['list']}")
    for group in told["advice_by_sentence"]:
        say(f"{group['column']}: {group['sentence']} ({group['in_all']})")


def _say_pupils(say: Any, preview: dict[str, Any]) -> None:
    """Pupils by their number only: a terminal keeps what it shows."""
    for row in preview.get("changed", []):
        say(f"line {row['line']}, child {row['child_id']}: {row['what']}: {row['was'] or 'nothing'} → {row['now']}")
    for row in [*preview.get("gone", []), *preview.get("questions", [])]:
        say(f"child {row['child_id']}: {row['what']}")
    new = preview.get("new", [])
    if len(new) <= MOST_WARNINGS:
        for row in new:
            say(f"line {row['line']}, child {row['child_id']}: {row['what']}")
    warnings = preview.get("warnings", [])
    for row in warnings[:MOST_WARNINGS]:
        say(f"warning, line {row['line']}, {row['column']}: {row['sentence']} ({row['found'] or 'empty'})")
    if len(warnings) > MOST_WARNINGS:
        say(f"… and {len(warnings) - MOST_WARNINGS} more warnings, on the import’s page.")


def _say_return(say: Any, preview: dict[str, Any]) -> None:
    """A return by its tables and counts; children by their number only, and of cells no more than where they stand."""
    told = preview["return"]
    say(f"The return for the year to {told['year_ended']}.")
    for table in told["tables"]:
        words = f"takes {table['kept']}" if table["kept"] else "read, not kept"
        say(f"{table['file']}: {table['table']}, {table['rows']} rows: {words}.")
    for file in told["not_read"]:
        say(f"{file['file']}: not read: {file['sentence']}")
    for row in told["left_out"][:MOST_WARNINGS]:
        say(f"left out, {row['file']} line {row['line']}, {row['column'] or 'whole line'}: {row['sentence']}")
    for row in preview["changed"][:MOST_WARNINGS]:
        say(f"child {row['child_id']}: {row['what']}: {row['now']}")
    for row in preview["questions"]:
        say(f"child {row['child_id']}: {row['what']}")
    for group in by_rule(told["advice"]):
        say(f"rule {group['code']}: {group['sentence']} ({group['in_all']})")
    if told["adults"]:
        say(f"{told['adults']} who were 18 by then and are not known here were left.")
