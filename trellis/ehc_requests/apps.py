from django.apps import AppConfig


class EhcRequestsConfig(AppConfig):
    name = "trellis.ehc_requests"
    label = "ehc_requests"
