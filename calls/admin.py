"""Staff pages: calls, also those of trunks that nobody knows, and how far each node was pulled."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.staff import ShowOnlyPage, link_to_list
from calls.models import Call, NodeCursor
from calls.words import duration_of, result_of
from trunks.models import Trunk

TRUNKS_SEARCHED = 100


@admin.register(Call)
class CallAdmin(ShowOnlyPage[Call]):
    list_display = ["begun_at", "direction", "caller", "callee", "trunk_name", "lasted", "ended", "node"]
    list_filter = ["node", "direction", ("account_id", admin.EmptyFieldListFilter)]
    list_select_related = ["node"]
    ordering = ["-id"]
    search_fields = ["call_id"]
    search_help_text = gettext_lazy("The beginning of a number, a whole Call-ID, the id or the name of a trunk")
    readonly_fields = ["see_also"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Call], search_term: str
    ) -> tuple[QuerySet[Call], bool]:
        """Each by an index, among a million calls as among ten."""
        said = search_term.strip()
        if not said:
            return queryset, False
        digits = re.sub(r"[\s().+/-]+", "", said)
        meant = Q(call_id=said) | Q(trunk_id__in=_trunks_meant(said))
        for begin in {said, digits, f"+{digits}"} if digits.isdecimal() else {said}:
            for party in ("caller", "callee", "caller_e164", "callee_e164"):
                meant |= Q(**{f"{party}__startswith": begin})
        return queryset.filter(meant), False

    @admin.display(description=gettext_lazy("lasted"))
    def lasted(self, call: Call) -> str:
        return duration_of(call)

    @admin.display(description=gettext_lazy("result"))
    def ended(self, call: Call) -> str:
        return result_of(call).both

    @admin.display(description=gettext_lazy("see also"))
    def see_also(self, call: Call) -> str:
        return link_to_list("trunks_trunk", str(call.trunk_id), q=call.trunk_id) if call.trunk_id else ""


@admin.register(NodeCursor)
class NodeCursorAdmin(ShowOnlyPage[NodeCursor]):
    list_display = ["node", "store", "sequence", "pulled_at", "failures", "next_at"]
    list_select_related = ["node"]


def _trunks_meant(said: str) -> list[UUID]:
    """By id, or by the whole name."""
    try:
        return [UUID(said)]
    except ValueError:
        return list(Trunk.objects.filter(name__iexact=said).values_list("pk", flat=True)[:TRUNKS_SEARCHED])
