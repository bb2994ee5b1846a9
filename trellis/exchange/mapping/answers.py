"""A table under their headings, what somebody said of it, and what is still to be said before it can be read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trellis.exchange.cells import Complaint, not_taken
from trellis.exchange.mapping.columns import Columns, name_of
from trellis.exchange.mapping.days import Day, day_of, order_in
from trellis.exchange.mapping.period_above import FROM_ABOVE, TO_ABOVE, period_above
from trellis.exchange.reading import Brought, Line, Table, Unreadable, looks_like_an_address, named, sheets_of
from trellis.exchange.reading.tables import Found, find_headings, table_under

NOT_TAKEN = ""
UNKNOWN = "?"  # what a word means is not known: its lines are shown as lines to mend
FEWEST_KNOWN = 3  # headings: with fewer it is another kind of file
MOST_WORDS = 25
SAMPLES = 3


def word_key(cell: str) -> str:
    """A word of theirs as it is remembered: capitals and spaces make no other word of it."""
    return " ".join(cell.split()).casefold()


@dataclass
class Answers:
    """What a person said: which of our columns a heading is, what their words mean (by ``word_key``), in which order
    the numbers of a date stand."""

    columns: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    day_order: str = ""


@dataclass
class TheirTable:
    """Lines under their headings, without the cells of address columns."""

    headings: list[str]
    lines: list[tuple[int, list[str]]]
    left_out: list[tuple[int, str]]
    sheet: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"headings": self.headings, "lines": self.lines, "left_out": self.left_out, "sheet": self.sheet}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "TheirTable":
        return cls(kept["headings"], kept["lines"], kept["left_out"], kept["sheet"])

    @property
    def offered(self) -> list[str]:
        """The headings that may be one of our columns."""
        return [heading for heading in self.headings if heading and not looks_like_an_address(heading)]

    def cells(self, heading: str) -> Iterator[str]:
        at = self.headings.index(heading)
        return (cells[at].strip() if at < len(cells) else "" for _, cells in self.lines)

    def samples(self, heading: str) -> list[str]:
        """A few different cells of a column, from over all of the list, so that they are not one child's line."""
        different = sorted({cell for cell in self.cells(heading) if cell}, key=lambda cell: (cell.casefold(), cell))
        if len(different) <= SAMPLES:
            return different
        return [different[at * (len(different) - 1) // (SAMPLES - 1)] for at in range(SAMPLES)]


def has_our_headings(brought: Brought, required: list[str]) -> bool:
    found = find_headings(sheets_of(brought), lambda heading: heading in required)[0]
    return set(required) <= set(found.headings)


def their_table(brought: Brought, columns: Columns, required: list[str]) -> TheirTable:
    """The table in a file, found by what its headings mean. Raises Unreadable when too few mean anything to us."""
    found = find_headings(sheets_of(brought), lambda heading: bool(name_of(heading, columns)))
    best = found[0]
    if best.fits < FEWEST_KNOWN:
        missing = [name for name in required if name not in best.headings]
        raise Unreadable(f"Too few headings of this file are those of such a list. Missing: {named(missing)}.")
    if len(found) > 1 and found[1].fits == best.fits:
        names = named([one.sheet.name for one in found if one.fits == best.fits])
        raise Unreadable(f"Several sheets hold such a list: {names}. Keep the one that counts, or bring it alone.")
    table = _without_addresses(best, brought.content)
    if any(column.is_called(FROM_ABOVE) for column in columns.values()):
        _put_period_into_lines(table, best)
    return table


def _put_period_into_lines(table: TheirTable, found: Found) -> None:
    """Where the days a table tells of stand above it, each line gets them, as two columns more."""
    if period := period_above(found.sheet.rows[: found.at]):
        width = len(table.headings)
        table.headings = [*table.headings, FROM_ABOVE, TO_ABOVE]
        table.lines = [
            (number, [*cells[:width], *[""] * (width - len(cells)), *period]) for number, cells in table.lines
        ]


def _without_addresses(found: Found, content: bytes) -> TheirTable:
    headings = _told_apart(found.headings)
    table = table_under(found, content, headings=headings)
    lines = [
        (line.number, [line.cells.get(heading, "") for heading in table.headings][: line.cell_count])
        for line in table.lines
    ]
    dropped = {at for at, heading in enumerate(table.headings) if looks_like_an_address(heading)}
    lines = [(number, ["" if at in dropped else cell for at, cell in enumerate(cells)]) for number, cells in lines]
    spare = {line.number: line.cell_count - len(table.headings) for line in table.lines}
    lines = [(number, cells + [""] * max(0, spare[number])) for number, cells in lines]
    return TheirTable(table.headings, lines, table.notes, table.sheet)


def _told_apart(headings: list[str]) -> list[str]:
    """A heading that stands there twice is counted: Status, Status (2)."""
    seen: Counter[str] = Counter()
    apart = []
    for heading in headings:
        seen[heading] += 1
        apart.append(f"{heading} ({seen[heading]})" if heading and seen[heading] > 1 else heading)
    return apart


# --- what is still to be said ----------------------------------------------------------------------------------------


def proposed_columns(table: TheirTable, columns: Columns, said: Answers) -> dict[str, str]:
    """For each heading what was said of it before, else what it most likely is; no column of ours twice."""
    proposed: dict[str, str] = {heading: said.columns[heading] for heading in table.offered if heading in said.columns}
    taken = set(proposed.values())
    for heading in table.offered:
        name = name_of(heading, columns)
        if heading not in proposed and name and name not in taken:
            proposed[heading] = name
            taken.add(name)
    for heading in table.offered:
        if heading not in proposed:
            proposed[heading] = _by_its_cells(table, heading, columns, taken)
            taken.add(proposed[heading])
    return proposed


def _by_its_cells(table: TheirTable, heading: str, columns: Columns, taken: set[str]) -> str:
    filled = [cell for cell in table.cells(heading) if cell]
    for name, column in columns.items():
        if column.looks is None or name in taken or not filled:
            continue
        if sum(bool(column.looks.match(cell)) for cell in filled) > 0.8 * len(filled):
            return name
    return NOT_TAKEN


def headings_to_say(table: TheirTable, columns: Columns, said: Answers) -> list[str]:
    """The headings of which nothing was said; all of them when a column that must be there is not among those said."""
    unsaid = [heading for heading in table.offered if heading not in said.columns]
    names = {said.columns[heading] for heading in table.offered if heading in said.columns}
    missing = [name for name, column in columns.items() if column.needed and name not in names]
    return table.offered if missing and not unsaid else unsaid


def problem_with(columns: Columns, said: dict[str, str]) -> tuple[str, str]:
    """(heading, sentence): the first thing that is wrong with which column is which; two empty texts when nothing."""
    first: dict[str, str] = {}
    for heading, name in said.items():
        if name and name in first:
            return heading, f"“{first[name]}” is already {_lower(columns[name].text)}. Choose one of the two."
        first[name] = heading
    missing = [column.text for name, column in columns.items() if column.needed and name not in first]
    if missing:
        return "", f"Say which column is: {named([_lower(text) for text in missing])}."
    return "", ""


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def words_to_say(table: TheirTable, columns: Columns, said: Answers) -> dict[str, dict[str, int]]:
    """{our column: {their word: in how many lines}}, for words that are no codes of ours and of which nothing was
    said."""
    asked: dict[str, dict[str, int]] = {}
    for heading, name in said.columns.items():
        column = columns.get(name)
        if column is None or not column.codes or heading not in table.headings:
            continue
        words = Counter(word_key(cell) for cell in table.cells(heading))
        written = {word_key(cell): " ".join(cell.split()) for cell in table.cells(heading)}
        known = said.codes.get(name, {})
        asks = {
            written[word]: times
            for word, times in words.items()
            if word not in known and not column.understands(written[word])
        }
        if asks:
            asked[name] = dict(sorted(asks.items(), key=lambda item: -item[1]))
    return asked


def too_many_words(table: TheirTable, columns: Columns, said: Answers) -> tuple[str, str]:
    """(heading, sentence) for a column that holds so many other words that it is surely another column."""
    for name, words in words_to_say(table, columns, said).items():
        if len(words) > MOST_WORDS:
            heading = next(heading for heading, ours in said.columns.items() if ours == name)
            sentence = f"This column holds {len(words)} different words, too many for {_lower(columns[name].text)}."
            return heading, f"{sentence} Choose another."
    return "", ""


def day_order(table: TheirTable, columns: Columns, said: Answers) -> tuple[str, bool]:
    """In which order the dates stand: what the list itself shows, else what was said; and whether to ask."""
    cells = [
        cell
        for heading, name in said.columns.items()
        if name in columns and columns[name].is_day and heading in table.headings
        for cell in table.cells(heading)
    ]
    shown, needs = order_in(cells)
    order = shown or said.day_order
    return order, needs and not order


def is_said(table: TheirTable, columns: Columns, said: Answers) -> bool:
    """Whether nothing is left to ask about this table."""
    return not (
        headings_to_say(table, columns, said)
        or words_to_say(table, columns, said)
        or day_order(table, columns, said)[1]
    )


# --- read as said ----------------------------------------------------------------------------------------------------


def as_ours(table: TheirTable, columns: Columns, said: Answers, today: date) -> tuple[Table, list[Complaint]]:
    """The table under our headings, and what a person should know of how it was read."""
    order, _ = day_order(table, columns, said)
    names = [said.columns.get(heading, NOT_TAKEN) for heading in table.headings]
    lines = []
    placed: dict[str, list[tuple[int, str, str]]] = {}
    for number, cells in table.lines:
        under: dict[str, str] = {}
        for name, cell in zip(names, cells, strict=False):
            if name:
                day = _read(cell, name, columns, said, order, today)
                under[name] = day.text
                if day.placed:
                    placed.setdefault(name, []).append((number, cell, day.text))
        lines.append(Line(number, under, len(cells), len(table.headings)))
    headings = [name or heading for name, heading in zip(names, table.headings, strict=True)]
    return Table(headings, lines, "", table.sheet), [*_about_years(placed), *not_taken(table.left_out)]


def _read(cell: str, name: str, columns: Columns, said: Answers, order: str, today: date) -> Day:
    column = columns[name]
    if column.is_day:
        return day_of(cell, order, today)
    meaning = said.codes.get(name, {}).get(word_key(cell), UNKNOWN)
    return Day(cell if meaning == UNKNOWN else meaning)


def _about_years(placed: dict[str, list[tuple[int, str, str]]]) -> Iterator[Complaint]:
    for name, found in placed.items():
        number, cell, day = found[0]
        many = "One date has" if len(found) == 1 else f"{len(found)} dates have"
        sentence = f"{many} a year of two figures. Each was read as the latest year it can be: here {day}."
        yield Complaint(number, name, cell, sentence, Complaint.WARNING)
