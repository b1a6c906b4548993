"""Where a number may lead: a trunk of its account in its own data centre, a route of its account, or nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Account
from provisioning.models import DataCentre
from routing.models import Number, Route
from trunks.enums import TrunkKind
from trunks.models import Trunk
from trunks.selectors import living

Target = Trunk | Route | None


@dataclass(frozen=True, slots=True)
class Targets:
    """What an account may choose from; in forms a target is a word like "trunk:<id>", nowhere is empty."""

    trunks: list[Trunk]
    routes: list[Route]

    @classmethod
    def of(cls, account: Account, places: Collection[str]) -> Targets:
        """For numbers whose home is in all of these data centres at once: a trunk is in one of them only."""
        trunks = living(account).filter(data_centre__in=places) if len(places) == 1 else Trunk.objects.none()
        routes = Route.objects.filter(account=account, withdrawn_at=None)
        return cls(list(trunks.select_related("wanted").order_by("name", "pk")), list(routes.order_by("name", "pk")))

    def choices(self) -> list[Any]:
        groups: list[tuple[str, Sequence[Trunk | Route]]] = [(_("Trunks"), self.trunks), (_("Routes"), self.routes)]
        shown = [(title, [(word_of(target), str(target)) for target in found]) for title, found in groups if found]
        return [("", _("Nowhere for now")), *shown]

    def find(self, word: str) -> Target:
        """None for nowhere, and for what is not among them."""
        known: dict[str, Target] = {word_of(trunk): trunk for trunk in self.trunks}
        known |= {word_of(route): route for route in self.routes}
        return known.get(word)


def word_of(target: Target) -> str:
    if target is None:
        return ""
    return f"{'trunk' if isinstance(target, Trunk) else 'route'}:{target.pk}"


def target_of(number: Number) -> Target:
    """Where the number leads."""
    return number.trunk or number.route


def validate_target(target: Target, account_id: Any, places: Iterable[DataCentre]) -> None:
    """Raises ValidationError when numbers of the account, at home in these data centres, cannot lead there. The account
    is locked by the caller, and the target as it is now.
    """
    if target is None:
        return
    if target.account_id != account_id:
        raise ValidationError(_("This belongs to another account"), code="stranger")
    if target.withdrawn_at is not None:
        raise ValidationError(_("%(name)s takes no calls any more. Choose another one") % {"name": target})
    if isinstance(target, Trunk):
        _validate_trunk(target, places)


def _validate_trunk(trunk: Trunk, places: Iterable[DataCentre]) -> None:
    for place in places:
        if trunk.data_centre_id != place.pk:
            message = _("The number's calls arrive in %(place)s. Choose a trunk there, or a route")
            raise ValidationError(message, code="elsewhere", params={"place": place})
    asked_for = trunk.wanted.destinations if trunk.wanted else []
    if trunk.kind == TrunkKind.STATIC and not asked_for:
        message = _("%(name)s has no address to which we send calls. Add one to it first")
        raise ValidationError(message, code="deaf", params={"name": trunk})
