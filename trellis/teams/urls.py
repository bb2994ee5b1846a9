from django.urls import path

from trellis.conduct.doors import EVERYONE, opens_to, roles
from trellis.teams import views, views_handover, views_joining
from trellis.teams.permissions import MANAGING_ROLES

MANAGERS = roles(
    "those who manage people",
    MANAGING_ROLES,
    reason="Accounts are kept by a school’s headteacher and SENCO, a service’s lead, and the Virtual School’s head and "
    "business officer.",
)
ONE = "team/people/<int:membership_id>/"

urlpatterns = [  # whose people one may keep is asked by ``permissions.teams_kept_by``; to others there is no such page
    path("team/", opens_to(MANAGERS)(views.team), name="team"),
    path("team/school/", opens_to(MANAGERS)(views.open_school), name="open_school"),
    path("team/<int:organisation_id>/", opens_to(MANAGERS)(views.team_of), name="team_of"),
    path("team/<int:organisation_id>/invite/", opens_to(MANAGERS)(views.invite), name="invite"),
    path("team/invitations/<int:invitation_id>/again/", opens_to(MANAGERS)(views.invite_again), name="invite_again"),
    path(
        "team/invitations/<int:invitation_id>/withdraw/",
        opens_to(MANAGERS)(views.withdraw_invitation),
        name="withdraw_invitation",
    ),
    path(ONE, opens_to(MANAGERS)(views.colleague), name="colleague"),
    path(f"{ONE}roles/", opens_to(MANAGERS)(views.change_roles), name="change_roles"),
    path(f"{ONE}end/", opens_to(MANAGERS)(views.end_work), name="end_work"),
    path(f"{ONE}cover/", opens_to(MANAGERS)(views.arrange_cover), name="arrange_cover"),
    path("team/cover/<int:cover_id>/end/", opens_to(MANAGERS)(views.end_cover), name="end_cover"),
    path(f"{ONE}hand-over/", opens_to(MANAGERS)(views_handover.hand_over), name="hand_over"),
    path("team/handovers/<int:handover_id>/", opens_to(MANAGERS)(views_handover.handover), name="handover"),
    path(
        "team/handovers/<int:handover_id>/withdraw/",
        opens_to(MANAGERS)(views_handover.withdraw_handover),
        name="withdraw_handover",
    ),
    path("invited/<str:token>/", opens_to(EVERYONE)(views_joining.open_invitation), name="open_invitation"),
    path("join/<int:joining_id>/", opens_to(EVERYONE)(views_joining.join), name="join"),
]
