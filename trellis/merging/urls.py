from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.merging import views
from trellis.merging.models import DECIDERS

THOSE_WHO_DECIDE = roles(
    "those who say whether two records are one child",
    DECIDERS,
    reason="The SENCO, the designated teacher and the Virtual School say whether two records are one child.",
)

decider = opens_to(THOSE_WHO_DECIDE, level="whole")

urlpatterns = [
    path("same-child/", opens_to(THOSE_WHO_DECIDE)(views.same_children), name="same_children"),
    path("same-child/<int:same_child_id>/", decider(views.same_child), name="same_child"),
    path("same-child/<int:same_child_id>/another/", decider(views.say_different), name="say_different"),
    path("same-child/<int:same_child_id>/same/", decider(views.say_same_after_all), name="say_same_after_all"),
    path("same-child/<int:same_child_id>/together/", decider(views.put_together), name="put_together"),
    path("same-child/<int:same_child_id>/apart/", decider(views.take_apart), name="take_apart"),
    path("pupils/<int:pupil_id>/same-child/", decider(views.find_same_child), name="find_same_child"),
]
