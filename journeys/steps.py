"""Steps that more than one journey takes: bringing lists, the words of a cycle and of a PEP, the mail there is."""

import csv
import re
import threading
from datetime import date
from io import BytesIO
from itertools import groupby
from operator import itemgetter

import pikepdf
from procrastinate.contrib.django import app

from trellis.people.views import CAST_DOMAIN


def child(number, first, last, **more):
    """A line of the weekly list, with the headings of the authority's own system."""
    return {
        "child_id": number, "upn": "", "legal_first_name": first, "legal_last_name": last, "preferred_first_name": "",
        "date_of_birth": "2017-11-20", "sex": "F", "looked_after_since": "2025-06-02", "legal_status": "C2",
        "school_urn": "990102", "school_name": "Larch Primary School", "school_start": "2022-09-05", "year_group": "4",
        "sen_status": "N", "primary_need": "", "secondary_need": "", "social_worker": "Sol Ferreira",
        "social_worker_email": f"sol@{CAST_DOMAIN}", "placement_type": "U4",
    } | more  # fmt: skip


def written_to(file, rows):
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return file


def the_worker_runs():
    """What the job worker beside the server does, until nothing is left to do."""

    def works():
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)

    thread = threading.Thread(target=works)
    thread.start()
    thread.join()


def brings(bea, kind, file, *, saying):
    bea.goes_to("/imports/").sees("Imports")
    bea.chooses(kind).attaches("The file", file).presses("Check the file")
    bea.sees(file.name).reads("Nothing has landed yet", *saying)
    bea.presses("Land this import").reads("You may leave this page and come back.")
    the_worker_runs()
    bea.goes_to("/imports/").follows(file.name).sees(file.name).reads("Landed on")


def is_told(cycle_page, who_said, name, words):
    cycle_page.presses("Add what you know").sees("Add what you know")
    cycle_page.picks("Who says this?", who_said).types("Their name", name).types("What do they say?", words)
    cycle_page.presses("Add to the assessment").sees("Assess").reads(words)


def says_what_else_was_looked_at(assessment):
    """Asked once SEMH is chosen; until each is answered, it is not recorded."""
    assessment.presses("Finish the assessment").sees("Finish the assessment")
    assessment.reads("Say whether hearing could explain it.", "Say whether sight could explain it.")
    for cause in ("Missed schooling", "Language and understanding"):
        assessment.chooses("May be part of it", group=f"{cause}: could it explain what people see?")
    for cause in ("Hearing", "Sight", "Trauma, loss or attachment"):
        assessment.chooses("Looked at, and does not explain it", group=f"{cause}: could it explain what people see?")
    assessment.types("What was found, and who looks next?", "Hearing and sight were tested in July.")


def is_hoped_for(plan, statement, now, then):
    plan.presses("Add an outcome").sees("Add an outcome")
    plan.types("What should be different?", statement).types("Where do things stand now?", now)
    plan.types("How will you tell?", "counted over a week").types("What do you hope for by the review?", then)
    plan.presses("Add this outcome").sees("Plan").reads(statement)


def is_done_for_it(plan, number, what, times, minutes, until):
    plan.follows(f"Add an intervention to outcome {number}").sees("Add an intervention")
    plan.types("What will be done?", what).types("Which teacher answers for it?", "Mr Osei")
    plan.types("Who delivers it?", "Tia Brennan").types("How many sessions a week?", times)
    plan.types("How many minutes each?", minutes).enters_date("Last day", until)
    plan.presses("Add this intervention").sees("Plan").reads(what)


def writes_the_pep(dee, *, hoped_for, met_on=date(2026, 11, 24)):
    """Every section the school answers for, until nothing is left."""
    dee.follows("About the pupil").sees("About the pupil").enters_date("When the PEP meeting was", met_on)
    dee.types("The pupil: name", "Jordan").picks("The pupil: how they took part", "Came")
    dee.types("What they enjoy", "Football, and anything with a map.").presses("Save this section")
    dee.sees("Personal Education Plan").follows("Education now").sees("Education now")
    dee.types("Schools and settings so far", "Three primary schools since Reception.")
    dee.types("Education now", "Full time.").types("Attendance and behaviour", "94 per cent.")
    dee.types("Attainment and progress", "Reads as expected in Year 4.").types("Changes planned", "None is planned.")
    dee.presses("Save this section").sees("Personal Education Plan")
    dee.follows("Special educational needs").sees("Special educational needs").presses("Take the cycle’s words")
    dee.reads("The section says what the cycle says now.", hoped_for).sees("Special educational needs")
    dee.types("What the pupil needs", "To start new work with an adult near.").presses("Save this section")
    dee.sees("Personal Education Plan").follows("What the pupil says").sees("What the pupil says")
    dee.types("What they said", "I want to stay at Larch.").types("Who heard it", "Dee Marlowe")
    dee.presses("Save this section").sees("Personal Education Plan")
    dee.follows("Targets").sees("Targets").presses("Add a target").sees("Add a target")
    dee.picks("Area", "Learning").types("Target", "Writes a page unaided").types("Now", "Half a page")
    dee.types("Then", "A page, twice a week").types("How it is measured", "In his book")
    dee.enters_date("By when", date(2027, 3, 26)).types("What is done for it", "Writing frame")
    dee.types("How often, and how long", "3 × 20 minutes a week").types("Who answers for it", "Mr Osei")
    dee.presses("Add a target").sees("Targets").reads("Writes a page unaided")
    dee.goes_to(next(path for path in dee.visited if re.fullmatch(r"/peps/\d+/", path))).sees("Personal Education Plan")
    dee.reads("Everything needed is there.")


def mail_told(somebody):
    """(subject, to whom) of the e-mails, in the order in which they were written."""
    somebody.goes_to("/demo/mail/").sees("Mail of the demonstration")
    newest_first = somebody.main.get_by_role("article").all()
    told = [
        (letter.get_by_role("heading").inner_text(), re.search(r"To (\w+)@", letter.inner_text()).group(1))
        for letter in reversed(newest_first)
    ]
    return [(subject, {to for _, to in some}) for subject, some in groupby(told, key=itemgetter(0))]


def adds_a_target(dee, statement, *, by_when):
    """A second target, from the page of the PEP."""
    dee.follows("Targets").sees("Targets").presses("Add a target").sees("Add a target")
    dee.picks("Area", "Special educational needs").types("Target", statement).types("Now", "twice a week")
    dee.types("Then", "every day").types("How it is measured", "A tally on the card")
    dee.enters_date("By when", by_when).types("What is done for it", "Talk partners")
    dee.types("How often, and how long", "2 × 20 minutes a week").types("Who answers for it", "Sam Whitlock")
    dee.presses("Add a target").sees("Targets").reads(statement)
    dee.goes_to(next(path for path in dee.visited if re.fullmatch(r"/peps/\d+/", path))).sees("Personal Education Plan")


def opens_the_link_in(somebody, to, subject):
    """The newest e-mail of this subject to them, and the link in it."""
    somebody.goes_to("/demo/mail/")
    letters = somebody.main.get_by_role("article").filter(has_text=f"To {to}@").filter(has_text=subject)
    letters.first.get_by_role("link").click()
    return somebody


def fills_every_box(somebody, words):
    for box in somebody.main.get_by_role("textbox").all():
        if box.evaluate("box => box.tagName") == "TEXTAREA":
            box.fill(words)


def downloaded(somebody, button):
    with somebody.page.expect_download() as started:
        somebody.presses(button)
    return started.value.path().read_bytes()


def pages_of(printed):
    with pikepdf.open(BytesIO(printed)) as pdf:
        return len(pdf.pages)


def sections_of(somebody):
    """The titles of what is to be read on this page, in their order."""
    return somebody.main.get_by_role("heading", level=3).all_inner_texts()


def stand_in_this_order(titles, text):
    """Whether a document's text, taken without white space, names these titles one after the other."""
    return re.search(".*".join(re.escape("".join(title.split())) for title in titles), text, re.DOTALL) is not None
