"""The routing app."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"

    def ready(self) -> None:
        from provisioning.registry import register
        from routing.subject import NumberSubject

        register(NumberSubject())
