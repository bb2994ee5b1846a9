"""A business officer's Monday: last week's list and this week's with its 25 changes; one fault mended and sent again,
and one question that only a person can answer."""

import csv
import io
from datetime import date

from journeys.steps import brings, the_worker_runs
from trellis.exchange import samples

LAST_MONDAY, THIS_MONDAY = date(2026, 11, 16), date(2026, 11, 23)
FAULT = {"line": 9, "column": "sen_status", "now": "S", "sentence": "Write N, K (SEN support) or E (EHC plan)."}
WEEKLY = "The weekly pupil list"


def test_a_business_officers_monday(person, tmp_path, time_passes):
    bea, ada = person("bea"), person("ada")
    lists = samples.make(seed=1)
    time_passes(LAST_MONDAY, bea)
    brings(bea, "A list of schools", written(tmp_path / "schools.csv", lists.schools), saying=["12 new"])
    brings(bea, WEEKLY, written(tmp_path / "week_1.csv", lists.week_1), saying=["40 new", "0 changed"])

    time_passes(THIS_MONDAY, bea, ada)
    is_refused_for_one_fault(bea, written(tmp_path / "week_2.csv", with_the_fault(lists.week_2)))
    mended = written(tmp_path / "week_2_mended.csv", lists.week_2)
    reads_what_would_follow(bea, mended, lists)
    lands(bea, mended)
    answers_the_question(bea, lists)
    brings(bea, WEEKLY, mended, saying=["0 new", "0 changed", "38 unchanged"])
    assert what_was_brought(bea) == [
        ("week_2_mended.csv", "Landed"), ("week_2_mended.csv", "Landed"), ("week_2.csv", "Refused"),
        ("week_1.csv", "Landed"), ("schools.csv", "Landed"),
    ]  # fmt: skip
    finds_those_who_came_and_not_those_who_left(ada, lists)


def written(file, content):
    file.write_bytes(content)
    return file


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def with_the_fault(week):
    rows = rows_of(week)
    rows[FAULT["line"] - 2][FAULT["column"]] = FAULT["now"]
    return samples.as_csv(rows)


def said_of(lists, what):
    return [change for change in lists.changes if change["what"].startswith(what)]


def called(lists, change, week="week_2"):
    row = next(row for row in rows_of(getattr(lists, week)) if row["child_id"] == change["child_id"])
    return f"{row['legal_first_name']} {row['legal_last_name']}"


def checks(bea, file):
    bea.goes_to("/imports/").sees("Imports").chooses(WEEKLY).attaches("The file", file).presses("Check the file")
    return bea.sees(file.name)


def is_refused_for_one_fault(bea, file):
    """She reads where it is, and that nothing is half done."""
    checks(bea, file).reads("The file was refused whole", "1 line to mend", "Nothing of it landed")
    line = bea.main.get_by_role("row").filter(has_text=f"Line {FAULT['line']}").inner_text()
    assert line.split("\t") == [f"Line {FAULT['line']}", FAULT["column"], FAULT["now"], FAULT["sentence"]]
    assert bea.main.get_by_role("button", name="Land this import").count() == 0


def reads_what_would_follow(bea, file, lists):
    """Each of the 25 changes, and beneath each move what it brings about."""
    changed = {change["child_id"] for change in lists.changes} - {
        change["child_id"] for what in ("new", "no longer", "same name") for change in said_of(lists, what)
    }
    assert len(lists.changes) == 25
    checks(bea, file).reads(
        "Nothing has landed yet", "1 new", f"{len(changed)} changed", "4 no longer listed", "1 question"
    )
    for change in said_of(lists, "moved school"):
        row = bea.main.get_by_role("row").filter(has_text=change["child_id"]).filter(has_text="Moved school")
        assert "reads the whole record from today." in row.inner_text()
        assert "A PEP is due within 20 working days" in row.inner_text()
    for change in said_of(lists, "no longer listed"):
        assert "loses the record" in bea.main.get_by_role("listitem").filter(has_text=change["child_id"]).inner_text()
    bea.reads("number 700002: same name and date of birth as", "Jordan Vale")


def lands(bea, file):
    bea.presses("Land this import").reads("You may leave this page and come back.")
    the_worker_runs()
    bea.goes_to("/imports/").sees("Imports").follows(file.name).sees(file.name).reads("Landed on", "Number 700002")


def answers_the_question(bea, lists):
    """The child with the same name and birthday is another one."""
    bea.goes_to("/imports/").reads("Waiting for your answer 1").follows("Say whether this is the same child")
    bea.sees("Same child, or another?").reads("number 700002", called(lists, {"child_id": "700002"}))
    bea.presses("Save the answer").reads("There is a problem").sees("Same child, or another?")
    bea.chooses("No, another child").presses("Save the answer").sees("Imports").reads(
        "The line of the list has landed."
    )
    bea.reads_nothing_of("Waiting for your answer")


def what_was_brought(bea):
    """(file, state), the newest first."""
    bea.goes_to("/imports/").sees("Imports")
    rows = bea.main.get_by_role("row").all()[1:]
    return [
        (row.get_by_role("link").first.inner_text(), row.get_by_role("cell").nth(1).inner_text().strip())
        for row in rows
    ]  # fmt: skip


def finds_those_who_came_and_not_those_who_left(ada, lists):
    ada.goes_to("/pupils/?q=Jordan").sees("Pupils").reads("Jordan Vale")
    for change in said_of(lists, "no longer listed"):
        ada.goes_to("/pupils/").searches_for(change["child_id"]).sees("Pupils").reads("Nobody found")
