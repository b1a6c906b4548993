"""Ready-made configurations for the customer's PBX, filled with the trunk's own values and never with its password."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from trunks.connection import NodeAddress, node_addresses
from trunks.enums import Codec, NumberFormat, TrunkKind
from trunks.models import Trunk
from trunks.validators.hosts import SIP_PORT, TLS_PORT

PLACEHOLDER = "<your password>"
# How a dialled number looks on the trunk.
SAMPLES = {
    NumberFormat.E164: "+13124441212",
    NumberFormat.INTERNATIONAL: "13124441212",
    NumberFormat.US_NATIONAL: "3124441212",
}


@dataclass(frozen=True, slots=True)
class Pbx:
    """One kind of PBX. `template` is below trunks/pbx/; `codecs` are G.711a, G.711µ and G.729 in its words;
    `how` says what to do with the text. One whose settings are entered in forms `is_form`.
    """

    code: str
    label: str
    template: str
    codecs: tuple[str, str, str]
    how: Any
    is_form: bool = False


PBXES = {
    pbx.code: pbx
    for pbx in (
        Pbx(
            "asterisk",
            "Asterisk",
            "asterisk.conf",
            ("alaw", "ulaw", "g729"),
            _("Add this to /etc/asterisk/pjsip.conf, then run: asterisk -rx 'core reload'"),
        ),
        Pbx(
            "freepbx",
            "FreePBX",
            "freepbx.txt",
            ("alaw", "ulaw", "g729"),
            _("Connectivity, Trunks, Add Trunk, Add SIP (chan_pjsip) Trunk: one trunk per node"),
            is_form=True,
        ),
        Pbx(
            "freeswitch",
            "FreeSWITCH",
            "freeswitch.xml",
            ("PCMA", "PCMU", "G729"),
            _("Save this in sip_profiles/external/, then run: fs_cli -x 'sofia profile external rescan'"),
        ),
        Pbx(
            "3cx",
            "3CX",
            "3cx.txt",
            ("PCMA", "PCMU", "G729"),
            _("Voice & Chat, Add Trunk, country Generic: one trunk per node"),
            is_form=True,
        ),
        Pbx(
            "cube",
            "Cisco CUBE",
            "cube.cfg",
            ("g711alaw", "g711ulaw", "g729r8"),
            _("Paste this in configuration mode (IOS XE 17). Change the number 77 if it is taken"),
        ),
    )
}


def configuration(trunk: Trunk, pbx: Pbx) -> str:
    """The text to paste or to type."""
    text = render_to_string(f"trunks/pbx/{pbx.template}", _values(trunk, pbx, node_addresses(trunk)))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def file_name(trunk: Trunk, pbx: Pbx) -> str:
    stem, _dot, suffix = pbx.template.rpartition(".")
    return f"{stem}-{trunk.reference.lower()}.{suffix}"


def form_sections(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The text of a PBX that is a form, to be shown as tables: a line "# Title", then lines "Field: value"."""
    sections: list[tuple[str, list[tuple[str, str]]]] = []
    for line in filter(None, text.splitlines()):
        if line.startswith("# "):
            sections.append((line.removeprefix("# "), []))
        else:
            field, _colon, value = line.partition(": ")
            sections[-1][1].append((field, value))
    return sections


def _values(trunk: Trunk, pbx: Pbx, nodes: list[NodeAddress]) -> dict[str, Any]:
    revision = trunk.wanted
    words = dict(zip(("PCMA", "PCMU", "G729"), pbx.codecs, strict=True))
    ports = [port for _host, port in revision.destinations if port] if revision else []
    return {
        "trunk": trunk,
        "revision": revision,
        "name": plain(trunk.name) or trunk.reference,
        "id": trunk.reference.lower(),
        "nodes": nodes,
        "g711": next((words[codec] for codec in revision.codecs if codec != Codec.G729), "") if revision else "",
        "codecs": [words[codec] for codec in revision.codecs] if revision else [],
        "number": SAMPLES[NumberFormat(revision.number_format)] if revision else "",
        "static": trunk.kind == TrunkKind.STATIC,
        "port": ports[0] if ports else TLS_PORT if trunk.tls else SIP_PORT,
        "realm": settings.SIP_REALM,
        "password": PLACEHOLDER,
    }


def plain(text: str) -> str:
    """What of a name can stand in a comment or a label of every kind of configuration, without a second meaning."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9 .,()+_-]", " ", letters)
    return re.sub(r"-{2,}", "-", re.sub(r" +", " ", words)).strip(" -")[:64]
