from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "trellis.records"
    label = "records"
