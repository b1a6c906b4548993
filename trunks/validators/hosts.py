"""Rules about source and destination hosts: single entries and whole lists (V-IP, V-DST)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import shorten, tidy
from trunks.enums import Strategy
from trunks.validators.ip import HostRules, looks_like_ip, parse_ip, validate_host_address

__all__ = ["Checked", "HostRules", "clean_destinations", "clean_sources", "clean_strategy", "validate_some_host"]

SIP_PORT, TLS_PORT, LOWEST_PORT, HIGHEST_PORT, SRV = 5060, 5061, 1025, 65535, 0
NAME_LENGTH = 253
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_PRIVATE_ENDINGS = (".local", ".internal", ".localhost", ".lan", ".home.arpa", ".invalid", ".test")

Row = TypeVar("Row", bound=tuple[str, ...])
Host = TypeVar("Host")
HostPort = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Checked(Generic[Host]):
    """What of a list is right, where each of it stands in the list, and what is wrong at which place."""

    hosts: list[Host]
    rows: list[int]
    troubles: list[tuple[int, ValidationError]]


def clean_source(raw: str, rules: HostRules) -> str:
    """One address that calls come from, normalised.

    Raises ValidationError V-IP-2 to V-IP-12, V-IP-16, V-IP-18, V-IP-19.
    """
    text = _strip_scheme(tidy(raw))
    if "/" in text:
        raise ValidationError(_("Enter single IP addresses. Ranges are not accepted"), code="V-IP-10")
    if re.fullmatch(r"[0-9.]+:[0-9]*|\[.*\]:[0-9]*", text):
        raise ValidationError(_("Source IP address must not include a port"), code="V-IP-4")
    if not looks_like_ip(text) and "." in text and re.search(r"[a-z]\w*$", text, re.IGNORECASE):
        raise ValidationError(_("Source must be an IP address, not a name"), code="V-IP-16")
    address = parse_ip(text)
    validate_host_address(address, rules)
    return str(address)


def clean_destination(host: str, port: str, rules: HostRules, usual_port: int = SIP_PORT) -> HostPort:
    """Where calls go, as (host, port); port 0 asks for an SRV look-up. "host:port" may stand in `host`.
    An address without a port gets the `usual_port`.

    Raises ValidationError keyed by nothing: V-DST-1, 2, 6, 7, 18 and those of addresses.
    """
    text = tidy(host)
    if re.search(r"://|@|;|/|\s", text):
        message = _('Enter only the host name or IP address and the port. "%(text)s" has more in it')
        raise ValidationError(message, code="V-DST-6", params={"text": shorten(text)})
    text, port = _split_port(_strip_scheme(text), tidy(port))
    if looks_like_ip(text):
        address = parse_ip(text)
        validate_host_address(address, rules)
        return str(address), _clean_port(port) if port else usual_port
    name = clean_host_name(text)
    return name, _clean_port(port) if port not in {"", "0"} else SRV


def clean_host_name(text: str) -> str:
    """The public name in lower case, ASCII, without a final dot. Raises ValidationError V-DST-1, V-DST-2."""
    name = text.lower().removesuffix(".")
    try:
        ascii_name = name if name.isascii() else idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        raise _not_a_name(text) from None
    labels = ascii_name.split(".")
    if len(ascii_name) > NAME_LENGTH or not all(_LABEL.fullmatch(label) for label in labels):
        raise _not_a_name(text)
    if len(labels) == 1 or ascii_name.endswith(_PRIVATE_ENDINGS) or labels[-1].isdigit():
        message = _('"%(text)s" is not a full public name. Enter it like pbx.example.com')
        raise ValidationError(message, code="V-DST-1", params={"text": shorten(text)})
    return ascii_name


def clean_sources(raw: Iterable[str], rules: HostRules) -> Checked[str]:
    """The sources; empty rows are left out (V-IP-13, V-IP-17)."""
    return _clean_rows(
        [(row,) for row in raw],
        lambda row: clean_source(row[0], rules),
        lambda source: ValidationError(_("%(host)s is already in the list"), code="V-IP-13", params={"host": source}),
        ValidationError(
            _("You can enter up to %(most)s source IP addresses"), code="V-IP-17", params={"most": rules.most}
        ),
        rules.most,
    )


def clean_destinations(
    raw: Iterable[tuple[str, str]], rules: HostRules, usual_port: int = SIP_PORT
) -> Checked[HostPort]:
    """The destinations, typed as (host, port); empty rows are left out (V-DST-14, V-DST-17 too)."""
    return _clean_rows(
        list(raw),
        lambda row: clean_destination(row[0], row[1], rules, usual_port),
        lambda host: ValidationError(
            _("%(host)s is already in the list"), code="V-DST-14", params={"host": show_destination(*host)}
        ),
        ValidationError(_("You can enter up to %(most)s destinations"), code="V-DST-17", params={"most": rules.most}),
        rules.most,
    )


def _clean_rows(
    rows: list[Row],
    clean: Callable[[Row], Host],
    twice: Callable[[Host], ValidationError],
    too_many: ValidationError,
    most: int,
) -> Checked[Host]:
    checked: Checked[Host] = Checked([], [], [])
    for at, row in enumerate(rows):
        if not any(tidy(cell) for cell in row):
            continue
        try:
            host = clean(row)
        except ValidationError as trouble:
            checked.troubles.append((at, trouble))
            continue
        if host in checked.hosts:
            checked.troubles.append((at, twice(host)))
        elif len(checked.hosts) == most:
            checked.troubles.append((at, too_many))
            break
        else:
            checked.hosts.append(host)
            checked.rows.append(at)
    return checked


def show_destination(host: str, port: int) -> str:
    """As people write it: host:port, the host alone where the port is looked up."""
    if port == SRV:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def clean_strategy(raw: str, destinations: Sequence[object]) -> str:
    """How calls are shared; one destination needs no choice. Raises ValidationError V-DST-12."""
    if len(destinations) <= 1:
        return Strategy.FAILOVER
    if raw not in Strategy.values:
        raise ValidationError(_("Select how calls are shared between your destinations"), code="V-DST-12")
    return raw


def validate_some_host(sources: Sequence[object], destinations: Sequence[object]) -> None:
    """Raises ValidationError V-IP-1 when the trunk could neither place nor receive calls."""
    if not sources and not destinations:
        raise ValidationError(_("Enter at least one source IP address or one destination"), code="V-IP-1")


def _strip_scheme(text: str) -> str:
    return text[4:] if text.lower().startswith("sip:") else text


def _split_port(text: str, port: str) -> tuple[str, str]:
    """A port written behind the host counts when the port's own field is empty. Raises ValidationError V-DST-18 when
    the field says another one.
    """
    written = re.fullmatch(r"(\[.*\]|[^:]+):([^:]*)", text)
    if written is None:
        return text, port
    if port and port != written[2]:
        message = _('"%(text)s" includes a port, and the port has its own field. Enter it only there')
        raise ValidationError(message, code="V-DST-18", params={"text": shorten(text)})
    return written[1], written[2]


def _clean_port(port: str) -> int:
    if re.fullmatch(r"[0-9]{1,5}", port) and LOWEST_PORT <= int(port) <= HIGHEST_PORT:
        return int(port)
    raise ValidationError(_("Port must be a number from 1025 to 65535"), code="V-DST-7")


def _not_a_name(text: str) -> ValidationError:
    return ValidationError(
        _('"%(text)s" is not a host name. Use letters, digits, hyphens and dots'),
        code="V-DST-2",
        params={"text": shorten(text)},
    )
