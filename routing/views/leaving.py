"""Giving a number back: what happens then, and the number typed to confirm."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import account_of, actor_of, needs
from accounts.enums import Right
from common.errors import Conflict
from routing.forms import GiveBackForm
from routing.selectors import number_of
from routing.services import give_back
from routing.targets import target_of


@needs(Right.CHANGE_TRUNKS)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, e164: str) -> HttpResponse:
    account = account_of(request)
    number = number_of(account, e164)
    form = GiveBackForm(number, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            give_back(number, actor_of(request))
        except Conflict as conflict:
            conflict.back_url = reverse("routing:list")
            raise
        messages.success(request, _("%(number)s is being given back") % {"number": number})
        return HttpResponseRedirect(reverse("routing:list"), status=303)
    context = {"number": number, "form": form, "target": target_of(number), "rest_days": settings.NUMBER_RESTS_FOR.days}
    return render(request, "routing/give_back.html", context, status=422 if form.is_bound else 200)
