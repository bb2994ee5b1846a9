from django.apps import AppConfig


class MovesConfig(AppConfig):
    name = "trellis.moves"
    label = "moves"
