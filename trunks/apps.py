"""The trunks app."""

from django.apps import AppConfig


class TrunksConfig(AppConfig):
    name = "trunks"

    def ready(self) -> None:
        from accounts.new_limits import register_listener
        from provisioning.registry import register, register_chore
        from trunks.services import end_expired_secrets, owe_new_limits
        from trunks.subject import TrunkSubject

        register(TrunkSubject())
        register_chore(end_expired_secrets)
        register_listener(owe_new_limits)
