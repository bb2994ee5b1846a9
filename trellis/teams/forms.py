"""What is asked about people's accounts: who, which roles, from when until when."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm, PressForm
from trellis.conduct.keys import digest
from trellis.design.widgets import DateBoxesField, Explained
from trellis.links.forms import ReplyForm
from trellis.organisations.forms import SchoolField
from trellis.organisations.models import Organisation, School
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.teams.held import Held
from trellis.teams.permissions import roles_given_by, teams_kept_by
from trellis.teams.queries import Colleague

WHAT_A_ROLE_OPENS = {
    Role.SENCO: "Reads every record of the school; plans, reviews, asks for advice. May add and remove people here.",
    Role.DESIGNATED_TEACHER: "Reads every record of the school; writes and hands in the school’s part of PEPs.",
    Role.CLASS_TEACHER: "Sees plan, sessions and passport of their classes and groups. No care facts.",
    Role.TEACHING_ASSISTANT: "Sees plan, sessions and passport of their classes and groups. No care facts.",
    Role.HEADTEACHER: "Reads every record of the school; agrees costs and suspensions. May add and remove people here.",
    Role.SAFEGUARDING_LEAD: "Reads every record of the school; hears of every worry at once.",
    Role.VIRTUAL_SCHOOL_HEAD: "Reads the record of every child the authority looks after; decides. Keeps accounts.",
    Role.EDUCATION_ADVISER: "Reads the record of every child the authority looks after; quality-assures PEPs.",
    Role.OUTREACH_TEACHER: "Reads the record of every child the authority looks after; gives outreach.",
    Role.BUSINESS_OFFICER: "Opens no record. Keeps lists, hours and payments. May add and remove people.",
    Role.SERVICE_LEAD: "Sees the service’s requests; decides on them. May add and remove people here.",
    Role.SPECIALIST: "Sees the service’s requests; advises and writes reports.",
    Role.SOCIAL_WORKER: "Reads the record of the children they are named for.",
    Role.IRO: "Reads the record of the children they are named for.",
    Role.EHC_COORDINATOR: "Reads the record of the children they are named for; enters the authority’s decisions.",
    Role.SYSTEM_ADMINISTRATOR: "Keeps accounts of the whole authority. Opens no record.",
}


class EmailAsKept(forms.EmailField):
    """In small letters, so that one person has one account however the address was written."""

    default_error_messages = {"invalid": "Enter an e-mail address like name@example.org, without accents or spaces"}

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).strip().lower()


class DaysForm(ActionForm):
    """From which day, and until which, both included."""

    @property
    def until_day(self) -> date | None:
        last_day: date | None = self.cleaned_data.get("last_day")
        return last_day + timedelta(days=1) if last_day else None


def _roles_field(roles: list[Role]) -> forms.MultipleChoiceField:
    choices = [(role.value, Explained(str(role.label), WHAT_A_ROLE_OPENS[role])) for role in roles]
    return forms.MultipleChoiceField(
        label="What are they here?", choices=choices, widget=forms.CheckboxSelectMultiple,
        help_text="Choose all that they are.", error_messages={"required": "Choose at least one role"},
    )  # fmt: skip


class InviteForm(DaysForm):
    """Who is asked to work here, as what, and for how long."""

    first_name = forms.CharField(label="First name", max_length=150)
    last_name = forms.CharField(
        label="Last name", max_length=150, required=False, help_text="Leave it empty for somebody who has one name."
    )
    email = EmailAsKept(label="Work e-mail address", help_text="The invitation goes there. Check it letter by letter.")
    since = DateBoxesField(label="From which day?", help_text="Today or later. It begins when they take it on.")
    last_day = DateBoxesField(label="Their last day", required=False, help_text="Leave it empty where no end is known.")
    field_order = ["first_name", "last_name", "email", "roles", "since", "last_day"]

    def __init__(self, *args: Any, by: User, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"] = _roles_field(roles_given_by(by, organisation))
        self.fields["since"].initial = clock.today()
        self.order_fields(self.field_order)


class ChangeRolesForm(DaysForm):
    """What somebody is here from a day on."""

    since = DateBoxesField(label="From which day?", help_text="Today or later. Until then nothing changes.")
    last_day = DateBoxesField(
        label="Last day of what is new", required=False, help_text="Leave it empty where no end is known."
    )
    field_order = ["roles", "since", "last_day"]
    about: Colleague

    def __init__(self, *args: Any, by: User, colleague: Colleague, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleague = colleague
        given = roles_given_by(by, colleague.organisation)
        self.kept = [
            role for role in Role if role in colleague.roles and role not in given
        ]  # not this person's to take
        self.fields["roles"] = _roles_field(given)
        if self.kept:
            self.fields["roles"].required = False
            words = " and ".join(str(role.label) for role in self.kept)
            self.fields["roles"].help_text = f"Choose all that they are. {words} stays: it is not yours to take."
        self.fields["since"].initial = clock.today()
        self.order_fields(self.field_order)

    def current(self) -> dict[str, Any]:
        return {"roles": sorted(self.colleague.roles)}

    @property
    def roles(self) -> list[str]:
        return [*self.kept, *self.cleaned_data["roles"]]


class EndWorkForm(ActionForm):
    """When somebody's work here ends."""

    keeps_draft = False
    when = forms.ChoiceField(
        label="When does it end?", widget=forms.RadioSelect, initial="now",
        choices=[
            ("now", Explained("Now", "They see nothing of this organisation from their next click on.")),
            ("later", Explained("After a last day", "Until then nothing changes.")),
        ],
    )  # fmt: skip
    last_day = DateBoxesField(
        label="Their last day", required=False, help_text="Only for an end that is still to come."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == "later" and not cleaned.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Enter their last day, or choose “Now”")
        return cleaned

    @property
    def on(self) -> date:
        """The first day without them."""
        if self.cleaned_data["when"] == "now":
            return clock.today()
        return self.cleaned_data["last_day"] + timedelta(days=1)  # type: ignore[no-any-return]


class PersonField(forms.ModelChoiceField):
    """Choose one of some people."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=User.objects.none(), **options)


class CoverForm(DaysForm):
    """Who stands in, from when until when."""

    stand_in = PersonField(
        label="Who stands in?", empty_label="Choose a colleague", help_text="Somebody who has an account here."
    )
    since = DateBoxesField(label="From which day?", help_text="Today or later.")
    last_day = DateBoxesField(label="Until which day?", help_text="The last day of it. It ends by itself.")

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["stand_in"]
        field.queryset = colleagues
        self.fields["since"].initial = clock.today()


class EndCoverForm(PressForm):
    """A colleague no longer stands in."""


class HandOverForm(ActionForm):
    """What goes, to whom, and from which day; shown once more before it goes."""

    chosen = forms.MultipleChoiceField(
        label="What goes?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose something"},
    )
    to = PersonField(label="To whom?", empty_label="Choose a colleague")
    on = DateBoxesField(label="From which day?", help_text="Today at once; a later day early in the morning.")
    checked = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, things: list[Held], colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.things = things
        field: Any = self.fields["to"]
        field.queryset = colleagues
        chosen: Any = self.fields["chosen"]
        chosen.choices = [(one.key, f"{one.whose}: {one.words}" if one.whose else one.words) for one in things]
        chosen.initial = [one.key for one in things]
        self.fields["on"].initial = clock.today()

    @property
    def going(self) -> list[Held]:
        return [one for one in self.things if one.key in self.cleaned_data["chosen"]]

    def was_shown(self) -> bool:
        """Whether the person saw just this before; else it is shown now, and may be sent again."""
        typed = self.cleaned_data
        shown = digest({"chosen": typed["chosen"], "to": typed["to"].pk, "on": typed["on"]})
        if typed["checked"] == shown:
            return True
        self._resend_with(checked=shown)
        return False


class WithdrawHandoverForm(PressForm):
    """What was planned does not happen."""


class AgainForm(PressForm):
    """Send an invitation again."""


class WithdrawForm(PressForm):
    """Withdraw an invitation."""


class OtherSchoolForm(forms.Form):
    """Open the people of a school by its name or URN."""

    use_required_attribute = False
    school = SchoolField(label="Another school", max_length=200, help_text="Its name, or its URN.")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_school(self) -> School:
        school: School = self.cleaned_data["school"]
        if not teams_kept_by(self.by).filter(pk=school.pk).exists():
            raise ValidationError(f"{school} keeps its people itself: its headteacher and SENCO do.")
        return school


class JoinForm(ReplyForm):
    """The name somebody wants to be known by, and a password."""

    first_name = forms.CharField(label="First name", max_length=150)
    last_name = forms.CharField(
        label="Last name", max_length=150, required=False, help_text="Leave it empty if you have one name."
    )
    password = forms.CharField(
        label="Choose a password", strip=False, max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three words that do not belong together are easy to remember.",
    )  # fmt: skip
    again = forms.CharField(
        label="The password again", strip=False, max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("password") and typed.get("again") is not None and typed["password"] != typed["again"]:
            self.add_error("again", "The two passwords differ. Enter the same one twice")
        if typed.get("password"):
            try:
                validate_password(typed["password"], User(first_name=typed.get("first_name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return typed
