"""Every page there is, at three widths: axe finds nothing, and nothing is wider than the window."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from journeys.people import Person
from sweep.walk import add_all_rows, addresses
from trellis.conduct import clock
from trellis.pupils.tests import world
from trellis.testing import cloned_database

WIDTHS = (360, 768, 1280)
SIGN_IN_PAGES = ["account_login", "account_reset_password"]
SIGNED_IN_PAGES = ["account_logout", "account_change_password", "mfa_activate_totp", "mfa_index"]
READERS = ["sam", "dee", "nia", "vic", "ada", "bea", "sol", "tia"]


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker):
    """Jordan's world with every folder's rows, a server on it, and every page there is with who may open it."""
    with django_db_blocker.unblock(), cloned_database(connection.settings_dict["NAME"], "demo"):
        before, settings.TODAY = settings.TODAY, world.DAY.replace(day=3).isoformat()
        with clock.at(world.DAY):
            ours = add_all_rows(world.ours())
        live = LiveServer("127.0.0.1")
        yield ours, live.url, list(pages(ours))
        live.stop()
        settings.TODAY = before


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def session_cookie(user, url):
    cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}


def pages(ours):
    """(path, who) for every address that somebody of ours gets as a page, asked as the first who may."""
    clients = {who: signed_in(ours.people[who]) for who in READERS}
    for address in addresses():
        path = address.path(ours.rows)
        for who, client in clients.items():
            answer = client.get(path)
            if answer.status_code == 200 and "html" in answer.get("Content-Type", "") and not answer.streaming:
                yield path, who
                break
    yield from ((reverse(name), None) for name in [*SIGN_IN_PAGES, "front_page", "demo"])
    yield from ((reverse(name), "sam") for name in SIGNED_IN_PAGES)
    yield "/no-such-page/", "sam"


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(place, browser, width):
    ours, url, opened = place
    people, found = {}, []
    for path, who in opened:
        if who not in people:
            context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
            if who:
                context.add_cookies([session_cookie(ours.people[who], url)])
            people[who] = Person(context.new_page(), url, who or "")
        person = people[who].goes_to(path)
        found += [f"{path} as {who}: {fault}" for fault in person.axe()]
        wider = person.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        if wider > 1:
            found.append(f"{path} as {who}: {wider} px wider than the window")
    for person in people.values():
        person.page.context.close()
    assert found == []
