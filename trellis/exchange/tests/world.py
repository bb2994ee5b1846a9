"""A list has landed that names a child with Jordan's name and date of birth, and a yearly return with faults: each with
its question."""

from datetime import date

from trellis.exchange import actions, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.lists import KINDS
from trellis.exchange.mapping import answers
from trellis.exchange.mapping.days import DAY_FIRST
from trellis.exchange.models import Import, ImportKind
from trellis.exchange.sample_workbooks import as_text, messy
from trellis.exchange.ssda903 import samples as return_samples
from trellis.pupils import actions as pupils
from trellis.pupils.tests.world import World


def row(world: World, **says: str) -> dict[str, str]:
    """A line of the list that says of a child what Trellis knows of Jordan, but for what ``says`` names."""
    return {
        "child_id": "900001",
        "upn": "",
        "legal_first_name": "Jordan",
        "legal_last_name": world.jordan.legal_last_name,
        "preferred_first_name": "",
        "date_of_birth": "2018-03-03",
        "sex": "M",
        "looked_after_since": "2024-05-01",
        "legal_status": "C2",
        "school_urn": world.school.urn,
        "school_name": world.school.name,
        "school_start": "2026-09-01",
        "year_group": "4",
        "sen_status": "K",
        "primary_need": "SEMH",
        "secondary_need": "SLCN",
        "social_worker": "Sol",
        "social_worker_email": world.sol.email,
        "placement_type": "",
    } | says


def bring(world: World, *rows: dict[str, str], name: str = "week.csv") -> Import:
    """A previewed pupil list with these lines."""
    return actions.preview_import(
        kind=ImportKind.PUPIL_LIST,
        files=[Brought(name, samples.as_csv(list(rows)))],
        virtual_school=world.virtual_school,
        by=world.bea,
    )


def land(world: World, *rows: dict[str, str]) -> Import:
    return actions.land_import(bring(world, *rows).pk, by=world.bea)


def say_all(made, by):
    """Take every proposal, as somebody would who finds them right."""
    table, said = actions.waiting_table(made)
    ours = KINDS[made.kind].columns
    columns = answers.proposed_columns(table, ours, said)
    made = actions.say_columns(made.pk, by=by, columns=columns)
    if made.is_to_be_mapped:
        table, said = actions.waiting_table(made)
        words = answers.words_to_say(table, ours, said)
        codes = {name: {word: ours[name].proposed(word) for word in asked} for name, asked in words.items()}
        made = actions.say_words(made.pk, by=by, codes=codes, day_order=DAY_FIRST)
    return made


def add_rows(world: World) -> None:
    landed = land(world, row(world))
    world.rows["import_id"] = landed.pk
    world.rows["question_id"] = landed.questions.get().pk
    landed_return = actions.land_import(bring_return(world).pk, by=world.bea)
    world.rows["return_id"] = landed_return.pk
    world.rows["return_question_id"] = landed_return.questions.get().pk
    theirs = Brought("theirs.csv", as_text(messy(samples.as_csv([row(world, child_id="900002")]))))
    for_vs = {"kind": ImportKind.PUPIL_LIST, "files": [theirs], "virtual_school": world.virtual_school}
    world.rows["mapping_id"] = say_all(actions.preview_import(**for_vs, by=world.bea), by=world.bea).mapping_id


def bring_return(world: World) -> Import:
    """A previewed yearly return with faults: of Jordan it tells otherwise than the list does, the others wait."""
    pupils.know_by(world.jordan.pk, authority=world.virtual_school.authority, child_id="800123")
    made, _ = return_samples.with_faults(return_samples.make(children=12))
    made.tables["episodes"].append(return_samples.episode("800123", date(2023, 1, 9), LS="V2"))
    return actions.preview_import(
        kind=ImportKind.SSDA903, files=made.files(), virtual_school=world.virtual_school, by=world.bea
    )
