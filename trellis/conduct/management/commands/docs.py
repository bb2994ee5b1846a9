"""Writes the rulebook, the states and the slots from the code; with --check only says whether they are stale."""

from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from trellis.conduct.rules import RULEBOOK, Rule
from trellis.conduct.slots import SLOTS
from trellis.conduct.workflow import WORKFLOWS, Workflow

WRITTEN = "This page is written by `make docs` from the code. Change the code, not the page.\n"


def rulebook() -> str:
    """Every rule: its sentence, where it comes from, its test."""
    lines = ["# Rulebook", "", WRITTEN]
    for folder in settings.FOLDERS:
        rules = [rule for rule in RULEBOOK if rule.folder == folder]
        if rules:
            lines += [f"## {folder}", "", "| rule | what a person reads | source | test |", "|---|---|---|---|"]
            lines += [_row(rule) for rule in rules] + [""]
    return "\n".join(lines)


def _row(rule: Rule) -> str:
    source = f"{rule.source} (law)" if rule.is_law else rule.source
    return f"| `{rule.name}` | {rule.sentence} | {source} | {_tested_in(rule)} |"


def _tested_in(rule: Rule) -> str:
    """The test files that name the rule, or speak its sentence."""
    tests = sorted((Path(settings.BASE_DIR) / "trellis").glob("*/tests/test_*.py"))
    named = [test for test in tests if rule.name in test.read_text() or rule.sentence in test.read_text()]
    return ", ".join(f"`{test.relative_to(settings.BASE_DIR)}`" for test in named) or "none"


def states() -> str:
    """Every workflow as a table and a diagram."""
    lines = ["# States", "", WRITTEN]
    for name, workflow in sorted(WORKFLOWS.items()):
        lines += [f"## {name}", "", *_moves(workflow), "", *_diagram(workflow), ""]
    return "\n".join(lines)


def _moves(workflow: Workflow) -> list[str]:
    label = {state.value: state.label for state in workflow.states}
    rows = ["| is | becomes | when it is |", "|---|---|---|"]
    for verb, (sources, target) in workflow.moves.items():
        rows += [f"| {label[source]} | {label[target]} | {verb} |" for source in sources]
    return rows


def _diagram(workflow: Workflow) -> list[str]:
    arrows = [f"  {source.replace(' ', '_')} --> {target.replace(' ', '_')}: {verb}"
              for verb, (sources, target) in workflow.moves.items() for source in sources]  # fmt: skip
    return ["```mermaid", "stateDiagram-v2", *arrows, "```"]


def slots() -> str:
    """Every slot and who fills it."""
    lines = ["# Slots", "", WRITTEN, "| slot | kind | what it asks | filled by |", "|---|---|---|---|"]
    for name, slot in sorted(SLOTS.items()):
        fillings = ", ".join(f"`{f.__module__.removeprefix('trellis.')}.{f.__name__}`" for f in slot.fillings)
        lines.append(f"| `{name}` | {slot.kind} | {slot.says} | {fillings or 'nobody yet'} |")
    return "\n".join([*lines, ""])


PAGES = {"rulebook.md": rulebook, "states.md": states, "slots.md": slots}


class Command(BaseCommand):
    help = "Write docs/rulebook.md, docs/states.md and docs/slots.md from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="say whether they are stale and write nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        for folder in settings.FOLDERS:
            for module in ("rules", "slots"):
                if find_spec(f"trellis.{folder}.{module}"):
                    import_module(f"trellis.{folder}.{module}")
        stale = [name for name, write in PAGES.items() if self._page(name, write(), check)]
        if check and stale:
            raise CommandError(f"Stale: {', '.join(stale)}. Run make docs.")

    def _page(self, name: str, text: str, check: bool) -> bool:
        """Write the page unless only checking. Whether it was stale."""
        path = Path(settings.BASE_DIR) / "docs" / name
        stale = not path.exists() or path.read_text() != text
        if stale and not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            self.stdout.write(f"wrote docs/{name}")
        return stale
