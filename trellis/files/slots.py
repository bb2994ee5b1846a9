"""What later folders say about files."""

from trellis.conduct.slots import Slot

may_open = Slot(
    "files.may_open", "fact", "May this person open a file that the record does not open? (file, user) → True or None"
)
