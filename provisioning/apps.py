"""The provisioning app."""

from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    name = "provisioning"

    def ready(self) -> None:
        from provisioning import tasks  # noqa: F401 -- a web process must know the tasks it nudges
        from provisioning.gateways import NodeSubject
        from provisioning.registry import register

        register(NodeSubject())
