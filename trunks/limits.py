"""Rules that need the account's other trunks: free name, room for one more (V-NAME-5, V-CH-6, V-LOC-2, V-LOC-3)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services import limits_of
from provisioning.models import DataCentre
from trunks.selectors import channels_left, living
from trunks.validators import validate_channels_left


def validate_name_is_free(account: Account, name: str) -> None:
    """Raises ValidationError V-NAME-5 when a living trunk of the account has the name in any spelling."""
    namesake = living(account).filter(wanted__name__iexact=name).select_related("wanted").first()
    if namesake is not None:
        message = _('You already have a trunk called "%(name)s". Enter a different name')
        raise ValidationError({"name": ValidationError(message, code="V-NAME-5", params={"name": namesake.name})})


def validate_room(account: Account, data_centre: DataCentre, channels: int) -> None:
    """Raises ValidationError, keyed by field, when a limit of the account would be passed."""
    validate_trunks_left(account)
    validate_data_centre(account, data_centre)
    try:
        validate_channels_left(channels, channels_left(account))
    except ValidationError as trouble:
        raise ValidationError({"channels": trouble}) from None


def validate_trunks_left(account: Account) -> None:
    """Raises ValidationError when the account has all the trunks it may have."""
    most = limits_of(account).trunks
    if living(account).count() >= most:
        raise ValidationError(
            _("You have %(most)s of %(most)s trunks. Delete one or request more"),
            code="limit",
            params={"most": most},
        )


def validate_data_centre(account: Account, data_centre: DataCentre) -> None:
    """Raises ValidationError keyed by data_centre: V-LOC-2 when closed or full, V-LOC-3 when it is one too many."""
    limits = limits_of(account)
    here = living(account).filter(data_centre=data_centre).count()
    if not data_centre.is_open or here >= limits.trunks_per_data_centre:
        message = _("%(place)s has no free capacity. Select another data centre")
        trouble = ValidationError(message, code="V-LOC-2", params={"place": data_centre.name})
        raise ValidationError({"data_centre": trouble})
    used = dict(living(account).values_list("data_centre_id", "data_centre__name"))
    if data_centre.pk not in used and len(used) >= limits.data_centres:
        message = _("You can use up to %(most)s data centres and already use %(places)s")
        params = {"most": limits.data_centres, "places": _(" and ").join(sorted(used.values()))}
        raise ValidationError({"data_centre": ValidationError(message, code="V-LOC-3", params=params)})
