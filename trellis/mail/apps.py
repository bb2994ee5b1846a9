from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "trellis.mail"
    label = "mail"
