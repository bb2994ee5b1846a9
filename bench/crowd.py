"""The main pages before and after a hundred times as many other people are there: England poured in beside."""

from collections.abc import Iterator

from django.test import Client, override_settings

from bench import beside
from bench.measured import Measured, fastest_milliseconds
from bench.pages import ON, PAGES, path_of
from trellis.conduct import clock
from trellis.england.plans import LONG, Question, asked, long_tables, read_whole
from trellis.pupils.tests.world import World


def measure(world: World, *, children: int, times: int = 20) -> Iterator[Measured]:
    """For the same person with the same pupils; ``children`` of others are in care, four times as many were."""
    with clock.at(ON), override_settings(ALLOWED_HOSTS=["testserver"]):
        client = Client()
        client.force_login(world.sam)
        before = {name: took(client, path_of(world, view, of), times) for name, view, of in PAGES}
        beside.run("manage.py", "england", "--beside", f"--children={children}", on=ON, as_owner=True)
        for name, view, of in PAGES:
            after = took(client, path_of(world, view, of), times)
            yield Measured(f"{name}, others beside", after, before[name], "ms", at_most=1.3)
        yield plans_of([path_of(world, view, of) for _, view, of in PAGES], client)


def took(client: Client, path: str, times: int) -> float:
    def ask() -> None:
        assert client.get(path).status_code == 200

    ask()
    return fastest_milliseconds(ask, times)


def plans_of(paths: list[str], client: Client) -> Measured:
    """Whether any question of these pages, the ten hottest of all among them, reads a long table from end to end."""
    questions: dict[str, Question] = {}
    for path in paths:
        with asked() as on_page:
            client.get(path)
        questions |= {question.sql: question for question in on_page}
    long = long_tables()
    whole = {sql: tables for sql, question in questions.items() if (tables := read_whole(question, long))}
    note = "\n".join(f"  {', '.join(tables)}: {sql[:200]}" for sql, tables in whole.items())
    what = f"Read {LONG:,} rows whole, of all asked"
    return Measured(what, len(whole), len(questions), "questions", at_most=0, note=note)
