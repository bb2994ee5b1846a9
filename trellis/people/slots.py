"""What later folders do when somebody's roles change."""

from trellis.conduct.slots import Slot

roles_changed = Slot("people.roles_changed", "followed", "A role began or ended. (membership)")
