"""Recording a move by hand, with what follows shown before it is done; and who delivers the plan after it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.conduct.keys import digest
from trellis.cycles.models import Intervention
from trellis.design.widgets import DateBoxesField
from trellis.moves import queries
from trellis.moves.follows import Follows, Planned, grouped
from trellis.moves.models import Because, Verb
from trellis.organisations.forms import SchoolField
from trellis.organisations.models import LocalAuthority, SchoolSuccession
from trellis.pupils.models import CareEpisode, LegalStatus


class MoveMadeForm(ActionForm):
    """What somebody means to record. The first press shows what will follow, and whether it can be done at all; the
    second does it. Whoever changes an answer in between, or is overtaken by a colleague, sees it anew first."""

    verb: Verb
    follows: list[Follows] | None = None
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def planned(self) -> Planned:
        raise NotImplementedError

    @property
    def followed(self) -> list[dict[str, Any]]:
        """What was shown, under its headings."""
        return grouped(self.follows or ())

    def does(self, do: Callable[[], Any]) -> Any | None:
        """What was made, on the second press; None when it is shown first. Refused either way, an error on the form."""
        with self.refusals():
            follows = queries.foreseen(self.planned())
            seen = str(digest({"planned": repr(self.planned()), "follows": [one.sentence for one in follows]}))
            if self.cleaned_data["shown"] == seen:
                return do()
            with transaction.atomic():
                do()
                transaction.set_rollback(True)
            self.follows = follows
            self._resend_with(shown=seen)
        return None


class MoveForm(MoveMadeForm):
    """To which school, and since when."""

    to_school = SchoolField(
        label="New school",
        max_length=200,
        help_text="Its name, or its URN: the number of six figures in Get Information About Schools.",
    )
    on = DateBoxesField(label="First day at the new school", help_text="The new school reads the record from today.")

    def planned(self) -> Planned:
        said = self.cleaned_data
        return Planned(Verb.MOVE_SCHOOL, said["on"], self.about.pk, school_id=said["to_school"].pk)  # type: ignore[union-attr]


class SuccessorForm(ActionForm):
    """As which school a closed school goes on, and since when."""

    to_school = SchoolField(
        label="As which school does it go on?", max_length=200,
        help_text="Its name, or its URN: the number of six figures in Get Information About Schools.",
    )  # fmt: skip
    on = DateBoxesField(label="First day there", help_text="Past, or today: the record opens to that school today.")
    with_staff = forms.BooleanField(
        label="The staff go along: who has a role at the old school has the same one there", required=False
    )

    def __init__(self, *args: Any, known: SchoolSuccession | None, closed_on: date, **kwargs: Any) -> None:
        self.known, self.closed_on = known, closed_on
        super().__init__(*args, **kwargs)

    def current(self) -> dict[str, Any]:
        """As the list of schools says it; whether the staff go along a person says."""
        if self.known is None:
            return {"on": self.closed_on}
        return {"to_school": self.known.successor.urn, "on": self.known.since or self.closed_on}


# --- care ------------------------------------------------------------------------------------------------------------


class LeaveCareForm(MoveMadeForm):
    """When care ended, and how."""

    keeps_draft = False

    on = DateBoxesField(label="From which day is the child no longer looked after?")
    because = forms.ChoiceField(
        label="How did care end?",
        choices=[(one.value, one.label) for one in Because if one != Because.NOT_LISTED],
        widget=forms.RadioSelect,
    )

    def planned(self) -> Planned:
        said = self.cleaned_data
        return Planned(Verb.LEAVE_CARE, said["on"], self.about.pk, because=said["because"])  # type: ignore[union-attr]


class EnterCareForm(MoveMadeForm):
    """Since when an authority looks after the child, and under which legal status."""

    keeps_draft = False

    authority = forms.ModelChoiceField(LocalAuthority.objects.none(), label="Which authority looks after the child?")
    since = DateBoxesField(label="Looked after since", help_text="After a mistake: the day on which care began.")
    on = DateBoxesField(
        label="From which day does it count here?",
        help_text="The same day; after a mistake, the day on which care was recorded as ended.",
    )
    legal_status = forms.ChoiceField(label="Legal status", choices=[("", "Choose one"), *LegalStatus.choices])

    def __init__(self, *args: Any, authorities: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = LocalAuthority.objects.filter(pk__in=authorities).order_by("name")
        self.fields["authority"].queryset = choices  # type: ignore[attr-defined]
        self.fields["authority"].empty_label = None  # type: ignore[attr-defined]

    def current(self) -> dict[str, Any]:
        """As the care before stood, so that a mistake is put right by two presses."""
        before = CareEpisode.objects.filter(pupil=self.about, during__isempty=False).order_by("during").last()
        if before is None or before.during.upper is None:
            return {}
        return {
            "authority": before.authority_id, "since": before.looked_after_since, "on": before.during.upper,
            "legal_status": before.legal_status,
        }  # fmt: skip

    def planned(self) -> Planned:
        said, pupil_id = self.cleaned_data, self.about.pk  # type: ignore[union-attr]
        return Planned(
            Verb.ENTER_CARE, said["on"], pupil_id, authority_id=said["authority"].pk, since=said["since"]
        )  # fmt: skip


class OtherAuthorityForm(MoveMadeForm):
    """Which authority took over which duty, and since when."""

    keeps_draft = False

    authority = forms.ModelChoiceField(
        LocalAuthority.objects.order_by("name"), label="Which authority?", empty_label="Choose an authority"
    )
    on = DateBoxesField(label="From which day?")

    def __init__(self, *args: Any, verb: Verb, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verb = verb

    def current(self) -> dict[str, Any]:
        return {"on": clock.today()}

    def planned(self) -> Planned:
        said, pupil_id = self.cleaned_data, self.about.pk  # type: ignore[union-attr]
        return Planned(self.verb, said["on"], pupil_id, authority_id=said["authority"].pk, since=said["on"])


# --- who delivers now ------------------------------------------------------------------------------------------------


class DeliverersForm(ActionForm):
    """For each intervention that came along: who answers for it here, and who delivers it."""

    def __init__(self, *args: Any, interventions: Sequence[Intervention], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.interventions = interventions
        for one in interventions:
            self.fields[f"teacher_{one.pk}"] = forms.CharField(
                label=f"Which teacher answers for “{one.name}” now?", max_length=120,
                help_text=f"Until now: {one.accountable_teacher}.",
            )  # fmt: skip
            self.fields[f"deliverer_{one.pk}"] = forms.CharField(
                label=f"Who delivers “{one.name}” now?", max_length=120,
                help_text=f"Until now: {one.deliverer}, {one.how_often}. Write “nobody yet” when that is so.",
            )  # fmt: skip

    @property
    def now(self) -> dict[int, tuple[str, str]]:
        typed = self.cleaned_data
        return {one.pk: (typed[f"teacher_{one.pk}"], typed[f"deliverer_{one.pk}"]) for one in self.interventions}
