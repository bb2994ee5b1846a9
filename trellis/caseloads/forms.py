"""How the list of pupils is filtered, and a name for a choice of filters."""

from typing import Any

from django import forms
from django.http import QueryDict

from trellis.conduct.forms import ActionForm
from trellis.cycles.models import CycleState
from trellis.organisations.models import School
from trellis.peps.models import PepState
from trellis.pupils.models import Sen
from trellis.pupils.queries import year_in_words
from trellis.pupils.rules import TYPES_OF_NEED

LATE = "late"
NONE = "none"
HAVE_LEFT = "left"

YEARS = [("", "Any year"), *((str(year), year_in_words(year)) for year in range(-1, 14))]
STATUSES = [("", "Any status"), *Sen.choices]
NEEDS = [("", "Any need"), *((code, code) for code in TYPES_OF_NEED)]
STAGES = [
    ("", "Any stage"), (LATE, "Review late"), (NONE, "No cycle"), (CycleState.ASSESS, "Assess"),
    (CycleState.PLAN, "Plan"), (CycleState.DO, "Do"), (CycleState.REVIEWED, "Reviewed"),
]  # fmt: skip
PEP_STATES = [("", "Any PEP"), (LATE, "Late"), (NONE, "No PEP"), *PepState.choices]


class FilterForm(forms.Form):
    """Which pupils the list shows. It stands in the address, so it holds nothing personal."""

    marks_optional = False
    use_required_attribute = False

    who = forms.ChoiceField(choices=[("", ""), (HAVE_LEFT, "")], required=False, widget=forms.HiddenInput)
    year = forms.ChoiceField(label="Year", choices=YEARS, required=False)
    school = forms.ModelChoiceField(School.objects.none(), label="School", required=False, empty_label="Any school")
    status = forms.ChoiceField(label="SEN status", choices=STATUSES, required=False)
    need = forms.ChoiceField(label="Main need", choices=NEEDS, required=False)
    stage = forms.ChoiceField(label="Cycle", choices=STAGES, required=False)
    pep = forms.ChoiceField(label="PEP", choices=PEP_STATES, required=False)

    def __init__(self, data: QueryDict, *, schools: Any, knows_care: bool) -> None:
        super().__init__(data, auto_id="filter_%s")
        if schools is None:
            del self.fields["school"]
        else:
            self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        if not knows_care:
            del self.fields["pep"]

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, by field; an answer that is no choice is as if it were not given."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """The choice as it stands in an address, in one order: "stage=late&year=4"."""
        query = QueryDict(mutable=True)
        for name in sorted(self.chosen):
            value = self.chosen[name]
            query[name] = str(value.pk if isinstance(value, School) else value)
        return query.urlencode()

    @property
    def in_words(self) -> list[str]:
        """The choice as people read it: ["Year 4", "Review late"]."""
        return [self._label(name, value) for name, value in self.chosen.items() if name != "who"]

    def _label(self, name: str, value: Any) -> str:
        words = str(value)
        if name in ("year", "status", "stage", "pep"):
            words = str(dict(self.fields[name].choices)[value])  # type: ignore[attr-defined]
        return f"PEP: {words[:1].lower()}{words[1:]}" if name == "pep" and value != NONE else words


class SaveFilterForm(ActionForm):
    """A name for the filters chosen now."""

    keeps_draft = False
    name = forms.CharField(label="Save these filters as", max_length=60)
    query = forms.CharField(widget=forms.HiddenInput, max_length=500, required=False)
