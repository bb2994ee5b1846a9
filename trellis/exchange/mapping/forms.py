"""Saying which column is which, and what words mean. One list of choices a question, with our proposal chosen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms

from trellis.conduct.forms import ActionForm
from trellis.exchange.mapping import answers
from trellis.exchange.mapping.answers import UNKNOWN, Answers, TheirTable
from trellis.exchange.mapping.columns import Columns
from trellis.exchange.mapping.days import DAY_FIRST, MONTH_FIRST


@dataclass(frozen=True)
class Asked:
    """A row of the page: what is asked about, what helps to answer, and the field."""

    what: str
    hints: list[str]
    field: forms.BoundField


class ColumnsForm(ActionForm):
    """Which of our columns is each of theirs?"""

    keeps_draft = False

    def __init__(self, *args: Any, table: TheirTable, columns: Columns, said: Answers, all_of_them: bool) -> None:
        super().__init__(*args)
        self.table, self.columns, self.said = table, columns, said
        self.headings = table.offered if all_of_them else answers.headings_to_say(table, columns, said)
        self.proposed = answers.proposed_columns(table, columns, said)
        choices = [("", "Not taken"), *((name, column.text) for name, column in columns.items())]
        for heading, name in self._names():
            self.fields[name] = forms.ChoiceField(
                label=heading, choices=choices, required=False, initial=self.proposed[heading]
            )

    def _names(self) -> Iterator[tuple[str, str]]:
        return ((heading, f"column_{self.table.headings.index(heading)}") for heading in self.headings)

    @property
    def chosen(self) -> dict[str, str]:
        return {heading: self.cleaned_data[name] for heading, name in self._names()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            said = replace(self.said, columns=self.said.columns | self.chosen)
            self._complain(answers.problem_with(self.columns, said.columns))
            if not self.errors:
                self._complain(answers.too_many_words(self.table, self.columns, said))
        return cleaned

    def _complain(self, problem: tuple[str, str]) -> None:
        heading, sentence = problem
        if sentence:
            self.add_error(dict(self._names()).get(heading), sentence)

    def asked(self, *, proposed: bool) -> list[Asked]:
        """The rows for which we have a proposal, or those for which we have none."""
        return [
            Asked(heading, self.table.samples(heading), self[name])
            for heading, name in self._names()
            if bool(self.proposed[heading]) is proposed
        ]

    @property
    def to_choose(self) -> list[Asked]:
        return self.asked(proposed=False)

    @property
    def to_check(self) -> list[Asked]:
        return self.asked(proposed=True)


class WordsForm(ActionForm):
    """What does each of their words mean? In which order do the numbers of a date stand?"""

    keeps_draft = False

    def __init__(self, *args: Any, table: TheirTable, columns: Columns, said: Answers) -> None:
        super().__init__(*args)
        self.table, self.columns, self.said = table, columns, said
        self.words = answers.words_to_say(table, columns, said)
        for name, word, field in self._names():
            column = columns[name]
            texts = [
                (code, f"{text} ({code})" if code and code != text else text) for code, text in column.codes.items()
            ]
            # an empty choice may be a meaning of its own, so the one that says nothing yet is called otherwise
            choices = [("choose", "Choose"), *texts, (UNKNOWN, "I do not know: show me these lines")]
            proposed = column.proposed(word)
            known = proposed or (
                "" if "" in column.codes and word.casefold() in {"none", "n/a", "-", "no"} else "choose"
            )
            self.fields[field] = forms.ChoiceField(label=word or "An empty cell", choices=choices, initial=known)
            self.fields[field].required = False
        _, asks_order = answers.day_order(table, columns, said)
        if asks_order:
            self.fields["day_order"] = forms.ChoiceField(
                label="What does 03/04/2012 mean in this list?",
                widget=forms.RadioSelect,
                choices=[(DAY_FIRST, "3 April 2012"), (MONTH_FIRST, "4 March 2012")],
                error_messages={"required": "Say in which order the numbers of a date stand."},
                help_text="Every date in the list can be read both ways.",
            )

    def _names(self) -> Iterator[tuple[str, str, str]]:
        at = list(self.columns)
        for name, words in self.words.items():
            for number, word in enumerate(words):
                yield name, word, f"word_{at.index(name)}_{number}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for _, word, field in self._names():
            if field in cleaned and (cleaned[field] == "choose" or field not in self.data):
                self.add_error(field, f"Say what “{word or 'an empty cell'}” means.")
        return cleaned

    @property
    def codes(self) -> dict[str, dict[str, str]]:
        said: dict[str, dict[str, str]] = {}
        for name, word, field in self._names():
            said.setdefault(name, {})[word] = self.cleaned_data[field]
        return said

    @property
    def asked(self) -> list[tuple[str, str, list[Asked]]]:
        """(our column, their heading, its words)."""
        theirs = {name: heading for heading, name in self.said.columns.items() if name}
        groups: dict[str, list[Asked]] = {}
        for name, word, field in self._names():
            times = self.words[name][word]
            groups.setdefault(name, []).append(Asked(word, [f"{times} line{'' if times == 1 else 's'}"], self[field]))
        return [(self.columns[name].text, theirs[name], rows) for name, rows in groups.items()]
