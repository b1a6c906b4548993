"""Rules that need the account's other trunks: free name, room for one more (V-NAME-5, V-CH-6, V-LOC-2, V-LOC-3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import Account, Limits
from accounts.services import limits_of
from provisioning.enums import Status
from provisioning.models import DataCentre
from trunks.models import Trunk
from trunks.selectors import living
from trunks.validators import validate_channels_left


@dataclass(frozen=True, slots=True)
class Room:
    """An account's limits and its living trunks; `trunks` counts them per name of a data centre. `suspended` says why
    there is no room at all.
    """

    limits: Limits
    trunks: dict[str, int]
    channels: int
    suspended: str = ""

    @property
    def channels_left(self) -> int:
        return max(0, self.limits.channels - self.channels)


def room_of(account: Account, without: Trunk | None = None) -> Room:
    """Read now, in one query. `without`: a trunk that is about to change and does not count.

    Of a trunk that is changing counts what it has and what it will have: nobody knows yet which of them it is.
    """
    others = living(account).exclude(pk=without.pk) if without else living(account)
    used = others.values_list("data_centre__name").order_by("data_centre__name")
    rows = list(
        used.annotate(
            count=Count("pk"),
            all=Sum(Greatest("wanted__channels", "live__channels")),
        )
    )
    return Room(
        limits_of(account),
        trunks={place: count for place, count, _channels in rows},
        channels=sum(channels or 0 for _place, _count, channels in rows),
        suspended=account.why_suspended,
    )


def validate_room(room: Room, data_centre: DataCentre, channels: int) -> None:
    """Raises ValidationError, keyed by field, when a limit of the account would be passed."""
    validate_trunks_left(room)
    try:
        validate_data_centre(room, data_centre)
    except ValidationError as trouble:
        raise ValidationError({"data_centre": trouble}) from None
    validate_channels(room, channels)


def validate_channels(room: Room, channels: int, present: int = 0) -> None:
    """Raises ValidationError V-CH-6, keyed by field, when the account may not have so many more."""
    try:
        validate_channels_left(channels, room.channels_left, present)
    except ValidationError as trouble:
        raise ValidationError({"channels": trouble}) from None


def validate_trunks_left(room: Room) -> None:
    """Raises ValidationError when the account is suspended (V-AC-1) or has all the trunks it may have."""
    if room.suspended:
        raise ValidationError(room.suspended, code="V-AC-1")
    most = room.limits.trunks
    if sum(room.trunks.values()) >= most:
        message = _("You have %(most)s of %(most)s trunks. Delete one or request more")
        raise ValidationError(message, code="limit", params={"most": most})


def validate_data_centre(room: Room, data_centre: DataCentre) -> None:
    """Raises ValidationError V-LOC-2 when it is closed or full, V-LOC-3 when it is one too many."""
    if not data_centre.is_open or room.trunks.get(data_centre.name, 0) >= room.limits.trunks_per_data_centre:
        message = _("%(place)s has no free capacity. Select another data centre")
        raise ValidationError(message, code="V-LOC-2", params={"place": data_centre.name})
    most = room.limits.data_centres
    if data_centre.name not in room.trunks and len(room.trunks) >= most:
        message = _("You can use up to %(most)s data centres and already use %(places)s")
        params = {"most": most, "places": _(" and ").join(sorted(room.trunks))}
        raise ValidationError(message, code="V-LOC-3", params=params)


def validate_name_is_free(account: Account, name: str, without: Trunk | None = None) -> None:
    """Raises ValidationError V-NAME-5 when another living trunk of the account has the name in any spelling, or gives
    it up by a change that may still come to nothing.
    """
    others = living(account).order_by()
    others = others.exclude(pk=without.pk) if without else others
    has = others.filter(name__iexact=name).values_list("name")
    had = others.filter(action=Status.PENDING, live__name__iexact=name).values_list("live__name")
    for (namesake,) in has.union(had)[:1]:
        message = _('You already have a trunk called "%(name)s". Enter a different name')
        raise ValidationError({"name": ValidationError(message, code="V-NAME-5", params={"name": namesake})})
