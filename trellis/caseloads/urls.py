from django.urls import path

from trellis.advice.permissions import ASKERS, ONLY_ASKERS
from trellis.caseloads import views
from trellis.caseloads.purposes import ADVICE, OUTREACH, SUSPENSION
from trellis.conduct.doors import SIGNED_IN, opens_to, roles
from trellis.outreach import permissions as outreach
from trellis.people.roles import READ_PUPILS, SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS
from trellis.schooling import permissions as schooling

READERS = roles(
    "those who work with pupils",
    READ_PUPILS,
    reason="The list of pupils is for those who teach, support or look after them. Your work is elsewhere.",
)

ASK_ADVICE = roles("those who ask for advice", ASKERS, reason=ONLY_ASKERS)
LEADS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS
RECORD_SUSPENSIONS = roles("those who lead in a school, and the Virtual School", LEADS, reason=schooling.ONLY_LEADS)
ASK_OUTREACH = roles("those who lead in a school, and the Virtual School", LEADS, reason=outreach.ONLY_LEADS)

urlpatterns = [
    path("my-week/", opens_to(SIGNED_IN)(views.my_week), name="my_week"),
    path("pupils/", opens_to(READERS)(views.pupils), name="pupils"),
    path("pupils/choose/for-advice/", opens_to(ASK_ADVICE)(views.choose_pupil), {"purpose": ADVICE},
         name="choose_for_advice"),
    path("pupils/choose/for-suspension/", opens_to(RECORD_SUSPENSIONS)(views.choose_pupil), {"purpose": SUSPENSION},
         name="choose_for_suspension"),
    path("pupils/choose/for-outreach/", opens_to(ASK_OUTREACH)(views.choose_pupil), {"purpose": OUTREACH},
         name="choose_for_outreach"),
    path("pupils/filters/save/", opens_to(READERS)(views.save_filter), name="save_filter"),
    path("pupils/filters/<int:filter_id>/forget/", opens_to(READERS)(views.forget_filter), name="forget_filter"),
]  # fmt: skip
