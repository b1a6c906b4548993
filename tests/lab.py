"""What every test with real nodes needs beside them: the stand-in phone network where the portal expects it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.launcher.commands import carrier, here
from portal.launcher.lab import CONTROL_PORT
from sbc.lab.carrier import CarrierControl
from sbc.lab.net import LabNet
from sbc.lab.process import Child


@contextmanager
def phone_network(net: LabNet, folder: Path, *, gateways: int = 1) -> Iterator[CarrierControl]:
    """For the length of a `with`; its log goes to `folder`."""
    addresses = [net.carrier(at) for at in range(1, gateways + 1)]
    child = Child(here(carrier(addresses, CONTROL_PORT)), folder=folder, log="carrier.log")
    control = CarrierControl(f"http://{addresses[0]}:{CONTROL_PORT}")
    try:
        child.wait_until(control.ready)
        yield control
    finally:
        child.stop()
