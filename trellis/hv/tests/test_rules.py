from datetime import date

import pytest

from trellis.hv import rules
from trellis.hv.models import HvPolicy
from trellis.hv.rules import EntryFacts

DAY, NEXT = date(2026, 11, 2), date(2026, 11, 3)
THREE = [("head", "Vic"), ("psychologist", "Eve"), ("teacher", "Lee")]


def panel_of(members, quorum):
    return HvPolicy(panel_roles=[f"member {number}" for number in range(members)], quorum=quorum)


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        (rules.is_looked_after_here, (1, 1), (None, 1)),
        (rules.is_looked_after_here, (1, 1), (2, 1)),
        (rules.criterion_is_in_the_policy, ("home", {"home"}), ("x", {"home"})),
        (rules.something_is_asked, (0, 5), (0, 0)),
        (rules.money_says_what_for, (5, "a tutor"), (5, " ")),
        (rules.panel_can_reach_its_quorum, (panel_of(3, quorum=3),), (panel_of(3, quorum=4),)),
        (rules.panel_has_its_quorum, (THREE, 3), (THREE[:2], 3)),
        (rules.panel_has_its_quorum, (THREE, 3), ([*THREE[:2], ("teacher", " ")], 3)),
        (rules.panel_has_its_quorum, (THREE, 3), ([*THREE[:2], ("head", "Val")], 3)),
        (rules.refusal_names_the_next_route, ("ehc",), ("",)),
        (rules.refusal_says_how_to_go_on, ("Ask Ada.",), (" ",)),
        (rules.award_gives_something, (60, 0), (0, 0)),
        (rules.award_is_within_the_cap, (900, 900), (901, 900)),
        (rules.award_ends_after_it_begins, (DAY, NEXT), (DAY, DAY)),
        (rules.nothing_is_booked_from_it, (0,), (1,)),
        (rules.was_spent_during_the_award, (DAY, DAY, NEXT), (date(2026, 11, 1), DAY, NEXT)),
        (rules.was_spent_during_the_award, (NEXT, DAY, NEXT), (date(2026, 11, 4), DAY, NEXT)),
        (rules.is_extended_once, (None,), (DAY,)),
        (rules.extension_goes_further, (DAY, NEXT), (DAY, DAY)),
    ],
)
def test_each_rule_kept_and_broken(rule, kept, broken):
    assert (bool(rule(*kept)), bool(rule(*broken))) == (True, False)


def test_entry_test_says_what_is_there_and_what_to_do_about_the_rest():
    checks = rules.entry_test(EntryFacts(authority="Midshire", cycle="Cycle 2: being delivered"))
    assert [(check.text, check.is_met) for check in checks] == [
        ("Looked after by this authority", True),
        ("A criterion is met", False),
        ("The school’s own hours are used or kept for somebody", False),
        ("Pupil Premium Plus was asked, or why not is said", False),
        ("A current Personal Education Plan (PEP)", False),
        ("A cycle of Assess, Plan, Do, Review", True),
        ("Consent", False),
    ]
    assert checks[0].sentence == "Looked after by Midshire."
    assert checks[4].sentence == "There is no PEP yet. The panel will ask when there will be one."
    assert checks[5].sentence == "Cycle 2: being delivered. It is attached."


ASKED = "SEMHL: Asked of Sol on 2 November 2026; please answer by 16 November 2026."


@pytest.mark.parametrize(
    ("facts", "number", "is_met", "sentence"),
    [
        (EntryFacts(pep="Autumn PEP: not started", pep_is_begun=False), 4, False,
         "Autumn PEP: not started. The panel will ask when it is begun."),
        (EntryFacts(pep="Autumn PEP: in progress"), 4, True, "Autumn PEP: in progress. It is attached."),
        (EntryFacts(own_hours="5¼ hours of 12 hours of SEMHL left.", own_hours_said="All are used."), 2, False,
         "5¼ hours of 12 hours of SEMHL left. The school says: All are used."),
        (EntryFacts(own_hours_said="We have none."), 2, False,
         "None are recorded for this year. The school says: We have none."),
        (EntryFacts(own_hours="All 6 hours of EPS used or kept for somebody.", own_hours_are_used=True), 2, True,
         "All 6 hours of EPS used or kept for somebody."),
        (EntryFacts(pp_plus_said="It cannot buy advice."), 3, True, "It cannot buy advice."),
        (EntryFacts(consent=ASKED, consent_stands=False), 6, False, f"{ASKED} No answer yet."),
        (EntryFacts(consent=ASKED, consent_stands=False, consent_said="Sol said yes."), 6, False,
         f"{ASKED} No answer yet. Sol said yes."),
        (EntryFacts(consent_said="Sol said yes.", consent_stands=False), 6, False,
         "None is recorded here. The school says: Sol said yes."),
        (EntryFacts(consent="SEMHL: Given by Sol.", consent_said="In writing."), 6, True,
         "SEMHL: Given by Sol. In writing."),
    ],
)  # fmt: skip
def test_entry_test_ticks_only_what_its_words_say(facts, number, is_met, sentence):
    check = rules.entry_test(facts)[number]

    assert (check.is_met, check.sentence) == (is_met, sentence)
