"""Beneath each line that is a move the preview says what will follow; landing then does it, by the verbs of moves."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trellis.conduct import clock
from trellis.exchange import actions
from trellis.exchange.models import ImportState
from trellis.exchange.tests.world import bring, land, row
from trellis.mail.models import Message
from trellis.moves import tasks
from trellis.moves.models import CareChange, Verb
from trellis.peps.models import Pep, PepState
from trellis.pupils import actions as pupils
from trellis.pupils.models import CareEpisode, ChildId, Pupil
from trellis.pupils.tests import world


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        ours = world.ours()
        pupils.know_by(ours.jordan.pk, authority=ours.virtual_school.authority, child_id="900001")
        yield ours


def other(ours, number=2, **says):
    return row(ours) | {
        "child_id": f"90000{number}", "legal_first_name": "Ari", "legal_last_name": f"Fenn{number}",
        "date_of_birth": "2017-05-05", "year_group": "4",
    } | says  # fmt: skip


def test_school_move_is_told_beneath_its_line(ours):
    moved = row(ours, school_urn=ours.next_school.urn, school_name=ours.next_school.name, school_start="2026-11-02")

    preview = bring(ours, moved).preview

    (line,) = [one for one in preview["changed"] if one["what"] == "moved school"]
    assert line["follows"] == [
        "Larch Primary 990 loses the record today; it goes on reading what it wrote until 1 November 2029.",
        "Rowan Primary 990 reads the whole record from today.",
        "A PEP is due within 20 working days, by 30 November 2026; the social worker starts it within 10, "
        "by 16 November 2026.",
    ]


def test_child_no_longer_listed_leaves_care_as_was_told(ours, client):
    land(ours, row(ours), other(ours))

    made = bring(ours, other(ours))
    (gone,) = made.preview["gone"]
    client.force_login(ours.bea)
    page = client.get(made.get_absolute_url()).content.decode()
    actions.land_import(made.pk, by=ours.bea)

    change = CareChange.objects.get(verb=Verb.LEAVE_CARE)
    assert (change.pupil, change.because, change.recorded_by) == (ours.jordan, "not listed", ours.bea)
    assert Pep.objects.get(pupil=ours.jordan).state == PepState.ENDED
    assert "Virtual School 990 loses the record today" in page
    assert gone["follows"] == [sentence for part in change.followed for sentence in part["sentences"]]


def test_child_who_came_into_care_now_is_told_and_those_concerned_hear_of_it(ours):
    before = Message.objects.count()
    new = other(ours, looked_after_since="2026-10-28")

    made = bring(ours, row(ours), new)

    (line,) = made.preview["new"]
    assert any("A PEP is due within 20 working days, by 25 November 2026" in one for one in line["follows"])
    land(ours, row(ours), new)
    child = Pupil.objects.get(legal_first_name="Ari")
    assert CareChange.objects.get(pupil=child).verb == Verb.ENTER_CARE
    assert Pep.objects.get(pupil=child).due_on == date(2026, 11, 25)
    assert Message.objects.count() > before


def test_care_that_is_long_known_is_entered_quietly(ours):
    made = bring(ours, row(ours), other(ours))

    assert "follows" not in made.preview["new"][0]
    land(ours, row(ours), other(ours))
    assert not CareChange.objects.exists()


def test_back_on_the_list_is_back_in_care(ours):
    land(ours, row(ours), other(ours))
    land(ours, other(ours))

    land(ours, row(ours), other(ours))

    assert [one.verb for one in CareChange.objects.order_by("pk")] == [Verb.LEAVE_CARE, Verb.ENTER_CARE]
    assert Pep.objects.get(pupil=ours.jordan).state == PepState.NOT_STARTED


def test_whoever_is_18_and_still_listed_stops_no_list(ours):
    grown = other(ours, date_of_birth="2008-10-30", year_group="13")
    land(ours, row(ours), grown)
    tasks.turn_18(timestamp=0)

    made = land(ours, row(ours), grown)

    assert made.state == ImportState.LANDED
    assert any("This child is 18" in one["sentence"] for one in made.preview["warnings"])
    child = Pupil.objects.get(legal_first_name="Ari")
    assert not CareEpisode.objects.filter(pupil=child, during__contains=world.DAY).exists()


def test_nothing_is_told_of_a_child_whom_only_a_school_knew(ours):
    found = row(ours, child_id="900009", upn="A123456789012", school_urn=ours.next_school.urn)
    pupils.replace_upn(ours.jordan.pk, by=None, upn="A123456789012")
    pupils.end_care(ours.jordan.pk, by=None, on=world.DAY)
    ChildId.objects.filter(pupil=ours.jordan).update(child_id="1", authority=world.twin().virtual_school.authority)

    preview = bring(ours, found).preview

    assert preview["changed"]
    assert not any(one.get("follows") for one in preview["changed"])


def test_preview_asks_as_often_for_many_moves_as_for_one(ours):
    def asked(*rows):
        with CaptureQueriesContext(connection) as captured:
            bring(ours, *rows)
        return len(captured)

    land(ours, row(ours), *(other(ours, number) for number in range(2, 9)))

    def moved(line):
        return line | {"school_urn": ours.next_school.urn, "school_start": "2026-11-02"}

    others = [other(ours, number) for number in range(2, 9)]
    one = asked(moved(row(ours)), *others)
    assert asked(*(moved(line) for line in [row(ours), *others])) == one
