from django.apps import AppConfig


class RestorationConfig(AppConfig):
    name = "restoration"
