"""What is kept of imports, as people look at it."""

import hashlib
import json
from typing import Any

from trellis.exchange.models import ImportQuestion


def fingerprint(preview: dict[str, Any]) -> str:
    """Two previews with the same fingerprint would land the same. What will follow a line is said anew each day."""
    parts = ("new", "changed", "gone", "waiting", "questions")
    lands = {part: [{**row, "follows": None} for row in preview.get(part, [])] for part in parts}
    return hashlib.sha256(json.dumps(lands, sort_keys=True, default=str).encode()).hexdigest()


def pupils_shown(preview: dict[str, Any]) -> set[int]:
    """The pupils whom a page with this preview shows."""
    rows = [*preview.get("changed", []), *preview.get("gone", []), *preview.get("landed", [])]
    annex = preview.get("annex", {})
    rows += [*annex.get("plans", []), *annex.get("missing", []), *preview.get("ctf", {}).get("schools", [])]
    return {row["pupil_id"] for row in rows if row.get("pupil_id")}


def waiting_questions(user: Any) -> Any:
    return (
        ImportQuestion.objects.visible_to(user)
        .waiting_for_the_office()
        .select_related("of_import", "pupil", "target__pep__term")
        .order_by("pk")
    )


def waiting_for_others(user: Any) -> Any:
    """Lines about whom those who keep a record are asked: whoever brought the list sees only that they wait."""
    mine = ImportQuestion.objects.visible_to(user).waiting().filter(asked_of__isnull=False)
    return mine.select_related("of_import").order_by("pk")
