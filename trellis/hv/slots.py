"""What follows in later folders when something is decided in the Highly Vulnerable framework."""

from trellis.conduct.slots import Slot

awarded = Slot("hv.awarded", "followed", "Hours or money of the Highly Vulnerable framework were awarded. (case, by)")
