"""The rules of the yearly return that can be judged from its tables alone, by their published codes. Each is a pure
function whose first line says, in our words, what is the matter. They are advice: none keeps a row from landing.

Source: rule codes and meanings as published with the SSDA903 validation rules 2024/25 (MIT, csc-validator-be-903).
Rules that need last year's return, postcodes or the list of care providers are not judged.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from trellis.exchange.ssda903.returned import Return, birthday
from trellis.exchange.ssda903.tables import Remark, Row

Found = Iterator[tuple[Row, str]]  # the row, and the column in it


@dataclass(frozen=True)
class Judge:
    """A rule by its code, and the function that finds what breaks it."""

    code: str
    sense: str
    find: Callable[[Return], Iterable[tuple[Row, str]]]


JUDGES: dict[str, Judge] = {}


def judges(code: str) -> Callable[[Callable[[Return], Iterable[tuple[Row, str]]]], Any]:
    """A rule about the whole return."""

    def add(find: Callable[[Return], Iterable[tuple[Row, str]]]) -> Any:
        return _add(code, (inspect.getdoc(find) or "").split("\n", 1)[0], find)

    return add


def in_each(table: str, code: str) -> Callable[[Callable[[Row, Return], str]], Any]:
    """A rule about each row of a table: answers with the column that is the matter, or nothing."""

    def add(ask: Callable[[Row, Return], str]) -> Any:
        def find(returned: Return) -> Found:
            for row in returned.table(table):
                if column := ask(row, returned):
                    yield row, column

        return _add(code, (inspect.getdoc(ask) or "").split("\n", 1)[0], find)

    return add


def of_two(code: str) -> Callable[[Callable[[Row, Row], tuple[Row, str] | None]], Any]:
    """A rule about an episode and the next of the same child."""

    def add(ask: Callable[[Row, Row], tuple[Row, str] | None]) -> Any:
        def find(returned: Return) -> Found:
            for episodes in returned.all_episodes().values():
                for before, after in pairwise(episodes):
                    if found := ask(before, after):
                        yield found

        return _add(code, (inspect.getdoc(ask) or "").split("\n", 1)[0], find)

    return add


def _add(code: str, sense: str, find: Any) -> Any:
    assert code not in JUDGES, code
    JUDGES[code] = Judge(code, sense, find)
    return find


def advice_on(returned: Return) -> list[Remark]:
    """What breaks a rule, by code."""
    return [
        row.remark(column, judge.sense, judge.code) for judge in JUDGES.values() for row, column in judge.find(returned)
    ]


def sorted_out(remarks: list[Remark]) -> dict[str, list[dict[str, Any]]]:
    """Rows that do not land; advice by rule; and what was written otherwise and read all the same."""
    ordered = [one.as_dict() for one in sorted(remarks, key=lambda one: (one.file, one.line, one.column))]
    return {
        "left_out": [one for one in ordered if not one["lands"]],
        "advice": [one for one in ordered if one["lands"] and one["code"]],
        "notes": [one for one in ordered if one["lands"] and not one["code"]],
    }


# --- the tables among each other -------------------------------------------------------------------------------------

NOT_IN_HEADER = {
    "INT01": "ad1", "INT02": "placed_for_adoption", "INT03": "episodes", "INT04": "missing", "INT05": "oc2",
    "INT06": "oc3", "INT07": "previous_permanence", "INT08": "reviews", "INT09": "uasc",
}  # fmt: skip
OTHER_BIRTHDAY = {
    "INT11": "ad1", "INT12": "placed_for_adoption", "INT13": "missing", "INT14": "oc2", "INT15": "oc3",
    "INT16": "previous_permanence", "INT17": "reviews", "INT18": "uasc",
}  # fmt: skip
ONCE = {
    "INT31": "ad1", "INT32": "header", "INT33": "oc2", "INT34": "oc3", "INT35": "previous_permanence", "INT36": "uasc",
}  # fmt: skip


def _is_in_header(table: str) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        if "header" in returned.rows:
            for child, rows in returned.children(table).items():
                if child and not returned.of("header", child):
                    yield from ((row, "CHILD") for row in rows)

    return find


def _has_the_same_birthday(table: str) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        for child, rows in returned.children(table).items():
            born = returned.born(child)
            yield from ((row, "DOB") for row in rows if born and row.day("DOB") and row.day("DOB") != born)

    return find


def _stands_once(table: str) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        for child, rows in returned.children(table).items():
            yield from ((row, "CHILD") for row in (rows[1:] if child else []))

    return find


for _code, _table in NOT_IN_HEADER.items():
    _add(_code, "This child is not in the Header.", _is_in_header(_table))
for _code, _table in OTHER_BIRTHDAY.items():
    _add(_code, "The date of birth is another than in the Header.", _has_the_same_birthday(_table))
for _code, _table in ONCE.items():
    _add(_code, "The child stands in this table more than once.", _stands_once(_table))


# --- episodes --------------------------------------------------------------------------------------------------------


@of_two("142")
def an_episode_ends_before_the_next_begins(before: Row, after: Row) -> tuple[Row, str] | None:
    """The next episode begins, but this one has no end."""
    return None if before.holds("DEC") else (before, "DEC")


NEXT_TO_PLACEMENT = {"P", "B"}
TEMPORARY = {"T0", "T1", "T2", "T3", "T4"}
FOSTER = {"U1", "U2", "U3", "U4", "U5", "U6"}
LONG_TERM_FOSTER = {"U1", "U4"}
FOR_ADOPTION = {"A3", "A4", "A5", "A6"}
SHORT_BREAKS = {"V3", "V4"}
ADOPTED = {"E11", "E12"}
GUARDIANSHIP = {"E43", "E44", "E45", "E46", "E47", "E48"}
WITHOUT_PROVIDER = {*TEMPORARY, "Z1"}
WITHOUT_URN = {"H5", "P1", "P2", "P3", "R1", "R2", "R5", *TEMPORARY, "Z1"}
ADOPTION_ORDERS_CHANGED = date(2005, 12, 1)
FIRST_DAY_OF_ALL = date(1991, 10, 14)


@of_two("501")
def an_episode_begins_after_the_one_before_ended(before: Row, after: Row) -> tuple[Row, str] | None:
    """It begins before the episode before it has ended."""
    ended = before.day("DEC")
    return (after, "DECOM") if ended and after.says["DECOM"] < ended else None


@of_two("431")
def care_starts_anew_on_another_day(before: Row, after: Row) -> tuple[Row, str] | None:
    """It says that care started, but the episode before ended on the same day."""
    return (after, "RNE") if after.text("RNE") == "S" and before.day("DEC") == after.says["DECOM"] else None


@of_two("432")
def after_care_ended_it_starts_anew(before: Row, after: Row) -> tuple[Row, str] | None:
    """Care had ended with the episode before, but this one does not say that it started anew."""
    ended = before.text("REC") not in {"", "X1"}
    return (after, "RNE") if ended and after.text("RNE") not in {"", "S"} else None


@of_two("433")
def what_goes_on_begins_when_the_last_ended(before: Row, after: Row) -> tuple[Row, str] | None:
    """It says that care goes on, but does not begin on the day on which the episode before ended."""
    goes_on = before.text("REC") == "X1" and after.text("RNE") not in {"", "S"}
    return (after, "DECOM") if goes_on and before.day("DEC") != after.says["DECOM"] else None


@of_two("434")
def a_new_legal_status_is_another(before: Row, after: Row) -> tuple[Row, str] | None:
    """It says that only the legal status changed, but that is the same, or the placement is another."""
    same_status = before.text("LS") == after.text("LS")
    same_place = all(before.text(column) == after.text(column) for column in ("PLACE", "PLACE_PROVIDER", "URN"))
    return (after, "RNE") if after.text("RNE") == "L" and (same_status or not same_place) else None


@of_two("435")
def a_new_placement_alone_leaves_the_legal_status(before: Row, after: Row) -> tuple[Row, str] | None:
    """It says that only the placement changed, but the legal status is another too."""
    return (after, "RNE") if after.text("RNE") == "P" and before.text("LS") != after.text("LS") else None


@of_two("436")
def both_changed_means_the_legal_status_too(before: Row, after: Row) -> tuple[Row, str] | None:
    """It says that placement and legal status changed, but the legal status is the same."""
    return (after, "RNE") if after.text("RNE") == "B" and before.text("LS") == after.text("LS") else None


@of_two("437")
def nothing_follows_a_death_or_coming_of_age(before: Row, after: Row) -> tuple[Row, str] | None:
    """The episode ended with a death or with coming of age, but another follows."""
    return (before, "REC") if before.text("REC") in {"E2", "E15"} else None


@of_two("504")
def the_need_is_that_of_the_beginning(before: Row, after: Row) -> tuple[Row, str] | None:
    """The category of need (why the child came into care) is another than when this care began."""
    goes_on = before.day("DEC") == after.says["DECOM"] and before.text("REC") == "X1"
    return (after, "CIN") if goes_on and before.text("CIN") != after.text("CIN") else None


def _moves_placement(before: Row, after: Row) -> bool:
    return after.text("RNE") in NEXT_TO_PLACEMENT and not {before.text("PLACE"), after.text("PLACE")} & TEMPORARY


@of_two("225")
def a_move_says_why(before: Row, after: Row) -> tuple[Row, str] | None:
    """The child moves to another placement, but it is not said why."""
    unsaid = before.has("REASON_PLACE_CHANGE") and not before.holds("REASON_PLACE_CHANGE")
    return (before, "REASON_PLACE_CHANGE") if unsaid and _moves_placement(before, after) else None


@of_two("226")
def who_stays_gives_no_reason_for_moving(before: Row, after: Row) -> tuple[Row, str] | None:
    """A reason for moving is given, but the child does not move to another lasting placement."""
    given = before.holds("REASON_PLACE_CHANGE")
    return (before, "REASON_PLACE_CHANGE") if given and not _moves_placement(before, after) else None


@judges("388")
def a_new_episode_that_is_announced_follows(returned: Return) -> Found:
    """The end says that a new episode begins, but none does."""
    for episodes in returned.all_episodes().values():
        begins = {row.says["DECOM"] for row in episodes}
        for row in episodes:
            if row.text("REC") == "X1" and row.day("DEC") and row.says["DEC"] not in begins:
                yield row, "REC"


@judges("357")
def a_first_episode_starts_care(returned: Return) -> Found:
    """It is the first of the child and began within the year, but does not say that care started."""
    for episodes in returned.all_episodes().values():
        first = episodes[0] if episodes else None
        if first and first.says["DECOM"] >= returned.year_began and first.text("RNE") not in {"", "S"}:
            yield first, "RNE"


@judges("426")
def short_breaks_are_of_one_kind(returned: Return) -> Found:
    """The child has short breaks of both kinds, V3 and V4, in one year."""
    for episodes in returned.all_episodes().values():
        if {row.text("LS") for row in episodes} >= SHORT_BREAKS:
            yield from ((row, "LS") for row in episodes if row.text("LS") in SHORT_BREAKS)


@in_each("episodes", "148")
def an_end_has_day_and_reason(row: Row, returned: Return) -> str:
    """Of the end, only the day or only the reason is given."""
    if row.holds("DEC") == row.holds("REC"):
        return ""
    return "REC" if row.holds("DEC") else "DEC"


@in_each("episodes", "353")
def no_episode_is_older_than_the_act(row: Row, returned: Return) -> str:
    """It began before 14 October 1991."""
    return "DECOM" if _before(row.day("DECOM"), FIRST_DAY_OF_ALL) else ""


@in_each("episodes", "354")
def an_episode_ends_within_the_year(row: Row, returned: Return) -> str:
    """It ended after the year of the return."""
    return "DEC" if _before(returned.year_ended, row.day("DEC")) else ""


@in_each("episodes", "445")
def freeing_orders_are_past(row: Row, returned: Return) -> str:
    """Nobody is freed for adoption (D1) since December 2005."""
    return "LS" if row.text("LS") == "D1" and _before(ADOPTION_ORDERS_CHANGED, row.day("DECOM")) else ""


@in_each("episodes", "446")
def placement_orders_began_then(row: Row, returned: Return) -> str:
    """There was no placement order (E1) before December 2005."""
    return "LS" if row.text("LS") == "E1" and _before(row.day("DECOM"), ADOPTION_ORDERS_CHANGED) else ""


@in_each("episodes", "451")
def nobody_is_still_freed(row: Row, returned: Return) -> str:
    """The child is still freed for adoption (D1), which ended in December 2005."""
    return "LS" if row.text("LS") == "D1" and not row.holds("DEC") and not row.holds("REC") else ""


@in_each("episodes", "378")
def a_child_with_parents_is_not_accommodated(row: Row, returned: Return) -> str:
    """A child placed with parents cannot be accommodated under section 20 (V2)."""
    return "LS" if row.text("PLACE") == "P1" and row.text("LS") == "V2" else ""


@in_each("episodes", "382")
def a_short_break_is_no_temporary_move(row: Row, returned: Return) -> str:
    """A child on short breaks cannot be in a temporary placement."""
    return "PLACE" if row.text("LS") in SHORT_BREAKS and row.text("PLACE") in TEMPORARY else ""


@in_each("episodes", "384")
def a_short_break_is_not_long_term(row: Row, returned: Return) -> str:
    """A child on short breaks cannot be in a long-term foster placement."""
    return "PLACE" if row.text("LS") in SHORT_BREAKS and row.text("PLACE") in LONG_TERM_FOSTER else ""


@in_each("episodes", "366")
def a_short_break_has_one_placement(row: Row, returned: Return) -> str:
    """The placement changes during a short break (V3)."""
    return "RNE" if row.text("LS") == "V3" and row.text("RNE") not in {"", "S"} else ""


@in_each("episodes", "380")
def care_does_not_start_with_a_temporary_move(row: Row, returned: Return) -> str:
    """Care cannot start with a temporary placement."""
    return "PLACE" if row.text("RNE") == "S" and row.text("PLACE") in TEMPORARY else ""


@in_each("episodes", "381")
def care_does_not_end_with_a_temporary_move(row: Row, returned: Return) -> str:
    """Care cannot end with a temporary placement."""
    return "PLACE" if row.text("REC") not in {"", "X1"} and row.text("PLACE") in TEMPORARY else ""


@in_each("episodes", "390")
def who_is_adopted_was_placed_for_it(row: Row, returned: Return) -> str:
    """The child was adopted, but was not placed for adoption before."""
    return "PLACE" if row.text("REC") in ADOPTED and row.text("PLACE") not in FOR_ADOPTION else ""


@in_each("episodes", "408")
def a_placement_order_goes_with_its_placement(row: Row, returned: Return) -> str:
    """The child is placed for adoption with a placement order, but has none."""
    return "LS" if row.text("PLACE") in {"A5", "A6"} and row.text("LS") != "E1" else ""


@in_each("episodes", "516")
def former_foster_carers_were_foster_carers(row: Row, returned: Return) -> str:
    """The child went to former foster carers (E45, E46), but was in no foster placement."""
    return "PLACE" if row.text("REC") in {"E45", "E46"} and row.text("PLACE") not in FOSTER else ""


@in_each("episodes", "217")
def foster_carers_who_adopt_begin_anew(row: Row, returned: Return) -> str:
    """Placed for adoption with the foster carers (A3, A5): the episode begins with S, T or U."""
    return "RNE" if row.text("PLACE") in {"A3", "A5"} and row.text("RNE") not in {"", "S", "T", "U"} else ""


@in_each("episodes", "213")
def some_placements_have_no_provider(row: Row, returned: Return) -> str:
    """No provider is given for this type of placement."""
    return "PLACE_PROVIDER" if row.text("PLACE") in WITHOUT_PROVIDER and row.holds("PLACE_PROVIDER") else ""


@in_each("episodes", "526")
def other_placements_have_a_provider(row: Row, returned: Return) -> str:
    """The provider of the placement is missing."""
    expected = row.has("PLACE_PROVIDER") and row.text("PLACE") and row.text("PLACE") not in WITHOUT_PROVIDER
    return "PLACE_PROVIDER" if expected and not row.holds("PLACE_PROVIDER") else ""


@in_each("episodes", "218")
def an_inspected_placement_has_its_number(row: Row, returned: Return) -> str:
    """The care provider’s number at Ofsted (URN) is missing for this type of placement."""
    expected = row.has("URN") and row.text("PLACE") and row.text("PLACE") not in WITHOUT_URN
    return "URN" if expected and not row.holds("URN") else ""


@in_each("episodes", "222")
def another_placement_has_none(row: Row, returned: Return) -> str:
    """No care provider’s number (URN) is given for this type of placement."""
    return "URN" if row.text("PLACE") in WITHOUT_URN and row.text("URN") not in {"", "XXXXXXX"} else ""


WRONG_PLACES = {
    "527": ("PR1", {"P1", "R2", "R5"}),
    "528": ("PR2", {"P1", "R2", "R5"}),
    "529": ("PR3", {"P1", "K1", "K2", *FOR_ADOPTION, *FOSTER}),
    "530": ("PR4", {"P1"}),
    "531": ("PR5", {"P1"}),
}


def _does_not_go_with(provider: str, places: set[str]) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        for row in returned.table("episodes"):
            if row.text("PLACE_PROVIDER") == provider and row.text("PLACE") in places:
                yield row, "PLACE_PROVIDER"

    return find


for _code, (_provider, _places) in WRONG_PLACES.items():
    _add(_code, f"The provider {_provider} does not go with this placement.", _does_not_go_with(_provider, _places))


@in_each("episodes", "550")
def parents_alone_are_no_provider(row: Row, returned: Return) -> str:
    """The provider PR0 (parents) goes with a placement with parents (P1) alone."""
    return "PLACE_PROVIDER" if row.text("PLACE_PROVIDER") == "PR0" and row.text("PLACE") not in {"", "P1"} else ""


# How many days at most: a legal status, or a temporary placement.
LONGEST = {
    "361": ("LS", "L1", 3, "Police protection lasts 72 hours at most."),
    "362": ("LS", "L2", 21, "An emergency protection order lasts 21 days at most."),
    "363": ("LS", "L3", 7, "A child assessment order lasts 7 days at most."),
    "365": ("LS", "V3", 17, "One short break lasts 17 days at most."),
    "375": ("PLACE", "T1", 42, "A temporary stay in hospital lasts six weeks at most."),
    "376": ("PLACE", "T3", 21, "A placement while carers are on holiday lasts three weeks at most."),
    "379": ("PLACE", "T4", 7, "A temporary placement without a reason lasts seven days at most."),
}


def _lasts_at_most(column: str, code: str, days: int) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        for row in returned.table("episodes"):
            began, ended = row.day("DECOM"), row.day("DEC") or returned.year_ended
            if row.text(column) == code and began and (ended - began).days > days and "DEC" not in row.wrong:
                yield row, column

    return find


for _code, (_column, _of, _days, _sense) in LONGEST.items():
    _add(_code, _sense, _lasts_at_most(_column, _of, _days))

# How old at least when the episode begins.
YOUNGEST = {
    "358": ("LS", {"J1", "J2", "J3"}, 10, "A child with this legal status is at least 10."),
    "371": ("PLACE", {"H5"}, 16, "In supported accommodation a young person is at least 16."),
    "372": ("PLACE", {"R5"}, 10, "In youth custody or prison a child is at least 10."),
    "373": ("PLACE", {"S1"}, 4, "A child placed in a residential school is at least 4."),
    "374": ("PLACE", {"P3"}, 14, "In residential employment a young person is at least 14."),
}
# How old at least, or not yet, when the episode ends.
LEAVING = {
    "386": (ADOPTED, 18, False, "The child was adopted, but had reached 18."),
    "387": ({"E5", "E6"}, 14, True, "Moved into independent living, but under 14."),
    "389": ({"E7"}, 16, True, "Went into the care of adult services, but under 16."),
    "407": (GUARDIANSHIP, 18, False, "A special guardianship order was made, but the child had reached 18."),
    "460": ({"E17"}, 18, True, "Stayed with the carers at 18, but is under 18."),
}


def _is_at_least(column: str, codes: set[str], age: int) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        for row in returned.table("episodes"):
            born, began = returned.born(row.child), row.day("DECOM")
            if row.text(column) in codes and born and began and born <= began < birthday(born, age):
                yield row, column

    return find


def _leaves_at(reasons: set[str], age: int, is_too_young: bool) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        for row in returned.table("episodes"):
            born, ended = returned.born(row.child), row.day("DEC")
            if row.text("REC") in reasons and born and ended and (ended < birthday(born, age)) == is_too_young:
                yield row, "REC"

    return find


for _code, (_column, _codes, _age, _sense) in YOUNGEST.items():
    _add(_code, _sense, _is_at_least(_column, _codes, _age))
for _code, (_codes, _age, _is_too_young, _sense) in LEAVING.items():
    _add(_code, _sense, _leaves_at(_codes, _age, _is_too_young))


@in_each("episodes", "352")
def nobody_comes_into_care_as_an_adult(row: Row, returned: Return) -> str:
    """Who starts to be looked after is under 18."""
    born, began = returned.born(row.child), row.day("DECOM")
    return "DECOM" if row.text("RNE") == "S" and born and began and began >= birthday(born, 18) else ""


@in_each("episodes", "359")
def after_18_only_in_a_community_home(row: Row, returned: Return) -> str:
    """After 18 somebody is looked after only under section 20 in a children’s home (V2, K2)."""
    born, ended = returned.born(row.child), row.day("DEC") or returned.year_ended
    is_home = row.text("LS") == "V2" and row.text("PLACE") == "K2"
    return "DEC" if born and ended > birthday(born, 18) and not is_home and "DEC" not in row.wrong else ""


# --- the whole year in care, and the items about it ------------------------------------------------------------------


def in_care_all_year(returned: Return) -> set[str]:
    """Who was looked after without a day between for the twelve months to 31 March; short breaks do not count."""
    whole = set()
    for child, episodes in returned.all_episodes().items():
        since: date | None = None
        until: date | None = None
        for row in episodes:
            if row.text("LS") in SHORT_BREAKS:
                since = until = None
                continue
            if since is None or until != row.says["DECOM"]:
                since = row.says["DECOM"]
            until = row.day("DEC") or date.max
        if since and until and since <= returned.year_began and until > returned.year_ended:
            whole.add(child)
    return whole


HEALTH = ("IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE")
OF_THE_YEAR = ("CONVICTED", "HEALTH_CHECK", *HEALTH, "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED")


def _has_sdq(row: Row) -> bool:
    return row.holds("SDQ_SCORE") or row.holds("SDQ_REASON")


def _oc2(returned: Return, *, all_year: bool) -> Iterator[tuple[Row, date | None]]:
    """The rows of OC2 of those who were, or were not, in care all year; with their date of birth."""
    if "episodes" not in returned.rows:
        return
    whole = in_care_all_year(returned)
    for row in returned.table("oc2"):
        if (row.child in whole) == all_year:
            yield row, returned.born(row.child)


@judges("185")
def a_score_is_of_who_was_in_care_all_year(returned: Return) -> Found:
    """An SDQ score is given, but the child was not in care for the twelve months to 31 March."""
    yield from ((row, "SDQ_SCORE") for row, _ in _oc2(returned, all_year=False) if row.holds("SDQ_SCORE"))


@judges("198")
def a_missing_score_is_of_who_was_in_care_all_year(returned: Return) -> Found:
    """A reason for no SDQ is given, but the child was not in care for the twelve months to 31 March."""
    yield from ((row, "SDQ_REASON") for row, _ in _oc2(returned, all_year=False) if row.holds("SDQ_REASON"))


@judges("190")
def health_is_of_who_was_in_care_all_year(returned: Return) -> Found:
    """Health or conviction is told, but the child was not in care for the twelve months to 31 March."""
    for row, _ in _oc2(returned, all_year=False):
        if told := next((column for column in OF_THE_YEAR if row.holds(column)), ""):
            yield row, told


@judges("191")
def health_is_told_of_who_was_in_care_all_year(returned: Return) -> Found:
    """The child was in care for the twelve months to 31 March, but some of the health items are missing."""
    for row, _ in _oc2(returned, all_year=True):
        if blank := next((column for column in HEALTH if row.has(column) and not row.holds(column)), ""):
            yield row, blank


@judges("186")
def a_score_is_told_of_who_was_in_care_all_year(returned: Return) -> Found:
    """The child is 4 to 16 and was in care all year, but has neither an SDQ score nor a reason for none."""
    for row, born in _oc2(returned, all_year=True):
        of_age = born and birthday(born, 4) <= returned.year_began and birthday(born, 17) > returned.year_ended
        if of_age and not _has_sdq(row):
            yield row, "SDQ_SCORE"


@judges("543")
def conviction_is_told_from_10_on(returned: Return) -> Found:
    """The child is 10 or over and was in care all year, but nothing is said of convictions."""
    for row, born in _oc2(returned, all_year=True):
        if born and birthday(born, 10) <= returned.year_ended and not row.holds("CONVICTED"):
            yield row, "CONVICTED"


@judges("545")
def a_health_check_is_told_under_5(returned: Return) -> Found:
    """The child is under 5 and was in care all year, but nothing is said of the health check."""
    for row, born in _oc2(returned, all_year=True):
        under_5 = born and birthday(born, 5) > returned.year_ended
        if under_5 and row.has("HEALTH_CHECK") and not row.holds("HEALTH_CHECK"):
            yield row, "HEALTH_CHECK"


@judges("187")
def all_year_in_care_is_neither_adopted_nor_left(returned: Return) -> Found:
    """The child was in care all year, but stands in the table of adoptions or of care leavers."""
    whole = in_care_all_year(returned)
    yield from ((row, "CHILD") for name in ("ad1", "oc3") for row in returned.table(name) if row.child in whole)


@in_each("oc2", "157")
def sdq1_is_for_other_ages(row: Row, returned: Return) -> str:
    """No SDQ because of age (SDQ1), but the child is 4 to 16."""
    born = returned.born(row.child)
    of_age = born and birthday(born, 4) <= returned.year_began and birthday(born, 17) > returned.year_ended
    return "SDQ_REASON" if row.text("SDQ_REASON") == "SDQ1" and of_age else ""


@in_each("oc2", "188")
def nobody_under_4_has_an_sdq(row: Row, returned: Return) -> str:
    """An SDQ score or reason is given, but the child is under 4."""
    born = returned.born(row.child)
    return _sdq_column(row) if born and birthday(born, 4) > returned.year_ended else ""


@in_each("oc2", "189")
def nobody_over_17_has_an_sdq(row: Row, returned: Return) -> str:
    """An SDQ score or reason is given, but the young person was 17 before the year began."""
    born = returned.born(row.child)
    return _sdq_column(row) if born and birthday(born, 17) <= returned.year_began else ""


def _sdq_column(row: Row) -> str:
    return next((column for column in ("SDQ_SCORE", "SDQ_REASON") if row.holds(column)), "")


@in_each("oc2", "197a")
def a_score_needs_no_reason(row: Row, returned: Return) -> str:
    """There is an SDQ score, and a reason for none."""
    return "SDQ_REASON" if row.holds("SDQ_SCORE") and row.holds("SDQ_REASON") else ""


@in_each("oc2", "158")
def help_received_was_offered(row: Row, returned: Return) -> str:
    """Help with substance misuse was received, so whether it was offered is left blank."""
    return (
        "INTERVENTION_OFFERED" if _is(row, "INTERVENTION_RECEIVED", "1") and row.holds("INTERVENTION_OFFERED") else ""
    )


@in_each("oc2", "159")
def help_not_received_may_have_been_offered(row: Row, returned: Return) -> str:
    """Help with substance misuse was not received; it is to be said whether it was offered."""
    needed = _is(row, "SUBSTANCE_MISUSE", "1") and _is(row, "INTERVENTION_RECEIVED", "0")
    return "INTERVENTION_OFFERED" if needed and not row.holds("INTERVENTION_OFFERED") else ""


@in_each("oc2", "192")
def misuse_says_whether_help_was_received(row: Row, returned: Return) -> str:
    """Substance misuse was found; it is to be said whether help was received."""
    misuse = _is(row, "SUBSTANCE_MISUSE", "1")
    return "INTERVENTION_RECEIVED" if misuse and not row.holds("INTERVENTION_RECEIVED") else ""


@in_each("oc2", "193")
def without_misuse_no_help(row: Row, returned: Return) -> str:
    """No substance misuse was found, but something is said of help with it."""
    if _is(row, "SUBSTANCE_MISUSE", "1"):
        return ""
    return next((c for c in ("INTERVENTION_RECEIVED", "INTERVENTION_OFFERED") if row.holds(c)), "")


def _is(row: Row, column: str, code: str) -> bool:
    return row.text(column) == code


@in_each("oc2", "182")
def health_is_told_whole(row: Row, returned: Return) -> str:
    """Some of the items of OC2 are filled in and others of the health items are blank."""
    told = any(row.holds(column) for column in ("CONVICTED", "HEALTH_CHECK", *HEALTH))
    return next((column for column in HEALTH if row.has(column) and not row.holds(column)), "") if told else ""


@in_each("oc2", "544")
def conviction_goes_with_health(row: Row, returned: Return) -> str:
    """Convictions are told, but not all health items."""
    blank = next((column for column in HEALTH if row.has(column) and not row.holds(column)), "")
    return blank if row.holds("CONVICTED") else ""


@in_each("oc2", "547")
def a_health_check_goes_with_health(row: Row, returned: Return) -> str:
    """The health check is told, but not all health items."""
    blank = next((column for column in HEALTH if row.has(column) and not row.holds(column)), "")
    return blank if row.holds("HEALTH_CHECK") else ""


@in_each("oc2", "542")
def no_conviction_under_10(row: Row, returned: Return) -> str:
    """Something is said of convictions, but the child is under 10."""
    born = returned.born(row.child)
    return "CONVICTED" if row.holds("CONVICTED") and born and birthday(born, 10) > returned.year_ended else ""


@in_each("oc2", "546")
def no_health_check_from_5_on(row: Row, returned: Return) -> str:
    """Something is said of the health check, but the child is 5 or over."""
    born = returned.born(row.child)
    return "HEALTH_CHECK" if row.holds("HEALTH_CHECK") and born and birthday(born, 5) <= returned.year_ended else ""


@in_each("oc2", "215")
def who_has_left_care_was_not_in_it_all_year(row: Row, returned: Return) -> str:
    """The young person stands among the care leavers, but items of a whole year in care are filled in."""
    return next((c for c in OF_THE_YEAR if row.holds(c)), "") if returned.of("oc3", row.child) else ""


# --- header ----------------------------------------------------------------------------------------------------------


def is_male(row: Row) -> bool:
    return row.text("SEX") in {"1", "M"}


def is_female(row: Row) -> bool:
    return row.text("SEX") in {"2", "F"}


@in_each("header", "174")
def no_boy_is_a_mother(row: Row, returned: Return) -> str:
    """A date of birth of a mother’s child is given, but the child is a boy."""
    return "MC_DOB" if row.holds("MC_DOB") and is_male(row) else ""


@in_each("header", "301")
def everybody_was_born_within_the_year(row: Row, returned: Return) -> str:
    """The date of birth is after the year of the return."""
    return "DOB" if _before(returned.year_ended, row.day("DOB")) else ""


@in_each("header", "351")
def nobody_is_over_25(row: Row, returned: Return) -> str:
    """The person was over 25 when the year began."""
    born = row.day("DOB")
    return "DOB" if born and birthday(born, 26) <= returned.year_began else ""


@in_each("header", "611")
def a_mother_has_a_child(row: Row, returned: Return) -> str:
    """She is a mother, but her child’s date of birth is missing."""
    return "MC_DOB" if _is(row, "MOTHER", "1") and not row.holds("MC_DOB") else ""


@in_each("header", "612")
def who_is_no_mother_has_no_child(row: Row, returned: Return) -> str:
    """A child’s date of birth is given, but not that she is a mother."""
    return "MOTHER" if row.holds("MC_DOB") and is_female(row) and not _is(row, "MOTHER", "1") else ""


@in_each("header", "620")
def a_mother_is_at_least_11(row: Row, returned: Return) -> str:
    """She is a mother, but would have been under 11."""
    born, child = row.day("DOB"), row.day("MC_DOB")
    return "MC_DOB" if born and child and born <= child < birthday(born, 11) else ""


@in_each("header", "621")
def a_mother_is_older_than_her_child(row: Row, returned: Return) -> str:
    """She is younger than her child."""
    return "MC_DOB" if _before(row.day("MC_DOB"), row.day("DOB")) else ""


@in_each("header", "625")
def a_first_child_was_born_within_the_year(row: Row, returned: Return) -> str:
    """The mother’s child was born after the year of the return."""
    return "MC_DOB" if _before(returned.year_ended, row.day("MC_DOB")) else ""


@judges("303")
def who_ceased_to_seek_asylum_sought_it(returned: Return) -> Found:
    """A day is given on which the asylum-seeking status ceased, but the Header does not say that there was one."""
    for row in returned.table("uasc"):
        headers = [header for header in returned.of("header", row.child) if header.has("UASC")]
        if row.holds("DUC") and headers and not any(_is(header, "UASC", "1") for header in headers):
            yield row, "DUC"


@judges("304")
def the_status_ceases_by_18(returned: Return) -> Found:
    """The asylum-seeking status ceased after the 18th birthday."""
    for row in returned.table("uasc"):
        born, ceased = row.day("DOB"), row.day("DUC")
        if born and ceased and ceased > birthday(born, 18):
            yield row, "DUC"


@judges("210")
def un4_is_for_the_first_week(returned: Return) -> Found:
    """No UPN because care has just begun (UN4), but the child was in care for more than a week on 31 March."""
    for row in returned.table("header"):
        open_ones = [e for e in returned.episodes(row.child) if not e.holds("DEC")]
        if row.text("UPN") == "UN4" and any((returned.year_ended - e.says["DECOM"]).days > 7 for e in open_ones):
            yield row, "UPN"


@judges("393")
def it_is_said_whether_she_is_a_mother(returned: Return) -> Found:
    """A girl is looked after, but it is not said whether she is a mother."""
    for row in returned.table("header"):
        lasting = [e for e in returned.episodes(row.child) if e.text("LS") not in SHORT_BREAKS]
        if row.has("MOTHER") and is_female(row) and not row.holds("MOTHER") and lasting:
            yield row, "MOTHER"


# --- reviews, missing, previous permanence ---------------------------------------------------------------------------


@in_each("reviews", "440")
def pn0_is_for_under_4(row: Row, returned: Return) -> str:
    """The code says that the child was under 4 (PN0), but the child was 4 or over."""
    born, held = returned.born(row.child) or row.day("DOB"), row.day("REVIEW")
    return "REVIEW_CODE" if _is(row, "REVIEW_CODE", "PN0") and born and held and held >= birthday(born, 4) else ""


@in_each("reviews", "441")
def the_others_are_from_4_on(row: Row, returned: Return) -> str:
    """The code is for children of 4 or over, but the child was under 4."""
    born, held = returned.born(row.child) or row.day("DOB"), row.day("REVIEW")
    other = row.text("REVIEW_CODE") not in {"", "PN0"}
    return "REVIEW_CODE" if other and born and held and held < birthday(born, 4) else ""


@in_each("missing", "565")
def a_day_missing_says_of_which_kind(row: Row, returned: Return) -> str:
    """The first day is given, but not whether the child was missing or away without authorisation."""
    return "MISSING" if row.holds("MIS_START") and not row.holds("MISSING") else ""


@in_each("missing", "566")
def a_last_day_says_of_which_kind(row: Row, returned: Return) -> str:
    """The last day is given, but not whether the child was missing or away without authorisation."""
    return "MISSING" if row.holds("MIS_END") and not row.holds("MISSING") else ""


@in_each("missing", "567")
def who_was_missing_came_back_later(row: Row, returned: Return) -> str:
    """It ended before it began."""
    return "MIS_END" if _before(row.day("MIS_END"), row.day("MIS_START")) else ""


@in_each("missing", "570")
def missing_began_within_the_year(row: Row, returned: Return) -> str:
    """It began after the year of the return."""
    return "MIS_START" if _before(returned.year_ended, row.day("MIS_START")) else ""


@in_each("missing", "571")
def missing_ended_within_the_year(row: Row, returned: Return) -> str:
    """It ended outside the year of the return."""
    ended = row.day("MIS_END")
    return "MIS_END" if _before(ended, returned.year_began) or _before(returned.year_ended, ended) else ""


@in_each("missing", "586")
def nobody_is_missing_before_birth(row: Row, returned: Return) -> str:
    """It began before the date of birth."""
    return "MIS_START" if _before(row.day("MIS_START"), returned.born(row.child) or row.day("DOB")) else ""


@judges("574")
def missing_is_told_once_at_a_time(returned: Return) -> Found:
    """It begins before the time before it has ended."""
    for rows in returned.children("missing").values():
        begun = sorted((row for row in rows if row.day("MIS_START")), key=lambda row: row.says["MIS_START"])
        for before, after in pairwise(begun):
            if (before.day("MIS_END") or date.max) > after.says["MIS_START"]:
                yield after, "MIS_START"


@judges("581")
def who_is_missing_is_in_care(returned: Return) -> Found:
    """The child was missing before care began."""
    for row in returned.table("missing"):
        episodes = returned.episodes(row.child)
        if episodes and _before(row.day("MIS_START"), episodes[0].says["DECOM"]):
            yield row, "MIS_START"


@judges("577")
def missing_ends_with_care(returned: Return) -> Found:
    """Care has ended, but the time missing has no end."""
    for row in returned.table("missing"):
        episodes = returned.episodes(row.child)
        if episodes and episodes[-1].text("REC") not in {"", "X1"} and not row.holds("MIS_END"):
            yield row, "MIS_END"


@judges("578")
def nobody_is_missing_after_care(returned: Return) -> Found:
    """The child was missing after care had ended."""
    for row in returned.table("missing"):
        episodes = returned.episodes(row.child)
        ended = episodes[-1].day("DEC") if episodes and episodes[-1].text("REC") not in {"", "X1"} else None
        if _before(ended, row.day("MIS_START")):
            yield row, "MIS_START"


@judges("630")
def a_start_of_care_says_what_was_before(returned: Return) -> Found:
    """Care started, but nothing is said of permanence before it."""
    if "previous_permanence" in returned.rows:
        for child, episodes in returned.all_episodes().items():
            starts = [row for row in episodes if row.text("RNE") == "S" and row.says["DECOM"] >= date(2016, 4, 1)]
            if starts and not returned.of("previous_permanence", child):
                yield starts[0], "RNE"


@in_each("previous_permanence", "633")
def the_authority_of_permanence_is_one(row: Row, returned: Return) -> str:
    """This is no local authority’s number, nor one of the other countries."""
    said = row.text("LA_PERM").upper()
    known = (said.isdigit() and len(said) == 3) or said in {"", "WAL", "SCO", "NIR", "NUK"}
    return "" if known else "LA_PERM"


@in_each("previous_permanence", "635")
def without_permanence_no_order(row: Row, returned: Return) -> str:
    """No permanence before (Z1), but a day or an authority of an order is given."""
    told = next((column for column in ("LA_PERM", "DATE_PERM") if row.holds(column)), "")
    return told if _is(row, "PREV_PERM", "Z1") else ""


# --- adoption --------------------------------------------------------------------------------------------------------

OF_ADOPTION = ("DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR")
COUPLES = {"MM", "FF", "MF"}


@in_each("ad1", "151")
def an_adoption_is_told_whole(row: Row, returned: Return) -> str:
    """Some of the items of the adoption are filled in and others blank."""
    blank = [column for column in OF_ADOPTION if row.has(column) and not row.holds(column)]
    return blank[0] if blank and len(blank) < len(OF_ADOPTION) else ""


@in_each("ad1", "333")
def the_decision_comes_before_the_match(row: Row, returned: Return) -> str:
    """The child was matched before it was decided that the child should be placed for adoption."""
    return "DATE_INT" if _before(row.day("DATE_MATCH"), row.day("DATE_INT")) else ""


@in_each("ad1", "511")
def two_adopters_are_a_couple(row: Row, returned: Return) -> str:
    """There are two adopters, but the code of their sexes is for one."""
    return "SEX_ADOPTR" if _is(row, "NB_ADOPTR", "2") and row.text("SEX_ADOPTR") not in {"", *COUPLES} else ""


@in_each("ad1", "514")
def a_single_adopter_is_one(row: Row, returned: Return) -> str:
    """The legal status is that of one adopter (L0), but the sexes are of a couple."""
    return "SEX_ADOPTR" if _is(row, "LS_ADOPTR", "L0") and row.text("SEX_ADOPTR") in COUPLES else ""


ADOPTERS = {
    "517": ("L3", {"MF"}, "Legal status L3 goes with the sexes MF."),
    "518": ("L4", {"MM", "FF"}, "Legal status L4 goes with the sexes MM or FF."),
    "519": ("L2", COUPLES, "A civil partnership is a couple."),
    "520": ("L11", {"MF"}, "A married couple of different sexes is MF."),
    "524": ("L12", {"MM", "FF"}, "Legal status L12 goes with the sexes MM or FF."),
}


def _adopters_agree(status: str, sexes: set[str]) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        for row in returned.table("ad1"):
            if row.text("LS_ADOPTR") == status and row.holds("SEX_ADOPTR") and row.text("SEX_ADOPTR") not in sexes:
                yield row, "SEX_ADOPTR"

    return find


for _code, (_status, _sexes, _sense) in ADOPTERS.items():
    _add(_code, _sense, _adopters_agree(_status, _sexes))


def _adopted(returned: Return, child: str) -> Row | None:
    return next((row for row in returned.episodes(child) if row.text("REC") in ADOPTED), None)


@judges("601")
def who_is_adopted_stands_in_ad1(returned: Return) -> Found:
    """The child was adopted, but does not stand in the table of adoptions."""
    if "ad1" in returned.rows:
        for child in returned.all_episodes():
            row = _adopted(returned, child)
            if row is not None and not returned.of("ad1", child):
                yield row, "REC"


@judges("602")
def who_stands_in_ad1_is_adopted(returned: Return) -> Found:
    """The child stands in the table of adoptions, but no episode ends with one."""
    if "episodes" in returned.rows:
        yield from ((row, "CHILD") for row in returned.table("ad1") if _adopted(returned, row.child) is None)


@judges("582")
def a_match_comes_before_the_adoption(returned: Return) -> Found:
    """The day of the match is that of the adoption."""
    for row in returned.table("ad1"):
        adopted = _adopted(returned, row.child)
        if adopted is not None and row.day("DATE_MATCH") and row.day("DATE_MATCH") == adopted.day("DEC"):
            yield row, "DATE_MATCH"


@judges("134")
def care_leavers_are_not_adopted(returned: Return) -> Found:
    """The young person stands among the care leavers and in the table of adoptions."""
    yield from ((row, "CHILD") for row in returned.table("ad1") if returned.of("oc3", row.child))


@in_each("placed_for_adoption", "119")
def a_reversal_has_day_and_reason(row: Row, returned: Return) -> str:
    """Of the reversal of the decision, only the day or only the reason is given."""
    if row.holds("DATE_PLACED_CEASED") == row.holds("REASON_PLACED_CEASED"):
        return ""
    return "REASON_PLACED_CEASED" if row.holds("DATE_PLACED_CEASED") else "DATE_PLACED_CEASED"


@in_each("placed_for_adoption", "563")
def a_reversal_has_a_decision(row: Row, returned: Return) -> str:
    """The decision was reversed, but its own day is missing."""
    return "DATE_PLACED" if row.holds("DATE_PLACED_CEASED") and not row.holds("DATE_PLACED") else ""


@in_each("placed_for_adoption", "522")
def a_decision_comes_before_its_reversal(row: Row, returned: Return) -> str:
    """The decision was reversed before it was made."""
    return "DATE_PLACED" if _before(row.day("DATE_PLACED_CEASED"), row.day("DATE_PLACED")) else ""


@in_each("placed_for_adoption", "184")
def a_decision_comes_after_birth(row: Row, returned: Return) -> str:
    """The decision was made before the child was born."""
    return "DATE_PLACED" if _before(row.day("DATE_PLACED"), returned.born(row.child) or row.day("DOB")) else ""


@judges("579")
def one_decision_at_a_time(returned: Return) -> Found:
    """A new decision was made before the earlier one was reversed."""
    for rows in returned.children("placed_for_adoption").values():
        made = sorted((row for row in rows if row.day("DATE_PLACED")), key=lambda row: row.says["DATE_PLACED"])
        for before, after in pairwise(made):
            if (before.day("DATE_PLACED_CEASED") or date.max) > after.says["DATE_PLACED"]:
                yield after, "DATE_PLACED"


@judges("551")
def who_is_placed_for_adoption_has_a_decision(returned: Return) -> Found:
    """The child is placed for adoption, but no decision is told."""
    yield from _without_decision(returned, "PLACE", FOR_ADOPTION)


@judges("553")
def a_placement_order_has_a_decision(returned: Return) -> Found:
    """There is a placement order, but no decision is told."""
    yield from _without_decision(returned, "LS", {"E1"})


@judges("555")
def a_freeing_order_has_a_decision(returned: Return) -> Found:
    """There is a freeing order, but no decision is told."""
    yield from _without_decision(returned, "LS", {"D1"})


def _without_decision(returned: Return, column: str, codes: set[str]) -> Found:
    if "placed_for_adoption" not in returned.rows:
        return
    for child, episodes in returned.all_episodes().items():
        decided = any(row.holds("DATE_PLACED") for row in returned.of("placed_for_adoption", child))
        first = next((row for row in episodes if row.text(column) in codes), None)
        if first is not None and not decided:
            yield first, column


@judges("558")
def an_adoption_was_not_reversed(returned: Return) -> Found:
    """The child was adopted, but the decision was reversed."""
    for row in returned.table("placed_for_adoption"):
        if row.holds("DATE_PLACED_CEASED") and _adopted(returned, row.child) is not None:
            yield row, "DATE_PLACED_CEASED"


@judges("523")
def the_two_decisions_are_one(returned: Return) -> Found:
    """The decision in the table of adoptions has another day than that to place the child."""
    for row in returned.table("ad1"):
        made = {placed.day("DATE_PLACED") for placed in returned.of("placed_for_adoption", row.child)} - {None}
        if made and row.day("DATE_INT") and row.day("DATE_INT") not in made:
            yield row, "DATE_INT"


# --- care leavers, social workers ------------------------------------------------------------------------------------


@in_each("oc3", "153")
def leaving_is_told_whole(row: Row, returned: Return) -> str:
    """Some of the items about leaving care are filled in and others blank."""
    blank = [column for column in ("IN_TOUCH", "ACTIV", "ACCOM") if not row.holds(column)]
    return blank[0] if blank and len(blank) < 3 else ""


@in_each("oc3", "344")
def who_died_or_went_home_has_no_activity(row: Row, returned: Return) -> str:
    """Died or returned home, but activity or accommodation is filled in."""
    told = next((column for column in ("ACTIV", "ACCOM") if row.text(column) not in {"", "0"}), "")
    return told if row.text("IN_TOUCH") in {"DIED", "RHOM"} else ""


@in_each("oc3", "345")
def who_is_in_touch_has_an_activity(row: Row, returned: Return) -> str:
    """In touch, but activity or accommodation is 0."""
    none = next((column for column in ("ACTIV", "ACCOM") if _is(row, column, "0")), "")
    return none if _is(row, "IN_TOUCH", "YES") else ""


@in_each("oc3", "391")
def care_leavers_are_17_to_21(row: Row, returned: Return) -> str:
    """The young person was not 17 to 21 in the year."""
    born = returned.born(row.child) or row.day("DOB")
    outside = born and (birthday(born, 17) > returned.year_ended or birthday(born, 22) <= returned.year_began)
    return "DOB" if outside else ""


@judges("1014")
def care_leavers_say_nothing_of_asylum(returned: Return) -> Found:
    """The young person stands among the care leavers; asylum is not asked of them."""
    yield from ((row, "DUC") for row in returned.table("uasc") if returned.of("oc3", row.child))


@in_each("sw_episodes", "SW02STG1")
def a_social_workers_number_begins_so(row: Row, returned: Return) -> str:
    """The social worker’s number does not begin with SW or XX."""
    return "SW_ID" if row.holds("SW_ID") and not row.text("SW_ID").upper().startswith(("SW", "XX")) else ""


@in_each("sw_episodes", "SW09STG2")
def a_social_worker_stays_a_day(row: Row, returned: Return) -> str:
    """It lasted for less than a day."""
    return "SW_DEC" if row.day("SW_DEC") and row.day("SW_DEC") == row.day("SW_DECOM") else ""


@judges("SW10STG2")
def one_social_worker_follows_another(returned: Return) -> Found:
    """It begins before the social worker before has ended."""
    for before, after in _social_workers(returned):
        if _before(after.day("SW_DECOM"), before.day("SW_DEC")):
            yield after, "SW_DECOM"


@judges("SW108STG2")
def a_social_worker_ends_before_the_next(returned: Return) -> Found:
    """The next social worker begins, but this one has no end."""
    yield from ((before, "SW_DEC") for before, _ in _social_workers(returned) if not before.holds("SW_DEC"))


def _social_workers(returned: Return) -> Iterator[tuple[Row, Row]]:
    for rows in returned.children("sw_episodes").values():
        begun = sorted((row for row in rows if row.day("SW_DECOM")), key=lambda row: row.says["SW_DECOM"])
        yield from pairwise(begun)


@judges("SW01STG1")
def who_is_in_care_has_a_social_worker(returned: Return) -> Found:
    """The child was in care on 31 March, but no social worker is told."""
    if "sw_episodes" in returned.rows:
        for child, episodes in returned.all_episodes().items():
            if episodes and not episodes[-1].holds("DEC") and not returned.of("sw_episodes", child):
                yield episodes[-1], "DEC"


def _before(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day < other
