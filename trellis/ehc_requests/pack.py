"""What can go into a pack, and the pack in words: contents, preview and what is frozen are made here once.

Each reader below offers what one earlier folder holds of a pupil, as much as this person may read. A folder that is
added later adds its reader to ``READERS``, in the order in which the pack suggests them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.cycles.models import Cycle, CycleState
from trellis.cycles.queries import needs_in_words, tell
from trellis.documents.models import Document
from trellis.ehc_requests.models import EhcPack
from trellis.people.models import User
from trellis.pupils.models import Pupil, SchoolPlace, Sen, SenStatus
from trellis.voices.models import View

Part = dict[str, Any]  # words | quote | facts | table, each perhaps with a heading and a note
SCHEMA = 1
LETTER = "letter"


def _nothing() -> list[Part]:
    return []


@dataclass(frozen=True)
class Item:
    """One thing of the record that can go into a pack. ``parts`` writes it out when it is asked for."""

    key: str  # "cycle:12"
    title: str
    by: str = ""  # "Kept by Larch Primary"
    on: date | None = None
    parts: Callable[[], list[Part]] = field(default=_nothing, compare=False)
    is_suggested: bool = True
    warning: str = ""


@dataclass(frozen=True)
class Chosen:
    """A thing as it stands in a pack: with its place and the words that were added to it."""

    item: Item
    words: str = ""

    @property
    def parts(self) -> list[Part]:
        added = [{"kind": "words", "heading": "What we add", "words": self.words}] if self.words.strip() else []
        return [*added, *self.item.parts()]


@dataclass(frozen=True)
class Contents:
    """A pack's contents: what is chosen, in order; what is left out; what was chosen and is not there any more."""

    chosen: list[Chosen]
    left_out: list[Item]
    gone: list[str]


def items_found(pupil: Pupil, user: User) -> list[Item]:
    """Everything of the record that could go into a pack, in the order in which a reader would like it."""
    return [item for reader in READERS for item in reader(pupil, user)]


def suggested_items(pupil: Pupil, user: User) -> list[dict[str, str]]:
    return [{"key": item.key, "words": ""} for item in items_found(pupil, user) if item.is_suggested]


def contents_of(pack: EhcPack, user: User) -> Contents:
    found = {item.key: item for item in items_found(pack.pupil, user)}
    chosen = [Chosen(found[one["key"]], one.get("words", "")) for one in pack.items if one["key"] in found]
    keys = set(pack.keys)
    return Contents(
        chosen=chosen,
        left_out=[item for key, item in found.items() if key not in keys],
        gone=[key for key in pack.keys if key not in found],
    )


# --- in words --------------------------------------------------------------------------------------------------------


def title_of(pack: EhcPack) -> str:
    return f"Request for an EHC needs assessment, version {pack.number}"


def snapshot_of(pack: EhcPack, *, by: User, sent_on: date | None) -> dict[str, Any]:
    """The whole pack in words: the covering letter, then each chosen thing under its title."""
    request = pack.request
    letter = [{"kind": "words", "words": pack.letter}] if pack.letter.strip() else []
    return {
        "schema": SCHEMA,
        "title": title_of(pack),
        "pupil": pack.pupil.name,
        "footer": _footer(pack, by, sent_on),
        "facts": facts_of(pack),
        "contents": "Contents",
        "sections": [
            {"name": LETTER, "title": "Why we ask", "by": f"To {request.addressed_to}", "parts": letter},
            *(
                {"name": one.item.key, "title": one.item.title, "by": one.item.by, "parts": one.parts}
                for one in contents_of(pack, by).chosen
            ),
        ],
    }


def _footer(pack: EhcPack, by: User, sent_on: date | None) -> str:
    if sent_on is None:
        return f"Version {pack.number}, not sent. As it stood on {_day(clock.today())}."
    return f"Version {pack.number}. Sent by {by} to {pack.request.addressed_to} on {_day(sent_on)}."


def facts_of(pack: EhcPack) -> list[list[str]]:
    """Who it is about and who asks. No address, and no fact of care."""
    pupil, request = pack.pupil, pack.request
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()
    sen = SenStatus.objects.filter(pupil=pupil, during__contains=clock.today()).first()
    legal = f"{pupil.legal_first_name} {pupil.legal_last_name}"
    facts = [
        ["Legal name", legal],
        ["Born", _day(pupil.date_of_birth)],
        ["Unique pupil number", pupil.upn or "Not known"],
        ["School", f"{place.school}, since {_day(place.since)}" if place else "None now"],
        ["Needs", f"{Sen(sen.status).label}\n{needs_in_words(sen)}".strip() if sen else str(Sen.NONE.label)],
        ["Asked by", request.asker_in_words],
        ["First language", pupil.first_language],
    ]
    return [[label, value] for label, value in facts if value]


def _day(day: date | None) -> str:
    return f"{day:%-d %B %Y}" if day else ""


def _words(heading: str, words: str) -> list[Part]:
    return [{"kind": "words", "heading": heading, "words": words}] if words else []


def _table(heading: str, head: list[str], rows: list[list[str]], widths: list[float]) -> list[Part]:
    return [{"kind": "table", "heading": heading, "head": head, "rows": rows, "widths": widths}] if rows else []


# --- readers, one for each folder ------------------------------------------------------------------------------------


def _cycles(pupil: Pupil, user: User) -> Iterator[Item]:
    """Each cycle as its story tells it, the newest first."""
    cycles = Cycle.objects.visible_to(user).filter(pupil=pupil).exclude(state=CycleState.ENDED)
    for cycle in cycles.with_names().latest_first():
        state = str(cycle.get_state_display())
        yield Item(
            key=f"cycle:{cycle.pk}",
            title=f"Assess, Plan, Do, Review: cycle {cycle.number}",
            by=f"{state}. Kept by {cycle.kept_by}.",
            on=cycle.closed_on or cycle.agreed_on or cycle.started_on,
            parts=lambda cycle=cycle: parts_of_story(tell(cycle).as_dict()),  # type: ignore[misc]
        )


def parts_of_story(story: Mapping[str, Any]) -> list[Part]:
    """A cycle in the words of its story."""
    outcomes = [
        [one["statement"], one["from"], ": ".join(filter(None, [one["result"], one["now"]])) or "Not reviewed yet",
         one["hoped_for"], one["held_in_words"] or "Not begun"]
        for one in story["outcomes"]
    ]  # fmt: skip
    support = [[one["what"], one["how_often"], one["who"]] for one in story["support"]]
    dates = [
        [label, story[name]]
        for label, name in [("Assessed", "assessed_on"), ("Plan agreed", "plan_agreed_on"), ("Review", "review_on")]
        if story[name]
    ]
    head = ["Outcome", "From", "Now", "Hoped for", "Sessions held"]
    return [
        *([{"kind": "facts", "pairs": dates}] if dates else []),
        *_words("What is needed", story["need_in_words"]),
        *({"kind": "quote", "words": said, "by": who} for who, said in story["voices"]),
        *_table("What was planned, and what happened", head, outcomes, [2.1, 0.9, 1, 0.9, 1.3]),
        *_table("Support", ["What", "How often", "Who"], support, [2, 1.3, 1.4]),
        *_words("Delivered", story["delivery_in_words"]),
        *_words("Learned from the cycle before", "\n".join(story["learned"])),
        *_words("What specialists said", "\n".join(story["specialists"])),
        *_words("Next steps", "\n".join(story["next_steps"])),
    ]


LEFT_OUT_OF_PEPS = {"social_worker"}  # care facts; only those that bear on SEN belong in the pack, in one's own words


def _peps(pupil: Pupil, user: User) -> Iterator[Item]:
    """Signed-off PEPs as they were signed, without the social worker's part."""
    signed = Document.objects.visible_to(user).filter(pupil=pupil, kind="pep").newest_first()
    for number, document in enumerate(signed):
        yield Item(
            key=f"pep:{document.pk}",
            title=document.title,
            by=f"As it was signed off on {_day(document.frozen_at.date())}, without the social worker’s part.",
            on=document.frozen_at.date(),
            parts=lambda document=document: _parts_of_pep(document),  # type: ignore[misc]
            is_suggested=number == 0,
            warning="Read it through: a PEP may hold facts of care that do not belong in a request.",
        )


def _parts_of_pep(document: Document) -> list[Part]:
    parts: list[Part] = []
    for section in document.snapshot["sections"]:
        if section["name"] not in LEFT_OUT_OF_PEPS and section["parts"]:
            first, *others = section["parts"]
            heading = ": ".join(filter(None, [section["title"], first.get("heading", "")]))
            parts += [first | {"heading": heading}, *others]
    return parts


def _views(pupil: Pupil, user: User) -> Iterator[Item]:
    """What people said, word for word; the newest of each is suggested."""
    suggested: set[str] = set()
    for view in View.objects.visible_to(user).about(pupil.pk).in_words().select_related("pupil", "typed_by"):
        who = pupil.first_name if view.whose == "pupil" else f"the {view.get_whose_display().lower()}"
        yield Item(
            key=f"view:{view.pk}",
            title=f"What {who} says, {_day(view.given_on)}",
            on=view.given_on,
            parts=lambda view=view: [{"kind": "quote", "words": view.in_words, "by": view.by_in_words}],  # type: ignore[misc]
            is_suggested=view.whose not in suggested and view.whose != "social worker",
            warning="Ask the person whether these words may go to the authority.",
        )
        suggested.add(view.whose)


READERS: list[Callable[[Pupil, User], Iterator[Item]]] = [_views, _cycles, _peps]
