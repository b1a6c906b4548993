"""Strict readers of the configurations that we hand out: what the PBX itself would not understand is an error."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

# Of Asterisk 16: res_pjsip, res_pjsip_outbound_registration, res_pjsip_endpoint_identifier_ip; what we may use.
OPTIONS = {
    "transport": {
        "protocol", "bind", "method", "cert_file", "priv_key_file", "ca_list_file", "local_net", "verify_server",
        "external_media_address", "external_signaling_address", "external_signaling_port",
    },
    "auth": {"auth_type", "username", "password", "realm"},
    "endpoint": {
        "100rel", "allow", "aors", "auth", "context", "direct_media", "disallow", "dtmf_mode", "force_rport",
        "from_domain", "from_user", "identify_by", "media_encryption", "outbound_auth", "outbound_proxy",
        "rewrite_contact", "rtp_symmetric", "send_pai", "send_rpid", "t38_udptl", "t38_udptl_ec", "t38_udptl_nat",
        "timers", "transport", "trust_id_inbound", "trust_id_outbound",
    },
    "aor": {"contact", "qualify_frequency", "qualify_timeout", "max_contacts"},
    "identify": {"endpoint", "match", "srv_lookups"},
    "registration": {
        "auth_rejection_permanent", "client_uri", "contact_user", "endpoint", "expiration", "fatal_retry_interval",
        "forbidden_retry_interval", "line", "max_retries", "outbound_auth", "retry_interval", "server_uri", "transport",
    },
}  # fmt: skip
VALUES = {
    "dtmf_mode": {"rfc4733", "inband", "info", "auto", "auto_info", "none"},
    "media_encryption": {"no", "sdes", "dtls"},
    "protocol": {"udp", "tcp", "tls", "ws", "wss"},
    "method": {"tlsv1", "tlsv1_1", "tlsv1_2"},
    "auth_type": {"userpass", "md5"},
    "t38_udptl_ec": {"none", "fec", "redundancy"},
    "100rel": {"yes", "no", "required"},
    "timers": {"yes", "no", "required", "always"},
}
SWITCHES = {
    "direct_media", "rtp_symmetric", "send_pai", "send_rpid", "t38_udptl", "trust_id_inbound", "trust_id_outbound",
    "auth_rejection_permanent", "line",
}  # fmt: skip
REFERENCES = {
    "aors": "aor",
    "outbound_auth": "auth",
    "auth": "auth",
    "transport": "transport",
    "endpoint": "endpoint",
}
NEEDED = {
    "transport": {"protocol", "bind"},
    "auth": {"auth_type", "username", "password"},
    "endpoint": {"context", "disallow", "allow", "aors", "transport"},
    "aor": {"contact"},
    "identify": {"endpoint", "match"},
    "registration": {"server_uri", "client_uri", "outbound_auth"},
}
CODECS = {"alaw", "ulaw", "g729"}
SIP_URI = re.compile(r"sip:([A-Za-z0-9]+@)?[A-Za-z0-9.\[\]:-]+(;transport=(udp|tcp|tls))?")


@dataclass
class Section:
    name: str
    type: str = ""
    options: dict[str, list[str]] = field(default_factory=dict)

    def __getitem__(self, option: str) -> str:
        (value,) = self.options[option]
        return value


def read_pjsip(text: str) -> list[Section]:
    """The sections of a pjsip.conf. Raises AssertionError for anything that res_pjsip does not take as it is meant."""
    sections: list[Section] = []
    for line in text.splitlines():
        code = _code(line)
        if not code:
            continue
        if head := re.fullmatch(r"\[([A-Za-z0-9_-]+)\]", code):
            sections.append(Section(head[1]))
            continue
        option, equals, value = code.partition("=")
        assert equals, f"neither a section nor an option: {line}"
        _add(sections[-1], option.strip(), value.strip())
    for section in sections:
        _check(section, sections)
    return sections


def _code(line: str) -> str:
    """The line without its comment; a semicolon that belongs to a value is escaped."""
    assert ";--" not in line, "begins a comment of many lines"
    code = re.split(r"(?<!\\);", line)[0]
    return code.replace("\\;", ";").strip()


def _add(section: Section, option: str, value: str) -> None:
    assert value, f"{option} is empty"
    if option == "type":
        assert not section.type, f"{section.name} has two types"
        assert value in OPTIONS, f"unknown type {value}"
        section.type = value
        return
    assert section.type, f"{section.name}: type comes first"
    assert option in OPTIONS[section.type], f"{section.type} has no option {option}"
    assert option not in section.options or option in {"match", "contact", "allow"}, f"{option} twice"
    section.options.setdefault(option, []).append(value)


def _check(section: Section, sections: list[Section]) -> None:
    names = [other.name for other in sections if other.type == section.type]
    assert names.count(section.name) == 1, f"two {section.type} {section.name}"
    assert NEEDED[section.type] <= section.options.keys(), f"{section.name} lacks something"
    known = {(other.type, other.name) for other in sections}
    for option, values in section.options.items():
        for value in values:
            if option in REFERENCES:
                assert (REFERENCES[option], value) in known, f"{section.name}: there is no {REFERENCES[option]} {value}"
            _check_value(option, value)


def _check_value(option: str, value: str) -> None:
    if option in VALUES:
        assert value in VALUES[option], f"{option}={value}"
    if option in SWITCHES:
        assert value in {"yes", "no"}, f"{option}={value}"
    if option in {"contact", "server_uri", "client_uri"}:
        assert SIP_URI.fullmatch(value), value
    if option == "allow":
        assert set(value.split(",")) <= CODECS
    if option.endswith(("frequency", "interval", "retries", "expiration")):
        assert value.isdecimal()


# What parse_gateways() of mod_sofia reads; other params are passed over in silence.
GATEWAY_PARAMS = {
    "register", "scheme", "realm", "username", "auth-username", "password", "caller-id-in-from", "extension",
    "extension-in-contact", "ping", "ping-max", "ping-min", "contact-in-ping", "proxy", "context", "expire-seconds",
    "retry-seconds", "max-retry-seconds", "timeout-seconds", "from-user", "from-domain", "contact-host",
    "register-proxy", "outbound-proxy", "distinct-to", "rfc-5626", "reg-id", "contact-params", "register-transport",
    "cid-type", "destination-prefix", "gw-auth-acl", "sip-port", "use-standard-contact",
}  # fmt: skip
VARIABLES = {
    "absolute_codec_string": re.compile(r"(PCMA|PCMU|G729)(,(PCMA|PCMU|G729))*"),
    "dtmf_type": re.compile("rfc2833|info|none"),
    "sip_cid_type": re.compile("none|pid|rpid"),
    "rtp_secure_media": re.compile("true|false|optional"),
    "fax_enable_t38": re.compile("true|false"),
    "t38_passthru": re.compile("true|false"),
}


@dataclass
class Gateway:
    params: dict[str, str]
    variables: dict[str, str]


def read_gateways(text: str) -> dict[str, Gateway]:
    """The gateways of a FreeSWITCH file by name. Raises AssertionError for what mod_sofia would not act on."""
    root = ET.fromstring(text)
    assert root.tag == "include"
    # The preprocessor looks at the text, comments included.
    assert "$${" not in text
    assert "X-PRE-PROCESS" not in text
    return {gateway.attrib["name"]: _gateway(gateway) for gateway in root.findall("gateway")}


def _gateway(element: ET.Element) -> Gateway:
    params = {param.attrib["name"]: param.attrib["value"] for param in element.findall("param")}
    assert len(params) == len(element.findall("param"))
    assert params.keys() <= GATEWAY_PARAMS, params.keys() - GATEWAY_PARAMS
    assert "proxy" in params
    if params["register"] == "true":
        assert {"username", "password"} <= params.keys()
    variables = {each.attrib["name"]: each.attrib["value"] for each in element.findall("variables/variable")}
    for name, value in variables.items():
        assert VARIABLES[name].fullmatch(value), (name, value)
    assert {each.tag for each in element} <= {"param", "variables"}
    return Gateway(params, variables)
