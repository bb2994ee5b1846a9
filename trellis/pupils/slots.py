"""What later folders add to a pupil."""

from trellis.conduct.slots import Slot

access_facts = Slot(
    "pupils.access_facts", "fact", "Which facts give access to these pupils? (their numbers) → AccessFacts"
)
pupil_tabs = Slot("pupils.tabs", "shown", "A tab of the pupil record. (pupil, user) → Tab or None")
deeds = Slot(
    "pupils.deeds",
    "shown",
    "What one may begin for this pupil, on the overview; it asks no query. (pupil, standing, user) → Deed or None",
)
identity_tags = Slot("pupils.identity_tags", "shown", "An alert in the identity bar. (pupil, user) → Tag or None")
identity_links = Slot("pupils.identity_links", "shown", "The page one tap from the identity bar. (pupil, user) → url")
beside = Slot("pupils.beside", "shown", "A plan beside the school place and the passport. (pupil, user) → Tab or None")
next_steps = Slot(
    "pupils.next_steps",
    "shown",
    "What is to be done, by whom, when; asked where there is any row that it rests on."
    " (user, pupils, today) → list of NextStep; rests_on: () → list of querysets of pupils’ numbers",
)
pupil_added = Slot("pupils.pupil_added", "followed", "A school added a pupil, or gave one another UPN. (pupil, by)")
steps_after_leaving = Slot(
    "pupils.steps_after_leaving", "shown", "What one's school owes pupils who left it. (user, today) → list of NextStep"
)
sen_status_changed = Slot("pupils.sen_status_changed", "followed", "A pupil's SEN status changed. (pupil, by)")
school_place_began = Slot("pupils.school_place_began", "followed", "A pupil started at a school. (place, by)")
school_place_ended = Slot(
    "pupils.school_place_ended", "followed", "A pupil left the roll, nowhere else yet. (place, by)"
)
care_changed = Slot("pupils.care_changed", "followed", "Care began, ended or changed its legal status. (pupil, by)")
care_began = Slot("pupils.care_began", "followed", "A pupil came into care. (episode, by)")
