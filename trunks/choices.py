"""What an account may choose for a new trunk: read at most once, however many questions ask for it."""

from __future__ import annotations

from functools import cached_property

from django.contrib.postgres.aggregates import ArrayAgg

from accounts.models import Account, AuditEvent
from addresses.models import ServiceAddress
from billing.quotes import Offer, offer_at
from billing.selectors import PlanOnOffer, plans_for
from provisioning.models import DataCentre, SbcNode
from sbc.addresses import Network
from trunks.limits import Room, room_of
from trunks.models import HostClaim, Trunk
from trunks.selectors import host_rules, networks_of
from trunks.validators import HostRules


class Choices:
    """Make a new one to look again: what was read is kept. `without`: a trunk that changes and does not count."""

    def __init__(self, account: Account, *, without: Trunk | None = None) -> None:
        self.account = account
        self.without = without
        self._rules: dict[str, HostRules] = {}

    @cached_property
    def plans(self) -> dict[str, PlanOnOffer]:
        return {on_offer.plan.pk: on_offer for on_offer in plans_for(self.account)}

    @cached_property
    def data_centres(self) -> dict[str, DataCentre]:
        hosts = ArrayAgg("gateways__host")
        return {data_centre.pk: data_centre for data_centre in DataCentre.objects.annotate(gateway_hosts=hosts)}

    @cached_property
    def nodes(self) -> list[SbcNode]:
        """Of every data centre, primary first."""
        return list(SbcNode.objects.order_by("-role"))

    @cached_property
    def _own(self) -> list[Network]:
        """Every address of ours, as `trunks.selectors.own_networks`, from what is read here anyway."""
        ours: list[SbcNode | DataCentre] = [*self.nodes, *self.data_centres.values()]
        found = [address for each in ours for address in (each.static_address, each.registered_address)]
        gateways = [host for place in self.data_centres.values() for host in place.gateway_hosts or []]  # type: ignore[attr-defined]
        return networks_of([*found, *gateways])

    @cached_property
    def addresses(self) -> dict[str, ServiceAddress]:
        return {str(address.pk): address for address in ServiceAddress.objects.filter(account=self.account)}

    @cached_property
    def room(self) -> Room:
        return room_of(self.account, self.without)

    def had_address(self, address_id: str) -> bool:
        """Whether the account once had an address of this id and deleted it."""
        deleted = AuditEvent.objects.filter(account=self.account, action="address.delete")
        return deleted.filter(subject_id=address_id[:64].replace("\0", "")).exists()

    def host_rules(self, data_centre: DataCentre | None) -> HostRules:
        code = data_centre.pk if data_centre else ""
        if code not in self._rules:
            self._rules[code] = host_rules(self.account, data_centre, self._own)
        return self._rules[code]

    def claimed(self, data_centre: DataCentre | None, sources: list[str]) -> set[str]:
        """Which of the source addresses a living trunk uses in that data centre."""
        if data_centre is None or not sources:
            return set()
        claims = HostClaim.objects.filter(data_centre=data_centre, address__in=sources, released_at=None)
        claims = claims.exclude(trunk=self.without)
        return set(claims.values_list("address", flat=True))

    def offer(self, plan_code: str, channels: int) -> Offer | None:
        """Today's price; None when the plan has none in the account's currency."""
        per_channel = self.plans[plan_code].per_channel
        if per_channel is None:
            return None
        return offer_at(per_channel, plan_code, channels, self.account.currency)
