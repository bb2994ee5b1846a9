from django.apps import AppConfig


class HvConfig(AppConfig):
    name = "trellis.hv"
    label = "hv"
