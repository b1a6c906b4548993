"""Service addresses: list, add, change, delete."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import account_of, actor_of, needs, signed_member
from accounts.enums import Right
from addresses.countries import US
from addresses.forms import AddressForm
from addresses.models import ServiceAddress
from addresses.services import delete_address, save_address, used_by
from common.htmx import render_page_or_part
from common.links import is_ours


@needs(Right.SEE_TRUNKS)
@require_GET
def address_list(request: HttpRequest) -> HttpResponse:
    addresses = ServiceAddress.objects.filter(account=account_of(request)).prefetch_related("trunks__wanted")
    may_change = signed_member(request).may(Right.CHANGE_ADDRESSES)
    return render(request, "addresses/list.html", {"addresses": addresses, "may_change": may_change})


@needs(Right.CHANGE_ADDRESSES)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    return _edit(request, ServiceAddress(account=account_of(request), country_code=US))


@needs(Right.CHANGE_ADDRESSES)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, address_id: UUID) -> HttpResponse:
    return _edit(request, address_of(request, address_id))


def _edit(request: HttpRequest, address: ServiceAddress) -> HttpResponse:
    name = address.name
    if request.POST.get("action") == "regions":
        form = AddressForm(instance=address, initial=request.POST.dict())
        return _show(request, form, name)
    form = AddressForm(request.POST if request.method == "POST" else None, instance=address)
    if form.is_valid() and _save(request, form):
        messages.success(request, _("%(name)s was saved") % {"name": address})
        return HttpResponseRedirect(after_saving(request, address), status=303)
    return _show(request, form, name)


def _save(request: HttpRequest, form: AddressForm) -> bool:
    try:
        save_address(form.instance, actor_of(request))
    except ValidationError as trouble:
        form.add_error(None, trouble)
    return not form.errors


def _show(request: HttpRequest, form: AddressForm, name: str) -> HttpResponse:
    users = [] if form.instance._state.adding else list(form.instance.trunks.select_related("wanted"))
    context = {"form": form, "name": name, "users": users, "back": origin_of(request)}
    status = 422 if form.errors else 200
    return render_page_or_part(
        request, "addresses/form.html", context, part="addresses/parts/place.html", status=status
    )


@needs(Right.CHANGE_ADDRESSES)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, address_id: UUID) -> HttpResponse:
    address = address_of(request, address_id)
    users = list(address.trunks.select_related("wanted"))
    refusal = used_by([trunk.name for trunk in users]) if users else None
    if request.method == "POST":
        try:
            delete_address(address, actor_of(request))
        except ValidationError as trouble:
            refusal = trouble
        else:
            messages.success(request, _("%(name)s was deleted") % {"name": address})
            return HttpResponseRedirect(reverse("addresses:list"), status=303)
    context = {"address": address, "users": users, "refusal": refusal.messages[0] if refusal else ""}
    return render(request, "addresses/delete.html", context, status=409 if request.method == "POST" else 200)


def address_of(request: HttpRequest, address_id: UUID) -> ServiceAddress:
    return get_object_or_404(ServiceAddress, account=account_of(request), pk=address_id)


def after_saving(request: HttpRequest, address: ServiceAddress) -> str:
    """The list, or the page of ours that sent the person here, which learns the address."""
    origin = origin_of(request)
    if not origin:
        return reverse("addresses:list")
    page = urlsplit(origin)
    query = [*parse_qsl(page.query), ("address", str(address.pk))]
    return urlunsplit(("", "", page.path, urlencode(query), ""))


def origin_of(request: HttpRequest) -> str:
    """The path of ours that the person came from (`?next=`); empty for anything else."""
    url = request.GET.get("next", "")
    return url if url.startswith("/") and is_ours(request, url) else ""
