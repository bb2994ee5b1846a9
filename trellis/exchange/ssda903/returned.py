"""What a yearly return says: the year it is for, its rows by child, and of each child what we take."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

from trellis.exchange.ssda903.tables import LEAVES_OUT, Remark, Row, read_day
from trellis.pupils.actions import PastCare

ONE_DAY = timedelta(days=1)
ADULT_AT = 18
ONE_IN = 100  # of the days lie in the year of the return, or it is not that year


# --- the return as a whole -------------------------------------------------------------------------------------------


@dataclass
class Return:
    """The rows of every table, and the 31 March on which the year ended that they are about."""

    year_ended: date
    rows: dict[str, list[Row]]

    @property
    def year_began(self) -> date:
        return date(self.year_ended.year - 1, 4, 1)

    def table(self, name: str) -> list[Row]:
        return self.rows.get(name, [])

    @cached_property
    def _by_child(self) -> dict[str, dict[str, list[Row]]]:
        grouped: dict[str, dict[str, list[Row]]] = {}
        for name, rows in self.rows.items():
            children: dict[str, list[Row]] = defaultdict(list)
            for row in rows:
                children[row.child].append(row)
            grouped[name] = dict(children)
        return grouped

    def of(self, name: str, child: str) -> list[Row]:
        return self._by_child.get(name, {}).get(child, [])

    def children(self, name: str) -> dict[str, list[Row]]:
        """The rows of a table by child."""
        return self._by_child.get(name, {})

    def born(self, child: str) -> date | None:
        """The date of birth in the Header, if it says one only."""
        days = {row.day("DOB") for row in self.of("header", child)}
        return days.pop() if len(days) == 1 else None

    @cached_property
    def _episodes(self) -> dict[str, list[Row]]:
        """By child, those whose first day can be read, in their order; a row told twice once."""
        ordered: dict[str, list[Row]] = {}
        for child, rows in self.children("episodes").items():
            once = {tuple(row.cells.items()): row for row in reversed(rows) if row.day("DECOM")}
            ordered[child] = sorted(once.values(), key=lambda row: (row.says["DECOM"], row.line))
        return ordered

    def episodes(self, child: str) -> list[Row]:
        return self._episodes.get(child, [])

    def all_episodes(self) -> dict[str, list[Row]]:
        return self._episodes


def year_of(rows: Iterable[Row], today: date) -> date | None:
    """The 31 March that ends the year of the return: the latest in which one in a hundred of the days lie on which
    episodes begin or end, so that a single slip does not move it. None: no episode has a date."""
    years: Counter[int] = Counter()
    for row in rows:
        for column, back in (("DECOM", 0 * ONE_DAY), ("DEC", ONE_DAY)):
            day = read_day(row.cells.get(column, "").strip()).value
            if day and day <= today:
                day -= back
                years[day.year + (day >= date(day.year, 4, 1))] += 1
    enough = [year for year, count in years.items() if count * ONE_IN >= years.total()]
    return date(max(enough), 3, 31) if enough else None


# --- of each child what we take --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Episode:
    """A time in care as the return has it. ``until`` None: it had not ended when the year did."""

    since: date
    until: date | None
    legal_status: str
    placement_type: str
    file: str = ""
    line: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "since": self.since.isoformat(), "until": self.until and self.until.isoformat(),
            "legal_status": self.legal_status, "placement_type": self.placement_type, "file": self.file,
            "line": self.line,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> "Episode":
        since, until = date.fromisoformat(row["since"]), row["until"] and date.fromisoformat(row["until"])
        return cls(**{**row, "since": since, "until": until})


@dataclass(frozen=True)
class ReturnedChild:
    """What we take of one child. ``is_unclear``: some of its episodes could not be read."""

    child_id: str
    born: date | None
    episodes: list[Episode] = field(default_factory=list)
    score: int | None = None
    no_score_because: str = ""
    file: str = ""
    line: int = 0
    is_unclear: bool = False

    @property
    def has_sdq(self) -> bool:
        return self.score is not None or bool(self.no_score_because)

    @property
    def says_nothing(self) -> bool:
        return not self.episodes and not self.has_sdq

    def was_adult_on(self, day: date) -> bool:
        return self.born is not None and birthday(self.born, ADULT_AT) <= day

    def is_in_care_on(self, day: date) -> bool:
        return any(one.since <= day and (one.until is None or one.until > day) for one in self.episodes)

    def as_dict(self) -> dict[str, Any]:
        return {
            "child_id": self.child_id, "born": self.born and self.born.isoformat(),
            "episodes": [episode.as_dict() for episode in self.episodes], "score": self.score,
            "no_score_because": self.no_score_because, "file": self.file, "line": self.line,
            "is_unclear": self.is_unclear,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> "ReturnedChild":
        born = row["born"] and date.fromisoformat(row["born"])
        return cls(**{**row, "born": born, "episodes": [Episode.from_dict(one) for one in row["episodes"]]})


def birthday(born: date, age: int) -> date:
    """The day on which somebody reaches an age; who was born on 29 February, on 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def told_twice(returned: Return) -> Iterator[Remark]:
    """Rows that say the same as one before, counted once; and the rows of the Header that give one child two births."""
    for name, rows in returned.rows.items():
        first: dict[tuple[str, ...], Row] = {}
        for row in rows:
            before = first.setdefault(tuple(row.cells.values()), row)
            if before is not row and row.child:
                yield row.remark("", f"The same as line {before.line}: counted once.")
        if name == "header":
            yield from _born_twice(returned)


def _born_twice(returned: Return) -> Iterator[Remark]:
    for child, rows in returned.children("header").items():
        for row in rows[1:] if child else []:
            if row.cells["DOB"] != rows[0].cells["DOB"]:
                sentence = f"Line {rows[0].line} has another date of birth for this child; neither is taken."
                yield row.remark("DOB", sentence)


def children_in(returned: Return, today: date) -> tuple[list[ReturnedChild], list[Remark]]:
    """Each child with its episodes and SDQ, and what of the rows is left out because it cannot be so."""
    remarks: list[Remark] = []
    children = []
    numbers = dict.fromkeys([*returned.children("episodes"), *returned.children("oc2")])
    for child_id in (number for number in numbers if number):
        born = returned.born(child_id)
        episodes, about_episodes = _episodes_of(returned.of("episodes", child_id), born, today)
        sdq, about_sdq = _sdq_of(returned.of("oc2", child_id))
        remarks += [*about_episodes, *about_sdq]
        first = (returned.of("episodes", child_id) or returned.of("oc2", child_id))[0]
        known = {tuple(row.cells.items()) for row in returned.of("episodes", child_id)}
        child = ReturnedChild(
            child_id, born, episodes, file=first.file, line=first.line, is_unclear=len(episodes) < len(known)
        )
        if sdq is not None:
            child = replace(child, score=sdq.says.get("SDQ_SCORE"), no_score_because=_reason(sdq))
        if not child.says_nothing or child.is_unclear:
            children.append(child)
    return children, remarks


def _reason(row: Row) -> str:
    return "" if "SDQ_SCORE" in row.says else row.text("SDQ_REASON")


def _episodes_of(rows: list[Row], born: date | None, today: date) -> tuple[list[Episode], list[Remark]]:
    remarks: list[Remark] = []
    episodes: dict[tuple[Any, ...], Episode] = {}
    for row in rows:
        if row.wrong & LEAVES_OUT["episodes"]:
            continue
        impossible = list(_impossible(row, born, today))
        remarks += impossible
        if not impossible:
            said = (row.says["DECOM"], row.day("DEC"), row.says["LS"], row.text("PLACE"))
            episodes.setdefault(said, Episode(*said, file=row.file, line=row.line))
    return sorted(episodes.values(), key=lambda one: (one.since, one.until or date.max)), remarks


def _impossible(row: Row, born: date | None, today: date) -> Iterator[Remark]:
    """Why an episode cannot be kept, though its cells can be read."""
    began, ended = row.says["DECOM"], row.day("DEC")
    if ended and ended < began:
        yield row.remark("DEC", f"It ends before it began, on {began:%d/%m/%Y}.", "356", lands=False)
    elif ended == began:
        yield row.remark("DEC", "It began and ended on the same day.", "355", lands=False)
    elif began > today or (ended and ended > today):
        column = "DECOM" if began > today else "DEC"
        yield row.remark(column, "This day is still to come.", lands=False)
    elif born and began < born:
        yield row.remark("DECOM", "It began before the date of birth in the Header.", "302", lands=False)


def _sdq_of(rows: list[Row]) -> tuple[Row | None, list[Remark]]:
    """The row with the SDQ; none when two rows say two things."""
    told = [
        row for row in rows if not row.wrong & LEAVES_OUT["oc2"] and (row.holds("SDQ_SCORE") or row.holds("SDQ_REASON"))
    ]
    says = {(row.says.get("SDQ_SCORE"), _reason(row)) for row in told}
    if len(says) > 1:
        lines = ", ".join(str(row.line) for row in told)
        sentence = f"Lines {lines} say different things of this child’s SDQ; none is taken."
        return None, [row.remark("SDQ_SCORE", sentence, "INT33", lands=False) for row in told]
    return (told[0] if told else None), []


# --- as history ------------------------------------------------------------------------------------------------------


def as_history(episodes: list[Episode], known_until: date) -> list[PastCare]:
    """The episodes as history: one that had not ended is known until that day; what follows without a day between is
    one time in care, which began with its first."""
    past: list[PastCare] = []
    for episode in episodes:
        until = min(episode.until or known_until, known_until)
        if until <= episode.since:
            continue
        follows = past and past[-1].until == episode.since
        began = past[-1].looked_after_since if follows else episode.since
        past.append(PastCare(episode.since, until, began, episode.legal_status, episode.placement_type))
    return past


def overlap_each_other(past: list[PastCare]) -> bool:
    return any(before.until > after.since for before, after in pairwise(past))


def fitted(past: list[PastCare]) -> list[PastCare]:
    """Each ends where the next begins; of two that begin on one day the later line stands."""
    fitting: list[PastCare] = []
    for care in past:
        while fitting and fitting[-1].since >= care.since:
            fitting.pop()
        if fitting and fitting[-1].until > care.since:
            fitting[-1] = replace(fitting[-1], until=care.since)
        fitting.append(care)
    return _begun_anew(fitting)


def _begun_anew(past: list[PastCare]) -> list[PastCare]:
    """With the day on which each whole time in care began."""
    anew: list[PastCare] = []
    for care in past:
        follows = anew and anew[-1].until == care.since
        anew.append(replace(care, looked_after_since=anew[-1].looked_after_since if follows else care.since))
    return anew
