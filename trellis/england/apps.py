from django.apps import AppConfig


class EnglandConfig(AppConfig):
    name = "trellis.england"
    label = "england"
