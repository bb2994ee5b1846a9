"""What is asked about a pupil, and about the people and groups around one."""

from typing import Any

from django import forms

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.conduct.keys import digest
from trellis.conduct.models import OneTimeKey
from trellis.design.widgets import DateBoxesField, Explained
from trellis.organisations.models import LocalAuthority, School
from trellis.people.models import Membership, User
from trellis.pupils import queries, rules
from trellis.pupils.models import (
    AuthorityDuty,
    PersonAround,
    Pupil,
    PupilAuthority,
    Relationship,
    Sen,
    SenStatus,
    Sex,
)

LOOK_FOR_THE_CAUSE = (
    "Poor behaviour or low attainment alone is not SEN. Before you choose SEMH, ask what may lie behind it: trauma, "
    "attachment, missed schooling, or difficulty with communication."
)
NEEDS = [("", "None"), *((code, f"{words} ({code})") for code, words in rules.TYPES_OF_NEED.items())]
STATUSES = [
    (Sen.NONE, Explained("No special educational needs", "Any cycle of support that is open stays open.")),
    (Sen.SUPPORT, Explained("SEN support", "Support that is different from or additional to what others get.")),
    (Sen.PLAN, Explained("EHC plan", "The authority has issued an education, health and care plan.")),
]
YES_OR_NO = [("yes", "Yes"), ("no", "No")]


class LooksTwice(ActionForm):
    """A form that may have doubts: shown once, they do not stand in the way of saving."""

    doubts_seen = forms.CharField(widget=forms.HiddenInput, required=False)
    doubts: list[str]

    def find_doubts(self) -> list[str]:
        """What the person should look at twice, in sentences."""
        raise NotImplementedError

    def has_new_doubts(self) -> bool:
        """Whether there are doubts this person was not shown yet. The form shows them and may be sent again.

        A form that was saved already, its button pressed twice, has none: what it made would be its own twin.
        """
        was_saved = OneTimeKey.objects.filter(key=self.key.value, user=self.key.user_id).exists()
        self.doubts = [] if was_saved else self.find_doubts()
        shown = digest({"doubts": self.doubts}) if self.doubts else ""
        if not self.doubts or self.cleaned_data["doubts_seen"] == shown:
            return False
        self._resend_with(doubts_seen=shown)
        return True

    @property
    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in super().answers.items() if name != "doubts_seen"}


class ParticularsFields(forms.Form):
    """Who the pupil is."""

    legal_first_name = forms.CharField(label="Legal first name", max_length=100)
    legal_last_name = forms.CharField(label="Legal last name", max_length=100)
    preferred_first_name = forms.CharField(
        label="Preferred first name", max_length=100, required=False,
        help_text="What the pupil is called, when it is not the legal first name.",
    )  # fmt: skip
    date_of_birth = DateBoxesField(label="Date of birth", help_text="For example, 3 3 2018")
    sex = forms.ChoiceField(label="Sex", choices=Sex.choices, widget=forms.RadioSelect, initial=Sex.UNKNOWN)
    ethnicity = forms.CharField(label="Ethnicity", max_length=60, required=False)
    first_language = forms.CharField(label="First language", max_length=60, required=False)


class NeedField(forms.ChoiceField):
    """A type of need. Whether there must be one depends on the status, so the rule says so, not the field."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class SenFields(forms.Form):
    """The SEN status with its ranked types of need."""

    status = forms.ChoiceField(label="SEN status", choices=STATUSES, widget=forms.RadioSelect)
    primary_need = NeedField(label="Main type of need", choices=NEEDS, help_text=LOOK_FOR_THE_CAUSE)
    secondary_need = forms.ChoiceField(
        label="Second type of need", choices=NEEDS, required=False
    )  # fmt: skip


class UpnField(forms.CharField):
    """A UPN, taken with spaces and small letters."""

    def __init__(self, **more: Any) -> None:
        super().__init__(label="UPN", max_length=20, help_text="13 characters, for example H331700713254.", **more)

    def clean(self, value: Any) -> str:
        return rules.tidy_upn(super().clean(value))


class AddPupilForm(SenFields, ParticularsFields, LooksTwice):
    """A pupil of one's own school, by hand."""

    school = forms.ModelChoiceField(School.objects.none(), label="School")
    upn = UpnField(required=False)
    started_on = DateBoxesField(label="First day at the school")

    field_order = [
        "school", "legal_first_name", "legal_last_name", "preferred_first_name", "date_of_birth", "upn", "sex",
        "ethnicity", "first_language", "started_on", "status", "primary_need", "secondary_need",
    ]  # fmt: skip

    def __init__(self, *data: Any, user: User, **more: Any) -> None:
        super().__init__(*data, **more)
        self.user = user
        self.twins: list[Pupil] = []
        schools = queries.schools_kept_by(user)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        if len(schools) == 1:
            self.fields["school"].widget = forms.HiddenInput()
            self.initial["school"] = schools[0].pk

    def find_doubts(self) -> list[str]:
        told = self.cleaned_data
        self.twins = queries.possible_twins(
            self.user,
            last_name=told["legal_last_name"],
            first_names=[told["legal_first_name"], told["preferred_first_name"]],
            date_of_birth=told["date_of_birth"],
        )
        twins = [f"{twin.name} was born on the same day. Is this the same child?" for twin in self.twins]
        for other in queries.seen_with_upn(self.user, told["upn"]):
            twins.append(f"{other.name} has this UPN. Is this the same child?")
            self.twins.append(other)
        return twins + doubts_about_upn(told["upn"])


def doubts_about_upn(upn: str) -> list[str]:
    finding = rules.upn_check_letter_agrees(upn)
    return [] if finding else [finding.sentence]


class ParticularsForm(ParticularsFields, ActionForm):
    """Correct who the pupil is."""

    about: Pupil

    def current(self) -> dict[str, Any]:
        return {name: getattr(self.about, name) for name in ParticularsFields.base_fields}


class UpnForm(LooksTwice):
    """Give the pupil a new UPN; the old one is remembered."""

    about: Pupil
    upn = UpnField()

    def current(self) -> dict[str, Any]:
        return {"upn": self.about.upn or ""}

    def find_doubts(self) -> list[str]:
        return doubts_about_upn(self.cleaned_data["upn"])


class SenStatusForm(SenFields, ActionForm):
    """Say the SEN status from a day on."""

    about: Pupil
    on = DateBoxesField(label="From which day?", help_text="Earlier statuses stay in the record with their dates.")

    def current(self) -> dict[str, Any]:
        now = SenStatus.objects.filter(pupil=self.about, during__contains=clock.today()).first()
        needs = {"primary_need": now.primary_need, "secondary_need": now.secondary_need} if now else {}
        return {"status": now.status if now else "", **needs, "on": clock.today()}


def yes_or_no(label: str, hint: str = "") -> forms.TypedChoiceField:
    """A question without a default: nothing about a person is inferred."""
    return forms.TypedChoiceField(
        label=label, choices=YES_OR_NO, coerce=lambda answer: answer == "yes", widget=forms.RadioSelect, help_text=hint
    )


class PersonForm(ActionForm):
    """Somebody around the pupil. What they may decide and read is asked, never inferred from the relationship."""

    name = forms.CharField(label="Name", max_length=120)
    relationship = forms.ChoiceField(
        label="What they are to the pupil", choices=[("", "Choose one"), *Relationship.choices]
    )
    has_parental_responsibility = yes_or_no("Do they have parental responsibility?")
    delegated = forms.CharField(
        label="What the authority has delegated to them", required=False, widget=forms.Textarea,
        help_text="What they may decide day to day, for example school trips or haircuts.",
    )  # fmt: skip
    may_be_contacted = yes_or_no(
        "May the school contact them about this pupil?", "Only if it is agreed. The relationship alone does not say."
    )
    safe_to_share = yes_or_no(
        "Is it safe to share plans and reports with them?", "If you are not sure, choose No and ask the social worker."
    )
    email = forms.EmailField(label="E-mail address", required=False)
    phone = forms.CharField(label="Telephone number", max_length=30, required=False)

    def current(self) -> dict[str, Any]:
        if not isinstance(self.about, PersonAround):
            return {}
        return {name: self._now(name) for name in PersonForm.declared_fields if hasattr(self.about, name)}

    def _now(self, name: str) -> Any:
        value = getattr(self.about, name)
        return ("yes" if value else "no") if isinstance(value, bool) else value


class OfficerField(forms.ModelChoiceField):
    """ "EHC coordinator: Ed Coombe, Midshire"."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_role_display()}: {obj.user}, {obj.organisation}"


class OfficerForm(ActionForm):
    """Which of the authority's officers is named for the pupil."""

    keeps_draft = False
    officer = OfficerField(
        Membership.objects.none(), label="Who is named for this pupil?", empty_label=None, widget=forms.RadioSelect,
        help_text="From today they read the whole record. Whoever was named in the same role no longer does.",
    )  # fmt: skip

    def __init__(self, *data: Any, officers: Any, **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]


class AuthorityForm(ActionForm):
    """Where the child lives, or who maintains the EHC plan; the other two authorities follow from other facts."""

    about: Pupil
    keeps_draft = False

    duty = forms.ChoiceField(label="Which authority do you mean?", widget=forms.RadioSelect, choices=[
        (AuthorityDuty.RESIDENT, Explained("Where the child lives", "The area only. No address is kept here.")),
        (AuthorityDuty.PLAN_MAINTAINING, Explained("Who maintains the EHC plan", "It owes the provision in it.")),
    ])  # fmt: skip
    authority = forms.ModelChoiceField(
        LocalAuthority.objects.order_by("name"), label="Authority", empty_label="Choose an authority"
    )
    on = DateBoxesField(label="From which day?")

    def current(self) -> dict[str, Any]:
        said = PupilAuthority.objects.filter(pupil=self.about, duty=AuthorityDuty.RESIDENT).last()
        return {"on": clock.today(), "authority": said.authority_id if said else None}


class GroupForm(ActionForm):
    """A new class or group."""

    school = forms.ModelChoiceField(School.objects.none(), label="School")
    name = forms.CharField(label="Name of the class or group", max_length=60, help_text="For example, 4B or Lego club.")

    def __init__(self, *data: Any, user: User, **more: Any) -> None:
        super().__init__(*data, **more)
        schools = queries.schools_kept_by(user)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        if len(schools) == 1:
            self.fields["school"].widget = forms.HiddenInput()
            self.initial["school"] = schools[0].pk


class PupilOfGroupForm(ActionForm):
    """Which pupil goes into the group, or comes out of it."""

    keeps_draft = False
    pupil = forms.ModelChoiceField(Pupil.objects.none(), label="Pupil", empty_label="Choose a pupil")

    def __init__(self, *data: Any, pupils: Any, **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["pupil"].queryset = pupils  # type: ignore[attr-defined]


class StaffOfGroupForm(ActionForm):
    """Who becomes staff of the group, or stops being."""

    keeps_draft = False
    user = forms.ModelChoiceField(User.objects.none(), label="Member of staff", empty_label="Choose somebody")

    def __init__(self, *data: Any, users: Any, **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["user"].queryset = users  # type: ignore[attr-defined]
