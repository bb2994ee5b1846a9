from django.apps import AppConfig


class CaseloadsConfig(AppConfig):
    name = "trellis.caseloads"
    label = "caseloads"
