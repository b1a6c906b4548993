"""The routing app."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"

    def ready(self) -> None:
        from provisioning.registry import register
        from routing.panels import entries_lost, in_routes, receiving_calls
        from routing.route_subject import RouteSubject
        from routing.selectors import dialled_trunks
        from routing.services import unassign_numbers
        from routing.subject import NumberSubject
        from trunks.departures import register_farewell, register_warner
        from trunks.panels import register_panel
        from trunks.reach import register_dialled

        register(NumberSubject())
        register(RouteSubject())
        register_panel(receiving_calls)
        register_panel(in_routes)
        register_warner(entries_lost)
        register_farewell(unassign_numbers)
        register_dialled(dialled_trunks)
