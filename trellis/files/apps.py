from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "trellis.files"
    label = "files"
