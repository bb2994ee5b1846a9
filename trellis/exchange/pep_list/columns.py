"""The columns of a file of PEPs as other systems call them, and what others write in them."""

from typing import Any

from trellis.exchange.mapping.columns import Column
from trellis.exchange.pep_list.rules import COLUMNS
from trellis.peps.models import Area, Grade, TargetResult

DECLARED: dict[str, dict[str, Any]] = {
    "child_id": {"text": "Child’s number at the authority", "words": ("LCS ID", "Person ID", "Client ID", "ID")},
    "upn": {"text": "UPN (unique pupil number)", "words": ("UPN", "Unique pupil number")},
    "term": {"text": "Term", "needed": True, "words": ("PEP term", "School term", "Period")},
    "pep_date": {
        "text": "Day of the PEP", "is_day": True, "words": ("PEP date", "Date of PEP", "Meeting date", "PEP held"),
    },
    "grade": {
        "text": "Quality", "codes": {"": "Not said", **dict(Grade.choices)}, "words": ("RAG", "PEP quality", "Rating"),
        "meanings": {"R": "red", "A": "amber", "G": "green"},
    },
    "target_number": {"text": "Number of the target", "words": ("Target", "Target no", "No")},
    "target_area": {"text": "Area", "codes": {"": "Not said", **dict(Area.choices)}, "words": ("Area", "Target area")},
    "target_statement": {
        "text": "The target", "words": ("Target text", "Description", "Target description", "SMART target"),
    },
    "target_baseline": {"text": "Where the child starts", "words": ("Baseline", "Starting point")},
    "target_value": {"text": "What is to be reached", "words": ("Goal", "Outcome", "Expected outcome")},
    "target_measure": {"text": "How it is measured", "words": ("Measure", "Success criteria")},
    "target_by": {"text": "By when", "is_day": True, "words": ("Target date", "Due", "Due date", "Review date")},
    "target_intervention": {"text": "What is done", "words": ("Intervention", "Provision", "Strategy")},
    "target_dose": {"text": "How often", "words": ("Dose", "Frequency")},
    "target_owner": {"text": "Who sees to it", "words": ("Owner", "Responsible", "By whom", "Lead")},
    "target_result": {
        "text": "Result", "codes": {"": "Not said", **dict(TargetResult.choices)},
        "words": ("Outcome met", "Achieved", "Result", "Status"),
    },
}  # fmt: skip
PEP_COLUMNS = {name: Column(reader=COLUMNS[name], **declared) for name, declared in DECLARED.items()}
