"""From when on a place is at risk, in words."""

from trellis.alerts import rules
from trellis.alerts.models import AlertPolicy
from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, PolicyKind
from trellis.people.permissions import can_set_policy_of_virtual_school

POLICIES = (
    PolicyKind(
        model=AlertPolicy, slug="at-risk", title="When a school place is at risk", kept_by=Kind.VIRTUAL_SCHOOL,
        help="The signs at which Trellis says that a pupil’s school place is at risk.",
        counts="The policy on the day of looking counts.",
        who_sets=can_set_policy_of_virtual_school,
        settles=(
            Count(name="primary_days", ask="From how many suspended school days, in a primary school?",
                  unit="school day", most=45, says="In a primary school: suspended for {} or more in three terms."),
            Count(name="secondary_days", ask="From how many suspended school days, in a secondary school?",
                  unit="school day", most=45, says="In a secondary school: suspended for {} or more in three terms."),
            Count(name="days_between_suspensions", ask="Within how many days do two suspensions count as close?",
                  unit="day", most=90, says="Suspended twice within {}."),
            Count(name="moves_in_a_year", ask="From how many moves in twelve months?", unit="move", most=10,
                  says="{} or more in twelve months, of home or school."),
            Count(name="weeks_remembered", ask="For how many weeks does a single event count?", unit="week", most=52,
                  says="A single event counts for {}."),
            Count(name="weeks_review_counts", ask="For how many weeks is a review that went badly worth a look?",
                  hint="It ends sooner with the next review.", unit="week", most=26,
                  says="A review that found things worse, or support not delivered, is worth a look for {}."),
        ),
        rules=(rules.primary_days_are_no_more_than_secondary,),
    ),
)  # fmt: skip
