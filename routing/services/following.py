"""Routes follow their account's numbers: the nodes of every data centre where it has one have its routes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from accounts.models import Account
from provisioning.models import NodeState
from provisioning.wanted import nudge_nodes, want_also
from routing.models import Route
from routing.models.route import SUBJECT
from routing.route_selectors import living_routes, nodes_with_numbers


def routes_follow(account: Account) -> None:
    """The account got a number: have the nodes where its calls arrive get the account's routes, those that do not have
    them. Inside the transaction that gives the number, the account locked. Three queries when there is nothing to do.
    """
    follow(list(living_routes(account)))


def follow(routes: Iterable[Route]) -> None:
    """Of one account; as `routes_follow`."""
    wanting = {str(route.pk): route for route in routes}
    if not wanting:
        return
    nodes = list(nodes_with_numbers(next(iter(wanting.values())).account_id))
    asked = set(
        NodeState.objects.filter(subject_kind=SUBJECT, subject_id__in=wanting, node__in=nodes)
        .exclude(wanted_hash="")
        .values_list("subject_id", "node")
    )
    for pk in wanting:
        missing = [node for node in nodes if (pk, node.pk) not in asked]
        for node in missing:
            want_also(SUBJECT, pk, node)
        if missing:
            transaction.on_commit(partial(nudge_nodes, SUBJECT, pk), robust=True)
