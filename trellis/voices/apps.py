from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "trellis.voices"
    label = "voices"
