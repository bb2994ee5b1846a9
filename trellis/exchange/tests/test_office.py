"""The lists of the office: the children its authority looks after, as a list that can be brought again, and schools."""

import csv
import io
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse

from trellis.conduct import clock
from trellis.exchange import actions, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind
from trellis.exchange.pupil_list.rules import COLUMNS
from trellis.exchange.tests.world import land, row
from trellis.history.models import Look
from trellis.organisations.models import School
from trellis.pupils import actions as pupils
from trellis.pupils.models import ChildId, Pupil

CHILDREN, SCHOOLS = reverse("looked_after_list"), "/schools/"


@pytest.fixture
def bea(ours, client):
    client.force_login(ours.bea)
    return client


def take(client, of, file):
    return client.post(
        f"{reverse('download_table')}?of={quote(of)}", {"reason": "To mend the names by hand", "file": file}
    )


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def bring(ours, content, kind=ImportKind.PUPIL_LIST):
    files = [Brought("list", content)]
    return actions.preview_import(kind=kind, files=files, virtual_school=ours.virtual_school, by=ours.bea)


@pytest.fixture
def a_whole_list(ours):
    """Forty children are looked after, with names and needs of every sort; Jordan by our number too."""
    lists = samples.make(seed=5)
    pupils.know_by(ours.jordan.pk, authority=ours.virtual_school.authority, child_id="900002")
    for content, kind in ((lists.schools, ImportKind.SCHOOLS), (lists.week_1, ImportKind.PUPIL_LIST)):
        assert actions.land_import(bring(ours, content, kind).pk, by=ours.bea).is_landed
    return list(csv.DictReader(io.StringIO(lists.week_1.decode(), newline="")))


# --- the children ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["csv", "xlsx"])
def test_exported_list_brought_again_changes_nothing(bea, ours, a_whole_list, file):
    land(ours, row(ours, upn="H331700713254", legal_first_name="Álex", preferred_first_name="Al"), *a_whole_list)

    made = bring(ours, take(bea, CHILDREN, file).content)

    listed = Pupil.objects.filter(child_ids__isnull=False).count()
    assert (made.get_state_display(), made.preview.get("refused"), made.counts["changed"]) == ("Previewed", [], 0)
    assert (made.counts["unchanged"], made.counts["gone"], made.counts["new"]) == (listed, 0, 0)
    assert made.preview["warnings"] == []


def test_exported_list_says_of_each_child_what_the_list_said(bea, ours, a_whole_list):
    told = {line["child_id"]: line for line in rows_of(take(bea, CHILDREN, "csv"))}

    for line in a_whole_list:
        days = ("date_of_birth", "looked_after_since", "school_start")
        as_days = {name: "/".join(reversed(line[name].split("-"))) for name in days}
        assert told[line["child_id"]] == line | as_days
    assert list(next(iter(told.values()))) == list(COLUMNS)


def test_each_child_in_the_file_has_the_reason_in_the_access_log(bea, ours):
    land(ours, row(ours, child_id="2", legal_first_name="Zoë"))
    zoe = ChildId.objects.get(child_id="2").pupil

    assert take(bea, CHILDREN, "csv").status_code == 200

    look = Look.objects.at_pupil(zoe.pk).filter(by=ours.bea).latest("pk")
    assert look.reason == "Downloaded: To mend the names by hand"


def test_list_is_taken_away_only_after_signing_in_again(bea, ours):
    land(ours, row(ours, child_id="2", legal_first_name="Zoë"))
    assert take(bea, CHILDREN, "csv").status_code == 200

    with clock.at(clock.now() + timedelta(minutes=20)):
        answer = take(bea, CHILDREN, "csv")

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("sign_in_again"))


def test_office_of_another_authority_sees_none_of_ours(ours, twin, client):
    land(ours, row(ours, child_id="2", legal_first_name="Zoë"))
    client.force_login(twin.bea)

    page = client.get(CHILDREN).content.decode()

    assert "Zoë" not in page
    assert "1 child in the care of" in page


def test_children_without_a_number_or_status_are_told_before_the_list_goes_back(bea, ours):
    page = bea.get(CHILDREN).content.decode()

    assert "1 child has no number of the authority or no SEN status yet" in page


def test_child_without_a_number_is_said_to_have_none_yet_and_the_file_leaves_the_cell_empty(bea, ours):
    page = bea.get(CHILDREN).content.decode()

    assert '<th scope="row" data-label="Child’s number at the authority" data-file="">No number yet</th>' in page
    assert rows_of(take(bea, CHILDREN, "csv"))[0]["child_id"] == ""


def test_children_take_as_many_queries_for_many_as_for_one(bea, ours, django_assert_max_num_queries):
    land(ours, row(ours, child_id="2", legal_first_name="Zoë"))
    bea.get(CHILDREN)
    with django_assert_max_num_queries(40) as few:
        bea.get(CHILDREN)
    more = [row(ours, child_id=str(n), legal_first_name=f"Zo{n}", date_of_birth="2017-05-05") for n in range(2, 30)]
    land(ours, *more)
    with django_assert_max_num_queries(40) as many:
        bea.get(CHILDREN)

    assert len(few) == len(many)


# --- the schools -----------------------------------------------------------------------------------------------------


def shown(client, **asked):
    return {
        line["URN"]
        for line in rows_of(take(client, f"{SCHOOLS}?{'&'.join(f'{k}={v}' for k, v in asked.items())}", "csv"))
    }


def test_schools_are_those_of_ones_own_area_until_one_asks_for_others(bea, ours, twin):
    assert ours.school.urn in shown(bea)
    assert twin.school.urn not in shown(bea)
    assert {ours.school.urn, twin.school.urn} <= shown(bea, area="all")
    assert shown(bea, area="802") == set(School.objects.filter(authority_code="802").values_list("code", flat=True))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"search": "hazel"}, {"990801"}),
        ({"search": "990802"}, {"990802"}),
        ({"phase": "Nursery"}, {"990802"}),
        ({"status": "Closed"}, {"990802"}),
        ({"status": "Open", "phase": "Nursery"}, set()),
        ({"phase": "No such phase", "search": "990801"}, {"990801"}),
    ],
)
def test_schools_are_found_by_name_urn_phase_and_status(bea, ours, asked, expected):
    for code, name, phase, status in (
        ("990801", "Hazel Grove", "Primary", "Open"),
        ("990802", "Elm", "Nursery", "Closed"),
    ):
        School.objects.create(code=code, name=name, phase=phase, status=status, authority_code="801", kind="school")
    if not expected:
        page = bea.get(f"{SCHOOLS}?status=Open&phase=Nursery").content.decode()
        assert "No school is like that" in page
    else:
        assert shown(bea, **asked) & {"990801", "990802"} == expected
