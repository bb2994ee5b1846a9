from django.apps import AppConfig


class InterventionPlansConfig(AppConfig):
    name = "trellis.intervention_plans"
    label = "intervention_plans"
