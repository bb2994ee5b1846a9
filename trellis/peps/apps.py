from django.apps import AppConfig


class PepsConfig(AppConfig):
    name = "trellis.peps"
    label = "peps"
