from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "trellis.ledgers"
    label = "ledgers"
