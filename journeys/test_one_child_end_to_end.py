"""One child, end to end: Jordan's year, by each person in turn. After the import there are only clicks, typing and
links from received mail; every balance, e-mail and document is checked by what the pages say."""

from datetime import date

from journeys.steps import brings, child, is_done_for_it, is_hoped_for, is_told, written_to

SCHOOLS = [
    {"URN": urn, "LA (code)": "801", "LA (name)": "Midshire", "EstablishmentName": name,
     "EstablishmentStatus (name)": "Open", "PhaseOfEducation (name)": phase}
    for urn, name, phase in [("990102", "Larch Primary School", "Primary"), ("990103", "Rowan Academy", "Secondary"),
                             ("990104", "Hazel Bank School", "Special")]
]  # fmt: skip
JORDAN = child(
    "500101", "Jordan", "Vale", date_of_birth="2018-03-03", sex="M", sen_status="K", primary_need="SEMH",
    secondary_need="SLCN", school_urn="990104", school_name="Hazel Bank School", school_start="2025-09-03",
)  # fmt: skip
AT_LARCH = JORDAN | {"school_urn": "990102", "school_name": "Larch Primary School", "school_start": "2026-10-12"}
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
    assesses_again(sam)
    plans_and_agrees(sam)


ACTS = [a_list_brings_jordan_and_a_cycle_ends, jordan_moves_and_the_next_cycle_is_agreed]


def test_one_child_end_to_end(person, time_passes, tmp_path):
    for act in ACTS:
        act(person, time_passes, tmp_path)


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


def finishes_the_assessment(senco, found, barrier):
    senco.presses("Finish the assessment").sees("Finish the assessment")
    senco.chooses("Social, emotional and mental health", group="Areas of need")
    senco.types("What did the assessment find?", found).types("What gets in the way?", barrier)
    senco.presses("Finish the assessment").sees("Plan")


def agrees_the_plan(senco, *, review_on):
    senco.follows("Set the review date").enters_date("When will you review this plan?", review_on)
    senco.presses("Set the review date").sees("Plan").presses("Record that it was shared")
    senco.types("Who saw the plan?", "Cara, foster carer").presses("Record that it was shared").sees("Plan")
    senco.presses("Agree this plan").reads("is agreed.")
