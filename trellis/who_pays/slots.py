"""What later folders know about who pays."""

from trellis.conduct.slots import Slot

statutory_advice = Slot(
    "who_pays.statutory_advice",
    "fact",
    "Whether this advice was asked for in an EHC needs assessment. (request) → True or None",
)
