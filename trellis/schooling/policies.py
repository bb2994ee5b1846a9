"""What a Virtual School asks of a part-time timetable, in words."""

from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, PolicyKind, YesNo
from trellis.people.permissions import can_set_policy_of_virtual_school
from trellis.schooling.models import PartTimePolicy

POLICIES = (
    PolicyKind(
        model=PartTimePolicy, slug="part-time", title="Part-time timetables", kept_by=Kind.VIRTUAL_SCHOOL,
        help="How long a part-time timetable may last, how often it is reviewed, and who agrees to it.",
        counts="The policy on the first day of the timetable counts, for its reviews too.",
        who_sets=can_set_policy_of_virtual_school,
        settles=(
            Count(name="weeks_at_most", ask="How many weeks may it last at most?", unit="week", most=26,
                  says="It lasts {} at most."),
            Count(name="weeks_between_reviews", ask="After how many weeks is it reviewed?", unit="week", most=13,
                  says="It is reviewed after {}, and again each time so many have passed."),
            YesNo(name="virtual_school_agrees", ask="Does the Virtual School agree to it first?",
                  yes="The Virtual School agrees to it first.", no="The Virtual School is told of it."),
        ),
    ),
)  # fmt: skip
