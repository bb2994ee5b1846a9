"""From the weekly list to a signed PEP: the whole of the main job, by those whose job it is."""

import re
from datetime import date
from io import BytesIO

import pikepdf

from journeys.steps import (
    brings,
    child,
    is_done_for_it,
    is_hoped_for,
    is_told,
    mail_told,
    says_what_else_was_looked_at,
    writes_the_pep,
    written_to,
)
from trellis.documents.tests.reading import text_of
from trellis.peps.rules import SECTIONS
from trellis.pupils.rules import upn_check_letter

DIGITS = "330712041907"
UPN = upn_check_letter(f"?{DIGITS}") + DIGITS
STAYS, ASKS = "Stays in class for the whole of a maths lesson", "Asks for help before leaving the room"
ABOUT_JORDAN = re.compile(r"/(pupils/\d+|cycles/|peps/\d|peps/sections|peps/targets|documents/)")
ONLY_JUDGES = re.compile(
    r"/(grade|return)/$"
)  # a door of the Virtual School: closed to every school, whoever it is about

SCHOOLS = [
    {"URN": "990102", "LA (code)": "801", "LA (name)": "Midshire", "EstablishmentName": "Larch Primary School",
     "EstablishmentStatus (name)": "Open", "PhaseOfEducation (name)": "Primary"},
    {"URN": "990190", "LA (code)": "801", "LA (name)": "Midshire", "EstablishmentName": "Maple Junior School",
     "EstablishmentStatus (name)": "Open", "PhaseOfEducation (name)": "Primary"},
]  # fmt: skip


CHILDREN = [
    child("500101", "Jordan", "Vale", upn=UPN, date_of_birth="2018-03-03", sex="M", sen_status="K",
          primary_need="SEMH", secondary_need="SLCN"),
    child("500102", "ليلى", "حداد"),
    child("500103", "Siobhán", "O'Neill", preferred_first_name="Shiv"),
    child("500104", "Teo", "Marsh", school_urn="990190", school_name="Maple Junior School", sex="M"),
]  # fmt: skip


def test_from_the_weekly_list_to_a_signed_pep(person, tmp_path, time_passes):
    bea, sam, dee, ada, nobody = (person(name) for name in ("bea", "sam", "dee", "ada", "nobody"))

    imports_the_lists(bea, tmp_path)
    assesses(sam)
    plans_and_agrees(sam)
    finds_nothing(nobody, sam)

    time_passes(date(2026, 11, 9), sam)
    records_a_week_with_an_exception(sam)
    time_passes(date(2026, 11, 23), sam)
    reviews_and_goes_on(sam)

    time_passes(date(2026, 11, 24), dee, ada, nobody)
    writes_and_submits_the_pep(dee)
    returns_the_pep(ada)
    corrects_and_submits_it_again(dee)
    grades_and_signs_off(ada)
    downloads_the_pdf(dee)

    assert mail_told(ada) == [
        ("A PEP waits for you", {"ada"}), ("A PEP came back to you", {"dee", "sam"}), ("A PEP waits for you", {"ada"}),
        ("A PEP is signed off", {"dee", "sol"}),
    ]  # fmt: skip
    ada.reads_nothing_of("Jordan", "Vale", UPN, "SEMH")
    finds_nothing(nobody, sam, dee, ada)


def imports_the_lists(bea, folder):
    """Schools, then the week; each again changes nothing."""
    schools = written_to(folder / "schools.csv", SCHOOLS)
    week = written_to(folder / "week_1.csv", CHILDREN)
    brings(bea, "A list of schools", schools, saying=["1 new", "Maple Junior School"])
    brings(bea, "The weekly pupil list", week, saying=["4 new", "Jordan Vale", "ليلى حداد", "Shiv O'Neill"])
    brings(bea, "A list of schools", schools, saying=["0 new", "0 changed", "2 unchanged"])
    brings(bea, "The weekly pupil list", week, saying=["0 new", "0 changed", "4 unchanged"])


def assesses(sam):
    """What three people know, from My week on, and what it comes to."""
    sam.goes_to("/my-week/").sees("My week").reads("ليلى حداد", "Shiv O'Neill").reads_nothing_of("Teo Marsh")
    sam.follows("Jordan Vale").sees("Jordan Vale").reads("No cycle yet")
    sam.follows("Go to the cycle").sees("Cycle").presses("Start a cycle").sees("Start a cycle")
    sam.presses("Start a cycle").sees("Assess").reads("Nobody has said anything yet")
    is_told(sam, "Class or subject teacher", "Mr Osei", "Leaves maths when the work is new, four times this week.")
    is_told(sam, "Pupil", "Jordan", "I go out because everybody looks at me.")
    is_told(sam, "Carer", "Cara", "He says at home that he is stupid.")
    sam.presses("Finish the assessment").sees("Finish the assessment")
    sam.chooses("Social, emotional and mental health", group="Areas of need")
    sam.types("What did the assessment find?", "He reads the task and then leaves. With an adult near he can do it.")
    sam.types("What gets in the way?", "Fear of being seen to fail, after three schools in two years.")
    sam.types("What goes well?", "He reads to younger children.")
    says_what_else_was_looked_at(sam)
    sam.presses("Finish the assessment").sees("Plan")


def plans_and_agrees(sam):
    """Two outcomes with their support, a review date, shown at home, agreed."""
    is_hoped_for(sam, STAYS, "1 lesson in 5", "4 lessons in 5")
    is_hoped_for(sam, ASKS, "never", "every day")
    is_done_for_it(sam, 1, "Task cut into three steps", "5", "15", date(2026, 11, 20))
    is_done_for_it(sam, 2, "Check-in with Tia", "3", "10", date(2026, 11, 20))
    sam.follows("Set the review date").sees("Set the review date")
    sam.enters_date("When will you review this plan?", date(2026, 11, 23)).presses("Set the review date")
    sam.sees("Plan").presses("Record that it was shared").sees("Record that it was shared")
    sam.types("Who saw the plan?", "Cara, foster carer").chooses("They were given it on paper")
    sam.presses("Record that it was shared").sees("Plan").reads("Cara, foster carer saw it", "Nothing stops it.")
    sam.presses("Agree this plan").sees("Cycle 1").reads("The plan of cycle 1 is agreed.")


def records_a_week_with_an_exception(sam):
    """Sessions that were missed ask for a reason."""
    sam.sees("My week").follows("Record the week of 2 November for Jordan").sees("Record the week")
    sam.types("Sessions of “Task cut into three steps” held", "3").types("Sessions of “Check-in with Tia” held", "3")
    sam.presses("Record the week").reads("There is a problem").sees("Record the week")
    sam.types("If not all of “Task cut into three steps”", "Two days at home with a cold")
    sam.main.get_by_role("button", name="Record the week").click()
    sam.sees("Do").reads("3 of 5 sessions held", "Two days at home with a cold")


def reviews_and_goes_on(sam):
    """The next week was held whole; then the review, and the cycle that starts from it."""
    sam.sees("My week").follows("Record the week of 9 November for Jordan").presses("All held as planned").sees("Do")
    sam.goes_to("/my-week/").follows("Record the review of Jordan’s cycle 1").sees("Record the review")
    sam.chooses("Some progress", group="What became of outcome 1?")
    sam.types("Outcome 1: what is the case now?", "3 lessons in 5")
    sam.chooses("Met", group="What became of outcome 2?").types("Outcome 2: what is the case now?", "every day")
    sam.types("What does the pupil think?", "It is better when Tia asks first.")
    sam.chooses("Continue with this plan", group="What is decided?")
    sam.presses("Record the review").sees("Cycle 1").reads("The review of cycle 1 is recorded.", "3 lessons in 5")
    sam.presses("Start the next cycle").sees("Start the next cycle").chooses(STAYS)
    sam.presses("Start the next cycle").sees("Assess").reads("Cycle 2")


def writes_and_submits_the_pep(dee):
    """Started from My week."""
    dee.sees("My week").follows("Start the PEP of Jordan").sees("Personal Education Plan").presses("Start the PEP")
    dee.reads("The PEP is started.").sees("Personal Education Plan")
    writes_the_pep(dee, hoped_for=STAYS)
    dee.presses("Submit the PEP").reads("The PEP is submitted.").sees("Personal Education Plan")


def returns_the_pep(ada):
    ada.goes_to("/my-week/").sees("My week").follows("Quality-assure the PEP of Jordan").sees("Personal Education Plan")
    ada.presses("Return the PEP").sees("Return the PEP to the school")
    ada.types("What is missing", "Say what is done about attendance. I can come on Thursday and help.")
    ada.presses("Return the PEP").sees("Personal Education Plan").reads("The PEP went back to the school")


def corrects_and_submits_it_again(dee):
    dee.goes_to("/my-week/").follows("Correct the PEP of Jordan").sees("Personal Education Plan")
    dee.reads("It came back on", "I can come on Thursday and help.").follows("Education now").sees("Education now")
    dee.types("Attendance and behaviour", "94 per cent. The two days with a cold were his only ones.")
    dee.presses("Save this section").sees("Personal Education Plan").presses("Submit the PEP")
    dee.reads("The PEP is submitted.")


def grades_and_signs_off(ada):
    ada.goes_to("/my-week/").follows("Quality-assure the PEP of Jordan").presses("Grade the next section")
    for section in SECTIONS:
        ada.sees(section.title).chooses("Green").presses("Save the grade")
    ada.sees("Personal Education Plan").presses("Sign off the PEP")
    ada.reads("These are the words as they were signed.", STAYS).sees("Personal Education Plan")


def downloads_the_pdf(dee):
    """As the designated teacher finds it, in the list of PEPs."""
    dee.goes_to("/peps/").sees("PEPs").follows("Jordan Vale").sees("Personal Education Plan")
    with dee.page.expect_download() as started:
        dee.follows("Download the PDF")
    printed = started.value.path().read_bytes()
    assert started.value.suggested_filename == "personal-education-plan-autumn-term-2026.pdf"
    assert_is_a_pdf_for_all(printed)
    dee.visited.append(dee.main.get_by_role("link", name="Download the PDF").get_attribute("href"))


def assert_is_a_pdf_for_all(printed):
    """PDF/UA-1: tagged, in a named language, and saying so; and it holds what the cycle hoped for."""
    assert printed.startswith(b"%PDF")
    with pikepdf.open(BytesIO(printed)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).startswith("en")
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert "".join(STAYS.split()) in text_of(pdf)


def finds_nothing(nobody, *people):
    """Nobody of another authority searches, and tries every address of Jordan's that others were at."""
    for words in ("Jordan Vale", UPN, "3/3/2018"):
        nobody.goes_to("/my-week/").searches_for(words)
        nobody.sees("Pupils").reads("Nobody found").reads_nothing_of("Larch")
    seen = {path for somebody in people for path in somebody.visited if ABOUT_JORDAN.match(path)}
    assert seen
    assert {path: nobody.status_of(path) for path in seen} == {
        path: 403 if ONLY_JUDGES.search(path) else 404 for path in seen
    }
