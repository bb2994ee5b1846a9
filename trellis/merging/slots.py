"""What later folders do when it is said whether a child is one who is known."""

from trellis.conduct.slots import Slot

answered = Slot("merging.answered", "followed", "It was said whether a child is one who is known. (question, by)")
