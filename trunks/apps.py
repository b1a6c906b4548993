"""The trunks app."""

from django.apps import AppConfig


class TrunksConfig(AppConfig):
    name = "trunks"

    def ready(self) -> None:
        from provisioning.registry import register, register_chore
        from trunks.releasing import release_waiting
        from trunks.services import end_expired_secrets
        from trunks.subject import TrunkSubject

        register(TrunkSubject())
        register_chore(end_expired_secrets)
        register_chore(release_waiting)
