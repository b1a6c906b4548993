"""Starts the agent: `python -m sbc.agent`; with `prepare` it only creates the files that Kamailio needs."""

from __future__ import annotations

import logging
import sys

import uvicorn

from sbc.agent.collecting import Collector
from sbc.agent.contacts import ContactsFile
from sbc.agent.http import create_app
from sbc.agent.node import Node
from sbc.agent.record_store import RecordStore
from sbc.agent.settings import Settings
from sbc.agent.store import Store, prepare
from sbc.agent.switch import Kamailio
from sbc.agent.watch import Watch


def main() -> None:
    """Prepare the node's directory, then serve until a signal comes."""
    settings = Settings.read()
    logging.basicConfig(level=logging.INFO, format=f"{settings.name} %(levelname)s %(message)s")
    prepare(settings.folder)
    if sys.argv[1:] == ["prepare"]:
        return
    contacts = ContactsFile(settings.folder / "contacts.db")
    kamailio = Kamailio(settings.rpc_socket, settings.rpc_fifo)
    node = Node(Store(settings.folder / "facts.db"), kamailio, contacts)
    watch = Watch(node, period=settings.watch_seconds)
    watch.start()
    records = RecordStore(settings.folder / "records.db")
    (settings.folder / "records.db").chmod(0o600)  # who called whom
    collector = _collector(settings, records)
    collector.start()
    app = create_app(node, settings.token, records=records)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)
    watch.end()
    collector.end()


def _collector(settings: Settings, records: RecordStore) -> Collector:
    """It asks Kamailio over a socket of its own: one is for one thread."""
    kamailio = Kamailio(settings.rpc_socket, settings.rpc_fifo)
    folder = settings.folder / "records"
    return Collector(records, folder, kamailio.turn_records, period=settings.records_seconds)


if __name__ == "__main__":
    main()
