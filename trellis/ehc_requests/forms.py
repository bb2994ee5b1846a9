"""What is asked about a request, and how."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from trellis.advice.models import AdviceRequest
from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.in_words import full_date
from trellis.design.widgets import DateBoxesField, Explained
from trellis.ehc_requests.models import AdviceSought, Adviser, Asker, EhcPack, EhcRequest, ExceptionReason, Step
from trellis.ehc_requests.pack import Contents
from trellis.ehc_requests.queries import resident_authority
from trellis.files.forms import UploadField
from trellis.organisations.models import LocalAuthority
from trellis.pupils.models import Pupil


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class AddressedForm(ActionForm):
    """To whom the request goes: the authority where the child lives, which may be another than the one that cares."""

    about: Pupil
    addressed_to = forms.ModelChoiceField(
        LocalAuthority.objects.order_by("name"),
        label="In which authority’s area does the child live?",
        help_text="The request goes there, also when another authority looks after the child.",
        empty_label="Choose an authority",
    )

    def current(self) -> dict[str, Any]:
        resident = resident_authority(self.about)
        return {"addressed_to": resident.pk if resident else None}


class StartForm(AddressedForm):
    """Begin to put a request together."""


class LetterForm(AddressedForm):
    """Somebody asked on paper."""

    asked_by = forms.ChoiceField(
        label="Who asked?",
        widget=forms.RadioSelect,
        choices=[
            (Asker.PARENT, Explained("A parent", "In education law a foster carer and the authority are parents too.")),
            (Asker.YOUNG_PERSON, Explained("The young person", "From the end of compulsory school age.")),
            (Asker.SCHOOL, Explained("The school", "By letter, or on the authority’s own form.")),
        ],
    )
    asker_name = forms.CharField(
        label="Their name, and what they are to the child", max_length=120,
        help_text="For example: Cara, foster carer. Leave it out for the school.", required=False,
    )  # fmt: skip
    sent_on = DateBoxesField(label="When did they ask?")

    field_order = ("asked_by", "asker_name", "sent_on", "addressed_to")

    def clean(self) -> dict[str, Any]:
        says = super().clean() or self.cleaned_data
        if says.get("asked_by") in {Asker.PARENT, Asker.YOUNG_PERSON} and not says.get("asker_name"):
            self.add_error("asker_name", "Enter who asked")
        return says


class WithdrawForm(ActionForm):
    because = forms.CharField(label="Why is it withdrawn, and who wanted that?", widget=_long(3))


# --- the pack ---------------------------------------------------------------------------------------------------------


class CoveringLetterForm(ActionForm):
    about: EhcPack
    letter = forms.CharField(
        label="Covering letter", widget=_long(14), max_length=20_000,
        help_text="In your own words: what worries you, what has been tried, why you think a plan may be necessary. "
        "A few lines are enough. Say a fact of care only where it explains a need.",
    )  # fmt: skip

    def current(self) -> dict[str, Any]:
        return {"letter": self.about.letter}


class EnclosureForm(ActionForm):
    """A file that goes along as it is."""

    keeps_draft = False
    upload = UploadField(label="Choose a file")


class WordsForm(ActionForm):
    """Something of one's own about a thing in the pack. Left empty, nothing is added."""

    marks_optional = False
    words = forms.CharField(
        label="What do you want to add?", widget=_long(5), required=False, max_length=5_000,
        help_text="It stands above this part in the pack. Leave it empty to add nothing.",
    )  # fmt: skip

    def __init__(self, *args: Any, words: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.words_now = words

    def current(self) -> dict[str, Any]:
        return {"words": self.words_now}


class SendForm(ActionForm):
    """The last look before a pack goes: whose own words may go with it."""

    about: EhcPack
    keeps_draft = False
    marks_optional = False

    agreed = forms.MultipleChoiceField(
        label="Whose words may go?", widget=forms.CheckboxSelectMultiple, required=False,
        help_text="Ask them first, and tick who said yes. What is not ticked stays out of this version, also where a "
        "cycle or a PEP quotes it: one sentence there says so. It can follow later as another version. The request "
        "does not wait for it.",
    )  # fmt: skip

    def __init__(self, *args: Any, contents: Contents, **options: Any) -> None:
        super().__init__(*args, **options)
        whose_words = contents.whose_words
        self.agreed_before = [one.item.key for one in whose_words if one.agreed_on]
        choices = [
            *((one.item.key, _agrees(one.item.title, one.item.owner)) for one in whose_words),
            *((quoted.key, _agrees(quoted.title, quoted.who)) for quoted in contents.quoted),
        ]
        if choices:
            self.fields["agreed"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["agreed"]

    def current(self) -> dict[str, Any]:
        return {"agreed": self.agreed_before}


def _agrees(title: str, who: str) -> Explained:
    return Explained(title, f"{who[:1].upper()}{who[1:]} agrees")


# --- what the authority does ------------------------------------------------------------------------------------------


class DayForm(ActionForm):
    """A day on which something happened."""

    on = DateBoxesField(label="On which day?")

    def __init__(self, *args: Any, label: str = "", hint: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].label = label or self.fields["on"].label
        self.fields["on"].help_text = hint


class AssessForm(DayForm):
    reasons = forms.CharField(
        label="Why will the needs be assessed?", widget=_long(4), required=False,
        help_text="As the letter says it. The school and the Virtual School read it here.",
    )  # fmt: skip


class RefusalForm(DayForm):
    reasons = forms.CharField(label="The authority’s reasons, as its letter gives them", widget=_long(6))
    rights_sent_on = DateBoxesField(
        label="When was the family told of their right to mediation and appeal?",
        help_text="The day on the letter. The time to appeal is counted from it.",
    )


class FinalForm(DayForm):
    has_answered = forms.BooleanField(
        label="The family has answered on the draft", required=False,
        help_text="They have at least 15 days. Tick this when their comments came before that.",
    )  # fmt: skip
    rights_sent_on = DateBoxesField(
        label="When was the family told of their right to mediation and appeal?", required=False,
        help_text="It goes out with the final plan.",
    )  # fmt: skip


class AdviceForm(ActionForm):
    keeps_draft = False

    adviser = forms.ChoiceField(label="Who was asked for advice?", choices=Adviser.choices, widget=forms.RadioSelect)
    who = forms.CharField(label="Name or service", max_length=120, required=False)
    asked_on = DateBoxesField(label="When were they asked?", help_text="Six weeks run from this day.")


class AdviceCameForm(ActionForm):
    about: AdviceSought
    keeps_draft = False

    came_on = DateBoxesField(label="When did the advice come?")

    def current(self) -> dict[str, Any]:
        return {"came_on": self.about.came_on or clock.today()}


class ThroughWhomForm(ActionForm):
    """Which request to a service carries the authority's asking."""

    about: AdviceSought
    keeps_draft = False
    marks_optional = False

    asked_through = forms.ModelChoiceField(
        AdviceRequest.objects.none(), label="Which request to a service asks for this advice?", required=False,
        blank=True, empty_label="None of these", widget=forms.RadioSelect,
        help_text="Only requests that are not sent yet. The authority pays for the one you choose.",
    )  # fmt: skip

    def __init__(self, *args: Any, drafts: QuerySet[AdviceRequest], **options: Any) -> None:
        super().__init__(*args, **options)
        choose: Any = self.fields["asked_through"]
        choose.queryset = drafts
        choose.label_from_instance = _draft_in_words

    def current(self) -> dict[str, Any]:
        return {"asked_through": self.about.asked_through_id}


def _draft_in_words(draft: AdviceRequest) -> str:
    return f"{draft.service}, begun on {full_date(draft.started_on)}: {draft.question[:120]}"


class ExceptionForm(ActionForm):
    """A reason for a step that was not taken in time."""

    about: EhcRequest

    step = forms.ChoiceField(label="Which step?", choices=Step.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label="Why could it not be kept?", choices=ExceptionReason.choices, widget=forms.RadioSelect,
        help_text="The law knows these reasons and no others.",
    )  # fmt: skip
    evidence = forms.CharField(label="What happened, and how is it known?", widget=_long(4))
    asked_on = DateBoxesField(
        label="When was education advice asked for?", required=False, help_text="For a closure only."
    )
    since = DateBoxesField(
        label="First day of the closure or the absence", required=False, help_text="For a closure or an absence."
    )
    until = DateBoxesField(
        label="Day of opening again or coming back", required=False, help_text="For a closure or an absence."
    )
