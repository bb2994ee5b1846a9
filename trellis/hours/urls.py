from django.urls import path

from trellis.advice.permissions import ASKERS, ONLY_ASKERS
from trellis.conduct.doors import opens_to, roles
from trellis.hours import views, views_visits
from trellis.hours.models import READERS
from trellis.hours.permissions import BOOKERS, ENTERERS
from trellis.people.roles import SERVICE_STAFF

READ = roles("those who use hours", READERS, reason="Hours are for schools, services and those who allocate them.")
ENTER = roles(
    "those who enter hours", ENTERERS, reason="The service’s lead or the business officer enters a school’s hours."
)
BOOK = roles("those who book visits", BOOKERS | SERVICE_STAFF, reason="The school or the service books a visit.")
KEEP = roles("those who ask for advice", ASKERS, reason=ONLY_ASKERS)
SERVE = roles("services", SERVICE_STAFF, reason="The service confirms what it delivered.")

urlpatterns = [
    path("hours/", opens_to(READ)(views.hours), name="hours"),
    path("hours/enter/", opens_to(ENTER)(views.enter_hours), name="enter_hours"),
    path("hours/carry/", opens_to(ENTER)(views.carry_hours), name="carry_hours"),
    path("hours/<int:hours_id>/", opens_to(READ)(views.school_hours), name="school_hours"),
    path("hours/<int:hours_id>/correct/", opens_to(ENTER)(views.correct_hours), name="correct_hours"),
    path("hours/<int:hours_id>/book/", opens_to(BOOK)(views_visits.book_visit), name="book_visit"),
    path(
        "requests/<int:advice_id>/keep-hours/",
        opens_to(KEEP, level="whole")(views_visits.keep_hours),
        name="keep_hours",
    ),
    path("visits/", opens_to(READ)(views_visits.visits), name="visits"),
    path("visits/<int:visit_id>/", opens_to(READ, level="advice")(views_visits.visit), name="visit"),
    path("visits/<int:visit_id>/plan/", opens_to(BOOK, level="advice")(views_visits.plan_visit), name="plan_visit"),
    path(
        "visits/<int:visit_id>/confirm/",
        opens_to(SERVE, level="advice")(views_visits.confirm_visit),
        name="confirm_visit",
    ),
    path(
        "visits/<int:visit_id>/cancel/", opens_to(BOOK, level="advice")(views_visits.cancel_visit), name="cancel_visit"
    ),
]
