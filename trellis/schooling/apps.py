from django.apps import AppConfig


class SchoolingConfig(AppConfig):
    name = "trellis.schooling"
    label = "schooling"
