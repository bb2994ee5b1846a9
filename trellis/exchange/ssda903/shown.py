"""What a page shows of a return's preview: advice by rule, each cut to what a page can hold."""

from datetime import date
from itertools import groupby
from typing import Any

from trellis.exchange.models import ImportQuestion, QuestionKind
from trellis.pupils.models import LegalStatus

MOST_OF_A_RULE = 50
MOST_ROWS = 200


def parts_of(preview: dict[str, Any]) -> dict[str, Any]:
    """The parts of the preview for the page."""
    told = preview.get("return", {})
    waiting = preview.get("waiting", [])
    counts = preview.get("counts", {})
    is_known = any(counts.get(name) for name in ("changed", "unchanged", "questions"))
    return told | {
        "year_ends_on": date.fromisoformat(told["year_ended"]) if told else None,
        "is_nobodys": bool(waiting) and not is_known,
        "by_rule": by_rule(told.get("advice", [])),
        "left_out": told.get("left_out", [])[:MOST_ROWS],
        "left_out_in_all": len(told.get("left_out", [])),
        "notes": told.get("notes", [])[:MOST_ROWS],
        "notes_in_all": len(told.get("notes", [])),
        "waiting": waiting[:MOST_ROWS],
        "waiting_in_all": len(waiting),
    }


def by_rule(advice: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Advice under its rule's code, the first lines of each."""
    ordered = sorted(advice, key=lambda one: (_as_number(one["code"]), one["file"], one["line"]))
    groups = []
    for code, some in groupby(ordered, key=lambda one: one["code"]):
        rows = list(some)
        groups.append(
            {
                "code": code,
                "columns": ", ".join(sorted({row["column"] for row in rows})),
                "sentence": rows[0]["sentence"],
                "rows": rows[:MOST_OF_A_RULE],
                "in_all": len(rows),
            }
        )
    return groups


def _as_number(code: str) -> tuple[int, str]:
    digits = "".join(sign for sign in code if sign.isdigit())
    return (int(digits) if code[:1].isdigit() else 10_000, code)


def asked_of(question: ImportQuestion) -> dict[str, Any]:
    """A question about a child of a return: the times in care that the return has, beside ours. Another authority's are
    told as no more than that."""
    said = question.row
    virtual_school = question.of_import.virtual_school
    assert virtual_school is not None
    ours = question.pupil.care_episodes.filter(during__isempty=False).order_by("during")
    return {
        "question": question,
        "year_ends_on": date.fromisoformat(said["year_ended"]),
        "born": date.fromisoformat(said["born"]) if said.get("born") else None,
        "theirs": [_time_in_care(one) for one in said.get("episodes", [])],
        "ours": [
            {
                "since": held.since, "until": held.during.upper, "legal_status": held.get_legal_status_display(),
                "placement_type": held.placement_type, "is_ours": held.authority_id == virtual_school.authority_id,
            }
            for held in ours
        ],
        "is_birthday": question.kind == QuestionKind.RETURN_BIRTHDAY,
    }  # fmt: skip


def _time_in_care(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "since": date.fromisoformat(said["since"]),
        "until": said["until"] and date.fromisoformat(said["until"]),
        "legal_status": LegalStatus(said["legal_status"]).label,
        "placement_type": said["placement_type"],
    }
