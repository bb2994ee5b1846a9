from django.apps import AppConfig


class CyclesConfig(AppConfig):
    name = "trellis.cycles"
    label = "cycles"
