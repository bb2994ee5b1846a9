from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "trellis.design"
    label = "design"
