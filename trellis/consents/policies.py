"""How long a consent to specialist advice lasts, in words."""

from trellis.consents.models import ConsentPolicy
from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, PolicyKind
from trellis.people.permissions import can_set_policy_of_service

POLICIES = (
    PolicyKind(
        model=ConsentPolicy, slug="consent", title="Consent to specialist advice", kept_by=Kind.SERVICE,
        help="How long a consent lasts, and when somebody who has not answered is asked about it.",
        counts="The policy on the day on which consent is asked counts; a consent keeps the length it was given for.",
        who_sets=can_set_policy_of_service,
        settles=(
            Count(name="days_valid", ask="For how many days does a consent last?", unit="day", most=1100,
                  says="A consent lasts {}."),
            Count(name="working_days_to_answer", ask="After how many working days is a missing answer looked into?",
                  unit="working day", most=60, says="An answer is expected within {}."),
            Count(name="days_of_link", ask="For how many days does the link in the e-mail work?", unit="day", most=90,
                  says="The link that asks for it works for {}."),
        ),
    ),
)  # fmt: skip
