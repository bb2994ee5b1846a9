"""How soon a service decides and reports, and how long its work takes, in words."""

from trellis.advice.models import AdvicePolicy
from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, Hours, PolicyKind
from trellis.people.permissions import can_set_policy_of_service

POLICIES = (
    PolicyKind(
        model=AdvicePolicy, slug="advice", title="Requests for advice", kept_by=Kind.SERVICE,
        help="How soon the service decides and reports, how long it reads on, and the hours each kind of work takes.",
        counts="The policy on the day of each step counts: sent, accepted, closed. A date that was given stays.",
        who_sets=can_set_policy_of_service,
        settles=(
            Count(name="working_days_to_decide", ask="Within how many working days does the service decide?",
                  unit="working day", most=60, says="The service decides within {} of a request."),
            Count(name="working_days_to_report", ask="Within how many working days does it report?",
                  unit="working day", most=120, says="It reports within {} of accepting."),
            Count(name="working_days_to_answer", ask="Within how many working days does the school answer?",
                  unit="working day", most=60, says="The school answers the recommendations within {}."),
            Count(name="days_after_closing", ask="For how many days does the service read on after a request closed?",
                  unit="day", least=0, says="The service reads a record for {} after its request has closed."),
            Hours(name="minutes_talk", ask="Hours for a talk with the staff", says="A talk with the staff takes {}."),
            Hours(name="minutes_observe", ask="Hours to watch in class and write advice",
                  says="Watching in class, a talk and written advice take {}."),
            Hours(name="minutes_assess", ask="Hours for an assessment", says="An assessment takes {}."),
            Hours(name="minutes_group", ask="Hours for work with a group", says="Work with a group takes {}."),
        ),
    ),
)  # fmt: skip
