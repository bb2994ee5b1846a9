from django.apps import AppConfig


class PassportsConfig(AppConfig):
    name = "trellis.passports"
    label = "passports"
