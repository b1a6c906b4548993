"""The trunks app."""

from django.apps import AppConfig


class TrunksConfig(AppConfig):
    name = "trunks"

    def ready(self) -> None:
        from accounts.new_limits import register_listener
        from provisioning.registry import register, register_chore, register_provider
        from trunks.groups import GroupSubject, want_changed_groups
        from trunks.providers import all_providers
        from trunks.releasing import release_waiting
        from trunks.services import end_expired_secrets, owe_new_limits
        from trunks.subject import TrunkSubject

        register(TrunkSubject())
        register(GroupSubject())
        for provider in all_providers().values():
            if provider.key_header is not None:
                register_provider(provider.code, provider.key_header)
        register_chore(end_expired_secrets)
        register_chore(want_changed_groups)
        register_listener(owe_new_limits)
        register_chore(release_waiting)
