from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.people.roles import Role
from trellis.pupils import views
from trellis.pupils.permissions import KEEP_RECORDS, KEEPERS, NOT_CORRECTED_BY_YOU, NOT_KEPT_BY_YOU

SCHOOL_KEEPERS = roles(
    "those who keep a school's list", KEEPERS, reason="The SENCO or the designated teacher of the school does this."
)
RECORD_KEEPERS = roles("those who keep a pupil's record", KEEP_RECORDS, reason=NOT_KEPT_BY_YOU)
RECORD_CORRECTORS = roles(
    "those who correct a pupil's record", KEEP_RECORDS | {Role.HEADTEACHER}, reason=NOT_CORRECTED_BY_YOU
)

keeper = opens_to(RECORD_KEEPERS, level="whole")
corrector = opens_to(RECORD_CORRECTORS, level="whole")
school_keeper = opens_to(SCHOOL_KEEPERS)

urlpatterns = [
    path("pupils/add/", school_keeper(views.add_pupil), name="add_pupil"),
    path("pupils/<int:pupil_id>/particulars/", corrector(views.change_particulars), name="change_particulars"),
    path("pupils/<int:pupil_id>/upn/", corrector(views.replace_upn), name="replace_upn"),
    path("pupils/<int:pupil_id>/sen-status/", corrector(views.change_sen_status), name="change_sen_status"),
    path("pupils/<int:pupil_id>/people/add/", keeper(views.add_person), name="add_person"),
    path("people-around/<int:person_id>/", keeper(views.change_person), name="change_person"),
    path("pupils/<int:pupil_id>/officer/", keeper(views.name_officer), name="name_officer"),
    path("pupils/<int:pupil_id>/authority/", keeper(views.say_authority), name="say_authority"),
    path("groups/", school_keeper(views.groups), name="groups"),
    path("groups/<int:group_id>/", school_keeper(views.group), name="group"),
    path("groups/<int:group_id>/put-in/", school_keeper(views.put_in_group), name="put_in_group"),
    path("groups/<int:group_id>/take-out/", school_keeper(views.take_from_group), name="take_from_group"),
    path("groups/<int:group_id>/put-staff-in/", school_keeper(views.put_staff_in_group), name="put_staff_in_group"),
    path(
        "groups/<int:group_id>/take-staff-out/", school_keeper(views.take_staff_from_group),
        name="take_staff_from_group",
    ),
]  # fmt: skip
