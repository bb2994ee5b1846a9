from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "trellis.calendar"
    label = "calendar"
