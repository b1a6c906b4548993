"""The trunks app."""

from django.apps import AppConfig


class TrunksConfig(AppConfig):
    name = "trunks"

    def ready(self) -> None:
        from provisioning.registry import register, register_chore
        from trunks.services import end_expired_secrets
        from trunks.subject import TrunkSubject

        register(TrunkSubject())
        register_chore(end_expired_secrets)
