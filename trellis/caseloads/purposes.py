"""What somebody may come to the list of pupils for: they choose whom it is about, and go on with what they came for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Purpose:
    """``heading`` asks whom it is about; ``url_name`` is the page about one pupil that it goes on with."""

    heading: str
    lead: str
    url_name: str
    page: str  # its own address


ADVICE = Purpose(
    "Whom do you want advice about?", "Choose the pupil. The first page asks your question.", "ask_advice",
    "choose_for_advice",
)  # fmt: skip
SUSPENSION = Purpose(
    "Who was suspended?", "Choose the pupil. The Virtual School and the social worker hear of it at once.",
    "record_suspension", "choose_for_suspension",
)  # fmt: skip
OUTREACH = Purpose(
    "Whose school place is at risk?", "Choose the pupil. The Virtual School answers on the same working day.",
    "raise_outreach", "choose_for_outreach",
)  # fmt: skip
