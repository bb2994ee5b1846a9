"""Each action that corrects a record asks for itself who may, whatever the view asked."""

import pytest

from trellis.conduct import clock
from trellis.conduct.refusals import NotPermitted
from trellis.pupils import actions
from trellis.pupils.models import FormerUpn
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
DOINGS = {
    "particulars": lambda ours, who: actions.correct_particulars(ours.jordan.pk, by=who, ethnicity="White British"),
    "upn": lambda ours, who: actions.replace_upn(ours.jordan.pk, by=who, upn="H331700713254"),
    "status": lambda ours, who: actions.set_sen_status(ours.jordan.pk, by=who, status="N"),
    "authority": lambda ours, who: actions.say_authority(
        ours.jordan.pk, by=who, duty="resident", authority=ours.virtual_school.authority
    ),
    "group": lambda ours, who: actions.put_in_group(ours.jordan.pk, by=who, group=ours.group),
    "staff": lambda ours, who: actions.put_staff_in_group(by=who, group=ours.group, user=ours.tia),
}


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.mark.parametrize("doing", DOINGS)
@pytest.mark.parametrize(
    ("who", "may"), [("sam", True), ("dee", True), ("tia", False), ("nia", False), ("root", False)]
)
def test_who_may(ours, doing, who, may):
    if may:
        DOINGS[doing](ours, ours.people[who])
    else:
        with pytest.raises(NotPermitted):
            DOINGS[doing](ours, ours.people[who])


def test_replaced_upn_is_remembered(ours):
    actions.replace_upn(ours.jordan.pk, by=ours.sam, upn="H331700713254")
    actions.replace_upn(ours.jordan.pk, by=ours.sam, upn="A331110622638")

    assert [former.upn for former in FormerUpn.objects.all()] == ["H331700713254"]
