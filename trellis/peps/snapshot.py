"""A PEP as it is printed and frozen: every part in words, ready to read. The page of a signed PEP shows the same."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.cycles.queries import needs_in_words
from trellis.design.in_words import full_date
from trellis.peps import queries, send_section
from trellis.peps.models import Pep, PepSection, PepTarget
from trellis.peps.queries import PupilPremiumUse
from trellis.peps.rules import HOW_THEY_CAME, NO_CYCLE, SECTION, SECTIONS, WHO_IS_INVITED, WITH_SEN, Section
from trellis.pupils.models import Sen, SenStatus

Part = dict[str, Any]  # words | quote | facts | table, each perhaps with a heading and a note

SCHEMA = 1
HOW_USED = "How Pupil Premium Plus is used"


def snapshot_of(pep: Pep, *, footer: str) -> dict[str, Any]:
    """The whole PEP in words, under the name the pupil uses, with who wrote each part."""
    if pep.kept_elsewhere:
        return snapshot_of_send_section(pep, footer=footer)
    sen = SenStatus.objects.filter(pupil=pep.pupil_id, during__contains=clock.today()).first()
    written = {section.name: section for section in queries.sections_of(pep)}
    shown = [
        section
        for section in SECTIONS
        if section.name != "send" or (sen and sen.status in WITH_SEN) or written["send"].written_at
    ]
    return {
        "schema": SCHEMA,
        "title": pep.title,
        "pupil": pep.pupil.name,
        "footer": footer,
        "facts": _facts(pep, sen),
        "sections": [
            {"name": section.name, "title": section.title, "by": _by(written[section.name], section),
             "parts": parts_of(written[section.name])}
            for section in shown
        ],
    }  # fmt: skip


def snapshot_of_send_section(pep: Pep, *, footer: str) -> dict[str, Any]:
    """The SEND section alone, for a PEP that is kept elsewhere."""
    sen = SenStatus.objects.filter(pupil=pep.pupil_id, during__contains=clock.today()).first()
    send = next(section for section in queries.sections_of(pep) if section.name == "send")
    return {
        "schema": SCHEMA,
        "title": f"SEND section for the {pep.title}",
        "pupil": pep.pupil.name,
        "footer": footer,
        "facts": _facts(pep, sen),
        "sections": [
            {"name": "send", "title": SECTION["send"].title, "by": _by(send, SECTION["send"]), "parts": parts_of(send)}
        ],
    }


def parts_of(section: PepSection) -> list[Part]:
    """One section in words, as it stands."""
    match section.name:
        case "about":
            return _about(section.words)
        case "send":
            return _send(section)
        case "pupil_view" | "carer_view":
            return _view(section)
        case "targets":
            return _targets(section.pep)
    return _answers(SECTION[section.name], section.words)


def _facts(pep: Pep, sen: SenStatus | None) -> list[list[str]]:
    legal = f"{pep.pupil.legal_first_name} {pep.pupil.legal_last_name}"
    facts = [
        ["Born", f"{full_date(pep.pupil.date_of_birth)}"],
        ["School", str(pep.kept_by) if pep.kept_by else "None yet"],
        ["Needs", f"{Sen(sen.status).label}\n{needs_in_words(sen)}".strip() if sen else str(Sen.NONE.label)],
        ["Due", f"{full_date(pep.due_on)}"],
    ]
    return facts if legal == pep.pupil.name else [["Legal name", legal], *facts]


def _by(section: PepSection, definition: Section) -> str:
    """ "School. Written by Sam Ours, 3 November 2026"."""
    if section.written_at is None or section.written_by is None:
        return f"{definition.owner}. Not written."
    on_behalf = f", on behalf of the {definition.owner.lower()}" if section.on_behalf else ""
    return f"{definition.owner}. Written by {section.written_by}, {full_date(section.written_at)}{on_behalf}."


def _about(words: Mapping[str, Any]) -> list[Part]:
    met, interests = SECTION["about"].answers[0], SECTION["about"].answers[2]
    people = words.get("people") or {}
    came = [
        [label, people[who].get("name", ""), HOW_THEY_CAME[people[who]["came"]]]
        for who, label in WHO_IS_INVITED.items()
        if people.get(who, {}).get("came")
    ]
    table = _table("Who was invited, and who came", ["Who", "Name", "How they took part"], came, [3, 3, 2])
    return [*_words(met.label, words.get("met_on")), *table, *_words(interests.label, words.get("interests"))]


def _send(section: PepSection) -> list[Part]:
    words, story = section.words, section.written_from
    if any(words.get(name) for name in NO_CYCLE) and story is None:
        because, on, by = (words.get(name, "") for name in NO_CYCLE)
        return [
            {"kind": "words", "words": f"There is no cycle yet, because: {because}"},
            {"kind": "words", "words": f"First assessment finished by {_in_words(on)}, by {by}."},
        ]
    labels = {answer.name: answer.label for answer in SECTION["send"].answers}
    return [
        *(_cycle_facts(story) if story else []),
        *_words(labels["need"], words.get("need"), _untouched("need", section)),
        *({"kind": "quote", "words": said, "by": who} for who, said in (story or {}).get("voices", [])),
        *(_planned(story) if story else []),
        *(
            part
            for name in ("delivery", "learned", "specialists", "next_steps")
            for part in _words(labels[name], words.get(name), _untouched(name, section))
        ),
    ]


def _cycle_facts(story: Mapping[str, Any]) -> list[Part]:
    pairs = [
        [story["status"], story["needs"]],
        [f"Cycle {story['cycle_number']}", story["stage"]],
        ["Plan agreed", story["plan_agreed_on"] or "Not yet"],
        ["Next review", story["review_on"] or "Not set yet"],
    ]
    note = f"Grey words and the tables are the cycle’s own, as it stood on {story['taken_on']}."
    return [{"kind": "facts", "pairs": pairs, "note": note}]


def _planned(story: Mapping[str, Any]) -> list[Part]:
    outcomes = [
        [one["statement"], one["from"], _now(one), one["hoped_for"], one["held_in_words"] or "Not begun"]
        for one in story["outcomes"]
    ]
    support = [[one["what"], one["how_often"], one["who"]] for one in story["support"]]
    head = ["Outcome", "From", "Now", "Hoped for", "Sessions held"]
    return [
        *_table("What we planned, and what happened", head, outcomes, [2.1, 0.9, 1, 0.9, 1.3]),
        *_table("Support", ["What", "How often", "Who"], support, [2, 1.3, 1.4]),
    ]


def _now(outcome: Mapping[str, str]) -> str:
    return ": ".join(filter(None, [outcome["result"], outcome["now"]])) or "Not reviewed yet"


def _untouched(name: str, section: PepSection) -> bool:
    return send_section.is_from_cycle(name, section.words, section.written_from)


def _view(section: PepSection) -> list[Part]:
    said: list[Part] = []
    if section.view is not None:
        said = [{"kind": "quote", "words": section.view.in_words, "by": section.view.by_in_words}]
    return [*said, *_answers(SECTION[section.name], section.words)]


def _targets(pep: Pep) -> list[Part]:
    last = queries.last_targets(pep)
    judged = [
        [str(target.number), target.statement, target.get_result_display() or "Not said yet", target.result_note]
        for target in last
    ]
    targets = queries.targets_of(pep)
    new = [_target(target) for target in targets]
    head = ["No.", "Target", "From, to, measured how", "What is done, and by whom", "By"]
    uses = queries.pupil_premium_of([*last, *targets])
    return [
        *_table("The last PEP’s targets", ["No.", "Target", "Result", "What it changed"], judged, [0.4, 2.4, 1, 2.2]),
        *_money("Pupil Premium Plus for the last PEP’s targets, and what it changed", last, uses),
        *_table("Targets now", head, new, [0.4, 2, 2, 2, 1]),
        *_how_used(targets, uses),
    ]


def _how_used(targets: list[PepTarget], uses: Mapping[int, list[PupilPremiumUse]]) -> list[Part]:
    """Said in any case: a PEP says how Pupil Premium Plus is used, also where it is not (domain B3)."""
    told = _money(HOW_USED, targets, uses)
    return told or (_words(HOW_USED, "None is asked for these targets.") if targets else [])


def _money(heading: str, targets: list[PepTarget], uses: Mapping[int, list[PupilPremiumUse]]) -> list[Part]:
    """What each target asked of Pupil Premium Plus, what it got, and what that changed."""
    rows = [
        [str(target.number), use.what_for, "\n".join(use.amounts), use.changed or ("Not said yet" if use.paid else "–")]
        for target in targets
        for use in uses[target.pk]
    ]
    return _table(heading, ["Target", "What for", "How much", "What it changed"], rows, [0.6, 2.6, 1, 1.8])


def _target(target: PepTarget) -> list[str]:
    return [
        str(target.number),
        f"{target.statement}\n({target.get_area_display()})",
        f"From {target.baseline}\nto {target.target_value}\n{target.measure}",
        f"{target.intervention}, {target.dose}\n{target.owner}",
        f"{full_date(target.by_when)}",
    ]


def _answers(definition: Section, words: Mapping[str, Any]) -> list[Part]:
    return [part for answer in definition.answers for part in _words(answer.label, words.get(answer.name))]


def _words(heading: str, words: Any, from_cycle: bool = False) -> list[Part]:
    if not words:
        return []
    return [{"kind": "words", "heading": heading, "words": _in_words(words), "from_cycle": from_cycle}]


def _table(heading: str, head: list[str], rows: list[list[str]], widths: list[float]) -> list[Part]:
    return [{"kind": "table", "heading": heading, "head": head, "rows": rows, "widths": widths}] if rows else []


def _in_words(value: Any) -> str:
    """Text as typed; a date kept in ISO form as people say it."""
    text = str(value or "").replace("\r\n", "\n")
    try:
        return f"{full_date(date.fromisoformat(text))}"
    except ValueError:
        return text
