"""What pages need to rehearse calls: which ones can be chosen, and the answer of the nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accounts.models import Account
from provisioning.models import DataCentre
from routing.forms.rehearsal import RehearsalForm
from routing.models import Number, Route
from routing.rehearsing import Rehearsed, rehearse
from routing.route_selectors import numbers_using
from routing.specification import EntrySettings
from trunks.models import Trunk


def rehearsal_form(
    data: Any, account: Account, route: Route | None, trunks: Iterable[Trunk], numbers: Iterable[Number] | None = None
) -> RehearsalForm:
    """For a route that is there, or is about to be, with these trunks; `numbers` are those that use it."""
    own = list(Number.objects.filter(account=account).select_related("data_centre").order_by("pk"))
    using = numbers if numbers is not None else numbers_using(route) if route else []
    places: dict[str, DataCentre] = {number.data_centre_id: number.data_centre for number in own}
    places |= {trunk.data_centre_id: trunk.data_centre for trunk in trunks}
    return RehearsalForm(data, numbers=using, places=sorted(places.values(), key=str), own=own)


def rehearsed(
    form: RehearsalForm,
    entries: Sequence[EntrySettings],
    trunks: Mapping[str, Trunk],
    account: Account,
    *,
    saved: bool = False,
) -> Rehearsed | None:
    """None for a question that is not right. `saved`: the nodes have these entries, so a number that uses the route is
    asked about as it is.
    """
    if not form.is_valid() or not form.cleaned_data["called"]:
        return None
    return rehearse(form.question(), entries, trunks, account.pk, saved=saved and form.chosen is not None)
