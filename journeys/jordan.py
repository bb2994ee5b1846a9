"""Jordan of Larch Primary School, as others made him before the journey begins."""

from datetime import date

from trellis.conduct.keys import Key
from trellis.people.views import CAST_DOMAIN
from trellis.pupils import actions as pupils
from trellis.pupils.tests.world import World

BORN = date(2018, 3, 3)
CARER, SOCIAL_WORKER = "Cara Linnell", "Sol Ferreira"


def of_larch(cast, *, upn=None):
    """Jordan Vale, looked after by Midshire, with SEN support, in Tia's and Mr Osei's class at Larch; the cast around
    him makes a world in which every folder's own builders work."""
    sam, vic, virtual_school = cast.sam, cast.vic, cast.virtual_schools["990"]
    jordan = pupils.register_pupil(
        by=sam, legal_first_name="Jordan", legal_last_name="Vale", date_of_birth=BORN, sex="M", upn=upn
    )
    pupils.start_school_place(jordan.pk, by=sam, school=cast.larch, on=date(2026, 9, 1), year_group=4)
    midshire = virtual_school.authority
    pupils.start_care(jordan.pk, by=vic, authority=midshire, since=date(2024, 5, 1), legal_status="C2")
    pupils.set_sen_status(jordan.pk, by=sam, status="K", primary_need="SEMH", on=date(2026, 9, 1))
    pupils.name_professional(
        jordan.pk, by=vic, authority=midshire, role="social worker", name=SOCIAL_WORKER, email=f"sol@{CAST_DOMAIN}",
        on=date(2025, 6, 2),
    )  # fmt: skip
    pupils.name_professional(
        jordan.pk, by=vic, authority=midshire, role="ehc coordinator", name="Ed Coombe", email=f"ed@{CAST_DOMAIN}",
        on=date(2025, 6, 2),
    )  # fmt: skip
    carer = pupils.add_person_around(
        jordan.pk, by=sam, key=Key.fresh(sam), name=CARER, relationship="foster carer", may_be_contacted=True
    )
    group = pupils.make_group(by=sam, school=cast.larch, name="4B")
    for helper in (cast.tia, cast.osei):
        pupils.put_staff_in_group(by=sam, group=group, user=helper, on=date(2026, 9, 1))
    pupils.put_in_group(jordan.pk, by=sam, group=group, on=date(2026, 9, 1))
    services = {one.abbreviation: one for one in cast.services.values() if one.authority_id == midshire.pk}
    world = World(virtual_school, cast.larch, cast.rowan, group, cast.people, jordan, services=services)
    world.rows = {"pupil_id": jordan.pk, "group_id": group.pk, "person_id": carer.pk}
    return world
