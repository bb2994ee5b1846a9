"""Jordan's cycles: a reviewed one from last year, and one that is under way."""

from datetime import date, timedelta

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.cycles import actions
from trellis.cycles.models import Cycle, OtherCause
from trellis.pupils.tests.world import World
from trellis.voices import actions as voices

SEPTEMBER = date(2026, 9, 7)
REVIEWED = date(2026, 10, 5)
AGREED = date(2026, 10, 9)
LOOKED_AT = dict.fromkeys(OtherCause.values, "not it") | {"language": "part", "hearing": "not yet"}
FIRST_WEEK = date(2026, 10, 12)


def begin(world: World, on: date = SEPTEMBER) -> Cycle:
    """A cycle that has just been started."""
    with clock.at(on):
        return actions.start_cycle(world.jordan.pk, by=world.sam, key=Key.fresh(world.sam))


def assess(world: World, cycle: Cycle, on: date = SEPTEMBER):
    """What people know, and the summary; gives the last entry."""
    sam = world.sam
    with clock.at(on):
        for who, name, words in [
            ("class teacher", "Mr Osei", "Leaves when work is written, not when it is spoken."),
            ("pupil", "", "When I’m stuck I don’t know what to say."),
            ("carer", "Cara", "Mornings after family time are hardest."),
        ]:
            entry = actions.add_assessment_entry(
                cycle.pk, by=sam, key=Key.fresh(sam), who_said=who, name=name, words=words, said_on=on, area="semh",
                is_concern=who == "carer", schools_view="We see it on Mondays." if who == "carer" else "",
            )  # fmt: skip
        actions.finish_assessment(
            cycle.pk, by=sam, seen=None, areas=["semh"],
            strengths="Reads aloud with joy.", summary="Jordan manages when he can talk about the work.",
            barrier="He cannot yet ask for help in words.", other_causes=LOOKED_AT,
            causes_found="A hearing test was asked for.",
        )  # fmt: skip
    return entry


def plan(world: World, cycle: Cycle, on: date = SEPTEMBER, until: date = date(2026, 12, 11)):
    """One outcome with an intervention and an adjustment; gives all three."""
    sam = world.sam
    with clock.at(on):
        outcome = actions.add_outcome(
            cycle.pk, by=sam, key=Key.fresh(sam), statement="Stays in class for the whole of a lesson",
            pupils_words="I want to be in maths with everyone.", baseline="1 lesson in 5",
            measure="counted over two weeks", target="4 lessons in 5",
        )  # fmt: skip
        intervention = actions.add_intervention(
            outcome.pk, by=sam, key=Key.fresh(sam), name="Check-in with a key adult", accountable_teacher="Mr Osei",
            deliverer="Tia", times_a_week=5, minutes=10, starts_on=on, ends_on=until,
        )  # fmt: skip
        adjustment = actions.add_adjustment(outcome.pk, by=sam, key=Key.fresh(sam), what="A way out and back")
        actions.set_review_date(cycle.pk, by=sam, review_on=until)
    return outcome, intervention, adjustment


def agree(world: World, cycle: Cycle, on: date = SEPTEMBER) -> Cycle:
    with clock.at(on):
        actions.share_plan(cycle.pk, by=world.sam, shared_with="Cara, foster carer", shared_on=on, printed=True)
        return actions.agree_plan(cycle.pk, by=world.sam, seen=None)


def hold_week(world: World, cycle: Cycle, week_of: date, held: dict[int, int], reason: str = ""):
    with clock.at(week_of + timedelta(days=5)):
        return actions.record_week(
            cycle.pk, by=world.tia, week_of=week_of, held=held, reasons=dict.fromkeys(held, reason)
        )


def review(world: World, cycle: Cycle, results: dict[int, tuple[str, str]], on: date = REVIEWED, **more):
    with clock.at(on):
        return actions.record_review(
            cycle.pk, by=world.sam, seen=None, key=Key.fresh(world.sam), held_on=on, results=results,
            **({"decisions": ["change"], "views": {"pupil": "It helped when Tia was there."}} | more),
        )  # fmt: skip


def under_way(world: World, on: date = SEPTEMBER, until: date = date(2026, 12, 11)):
    """A cycle in DO; gives it with its outcome, intervention, adjustment and last entry."""
    cycle = begin(world, on)
    entry = assess(world, cycle, on)
    outcome, intervention, adjustment = plan(world, cycle, on, until)
    agree(world, cycle, on)
    return cycle, outcome, intervention, adjustment, entry


def add_rows(world: World) -> None:
    """A reviewed cycle 1 and a cycle 2 in its fourth week, with ids for every address of this folder."""
    first, outcome, intervention, *_ = under_way(world, SEPTEMBER, REVIEWED)
    hold_week(world, first, date(2026, 9, 14), {intervention.pk: 2}, "Tia was away")
    done = review(world, first, {outcome.pk: ("some", "2 lessons in 5")})
    cycle, outcome, intervention, adjustment, entry = under_way(world, AGREED)
    week, *_ = hold_week(world, cycle, FIRST_WEEK, {intervention.pk: 5})
    with clock.at(AGREED):
        view = voices.write_down_view(
            world.jordan.pk, by=world.sam, key=Key.fresh(world.sam), whose="pupil", told_to="Tia", given_on=AGREED,
            words="I like it when Tia says my name first.",
        )  # fmt: skip
    world.rows |= {
        "view_id": view.pk,
        "cycle_id": cycle.pk, "earlier_cycle_id": first.pk, "outcome_id": outcome.pk,
        "intervention_id": intervention.pk, "adjustment_id": adjustment.pk, "entry_id": entry.pk,
        "review_id": done.pk, "week_id": week.pk, "week_of": FIRST_WEEK.isoformat(),
    }  # fmt: skip
