"""What a change of a trunk's settings means: for calls, and for the price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.money import round_money
from billing.quotes import Offer
from common.templatetags.ui import money
from trunks.differences import changed
from trunks.enums import AdminStatus
from trunks.models import Trunk
from trunks.shown import LABELS, values_of
from trunks.specification import TrunkSettings

# Settings of how a call sounds and is signalled; a call that is up keeps what it began with.
_PER_CALL = ("codecs", "dtmf", "fax", "number_format", "privacy")


def for_calls(trunk: Trunk, before: TrunkSettings, after: TrunkSettings) -> list[str]:
    """Sentences, the gravest first."""
    names = changed(before, after)
    found: list[str] = []
    if trunk.admin_status != AdminStatus.ENABLED:
        found.append(_("The trunk is disabled: no call notices any of this before it is enabled."))
    found += _sources(before.source_hosts, after.source_hosts)
    found += _destinations(before, after)
    if "channels" in names:
        found.append(_channels(before.channels, after.channels))
    found += [sentence for name, sentence in _switches(after).items() if name in names]
    found += _of_new_calls([name for name in names if name in _PER_CALL])
    if "name" in names:
        found.append(_("Calls do not notice the new name. It appears on your next invoice."))
    return found


def _sources(before: list[str], after: list[str]) -> Iterator[str]:
    for address in before:
        if address not in after:
            yield _("Removing %(address)s will block calls from it.") % {"address": address}
    if before and not after:
        yield _("Without an address of yours, this trunk will not be able to place calls.")
    if new := [address for address in after if address not in before]:
        yield _("Calls from %(addresses)s are accepted as soon as the nodes have it.") % {"addresses": _listed(new)}


def _destinations(before: TrunkSettings, after: TrunkSettings) -> Iterator[str]:
    old, new = (values_of("destinations", settings.destinations) for settings in (before, after))
    for host in old:
        if host not in new:
            yield _("No new call is sent to %(host)s. Calls that are up go on.") % {"host": host}
    if old and not new:
        yield _("Without a destination, this trunk will not be able to receive calls.")
    if added := [host for host in new if host not in old]:
        yield _("New calls to you may be sent to %(hosts)s.") % {"hosts": _listed(added)}
    same_hosts = sorted(old) == sorted(new)
    if (same_hosts and old != new) or (before.strategy != after.strategy and len(new) > 1):
        yield _("New calls to you are shared in the new order.")


def _channels(before: int, after: int) -> str:
    if after < before:
        words = _("Reducing channels to %(n)s: calls above that are refused, calls that are up go on.")
    else:
        words = _("Up to %(n)s calls at a time as soon as the nodes have it.")
    return words % {"n": after}


def _switches(after: TrunkSettings) -> dict[str, str]:
    return {
        "international": _("Calls to other countries are allowed, also when somebody breaks into your PBX.")
        if after.international
        else _("New calls to other countries are refused. Calls that are up go on."),
        "challenge_invites": _("Your PBX must prove the password at each call. Most do so by themselves.")
        if after.challenge_invites
        else _("Calls of a registered PBX are accepted without asking for the password again."),
        "options": _("We ask each destination every 60 seconds whether it is there.")
        if after.options
        else _("We no longer ask your destinations whether they are there."),
    }


def _of_new_calls(names: list[str]) -> Iterator[str]:
    """Which of them new calls follow."""
    if labels := [str(LABELS[name]) for name in names]:
        words = ngettext("%(names)s applies to new calls.", "%(names)s apply to new calls.", len(labels))
        yield words % {"names": _listed(labels)}


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What another number of channels costs: sentences, and what is charged now (as shown; empty when nothing is)."""

    sentences: list[str]
    now: str = ""


def for_price(trunk: Trunk, offer: Offer | None) -> PriceChange | None:
    """None while the price stays. `offer` comes from `trunks.pricing.offer_for_change`."""
    if offer is None or trunk.wanted is None:
        return None
    monthly = money(offer.monthly, offer.currency)
    words = {"date": _day(offer.period.end + timedelta(days=1)), "new": monthly, "old": _monthly(trunk, offer)}
    later = _("From %(date)s it costs %(new)s a month instead of %(old)s.") % words
    if offer.first_charge:
        return PriceChange([_charged(offer), later], now=money(offer.first_charge, offer.currency))
    if offer.channels > trunk.wanted.channels:
        return PriceChange([_("Nothing is charged now: you paid for as many channels this month already."), later])
    return PriceChange([_("Nothing is given back for this month; it counts from next month."), later])


def _monthly(trunk: Trunk, offer: Offer) -> str:
    quote = trunk.wanted.quote  # type: ignore[union-attr]  # asked before
    return money(round_money(quote.monthly), offer.currency)


def _charged(offer: Offer) -> str:
    words = {
        "price": money(offer.first_charge, offer.currency),
        "from": _day(offer.period.start),
        "to": _day(offer.period.end),
        "days": offer.period.days,
        "all": offer.period.days_in_month,
    }
    return (
        _(
            "%(price)s is held now and charged when the change is live: the difference for %(from)s to %(to)s "
            "(%(days)s of %(all)s days, UTC). If the change fails, you get it back."
        )
        % words
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
