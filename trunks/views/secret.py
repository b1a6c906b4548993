"""The only answers of the portal that contain the password of a trunk: Show and the file; and Done, which ends it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from common.htmx import wants_part
from common.spreadsheet import safe
from trunks.connection import node_addresses
from trunks.forms.password import UNSAVED, SavedForm
from trunks.login import Login, login_of
from trunks.models import Trunk
from trunks.selectors import trunk_of
from trunks.services import acknowledge_secret, reveal_secret
from trunks.views.changes import back_to, see_other
from trunks.views.handover import handover_page
from trunks.views.password import password_page, section

secret = cache_control(private=True, no_store=True)


@needs(Right.CHANGE_TRUNKS)
@require_POST
@secret
def reveal(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """Show. Whoever may not (any more) look at it gets the same place with the reason."""
    trunk = trunk_of(account_of(request), trunk_id)
    shown = reveal_secret(trunk, actor_of(request)) or ""
    if wants_part(request):
        page = request.POST.get("page", "")
        context = {"trunk": trunk, **section(request, trunk, shown, page=page)}
        return render(request, "trunks/password/section.html", context)
    return _page_of(request)(request, trunk, password=shown)


@needs(Right.CHANGE_TRUNKS)
@require_POST
@secret
def password_csv(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """The one file that contains the password, for password managers."""
    trunk = trunk_of(account_of(request), trunk_id)
    shown = reveal_secret(trunk, actor_of(request))
    login = login_of(trunk, signed_member(request), shown or "")
    if not shown or login is None:
        return _page_of(request)(request, trunk)
    headers = {"Content-Disposition": f'attachment; filename="trunk-{trunk.reference}-password.csv"'}
    return HttpResponse(_lines(trunk, login), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(trunk: Trunk, login: Login) -> str:
    nodes = node_addresses(trunk)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["Trunk", "Reference", "User name", "Password", "Realm", "Registrars", "Transport"])
    cells = [trunk.name, trunk.reference, login.username, login.password, login.realm]
    cells += [" ".join(node.where for node in nodes), nodes[0].transport if nodes else ""]
    writer.writerow([safe(cell) for cell in cells])
    return file.getvalue()


@needs(Right.CHANGE_TRUNKS)
@require_POST
def acknowledge(request: HttpRequest, trunk_id: UUID) -> HttpResponse:
    """Done: the reader has the password, so it is forgotten here."""
    trunk = trunk_of(account_of(request), trunk_id)
    if not SavedForm(request.POST).is_valid():
        return see_other(f"{_url_of(request, trunk)}?{UNSAVED}=1")
    if acknowledge_secret(trunk, actor_of(request)):
        messages.success(request, _("You have the password of %(name)s. It is not shown again") % {"name": trunk})
    return see_other(reverse("trunks:list")) if request.POST.get("page") != "password" else back_to(trunk)


def _url_of(request: HttpRequest, trunk: Trunk) -> str:
    """Where a GET shows the page that the button was on."""
    return reverse(f"trunks:{'password' if request.POST.get('page') == 'password' else 'handover'}", args=[trunk.pk])


def _page_of(request: HttpRequest) -> Callable[..., HttpResponse]:
    """The page that the button was on."""
    return password_page if request.POST.get("page") == "password" else handover_page
