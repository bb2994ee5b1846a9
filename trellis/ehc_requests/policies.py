"""How long a family has to appeal, in words. The authority's own SEN team settles it, not the Virtual School."""

from trellis.ehc_requests.models import EhcPolicy
from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, PolicyKind
from trellis.people.permissions import nobody_by_page

POLICIES = (
    PolicyKind(
        model=EhcPolicy, slug="appeals", title="The time to appeal", kept_by=Kind.AUTHORITY,
        help="How long a parent or young person has to appeal, as the authority writes it in its letters.",
        counts="The policy on the day of the authority’s decision counts.",
        who_sets=nobody_by_page,
        settles=(
            Count(name="months_to_appeal", ask="Months to appeal", unit="month",
                  says="An appeal is made within {} of the decision."),
            Count(name="months_after_certificate", ask="Months after a mediation certificate", unit="month",
                  says="After a mediation certificate there is at least {}."),
        ),
    ),
)  # fmt: skip
