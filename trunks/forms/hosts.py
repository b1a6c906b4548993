"""Where the equipment is: addresses that call us, hosts that we call, and in which order (V-IP, V-DST)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm, RowError
from common.widgets import Host, HostRows, HostsField
from provisioning.models import DataCentre
from trunks.choices import Choices
from trunks.enums import Strategy
from trunks.resolver import Resolver, look_up_nothing
from trunks.services import taken
from trunks.validators import Checked, clean_destinations, clean_sources, clean_strategy, validate_some_host
from trunks.validators.hosts import SIP_PORT, SRV, TLS_PORT
from trunks.validators.ip import looks_like_ip
from trunks.validators.names import mixed_scripts, not_found, validate_points_outside

BAD_PORT = "V-DST-7"


class StrategyField(forms.ChoiceField):
    """Judged by the form, which knows how many destinations there are (V-DST-12, V-DST-13)."""

    def clean(self, value: Any) -> str:
        return str(value or "")


class HostsForm(PortalForm):
    """Filled by checking, and blocking nothing: `notes` are warnings, `remarks` say what becomes of a destination,
    `not_found` are warnings about names that `resolve` could not find.
    """

    sources = HostsField(
        label=_("Addresses you call us from"),
        help_text=_("We accept calls only from these public IP addresses."),
        required=False,
        widget=HostRows(row_label=_("Source address"), add_label=_("Add another address")),
    )
    destinations = HostsField(
        label=_("Where we send your calls"),
        required=False,
        widget=HostRows(row_label=_("Destination"), add_label=_("Add another destination"), ports=True, ordered=True),
    )
    strategy = StrategyField(
        label=_("How calls are shared between your destinations"),
        choices=[
            (Strategy.FAILOVER, _("Failover: in this order, the next one when one does not answer")),
            (Strategy.ROUND_ROBIN, _("Round robin: in turn, for equipment of equal capacity")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,
        choices: Choices,
        data_centre: DataCentre | None,
        tls: bool = False,
        resolve: Resolver = look_up_nothing,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.choices, self.data_centre, self.resolve = choices, data_centre, resolve
        self.tls, self.usual_port = tls, TLS_PORT if tls else SIP_PORT
        self.rules = choices.host_rules(data_centre)
        self.notes: list[str] = []
        self.remarks: list[str] = []
        self.not_found: list[str] = []
        hint = now(
            "An IP address or a name. Without a port, an address gets %(port)s and we look up the SRV record of a name."
        )
        self.fields["destinations"].help_text = hint % {"port": self.usual_port}
        for name in ("sources", "destinations"):
            self.fields[name].widget.most = self.rules.most

    def clean(self) -> dict[str, Any]:
        typed: list[Host] = self.cleaned_data.get("sources", [])
        rows: list[Host] = self.cleaned_data.get("destinations", [])
        sources = clean_sources([host.host for host in typed], self.rules)
        destinations = clean_destinations([(host.host, host.port) for host in rows], self.rules, self.usual_port)
        self._tell("sources", typed, [*sources.troubles, *self._claimed(sources)])
        self._tell("destinations", rows, [*destinations.troubles, *self._pointing_at_us(destinations)])
        self._fill_ports(rows, destinations)
        self._note_one_side(typed, rows)
        self._note_names(rows, destinations)
        self._note_ports(destinations.hosts)
        return self._together(sources.hosts, destinations.hosts)

    def _together(self, sources: list[str], destinations: list[tuple[str, int]]) -> dict[str, Any]:
        strategy = self.cleaned_data.get("strategy", "")
        try:
            if not self.errors:
                validate_some_host(sources, destinations)
            strategy = clean_strategy(strategy, destinations)
        except ValidationError as trouble:
            self.add_error("strategy" if destinations else "sources", trouble)
        return {"sources": sources, "destinations": destinations, "strategy": strategy}

    def _tell(self, field: str, rows: list[Host], troubles: Iterable[tuple[int, ValidationError]]) -> None:
        errors = [
            RowError(
                trouble.messages[0],
                rows[at].row,
                part="port" if trouble.code == BAD_PORT else "",
                code=trouble.code,
            )
            for at, trouble in sorted(troubles, key=lambda pair: pair[0])
        ]
        if errors:
            self.add_error(field, errors)

    def _claimed(self, sources: Checked[str]) -> Iterable[tuple[int, ValidationError]]:
        claimed = self.choices.claimed(self.data_centre, sources.hosts)
        for at, address in zip(sources.rows, sources.hosts, strict=True):
            if self.data_centre and address in claimed:
                trouble = taken(self.choices.account, self.data_centre, address)
                yield at, trouble.error_dict["sources"][0]

    def _pointing_at_us(self, checked: Checked[tuple[str, int]]) -> Iterable[tuple[int, ValidationError]]:
        names = {host for host, _port in checked.hosts if not looks_like_ip(host)}
        found = self.resolve(names)
        self.not_found = [not_found(name) for name in sorted(names & found.keys()) if not found[name]]
        for at, (host, _port) in zip(checked.rows, checked.hosts, strict=True):
            try:
                validate_points_outside(host, found.get(host, []), self.rules)
            except ValidationError as trouble:
                yield at, trouble

    def _fill_ports(self, rows: list[Host], checked: Checked[tuple[str, int]]) -> None:
        """Show the port that an address without one gets (V-DST-8)."""
        empty = {
            rows[at].row
            for at, (_host, port) in zip(checked.rows, checked.hosts, strict=True)
            if port == self.usual_port and not rows[at].port and looks_like_ip(rows[at].host.strip())
        }
        if not empty or not hasattr(self.data, "setlist"):
            return
        self.data = self.data.copy()
        shown = self.fields["destinations"].widget.value_from_datadict(self.data, None, "destinations")
        ports = [str(self.usual_port) if at in empty else port for at, (_host, port) in enumerate(shown)]
        self.data.setlist("destinations", [host for host, _port in shown])
        self.data.setlist("destinations_port", ports)

    def _note_one_side(self, sources: list[Host], destinations: list[Host]) -> None:
        if destinations and not sources:
            self.notes.append(now("This trunk will not be able to place calls"))
        if sources and not destinations:
            self.notes.append(now("This trunk will not be able to receive calls"))

    def _note_names(self, rows: list[Host], checked: Checked[tuple[str, int]]) -> None:
        for at, (name, port) in zip(checked.rows, checked.hosts, strict=True):
            typed = rows[at].host.partition(":")[0]
            if not typed.isascii():
                self.remarks.append(now("%(typed)s is stored as %(name)s") % {"typed": typed, "name": name})
                self.notes += [note for note in [mixed_scripts(typed, name)] if note]
            if port == SRV:
                self.remarks.append(now("We will look up the SRV record of %(name)s") % {"name": name})

    def _note_ports(self, destinations: list[tuple[str, int]]) -> None:
        """The port of the other transport is probably a left-over of a choice that was changed."""
        ports = {port for _host, port in destinations}
        if self.tls and SIP_PORT in ports:
            self.notes.append(now("Calls go to port 5060 with TLS. Most equipment expects TLS on port 5061"))
        if not self.tls and TLS_PORT in ports:
            self.notes.append(now("Calls go to port 5061 without TLS. Most equipment expects them on port 5060"))
