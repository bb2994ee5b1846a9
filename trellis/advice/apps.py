from django.apps import AppConfig


class AdviceConfig(AppConfig):
    name = "trellis.advice"
    label = "advice"
