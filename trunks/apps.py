"""The trunks app."""

from django.apps import AppConfig


class TrunksConfig(AppConfig):
    name = "trunks"

    def ready(self) -> None:
        from provisioning.registry import register
        from trunks.subject import TrunkSubject

        register(TrunkSubject())
