from django.apps import AppConfig


class ConductConfig(AppConfig):
    name = "trellis.conduct"
    label = "conduct"
