from django.apps import AppConfig


class HoursConfig(AppConfig):
    name = "trellis.hours"
    label = "hours"
