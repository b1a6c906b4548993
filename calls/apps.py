"""The calls app."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls.panels import last_calls
        from calls.pulling import pull_calls
        from provisioning.registry import register_chore
        from trunks.panels import register_panel

        register_chore(pull_calls)
        register_panel(last_calls)
