"""A server and a browser for each journey."""

import os
import shutil

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from journeys.people import Person
from trellis.conduct import clock
from trellis.testing import cloned_database

DAY = "2026-11-02"  # a Monday in the autumn term
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser_type_launch_args():
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "Chromium is not installed; `make test` installs it where it may."
    return {"executable_path": found, "args": FLAGS}


@pytest.fixture
def own_demo(django_db_setup, django_db_blocker, settings):
    """A demonstration database with the cast and the schools, no child yet, on a fixed day."""
    from trellis.demo import cast

    with django_db_blocker.unblock(), cloned_database(connection.settings_dict["NAME"], "demo"):
        settings.TODAY = DAY
        settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
        with clock.at(clock.today()):
            yield cast.gather()


@pytest.fixture
def server(own_demo, settings):
    """The product, serving this journey's database."""
    live = LiveServer("127.0.0.1")
    settings.SITE_URL = live.url
    yield live.url
    live.stop()


@pytest.fixture
def person(server, browser):
    """``person("sam")``: Sam, signed in, in a browser of his own."""
    contexts = []

    def at_a_browser(name, *, width=1280, signed_in=True, **context):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, **context))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        somebody = Person(page, server, name)
        return somebody.signs_in() if signed_in else somebody

    yield at_a_browser
    for context in contexts:
        context.close()


@pytest.fixture
def time_passes(settings):
    """``time_passes(day, sam, ada)``: it is that day, and they sign in again."""

    def until(day, *people):
        settings.TODAY = day.isoformat()
        for somebody in people:
            somebody.comes_back()

    return until


@pytest.fixture(autouse=True)
def told_as_a_journey(request):
    """Every test here is a journey, and says so to whoever counts."""
    request.node.add_marker(pytest.mark.journey)
