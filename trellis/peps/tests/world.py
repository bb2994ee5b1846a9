"""Jordan's PEPs: last summer's, signed off while no school was known, and this autumn's, in progress."""

from datetime import date

from trellis.calendar import actions as calendar
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.cycles import queries as cycles
from trellis.peps import actions
from trellis.peps.models import Pep, PepSection, PepTarget
from trellis.pupils.tests import world as pupils
from trellis.pupils.tests.world import World

SUMMER = date(2026, 6, 1)
EDUCATION = {
    "history": "Larch Primary since September; two schools before.",
    "now": "Full time in 4B, with a key adult each morning.",
    "attendance": "94%. Late on Mondays; met at the gate since October.",
    "progress": "Reading from 2.1 to 2.4 since September; expected is 3.1. Reads “<svg onload=1>” {{7*7}} aloud.",
    "changes": "None planned.",
}
ABOUT = {
    "met_on": date(2026, 10, 20),
    "people": {"pupil": {"name": "Jordan", "came": "attended"}, "carer": {"name": "Cara", "came": "sent views"}},
    "interests": "Football, drawing maps, helping in the garden.",
}
TARGET = {
    "area": "semh", "statement": "Asks an adult for help in words", "baseline": "0 times a day",
    "target_value": "3 times a day", "measure": "counted for a week", "by_when": date(2027, 3, 26),
    "intervention": "Talk partners", "dose": "2 × 20 minutes a week", "owner": "Mr Osei",
}  # fmt: skip
NO_CYCLE = {
    "no_cycle_because": "Jordan has no school place yet", "first_assessment_on": date(2026, 9, 30),
    "first_assessment_by": "the SENCO of the new school",
}  # fmt: skip
SAID = {"said": "I want to be in maths with everyone.", "told_to": "Tia", "how": "talked"}


def autumn(world: World) -> Pep:
    """The PEP that was opened by itself when Jordan came into care with us."""
    return Pep.objects.get(pupil=world.jordan, term__name="autumn")


def section(pep: Pep, name: str) -> PepSection:
    return PepSection.objects.select_related("pep__term", "pep__pupil").get(pep=pep, name=name)


def write(pep: Pep, by, name: str, **words):
    return actions.write_section(section(pep, name).pk, by=by, seen=None, **words)


def add_target(pep: Pep, by, **target) -> PepTarget:
    return actions.add_target(pep.pk, by=by, key=Key.fresh(by), **{**TARGET, **target})


def write_all(pep: Pep, by, send: dict | None = None) -> Pep:
    """Everything a PEP needs before it is handed in, the last one's targets judged."""
    from trellis.peps import queries

    write(pep, by, "about", **ABOUT)
    write(pep, by, "education", **EDUCATION)
    if send is None and cycles.current_cycle(pep.pupil):
        actions.take_cycles_words(section(pep, "send").pk, by=by)
    else:
        write(pep, by, "send", **(send or NO_CYCLE))
    view = section(pep, "pupil_view")
    actions.write_view(view.pk, by=by, seen=None, given_on=clock.today(), acted_on="Talk partners.", **SAID)
    for target in queries.contents_of(pep).last_targets:
        actions.judge_target(target.pk, on_pep=pep, by=by, result="partly", result_note="Twice a day by June.")
    add_target(pep, by)
    return pep


def submitted(world: World, pep: Pep | None = None, by=None) -> Pep:
    pep, by = pep or autumn(world), by or world.dee
    actions.start_pep(pep.pk, by=by)
    write_all(pep, by)
    return actions.submit_pep(pep.pk, by=by)


def grade_all(pep: Pep, by, grade: str = "green") -> None:
    for one in PepSection.objects.filter(pep=pep):
        actions.grade_section(one.pk, by=by, seen=None, grade=grade, sentence="Clear and kind.")


def signed_off(world: World, pep: Pep | None = None, by=None) -> Pep:
    pep = submitted(world, pep, by)
    grade_all(pep, world.ada)
    return actions.sign_off_pep(pep.pk, by=world.ada)


def last_summer(world: World) -> Pep:
    """The PEP of the summer term before, signed off; the Virtual School wrote it, for there was no school place."""
    with clock.at(SUMMER):
        term = calendar.publish_term(
            organisation=world.virtual_school, name="summer", starts_on=date(2026, 4, 13),
            ends_before=date(2026, 7, 22), source="test",
        )  # fmt: skip
        (pep,) = actions.open_peps_for_term(world.virtual_school, term, by=world.vic)
        return signed_off(world, pep, world.ada)


def add_rows(world: World) -> None:
    """A signed-off PEP and one in progress, with ids for every address of this folder and of documents."""
    before = last_summer(world)
    actions.add_addendum(
        before.pk, by=world.ada, key=Key.fresh(world.ada), words="The school place began in September."
    )
    with clock.at(pupils.DAY):
        pep = autumn(world)
        actions.start_pep(pep.pk, by=world.sol)
        write_all(pep, world.dee)
    world.rows |= {
        "pep_id": pep.pk, "signed_pep_id": before.pk, "document_id": before.document_id,
        "section_id": section(pep, "send").pk, "target_id": pep.targets.get().pk,
        "last_target_id": before.targets.get().pk,
    }  # fmt: skip
