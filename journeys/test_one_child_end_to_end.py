"""One child, end to end: Jordan's year, by each person in turn. After the import there are only clicks, typing and
links from received mail; every balance, e-mail and document is checked by what the pages say."""

import re
from datetime import date
from io import BytesIO

import pikepdf

from journeys.steps import (
    adds_a_target,
    brings,
    child,
    downloaded,
    fills_every_box,
    is_done_for_it,
    is_hoped_for,
    is_told,
    opens_the_link_in,
    pages_of,
    says_what_else_was_looked_at,
    sections_of,
    stand_in_this_order,
    the_worker_runs,
    writes_the_pep,
    written_to,
)
from trellis.documents.tests.reading import text_of, text_of_word
from trellis.peps.rules import SECTIONS

SCHOOLS = [
    {"URN": urn, "LA (code)": "801", "LA (name)": "Midshire", "EstablishmentName": name,
     "EstablishmentStatus (name)": "Open", "PhaseOfEducation (name)": phase}
    for urn, name, phase in [("990102", "Larch Primary School", "Primary"), ("990103", "Rowan Academy", "Secondary"),
                             ("990104", "Hazel Bank School", "Special")]
]  # fmt: skip
FOLDERS = [
    "pupils", "cycles", "views", "peps", "requests", "visits", "funding", "suspensions", "tellings", "at-risk",
    "outreach", "highly-vulnerable", "passports", "intervention-plans", "ehc-requests", "ehc-packs", "ehc-advice",
    "moves", "documents", "files",
]  # fmt: skip
ABOUT_JORDAN = re.compile(rf"/({'|'.join(FOLDERS)})/.*\d.*")  # every address of theirs that holds a number
FOR_THE_CLASS = re.compile(
    r"/pupils/\d+/((cycle|passport|intervention-plan)/)?"
    r"|/cycles/\d+/(plan/(print/)?|sessions/([\d-]+/)?)?"
    r"|/(passports|intervention-plans)/\d+/((print|word)/)?"
)
JORDAN = child(
    "500101", "Jordan", "Vale", date_of_birth="2018-03-03", sex="M", sen_status="K", primary_need="SEMH",
    secondary_need="SLCN", school_urn="990104", school_name="Hazel Bank School", school_start="2025-09-03",
)  # fmt: skip
AT_LARCH = JORDAN | {"school_urn": "990102", "school_name": "Larch Primary School", "school_start": "2026-10-12"}
CARA = "Cara Linnell"
LEFT_OUT = "Assess, Plan, Do, Review: cycle 3"
GOES_ALONG = [
    "Why we ask",
    "What Jordan says, 9 November 2026",
    "What the carer says, 12 October 2026",
    "Positive intervention plan",
    "Pupil passport, in the pupil’s own words",
    "Assess, Plan, Do, Review: cycle 2",
    "Assess, Plan, Do, Review: cycle 1",
    "Specialist advice: Social, Emotional, Mental Health and Learning teachers",
    "Time of specialist services",
    "Personal Education Plan, autumn term 2026",
    "Attendance, and time missed from school",
    "Enclosed: letter.pdf",
]
STAYS, ASKS = "Stays in class for the whole of a maths lesson", "Asks for help before leaving the room"


def a_list_brings_jordan_and_a_cycle_ends(person, time_passes, folder):
    """September, at the school Jordan leaves."""
    time_passes(date(2026, 9, 7))
    bea, hal = person("bea"), person("hal")
    brings(bea, "A list of schools", written_to(folder / "schools.csv", SCHOOLS), saying=["3 unchanged"])
    brings(bea, "The weekly pupil list", written_to(folder / "week_1.csv", [JORDAN]), saying=["1 new"])
    runs_a_first_cycle(hal)
    time_passes(date(2026, 10, 2), hal)
    reviews_the_first_cycle(hal)


def jordan_moves_and_the_next_cycle_is_agreed(person, time_passes, folder):
    """October: the weekly list brings the move; the record is receipted, and work goes on."""
    time_passes(date(2026, 10, 12))
    bea, sam = person("bea"), person("sam")
    brings(bea, "The weekly pupil list", written_to(folder / "week_6.csv", [AT_LARCH]), saying=["1 changed"])
    receives_the_record(sam)
    puts_jordan_in_tias_class(sam)
    asks_the_carer_and_jordan(sam, person("cara", signed_in=False), person("jordan", signed_in=False))
    assesses_again(sam)
    plans_and_agrees(sam)


def the_years_hours_and_money_are_entered(person, time_passes, folder):
    """Late October: the service enters the school's hours, the school uses most of them, the grant comes."""
    time_passes(date(2026, 10, 20))
    lee, sam, bea, tia = person("lee"), person("sam"), person("bea"), person("tia")
    lee.goes_to("/hours/").sees("Hours").presses("Enter a school’s hours").types("School", "Larch Primary School")
    lee.types("Hours for the year", "6").presses("Enter these hours").sees("SEMHL hours of Larch Primary School").reads(
        "6 hours"
    )
    sam.goes_to("/hours/").sees("Hours").presses("Book a visit").sees("Book a visit")
    sam.types("What is it for?", "Training for all class staff")
    sam.chooses("Training").enters_date("Day", date(2026, 11, 5)).types("How long", "4.5")
    sam.presses("Book this visit").goes_to("/hours/").sees("Hours").reads("1½ hours left")
    bea.goes_to("/funding/").sees("Pupil Premium Plus").presses("Enter money").types("How much came", "5,000")
    bea.types("From where", "DfE, first instalment").presses("Enter this money").goes_to("/funding/").reads("£5,000")
    assert tia.status_of("/hours/") == 403


def the_pep_says_it_and_a_target_asks(person, time_passes, folder):
    """November: the autumn PEP is written from the cycle and signed; advice is asked with its split; Sol agrees by
    link, and the service sees who it is about only then."""
    time_passes(date(2026, 11, 9))
    dee, ada = person("dee"), person("ada")
    dee.goes_to("/my-week/").follows("Start the PEP of Jordan").presses("Start the PEP").reads("The PEP is started.")
    writes_the_pep(dee, hoped_for=STAYS, met_on=date(2026, 11, 9))
    adds_a_target(dee, "Asks for help in words", by_when=date(2027, 3, 26))
    dee.presses("Submit the PEP").reads("The PEP is submitted.")
    ada.goes_to("/my-week/").follows("Quality-assure the PEP of Jordan").presses("Grade the next section")
    for section in SECTIONS:
        ada.sees(section.title).chooses("Green").presses("Save the grade")
    ada.sees("Personal Education Plan").presses("Sign off the PEP").reads("These are the words as they were signed.")


def advice_is_asked_with_its_split(person, time_passes, folder):
    time_passes(date(2026, 11, 12))
    sam, lee, sol, ada = person("sam"), person("lee"), person("sol"), person("ada")
    asks_for_advice(sam)
    lee.goes_to("/my-week/").sees("My week").reads_nothing_of("Jordan", "Vale").goes_to("/requests/").sees("Requests")
    lee.reads("JV").reads_nothing_of("Jordan", "Vale")
    sol_by_link = person("sol by link", signed_in=False)
    opens_the_link_in(sol_by_link, "sol", "Please say whether you agree to specialist advice")
    sol_by_link.sees("Do you agree").chooses("I agree").types("Your name", "Sol Ferreira").presses("Send my answer")
    sol_by_link.reads("Thank you")
    lee.goes_to("/requests/").sees("Requests").reads("Jordan Vale").presses("Accept").reads("Nothing to decide")
    ada.goes_to("/funding/").sees("Pupil Premium Plus").reads("£108").follows("Jordan Vale")
    ada.presses("Agree this money").presses("Agree this money").reads("£108 agreed")
    assert sol.status_of("/requests/") == 200


def the_plan_is_done_thinly_and_reviewed(person, time_passes, folder):
    """Two sessions a week were planned and about one happens: the page says so while it can be changed. In December
    one outcome went better, the other worse, not delivered as planned; that is worth a look, and says why."""
    time_passes(date(2026, 11, 27))
    sam, tia = person("sam"), person("tia")
    for monday in (date(2026, 10, 12), date(2026, 10, 19), date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)):
        records_a_thin_week(sam, monday)
    sam.goes_to("/pupils/").follows("Jordan Vale").opens_tab("Cycle").reads("Not delivered as planned")
    assert tia.goes_to("/pupils/").status_of("/at-risk/") == 403
    time_passes(date(2026, 12, 7), sam)
    sam.goes_to("/my-week/").follows("Record the review of Jordan’s cycle 2").sees("Record the review")
    sam.chooses("Met", group="What became of outcome 1?").types("Outcome 1: what is the case now?", "4 lessons in 5")
    sam.chooses("Worse than before", group="What became of outcome 2?").types(
        "Outcome 2: what is the case now?", "never"
    )
    sam.types("What does the pupil think?", "I like the card. Talk partners stopped.")
    sam.chooses("Change the plan", group="What is decided?").presses("Record the review").sees("Cycle 2")
    sam.goes_to("/at-risk/").sees("School places at risk").reads("No school place is at risk")
    sam.follows("Worth a look (1)").reads("Jordan Vale", "worse")
    sam.goes_to("/pupils/").follows("Jordan Vale").opens_tab("Cycle").presses("Start the next cycle")
    sam.chooses(ASKS).presses("Start the next cycle").sees("Assess").reads("Cycle 3")


def advice_comes_in_january(person, time_passes, folder):
    """SEMHL visits, confirms what it came to and returns advice; Sam adapts two recommendations into cycle 3."""
    time_passes(date(2026, 12, 10))
    lee, sam = person("lee"), person("sam")
    lee.goes_to("/visits/").sees("Visits").reads("Jordan Vale").follows("Consultation at Larch").presses(
        "Plan this visit"
    )
    lee.chooses("Observation").enters_date("Day", date(2027, 1, 12)).presses("Plan this visit").reads("12 January")
    time_passes(date(2027, 1, 12), lee)
    lee.goes_to("/visits/").follows("Observation at Larch").presses("Confirm that it was delivered")
    lee.types("How long did it take", "3").presses("Confirm these hours").reads("3 hours")
    lee.goes_to("/requests/").follows("Jordan Vale").presses("Write the report").sees("Write the report")
    lee.types("What did you find?", "He leaves when he is watched, not when he is asked.")
    lee.types("Recommendation 1", "Say his name before the task.").types("Recommendation 2", "A card for “help”.")
    lee.presses("Save and read it once more").sees("Issue this report").presses("Issue this report")
    time_passes(date(2027, 1, 14), sam)
    for number, words in ((1, "Tia says his name first, then the task."), (2, "A green card on the table means help.")):
        sam.goes_to("/my-week/").follows("Answer the recommendations").follows(f"Answer recommendation {number}").sees(
            f"Recommendation {number}"
        )
        sam.chooses("Adapt it").types("Your own words, if you adapt it", words).chooses("Into the assessment")
        sam.presses("Save my answer")
    sam.goes_to("/pupils/").follows("Jordan Vale").opens_tab("Cycle").follows("Assess").reads("Tia says his name")
    sam.goes_to("/hours/").reads("0 hours left")


def jordan_is_suspended_twice_and_outreach_comes(person, time_passes, folder):
    """February: everybody the law names is told, an alert says why, outreach is answered the same day and comes within
    two."""
    time_passes(date(2027, 2, 2))
    sam, vic, otis = person("sam"), person("vic"), person("otis")
    is_suspended(sam, date(2027, 2, 2))
    hears_of_the_suspension(vic, "2 February")
    time_passes(date(2027, 2, 8), sam, vic, otis)
    is_suspended(sam, date(2027, 2, 8))
    hears_of_the_suspension(vic, "8 February")
    sam.goes_to("/at-risk/").sees("School places at risk").reads("2 February", "8 February").follows("Jordan Vale")
    sam.sees("Jordan’s school place is at risk").presses("Ask for outreach").sees("Ask for outreach for Jordan")
    fills_every_box(sam, "Two suspensions in a week, both after unstructured time.")
    sam.chooses("Yes", group="Is the school place at risk this week?").presses("Ask for outreach").reads("answers by")
    sam.reads("What the alert said", "twice within 14 days")
    sam.goes_to("/at-risk/").reads("Outreach: asked, waiting for the answer").reads_nothing_of(
        "Ask for outreach for Jordan"
    )
    otis.goes_to("/my-week/").sees("My week").follows("Answer the school about Jordan").sees("Outreach for Jordan")
    otis.presses("Answer the school").chooses("Accept").presses("Send the answer").reads("first contact by")
    otis.reads("10 February")
    time_passes(date(2027, 2, 10), otis)
    otis.goes_to("/my-week/").follows("Make first contact about Jordan").presses("Write down the first contact")
    keeps_a_contact(otis, date(2027, 2, 10), "90", "Watched lunch. A quiet table from Monday.")
    otis.reads("No award of outreach hours stands today.")


def hours_are_awarded_confirmed_and_spent(person, time_passes, folder):
    """The Virtual School head awards ten hours at once, the panel confirms them afterwards; what outreach takes from
    them adds up, on Otis's page as on Sam's."""
    time_passes(date(2027, 2, 10))
    sam, vic, otis = person("sam"), person("vic"), person("otis")
    sam.goes_to("/at-risk/").presses("Propose to the panel").sees("Propose Jordan")
    sam.main.get_by_role("radio").first.check()
    fills_every_box(sam, "Two suspensions in a week; all hours of the year are used; £108 is spent.")
    sam.types("How many hours do you ask for?", "10").presses("Send to the panel").reads("Highly Vulnerable framework")
    vic.goes_to("/highly-vulnerable/").sees("Highly Vulnerable framework").follows("Jordan Vale")
    vic.presses("Award urgently").types("Why can it not wait", "A third suspension is talked about.")
    vic.presses("Award this now").reads("8½ hours left", "The panel confirms it by")
    vic.goes_to("/highly-vulnerable/").presses("Begin the panel day").sees("The panel looks at an urgent award")
    for role in ("Virtual School head", "Virtual School SEND lead", "Educational psychologist"):
        vic.types(role, "Somebody of the panel")
    vic.types("Reasons", "Confirmed.").presses("Enter what the panel said")
    vic.goes_to("/highly-vulnerable/").follows("Jordan Vale").reads("8½ hours left")
    vic.reads_nothing_of("The panel confirms it by")
    time_passes(date(2027, 2, 12), otis, sam)
    otis.goes_to("/my-week/").follows("Agree the outreach plan for Jordan").presses("Agree the outreach plan")
    otis.types("What will outreach do", "Otis comes on Mondays; Tia keeps the quiet table.")
    otis.types("With whom was it agreed?", "Sam Whitlock, Hana Lindqvist").presses("Agree this plan").reads("The plan")
    otis.presses("Write down a contact")
    keeps_a_contact(otis, date(2027, 2, 12), "120", "Planned the way back from each break with Tia.")
    otis.reads("3½ hours so far: 3½ hours from the hours awarded", "6½ hours of the award are left")
    sam.goes_to("/pupils/").follows("Jordan Vale").opens_tab("School place").follows("The Highly Vulnerable framework")
    sam.follows("Awarded").sees("Highly Vulnerable framework").reads("6½ hours left")
    assert amounts_of(sam) == [("10 hours", "10 hours"), ("−1½ hours", "8½ hours"), ("−2 hours", "6½ hours")]


def plan_and_passport_are_agreed(person, time_passes, folder):
    """Otis writes the positive intervention plan with the school, Sam the passport with Jordan; both are one page, and
    Tia reads them on her telephone without a word of care."""
    time_passes(date(2027, 2, 12))
    otis, sam, tia = person("otis"), person("sam"), person("tia", width=360)
    otis.goes_to("/my-week/").follows("Review outreach for Jordan").opens_tab("School place")
    otis.follows("Positive intervention plan").presses("Write the plan").presses("Begin writing")
    for part in ("About the pupil", "What to do at each stage", "Adults and places"):
        otis.sees(part)
        fills_every_box(otis, "Says his name, waits, offers the card.")
        for group in otis.main.get_by_role("group").all():
            group.get_by_role("radio").first.check()
        otis.presses("Save and go on")
    otis.sees("Agree the positive intervention plan").reads("Everything that is asked is there.")
    time_passes(date(2027, 2, 15), otis, sam, tia)
    otis.goes_to("/my-week/").follows("Agree the positive intervention plan with Jordan")
    otis.types("Who agreed to it for the school?", "Hana Lindqvist").chooses("We talked it through")
    otis.types("Which adult went through it with the pupil?", "Tia Brennan").presses("Agree this plan")
    otis.sees("Positive intervention plan").reads("with Hana Lindqvist for the school", "by Tia Brennan")
    assert pages_of(downloaded(otis, "Print the plan")) == 1
    sam.goes_to("/pupils/").follows("Jordan Vale")
    sam.page.get_by_role("link", name="Passport", exact=True).click()
    sam.presses("Write the passport").presses("Begin writing").sees("Write")
    fills_every_box(sam, "A card that says “help”.")
    sam.presses("Save, and see the page").sees("Agree the passport").chooses("We talked it through")
    sam.types("Which adult went through it with the pupil?", "Tia").presses("Record that the pupil agrees")
    sam.sees("Jordan’s passport")
    assert pages_of(downloaded(sam, "Print the passport")) == 1
    tia.goes_to("/pupils/").follows("Jordan Vale").page.get_by_role("link", name="Passport", exact=True).click()
    tia.sees("Jordan’s passport").reads("A card that says “help”.")
    tia.follows("Positive intervention plan").sees("Positive intervention plan").reads("Says his name, waits")
    for word in ("Looked after", "foster", "Virtual School", "social worker", "Midshire"):
        assert word not in tia.main.inner_text()


def an_assessment_is_asked_for(person, time_passes, folder):
    """Sam asks, and names the authority's coordinator; Otis helps to put the pack together; Sam sends it. What was sent
    holds what was chosen, in that order, and stays as it is."""
    time_passes(date(2027, 2, 22))
    sam, otis = person("sam"), person("otis")
    sam.goes_to("/pupils/").follows("Jordan Vale").opens_tab("EHC").reads(
        "What a reader will look for", "You can ask now"
    )
    sam.presses("Ask for an EHC needs assessment").sees("Ask for an EHC needs assessment")
    sam.picks("In which authority’s area does the child live?", "Midshire").presses("Begin the request")
    sam.sees("Request for an EHC needs assessment").reads("Midshire hears nothing from here yet")
    sam.presses("Name the EHC coordinator").sees("Name a social worker, reviewing officer or EHC coordinator")
    sam.chooses("EHC coordinator: Ed Coombe, Midshire").presses("Name this person").reads("Ed Coombe")
    otis.goes_to("/my-week/").follows("Review outreach for Jordan").opens_tab("EHC").presses("Open the request")
    otis.presses("Open the pack").sees("What goes with the request")
    puts_the_pack_together(otis, folder / "letter.pdf")
    sam.goes_to("/my-week/").follows("Send the request for an EHC needs assessment for Jordan").presses("Open the pack")
    sam.follows("Write").types("Covering letter", "We ask because three cycles with advice have not been enough.")
    sam.presses("Save the letter").sees("What goes with the request").presses("Check it and send it")
    sam.sees("Check it, then send it").reads("Midshire: Ed Coombe gets an e-mail", "Needs a yes, below")
    assert stand_in_this_order(GOES_ALONG[1:], "".join(sam.main.inner_text().split()))
    for words in (GOES_ALONG[1], GOES_ALONG[2], "Pupil passport, in the pupil’s own words"):
        sam.chooses(words)
    sam.presses("Send this pack").reads("Sent on")
    sam.reads("The authority and the Virtual School know.").reads_nothing_of("hears nothing from here")
    sam.follows("Version 1").sees("What was sent").reads("It stays as it was sent.")
    sam.reads_nothing_of("Leave out", "Move up", LEFT_OUT)
    assert sections_of(sam) == GOES_ALONG
    printed = text_of(pikepdf.open(BytesIO(downloaded(sam, "Download the PDF"))))
    written = text_of_word(downloaded(sam, "Download for Word"))
    assert stand_in_this_order([*GOES_ALONG, *GOES_ALONG], printed)  # as its contents, then as its sections
    assert stand_in_this_order(GOES_ALONG, written)
    for text in (printed, written):
        assert "threecycleswithadvice" in text and "Alongwithadultshecan." in text
        assert "".join(LEFT_OUT.split()) not in text
    assert downloaded(sam, "letter.pdf") == (folder / "letter.pdf").read_bytes()


def the_authority_decides_in_time(person, time_passes, folder):
    """Ed, the EHC coordinator, has heard by e-mail. He enters when the request came, that the needs will be assessed,
    whose advice is asked for and what came of it; the school and outreach read the dates that the law gives."""
    time_passes(date(2027, 2, 23))
    ed, sam, otis = person("ed"), person("sam"), person("otis")
    opens_the_link_in(ed, "ed", "An EHC needs assessment was asked for").sees("Request for an EHC needs assessment")
    ed.follows("Version 1").sees("What was sent").reads("three cycles with advice")
    sent = downloaded(ed, "Download the PDF")
    ed.goes_to("/my-week/").follows("Enter the day the request for Jordan was received")
    ed.presses("Enter the day it was received").enters_date("When did the authority", date(2027, 2, 22))
    ed.presses("Save the day").reads("5 Apr", "14 Jun", "12 Jul")
    for somebody in (sam, otis):
        opens_the_link_in(somebody, somebody.name, "EHC request: the authority has received a request")
        somebody.sees("Request for an EHC needs assessment").reads("22 February", "5 Apr", "14 Jun", "12 Jul")
        assert somebody.main.get_by_role("link", name="Record: the needs will be assessed").count() == 0
    time_passes(date(2027, 3, 22), ed, sam, otis)
    ed.goes_to("/my-week/").follows("Decide whether to assess for Jordan").presses("Record: the needs will be assessed")
    ed.enters_date("When was it decided to assess?", date(2027, 3, 22))
    ed.types("Why will the needs be assessed?", "Much was tried, by plan and with advice, and the place is at risk.")
    ed.presses("Record this decision").reads("Not asked yet")
    for adviser, who in (("Education: the head teacher", ""), ("An educational psychologist", "Eve Holloway")):
        ed.presses("Add who was asked").chooses(adviser).types("Name or service", who)
        ed.enters_date("When were they asked?", date(2027, 3, 22)).presses("Add this").reads("Six weeks run")
    for somebody in (sam, otis):
        opens_the_link_in(somebody, somebody.name, "EHC request: the authority will assess")
        somebody.reads("Much was tried, by plan and with advice", "Say if no plan will be issued", "14 Jun", "12 Jul")
        somebody.reads("Education: the head teacher", "3 May")
    time_passes(date(2027, 4, 12), ed)
    ed.goes_to("/pupils/").follows("Jordan Vale").opens_tab("EHC").presses("Open the request")
    ed.follows("Education: the head teacher")
    ed.enters_date("When did the advice come?", date(2027, 4, 9)).presses("Save the day").reads("Came", "9 April")
    ed.follows("Version 1")
    assert downloaded(ed, "Download the PDF") == sent


def jordan_moves_again(person, time_passes, folder):
    """April: the record opens to the new school the same day, against a receipt, and the old school keeps what it
    wrote."""
    time_passes(date(2027, 4, 12))
    vic, nia, sam = person("vic"), person("nia"), person("sam")
    vic.goes_to("/my-week/").searches_for("Jordan Vale")
    vic.follows("Jordan Vale").opens_tab("People").presses("Move to another school").types("New school", "Rowan")
    vic.enters_date("First day at the new school", date(2027, 4, 12)).presses("Show what follows")
    vic.presses("Record the move")
    nia.goes_to("/my-week/").follows("Receive the record of Jordan Vale").sees("Jordan Vale moves to Rowan Academy")
    nia.reads("passport", "intervention plan", "outreach", "EHC").presses("Receive the record")
    nia.follows("Open Jordan’s record").sees("Jordan Vale").opens_tab("EHC").presses("Open the request")
    nia.reads("14 Jun", "12 Jul", "Came", "9 April")
    sam.goes_to("/pupils/").reads_nothing_of("Jordan Vale").follows("Pupils who have left").follows("Jordan Vale")
    sam.sees("What your school wrote").reads_nothing_of("Looked after")


ACTS = [
    a_list_brings_jordan_and_a_cycle_ends,
    jordan_moves_and_the_next_cycle_is_agreed,
    the_years_hours_and_money_are_entered,
    the_pep_says_it_and_a_target_asks,
    advice_is_asked_with_its_split,
    the_plan_is_done_thinly_and_reviewed,
    advice_comes_in_january,
    jordan_is_suspended_twice_and_outreach_comes,
    hours_are_awarded_confirmed_and_spent,
    plan_and_passport_are_agreed,
    an_assessment_is_asked_for,
    the_authority_decides_in_time,
    jordan_moves_again,
]


def test_one_child_end_to_end(person, time_passes, tmp_path):
    cast = {}  # each at a browser of their own through the whole story

    def somebody(name, *, signed_in=True, **browser):
        one = cast.setdefault((name, *browser.values()), None) or person(name, signed_in=False, **browser)
        cast[name, *browser.values()] = one
        return one.comes_back() if signed_in else one

    *while_at_larch, at_rowan = ACTS
    for act in while_at_larch:
        act(somebody, time_passes, tmp_path)
    class_staff_open_only_what_is_theirs(person, addresses_about_jordan(cast.values()))
    at_rowan(somebody, time_passes, tmp_path)
    nobody_else_opens_any(person, addresses_about_jordan(cast.values()), addresses_about_jordan([cast["sam",]]))


def addresses_about_jordan(people):
    """Every address about Jordan at which somebody of the story was."""
    return {path for one in people for path in one.visited if ABOUT_JORDAN.fullmatch(path)}


def class_staff_open_only_what_is_theirs(person, addresses):
    """Tia, in whose class he is, opens plan, sessions and passport. Mr Osei teaches another class."""
    theirs = {path for path in addresses if FOR_THE_CLASS.fullmatch(path)}
    assert opened_by(person("tia"), addresses) == theirs
    assert opened_by(person("osei"), addresses) == set()


def nobody_else_opens_any(person, addresses, of_a_senco):
    """A SENCO of another authority finds nothing: as if no such page were there, or it is not for a SENCO at all. Tia,
    whose pupil he was, finds nothing more."""
    assert {path.split("/")[1] for path in addresses} == set(FOLDERS)
    nobody = person("nobody")
    answers = {path: nobody.status_of(path) for path in addresses}
    assert set(answers.values()) == {403, 404}
    assert {answers[path] for path in of_a_senco} == {404}
    assert opened_by(person("tia"), {path for path in addresses if FOR_THE_CLASS.fullmatch(path)}) == set()


def opened_by(somebody, addresses):
    return {path for path in addresses if somebody.status_of(path) not in (403, 404)}


def runs_a_first_cycle(hal):
    """At the school Jordan leaves: a short cycle, agreed on its first day."""
    hal.goes_to("/my-week/").follows("Jordan Vale").follows("Go to the cycle").presses("Start a cycle")
    hal.presses("Start a cycle").sees("Assess")
    is_told(hal, "Class or subject teacher", "Ms Okafor", "Leaves when the work is new.")
    finishes_the_assessment(hal, "He reads the task and then leaves.", "Fear of being seen to fail.")
    is_hoped_for(hal, ASKS, "never", "every day")
    is_done_for_it(hal, 1, "Check-in each morning", "5", "10", date(2026, 10, 1))
    agrees_the_plan(hal, review_on=date(2026, 10, 2))


def reviews_the_first_cycle(hal):
    hal.goes_to("/my-week/").follows("Record the review of Jordan’s cycle 1").sees("Record the review")
    hal.chooses("Some progress", group="What became of outcome 1?")
    hal.types("Outcome 1: what is the case now?", "twice a week")
    hal.types("What does the pupil think?", "Mornings are better.")
    hal.chooses("Continue with this plan", group="What is decided?")
    hal.presses("Record the review").sees("Cycle 1").reads("The review of cycle 1 is recorded.")


def receives_the_record(sam):
    sam.goes_to("/my-week/").sees("My week").follows("Receive the record of Jordan Vale")
    sam.sees("Jordan Vale moves to Larch Primary School").presses("Receive the record")
    sam.reads("You have received the record.").follows("Open Jordan’s record").sees("Jordan Vale")


def puts_jordan_in_tias_class(sam):
    record = sam.page.url
    sam.goes_to("/groups/").types("Name of the class or group", "4B").presses("Make the group").sees("4B")
    sam.picks("Pupil", "Jordan Vale").presses("Put this pupil in").picks("Member of staff", "Tia Brennan")
    sam.presses("Put this person in").reads("Tia Brennan").page.goto(record)


def asks_the_carer_and_jordan(sam, cara, jordan):
    """Both by link, without an account; a view is in the record once Sam has read it."""
    sam.opens_tab("People").presses("Add a person").types("Name", CARA)
    sam.picks("What they are to the pupil", "Foster carer").types("E-mail address", "cara@home.example")
    for answer, question in (("No", "Do they have parental"), ("Yes", "May the school contact"), ("Yes", "Is it safe")):
        sam.chooses(answer, group=question)
    sam.main.get_by_role("button").last.click()
    sam.reads(CARA)
    for name, address in ((CARA, ""), ("Jordan", "jordan@school.example")):
        sam.opens_tab("Views").presses("Ask for a view").sees("Ask for a view").follows(name)
        if address:
            sam.types("Their e-mail address", address)
        sam.presses("Send the link").reads("A link is on its way")
    opens_the_link_in(cara, "cara", "We would like to hear from you")
    cara.sees("How is school going for Jordan?").reads_nothing_of("Vale", "Hazel Bank", "Cycle")
    cara.types("What is hard for Jordan just now?", "Mornings after family time are hardest.")
    cara.presses("Send what I said").reads("Thank you")
    opens_the_link_in(jordan, "jordan", "We would like to hear from you")
    jordan.sees("How is school, Jordan?").chooses("OK").types("What is hard at school?", "When everybody looks at me.")
    jordan.presses("Send what I said").reads("Thank you")
    for words in ("Mornings after family time are hardest.", "When everybody looks at me."):
        sam.goes_to("/my-week/").follows("Read the view").presses("I have read this view").opens_tab("Views")
        sam.reads(words)


def assesses_again(sam):
    """Cycle 2 begins from what was learned at the school before."""
    sam.opens_tab("Cycle").presses("Start the next cycle").sees("Start the next cycle")
    sam.presses("Start the next cycle").sees("Assess").reads("twice a week")
    is_told(sam, "Class or subject teacher", "Mr Osei", "Leaves maths when work is written, four times this week.")
    is_told(sam, "A test, count or other measure", "", "Reading age 6 years 11 months, 8 October.")
    is_told(sam, "Teaching assistant", "Tia", "Watches the others before he starts anything.")
    finishes_the_assessment(sam, "With an adult near he can do it.", "He cannot yet ask for help in words.")


def plans_and_agrees(sam):
    is_hoped_for(sam, STAYS, "1 lesson in 5", "4 lessons in 5")
    is_hoped_for(sam, ASKS, "twice a week", "every day")
    is_done_for_it(sam, 1, "Task cut into three steps", "5", "15", date(2026, 12, 4))
    is_done_for_it(sam, 1, "A way out and back, practised", "1", "20", date(2026, 12, 4))
    is_done_for_it(sam, 2, "Talk partners", "2", "20", date(2026, 12, 4))
    agrees_the_plan(sam, review_on=date(2026, 12, 7))


def is_suspended(sam, day):
    """Entered for the headteacher; those whom the law names are told by e-mail at once, or rung and ticked off."""
    sam.goes_to("/pupils/").follows("Jordan Vale").opens_tab("School place").presses("Record a suspension")
    sam.chooses("Suspension", group="What did the headteacher decide?")
    sam.types("Which headteacher decided it?", "Hana Lindqvist").enters_date("On which day was it decided?", day)
    sam.types("At what time?", "0:00").enters_date("First day out of school", day)
    sam.enters_date("Last day out of school", day).chooses("Persistent or general disruptive behaviour")
    sam.types("What happened, and what was tried", "Left the hall and threw a chair.")
    sam.presses("Record what the head decided").reads("Who is told without delay", "Sol Ferreira", "By e-mail")
    for whom, how, who in (
        (f"Carer: {CARA}", "By telephone", CARA),
        ("Local authority of the school", "By the authority’s own form or system", "Inclusion team"),
    ):
        sam.goes_to("/my-week/").follows("Tell those who must hear of Jordan’s suspension")
        sam.follows(whom).sees("Who was told").chooses(how)
        sam.types("Who was told?", who).presses("Record that they were told").reads(how)
    sam.reads_nothing_of("Not told yet").goes_to("/my-week/").reads_nothing_of("Tell those who must hear")


def hears_of_the_suspension(vic, day):
    """The Virtual School head, by an e-mail that says nothing of whom it is about."""
    opens_the_link_in(vic, "vic", "A pupil has been suspended or excluded").sees("Suspen")
    vic.reads("Jordan Vale", day, "Who is told without delay", "Vic Adeyemi")
    vic.goes_to("/demo/mail/").reads_nothing_of("Jordan", "Vale")


def keeps_a_contact(otis, day, minutes, words):
    otis.enters_date("When was it?", day).chooses("Visit to the school").types("With whom?", "Sam, Tia")
    otis.types("How many minutes", minutes).types("What was done", words)
    otis.presses("Keep this contact").reads(words)


def amounts_of(somebody):
    """Each line of an account: the amount, and what was left then."""
    rows = somebody.main.get_by_role("table").first.get_by_role("row").all()[1:]
    return [tuple(row.get_by_role("cell").all_inner_texts()[-2:]) for row in rows]


def puts_the_pack_together(otis, letter):
    """One thing is left out, others go elsewhere; words are added, and a letter goes along as it is."""
    otis.presses(f"Leave out {LEFT_OUT}").presses("Leave out Attendance, and time missed from school")
    otis.presses("Put in Attendance, and time missed from school").presses("Move down Pupil passport")
    otis.presses("Add words to Assess, Plan, Do, Review: cycle 2")
    otis.types("What do you want to add?", "Along with adults he can.").presses("Save these words")
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(letter)
    otis.presses("Enclose a file").attaches("Choose a file", letter).presses("Enclose this file").reads("checksum")
    the_worker_runs()
    otis.goes_to("/my-week/")


def records_a_thin_week(sam, monday):
    """Everything else was held; of the two talk partners only one."""
    sam.goes_to("/my-week/").follows(f"Record the week of {monday.day} {monday:%B} for Jordan").sees("Record the week")
    sam.types("Sessions of “Task cut into three steps” held", "5")
    sam.types("Sessions of “A way out and back, practised” held", "1")
    sam.types("Sessions of “Talk partners” held", "1").types("If not all of “Talk partners”", "Tia covered Year 5")
    sam.presses("Record the week").sees("Do")


def asks_for_advice(sam):
    """Five short pages, what was tried already there; then check and send."""
    sam.goes_to("/pupils/").follows("Jordan Vale").opens_tab("Advice and hours").presses("Ask for advice")
    sam.sees("What do you want to know?").chooses("Social, Emotional, Mental Health and Learning teachers")
    sam.types("What do you want to know?", "How can he stay when the work is new?").presses("Save and continue")
    sam.sees("What has been tried?").chooses("Cycle 1: reviewed").presses("Save and continue")
    sam.sees("Who can agree for Jordan?").reads("Sol Ferreira").chooses("Ask for consent now")
    sam.chooses("Sol Ferreira").presses("Continue").sees("When, and how much")
    sam.enters_date("By when would you like the advice?", date(2027, 1, 15)).chooses("Within a few weeks")
    sam.picks("How much time does it need?", "3 hours").presses("Save and continue")
    sam.sees("Who pays for this advice?").reads("6 hours this year, 4½ used or booked, 1½ left. They are used first.")
    sam.chooses("No", group="Can your school’s own budget pay the rest?")
    sam.types("If not, or not all: why?", "The rest of the SEN budget for Jordan pays the key adult.")
    sam.chooses("2. Asks for help in words (autumn term 2026)").presses("Save and continue")
    sam.reads("1½ hours", "£108").presses("Send this request").sees("Advice from").reads("£108")


def finishes_the_assessment(senco, found, barrier):
    senco.presses("Finish the assessment").sees("Finish the assessment")
    senco.chooses("Social, emotional and mental health", group="Areas of need")
    senco.types("What did the assessment find?", found).types("What gets in the way?", barrier)
    says_what_else_was_looked_at(senco)
    senco.presses("Finish the assessment").sees("Plan")


def agrees_the_plan(senco, *, review_on):
    senco.follows("Set the review date").enters_date("When will you review this plan?", review_on)
    senco.presses("Set the review date").sees("Plan").presses("Record that it was shared")
    senco.types("Who saw the plan?", "Cara, foster carer").presses("Record that it was shared").sees("Plan")
    senco.presses("Agree this plan").reads("is agreed.")
