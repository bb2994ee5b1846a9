"""What people type to show who they are."""

from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeForm
from allauth.mfa.utils import is_mfa_enabled
from django import forms


class SignInAgainForm(PasswordForm):  # type: ignore[misc]
    """The password and, of whoever has an authenticator app, its code: as much as signing in asked."""

    code = forms.CharField(
        label="Code from your authenticator app",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "govuk-input--width-10"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_mfa_enabled(self.user):
            del self.fields["code"]

    def clean_code(self) -> str:
        """Asked only after the right password: a code counts once."""
        if "password" in self.cleaned_data:
            second = CodeForm({"code": self.cleaned_data["code"]}, user=self.user)
            if not second.is_valid():
                raise forms.ValidationError(second.errors["code"])
        return str(self.cleaned_data["code"])
