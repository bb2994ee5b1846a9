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
        model=ServicePolicy, slug="visits", title="The terms of a visit", kept_by=Kind.SERVICE,
        help="How late a school may cancel a visit, and whether the hours are lost then.",
        counts="The terms on the day of the visit count.",
        who_sets=can_set_policy_of_service,
        settles=(
            Count(name="notice_hours", ask="How many hours before may a school still cancel?", unit="hour", least=0,
                  most=240, says="A school may cancel up to {} before the visit."),
            YesNo(name="charges_late_cancelling", ask="Do the hours count as used when a school cancels later?",
                  yes="Cancelled later, the hours count as used.", no="Cancelled later, the hours come back too."),
        ),
    ),
)  # fmt: skip
