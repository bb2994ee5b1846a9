from django.apps import AppConfig


class WhoPaysConfig(AppConfig):
    name = "trellis.who_pays"
    label = "who_pays"
