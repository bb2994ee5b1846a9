"""A worker is killed while an import lands, or is taken back: nothing of it is half, and once the job is begun again it
is done once."""

from django.db import connection, transaction

from trellis.conduct import clock
from trellis.conduct.tests.workers import (
    a_minute_passes,
    has_been_silent,
    kill_where_it_waits,
    states_of,
    working,
    works_until_nothing_is_left,
)
from trellis.exchange import actions, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.models import Import, ImportKind, ImportState, Step
from trellis.history.models import Entry
from trellis.pupils.models import CareEpisode, ChildId, Pupil, SchoolPlace, SenStatus
from trellis.pupils.tests import world

EACH_CHILD = (Pupil, ChildId, SchoolPlace, CareEpisode, SenStatus)  # one more a line of a first list


def previewed(ours, content, kind):
    return actions.preview_import(
        kind=kind, files=[Brought("list.csv", content)], virtual_school=ours.virtual_school, by=ours.bea
    )


def counted():
    landings = Entry.objects.filter(sentence__startswith="Landed the weekly pupil list")
    return {model: model.objects.count() for model in EACH_CHILD} | {"landings told": landings.count()}


def test_worker_killed_in_mid_landing_leaves_nothing_half_and_lands_once_when_rescued(own_database):
    with clock.at(samples.DAY):
        ours, lists = world.ours(), samples.make(seed=3, children=40)
        actions.land_import(previewed(ours, lists.schools, ImportKind.SCHOOLS).pk)
        made = actions.queue_landing(previewed(ours, lists.week_1, ImportKind.PUPIL_LIST).pk, by=ours.bea)
    before = counted()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE pupils_senstatus IN SHARE MODE")  # here the landing waits, children already written
        with working(own_database, samples.DAY) as worker:
            kill_where_it_waits(worker, own_database)
    made = Import.objects.get(pk=made.pk)
    assert (counted(), made.state, made.progress.step) == (before, ImportState.LANDING, Step.LANDING)
    assert states_of("land_import") == ["doing"]

    has_been_silent()
    a_minute_passes()
    works_until_nothing_is_left(own_database, samples.DAY)

    assert Import.objects.get(pk=made.pk).is_landed
    assert states_of("land_import") == ["succeeded"]
    added = {name: number - before[name] for name, number in counted().items()}
    assert added == dict.fromkeys(EACH_CHILD, 40) | {"landings told": 1}


def test_worker_killed_while_an_import_is_taken_back_leaves_it_whole_and_takes_it_back_once_when_rescued(own_database):
    with clock.at(samples.DAY):
        ours, lists = world.ours(), samples.make(seed=3, children=40)
        actions.land_import(previewed(ours, lists.schools, ImportKind.SCHOOLS).pk)
        made = actions.land_import(previewed(ours, lists.week_1, ImportKind.PUPIL_LIST).pk)
        actions.queue_taking_back(made.pk, by=ours.bea)
    before = counted()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE pupils_access IN SHARE MODE")  # here it waits, the rows set back already
        with working(own_database, samples.DAY) as worker:
            kill_where_it_waits(worker, own_database)
    assert (counted(), Import.objects.get(pk=made.pk).state) == (before, ImportState.TAKING_BACK)
    assert Pupil.objects.going_on().count() == 41

    has_been_silent()
    a_minute_passes()
    works_until_nothing_is_left(own_database, samples.DAY)

    assert Import.objects.get(pk=made.pk).is_taken_back
    assert states_of("take_back_import") == ["succeeded"]
    assert Pupil.objects.going_on().count() == 1
    assert Entry.objects.filter(sentence__startswith="Took back the").count() == 1
