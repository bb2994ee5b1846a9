"""What follows in later folders when something happens in a cycle."""

from trellis.conduct.slots import Slot

specialist_advice = Slot(
    "cycles.specialist_advice",
    "fact",
    "What specialists advised, for the story of a cycle. (pupil) → list of sentences",
)
review_recorded = Slot("cycles.review_recorded", "followed", "A cycle was reviewed. (review, by)")
