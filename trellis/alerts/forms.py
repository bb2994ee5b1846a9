"""What is asked about an alert."""

from django import forms

from trellis.conduct.forms import ActionForm


def _long(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SetAsideForm(ActionForm):
    because = forms.CharField(
        label="Why is this not a risk now?",
        widget=_long(),
        help_text="Those who look later read it. The alert comes back when a new reason appears.",
    )


class DoneForm(ActionForm):
    words = forms.CharField(
        label="What is being done, by whom, by when?",
        widget=_long(),
        help_text="For example: a meeting with the carer and the social worker on Thursday, Dee invites.",
    )


class InDoubtForm(ActionForm):
    cannot = forms.CharField(label="What can the school not provide now?", widget=_long())
    would_help = forms.CharField(label="What would help to keep the place?", widget=_long(), required=False)


class TakeBackForm(ActionForm):
    because = forms.CharField(label="What has changed?", widget=_long())
