from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "trellis.outreach"
    label = "outreach"
