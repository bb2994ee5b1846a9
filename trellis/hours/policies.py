"""What a service charges, and on which terms it visits, in words."""

from trellis.hours.models import ServicePolicy, ServicePrice
from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, PolicyKind, Pounds, YesNo
from trellis.people.permissions import can_set_policy_of_service

POLICIES = (
    PolicyKind(
        model=ServicePrice, slug="price", title="The price of an hour", kept_by=Kind.SERVICE,
        help="What a school’s budget or Pupil Premium Plus pays for an hour of this service.",
        counts="A request is priced on the day it is sent. What was priced before keeps its price.",
        who_sets=can_set_policy_of_service,
        settles=(
            Pounds(name="pence_per_hour", ask="What does an hour cost?", says="An hour costs {}.", hint="In pounds"),
        ),
    ),
    PolicyKind(
        model=ServicePolicy, slug="visits", title="The terms of visits and hours", kept_by=Kind.SERVICE,
        help="How late a school may cancel a visit, and what becomes of hours that are left at the end of a year.",
        counts="The terms on the day of the visit count; for hours that are left, those on 31 August.",
        who_sets=can_set_policy_of_service,
        settles=(
            Count(name="notice_hours", ask="How many hours before may a school still cancel?", unit="hour", least=0,
                  most=240, says="A school may cancel up to {} before the visit."),
            YesNo(name="charges_late_cancelling", ask="Do the hours count as used when a school cancels later?",
                  yes="Cancelled later, the hours count as used.", no="Cancelled later, the hours come back too."),
            YesNo(name="carries_left_hours", ask="Do hours that are left on 31 August carry over to the next year?",
                  yes="Hours that are left on 31 August carry over to the next academic year.",
                  no="Hours that are left on 31 August lapse."),
        ),
    ),
)  # fmt: skip
