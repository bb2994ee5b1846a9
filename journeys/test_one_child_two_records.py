"""A weekly list brings a child whom a school knows under another spelling. The school answers wrongly, takes it back,
puts the two records together, and takes them apart again; both numbers lead there all the while."""

import re
from datetime import date

from journeys.steps import brings, child, mail_told, written_to

MONDAY, TUESDAY = date(2026, 11, 9), date(2026, 11, 10)
UPN, BORN = "H331700713254", date(2017, 11, 20)
AT_SCHOOL, ON_THE_LIST = "Siobhán Keane", "Shevaun Keane"


def test_one_child_two_records(person, tmp_path, time_passes):
    bea, sam, vic = person("bea"), person("sam"), person("vic")
    is_known_at_school(sam)
    at_school = sam.visited[-1]

    time_passes(MONDAY, bea, sam, vic)
    file = written_to(tmp_path / "week.csv", [child("900020", "Shevaun", "Keane", upn=UPN)])
    brings(bea, "The weekly pupil list", file, saying=["1 question"])
    learns_nothing_of_the_record(bea)
    assert ("Is this the same child? A question about a record you keep", {"sam", "dee"}) in mail_told(sam)

    says_that_it_is_another_child(sam)
    listed = finds(vic, ON_THE_LIST)
    vic.goes_to("/pupils/").searches_for("Siobhán").sees("Pupils").reads("Nobody found")

    time_passes(TUESDAY, sam, vic)
    says_that_it_was_the_same_after_all(sam)
    puts_the_two_together(sam)
    for number in (at_school, listed):
        assert leads_to(sam, number) == at_school
        sam.reads("Siobhán Keane")
    vic.goes_to("/pupils/").searches_for("Keane").sees("Pupils").reads("Siobhán Keane").reads_nothing_of("Shevaun")

    takes_them_apart(sam)
    assert [leads_to(sam, number) for number in (at_school, listed)] == [at_school, listed]
    vic.goes_to("/pupils/").searches_for("Keane").sees("Pupils").reads("Shevaun Keane")
    vic.goes_to("/pupils/").searches_for("Siobhán").sees("Pupils").reads("Nobody found")


def is_known_at_school(sam):
    sam.goes_to("/pupils/add/").sees("Add a pupil").types("Legal first name", "Siobhán")
    sam.types("Legal last name", "Keane").enters_date("Date of birth", BORN).types("UPN", UPN)
    sam.enters_date("First day at the school", date(2022, 9, 5))
    sam.chooses("No special educational needs", group="SEN status").presses("Add this pupil").sees(AT_SCHOOL)


def learns_nothing_of_the_record(bea):
    bea.reads("others are asked whether this child has a record already").reads_nothing_of("Siobhán")
    bea.follows("Number 900020").sees("Same child, or another?")
    bea.reads("You see nothing of such a record, and need do nothing").reads_nothing_of("Siobhán")


def says_that_it_is_another_child(sam):
    sam.goes_to("/same-child/").sees("Same child?").follows(f"Is this {AT_SCHOOL}?").sees(f"Is this {AT_SCHOOL}?")
    sam.reads(ON_THE_LIST, UPN).chooses("No, another child").presses("Save the answer").sees("Same child?")
    sam.reads("Answered: another child.")


def says_that_it_was_the_same_after_all(sam):
    sam.goes_to("/same-child/").sees("Same child?").follows(AT_SCHOOL).reads("Was that answer wrong?")
    sam.presses("Take it back: the same child").reads("Confirmed as the same child by Sam Whitlock")


def puts_the_two_together(sam):
    """He keeps the school's record and its spelling."""
    sam.presses("Set the two side by side").sees("Two records, one child?").reads("Siobhán", "Shevaun")
    for group in sam.main.get_by_role("group").all():
        choice = group.get_by_role("radio", name=re.compile("^The first record|^Siobhán"))
        if choice.count():
            choice.first.check()
    sam.types("How do you know that this is one child?", "Her grandmother writes it both ways.")
    sam.presses("Put the two records together").reads("The two records are one now.", "What came over")


def takes_them_apart(sam):
    sam.goes_to("/same-child/").sees("Same child?").follows(AT_SCHOOL).presses("Take the records apart")
    sam.sees("Take the records apart").types("How do you know that these are two children?", "They are cousins.")
    sam.presses("Take the records apart").sees("Same child?").reads("Taken apart again")


def finds(somebody, name):
    """The address of the page that stands under this name."""
    somebody.goes_to("/pupils/").searches_for(name.split()[0]).sees("Pupils").follows(name).sees(name)
    return somebody.visited[-1]


def leads_to(somebody, path):
    somebody.goes_to(path)
    return somebody.visited[-1]
