"""What follows for later folders when it is known what a visit came to."""

from trellis.conduct.slots import Slot

visit_ended = Slot("hours.visit_ended", "followed", "A visit was confirmed, or did not take place. (visit, by)")
