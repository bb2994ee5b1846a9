"""The form every action is asked through: it restores a draft, carries version and one-time key, and turns a
refusal into an error where the person is looking."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self, cast

from django import forms
from django.http import HttpRequest, QueryDict

from trellis.conduct import drafts
from trellis.conduct.keys import Key, digest
from trellis.conduct.models import Draft
from trellis.conduct.refusals import Conflict, KeyUsedForOther, Refused


class ActionForm(forms.Form):
    """A form about a thing (or about something new), as one person opened it.

    Opened by ``opened(request, about=thing)``. ``version`` is what the person saw, ``key`` makes a double press
    harmless, ``draft`` is what was restored, ``conflict`` holds both texts when somebody else was first.
    """

    use_required_attribute = False
    keeps_draft = True

    draft_form = forms.CharField(widget=forms.HiddenInput, required=False)
    draft_about = forms.CharField(widget=forms.HiddenInput, required=False)
    draft_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    one_time_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    request: HttpRequest
    about: Any | None = None
    draft: Draft | None = None
    conflict: list[tuple[str, str, str]] | None = None
    sent_before: Any | None = None

    @classmethod
    def opened(cls, request: HttpRequest, *, about: Any | None = None, **arguments: Any) -> Self:
        """The form as posted, or as the draft left it, or as the thing stands."""
        data, files, draft = None, None, None
        if request.method == "POST":
            data, files = request.POST, request.FILES
        elif cls.keeps_draft:
            draft = drafts.find(request.user, cls.__name__, about)
        form = cls(data, files, **arguments)
        form.request, form.about, form.draft = request, about, draft
        form._carry()
        if draft is not None:
            form._restore(draft)
        return form

    def current(self) -> dict[str, Any]:
        """What the thing says now, by field, for the first showing and for a conflict. Forms about a thing override."""
        return {}

    def clean_one_time_key(self) -> uuid.UUID:
        return self.cleaned_data.get("one_time_key") or uuid.uuid4()

    @property
    def version(self) -> int | None:
        """The version of the thing that this person saw."""
        return self.cleaned_data.get("draft_version")

    @property
    def key(self) -> Key:
        """The form's one-time key with what was typed. The same key from somebody else is another key."""
        user_id = self.request.user.pk or 0
        return Key(uuid.uuid5(self.cleaned_data["one_time_key"], str(user_id)), user_id, digest(self.answers))

    @property
    def answers(self) -> dict[str, Any]:
        """What was typed, cleaned: the arguments of the action."""
        return {name: value for name, value in self.cleaned_data.items() if name not in drafts.NOT_KEPT}

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """A rule that says no becomes an error on the form; a conflict shows both texts. Nothing typed is lost."""
        try:
            yield
        except Refused as refusal:
            self._keep()
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)
        except Conflict as conflict:
            self._keep()
            self._show_both(conflict.thing)
        except KeyUsedForOther as used:
            self._ask_another(used.made)
        else:
            drafts.throw_away(self.request.user, type(self).__name__, self.about)

    def _carry(self) -> None:
        """Fill the hidden fields and, on the first showing, what the thing says now."""
        for name, value in {**self.current(), **(self.initial or {})}.items():
            if name in self.fields:
                self.initial[name] = value
        self.initial["draft_form"] = type(self).__name__
        self.initial["draft_about"] = drafts.reference(self.about)
        self.initial["draft_version"] = getattr(self.about, "version", None)
        self.initial["one_time_key"] = uuid.uuid4()

    def _restore(self, draft: Draft) -> None:
        """Show the draft's words, as typed, valid or not; the version stays the one they were typed over."""
        data = QueryDict(mutable=True)
        for name, values in draft.fields.items():
            data.setlist(self.add_prefix(name), values)
        for name, field in self.fields.items():
            if self.add_prefix(name) in data or not isinstance(field.widget, forms.HiddenInput):
                self.initial[name] = field.widget.value_from_datadict(data, self.files, self.add_prefix(name))
        self.initial["draft_version"] = draft.base_version

    def _keep(self) -> None:
        if self.keeps_draft:
            drafts.keep(self.request.user, self.request.POST)

    def _show_both(self, thing: Any) -> None:
        thing.refresh_from_db()
        self.about = thing
        theirs = {
            name: self.fields[name].prepare_value(now) for name, now in self.current().items() if name in self.fields
        }
        typed = {name: self[name].data for name in theirs}
        self.conflict = [
            (str(self.fields[name].label or name), _words(words), _words(theirs[name]))
            for name, words in typed.items()
            if _words(words) != _words(theirs[name])
        ]
        self._resend_with(draft_version=str(thing.version))
        self.add_error(None, "Someone else changed this while you were writing. Nothing is lost: compare, then save.")

    def _ask_another(self, made: Any) -> None:
        self.sent_before = made
        self._resend_with(one_time_key=str(uuid.uuid4()))
        self.add_error(
            None,
            "You sent this form before with other words, and those were saved. "
            "To replace them, open what you saved and change it. To add another, press the button again.",
        )

    def _resend_with(self, **hidden: str) -> None:
        """The form as it will be shown again, with these hidden fields renewed."""
        data = cast(QueryDict, self.data).copy()
        for name, value in hidden.items():
            data[self.add_prefix(name)] = value
        self.data = data


class PressForm(ActionForm):
    """A button with nothing to type: it carries what the person saw, and makes a second press harmless."""

    keeps_draft = False


def _words(value: Any) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n")
