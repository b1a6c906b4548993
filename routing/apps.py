"""The routing app."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"

    def ready(self) -> None:
        from provisioning.registry import register
        from routing.panels import receiving_calls
        from routing.services import unassign_numbers
        from routing.subject import NumberSubject
        from trunks.departures import register_farewell
        from trunks.panels import register_panel

        register(NumberSubject())
        register_panel(receiving_calls)
        register_farewell(unassign_numbers)
