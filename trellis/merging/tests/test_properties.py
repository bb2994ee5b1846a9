"""Whatever stands in two records: together and apart again, every row is as it was, and access follows the facts."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Refused
from trellis.cycles import actions as cycles
from trellis.merging import actions
from trellis.merging.models import SameChild
from trellis.merging.plan import models_that_come
from trellis.merging.tests.snapshots import everything_of
from trellis.merging.tests.world import PARTICULARS
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

DAYS = st.integers(0, 700).map(lambda days: date(2024, 11, 1) + timedelta(days=days))
DEEDS = st.one_of(
    st.tuples(st.just("place"), DAYS, st.booleans()),
    st.tuples(st.just("left"), DAYS, st.booleans()),
    st.tuples(st.just("care"), DAYS, st.sampled_from(["C2", "V2"])),
    st.tuples(st.just("care ended"), DAYS, st.none()),
    st.tuples(st.just("sen"), DAYS, st.sampled_from(["SEMH", "SLCN"])),
    st.tuples(st.just("worker"), DAYS, st.sampled_from(["Sol", "Sadia"])),
    st.tuples(st.just("cycle"), DAYS, st.none()),
    st.tuples(st.just("person"), DAYS, st.none()),
)
RECORDS = st.lists(DEEDS, max_size=6).map(lambda deeds: sorted(deeds, key=lambda deed: deed[1]))


def do(ours, pupil, deed):
    what, on, which = deed
    if what == "place":
        school = ours.school if which else ours.next_school
        pupils.start_school_place(pupil.pk, by=None, school=school, on=on)
    elif what == "left":
        pupils.end_school_place(pupil.pk, by=None, on=on)
    elif what == "care":
        authority = ours.virtual_school.authority
        pupils.start_care(pupil.pk, by=None, authority=authority, since=on, legal_status=which)
    elif what == "care ended":
        pupils.end_care(pupil.pk, by=None, on=on)
    elif what == "sen":
        pupils.set_sen_status(pupil.pk, by=None, status="K", primary_need=which, on=on)
    elif what == "worker":
        authority = ours.virtual_school.authority
        pupils.name_professional(pupil.pk, by=None, authority=authority, role="social worker", name=which, on=on)
    elif what == "cycle":
        who = next(user for user in (ours.sam, ours.nia, ours.vic) if user)
        cycles.start_cycle(pupil.pk, by=who, key=Key.fresh(who))
    else:
        around = {"name": "Cara", "relationship": "foster carer"}
        pupils.add_person_around(pupil.pk, by=ours.vic, key=Key.fresh(ours.vic), on=on, **around)


def try_all(ours, pupil, deeds):
    """What rules refuse is left out: the records are such as people could have made."""
    for deed in deeds:
        try:
            with transaction.atomic():
                do(ours, pupil, deed)
        except Exception:  # a deed that a rule or a constraint refuses was not done
            pass


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


@settings(
    max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=RECORDS, second=RECORDS, later=RECORDS, keep=st.booleans(), holds=st.booleans())
def test_together_and_apart_is_as_before(ours, first, second, later, keep, holds):
    with transaction.atomic():
        one = pupils.register_pupil(by=None, **PARTICULARS)
        other = pupils.register_pupil(by=None, **PARTICULARS | {"ethnicity": "White British"})
        for pupil, deeds in ((one, first), (other, second)):
            pupils.start_care(
                pupil.pk, by=None, authority=ours.virtual_school.authority, since=date(2024, 5, 1), legal_status="C1"
            )
            try_all(ours, pupil, deeds)
            pupils.start_care(
                pupil.pk, by=None, authority=ours.virtual_school.authority, since=world.DAY, legal_status="C1"
            )
        question = actions.ask_about_pair(one.pk, other.pk, by=ours.vic)
        before = everything_of(one.pk, other.pk)
        kept, laid = (one, other) if keep else (other, one)
        held = dict.fromkeys((model._meta.model_name for model in models_that_come()), one.pk if holds else other.pk)

        actions.put_together(question.pk, by=ours.vic, seen=None, keep=kept.pk, true={}, holds=held, why="Told")
        for pupil in Pupil.objects.filter(pk__in=[one.pk, other.pk]):
            assert access.differences(pupil) == ([], [])
        assert laid.school_places.filter(during__contains=world.DAY).count() <= 1
        assert SameChild.objects.get(pk=question.pk).is_together

        if not later:
            actions.take_apart(question.pk, by=ours.vic, seen=None, why="Two certificates")
            assert everything_of(one.pk, other.pk) == before
        else:
            try_all(ours, kept, later)
            try:
                actions.take_apart(question.pk, by=ours.vic, seen=None, why="Two certificates")
            except Refused as refused:
                assert "Close it first" in refused.sentence
            for pupil in Pupil.objects.filter(pk__in=[one.pk, other.pk]):
                assert access.differences(pupil) == ([], [])
        transaction.set_rollback(True)
