from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "trellis.history"
    label = "history"
