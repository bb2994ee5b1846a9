"""What later folders add to a PEP."""

from trellis.conduct.slots import Slot

target_notes = Slot(
    "peps.target_notes", "shown",
    "What else is to be said of each target, with a link. (targets, user) → {target number: list of TargetNote}",
)  # fmt: skip
