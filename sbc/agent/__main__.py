"""Starts the agent: `python -m sbc.agent`; with `prepare` it only creates the files that Kamailio needs."""

from __future__ import annotations

import logging
import ssl
import sys
from typing import Any

import uvicorn

from sbc.agent.certificates import CertificateFiles, prepare_certificates
from sbc.agent.collecting import Collector
from sbc.agent.contacts import ContactsFile
from sbc.agent.http import create_app
from sbc.agent.lookups import LookUps
from sbc.agent.names import NameServers
from sbc.agent.node import Node
from sbc.agent.record_store import RecordStore
from sbc.agent.returned import ReturnedCalls
from sbc.agent.settings import Settings
from sbc.agent.store import Store, prepare
from sbc.agent.switch import Kamailio
from sbc.agent.watch import Watch


def main() -> None:
    """Prepare the node's directory, then serve until a signal comes."""
    settings = Settings.read()
    logging.basicConfig(level=logging.INFO, format=f"{settings.name} %(levelname)s %(message)s")
    prepare(settings.folder)
    prepare_certificates(settings.folder, settings.sip_names)
    if sys.argv[1:] == ["prepare"]:
        return
    settings.check()
    contacts = ContactsFile(settings.folder / "contacts.db")
    kamailio = Kamailio(settings.rpc_socket, settings.rpc_fifo)
    node = Node(Store(settings.folder / "facts.db"), kamailio, contacts, CertificateFiles(settings.folder))
    records = RecordStore(settings.folder / "records.db")
    (settings.folder / "records.db").chmod(0o600)  # who called whom
    collector = _collector(settings, records)
    collector.start()
    look_ups = _look_ups(settings, node)
    look_ups.start()
    watch = Watch(node, period=settings.watch_seconds, on_start=collector.kamailio_started)
    watch.start()
    app = create_app(node, settings.token, records=records)
    uvicorn.run(app, host=settings.host, port=settings.port, **_quiet(), **_tls(settings))
    watch.end()
    collector.end()
    look_ups.end()


def _collector(settings: Settings, records: RecordStore) -> Collector:
    """It asks Kamailio over a socket of its own: one is for one thread."""
    kamailio = Kamailio(settings.rpc_socket, settings.rpc_fifo)
    returned = ReturnedCalls(settings.folder / "dialogs.db", records, kamailio.end_call)
    folder, period = settings.folder / "records", settings.records_seconds
    return Collector(records, folder, kamailio.turn_records, period=period, after_start=returned.end)


def _look_ups(settings: Settings, node: Node) -> LookUps:
    return LookUps(
        node,
        NameServers(settings.name_servers),
        shortest=settings.name_seconds,
        own=settings.sip_names,
        allowed=settings.allowed_networks,
    )


def _quiet() -> dict[str, Any]:
    """Connections are kept longer than the portal waits between two sweeps: one that is closed while a request is on
    its way would look like a fault.
    """
    return {"log_level": "warning", "access_log": False, "timeout_keep_alive": 600}


def _tls(settings: Settings) -> dict[str, Any]:
    """Nobody gets as far as the token without a certificate that our authority has signed."""
    if not settings.tls:
        return {}
    return {
        "ssl_certfile": settings.tls.certificate,
        "ssl_keyfile": settings.tls.key,
        "ssl_ca_certs": str(settings.tls.authority),
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
    }


if __name__ == "__main__":
    main()
