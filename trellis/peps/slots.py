"""What later folders add to a PEP, and what they know of its targets."""

from trellis.conduct.slots import Slot

target_notes = Slot(
    "peps.target_notes", "shown",
    "What else is to be said of each target, with a link. (targets, user) → {target number: list of TargetNote}",
)  # fmt: skip
hangs_on_target = Slot(
    "peps.hangs_on_target", "fact",
    "What hangs on each target, so that it does not simply end. (targets) → {target number: list of sentences}",
)  # fmt: skip
pupil_premium_of = Slot(
    "peps.pupil_premium_of", "fact",
    "How each target uses Pupil Premium Plus, for the PEP to say. (targets) → {target number: list of PupilPremiumUse}",
)  # fmt: skip
