"""One box for staff: accounts, people, trunks, numbers, addresses, nodes, operations that the words may mean.

A fixed number of queries, each answered by an index or from a small table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin import site
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Account, Member, User
from accounts.staff import link
from addresses.models import ServiceAddress
from provisioning.models import DataCentre, Gateway, Operation, SbcNode
from routing.models import Number
from trunks.enums import State
from trunks.models import Trunk
from trunks.search import meant_by, normalised
from trunks.selectors import with_state

MOST = 20
LEAST = 3
DIGITS_LEAST = 4
NORTH_AMERICA = 1


@dataclass(frozen=True, slots=True)
class Found:
    """One row: its staff page, and what tells it from the others."""

    link: Any
    about: Any


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    rows: list[Found]

    @property
    def is_full(self) -> bool:
        """There may be more."""
        return len(self.rows) == MOST


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What the signed-in person may look at of what was found."""
    said = request.GET.get("q", "").replace("\0", "").strip()[:200]
    long_enough = len(said) >= LEAST
    context = {
        **site.each_context(request),
        "title": _("Search"),
        "said": said,
        "too_short": bool(said) and not long_enough,
        "groups": find(said, request.user) if long_enough else [],
        "most": MOST,
    }
    return TemplateResponse(request, "admin/search.html", context)


def find(said: str, reader: Any) -> list[Group]:
    """What was found, kind by kind; kinds without a result, and those the reader may not see, are left out."""
    groups = [
        _group(_("Accounts"), reader, accounts(said), lambda row: f"{row.currency}, {row.id}"),
        _group(_("People"), reader, people(said), _about_person),
        _group(_("Trunks"), reader, trunks(said), _about_trunk),
        _group(_("Numbers"), reader, numbers(said), _about_number),
        _group(_("Service addresses"), reader, addresses(said), lambda row: f"{row.line}, {row.account}"),
        _group(_("Nodes"), reader, nodes(said), lambda row: f"{row.data_centre}, {row.static_address}"),
        _group(_("Gateways"), reader, gateways(said), lambda row: f"{row.data_centre}, {row.host}"),
        _group(_("Data centres"), reader, data_centres(said), lambda row: row.place),
        _group(
            _("Operations"), reader, operations(said), lambda row: f"{row.subject_name}, {row.get_status_display()}"
        ),
    ]
    return [group for group in groups if group.rows]


def _group(title: str, reader: Any, rows: QuerySet[Any], about: Any) -> Group:
    meta = rows.model._meta
    if not reader.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
        return Group(title, [])
    return Group(title, _found(rows[:MOST], about))


def _found(rows: Iterable[Model], about: Any) -> list[Found]:
    return [Found(link(row), about(row)) for row in rows]


def accounts(said: str) -> QuerySet[Account]:
    """By part of the name, id, or a member's address."""
    meant = Q(name__icontains=said) | Q(pk__in=_uuid(said))
    if "@" in said:
        meant |= Q(pk__in=Member.objects.filter(user__email=said.lower()).values("account"))
    return Account.objects.filter(meant)


def people(said: str) -> QuerySet[User]:
    """By part of the address or of the name."""
    words = said.split()
    meant = Q(email__contains=said.lower())
    named = Q(first_name__icontains=words[0]) & Q(last_name__icontains=words[-1])
    return User.objects.filter(meant | named | Q(last_name__icontains=said) | Q(first_name__icontains=said)).order_by(
        "email"
    )


def trunks(said: str) -> QuerySet[Trunk]:
    """Gone ones too, the newest first."""
    found = with_state(Trunk.objects.filter(pk__in=meant_by(said)))
    return found.select_related("account", "data_centre").order_by("-created_at")


def numbers(said: str) -> QuerySet[Number]:
    """By how the number begins, with or without +, 00 or the 1 of North America, whatever stands between its digits."""
    digits = re.sub(r"[^\d]", "", said)
    is_number = re.fullmatch(r"[+\d\s().\-/]+", said) and not normalised(said) and len(digits) >= DIGITS_LEAST
    if not is_number:
        return Number.objects.none()
    meant = Q(e164__startswith=f"+{digits.removeprefix('00')}")
    if "+" not in said:
        meant |= Q(e164__startswith=f"+{NORTH_AMERICA}{digits}")
    return Number.objects.filter(meant).select_related("account", "trunk__wanted", "route")


def addresses(said: str) -> QuerySet[ServiceAddress]:
    """By part of the name, the street or the city, or the beginning of the post code."""
    meant = Q(name__icontains=said) | Q(street__icontains=said) | Q(city__icontains=said)
    return ServiceAddress.objects.filter(meant | Q(post_code__istartswith=said)).select_related("account")


def nodes(said: str) -> QuerySet[SbcNode]:
    """By part of the name, or an address."""
    return SbcNode.objects.filter(Q(name__icontains=said) | _addresses(said)).select_related("data_centre")


def gateways(said: str) -> QuerySet[Gateway]:
    """By part of the name, or the host."""
    host = Q(host=normalised(said)) if normalised(said) else Q()
    return Gateway.objects.filter(Q(name__icontains=said) | host).select_related("data_centre")


def data_centres(said: str) -> QuerySet[DataCentre]:
    """By part of the name or of the place, or a published address."""
    return DataCentre.objects.filter(Q(name__icontains=said) | Q(place__icontains=said) | _addresses(said))


def operations(said: str) -> QuerySet[Operation]:
    """By id."""
    return Operation.objects.filter(pk__in=_uuid(said))


def _addresses(said: str) -> Q:
    address = normalised(said)
    return Q(static_address=address) | Q(registered_address=address) if address else Q()


def _uuid(said: str) -> list[UUID]:
    try:
        return [UUID(said)]
    except ValueError:
        return []


def _about_person(person: User) -> str:
    return f"{person.email}, {_('staff')}" if person.is_staff else person.email


def _about_number(number: Number) -> Any:
    """Its account and what it leads to."""
    account, target = str(number.account or _("not sold")), number.trunk or number.route
    return format_html(_("{}, on {}"), account, link(target)) if target else account


def _about_trunk(trunk: Any) -> str:
    state = _("Gone") if trunk.gone_at else State(trunk.state).label
    return f"{trunk.reference}, {trunk.account}, {trunk.data_centre}, {state}"
