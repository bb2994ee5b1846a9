"""When PEPs are due, for whom, and where they are kept, in words."""

from trellis.organisations.models import Kind
from trellis.organisations.policies import Count, DayOfYear, Name, OneOf, PolicyKind, Shown, SomeOf
from trellis.people.permissions import can_set_policy_of_virtual_school
from trellis.peps.models import PepPolicy
from trellis.pupils.queries import year_in_words

YEARS = tuple((year, year_in_words(year)) for year in range(14))

POLICIES = (
    PolicyKind(
        model=PepPolicy, slug="peps", title="Personal Education Plans (PEPs)", kept_by=Kind.VIRTUAL_SCHOOL,
        help="For whom a PEP is written each term, by when, and where it is kept.",
        counts="The policy on the first day of the term counts. A PEP that is open keeps its date.",
        who_sets=can_set_policy_of_virtual_school,
        settles=(
            Count(name="from_age", ask="From which age is a PEP written?", unit="year", least=2, most=5,
                  says="A PEP is written from the age of {}.", hint="In years"),
            OneOf(name="to_year_group", ask="Up to which year group?", choices=YEARS, says="It is written up to {}."),
            SomeOf(name="first_years", ask="Which year groups come first in autumn?", choices=YEARS,
                   says="First in the autumn term: {}."),
            DayOfYear(name="autumn_due_first", ask="By when in autumn, for those", says="Theirs is due by {}."),
            DayOfYear(name="autumn_due", ask="By when in autumn, for all others",
                      says="All others are due by {} in the autumn term."),
            DayOfYear(name="spring_due", ask="By when in spring", says="In the spring term a PEP is due by {}."),
            DayOfYear(name="summer_due", ask="By when in summer", says="In the summer term a PEP is due by {}."),
            Count(name="iro_working_days", ask="How many working days before a care review is the PEP with the IRO?",
                  unit="working day", most=30, hint="IRO: independent reviewing officer",
                  says="The independent reviewing officer has it {} before a care review."),
            Shown(name="quality_scheme", ask="", choices=tuple(PepPolicy.QualityScheme.choices),
                  says="Its quality: {}."),
            Name(name="kept_elsewhere", ask="In which other system are PEPs kept?",
                 hint="Leave this empty where they are written here.",
                 says="PEPs are kept in {}; here only the SEND section.",
                 without="PEPs are written and kept here."),
        ),
    ),
)  # fmt: skip
