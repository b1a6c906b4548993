"""Judges the settings of a trunk by the rules of today, whoever asks for them: a page, Undo or a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.core.exceptions import ValidationError

from trunks.enums import Strategy, TrunkKind
from trunks.models import Trunk
from trunks.selectors import host_rules
from trunks.specification import TrunkSettings
from trunks.validators import clean_destinations, clean_name, clean_sources, clean_strategy, validate_number_format


def judged(trunk: Trunk, settings: TrunkSettings) -> TrunkSettings:
    """The settings with tidy hosts, fitting the trunk, which need not be saved yet. What a revision is judged by when
    it is written, and what names point to, is not looked at here.

    Raises ValidationError keyed by field: V-NAME, V-FMT, and V-IP and V-DST of single hosts and of lists.
    """
    settings = fitting(trunk, settings)
    rules = host_rules(trunk.account, trunk.data_centre)
    sources = clean_sources(settings.source_hosts, rules)
    destinations = clean_destinations([(host, str(port)) for host, port in settings.destinations], rules)
    troubles = {
        "name": _wrong(lambda: clean_name(settings.name)),
        "sources": [trouble for _row, trouble in sources.troubles],
        "destinations": [trouble for _row, trouble in destinations.troubles],
        "strategy": _wrong(lambda: clean_strategy(settings.strategy, destinations.hosts)),
        "number_format": _wrong(lambda: _validate_format(trunk, settings)),
    }
    if any(troubles.values()):
        raise ValidationError({field: wrong for field, wrong in troubles.items() if wrong})
    return replace(
        settings,
        name=clean_name(settings.name),
        source_hosts=sources.hosts,
        destinations=destinations.hosts,
        strategy=clean_strategy(settings.strategy, destinations.hosts),
    )


def fitting(trunk: Trunk, settings: TrunkSettings) -> TrunkSettings:
    """The settings without what a trunk of this kind does not have, and as its provider dictates them."""
    preset = trunk.connects.preset
    if preset is not None:
        return TrunkSettings.preset(
            preset, name=settings.name, channels=settings.channels, international=settings.international
        )
    if trunk.kind == TrunkKind.REGISTERED:
        return replace(settings, source_hosts=[], destinations=[], options=False, strategy=Strategy.FAILOVER)
    return replace(settings, challenge_invites=False)


def _validate_format(trunk: Trunk, settings: TrunkSettings) -> None:
    place = trunk.service_address
    in_the_us = place is not None and place.in_the_us
    validate_number_format(settings.number_format, in_the_us=in_the_us, international=settings.international)


def _wrong(rule: Callable[[], object]) -> list[ValidationError]:
    try:
        rule()
    except ValidationError as trouble:
        return [trouble]
    return []
