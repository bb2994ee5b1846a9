"""How fast outreach answers, comes and is reviewed, in words."""

from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, Counts, PolicyKind, TimeOfDay
from trellis.outreach.models import OutreachPolicy
from trellis.people.permissions import can_set_policy_of_virtual_school

POLICIES = (
    PolicyKind(
        model=OutreachPolicy, slug="outreach", title="Emergency outreach", kept_by=Kind.VIRTUAL_SCHOOL,
        help="How fast outreach answers and comes, and when it is looked at what became of it.",
        counts="The policy on the day of asking counts until the case ends.",
        who_sets=can_set_policy_of_virtual_school,
        settles=(
            TimeOfDay(name="answers_until", ask="Until what time is it answered the same day?",
                      says="Asked before {} on a working day, it is answered by then; later, by then on the next."),
            Count(name="contact_working_days", ask="Within how many working days is the first contact?",
                  unit="working day", most=20, says="First contact comes within {}."),
            Count(name="plan_working_days", ask="How many working days after that is the plan written?",
                  unit="working day", most=60, says="The plan is written within {} of it."),
            Count(name="review_weeks", ask="Within how many weeks is it reviewed?", unit="week", most=26,
                  says="It is reviewed within {}."),
            Counts(name="outcome_weeks", ask="After how many weeks is it looked at what became of it?", unit="week",
                   says="What became of it is looked at {} after it closed."),
        ),
    ),
)  # fmt: skip
