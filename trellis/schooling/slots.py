"""What follows in later folders when a pupil is kept out of school."""

from trellis.conduct.slots import Slot

suspension_recorded = Slot(
    "schooling.suspension_recorded", "followed", "A pupil was suspended or excluded. (suspension, by)"
)
suspension_closed = Slot(
    "schooling.suspension_closed", "followed", "A suspension was cancelled, or the pupil reinstated. (suspension, by)"
)
part_time_agreed = Slot(
    "schooling.part_time_agreed", "followed", "A part-time timetable was agreed or extended. (timetable, by)"
)
part_time_ended = Slot("schooling.part_time_ended", "followed", "A part-time timetable ended. (timetable, by)")
sent_home_recorded = Slot(
    "schooling.sent_home_recorded", "followed", "A pupil was sent home without a suspension. (sent_home, by)"
)
