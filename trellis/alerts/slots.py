"""What later folders add to an alert, and what follows one."""

from trellis.conduct.slots import Slot

what_can_be_done = Slot(
    "alerts.what_can_be_done",
    "shown",
    "A button on an alert; it asks no query, a list holds thirty. (alert, user) → Deed(text, url) or None",
)
more_reasons = Slot(
    "alerts.more_reasons", "fact", "What else puts a school place at risk. (pupil) → list of rules.Found"
)
alert_raised = Slot("alerts.alert_raised", "followed", "A school place was found at risk. (alert, by)")
