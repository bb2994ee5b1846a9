"""Twelve cases told whole: what each rung says, word for word."""

from dataclasses import replace
from datetime import date

from trellis.hours.models import PaidFrom
from trellis.who_pays import rules
from trellis.who_pays.rules import Budget, Facts, HighlyVulnerable, Override, OwnHours, PupilPremium

KEY_ADULT = Budget(why_not="The rest of the SEN budget for Jordan pays the key adult.")
TARGET_2 = PupilPremium(
    target="target 2 of the autumn PEP, “asks for help in words”", left=500_000,
    who_agrees="Ada Finch at the Virtual School", source="Local policy, Midshire 2026",
)  # fmt: skip
JORDAN = Facts(
    name="Jordan", service="SEMHL", minutes_needed=180, price=72_00, today=date(2026, 11, 2),
    own=OwnHours(360, 90, "2026–27"), budget=KEY_ADULT, premium=TARGET_2,
)  # fmt: skip
OUTREACH = "If Jordan’s place at school is at risk, ask for outreach instead."
EXCEPTIONAL = (
    "Only in exceptional cases. If being in care itself puts Jordan’s education at risk, "
    "propose it to the Virtual School’s panel."
)
FIRST_SAY = "First say what your school’s own budget pays, or why it cannot. Pupil Premium Plus comes after it."
BOOKED = "6 hours this year, 4½ used or booked, 1½ left."
REFUSED = "Not offered. Your school says: “The rest of the SEN budget for Jordan pays the key adult.”"
SERVES = "Serves target 2 of the autumn PEP, “asks for help in words”. The price is £72 an hour, from the pot of"


def told(facts):
    """Each rung as it is read: tick or dash, how much, why."""
    return [
        (("✓" if rung.offered else "–"), rung.minutes / 60, rung.pence / 100, rung.reason)
        for rung in rules.rungs(facts)
    ]


def test_1_own_hours_are_enough():
    facts = replace(JORDAN, own=OwnHours(360, 360, "2026–27"), budget=Budget())

    assert told(facts) == [
        ("✓", 3, 0, "6 hours this year, none used or booked, 6 left. They are enough."),
        ("–", 0, 0, "Not needed."),
        ("–", 0, 0, "Not needed."),
        ("–", 0, 0, f"Not needed. {OUTREACH}"),
    ]


def test_2_the_rest_is_split_with_pupil_premium():
    """Design, section 2: 1½ hours of their own and 1½ hours for £108."""
    assert told(JORDAN) == [
        ("✓", 1.5, 0, f"{BOOKED} They are used first."),
        ("–", 0, 0, REFUSED),
        ("✓", 1.5, 108, f"{SERVES} 2026–27. Ada Finch at the Virtual School has to agree."),
        ("–", 0, 0, f"Not needed. {OUTREACH}"),
    ]
    assert [rung.source for rung in rules.rungs(JORDAN)][::2] == [
        "Service agreement 2026–27", "Local policy, Midshire 2026",
    ]  # fmt: skip


def test_3_no_hours_are_left_and_the_budget_says_why_not():
    facts = replace(JORDAN, own=OwnHours(360, 0, "2026–27"))

    assert told(facts) == [
        ("–", 0, 0, "All 6 hours of this year are used or booked."),
        ("–", 0, 0, REFUSED),
        ("✓", 3, 216, f"{SERVES} 2026–27. Ada Finch at the Virtual School has to agree."),
        ("–", 0, 0, f"Not needed. {OUTREACH}"),
    ]


def test_4_nothing_was_said_of_the_budget_yet():
    facts = replace(JORDAN, own=OwnHours(0, 0, "2026–27"), budget=Budget())

    assert told(facts) == [
        ("–", 0, 0, "No SEMHL hours of your school are entered for 2026–27."),
        ("–", 0, 0, "Say what your school’s own budget pays, or why it cannot."),
        (
            "–",
            0,
            0,
            "First say what your school’s own budget pays, or why it cannot. Pupil Premium Plus comes after it.",
        ),
        ("–", 0, 0, EXCEPTIONAL),
    ]


def test_5_the_schools_budget_pays_the_rest():
    facts = replace(JORDAN, budget=Budget(minutes=90))

    assert told(facts) == [
        ("✓", 1.5, 0, f"{BOOKED} They are used first."),
        ("✓", 1.5, 108, "Your school pays this itself. The price is £72 an hour."),
        ("–", 0, 0, "Not needed."),
        ("–", 0, 0, f"Not needed. {OUTREACH}"),
    ]


def test_6_no_target_of_the_pep_asks_for_it():
    facts = replace(JORDAN, premium=replace(TARGET_2, target=""))

    assert told(facts) == [
        ("✓", 1.5, 0, f"{BOOKED} They are used first."),
        ("–", 0, 0, REFUSED),
        ("–", 0, 0, "No target of the PEP asks for this. Add one to the PEP, or choose one that this advice serves."),
        ("–", 0, 0, EXCEPTIONAL),
    ]
    assert rules.paid(rules.rungs(facts)) == 90


def test_7_the_pupil_is_not_looked_after():
    premium = told(replace(JORDAN, premium=replace(TARGET_2, is_looked_after_here=False)))[2]

    assert premium == (
        "–", 0, 0,
        "Only for looked-after children: the Virtual School has Pupil Premium Plus for those of its own authority.",
    )  # fmt: skip


def test_7_for_a_pupil_not_looked_after_money_and_framework_say_so_also_where_they_are_not_needed():
    own = OwnHours(360, 360, "2026–27")
    ladder = rules.rungs(replace(JORDAN, own=own, premium=replace(TARGET_2, is_looked_after_here=False)))

    assert [(rung.reason, rung.source) for rung in ladder[2:]] == [
        (
            "Only for looked-after children: the Virtual School has Pupil Premium Plus for those of its own authority.",
            rules.GRANT,
        ),
        (
            "Only for looked-after children: the framework is the Virtual School’s, for those of its own authority.",
            rules.FRAMEWORK,
        ),
    ]


def test_8_an_ehc_plan_owes_it():
    facts = replace(JORDAN, premium=replace(TARGET_2, is_owed_by_plan=True))

    assert told(facts)[2] == (
        "–", 0, 0, "What an EHC plan names is owed by the local authority. Pupil Premium Plus never pays for it.",
    )  # fmt: skip
    assert rules.rungs(facts)[2].source == "Children and Families Act 2014, section 42"


def test_9_the_pupil_is_in_year_12():
    assert told(replace(JORDAN, premium=replace(TARGET_2, year_group=12)))[2] == (
        "–", 0, 0, "Pupil Premium Plus is for Reception to year 11.",
    )  # fmt: skip


def test_10_the_pot_is_empty_and_after_31_march_there_is_the_next_one():
    empty = replace(JORDAN, premium=replace(TARGET_2, left=0), today=date(2027, 3, 31))
    assert told(empty)[2] == (
        "–", 0, 0, "The pot of 2026–27 is used up. No money rolls over 31 March.",
    )  # fmt: skip

    next_day = replace(JORDAN, today=date(2027, 4, 1))
    assert told(next_day)[2] == (
        "✓", 1.5, 108, f"{SERVES} 2027–28. Ada Finch at the Virtual School has to agree.",
    )  # fmt: skip


def test_1_outreach_is_not_suggested_where_a_case_or_outreach_is_open():
    facts = replace(JORDAN, own=OwnHours(360, 360, "2026–27"), budget=Budget())
    for standing in (HighlyVulnerable(has_open_case=True), HighlyVulnerable(has_outreach=True)):
        assert told(replace(facts, framework=standing))[3] == ("–", 0, 0, "Not needed.")


def test_11_the_framework_gives_hours_and_when_they_are_not_enough_says_so():
    case = HighlyVulnerable(has_open_case=True, left=600, until="11 December 2026")
    facts = replace(JORDAN, premium=replace(TARGET_2, target=""), framework=case)
    assert told(facts)[3] == (
        "✓", 1.5, 0, "Left of the award until 11 December 2026: 10 hours. Enough.",
    )  # fmt: skip

    facts = replace(facts, framework=replace(case, left=60))
    assert told(facts)[3] == (
        "✓", 1, 0, "Left of the award until 11 December 2026: 1 hour. Not enough.",
    )  # fmt: skip
    finding = rules.request_is_paid_in_full(180 - rules.paid(rules.rungs(facts)))
    assert finding.sentence == (
        "Nobody pays for part of this request. Open “Who pays”: let your budget pay the rest, or ask for less time."
    )
    assert not finding


def test_12_statutory_advice_is_paid_by_the_authority_and_takes_nothing():
    sentence = "This advice was asked for in an EHC needs assessment. The local authority pays for it, not the school."

    assert told(replace(JORDAN, is_statutory_advice=True)) == [("–", 0, 0, sentence)] * 4


def test_13_the_headteacher_changes_the_order_and_it_stays_visible():
    override = Override(
        PaidFrom.PUPIL_PREMIUM, "The school’s last hours are promised to another child.", "Hana Bell, headteacher"
    )

    assert told(replace(JORDAN, override=override)) == [
        ("–", 0, 0, f"{BOOKED} Not needed."),
        ("–", 0, 0, "Not needed."),
        (
            "✓", 3, 216,
            f"{SERVES} 2026–27. Ada Finch at the Virtual School has to agree. "
            "Taken first: Hana Bell, headteacher, says “The school’s last hours are promised to another child.”",
        ),
        ("–", 0, 0, f"Not needed. {OUTREACH}"),
    ]  # fmt: skip
