"""The staff page that loads an inventory of numbers, after saying what is wrong with it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.staff import actor
from common.errors import Conflict
from routing.inventory import COLUMNS, Inventory, Problem, read_inventory
from routing.services.stocking import load_numbers
from routing.staff_forms import InventoryForm

UNPROCESSABLE = 422
MAY_LOAD = "routing.add_number"


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """POST looks at the file; it is loaded when the button says so and nothing is wrong with it."""
    if not actor(request).has_perm(MAY_LOAD):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, InventoryForm())
    form = InventoryForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    file = form.cleaned_data["file"]
    inventory = read_inventory(file.read())
    if "load" not in request.POST or inventory.problems or not inventory.numbers:
        return _page(request, form, inventory, status=UNPROCESSABLE if inventory.problems else 200)
    try:
        count = load_numbers(inventory, actor(request), file.name)
    except Conflict as conflict:
        inventory = Inventory(problems=[Problem(0, str(conflict.message))])
        return _page(request, form, inventory, status=UNPROCESSABLE)
    words = ngettext("%(count)s number is for sale now", "%(count)s numbers are for sale now", count)
    messages.success(request, words % {"count": f"{count:,}"})
    return redirect("admin:routing_number_changelist")


def _page(
    request: HttpRequest, form: InventoryForm, inventory: Inventory | None = None, status: int = 200
) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": _("Load numbers"),
        "form": form,
        "inventory": inventory,
        "columns": COLUMNS,
    }
    return TemplateResponse(request, "admin/routing/load.html", context, status=status)
