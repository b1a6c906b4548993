"""Changes a trunk's settings: a new revision, its claims, the money for more channels, the operation."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from billing.models import Quote
from billing.quotes import Offer, PriceChanged
from billing.services import agree, hold
from common.errors import ChangedMeanwhile, Conflict
from common.templatetags.ui import moment_words
from common.text import shorten
from provisioning.enums import OperationKind
from provisioning.models import Operation
from trunks.endings import hold_reference
from trunks.limits import room_of, validate_channels, validate_name_is_free
from trunks.models import Trunk, TrunkRevision
from trunks.pricing import offer_for_change
from trunks.selectors import applied_revisions
from trunks.services.accepting import accept_change, lock_trunk, refuse_if_unusable
from trunks.services.claims import claim_hosts
from trunks.services.creating import write_revision
from trunks.services.judging import judged
from trunks.specification import TrunkSettings


def change_trunk(
    trunk: Trunk, settings: TrunkSettings, *, seen: int, price: str, actor: User | None
) -> Operation | None:
    """Have the nodes get the settings; None when nothing differs. `seen` is the number of the revision that the person
    looked at, `price` the fingerprint of the price shown to them (empty while the channels stay as they are).

    Raises Conflict (V-OP-1, V-OP-4), ChangedMeanwhile (V-OP-2), ValidationError keyed by field, PriceChanged,
    NotEnoughCredit; then nothing changed.
    """
    with transaction.atomic():
        trunk = lock_trunk(trunk)
        refuse_if_unusable(trunk)
        before = trunk.wanted
        if before is None or before.number != seen:
            raise ChangedMeanwhile(changed_words(before), code="V-OP-2")
        settings = judged(trunk, settings)
        if settings == TrunkSettings.of(before):
            return None
        _validate(trunk, before, settings)
        offer = offer_for_change(trunk, settings.channels)
        if offer is not None and offer.fingerprint != price:
            raise PriceChanged(offer)
        return _write(trunk, before, settings, offer, actor)


def _write(
    trunk: Trunk, before: TrunkRevision, settings: TrunkSettings, offer: Offer | None, actor: User | None
) -> Operation:
    quote: Quote = before.quote if offer is None else agree(trunk.account, offer)
    number = (trunk.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    revision = write_revision(trunk, settings, number=number, generation=trunk.generation + 1, quote=quote, actor=actor)
    operation = accept_change(OperationKind.UPDATE, trunk, actor, wanted=revision, name=revision.name)
    claim_hosts(trunk, settings.source_hosts)
    if offer is not None and offer.first_charge:
        reference = hold_reference(trunk, operation)
        words = _("%(name)s, %(old)s → %(new)s channels")
        about = {"name": shorten(settings.name), "old": before.channels, "new": settings.channels}
        hold(trunk.account, offer.first_charge, reference=reference, description=words % about, actor=actor)
    return operation


def _validate(trunk: Trunk, before: TrunkRevision, settings: TrunkSettings) -> None:
    validate_name_is_free(trunk.account, settings.name, without=trunk)
    validate_channels(room_of(trunk.account, without=trunk), settings.channels, present=before.channels)


def changed_words(latest: TrunkRevision | None, reader: User | None = None) -> str:
    """V-OP-2: who was quicker, and when; in another window where that is the reader."""
    if latest is None:
        return _("This trunk changed meanwhile. Check the differences and save again")
    words = {"who": latest.created_by or _("The system"), "time": moment_words(latest.created_at)}
    if reader is not None and latest.created_by == reader:
        return _("You changed this trunk in another window at %(time)s. Check the differences and save again") % words
    return _("%(who)s changed this trunk at %(time)s. Check the differences and save again") % words


def revert_trunk(trunk: Trunk, *, seen: int, price: str, actor: User) -> Operation | None:
    """Undo: go back to the settings that were live before the present ones. Raises like `change_trunk`."""
    earlier = next((revision for revision in applied_revisions(trunk) if revision.number < seen), None)
    if earlier is None:
        raise Conflict(_("There is no earlier revision to go back to"), code="V-OP-5")
    return change_trunk(trunk, TrunkSettings.of(earlier), seen=seen, price=price, actor=actor)
