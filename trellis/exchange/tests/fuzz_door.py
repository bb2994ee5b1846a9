"""Bringing a file by the page, as Bea or Sam does, through to its landing; and telling how that ended.

Raises Broke where it ended as nothing may: without a sentence, half, or told again and otherwise.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from trellis.exchange import actions, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.lists import KINDS
from trellis.exchange.models import Import, ImportKind
from trellis.exchange.tests import fuzz_files
from trellis.exchange.tests.world import say_all
from trellis.peps.models import PepPolicy
from trellis.pupils.tests.world import World

MOST_QUESTIONS = 3  # pages on which a list is explained, each at most once
BESIDE = {  # what a file may leave although nothing of it landed: itself, who did what, and who looked
    "exchange_import", "exchange_importprogress", "exchange_columnmapping", "history_entry", "history_look",
    "conduct_onetimekey", "django_session", "conduct_cache",
}  # fmt: skip
AT_THE_DOOR, TO_BE_MAPPED, REFUSED, LANDED = "turned away", "to be mapped", "refused", "landed"
ENDINGS = (AT_THE_DOOR, TO_BE_MAPPED, REFUSED, LANDED)


class Broke(AssertionError):
    """An ending that must not be."""


@dataclass
class Door:
    """Where Bea and Sam bring files. Every table of the world is known as it was before."""

    world: World
    written: Any = None
    of_a_school: bool = False

    @cached_property
    def clients(self) -> dict[bool, Client]:
        """Bea's browser, and Sam's for files that a school brings."""
        clients = {False: Client(), True: Client()}
        clients[False].force_login(self.world.bea)
        clients[True].force_login(self.world.sam)
        return clients

    @property
    def client(self) -> Client:
        return self.clients[self.of_a_school]

    @cached_property
    def before(self) -> dict[str, Any]:
        return everything()

    def bring(self, kind: str, files: Sequence[Brought], chance: random.Random) -> str:
        """How these files end. What they changed is taken back."""
        assert self.clients
        self.of_a_school = not KINDS[kind].of_virtual_schools
        assert self.before
        with transaction.atomic():
            self.written = written()
            try:
                return self._through(kind, files, chance)
            finally:
                transaction.set_rollback(True)

    def _through(self, kind: str, files: Sequence[Brought], chance: random.Random) -> str:
        answer = self._upload(kind, files)
        if answer.status_code == 200:
            self._must_say_a_sentence(answer)
            self._must_have_changed_nothing()
            return AT_THE_DOOR
        made = Import.objects.latest("pk")
        for _ in range(MOST_QUESTIONS):
            made.refresh_from_db()
            if not made.is_to_be_mapped or not self._explain(made, chance):
                break
        made.refresh_from_db()
        self._must_have_changed_nothing()
        if made.is_to_be_mapped:
            return TO_BE_MAPPED
        self._page_of(made)
        return self._land(kind, made, files) if made.is_previewed else REFUSED

    def _upload(self, kind: str, files: Sequence[Brought]) -> Any:
        chosen = [SimpleUploadedFile(file.name, file.content) for file in files]
        return self.client.post(reverse("imports"), {"kind": kind, "file": chosen})

    def _explain(self, made: Import, chance: random.Random) -> bool:
        """Say what the page asks of the list: what it proposes, and any meaning where it proposes none. False where it
        says that this will not do."""
        page = self.client.get(made.get_absolute_url(), follow=True)
        answer = self.client.post(page.request["PATH_INFO"], Form.on(page).filled_in(chance))
        if answer.status_code == 200:
            self._must_say_a_sentence(answer)
        return bool(answer.status_code == 302)

    def _land(self, kind: str, made: Import, files: Sequence[Brought]) -> str:
        asked = self.client.post(reverse("land_import", args=[made.pk]))
        if asked.status_code != 302:
            raise Broke(f"Asked to land, it answered {asked.status_code}.")
        made = actions.land_import(made.pk)
        connection.check_constraints()
        self._page_of(made)
        if made.is_landed:
            self._must_be_whole(kind, made, files)
            return LANDED
        if not made.is_refused:
            raise Broke(f"Nothing had changed, and yet it is {made.get_state_display().lower()} again.")
        self._must_have_changed_nothing()
        return REFUSED

    def _page_of(self, made: Import) -> None:
        page = self.client.get(reverse("import", args=[made.pk]))
        if page.status_code != 200:
            raise Broke(f"The page of the import answered {page.status_code}.")
        told = [row["sentence"] for row in made.preview.get("refused", [])] or [made.preview.get("sentence")]
        if made.is_refused and not all(told):
            raise Broke("It was refused, and no sentence says why.")

    def _must_be_whole(self, kind: str, made: Import, files: Sequence[Brought]) -> None:
        """Brought again, nothing is new and nothing is changed: all of it had landed."""
        again = self._upload(kind, files)
        repeated = Import.objects.latest("pk")
        if again.status_code != 302 or repeated.pk == made.pk:
            raise Broke("It landed, and brought again it is turned away.")
        left = {name: repeated.counts.get(name) for name in ("new", "changed", "gone") if repeated.counts.get(name)}
        if left:
            parts = {name: repeated.preview.get(name) for name in left}
            raise Broke(f"It landed, and brought again it would change more: {parts}")

    def _must_say_a_sentence(self, answer: Any) -> None:
        problems = Form.on(answer).problems
        if not problems or not all(problem.strip().endswith((".", "?", ":")) for problem in problems):
            raise Broke(f"It was turned away, and this is no sentence: {problems}")

    def _must_have_changed_nothing(self) -> None:
        """PostgreSQL counts what is written, and what is taken back counts too; only then every row is looked at."""
        if written() == self.written:
            return
        now = everything()
        if changed := [table for table in now if now[table] != self.before[table]]:
            raise Broke(f"Nothing landed, and yet something changed in {', '.join(changed)}.")


class Form(HTMLParser):
    """What a page asks, with the choices it gives and the one it proposes; and what it says is the problem."""

    def __init__(self) -> None:
        super().__init__()
        self.choices: dict[str, list[str]] = {}
        self.proposed: dict[str, str] = {}
        self.problems: list[str] = []
        self._select = ""
        self._in_problem = False

    @classmethod
    def on(cls, answer: Any) -> "Form":
        form = cls()
        form.feed(answer.content.decode())
        return form

    def filled_in(self, chance: random.Random) -> dict[str, str]:
        """As proposed; where the page only says “choose”, any of its choices."""
        return {
            name: chance.choice(choices) if self.proposed.get(name, "choose") == "choose" else self.proposed[name]
            for name, choices in self.choices.items()
        }

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._select = given["name"]
        elif tag == "option":
            self._choice(self._select, given["value"], "selected" in given)
        elif tag == "input" and given.get("type") == "radio":
            self._choice(given["name"], given["value"], "checked" in given)
        elif given.get("class") == "govuk-error-summary__body":
            self._in_problem = True

    def _choice(self, name: str, value: str, is_proposed: bool) -> None:
        self.choices.setdefault(name, []).append(value)
        if is_proposed:
            self.proposed[name] = value

    def handle_endtag(self, tag: str) -> None:
        self._in_problem &= tag != "div"

    def handle_data(self, data: str) -> None:
        if self._in_problem and data.strip():
            self.problems.append(data.strip())


def written() -> list[Any]:
    """How many rows this transaction has put into each table, changed and deleted, as far as it is counted yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> ALL(%s)"
            " AND relname NOT LIKE 'procrastinate%%' ORDER BY 1",
            [sorted(BESIDE)],
        )
        return cursor.fetchall()


def everything() -> dict[str, Any]:
    """How many rows each table has, and a sum over all that stands in them."""
    with connection.cursor() as cursor:
        tables = sorted(table for table in connection.introspection.table_names(cursor) if table not in BESIDE)
        tables = [table for table in tables if not table.startswith("procrastinate_")]
        cursor.execute(
            " UNION ALL ".join(
                f"""SELECT '{table}', count(*), sum(hashtextextended(one::text, 0)) FROM "{table}" one"""
                for table in tables
            )
        )
        return {table: (count, total) for table, count, total in cursor.fetchall()}


# --- the world in which they are brought -----------------------------------------------------------------------------


def with_weeks(world: World) -> Door:
    """The schools and two weeks of the list have landed, the authority keeps its PEPs elsewhere, and what is in lists
    under other headings was said once."""
    schools, *weeks = fuzz_files.weeks()
    PepPolicy.objects.create(
        organisation=world.virtual_school, during=(date(2026, 9, 1), None), agreed_by="Vic", source="test",
        kept_elsewhere="ePEP Online",
    )  # fmt: skip
    _landed(world, ImportKind.SCHOOLS, schools)
    for week in weeks:
        _landed(world, ImportKind.PUPIL_LIST, samples.as_csv(week))
    for form in fuzz_files.whole_files():
        if form.shape == fuzz_files.MAPPED:
            say_all(_brought(world, form.kind, form.files), by=world.bea)
    return Door(world)


def _landed(world: World, kind: str, content: bytes) -> None:
    made = actions.land_import(_brought(world, kind, [Brought("list.csv", content)]).pk, by=world.bea)
    assert made.is_landed, made.preview


def _brought(world: World, kind: str, files: Sequence[Brought]) -> Import:
    return actions.preview_import(kind=kind, files=files, virtual_school=world.virtual_school, by=world.bea)
