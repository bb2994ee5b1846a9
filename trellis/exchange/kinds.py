"""What makes a kind of file that can be brought: how it is read, compared with what Trellis holds, and landed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trellis.exchange.mapping.columns import Columns
from trellis.exchange.models import Import, ImportQuestion
from trellis.exchange.progress import Progress
from trellis.exchange.reading import Brought as Brought
from trellis.exchange.reading import Table
from trellis.organisations.models import School, VirtualSchool

Rows = list[Any]  # the lines as read, by our headings; kept with the import until it has landed or is abandoned
Whose = VirtualSchool | School | None  # for whom a file is brought
Preview = dict[str, Any]  # counts, and the lines to show by part: new, changed, gone, questions, refused, warnings


@dataclass(frozen=True)
class Question:
    """What a person may answer to one kind of question, what then happens, and what it is about in words."""

    answers: tuple[str, ...]
    settle: Callable[..., Any]  # (question, *, answer, by); raises Refused
    about: str = "a child on the list"


@dataclass(frozen=True)
class FileKind:
    """One kind of file. ``read`` raises Unreadable when it is no such file at all; ``compare`` is asked again before
    landing, and when its preview would land something else than the one that was shown, nothing lands; ``land`` writes
    through the actions of the folders whose facts these are, and answers with what the receipt adds to the preview."""

    name: str
    read: Callable[[Sequence[Brought], Any, Progress], tuple[Rows, Preview]]  # (files, for whom, progress)
    compare: Callable[[Import], tuple[Any, Preview]]
    land: Callable[[Import, Any, Any, Progress], Preview]  # (import, comparison, by, progress)
    questions: Mapping[str, Question] = field(default_factory=dict)
    most_files: int = 1
    joined: Callable[[Sequence[Brought]], Sequence[Brought]] = tuple  # what several files are, taken together
    columns: Columns = field(default_factory=dict)  # none: the file comes under its own headings or not at all
    required: Sequence[str] = ()  # with these headings it is read as ours, and nothing need be said of it
    read_table: Callable[[Table, Any, Progress], tuple[Rows, Preview]] | None = None  # (table, for whom, progress)
    of_virtual_schools: bool = True  # a Virtual School may bring it
    of_schools: bool = False  # a school may bring it, for its own pupils
    is_everybodys: bool = False  # lands one at a time in the whole of Trellis, not only in its Virtual School

    def is_of(self, whose: Whose) -> bool:
        """Whether this kind of file is for them to bring."""
        return self.of_schools if isinstance(whose, School) else self.of_virtual_schools


def settles(kinds: Mapping[str, FileKind], question: ImportQuestion) -> Question:
    """How a question is answered: the kind of file that asked it knows."""
    return kinds[question.of_import.kind].questions[question.kind]
