"""What follows in later folders when something happens in a cycle."""

from trellis.conduct.slots import Slot

plan_changed = Slot("cycles.plan_changed", "followed", "A cycle's assessment or plan changed. (cycle, by)")
plan_agreed = Slot("cycles.plan_agreed", "followed", "A plan was agreed. (cycle, by)")
review_recorded = Slot("cycles.review_recorded", "followed", "A cycle was reviewed. (review, by)")
