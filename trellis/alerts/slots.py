"""What later folders add to an alert."""

from trellis.conduct.slots import Slot

what_can_be_done = Slot(
    "alerts.what_can_be_done",
    "shown",
    "What can be done about each alert, or was asked already; as many queries for thirty as for one. "
    "(alerts, user) → {pupil id: Deed(text, url, is_asked)}",
)
