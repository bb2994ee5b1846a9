"""A person at a browser: speaks in labels, as people do."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

AXE = Path(__file__).resolve().parent.parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Person:
    """Somebody with a browser of their own. ``base`` is the server's address."""

    def __init__(self, page: Page, base: str, name: str) -> None:
        self.page, self.base, self.name = page, base, name
        self.visited: list[str] = []
        page.on("framenavigated", lambda frame: self.visited.append(urlsplit(frame.url).path))
        page.on("download", lambda download: self.visited.append(urlsplit(download.url).path))

    def goes_to(self, path: str) -> Person:
        self.page.goto(self.base + path)
        return self

    def signs_in(self) -> Person:
        self.goes_to("/demo/")
        self.page.locator(f'form:has(input[name="who"][value="{self.name}"]) button').click()
        return self

    def comes_back(self) -> Person:
        """On another day: the session has ended long since."""
        self.page.context.clear_cookies()
        return self.signs_in()

    def follows(self, text: str, *, first: bool = True) -> Person:
        link = self.main.get_by_role("link", name=text)
        (link.first if first else link).click()
        return self

    def opens_tab(self, text: str) -> Person:
        self.page.get_by_role("link", name=text, exact=True).first.click()
        return self

    def presses(self, text: str) -> Person:
        """A button, or a link that stands where one would look for a button."""
        self.main.get_by_role("button", name=text).or_(self.main.get_by_role("link", name=text)).first.click()
        return self

    def types(self, label: str, words: str) -> Person:
        self.field(label).fill(words)
        return self

    def chooses(self, label: str, *, group: str | None = None) -> Person:
        scope = self.main.get_by_role("group", name=group).first if group else self.main
        scope.get_by_label(label, exact=True).first.check()
        return self

    def picks(self, label: str, option: str) -> Person:
        self.field(label).select_option(label=option)
        return self

    def enters_date(self, legend: str, day: date) -> Person:
        group = self.main.get_by_role("group", name=legend).first
        for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(part, exact=True).fill(str(number))
        return self

    def attaches(self, label: str, file: Path) -> Person:
        self.field(label).set_input_files(file)
        return self

    def field(self, label: str) -> Locator:
        return self.main.get_by_label(re.compile(f"^{re.escape(label)}")).first

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def sees(self, heading: str) -> Person:
        """A page with this heading, on which axe finds nothing."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        assert self.axe() == []
        return self

    def searches_for(self, words: str) -> Person:
        box = self.page.get_by_label("Find a pupil")
        box.fill(words)
        box.press("Enter")
        return self

    def reads(self, *sentences: str) -> Person:
        for sentence in sentences:
            expect(self.page.locator("body")).to_contain_text(sentence)
        return self

    def reads_nothing_of(self, *sentences: str) -> Person:
        for sentence in sentences:
            expect(self.page.locator("body")).not_to_contain_text(sentence)
        return self

    def status_of(self, path: str) -> int:
        return self.page.request.get(self.base + path, max_redirects=0).status

    def axe(self) -> list[str]:
        """What axe finds on this page: "address rule: what it met"."""
        if not self.page.evaluate("() => typeof window.axe === 'object'"):
            self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = self.page.evaluate("tags => axe.run(document, {runOnly: tags})", RULES)
        return [f"{self.page.url} {v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]
