"""What is written down as SQL opens exactly what the access rows themselves say, to everybody and after a move."""

from datetime import date

import pytest

from trellis.conduct import clock
from trellis.pupils import actions
from trellis.pupils.models import Access, Level, Pupil, SchoolPlace
from trellis.pupils.opening import IsAmongOpened, Opens
from trellis.pupils.queries import CareToday, PlaceToday, as_known_to, reading_of, standing_of
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
AFTER = date(2026, 11, 2)


@pytest.fixture
def moved():
    """Jordan went to another school and the twin left care: rows of every level are open, closed and to come."""
    with clock.at(world.DAY):
        ours, twin = world.ours(), world.twin()
        actions.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 10, 12))
        actions.end_care(twin.jordan.pk, by=twin.vic, on=date(2026, 10, 20))
        actions.start_school_place(twin.jordan.pk, by=twin.vic, school=ours.school, on=date(2026, 11, 20))
    with clock.at(AFTER):
        yield ours, twin


@pytest.mark.parametrize("levels", [*Level.values, tuple(Level.values)])
def test_open_rows_and_open_pupils_are_the_same_for_everybody(moved, levels):
    asked = levels if isinstance(levels, tuple) else (levels,)
    for user in (*moved[0].people.values(), *moved[1].people.values()):
        rows = set(Access.objects.open_to(user, *asked).values_list("pupil", flat=True))

        assert set(Pupil.objects.filter(Opens(user, *asked, pupil_id="pk")).values_list("pk", flat=True)) == rows
        assert (
            set(Pupil.objects.filter(IsAmongOpened(user, *asked, pupil_id="pk")).values_list("pk", flat=True)) == rows
        )


def test_row_of_another_organisation_does_not_open_what_was_written_for_this_one(moved):
    ours, _ = moved
    places = SchoolPlace.objects.filter(Opens(ours.sam, Level.WRITTEN, pupil_id="pupil", organisation_id="school"))

    assert [place.school for place in places] == [ours.school]


def test_what_is_known_today_is_what_the_periods_of_today_say(moved):
    for user in (moved[0].vic, moved[0].sam, moved[1].vic, moved[1].sam):
        levels = (Level.WHOLE, Level.CLASS, Level.WRITTEN)
        for pupil in as_known_to(user, Pupil.objects.order_by("pk")):
            reading, rows = reading_of(user, pupil), Access.objects.open_to(user, *levels).filter(pupil=pupil)
            place = pupil.school_places.filter(during__contains=AFTER).first()
            care = pupil.care_episodes.filter(during__contains=AFTER).first() if reading.knows_care else None
            standing = standing_of(pupil, reading)

            assert reading.levels == set(rows.values_list("level", flat=True))
            assert standing.place == (place and PlaceToday(place.school.name, place.school_id, place.since))
            assert standing.care == (care and CareToday(care.authority.name, care.since))
            assert standing.year == (place.year_group if place and place.year_group is not None else pupil.year_by_age)
