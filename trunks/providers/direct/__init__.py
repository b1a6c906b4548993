"""The customer's own PBX or SBC."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from trunks.enums import TrunkKind
from trunks.providers.base import Provider


class Direct(Provider):
    code = "DIRECT"
    label = _("My own PBX or SBC")
    pitch = _("Connect your own PBX or SBC, on your premises or in the cloud. You choose every setting yourself.")
    needs = _("Have at hand: a fixed public IP address, or a PBX that signs in.")
    position = 1
    kinds = (TrunkKind.STATIC, TrunkKind.REGISTERED)
    preset = None


PROVIDER = Direct()
