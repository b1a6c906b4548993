"""The portal as a Django app: its commands, templates and checks."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal.panels import test_call
        from trunks.panels import register_panel

        register_panel(test_call)
