"""What calls are compared with: a bare relay, and the whole configuration with one of its parts taken out."""

from __future__ import annotations

import shutil
from pathlib import Path

from sbc.lab.node import CONFIGURATION
from sbc.lab.sip import Address

SHARED_COUNT = "one count for both nodes"  # is left out by not telling the node of a Valkey
# Part -> file, what stands there, what stands there without the part.
PARTS: dict[str, list[tuple[str, str, str]]] = {
    SHARED_COUNT: [],
    "call records": [("calls.cfg", '("acc", "cdr_enable", 1)', '("acc", "cdr_enable", 0)')],
    "durable dialogs": [("calls.cfg", '("dialog", "db_mode", 2)', '("dialog", "db_mode", 0)')],
    "channel limit": [("outbound.cfg", "    if (!route(TAKE_CHANNEL)) route(REFUSE);\n", "")],
    "numbering plans": [
        ("numbers.cfg", '    $avp(plan) = "";', '    $avp(plan) = "US:2048:2048";'),
        ("numbers.cfg", 'if (!mt_match("numbering", "$var(number)", "0")) {', "if (0 == 1) {"),
    ],
    "parties written anew": [
        ("identity.cfg", '        uac_replace_from("sip:$avp(shown)@$Ri");\n', "        return;\n"),
        ("identity.cfg", '    uac_replace_to("sip:$avp(written)@$Ri");\n', ""),
    ],
    "hidden topology": [
        ("core.cfg", 'loadmodule "topoh.so"\n', ""),
        ("core.cfg", 'modparam("topoh", "mask_ip", "192.0.2.1")\ninclude_file "secrets.cfg"\n', ""),
    ],
}


def full_without(part: str, folder: Path) -> Path:
    """The path of a copy of the configuration. Raises ValueError when the part is not where PARTS says."""
    copy = folder / f"without-{part.replace(' ', '-')}"
    shutil.copytree(CONFIGURATION.parent, copy)
    for name, old, new in PARTS[part]:
        text = (copy / name).read_text()
        if text.count(old) != 1:
            raise ValueError(f"{name} has {text.count(old)} times {old!r}")
        (copy / name).write_text(text.replace(old, new))
    return copy / CONFIGURATION.name


def relay_to(gateway: Address, folder: Path) -> Path:
    """The path of a bare relay's configuration."""
    path = folder / "relay.cfg"
    path.write_text(Path(__file__).with_name("relay.cfg").read_text().replace("GATEWAY", str(gateway)))
    return path
