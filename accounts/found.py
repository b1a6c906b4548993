"""How staff search a list of 100,000 rows: by what has an index, never by a part of a word in a column or in a join."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import Account, User

MOST_MEANT = 100


class SearchedByIndex:
    """A staff page whose `search_fields` only make the box appear; `meant_by` says what is found."""

    def meant_by(self, said: str) -> Q:
        """The rows that the words mean."""
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        said = search_term.strip()
        return queryset.filter(self.meant_by(said)) if said else queryset, False


def of_accounts(said: str, column: str = "account") -> Q:
    """Rows of the accounts whose name contains the words."""
    found = Account.objects.filter(name__icontains=said).values_list("pk", flat=True)
    return Q(**{f"{column}__in": list(found[:MOST_MEANT])})


def of_person(said: str, column: str) -> Q:
    """Rows of the person with this address."""
    return Q(**{f"{column}__in": list(User.objects.filter(email=said.lower()).values_list("pk", flat=True))})


def with_uuid(said: str, column: str = "pk") -> Q:
    """Rows with this id, where the words are one."""
    try:
        return Q(**{column: UUID(said)})
    except ValueError:
        return Q(pk__in=[])
