"""The portal as a Django app: its commands, templates and checks."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
