"""What can go into a pack, and the pack in words: contents, preview and what is frozen are made here once.

Each reader below offers what one earlier folder holds of a pupil, as much as this person may read. A folder that is
added later adds its reader to ``READERS``, in the order in which the pack suggests them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any, Self

from trellis.advice.models import AdviceReport, Recommendation
from trellis.conduct import clock
from trellis.cycles.models import CycleState
from trellis.cycles.queries import Story, needs_in_words, tell_each
from trellis.design.in_words import day_of, full_date, hours, pounds
from trellis.documents.models import Document
from trellis.ehc_requests.models import EhcPack
from trellis.ehc_requests.rules import sentences_of_care
from trellis.evidence.record import Record
from trellis.files.models import File, FileState
from trellis.funding.models import FundingRequest
from trellis.hours.models import Visit
from trellis.hv import queries as hv
from trellis.hv.models import HvCase, HvState
from trellis.hv.queries import AccountShown
from trellis.ledgers.models import Unit
from trellis.people.models import User
from trellis.peps.models import PepSection, PepState
from trellis.pupils.models import Pupil, SchoolPlace, Sen, SenStatus
from trellis.schooling import queries as schooling
from trellis.schooling.models import PartTimeTimetable, SentHome, Suspension, days_in_words
from trellis.schooling.queries import SchoolFacts
from trellis.voices.models import Answered

Part = dict[str, Any]  # words | quote | facts | table, each perhaps with a heading and a note, and ``of``: see below
SCHEMA = 1
LETTER = "letter"

PEOPLE = {  # whose own words a cycle or a PEP may quote; the pupil goes by name
    "pupil": "",
    "carer": "the carer",
    "parent": "the parent",
    "parent or carer": "the parent or carer",
    "social worker": "the social worker",
}
TICKED_LATER = (
    "Whose own words may go is ticked when it is sent. What is not ticked stays out of that version, also where a "
    "cycle or a PEP quotes it."
)


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
    owner: str = ""  # "Jordan", "the carer": whose own words these are; they go only if this person agrees


@dataclass(frozen=True)
class Chosen:
    """A thing as it stands in a pack: with its place, the words that were added to it, and the day on which the person
    whose words they are agreed that they go ("" where nobody has said so)."""

    item: Item
    words: str = ""
    agreed_on: str = ""

    @property
    def warning(self) -> str:
        """What to look at before it goes; nothing more to ask once its owner has agreed."""
        return "" if self.agreed_on else self.item.warning

    @cached_property
    def parts(self) -> list[Part]:
        """All of it. A part that is somebody's own words says whose: ``of`` is a key of ``PEOPLE``."""
        added = [{"kind": "words", "heading": "What we add", "words": self.words}] if self.words.strip() else []
        return [*added, *self.item.parts()]

    @property
    def quotes(self) -> list[str]:
        """Whose own words it quotes; keys of ``PEOPLE``."""
        return list(dict.fromkeys(part["of"] for part in self.parts if part.get("of")))


@dataclass(frozen=True)
class Quoted:
    """What one person said, as cycles and PEPs quote it. It goes only if that person agrees, and is asked for each
    version anew: a cycle goes on, and may quote more by then."""

    key: str  # "said:carer", as it is ticked
    who: str  # "Jordan", "the carer"
    where: list[str]  # titles of what quotes it

    @property
    def title(self) -> str:
        return f"What {self.who} said, where it is quoted: {'; '.join(self.where)}"


@dataclass(frozen=True)
class Contents:
    """A pack's contents: what is chosen, in order; what is left out; what was chosen and is not there any more."""

    chosen: list[Chosen]
    left_out: list[Item]
    gone: list[str]
    first_name: str  # of the pupil

    @property
    def quoted(self) -> list[Quoted]:
        """Whose words are quoted in what is chosen, and where."""
        where: dict[str, list[str]] = {}
        for one in self.chosen:
            for whose in one.quotes:
                where.setdefault(whose, []).append(one.item.title)
        return [Quoted(f"said:{whose}", self.name_of(whose), titles) for whose, titles in where.items()]

    def quotes_of(self, one: Chosen) -> list[str]:
        return [self.name_of(whose) for whose in one.quotes]

    def name_of(self, whose: str) -> str:
        return PEOPLE[whose] or self.first_name

    @property
    def may_tell_of_care(self) -> list[tuple[str, list[str]]]:
        """(title, its sentences) of each chosen thing that holds words of care; it points and holds nothing up."""
        found = [
            (one.item.title, list(dict.fromkeys(of_care for said in _said_in(one.parts) for of_care in said)))
            for one in self.chosen
        ]
        return [(title, sentences) for title, sentences in found if sentences]

    def as_it_goes(self, one: Chosen, agreed: Collection[str]) -> list[Part]:
        """A chosen thing with the words of those who agreed. In the place of anybody else's stands one sentence."""
        going: list[Part] = []
        told: set[str] = set()
        for part in one.parts:
            whose = part.get("of", "")
            if not whose or f"said:{whose}" in agreed:
                going.append(_without_of(part))
                continue
            heading = part.get("heading", "")
            if whose not in told or (heading and going[-1].get("words") != stays_out(self.name_of(whose))):
                going += _words(heading, stays_out(self.name_of(whose)))
            told.add(whose)
        return going

    @property
    def whose_words(self) -> list[Chosen]:
        """What is somebody's own words, and goes only if that person agrees."""
        return [one for one in self.chosen if one.item.owner]

    @property
    def to_look_at(self) -> list[Chosen]:
        """What should be opened once more before it goes, besides the words that need their owner's yes."""
        return [one for one in self.chosen if one.item.warning and not one.item.owner]


def items_found(pupil: Pupil, user: User, record: Record | None = None) -> list[Item]:
    """Everything of the record that could go into a pack, in the order in which a reader would like it. ``record`` is
    handed on by a page that shows more of it."""
    record = record or Record(pupil, user)
    return [item for reader in READERS for item in reader(record)]


def suggested_items(pupil: Pupil, user: User) -> list[dict[str, str]]:
    return [{"key": item.key, "words": ""} for item in items_found(pupil, user) if item.is_suggested]


def contents_of(pack: EhcPack, user: User, record: Record | None = None) -> Contents:
    found = {item.key: item for item in items_found(pack.pupil, user, record)}
    chosen = [
        Chosen(found[one["key"]], one.get("words", ""), one.get("agreed_on", ""))
        for one in pack.items
        if one["key"] in found
    ]
    keys = set(pack.keys)
    return Contents(
        chosen=chosen,
        left_out=[item for key, item in found.items() if key not in keys],
        gone=[key for key in pack.keys if key not in found],
        first_name=pack.pupil.first_name,
    )


def _said_in(parts: list[Part]) -> Iterator[list[str]]:
    """The sentences of care in what parts say: their words, who said them, and the cells of their tables."""
    for part in parts:
        cells = [cell for row in part.get("rows", []) for cell in row] + [value for _, value in part.get("pairs", [])]
        for text in [part.get("words", ""), part.get("by", ""), *cells]:
            yield sentences_of_care(text)


def stays_out(who: str) -> str:
    return f"What {who} said stays out of this version: they have not agreed."


def whose_words(by: str) -> str:
    """Whose words a quote is, by the label below it: "Cara, carer" → "carer", "Pupil, at the review" → "pupil". A
    teacher's are the school's own: "". A cycle quotes nobody besides these, so any other name is the pupil's."""
    label = by.removesuffix(", at the review").rpartition(", ")[2].lower()
    if label == "teacher":
        return ""
    return label if label in PEOPLE else "pupil"


def _quote(words: str, by: str) -> Part:
    return {"kind": "quote", "words": words, "by": by, "of": whose_words(by)}


def _without_of(part: Part) -> Part:
    return {key: value for key, value in part.items() if key != "of"}


# --- in words --------------------------------------------------------------------------------------------------------


def title_of(pack: EhcPack) -> str:
    return f"Request for an EHC needs assessment, version {pack.number}"


def snapshot_of(pack: EhcPack, *, by: User, sent_on: date | None, agreed: Collection[str] = ()) -> dict[str, Any]:
    """The whole pack in words: the covering letter, then each chosen thing under its title. What is sent quotes those
    who ``agreed``; before it is sent all can be read, and it says so."""
    request, contents = pack.request, contents_of(pack, by)
    letter = [{"kind": "words", "words": pack.letter}] if pack.letter.strip() else []
    return {
        "schema": SCHEMA,
        "title": title_of(pack),
        "pupil": pack.pupil.name,
        "footer": _footer(pack, by, sent_on, has_words=bool(contents.whose_words or contents.quoted)),
        "facts": facts_of(pack),
        "contents": "Contents",
        "sections": [
            {"name": LETTER, "title": "Why we ask", "by": f"To {request.addressed_to}", "parts": letter},
            *(
                {
                    "name": one.item.key, "title": one.item.title, "by": one.item.by,
                    "parts": contents.as_it_goes(one, agreed) if sent_on else [_without_of(part) for part in one.parts],
                }
                for one in contents.chosen
            ),
        ],
    }  # fmt: skip


def _footer(pack: EhcPack, by: User, sent_on: date | None, *, has_words: bool) -> str:
    if sent_on is None:
        so_far = f"Version {pack.number}, not sent. As it stood on {full_date(clock.today())}."
        return f"{so_far} {TICKED_LATER}" if has_words else so_far
    return f"Version {pack.number}. Sent by {by} to {pack.request.addressed_to} on {full_date(sent_on)}."


def facts_of(pack: EhcPack) -> list[list[str]]:
    """Who it is about and who asks. No address, and no fact of care."""
    pupil, request = pack.pupil, pack.request
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()
    sen = SenStatus.objects.filter(pupil=pupil, during__contains=clock.today()).first()
    legal = f"{pupil.legal_first_name} {pupil.legal_last_name}"
    facts = [
        ["Legal name", legal],
        ["Born", full_date(pupil.date_of_birth)],
        ["Unique pupil number", pupil.upn or "Not known"],
        ["School", f"{place.school}, since {full_date(place.since)}" if place else "None now"],
        ["Needs", f"{Sen(sen.status).label}\n{needs_in_words(sen)}".strip() if sen else str(Sen.NONE.label)],
        ["Asked by", request.asker_in_words],
        ["First language", pupil.first_language],
    ]
    return [[label, value] for label, value in facts if value]


def _words(heading: str, words: str) -> list[Part]:
    return [{"kind": "words", "heading": heading, "words": words}] if words else []


def _table(heading: str, head: list[str], rows: list[list[str]], widths: list[float]) -> list[Part]:
    return [{"kind": "table", "heading": heading, "head": head, "rows": rows, "widths": widths}] if rows else []


# --- readers, one for each folder ------------------------------------------------------------------------------------


def _cycles(record: Record) -> Iterator[Item]:
    """Each cycle as its story tells it, the newest first."""
    shown = [cycle for cycle in record.cycles if cycle.state != CycleState.ENDED]

    @cache
    def stories() -> dict[int, Story]:
        """Told once for all of them, when the first is written out."""
        return tell_each(shown, record.plans)

    for cycle in shown:
        state = str(cycle.get_state_display())
        yield Item(
            key=f"cycle:{cycle.pk}",
            title=f"Assess, Plan, Do, Review: cycle {cycle.number}",
            by=f"{state}. Kept by {cycle.kept_by}.",
            on=cycle.closed_on or cycle.agreed_on or cycle.started_on,
            parts=lambda cycle=cycle: parts_of_story(stories()[cycle.pk].as_dict()),  # type: ignore[misc]
            warning="Read it through: a cycle may hold facts of care that do not belong in a request.",
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
        *(_quote(said, who) for who, said in story["voices"]),
        *_table("What was planned, and what happened", head, outcomes, [2.1, 0.9, 1, 0.9, 1.3]),
        *_table("Support", ["What", "How often", "Who"], support, [2, 1.3, 1.4]),
        *_words("Delivered", story["delivery_in_words"]),
        *_words("Learned from the cycle before", "\n".join(story["learned"])),
        *_words("What specialists said", "\n".join(story["specialists"])),
        *_words("Next steps", "\n".join(story["next_steps"])),
    ]


OWN_WORDS_IN_PEPS = {"pupil_view": "pupil", "carer_view": "carer"}  # sections that are somebody's own, as a whole
LEFT_OUT_OF_PEPS = {"social_worker"}  # care facts; only those that bear on SEN belong in the pack, in one's own words


def _peps(record: Record) -> Iterator[Item]:
    """Signed-off PEPs as they were signed, without the social worker's part."""
    signed = Document.objects.visible_to(record.user).of_child(record.pupil.pk).filter(kind="pep").newest_first()
    for number, document in enumerate(signed):
        yield Item(
            key=f"pep:{document.pk}",
            title=document.title,
            by=f"As it was signed off on {full_date(document.frozen_at)}, without the social worker’s part.",
            on=document.frozen_at.date(),
            parts=lambda document=document: _parts_of_pep(document),  # type: ignore[misc]
            is_suggested=number == 0,
            warning="Read it through: a PEP may hold facts of care that do not belong in a request.",
        )


def _parts_of_pep(document: Document) -> list[Part]:
    parts: list[Part] = []
    for section in document.snapshot["sections"]:
        kept = [] if section["name"] in LEFT_OUT_OF_PEPS else _without_who_came(section)
        if kept:
            first, *others = kept
            heading = ": ".join(filter(None, [section["title"], first.get("heading", "")]))
            parts += [_of_somebody(section["name"], part) for part in [first | {"heading": heading}, *others]]
    return parts


def _of_somebody(section: str, part: Part) -> Part:
    """A PEP was frozen without saying whose words a part is: its section says it, or the name below a quote."""
    whose = OWN_WORDS_IN_PEPS.get(section) or (whose_words(part["by"]) if part["kind"] == "quote" else "")
    return part | {"of": whose}


def _without_who_came(section: Mapping[str, Any]) -> list[Part]:
    """The first section of a PEP names carers and professionals in a table; the pack does without it."""
    return [part for part in section["parts"] if section["name"] != "about" or part["kind"] == "words"]


def _views(record: Record) -> Iterator[Item]:
    """What people said, word for word; the newest of each is suggested."""
    suggested: set[str] = set()
    for view in record.views:
        if view.answered != Answered.GAVE:
            continue
        who = record.pupil.first_name if view.whose == "pupil" else f"the {view.get_whose_display().lower()}"
        yield Item(
            key=f"view:{view.pk}",
            title=f"What {who} says, {full_date(view.given_on)}",
            on=view.given_on,
            parts=lambda view=view: [{"kind": "quote", "words": view.in_words, "by": view.by_in_words}],  # type: ignore[misc]
            is_suggested=view.whose not in suggested and view.whose != "social worker",
            warning=f"Ask {who} whether these words may go to the authority.",
            owner=who,
        )
        suggested.add(view.whose)


def _passports(record: Record) -> Iterator[Item]:
    """The passport that stands, as the pupil agreed it."""
    name = record.pupil.first_name
    for passport in record.passports:
        yield Item(
            key=f"passport:{passport.pk}",
            title="Pupil passport, in the pupil’s own words",
            by=f"Agreed with {name} on {full_date(passport.agreed_on)}; {passport.agreed_how_in_words}.",
            on=passport.agreed_on,
            parts=lambda passport=passport: _parts_of_sections(passport.document.snapshot),  # type: ignore[misc]
            warning=f"Ask {name} whether the passport may go to the authority.",
            owner=name,
        )


def _intervention_plans(record: Record) -> Iterator[Item]:
    """The positive intervention plan that stands."""
    for plan in record.intervention_plans:
        yield Item(
            key=f"intervention-plan:{plan.pk}",
            title="Positive intervention plan",
            by=f"Agreed on {full_date(plan.agreed_on)} by {plan.headteacher}, and with {record.pupil.first_name}.",
            on=plan.agreed_on,
            parts=lambda plan=plan: _parts_of_sections(plan.document.snapshot),  # type: ignore[misc]
        )


def _parts_of_sections(snapshot: Mapping[str, Any]) -> list[Part]:
    """A kept document's sections, each part under its section's title unless it has a heading of its own."""
    return [
        part | {"heading": part.get("heading") or section["title"]}
        for section in snapshot["sections"]
        for part in section["parts"]
    ]


def _advice(record: Record) -> Iterator[Item]:
    """Reports that services have issued, with what the school made of each recommendation."""
    for report in record.reports:
        yield Item(
            key=f"advice:{report.pk}",
            title=f"Specialist advice: {report.request.service}",
            by=f"Written by {report.written_by}, issued on {full_date(report.issued_on)}.",
            on=report.issued_on,
            parts=lambda report=report: _parts_of_report(report),  # type: ignore[misc]
            warning="It may stand for advice in the assessment only if its author, the authority and the parent agree.",
        )


def _parts_of_report(report: AdviceReport) -> list[Part]:
    recommendations = [[str(one.number), one.words, _answered(one)] for one in report.recommendations.all()]
    head = ["No.", "Recommendation", "What the school made of it"]
    return [
        *_words("What was asked", report.request.question),
        *_words("What was found", report.summary),
        *_table("Recommendations", head, recommendations, [0.4, 2.4, 2]),
    ]


def _answered(one: Recommendation) -> str:
    said = one.own_words or one.why
    return f"{one.get_answer_display()}: {said}" if said else str(one.get_answer_display())


def _schooling(record: Record) -> Iterator[Item]:
    """What of school was missed in three terms, and what the PEPs say of attendance."""
    missed = Missed.of(record.pupil, record.user)
    if missed.anything:
        yield Item(
            key="schooling:now",
            title="Attendance, and time missed from school",
            by=f"As recorded up to {full_date(clock.today())}.",
            on=clock.today(),
            parts=lambda: _parts_of_schooling(missed),
            warning="Read the reasons: they may hold facts of care that do not belong in a request.",
        )


@dataclass(frozen=True)
class Missed:
    """What somebody may read of the school that a pupil missed in three terms, the newest first."""

    facts: SchoolFacts
    suspensions: list[Suspension]
    timetables: list[PartTimeTimetable]
    sent_home: list[SentHome]
    said_in_peps: list[PepSection]

    @classmethod
    def of(cls, pupil: Pupil, user: User) -> Self:
        facts = schooling.facts_of(pupil, clock.today())
        since = facts.terms[0][0]
        signed = PepSection.objects.visible_to(user).filter(
            pupil=pupil, name="education", pep__state=PepState.SIGNED_OFF, words__attendance__gt=""
        )
        return cls(
            facts,
            list(schooling.of_pupil_visible_to(user, pupil).filter(first_day__gte=since)),
            list(PartTimeTimetable.objects.visible_to(user).filter(pupil=pupil, ends_on__gte=since).latest_first()),
            list(SentHome.objects.visible_to(user).of_child(pupil.pk).filter(happened_on__gte=since)),
            list(signed.select_related("pep__term").order_by("-pep__term__during", "-pep__number")[:3]),
        )

    @property
    def anything(self) -> bool:
        return bool(self.suspensions or self.timetables or self.sent_home or self.said_in_peps)


def _parts_of_schooling(missed: Missed) -> list[Part]:
    facts = missed.facts
    counts = [
        ["Suspended this term", facts.term_in_words],
        ["Suspended this school year", facts.year_in_words],
        ["Suspended in three terms", days_in_words(facts.half_days_in_three_terms)],
    ]
    attendance = [[one.pep.title, one.words["attendance"]] for one in missed.said_in_peps]
    suspensions = [[full_date(one.first_day), one.counts_in_words, one.reasons_in_words] for one in missed.suspensions]
    timetables = [
        [f"{full_date(one.starts_on)} to {full_date(one.ended_on or one.ends_on)}", one.hours_in_words, one.reason]
        for one in missed.timetables
    ]
    sent_home = [[full_date(one.happened_on), one.what_happened] for one in missed.sent_home]
    return [
        {"kind": "facts", "pairs": counts},
        *_table("Attendance, as each PEP says it", ["PEP", "Attendance and behaviour"], attendance, [1.2, 3]),
        *_table("Suspensions", ["From", "Counts as", "Reasons"], suspensions, [1, 1, 2]),
        *_table("Part-time timetables", ["When", "Hours a week", "Why"], timetables, [1.4, 1.2, 2]),
        *_table("Sent home without a suspension", ["When", "What happened"], sent_home, [1, 3]),
    ]


def _hours(record: Record) -> Iterator[Item]:
    """Time that specialist services gave, as it was confirmed."""
    visits = record.visits
    if visits:
        yield Item(
            key="hours:delivered",
            title="Time of specialist services",
            by=f"As confirmed up to {full_date(clock.today())}.",
            on=visits[-1].on,
            parts=lambda: _parts_of_visits(visits),
        )


def _parts_of_visits(visits: list[Visit]) -> list[Part]:
    rows = [
        [full_date(one.on), str(one.service), str(one.get_work_display()), hours(one.minutes_delivered or 0)]
        for one in visits
    ]
    total = hours(sum(one.minutes_delivered or 0 for one in visits))
    return [
        *_table("", ["Day", "Service", "Work", "Time"], rows, [1.2, 2, 1.4, 0.8]),
        {"kind": "words", "words": f"Together {total}."},
    ]


def _funding(record: Record) -> Iterator[Item]:
    """What Pupil Premium Plus has paid for, and what it changed."""
    requests = record.funding
    if requests:
        yield Item(
            key="funding:agreed",
            title="What was paid for besides",
            by=f"Pupil Premium Plus, as agreed up to {full_date(clock.today())}.",
            on=clock.today(),
            parts=lambda: _parts_of_funding(requests),
            is_suggested=False,
            warning="Pupil Premium Plus tells that the child is in care. Put it in where it shows the help needed.",
        )


def _parts_of_funding(requests: list[FundingRequest]) -> list[Part]:
    rows = [
        [one.what_for, pounds(one.agreed_pence or 0), str(one.target), one.impact_words or "Not said yet"]
        for one in requests
    ]
    return _table("", ["What for", "Agreed", "PEP target", "What it changed"], rows, [2, 0.7, 1.6, 1.6])


def _highly_vulnerable(record: Record) -> Iterator[Item]:
    """The log of each case of the Highly Vulnerable framework: why, what was decided and given, what it changed."""
    cases = HvCase.objects.visible_to(record.user).filter(pupil=record.pupil).exclude(state=HvState.WITHDRAWN)
    for case in cases.with_names().order_by("-proposed_at", "-pk"):
        proposed_on = day_of(case.proposed_at)
        yield Item(
            key=f"highly-vulnerable:{case.pk}",
            title=f"Highly Vulnerable framework: proposed on {full_date(proposed_on)}",
            by=f"Decided by {case.virtual_school}. {case.get_state_display()}.",
            on=case.ended_on or proposed_on,
            parts=lambda case=case: _parts_of_case(case),  # type: ignore[misc]
            is_suggested=False,
            warning="This framework is for children in care. Put it in where it shows the help needed, and read it "
            "through.",
        )


def _parts_of_case(case: HvCase) -> list[Part]:
    decisions = [
        [full_date(one.at), str(one), hv.given_in_words(case, one.minutes, one.pence) or "–", one.reason]
        for one in case.decisions.all()
    ]
    used = [[one.what, _amount(one.given, one), _amount(one.used, one)] for one in hv.accounts_of(case)]
    changed = [
        [label, words]
        for label, words in [
            ("Before", case.before), ("After", case.after), ("School place", _kept(case.place_kept)),
            ("What stays in the school’s plan", case.stays_in_plan),
        ]
        if words
    ]  # fmt: skip
    return [
        *_words("Criterion", case.criterion_words),
        *_words("What the school saw", case.evidence),
        *_table("What was decided", ["When", "Decision", "Given", "Why"], decisions, [1, 1.2, 1.4, 2]),
        *_table("What was used", ["What", "Given", "Used or booked"], used, [2, 1, 1]),
        *([{"kind": "facts", "heading": "What it changed", "pairs": changed}] if changed else []),
    ]


def _amount(amount: int, account: AccountShown) -> str:
    return hours(amount) if account.unit == Unit.MINUTES else pounds(amount)


def _kept(place_kept: bool | None) -> str:
    return "" if place_kept is None else "Kept" if place_kept else "Not kept"


NOT_ENCLOSED = [FileState.INFECTED, FileState.WITHDRAWN]


def _files(record: Record) -> Iterator[Item]:
    """Files that somebody added to the record: enclosed as they are, named in the pack with their checksum."""
    found = File.objects.visible_to(record.user).filter(pupil=record.pupil).exclude(state__in=NOT_ENCLOSED)
    for file in found.order_by("-kept_at", "-pk"):
        yield Item(
            key=key_of(file),
            title=f"Enclosed: {file.name}",
            by=f"{file.get_kind_display()}, {file.size_in_words}. Sent beside this document, not part of it.",
            on=file.kept_at.date(),
            parts=lambda file=file: [  # type: ignore[misc]
                {"kind": "words", "heading": "Checksum (SHA-256)", "words": file.sha256}
            ],
            is_suggested=file.subject_kind.startswith("ehc_requests."),
            warning="Open it first: it may hold facts of care or an address.",
        )


READERS: list[Callable[[Record], Iterator[Item]]] = [
    _views, _passports, _intervention_plans, _cycles, _advice, _schooling, _hours, _peps, _funding,
    _highly_vulnerable, _files,
]  # fmt: skip


def key_of(file: File) -> str:
    return f"file:{file.pk}"


def files_in(pack: EhcPack, user: User) -> list[File]:
    """The files that are enclosed with a pack, for whoever receives it to open."""
    chosen = File.objects.visible_to(user).filter(pk__in=_file_ids(pack))
    return list(chosen.select_related("kept_by").order_by("pk"))


WHY_NOT_SENT = {
    FileState.PENDING: "is still being checked for viruses. Wait until it is, or take it out of the pack.",
    FileState.INFECTED: "is not safe to open. Save again what goes into the pack: this file is not offered any more.",
}


def why_not_sent(pack: EhcPack) -> str:
    """Which enclosed file keeps this pack from being sent, and what to do; empty when none does."""
    file = File.objects.filter(pk__in=_file_ids(pack), state__in=WHY_NOT_SENT).order_by("pk").first()
    return f"“{file.name}” {WHY_NOT_SENT[FileState(file.state)]}" if file else ""


def _file_ids(pack: EhcPack) -> list[int]:
    return [int(key.partition(":")[2]) for key in pack.keys if key.startswith("file:")]
