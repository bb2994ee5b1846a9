"""What later folders do when PP+ is decided."""

from trellis.conduct.slots import Slot

funding_agreed = Slot("funding.agreed", "followed", "The Virtual School agreed PP+ for a target. (request, by)")
funding_declined = Slot("funding.declined", "followed", "The Virtual School did not agree PP+. (request, by)")
