"""How a Virtual School passes Pupil Premium Plus on, in words."""

from trellis.funding import rules
from trellis.funding.models import FundingPolicy
from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, OneOf, PolicyKind, Pounds, YesNo
from trellis.people.permissions import can_set_policy_of_virtual_school
from trellis.pupils.queries import year_in_words

YEARS = tuple((year, year_in_words(year)) for year in range(14))

POLICIES = (
    PolicyKind(
        model=FundingPolicy, slug="pupil-premium-plus", title="Pupil Premium Plus (PP+)", kept_by=Kind.VIRTUAL_SCHOOL,
        help="How the grant is passed on: for which PEPs, up to what, to whom, and how soon a request is answered.",
        counts="The policy on the day of each step counts: asked, agreed.",
        who_sets=can_set_policy_of_virtual_school,
        settles=(
            Pounds(name="rate_pence", ask="What is the grant for each looked-after child, a financial year?",
                   says="The grant brings {} for each looked-after child in a financial year."),
            Pounds(name="cap_per_pep_pence", ask="How much may be asked on one PEP?",
                   says="Up to {} may be asked on one PEP."),
            YesNo(name="only_on_assured_pep", ask="Is money agreed only once the PEP is signed off?",
                  yes="It is agreed once the PEP is signed off.", no="It may be agreed before the PEP is signed off."),
            YesNo(name="impact_first", ask="Must a school say what the last money changed before it asks again?",
                  yes="What the last money changed is said before new money is asked.",
                  no="New money may be asked before the impact of the last is said."),
            OneOf(name="from_year_group", ask="From which year group?", choices=YEARS,
                  says="It is for pupils from {} on."),
            OneOf(name="to_year_group", ask="Up to which year group?", choices=YEARS,
                  says="It is for pupils up to {}."),
            YesNo(name="excludes_independent_schools", ask="Are independent schools left out?",
                  yes="Independent schools are left out.", no="Independent schools may ask too."),
            Count(name="answer_within_working_days", ask="Within how many working days is a request answered?",
                  unit="working day", most=60, says="A request is answered within {}."),
        ),
        rules=(rules.policys_years_are_in_order,),
    ),
)  # fmt: skip
