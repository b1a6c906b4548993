"""Remembers whose deletion a person asked for, to tell them once that it is done."""

from __future__ import annotations

from django.http import HttpRequest

from routing.models import Route

KEY = "deleting_routes"


def remember_deletion(request: HttpRequest, route: Route) -> None:
    request.session[KEY] = {**request.session.get(KEY, {}), str(route.pk): route.name}


def deleted_names(request: HttpRequest) -> list[str]:
    """Names of the routes that are gone by now; each is told once."""
    waiting: dict[str, str] = request.session.get(KEY, {})
    if not waiting:
        return []
    gone = Route.objects.filter(pk__in=waiting, gone_at__isnull=False).values_list("pk", flat=True)
    done = {str(pk) for pk in gone}
    if done:
        request.session[KEY] = {pk: name for pk, name in waiting.items() if pk not in done}
    return [name for pk, name in waiting.items() if pk in done]
