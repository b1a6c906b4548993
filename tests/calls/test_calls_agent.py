"""The real agent and the portal that pulls from it: each call once, whatever is killed or put back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from calls.models import Call, NodeCursor
from calls.pulling import pull
from provisioning.models import DataCentre, SbcNode
from provisioning.nodes import client_of
from sbc.client import NodeError, RecordPage
from sbc.lab.process import Child
from sbc.lab.samples import sample_line
from tests.provisioning.scene import TOKEN, wait_until

HOST = "127.0.0.1"


class Agent:
    """An agent without a Kamailio: what Kamailio would write, the test writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        environ = {
            "TRUNKLINE_NODE_NAME": "n1",
            "TRUNKLINE_NODE_STATE": str(self.folder),
            "TRUNKLINE_AGENT_TOKEN": TOKEN,
            "TRUNKLINE_AGENT_HOST": HOST,
            "TRUNKLINE_AGENT_PORT": str(self.port),
            "TRUNKLINE_AGENT_RECORDS_SECONDS": "0.05",
        }
        self._child = Child.python("sbc.agent", folder=self.folder, log="agent.log", environ=environ)
        self._child.wait_until(self._answers)

    def kill(self) -> None:
        """With SIGKILL."""
        self._child.kill()

    def write(self, *call_ids: str) -> None:
        """Calls that ended."""
        with (self.folder / "records" / "calls_1.log").open("a") as file:
            file.writelines(map(sample_line, call_ids))

    def until_taken(self, call_id: str) -> RecordPage:
        """What a portal that has nothing yet would be told, with this call in it."""
        wait_until(lambda: call_id in {record.call_id for _, record in self._told().records})
        return self._told()

    def copy(self) -> dict[str, bytes]:
        """Its disk, at this moment; the agent must not run."""
        files = [*self.folder.glob("records.db*"), *(self.folder / "records").iterdir()]
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in files}

    def put_back(self, disk: dict[str, bytes]) -> None:
        """Into the same places; the agent must not run."""
        for file in self.copy().keys() - disk.keys():
            (self.folder / file).unlink()
        for name, content in disk.items():
            (self.folder / name).write_bytes(content)

    def _told(self) -> RecordPage:
        return client_of(self.url).records("", 0)

    def _answers(self) -> bool:
        try:
            client_of(self.url).status()
        except NodeError:
            return False
        return True


@pytest.fixture
def agent(tmp_path: Path, settings) -> Iterator[Agent]:
    settings.NODE_TOKEN = TOKEN
    settings.NODE_TIMEOUT_SECONDS = 2.0
    client_of.cache_clear()
    agent = Agent(tmp_path)
    agent.start()
    yield agent
    agent.kill()
    client_of.cache_clear()


@pytest.fixture
def node(agent: Agent, new_york: DataCentre) -> SbcNode:
    """The portal's row for it."""
    SbcNode.objects.filter(data_centre=new_york, role="PRIMARY").update(agent_url=agent.url)
    return SbcNode.objects.get(data_centre=new_york, role="PRIMARY")


def pull_now(node: SbcNode) -> list[str]:
    """What the portal has afterwards."""
    NodeCursor.objects.filter(node=node).update(next_at=None)
    pull(node)
    return sorted(Call.objects.values_list("call_id", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("asked_first", [True, False], ids=["asked before the next call", "asked after it"])
def test_a_node_that_was_put_back_from_a_copy_loses_no_call_that_ends_from_then_on(
    agent: Agent, node: SbcNode, asked_first: bool
) -> None:
    agent.write("1", "2")
    agent.until_taken("2")
    pull_now(node)
    agent.kill()
    disk = agent.copy()
    agent.start()
    agent.write("3", "4")
    agent.until_taken("4")
    pull_now(node)
    agent.kill()

    agent.put_back(disk)
    agent.start()
    if asked_first:
        pull_now(node)
    agent.write("5", "6", "7")
    agent.until_taken("7")

    assert pull_now(node) == ["1", "2", "3", "4", "5", "6", "7"]
    assert pull_now(node) == ["1", "2", "3", "4", "5", "6", "7"]


@pytest.mark.django_db
def test_an_agent_killed_between_taking_records_and_the_pull_tells_them_once(agent: Agent, node: SbcNode) -> None:
    agent.write("1", "2")
    before = agent.until_taken("2")
    agent.kill()
    agent.write("3")
    agent.start()
    after = agent.until_taken("3")

    assert pull_now(node) == ["1", "2", "3"]
    assert pull_now(node) == ["1", "2", "3"]
    assert (after.store, after.records[:2]) == (before.store, before.records)


@pytest.mark.django_db
def test_an_agent_killed_after_the_pull_and_before_its_receipt_tells_nothing_twice(agent: Agent, node: SbcNode) -> None:
    agent.write("1", "2")
    agent.until_taken("2")
    pull_now(node)
    agent.kill()
    agent.start()
    agent.write("3")
    agent.until_taken("3")

    assert pull_now(node) == ["1", "2", "3"]


@pytest.mark.django_db
def test_a_node_whose_records_file_was_lost_tells_what_its_kamailio_wrote_and_nothing_counts_twice(
    agent: Agent, node: SbcNode
) -> None:
    agent.write("1", "2")
    agent.until_taken("2")
    pull_now(node)
    agent.kill()
    for file in agent.folder.glob("records.db*"):
        file.unlink()
    agent.start()
    agent.write("3")
    agent.until_taken("3")

    assert pull_now(node) == ["1", "2", "3"]
