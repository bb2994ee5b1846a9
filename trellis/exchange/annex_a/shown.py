"""What a page shows of the two lists' preview, each part cut to what a page can hold."""

from datetime import date
from typing import Any

MOST_ROWS = 200
MOST_OF_A_KIND = 50
PLAN_DAYS = ("issued", "updated", "reviewed", "here")


def parts_of(preview: dict[str, Any]) -> dict[str, Any]:
    told = preview.get("annex", {})
    remarks = [*told.get("remarks", []), *told.get("about", [])]
    left_out = [remark for remark in remarks if not remark["lands"]]
    plans, missing = told.get("plans", []), told.get("missing", [])
    return told | {
        "left_out": left_out[:MOST_ROWS],
        "left_out_in_all": len(left_out),
        "plans": [_with_days(plan) for plan in plans[:MOST_ROWS]],
        "plans_in_all": len(plans),
        "missing": missing[:MOST_ROWS],
        "missing_in_all": len(missing),
        "advice_by_sentence": by_sentence([remark for remark in remarks if remark["lands"]]),
    }


def _with_days(plan: dict[str, Any]) -> dict[str, Any]:
    return plan | {name: date.fromisoformat(plan[name]) if plan[name] else None for name in PLAN_DAYS}


def by_sentence(advice: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same advice about many lines stands once, with its first lines."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in advice:
        groups.setdefault((one["column"], one["sentence"]), []).append(one)
    return [
        {"column": column, "sentence": sentence, "rows": rows[:MOST_OF_A_KIND], "in_all": len(rows)}
        for (column, sentence), rows in groups.items()
    ]
