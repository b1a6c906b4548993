"""One change on a node: the agent's PUT, and until it was read back, with few and with many trunks loaded."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.bench.figures import Figures
from portal.launcher.state import var_folder
from sbc.client import NodeClient
from sbc.documents import Fence
from sbc.lab.bulk import load_trunks
from sbc.lab.net import first_free_net
from sbc.lab.node import LabNode
from sbc.lab.samples import sample_trunk

AGENT_PORT = 8300
MEMORY_MB = 512
WARM_UP = 20
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Changes:
    """Of a node with so many trunks; figures in milliseconds."""

    trunks: int
    put: Figures
    put_and_read: Figures


def measure_changes(sizes: Sequence[int], count: int) -> list[Changes]:
    """Real nodes side by side, changed in turn, so that whatever else the machine does hits them alike."""
    var_folder().mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=var_folder()))
    net = first_free_net()
    nodes = [
        LabNode(
            f"n{size}", net.node(place), folder / f"n{place}", AGENT_PORT, "bench", memory_mb=MEMORY_MB, media=False
        )
        for place, size in enumerate(sizes, start=1)
    ]
    try:
        for node, size in zip(nodes, sizes, strict=True):
            load_trunks(node.folder, size)
            node.start()
        return _measure(nodes, sizes, count)
    finally:
        for node in nodes:
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _measure(nodes: list[LabNode], sizes: Sequence[int], count: int) -> list[Changes]:
    clients = [node.client(timeout=PATIENCE_SECONDS) for node in nodes]
    puts: list[list[float]] = [[] for _node in nodes]
    both: list[list[float]] = [[] for _node in nodes]
    for number in range(WARM_UP + count):
        for place, client in enumerate(clients):
            put, read = _change(client, sizes[place], number)
            if number >= WARM_UP:
                puts[place].append(put)
                both[place].append(put + read)
    return [Changes(size, Figures.of(puts[place]), Figures.of(both[place])) for place, size in enumerate(sizes)]


def _change(client: NodeClient, trunks: int, number: int) -> tuple[float, float]:
    """Another number of channels for a trunk picked at random; milliseconds of the PUT and of reading back."""
    place = random.randint(1, trunks)  # noqa: S311 -- not a secret
    document = sample_trunk(
        f"bulk-{place}",
        [_source(place)],
        [("192.0.2.1", 5060), ("192.0.2.2", 5060)],
        channels=11 + number,
    )
    began = time.perf_counter()
    client.put(document, Fence(2 + number, 0))
    put = time.perf_counter()
    held = client.read(document.kind, document.id)
    read = time.perf_counter()
    if held is None or held.hash != document.hash:
        raise AssertionError(f"{document.id} is not on the node as it was put")
    return 1000 * (put - began), 1000 * (read - put)


def _source(place: int) -> str:
    """As `sbc.lab.bulk` numbers them."""
    return ".".join(str(byte) for byte in (0x0A000000 + place).to_bytes(4))
