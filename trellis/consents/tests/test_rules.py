"""Who can agree to specialist work, read from a table in which each row has its source; and what a consent says."""

import csv
from datetime import date
from pathlib import Path

import pytest

from trellis.consents import rules
from trellis.consents.models import Capacity
from trellis.consents.rules import ConsentFacts, who_may_agree
from trellis.pupils.models import LegalStatus

TABLE = list(csv.DictReader(Path(__file__).with_name("who_may_agree.csv").open()))
DAY = date(2026, 11, 2)


def facts(row):
    status = "" if row["legal_status"] == "none" else row["legal_status"]
    return ConsentFacts(status, int(row["age"]), carer_delegated=row["carer_delegated"] == "yes", first_name="Jordan")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: "-".join(list(row.values())[:3]))
def test_who_may_agree_is_as_the_table_says(row):
    found = who_may_agree(facts(row))

    assert " > ".join(one.kind for one in found) == row["agree"]
    assert " | ".join(one.source for one in found) == row["source"]


def test_the_table_holds_every_legal_status():
    assert {row["legal_status"] for row in TABLE} == {"none", *LegalStatus.values}


@pytest.mark.parametrize("status", ["V2", "V3", "V4", "J1", "J2", "J3", "L1", "L3", ""])
@pytest.mark.parametrize("age", [4, 15, 16, 17])
def test_the_authority_never_agrees_without_an_order_that_gives_it_responsibility(status, age):
    assert Capacity.AUTHORITY not in [one.kind for one in who_may_agree(ConsentFacts(status, age))]


def test_every_reason_names_the_child_and_leaves_no_gap():
    for row in TABLE:
        for one in who_may_agree(facts(row)):
            assert "{" not in one.why + one.also
            assert "Jordan" in one.why


def test_sentences_of_a_care_order_and_of_section_20():
    (order,) = who_may_agree(ConsentFacts("C2", 8, first_name="Jordan"))
    (by_agreement,) = who_may_agree(ConsentFacts("V2", 8, first_name="Jordan"))

    assert order.why == (
        "Jordan is under a care order: the authority shares parental responsibility and decides. The social worker or "
        "their manager answers for it."
    )
    assert order.also == "The parents are consulted first where that is safe, and told unless a reason is recorded."
    assert by_agreement.why == (
        "Jordan is accommodated by agreement: a parent with parental responsibility agrees. The authority has none, so "
        "the social worker cannot agree for it."
    )


def test_placed_with_parents_on_a_care_order_the_authority_still_agrees():
    (one,) = who_may_agree(ConsentFacts("C2", 8, placed_with_parents=True, first_name="Jordan"))

    assert one.kind == Capacity.AUTHORITY
    assert one.also == "The parent with whom Jordan lives decides day to day: ask them as well."


@pytest.mark.parametrize(
    ("finding", "kept"),
    [
        (rules.the_person_may_agree("parent", who_may_agree(ConsentFacts("V2", 8))), True),
        (rules.the_person_may_agree("authority", who_may_agree(ConsentFacts("V2", 8))), False),
        (rules.the_person_may_be_contacted(True), True),
        (rules.the_person_may_be_contacted(False), False),
        (rules.the_delegation_was_read("School trips and advice", True), True),
        (rules.the_delegation_was_read("School trips and advice", False), False),
        (rules.the_delegation_was_read(" ", True), False),
        (rules.answer_came_by_today(DAY, DAY, DAY), True),
        (rules.answer_came_by_today(date(2026, 11, 3), DAY, DAY), False),
        (rules.answer_came_by_today(date(2026, 11, 1), DAY, DAY), False),
        (rules.answer_names_who_gave_it("Sol"), True),
        (rules.answer_names_who_gave_it(" "), False),
        (rules.withdrawal_says_who_told("Sol"), True),
        (rules.withdrawal_says_who_told(""), False),
    ],
)
def test_what_a_consent_has_to_say(finding, kept):
    assert bool(finding) is kept
