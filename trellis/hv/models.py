"""The Highly Vulnerable framework: what a Virtual School gives when being looked after itself unsettles a child's
schooling, and the school's own hours, its budget and Pupil Premium Plus have not been enough."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.ledgers.models import Account
from trellis.organisations.models import DatedPolicy, Organisation, School, SpecialistService, VirtualSchool
from trellis.peps.models import Pep
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet, Level
from trellis.pupils.opening import Opens

if TYPE_CHECKING:
    from trellis.people.models import User

OTHER = "other"


def published_criteria() -> list[dict[str, str]]:
    """The five examples that Coventry Virtual School publishes, and room for another."""
    return [
        {"code": "exclusion", "text": "A high risk of permanent exclusion"},
        {"code": "home", "text": "A sharp decline after a home broke down"},
        {"code": "advice", "text": "No access to specialist advice, because of changes of school or placement"},
        {"code": "moves", "text": "Several placement moves that upset school or a transition"},
        {
            "code": "semh",
            "text": "Social, emotional or mental health needs, linked to trauma, that are not met",
        },
        {"code": OTHER, "text": "Something else"},
    ]


def panel_roles() -> list[str]:
    return [
        "Virtual School head", "Virtual School SEND lead", "Educational psychologist",
        "Social, emotional and mental health teacher", "Complex communication teacher",
    ]  # fmt: skip


class HvPolicyQuerySet(models.QuerySet["HvPolicy"]):
    def counting(self, virtual_school: Organisation, day: date) -> "HvPolicy":
        """The policy of the Virtual School that looks after the child, on the day of the proposal; where it has agreed
        none, the sample."""
        agreed = self.filter(organisation=virtual_school.pk, during__contains=day).first()
        return agreed or HvPolicy(organisation=virtual_school, source=HvPolicy.SAMPLE)


@keeps_row_changes
class HvPolicy(DatedPolicy):
    """Whom the framework is for, who sits on the panel, what it may give; agreed by a Virtual School."""

    SAMPLE = "sample: five criteria that Coventry Virtual School publishes; panel, times and caps are not published"

    criteria = models.JSONField(default=published_criteria)
    panel_roles = ArrayField(models.CharField(max_length=80), default=panel_roles)
    quorum = models.PositiveSmallIntegerField(default=3)
    decide_school_days = models.PositiveSmallIntegerField(default=10)
    cap_minutes = models.PositiveIntegerField(default=15 * 60)  # for one case
    default_weeks = models.PositiveSmallIntegerField(default=6)  # about half a term
    extension_weeks = models.PositiveSmallIntegerField(default=6)

    objects = HvPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_hv_policy_a_day", "organisation", sentence="One policy of the framework counts a day."),
        ]

    def __str__(self) -> str:
        return f"Highly Vulnerable policy of {self.organisation}"

    def criterion_in_words(self, code: str) -> str:
        return next((row["text"] for row in self.criteria if row["code"] == code), "")


class HvState(models.TextChoices):
    PROPOSED = "PROPOSED", "Waiting for the panel"
    MORE_ASKED = "MORE_ASKED", "More was asked of the school"
    AWARDED = "AWARDED", "Awarded"
    REFUSED = "REFUSED", "Refused"
    WITHDRAWN = "WITHDRAWN", "Taken back by the school"
    ENDED = "ENDED", "Ended"


UNDECIDED = (HvState.PROPOSED, HvState.MORE_ASKED)
OPEN_STATES = (*UNDECIDED, HvState.AWARDED)


class NextRoute(models.TextChoices):
    """Where the child's need goes instead; a refusal always names one."""

    OWN_HOURS = "own hours", "The school’s own hours of a service"
    OWN_BUDGET = "own budget", "The school’s own budget for special educational needs"
    PP_PLUS = "pp plus", "Pupil Premium Plus, against a target of the PEP"
    CYCLE = "cycle", "The next cycle of Assess, Plan, Do, Review"
    OUTREACH = "outreach", "Outreach of the Virtual School"
    EHC = "ehc", "A request for an education, health and care needs assessment"
    OTHER_SERVICE = "other", "Another service or panel"


class EndedBecause(models.TextChoices):
    NO_LONGER_MET = "no longer met", "The criterion is no longer met"
    SPENT = "spent", "The hours or the money are used"
    EHC_PLAN = "ehc plan", "An EHC plan takes over"
    MOVED = "moved", "The child moved school"
    LEFT_CARE = "left care", "The child is no longer looked after by this authority"
    SCHOOL_WITHDREW = "school withdrew", "The school no longer takes part"
    TIME = "time", "The time agreed is over"


class HvCaseQuerySet(AboutPupilQuerySet):
    def visible_to(self, user: "User") -> Self:
        """As every row about a pupil; and the Virtual School that decided goes on reading after care ended."""
        own = Opens(user, Level.WRITTEN, pupil_id="pupil", organisation_id="virtual_school")
        rows = super().visible_to(user).values("pk")
        return self.filter(Q(pk__in=rows) | Q(own))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def awarded(self) -> Self:
        return self.filter(state=HvState.AWARDED)

    def for_the_panel(self) -> Self:
        """What a panel day is about, the earliest to be decided first: proposals, and what was awarded urgently."""
        waiting = Q(state=HvState.PROPOSED) | Q(state=HvState.AWARDED, awaits_panel=True)
        return self.filter(waiting).order_by("decide_by", "pk")

    def with_names(self) -> Self:
        return self.select_related(
            "pupil", "kept_by", "virtual_school__authority", "proposed_by", "asked_service", "service", "hours_account",
            "money_account", "policy", "written_for", "pep",
        )  # fmt: skip


@keeps_row_changes
class HvCase(AboutPupil, Versioned):
    """A child for whom a school proposes help of the Highly Vulnerable framework, and what the panel gave.

    ``written_for`` is the school that proposed; ``kept_by`` the school where the child is; ``virtual_school`` decides.
    """

    virtual_school = models.ForeignKey(VirtualSchool, on_delete=models.PROTECT, related_name="+")
    kept_by = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(HvPolicy, null=True, on_delete=models.PROTECT, related_name="+")  # None: the sample
    state = models.CharField(max_length=10, choices=HvState.choices, default=HvState.PROPOSED)

    # what the school says
    criterion = models.CharField(max_length=20)
    criterion_words = models.CharField(max_length=200)  # as the policy said it on the day
    evidence = models.TextField()
    own_hours = models.TextField()
    own_hours_shown = models.TextField(blank=True)  # what the ledger said on the day
    own_hours_were_used = models.BooleanField(null=True)  # so that none was left then; None: kept before that was asked
    pp_plus = models.TextField()
    pp_plus_shown = models.TextField(blank=True)
    consent = models.TextField()
    consent_shown = models.TextField(blank=True)
    consent_stood = models.BooleanField(null=True)  # on the day; None: kept before this was written down
    asked_minutes = models.PositiveIntegerField(default=0)
    asked_service = models.ForeignKey(SpecialistService, null=True, on_delete=models.PROTECT, related_name="+")
    asked_pence = models.PositiveIntegerField(default=0)
    asked_money_for = models.TextField(blank=True)
    sustain = models.TextField()  # what the school keeps doing afterwards
    story = models.JSONField(null=True)  # the cycle in words, frozen on the day; None: no cycle
    pep = models.ForeignKey(Pep, null=True, on_delete=models.PROTECT, related_name="+")
    pep_words = models.CharField(max_length=200, blank=True)
    pep_was_begun = models.BooleanField(null=True)  # on the day; None: kept before this was written down
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    on_behalf = models.BooleanField(default=False)
    decide_by = models.DateField()
    decide_because = models.CharField(max_length=300)
    more_asked = models.TextField(blank=True)
    more_answered = models.TextField(blank=True)

    # what was given
    awaits_panel = models.BooleanField(default=False)  # awarded urgently; the panel has not confirmed yet
    service = models.ForeignKey(SpecialistService, null=True, on_delete=models.PROTECT, related_name="+")
    awarded_from = models.DateField(null=True)
    awarded_until = models.DateField(null=True)  # its last day, on which it is reviewed
    extended_on = models.DateField(null=True)
    hours_account = models.OneToOneField(Account, null=True, on_delete=models.PROTECT, related_name="+")
    money_account = models.OneToOneField(Account, null=True, on_delete=models.PROTECT, related_name="+")
    money_for = models.TextField(blank=True)
    look_again_since = models.DateField(null=True)  # the child moved school: the Virtual School decides again

    # how it ended
    ended_on = models.DateField(null=True)
    ended_because = models.CharField(max_length=20, choices=EndedBecause.choices, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    place_kept = models.BooleanField(null=True)
    stays_in_plan = models.TextField(blank=True)

    objects = HvCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(state__in=OPEN_STATES), name="one_open_hv_case_a_pupil"
            ),
            models.CheckConstraint(
                condition=~Q(state="AWARDED") | Q(awarded_from__isnull=False, awarded_until__isnull=False),
                name="an_hv_award_has_its_period",
            ),
        ]
        indexes = [models.Index(fields=["virtual_school", "state", "decide_by"])]

    def __str__(self) -> str:
        return "Highly Vulnerable framework case"

    def get_absolute_url(self) -> str:
        return reverse("hv_case", args=[self.pk])

    @property
    def policy_counting(self) -> HvPolicy:
        return self.policy or HvPolicy(organisation=self.virtual_school, source=HvPolicy.SAMPLE)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

    @property
    def is_awarded(self) -> bool:
        return self.state == HvState.AWARDED

    @property
    def is_late(self) -> bool:
        """Past its day and not decided, or past its review."""
        day = self.decide_by if self.is_undecided else self.awarded_until if self.is_awarded else None
        return day is not None and day < clock.today()

    @property
    def whose_hours(self) -> str:
        """Whose hours were awarded, in words."""
        return self.service.name if self.service else "outreach of the Virtual School"

    @property
    def whose_hours_asked(self) -> str:
        return self.asked_service.name if self.asked_service else "outreach of the Virtual School"

    @property
    def gives_outreach(self) -> bool:
        return self.hours_account_id is not None and self.service_id is None


class HvSpend(AboutPupil):
    """Money of an award that was spent: on what, when. Only ever added."""

    case = models.ForeignKey(HvCase, on_delete=models.PROTECT, related_name="spends")
    pence = models.PositiveIntegerField()
    what_for = models.CharField(max_length=160)
    spent_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["spent_on", "pk"]

    def __str__(self) -> str:
        return self.what_for


class DecisionKind(models.TextChoices):
    AWARDED = "awarded", "Awarded by the panel"
    AWARDED_URGENTLY = "awarded urgently", "Awarded urgently by the Virtual School head"
    REFUSED = "refused", "Refused"
    MORE_ASKED = "more asked", "More was asked of the school"
    CONFIRMED = "confirmed", "Confirmed by the panel"
    CHANGED = "changed", "Changed by the panel from now on"
    EXTENDED = "extended", "Extended once"
    GOES_ON = "goes on", "Goes on at the new school"


class HvDecision(AboutPupil):
    """One thing that the panel or the Virtual School head decided, with the reason and who was there. Never changed."""

    case = models.ForeignKey(HvCase, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20, choices=DecisionKind.choices)
    reason = models.TextField()
    present = models.JSONField(default=list)  # [[role on the panel, name], …]
    minutes = models.IntegerField(default=0)  # awarded; or more and less, when it was changed
    pence = models.IntegerField(default=0)
    until = models.DateField(null=True)
    next_route = models.CharField(max_length=20, choices=NextRoute.choices, blank=True)
    next_route_words = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="refused") | (~Q(next_route="") & ~Q(next_route_words="")),
                name="an_hv_refusal_names_the_next_route",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def who_was_there(self) -> str:
        """ "Vic (Virtual School head), Eve (Educational psychologist)"."""
        return ", ".join(f"{name} ({role})" for role, name in self.present)
