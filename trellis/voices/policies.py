"""For how long a link that asks for a view works, in words."""

from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, PolicyKind
from trellis.people.permissions import can_set_policy_of_virtual_school
from trellis.voices.models import ViewPolicy

POLICIES = (
    PolicyKind(
        model=ViewPolicy, slug="views", title="Asking for a view", kept_by=Kind.VIRTUAL_SCHOOL,
        help="For how long the link works that asks a pupil, carer or parent for their view.",
        counts="The policy on the day of asking counts; a link that was sent works as long as it said.",
        who_sets=can_set_policy_of_virtual_school,
        settles=(
            Count(name="link_days", ask="For how many days does a link work?", unit="day", most=90,
                  says="A link works for {}."),
        ),
    ),
)  # fmt: skip
