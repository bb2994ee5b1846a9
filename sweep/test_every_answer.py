"""Every answer: its headers, what it loads, and what it must never hold."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from sweep.budgets import MOST_QUERIES, USUAL
from sweep.walk import addresses, ask

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
CSP = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]
LINKS_OUT = {"www.equalityadvisoryservice.com", "ico.org.uk", "www.gov.uk"}
CARE_FACTS = ["looked after", "care order", "foster", "Virtual School", "social worker", "Canary Carer", "sol@"]


class Reader(HTMLParser):
    """Collects what a strict page must not have."""

    def __init__(self):
        super().__init__()
        self.faults = []
        self.lang = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.lang = given.get("lang") if tag == "html" else self.lang
        if tag == "style" or "style" in given:
            self.faults.append(f"inline style on {tag}")
        if tag == "script" and not given.get("src"):
            self.faults.append("inline script")
        self.faults += [f"{name} on {tag}" for name in given if name.startswith("on")]
        for name in ("src", "href", "action", "formaction"):
            host = urlsplit(given.get(name) or "").netloc
            if host and not (tag == "a" and host in LINKS_OUT):
                self.faults.append(f"{tag} {name} leads to {host}")


@pytest.fixture(scope="module")
def everything(worlds):
    """Whatever each of ours gets by GET: pages and documents."""
    ours, _ = worlds
    people = [*ours.people.items(), ("someone signed out", None)]
    return [ask(user, who, address, address.path(ours.rows), "GET") for address in addresses() for who, user in people]


@pytest.fixture(scope="module")
def answers(everything):
    """The pages among them."""
    return [asked for asked in everything if asked.text]


def test_every_answer_carries_the_headers(answers):
    for asked in answers:
        assert {name: asked.response.get(name) for name in HEADERS} == HEADERS, str(asked)
        policy = asked.response["Content-Security-Policy"]
        assert [part for part in CSP if part not in policy] == [], str(asked)
        assert "unsafe" not in policy
        assert "no-store" in asked.response["Cache-Control"], str(asked)


def test_no_answer_has_inline_code_or_foreign_hosts(answers):
    for asked in answers:
        reader = Reader()
        reader.feed(asked.text)
        assert (reader.faults, reader.lang) == ([], "en-GB"), str(asked)


def test_what_people_typed_is_escaped_everywhere(answers, worlds):
    shown = [asked for asked in answers if "onload=1" in asked.text]
    assert shown, "the canary is planted and some page shows it"
    for asked in answers:
        assert "<svg onload" not in asked.text, str(asked)
        assert ">49<" not in asked.text, str(asked)


def test_class_staff_read_no_care_fact_anywhere(answers):
    read = [asked for asked in answers if asked.who in {"tia", "osei"} and asked.response.status_code == 200]
    assert any(asked.address.door.level == "class" for asked in read)
    for asked in read:
        if asked.address.door.signed_in:
            text = asked.text.partition("<main")[2].partition("</main>")[0].lower()
            assert [fact for fact in CARE_FACTS if fact.lower() in text] == [], str(asked)


def test_no_address_holds_a_name(worlds):
    ours, _ = worlds
    for address in addresses():
        path = address.path(ours.rows).lower()
        assert "jordan" not in path
        assert "vale" not in path


def test_no_page_asks_the_database_more_often_than_its_budget(everything):
    most = {}
    for asked in everything:
        most[asked.address.name] = max(asked, most.get(asked.address.name, asked), key=lambda one: one.queries)
    over = [
        f"{asked}: {asked.queries} queries, its budget is {MOST_QUERIES.get(name, USUAL)}"
        for name, asked in most.items()
        if asked.queries > MOST_QUERIES.get(name, USUAL)
    ]
    assert over == []
    assert MOST_QUERIES.keys() - most.keys() == set(), "a budget for a page that is none"
