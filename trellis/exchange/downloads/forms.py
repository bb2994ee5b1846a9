"""Why a table is taken away, and as what."""

from typing import Any

from django import forms

from trellis.conduct.forms import ActionForm
from trellis.exchange.downloads.tables import ShownTable

CSV, WORKBOOK = "csv", "xlsx"


class DownloadForm(ActionForm):
    """The reason is written in the access log of each pupil whom the table names."""

    reason = forms.CharField(
        label="What is it for?", max_length=180, help_text="It is kept in the access log, beside your name."
    )
    file = forms.ChoiceField(
        label="As which file?", choices=[(WORKBOOK, "Excel workbook"), (CSV, "CSV")], widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, tables: list[ShownTable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables = tables
        if len(tables) > 1:
            names = [(str(number), table.title or f"Table {number + 1}") for number, table in enumerate(tables)]
            self.fields["which"] = forms.ChoiceField(
                label="Which table?", choices=[("", "All of them, a sheet each"), *names], required=False,
                help_text="A CSV file holds one.",
            )  # fmt: skip

    def current(self) -> dict[str, Any]:
        return {"file": WORKBOOK}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("file") == CSV and len(self.tables) > 1 and not said.get("which"):
            self.add_error("which", "Choose one table, or take the workbook.")
        return said

    @property
    def chosen(self) -> list[ShownTable]:
        which = self.cleaned_data.get("which")
        return [self.tables[int(which)]] if which else self.tables
