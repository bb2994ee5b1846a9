"""Jordan's spring, told step by step."""

from datetime import date

import pytest

from trellis.alerts import actions, queries
from trellis.alerts.models import Alert, AlertState
from trellis.conduct import clock
from trellis.cycles.tests import world as cycles
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.pupils.tests import world
from trellis.schooling import actions as schooling
from trellis.schooling import queries as school_days
from trellis.schooling.tests.world import at, suspend

WORSE = "The review of 11 December 2026 found this worse than before: “Stays in class for the whole of a lesson”."
CLOSE = "Suspended from 2 February 2027 and again from 9 February 2027: twice within 14 days."


def standing(alert):
    return [reason.sentence for reason in alert.reasons.filter(ended_on=None).order_by("-happened_on", "-pk")]


@pytest.mark.django_db
def test_jordan_is_suspended_three_times():
    with clock.at(world.DAY):
        ours = world.ours()

    # December: the review finds the outcome worse. That is worth a look, no more. It is set aside with a word.
    cycle, outcome, *_ = cycles.under_way(ours)
    cycles.review(ours, cycle, {outcome.pk: ("worse", "0 lessons in 5")}, on=date(2026, 12, 11))
    december = Alert.objects.get()
    assert (standing(december), december.is_only_a_sign) == ([WORSE], True)
    with clock.at(date(2026, 12, 14)):
        actions.set_aside(december.pk, by=ours.vic, seen=december.version, because="SEMHL visits in January.")

    # 2 February: two school days. Sol and Vic have it by e-mail; the carer and the authority are rung.
    first = suspend(ours, date(2027, 2, 2), date(2027, 2, 3), by=ours.hana)
    assert {t.who: t.told_how for t in first.tellings.all()} == {
        "carer": "", "social worker": "e-mail", "virtual school head": "e-mail", "authority": "",
    }  # fmt: skip
    with clock.at(at(date(2027, 2, 2), 12)):
        for telling in first.tellings.still_to_do():
            assert telling.waiting_in_words == "3 hours since the decision"
            schooling.tell(
                telling.pk, by=ours.sam, seen=telling.version, told_how="telephone", told_at=at(date(2027, 2, 2), 11)
            )
        assert not first.tellings.still_to_do().exists()
        assert Entry.objects.latest("pk").sentence == "Told the local authority of the school by telephone."
    assert queries.open_alert(ours.jordan) is None

    # 9 February, from midday: 2½ more. Twice within a fortnight puts the place at risk; the review is too old.
    second = suspend(ours, date(2027, 2, 9), date(2027, 2, 11), from_midday=True, by=ours.hana)
    february = queries.open_alert(ours.jordan)
    assert (standing(february), february.is_only_a_sign) == ([CLOSE], False)
    assert (second.half_days, second.follows) == (5, None)
    assert sorted(str(m.to) for m in Message.objects.filter(path=february.get_absolute_url())) == [
        "Ada Ours", "Dee Ours", "Sam Ours", "Vic Ours",
    ]  # fmt: skip

    # 2 March: one more day makes 5½ in the term: the board may have to meet, the days are a reason.
    third = suspend(ours, date(2027, 3, 2), by=ours.hana)
    with clock.at(date(2027, 3, 2)):
        march = queries.open_alert(ours.jordan)
        assert march.pk == february.pk
        assert standing(march) == [
            "Suspended for 5½ school days in three terms, last from 2 March 2027; 5 or more is a sign of risk in a "
            "primary school.",
            CLOSE,
        ]  # fmt: skip
        clocks = school_days.clocks_of(third)
        assert (clocks.half_days_in_term, clocks.duty.school_days, clocks.provision_due_on) == (11, 50, None)
        assert third.tellings.filter(who="governing board").get().how == (
            "The board meets within 50 school days if a parent makes representations."
        )
        facts = school_days.facts_of(ours.jordan, date(2027, 3, 2))
        assert (facts.term_in_words, facts.year_in_words) == ("5½ school days", "5½ school days")
    december.refresh_from_db()
    assert december.state == AlertState.SET_ASIDE
