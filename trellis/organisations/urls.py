from django.urls import path

from trellis.conduct.doors import SIGNED_IN, opens_to
from trellis.organisations import views

ONE = "how-we-work/<int:organisation_id>/<slug:policy>/"

urlpatterns = [  # whose policies one may read is asked by ``queries.keepers``; to others there is no such page
    path("how-we-work/", opens_to(SIGNED_IN)(views.own_policies), name="policies"),
    path("how-we-work/<int:organisation_id>/", opens_to(SIGNED_IN)(views.policies_of), name="policies_of"),
    path(ONE, opens_to(SIGNED_IN)(views.policy), name="policy"),
    path(f"{ONE}set/", opens_to(SIGNED_IN)(views.set_policy), name="set_policy"),
    path(f"{ONE}withdraw/<int:later_id>/", opens_to(SIGNED_IN)(views.withdraw_policy), name="withdraw_policy"),
]
