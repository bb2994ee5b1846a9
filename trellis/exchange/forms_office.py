"""Which schools are shown: their name or URN, phase, status, and the area they are in."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet

from trellis.organisations.models import School

ALL = "all"


class SchoolsForm(forms.Form):
    """Filters in the address, so that a link shares them. Without any, the schools of one's own area."""

    marks_optional = False
    use_required_attribute = False

    search = forms.CharField(label="School or URN", required=False, max_length=100)
    area = forms.ChoiceField(label="Area", required=False)
    phase = forms.ChoiceField(label="Phase", required=False)
    status = forms.ChoiceField(label="Status", required=False)

    def __init__(self, asked: Any, *, own_area: str) -> None:
        areas = School.objects.exclude(authority_code="").values_list("authority_code", "authority_name")
        names = {code: name or code for code, name in areas.distinct().order_by("authority_name", "authority_code")}
        first = own_area if own_area in names else ALL
        super().__init__({name: asked.get(name, first if name == "area" else "") for name in self.base_fields})
        self.fields["area"].choices = [(ALL, "All areas"), *names.items()]  # type: ignore[attr-defined]
        for name, everything in (("phase", "All phases"), ("status", "Open and closed")):
            found = School.objects.exclude(**{name: ""}).values_list(name, flat=True).distinct().order_by(name)
            self.fields[name].choices = [("", everything), *((one, one) for one in found)]  # type: ignore[attr-defined]
        self.is_valid()
        self.said = {name: self.cleaned_data.get(name, "") for name in self.base_fields}

    @property
    def query(self) -> str:
        """As it goes before the number of a page in an address."""
        return f"{urlencode(self.said)}&"

    def found(self) -> QuerySet[School]:
        schools = School.objects.order_by("name", "pk")
        if typed := self.said["search"].strip():
            schools = schools.filter(Q(name__icontains=typed) | Q(code__iexact=typed))
        if self.said["area"] not in ("", ALL):
            schools = schools.filter(authority_code=self.said["area"])
        chosen = {name: self.said[name] for name in ("phase", "status") if self.said[name]}
        return schools.filter(**chosen)
