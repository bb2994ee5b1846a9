"""What people type to find a pupil."""

from datetime import date

import pytest

from trellis.caseloads import search
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.pupils import actions
from trellis.pupils.tests import world


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3/3/2018", date(2018, 3, 3)),
        ("2018-03-03", date(2018, 3, 3)),
        (" 3  March 2018 ", date(2018, 3, 3)),
        ("3 mar 2018", date(2018, 3, 3)),
        ("03.03.2018", date(2018, 3, 3)),
        ("31/2/2018", None),
        ("Vale", None),
    ],
)
def test_date_meant(typed, meant):
    assert search.date_meant(typed) == meant


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        ours = world.ours()
        pupil = actions.add_pupil(
            by=ours.sam, school=ours.school, key=Key.fresh(ours.sam), started_on=date(2026, 9, 1),
            legal_first_name="Éloïse", preferred_first_name="Lou", legal_last_name="O’Neill-Łęcki",
            date_of_birth=date(2017, 5, 4), upn="H331700713254",
        )  # fmt: skip
        actions.replace_upn(pupil.pk, by=ours.sam, upn="V33120002488A")
        yield ours


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        "Eloise", "éloïse", "lou", "ONeill", "o'neill", "O’Neill", "neill-lecki lou", "Lęcki", "LECKI", "lou o",
        "H331700713254", "v33120002488a", "V331 200 02488 A", "33120002488", "4/5/2017", "4 May 2017",
    ],
)  # fmt: skip
def test_find_by_any_name_upn_or_date_of_birth(ours, typed):
    found = [pupil.name for pupil in search.find(ours.sam, typed)]

    if typed in {"neill-lecki lou", "33120002488"}:
        assert found == []  # a word, and a UPN, is found by how it begins
    else:
        assert found == ["Lou O’Neill-Łęcki"]


@pytest.mark.django_db
def test_find_only_among_those_one_may_see(ours):
    for typed in ["Eloise", "H331700713254", "4/5/2017", "Vale"]:
        assert list(search.find(ours.nia, typed)) == []
    assert [pupil.name for pupil in search.find(ours.tia, "vale")] == ["Jordan Vale"]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["%", "_", "'", "\\", "x' OR 1=1 --", ")("])
def test_find_takes_signs_as_signs(ours, typed):
    assert list(search.find(ours.sam, typed)) == []
