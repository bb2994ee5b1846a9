"""What is asked about consent: of the adult who arranges it, and of the person who may agree."""

from collections.abc import Sequence
from typing import Any

from django import forms

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.consents.models import BY_HAND, DEFAULT_SHARES, Capacity, Consent
from trellis.consents.queries import Candidate
from trellis.design.widgets import CountedTextarea, DateBoxesField, Explained
from trellis.links.forms import ReplyForm

AGREE, NOT_AGREE = "agree", "not agree"
BY_LINK, MYSELF = "link", "myself"


class AskConsentForm(ActionForm):
    """Whom to ask, and how."""

    asked_of = forms.ChoiceField(label="Who will you ask?", widget=forms.RadioSelect)
    by_link = forms.TypedChoiceField(
        label="How will you ask?",
        widget=forms.RadioSelect,
        initial=BY_LINK,
        coerce=lambda how: how == BY_LINK,
        choices=[
            (BY_LINK, Explained("E-mail a personal link", "They read what is asked and answer there. No account.")),
            (
                MYSELF,
                Explained("I ask them myself", "On paper, by telephone or when we meet. I record the answer."),
            ),
        ],
    )
    purpose = forms.CharField(
        label="What do you ask them to agree to?",
        widget=CountedTextarea(attrs={"rows": 3}),
        max_length=600,
        help_text="They read these words. Say what the specialist would do.",
    )
    shares = forms.CharField(
        label="What will be shared with the service?", widget=forms.Textarea(attrs={"rows": 4}), initial=DEFAULT_SHARES
    )
    delegation_covers = forms.BooleanField(
        label="I have read what is delegated to the carer, and it covers agreeing to specialist advice",
        required=False,
        help_text="Only if you ask a carer. A carer has no parental responsibility of their own.",
    )

    def __init__(self, *args: Any, candidates: Sequence[Candidate] = (), purpose: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggested = purpose
        known = [one for one in candidates if one.reference]
        self.fields["asked_of"].choices = [  # type: ignore[attr-defined]
            (one.reference, Explained(one.name, _hint(one))) for one in known
        ]
        if not any(one.consenter.kind == Capacity.CARER for one in known):
            del self.fields["delegation_covers"]

    def current(self) -> dict[str, Any]:
        return {"purpose": self.suggested}


def _hint(one: Candidate) -> str:
    if one.in_the_way:
        return one.in_the_way
    delegation = f" Delegated: “{one.delegation}”." if one.delegation else ""
    return f"{Capacity(one.consenter.kind).label}.{delegation}" + ("" if one.by_link else " Ask them yourself.")


class RecordAnswerForm(ActionForm):
    """What somebody answered on paper, by telephone or in a conversation."""

    answer = forms.ChoiceField(
        label="What did they answer?",
        widget=forms.RadioSelect,
        choices=[(AGREE, "They agree"), (NOT_AGREE, "They do not agree")],
    )
    answered_name = forms.CharField(label="Who answered?", max_length=120)
    how = forms.ChoiceField(label="How?", widget=forms.RadioSelect, choices=[(how.value, how.label) for how in BY_HAND])
    answered_on = DateBoxesField(label="When?")
    words = forms.CharField(label="Their words", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def current(self) -> dict[str, Any]:
        consent: Consent = self.about  # type: ignore[assignment]
        return {"answered_name": consent.name, "answered_on": clock.today()}


class _Answer(forms.Form):
    """What the person who may agree answers."""

    answer = forms.ChoiceField(
        label="Do you agree?",
        widget=forms.RadioSelect,
        choices=[
            (AGREE, Explained("I agree", "You can take this back at any time. Tell the school or the social worker.")),
            (NOT_AGREE, Explained("I do not agree", "Nothing is shared. The school still helps the child.")),
        ],
        error_messages={"required": "Say whether you agree"},
    )
    answered_name = forms.CharField(
        label="Your name", max_length=120, error_messages={"required": "Write your name"},
        help_text="Typing your name here counts as signing.",
    )  # fmt: skip
    words = forms.CharField(
        label="Is there anything you want to say?", required=False, max_length=2000,
        widget=CountedTextarea(attrs={"rows": 4}), help_text="The people who asked you will read this.",
    )  # fmt: skip

    @property
    def agrees(self) -> bool:
        return bool(self.cleaned_data["answer"] == AGREE)

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("answered_name", "words")}


class AnswerForm(_Answer, ActionForm):
    """The social worker answers signed in."""

    keeps_draft = False


class AnswerByLinkForm(_Answer, ReplyForm):
    """Somebody without an account answers by their personal link."""


class WithdrawForm(ActionForm):
    """Consent is withdrawn, or the question taken back."""

    who_told = forms.CharField(
        label="Who told you?", max_length=120, help_text="Your own name, if you take the question back yourself."
    )
    words = forms.CharField(label="What they said", required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ConfirmForm(ActionForm):
    """A consent was checked again, and stands."""

    why = forms.CharField(
        label="How do you know that it still stands?", max_length=300,
        help_text="For example: the social worker said so on the telephone on Monday.",
    )  # fmt: skip
