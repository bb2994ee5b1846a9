from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "trellis.links"
    label = "links"
