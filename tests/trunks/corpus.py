"""Input that people and machines send, and what we answer: row by row as agreed, word for word.

(id, question, what is typed, message or None). The question is a field of an order; what is typed replaces the answer
to it, or, as a dictionary, the answers to several. Addresses and names are public ones: the lab is off.
"""

from __future__ import annotations

from typing import Any

PUBLIC = "Enter the public IP address of your equipment"
NOT_A_NAME = '"%s" is not a host name. Use letters, digits, hyphens and dots'
NOT_AN_IP = '"%s" is not an IP address. Enter it like 198.51.100.7'
WHOLE = "Number of channels must be a whole number, like 10"
PORT = "Port must be a number from 1025 to 65535"
ELSEWHERE = (
    "Berlin is in Germany, and you said that your equipment is in the United States. "
    "Select the address where it is, or change that answer"
)
FULL_NAME = '"%s" is not a full public name. Enter it like pbx.example.com'
ONLY_HOST = 'Enter only the host name or IP address and the port. "%s" has more in it'
RANGES = "Enter single IP addresses. Ranges are not accepted"
CONTROL = "Trunk name must not include line breaks or control characters"
SID = "Enter the Twilio Account SID. It starts with AC and has 34 characters"
TWILIO = "Enter the Twilio SIP domain you received from Freshworks, like example.sip.us1.twilio.com"
IDENTIFIER = "Enter the inbound SIP termination identifier from Genesys. Use letters, digits and hyphens"
FQDN = "Enter the outbound SIP termination FQDN from Genesys"
US_ONLY = "US domestic format only works for calls within the United States. Choose E.164"
SHARED = "Select how calls are shared between your destinations"

NO_HOST_AT_ALL = "Enter at least one source IP address or one destination"
NO_IPV6 = "New York does not support IPv6 yet. Enter an IPv4 address"
CLAIMED = (
    "9.9.9.10 cannot be used because it is registered to another customer. If it is yours, prove that you control it"
)


def ours(ip: str) -> str:
    return f"{ip} is our own address. Enter the address of your equipment"


def private(ip: str) -> str:
    return f"{ip} is a private address. {PUBLIC}"


def unusable(ip: str) -> str:
    return f"{ip} cannot be used on the internet. {PUBLIC}"


def no_host(ip: str) -> str:
    return f"{ip} is not a single host address. {PUBLIC}"


def going_to(host: str, port: str = "") -> dict[str, Any]:
    return {"destinations": [host], "destinations_port": [port]}


def freshworks(**facts: str) -> dict[str, Any]:
    """Answers for a Freshworks trunk; all of them right but `facts`."""
    return {"provider": "FRESHWORKS", "account_sid": "AC" + "7" * 32, "sip_domain": "new.sip.twilio.com", **facts}


def genesys(**facts: str) -> dict[str, Any]:
    """Answers for a Genesys trunk; all of them right but `facts`."""
    return {"provider": "GENESYS_CLOUD", "region": "EU_WEST_1", **facts}


NAMES = [
    ("V-NAME-1", "name", "", "Enter a trunk name"),
    ("V-NAME-2", "name", "   ", "Enter a trunk name"),
    ("V-NAME-2", "name", "\u00a0\u200b", "Enter a trunk name"),
    ("V-NAME-3", "name", "x" * 129, "Trunk name must be 128 characters or less"),
    ("V-NAME-3", "name", "x" * 128, None),
    ("V-NAME-4", "name", "Main\r\noffice", CONTROL),
    ("V-NAME-4", "name", "Main\x00office", CONTROL),
    ("V-NAME-4", "name", "Main\u202eoffice", CONTROL),
    ("V-NAME-5", "name", "MAIN office", 'You already have a trunk called "Main office". Enter a different name'),
    ("V-NAME-6", "name", "<script>alert(1)</script>", None),
    ("V-NAME-6", "name", "{{7*7}}", None),
    ("V-NAME-6", "name", "=cmd|' /C calc'!A0", None),
]
CHANNELS = [
    ("V-CH-1", "channels", "", "Enter the number of channels"),
    ("V-CH-2", "channels", "ten", WHOLE),
    ("V-CH-2", "channels", "1e3", WHOLE),
    ("V-CH-2", "channels", "\uff11\uff10", WHOLE),
    ("V-CH-2", "channels", "\u0665", WHOLE),
    ("V-CH-3", "channels", "0", "Number of channels must be 1 or more"),
    ("V-CH-3", "channels", "-5", "Number of channels must be 1 or more"),
    ("V-CH-4", "channels", "2.5", "Number of channels must be a whole number"),
    ("V-CH-5", "channels", "1001", "Number of channels must be 1000 or less"),
    ("V-CH-6", "channels", "99", "You have 98 channels left. Enter 98 or less, or request more"),
    ("V-CH-7", "channels", "99999999999999999999", "Number of channels must be 1000 or less"),
    ("V-CH-8", "channels", " 98 ", None),
]
CHOICES = [
    ("V-PL-1", "provider", "", "Select a provider"),
    ("V-PL-1", "plan", "", "Select a plan"),
    ("V-PL-1", "kind", "", "Select a trunk type"),
    ("V-PL-1", "kind", "SIDEWAYS", "Select a trunk type"),
    ("V-PL-1", "kind", "PROVIDER", "Select a trunk type"),
    ("V-PL-2", "provider", "ACME", "Select a provider"),
    ("V-PL-2", "plan", "ACME", "Select a plan"),
    (
        "V-PL-3",
        "plan",
        "UNLIMITED",
        "The Unlimited plan is not active on your account. Choose Metered or contact us to activate it",
    ),
    (
        "V-PL-4",
        "service_address",
        {"plan": "UNLIMITED", "service_address": "", "data_centre": "FRANKFURT", "in_the_us": "no"},
        "The Unlimited plan needs a service address in the United States",
    ),
    (
        "V-PL-4",
        "service_address",
        {"plan": "UNLIMITED", "service_address": "in Germany"},
        "The Unlimited plan needs a service address in the United States",
    ),
]
CHOICES += [
    ("V-PL-5", "kind", {"provider": provider, "kind": kind}, None)
    for provider in ("FRESHWORKS", "GENESYS_CLOUD")
    for kind in ("REGISTERED", "SIDEWAYS")
]
PLACES = [
    ("V-LOC-1", "data_centre", "", "Select a data centre"),
    ("V-LOC-1", "data_centre", "ATLANTIS", "Select a data centre"),
    ("V-LOC-2", "data_centre", "MOSCOW", "Moscow has no free capacity. Select another data centre"),
    (
        "V-LOC-3",
        "data_centre",
        "SINGAPORE",
        "You can use up to 2 data centres and already use Frankfurt and New York",
    ),
    (
        "V-LOC-4",
        "service_address",
        {"service_address": "", "in_the_us": "no"},
        "Select a service address. Trunks in New York need one",
    ),
    (
        "V-LOC-5",
        "service_address",
        {"service_address": "", "data_centre": "FRANKFURT"},
        "Select a service address. It is required when your equipment is in the United States",
    ),
    ("V-LOC-5", "service_address", {"service_address": "", "data_centre": "FRANKFURT", "in_the_us": "no"}, None),
    (
        "V-LOC-5",
        "service_address",
        "in Germany",
        ELSEWHERE,
    ),
    ("V-LOC-5", "service_address", {"service_address": "in Germany", "in_the_us": "no"}, None),
    ("V-LOC-6", "service_address", "a stranger's", "Select a service address"),
    ("V-LOC-6", "service_address", "nobody's", "Select a service address"),
    ("V-LOC-6", "service_address", "not an id", "Select a service address"),
    ("V-LOC-7", "service_address", "deleted", "That service address no longer exists. Select another"),
]
SOURCES = [
    (
        "V-IP-1",
        "sources",
        {"sources": [""], "destinations": [""]},
        "Enter at least one source IP address or one destination",
    ),
    *(("V-IP-2", "sources", [ip], NOT_AN_IP % ip) for ip in ("300.1.1.1", "1.2.3", "1.2.3.4.5", "abc")),
    *(("V-IP-2", "sources", [ip], NOT_AN_IP % ip) for ip in ("2606:4700::1111%eth0", "::ffff:8.8.8.8%1")),
    *(("V-IP-3", "sources", [ip], NOT_AN_IP % ip) for ip in ("010.0.0.1", "0x7f.1", "2130706433", "1.2.3.4.")),
    ("V-IP-4", "sources", ["8.8.8.8:5060"], "Source IP address must not include a port"),
    ("V-IP-4", "sources", ["[2606:4700::1111]:5060"], "Source IP address must not include a port"),
    *(("V-IP-5", "sources", [text], None) for text in ("sip:8.8.8.8", " 8.8.8.8 ", "8.8.8.8\u200b", "\u00a08.8.8.8")),
    *(("V-IP-6", "sources", [ip], private(ip)) for ip in ("10.1.2.3", "192.168.0.5", "172.20.1.1", "fd00::1")),
    ("V-IP-7", "sources", ["100.64.0.1"], f"100.64.0.1 is a shared carrier address. {PUBLIC}"),
    *(
        ("V-IP-8", "sources", [ip], unusable(ip))
        for ip in (
            *("127.0.0.1", "127.77.128.1", "::1", "169.254.169.254", "fe80::1%eth0", "0.0.0.0", "192.0.2.1"),
            *("198.51.100.7", "203.0.113.7", "198.18.0.1", "192.88.99.1", "2001:db8::1", "3fff::1", "5f00::1", "::"),
        )
    ),
    *(("V-IP-9", "sources", [ip], no_host(ip)) for ip in ("224.0.0.1", "255.255.255.255", "240.0.0.1", "ff02::1")),
    *(("V-IP-10", "sources", [net], RANGES) for net in ("0.0.0.0/0", "::/0", "8.0.0.0/8", "198.51.100.0/29")),
    ("V-IP-10", "sources", ["0.0.0.0/1", "128.0.0.0/1"], RANGES),
    ("V-IP-12", "sources", ["62.140.31.124"], ours("62.140.31.124")),
    ("V-IP-12", "sources", ["185.255.9.216"], ours("185.255.9.216")),
    ("V-IP-13", "sources", ["8.8.8.8", "8.8.8.8"], "8.8.8.8 is already in the list"),
    ("V-IP-13", "sources", ["8.8.8.8", "::ffff:8.8.8.8"], "8.8.8.8 is already in the list"),
    (
        "V-IP-14",
        "sources",
        ["9.9.9.10"],
        CLAIMED,
    ),
    (
        "V-IP-15",
        "sources",
        ["9.9.9.9"],
        '9.9.9.9 is already used by "Main office" in New York. Choose another address',
    ),
    ("V-IP-16", "sources", ["pbx.example.com"], "Source must be an IP address, not a name"),
    ("V-IP-17", "sources", ["8.8.8.1", "8.8.8.2", "8.8.8.3", "8.8.8.4"], "You can enter up to 3 source IP addresses"),
    ("V-IP-18", "sources", ["2606:4700::1111"], NO_IPV6),
    *(
        ("V-IP-19", "sources", [ip], private("10.0.0.1"))
        for ip in ("::ffff:10.0.0.1", "2002:a00:1::1", "64:ff9b::a00:1")
    ),
    ("V-IP-20", "sources", ["9" * 5000], NOT_AN_IP % ("9" * 59 + "…")),
]
DESTINATIONS = [
    *(
        ("V-DST-1", "destinations", going_to(host), FULL_NAME % host)
        for host in ("pbx", "localhost", "pbx.local", "pbx.internal")
    ),
    *(
        ("V-DST-2", "destinations", going_to(host), NOT_A_NAME % host)
        for host in ("-pbx.example.com", "pbx..example.com", "pbx_1.example.com")
    ),
    ("V-DST-2", "destinations", going_to("x" * 64 + ".example.com"), NOT_A_NAME % ("x" * 59 + "…")),
    ("V-DST-2", "destinations", going_to("x." * 122 + "example.com"), NOT_A_NAME % ("x." * 29 + "x…")),
    ("V-DST-3", "destinations", going_to("pbx.example.com."), None),
    ("V-DST-3", "destinations", going_to("PBX.Example.COM"), None),
    ("V-DST-4", "destinations", going_to("bücher.example"), None),
    ("V-DST-5", "destinations", going_to("\u0440\u0430ypal.com"), None),
    *(
        ("V-DST-6", "destinations", going_to(text), ONLY_HOST % text)
        for text in ("https://pbx.example.com/x", "user@pbx.example.com", "sip:100@pbx.example.com;transport=tls")
    ),
    (
        "V-DST-18",
        "destinations",
        going_to("8.8.8.8:5070", "5060"),
        '"8.8.8.8:5070" includes a port, and the port has its own field. Enter it only there',
    ),
    ("V-DST-18", "destinations", going_to("8.8.8.8:5060", "5060"), None),
    ("V-DST-7", "destinations", going_to("8.8.8.8", "0"), PORT),
    *(
        ("V-DST-7", "destinations", going_to("pbx.example.com", port), PORT)
        for port in ("80", "1024", "65536", "5060a", "-1", "\u0665\u0660\u0666\u0660")
    ),
    ("V-DST-7", "destinations", going_to("pbx.example.com:80"), PORT),
    ("V-DST-8", "destinations", going_to("8.8.8.8"), None),
    ("V-DST-8", "destinations", {**going_to("8.8.8.8"), "tls": "yes"}, None),
    ("V-DST-9", "destinations", going_to("pbx.example.com"), None),
    (
        "V-DST-10",
        "destinations",
        going_to("inside.example.com"),
        "inside.example.com points to 10.0.0.5, which is a private address",
    ),
    (
        "V-DST-10",
        "destinations",
        going_to("us.example.com", "5060"),
        "us.example.com points to 62.140.31.124, which is our own address",
    ),
    ("V-DST-11", "destinations", going_to("missing.example.com"), None),
    (
        "V-DST-12",
        "strategy",
        {"destinations": ["8.8.8.8", "8.8.4.4"], "destinations_port": ["", ""], "strategy": ""},
        SHARED,
    ),
    (
        "V-DST-12",
        "strategy",
        {"destinations": ["8.8.8.8", "8.8.4.4"], "destinations_port": ["", ""], "strategy": "RANDOM"},
        SHARED,
    ),
    ("V-DST-13", "strategy", {**going_to("8.8.8.8"), "strategy": "ROUND_ROBIN"}, None),
    (
        "V-DST-14",
        "destinations",
        {"destinations": ["pbx.example.com", "PBX.example.com:5060"], "destinations_port": ["5060", ""]},
        "pbx.example.com:5060 is already in the list",
    ),
    (
        "V-DST-15",
        "destinations",
        going_to("[2606:4700::1111]:5060"),
        "New York does not support IPv6 yet. Enter an IPv4 address",
    ),
    (
        "V-DST-15",
        "destinations",
        {**going_to("[2606:4700::1111]:5060"), "data_centre": "FRANKFURT", "sources": [""]},
        None,
    ),
    ("V-IP-6", "destinations", going_to("10.1.2.3"), private("10.1.2.3")),
    (
        "V-IP-12",
        "destinations",
        going_to("62.140.31.124"),
        "62.140.31.124 is our own address. Enter the address of your equipment",
    ),
    (
        "V-DST-17",
        "destinations",
        {"destinations": ["8.8.8.1", "8.8.8.2", "8.8.8.3", "8.8.8.4"], "strategy": "FAILOVER"},
        "You can enter up to 3 destinations",
    ),
]
SOUND = [
    ("V-COD-1", "codecs", [], "Select at least one codec"),
    ("V-COD-2", "codecs", ["OPUS"], "Select a codec from the list"),
    ("V-COD-2", "codecs", ["PCMA", "PCMA"], None),
    ("choice", "dtmf", "SHOUTING", "Select how DTMF is sent"),
    ("choice", "fax", "PIGEON", "Select how fax is sent"),
    ("choice", "privacy", "MASK", "Select a privacy header, or None"),
    ("choice", "tls", "", "Select UDP, or TLS and SRTP"),
    ("choice", "tls", "ROT13", "Select UDP, or TLS and SRTP"),
    (
        "V-COD-3",
        "dtmf",
        {"codecs": ["G729"], "dtmf": "INBAND"},
        "In-band DTMF does not work reliably with G.729. Add G.711 or choose RFC 2833",
    ),
    ("V-COD-3", "dtmf", {"codecs": ["G729", "PCMU"], "dtmf": "INBAND"}, None),
    (
        "V-COD-4",
        "fax",
        {"codecs": ["G729"], "fax": "INBAND"},
        "In-band fax needs G.711. Add G.711a or G.711µ, or choose T.38",
    ),
    ("V-FMT-1", "number_format", {"number_format": "US_NATIONAL", "international": "on"}, US_ONLY),
    ("V-FMT-1", "number_format", {"number_format": "US_NATIONAL", "service_address": "in Germany"}, US_ONLY),
    (
        "V-FMT-1",
        "number_format",
        {"number_format": "US_NATIONAL", "service_address": "", "data_centre": "FRANKFURT", "in_the_us": "no"},
        US_ONLY,
    ),
    ("V-FMT-1", "number_format", {"number_format": "US_NATIONAL"}, None),
    ("V-FMT-1", "number_format", "KLINGON", "Select a number format"),
    ("V-LOC-5", "in_the_us", "", "Select yes if your equipment is in the United States"),
]
FRESHWORKS = [
    *(
        ("V-FW-1", "account_sid", freshworks(account_sid=text), SID)
        for text in (
            *("", "SK" + "7" * 32, "AC" + "7" * 31, "AC" + "7" * 33, "ac" + "7" * 32, "AC" + "g" * 32),
            *("AC" + "A" * 32, "AC" + "\u0667" * 32),
        )
    ),
    ("V-FW-1", "account_sid", freshworks(account_sid=" AC" + "a" * 32 + "\u200b"), None),
    *(
        ("V-FW-2", "sip_domain", freshworks(sip_domain=text), TWILIO)
        for text in (
            *("", "example.com", "sip.twilio.com", "new.sip.twilio.com.evil.com", "new.sip.twilio.org", "8.8.8.8"),
            *("https://new.sip.twilio.com", "new.sip.twilio.com:5060", "a b.sip.twilio.com", "-.sip.twilio.com"),
        )
    ),
    *(
        ("V-FW-2", "sip_domain", freshworks(sip_domain=text), None)
        for text in ("new.sip.us1.twilio.com", "NEW.sip.Twilio.com.", "sip:new.sip.ie1.twilio.com")
    ),
    (
        "V-FW-3",
        "sip_domain",
        freshworks(account_sid="AC" + "1" * 32, sip_domain="mine.sip.twilio.com"),
        "You already have a Freshworks trunk with this domain",
    ),
    ("V-FW-3", "sip_domain", freshworks(account_sid="AC" + "1" * 32, sip_domain="another.sip.twilio.com"), None),
    (
        "V-FW-3",
        "account_sid",
        freshworks(account_sid="AC" + "2" * 32),
        "This Twilio account is registered to another customer. If it is yours, contact us",
    ),
]
GENESYS = [
    ("V-GE-1", "region", genesys(region=""), "Select your Genesys Cloud region"),
    ("V-GE-1", "region", genesys(region="MARS_1"), "Select your Genesys Cloud region"),
    *(
        ("V-GE-2", "inbound_identifier", genesys(inbound_identifier=text), IDENTIFIER)
        for text in ("my.name", "my name", "x" * 64, "b\u00fccher", "my_name")
    ),
    *(("V-GE-2", "inbound_identifier", genesys(inbound_identifier=text), None) for text in ("", " My-Name-1 ")),
    *(
        ("V-GE-3", "outbound_fqdn", genesys(outbound_fqdn=text), FQDN)
        for text in ("8.8.8.8", "https://sip.example.com", "sip.example.com:5061", "sip", "-.example.com", "[::1]")
    ),
    *(("V-GE-3", "outbound_fqdn", genesys(outbound_fqdn=text), None) for text in ("", "SIP.Example.com.")),
    (
        "V-GE-4",
        "inbound_identifier",
        genesys(inbound_identifier="Acme"),
        "This identifier is already used in this region. It must be unique",
    ),
    ("V-GE-4", "inbound_identifier", genesys(inbound_identifier="acme", region="NA_US_EAST_1"), None),
    ("V-GE-4", "inbound_identifier", genesys(inbound_identifier="acme", region="EU_WEST_2"), None),
    (
        "V-GE-5",
        "outbound_fqdn",
        genesys(outbound_fqdn="ACME.example.com", region="EU_WEST_2"),
        "This name is already used in this data centre. It must be unique, for your calls are known by it",
    ),
    ("V-GE-5", "outbound_fqdn", genesys(outbound_fqdn="acme.example.com", region="NA_US_EAST_1"), None),
    (
        "V-LOC-2",
        "region",
        genesys(region="NA_US_WEST_2"),
        "Portland has no free capacity. Select one that another data centre serves",
    ),
    (
        "V-LOC-3",
        "region",
        genesys(region="AP_SOUTH_1"),
        "You can use up to 2 data centres and already use Frankfurt and New York",
    ),
    (
        "V-LOC-4",
        "service_address",
        {**genesys(region="NA_US_EAST_1"), "service_address": "", "in_the_us": "no"},
        "Select a service address. Trunks in New York need one",
    ),
    (
        "V-LOC-5",
        "service_address",
        {**genesys(), "service_address": ""},
        "Select a service address. It is required when your equipment is in the United States",
    ),
    ("V-LOC-5", "service_address", {**genesys(), "service_address": "", "in_the_us": "no"}, None),
]
CORPUS = [*NAMES, *CHANNELS, *CHOICES, *PLACES, *SOURCES, *DESTINATIONS, *SOUND, *FRESHWORKS, *GENESYS]
