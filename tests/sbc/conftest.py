"""Stand-ins: a dictionary for Kamailio, and files as it writes them; an in-memory node, emptied for each test."""

import pytest
from recording import Kamailio

from sbc.agent.collecting import Collector
from sbc.agent.record_store import RecordStore
from sbc.agent.render import TABLES
from sbc.agent.switch import SwitchUnavailable
from sbc.lab.memory import MemoryNodeProcess


class FakeSwitch:
    """A dictionary that can be switched off and writes down the order of writes."""

    def __init__(self):
        self.keys, self.log, self.dropped, self.off, self.deaf = {}, [], [], False, False
        self.reloads, self.own = 0, ["192.0.2.250"]
        self.before_dump, self.began = lambda: None, 1

    def _answer(self):
        if self.off:
            raise SwitchUnavailable("off")

    def get(self, key):
        self._answer()
        return self.keys.get(key)

    def set(self, key, value):
        self._answer()
        self.log.append(("set", key.table))
        if not self.deaf:
            self.keys[key] = value

    def delete(self, key):
        self._answer()
        self.log.append(("delete", key.table))
        self.keys.pop(key, None)

    def sizes(self):
        self._answer()
        return {table: sum(key.table == table for key in self.keys) for table in TABLES}

    def dump(self, table):
        self.before_dump()
        return {key.name: value for key, value in self.keys.items() if key.table == table}

    def calls(self):
        return {}

    def drop_contacts(self, trunk_id):
        self._answer()
        self.dropped.append(trunk_id)

    def listens_on(self):
        self._answer()
        return self.own

    def started_at(self):
        self._answer()
        return self.began

    def reload_certificates(self):
        self._answer()
        self.reloads += 1

    def facts(self):
        return {key: value for key, value in self.keys.items() if key.table != "agent"}


class FakeContacts:
    """A list in place of Kamailio's file."""

    def __init__(self):
        self.found = []

    def page(self, after, limit):
        return [contact for contact in self.found if contact.id > after][:limit]

    def trunk_ids(self):
        return [contact.trunk_id for contact in self.found]


class FakeCertificates:
    """Files that were written at some time."""

    def __init__(self):
        self.at, self.found = (1,), None

    def written_at(self):
        return self.at

    def read(self):
        return self.found


@pytest.fixture
def certificates():
    return FakeCertificates()


@pytest.fixture
def contacts():
    return FakeContacts()


@pytest.fixture
def switch():
    return FakeSwitch()


@pytest.fixture(scope="session")
def memory_process(tmp_path_factory):
    node = MemoryNodeProcess.start(tmp_path_factory.mktemp("memory"))
    yield node
    node.stop()


@pytest.fixture
def memory_node(memory_process):
    memory_process.heal()
    memory_process.fault(restart_empty=True)
    return memory_process


@pytest.fixture
def client(memory_node):
    client = memory_node.client()
    yield client
    client.close()


@pytest.fixture
def kamailio(tmp_path):
    (tmp_path / "records").mkdir()
    return Kamailio(tmp_path / "records")


@pytest.fixture
def store(tmp_path):
    store = RecordStore(tmp_path / "records.db")
    yield store
    store.close()


@pytest.fixture
def collector(kamailio, store):
    return Collector(store, kamailio.folder, kamailio.turn, turn_bytes=2000)
