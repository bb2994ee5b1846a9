"""What a page shows of a common transfer file's preview."""

from datetime import date
from typing import Any

from trellis.exchange.ctf.told import SchoolNumber

MOST_ROWS = 200


def parts_of(preview: dict[str, Any]) -> dict[str, Any]:
    told = preview.get("ctf")
    if not told:
        return {}
    remarks = sorted([*told["remarks"], *told["about"]], key=lambda remark: remark["number"])
    schools = [
        row | {name: date.fromisoformat(row[name]) if row[name] else None for name in ("since", "until")}
        for row in told["schools"]
    ]
    return {
        "source": SchoolNumber(**told["source"]).in_words,
        "made_on": date.fromisoformat(told["made_on"]) if told["made_on"] else None,
        "pupils": told["pupils"],
        "not_on_roll": told["not_on_roll"][:MOST_ROWS],
        "not_on_roll_in_all": len(told["not_on_roll"]),
        "remarks": remarks[:MOST_ROWS],
        "remarks_in_all": len(remarks),
        "schools": schools[:MOST_ROWS],
        "schools_in_all": len(schools),
    }
