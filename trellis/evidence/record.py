"""What one person may read of one pupil, for pages that look at it from several sides: each thing is asked of the
database once, when it is first needed, and then handed on."""

from functools import cached_property

from trellis.advice.models import AdviceReport
from trellis.conduct import clock
from trellis.cycles.models import Cycle
from trellis.cycles.queries import PlannedOutcome, plans_of
from trellis.funding.models import AGREED_STATES, FundingRequest
from trellis.hours.models import Visit, VisitState
from trellis.intervention_plans.models import InterventionPlan
from trellis.passports.models import Passport
from trellis.people.models import User
from trellis.pupils.models import Pupil, SenStatus
from trellis.voices.models import View


class Record:
    """Made for one request and gone with it."""

    def __init__(self, pupil: Pupil, user: User) -> None:
        self.pupil, self.user = pupil, user

    @cached_property
    def sen(self) -> SenStatus | None:
        return SenStatus.objects.filter(pupil=self.pupil, during__contains=clock.today()).first()

    @cached_property
    def cycles(self) -> list[Cycle]:
        """The newest first."""
        return list(Cycle.objects.visible_to(self.user).filter(pupil=self.pupil).with_names().latest_first())

    @cached_property
    def plans(self) -> dict[int, list[PlannedOutcome]]:
        """{cycle id: its plan}, of the cycles and of those that they follow."""
        return plans_of([*self.cycles, *(cycle.follows for cycle in self.cycles if cycle.follows)])

    @cached_property
    def views(self) -> list[View]:
        """The newest first; those who were asked and said nothing, too."""
        return list(View.objects.visible_to(self.user).about(self.pupil.pk).select_related("pupil", "typed_by"))

    @cached_property
    def passports(self) -> list[Passport]:
        """The one that stands."""
        return list(Passport.objects.visible_to(self.user).current().filter(pupil=self.pupil).with_names())

    @cached_property
    def intervention_plans(self) -> list[InterventionPlan]:
        """The one that stands."""
        return list(InterventionPlan.objects.visible_to(self.user).current().filter(pupil=self.pupil).with_names())

    @cached_property
    def reports(self) -> list[AdviceReport]:
        """Advice that was issued, the newest first, with its recommendations."""
        issued = AdviceReport.objects.visible_to(self.user).filter(pupil=self.pupil, issued_on__isnull=False)
        named = issued.select_related("request__service", "written_by").prefetch_related("recommendations")
        return list(named.order_by("-issued_on", "-pk"))

    @cached_property
    def visits(self) -> list[Visit]:
        """Those that were confirmed, by day."""
        delivered = Visit.objects.visible_to(self.user).filter(pupil=self.pupil, state=VisitState.DELIVERED)
        return list(delivered.with_names().as_a_calendar())

    @cached_property
    def funding(self) -> list[FundingRequest]:
        """Requests for Pupil Premium Plus that were agreed, the newest first."""
        agreed = FundingRequest.objects.visible_to(self.user).filter(pupil=self.pupil, state__in=AGREED_STATES)
        return list(agreed.with_names().newest_first())
