import pytest

from trellis.conduct.refusals import YES, NotPermitted, Refused, no, require
from trellis.conduct.rules import RULEBOOK, broken, check, rule
from trellis.conduct.slots import SLOTS, Slot


@pytest.fixture
def even():
    @rule(source="arithmetic", field="number")
    def is_even(number: int) -> bool:
        """Give an even number."""
        return number % 2 == 0

    yield is_even
    RULEBOOK.remove(is_even)


def test_rule_speaks_its_docstring(even):
    assert (bool(even(2)), bool(even(3)), even(3).sentence) == (True, False, "Give an even number.")
    assert [finding.sentence for finding in broken(even(1), even(2))] == ["Give an even number."]


def test_check_refuses_with_the_sentence_and_its_field(even):
    check(even(2))
    with pytest.raises(Refused) as refusal:
        check(even(2), even(3))
    assert (refusal.value.sentence, refusal.value.field) == ("Give an even number.", "number")


def test_rule_without_a_sentence_is_an_error():
    with pytest.raises(TypeError):
        rule(source="nowhere")(lambda: True)


def test_require_stops_at_the_first_no():
    require(YES, YES)
    with pytest.raises(NotPermitted, match="Only the SENCO"):
        require(YES, no("Only the SENCO agrees a plan."), no("another reason"))


def test_slot_takes_fillings_in_folder_order():
    slot = Slot("test.slot", "fact", "for this test")
    later, earlier, silent = _from("peps", "later"), _from("pupils", "earlier"), _from("cycles", None)
    for filling in (later, silent, earlier, later):
        slot.fill(filling)

    assert list(slot.ask()) == ["earlier", "later"]
    del SLOTS["test.slot"]


def _from(folder, answer):
    def filling():
        return answer

    filling.__module__ = f"trellis.{folder}.apps"
    return filling
