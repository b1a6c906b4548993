"""Every component on one page, for the eye and for the accessibility tests. Only in DEBUG and the lab."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from common.forms import PortalForm, RowError
from common.htmx import STOP_POLLING, wants_part
from common.widgets import Card, CardsField, Host, HostRows, HostsField, OrderedField

PLANS = [
    Card(
        "metered",
        "Metered",
        "One price per channel anywhere. Calls are charged by usage.",
        "$15.00 a channel",
    ),
    Card(
        "unlimited",
        "Unlimited US domestic",
        "Calls to US numbers are included (fair use).",
        "$24.00 a channel",
        reason="Not active on your account.",
    ),
]
CODECS = [("PCMA", "G.711a"), ("PCMU", "G.711µ"), ("G729", "G.729")]


class SampleForm(PortalForm):
    tags = {"data_centre": "Cannot be changed later"}
    widths = {"channels": "s"}

    name = forms.CharField(label="Name", help_text="Appears on your invoice")
    data_centre = forms.ChoiceField(
        label="Data centre", choices=[("", "Choose one"), ("nyc", "New York"), ("fra", "Frankfurt")]
    )
    plan = CardsField(label="Plan", cards=PLANS)
    channels = forms.IntegerField(label="Channels", help_text="A channel is one call at a time, in or out")
    codecs = OrderedField(label="Codecs", choices=CODECS, help_text="The first one both sides know is used")
    sources = HostsField(
        label="Addresses you call us from",
        help_text="We accept calls only from these",
        widget=HostRows(row_label="Source address", add_label="Add another address"),
    )
    destinations = HostsField(
        label="Where we send your calls",
        help_text="Tried in this order",
        required=False,
        widget=HostRows(row_label="Destination", add_label="Add another destination", ports=True, ordered=True),
    )
    note = forms.CharField(label="Note for us", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    options = forms.BooleanField(
        label="Check my equipment with SIP OPTIONS", required=False, help_text="Every 60 seconds"
    )

    def clean_sources(self) -> list[Host]:
        hosts: list[Host] = self.cleaned_data["sources"]
        wrong = [host for host in hosts if host.host.startswith("10.")]
        message = "%s is a private address. Enter the public IP address of your equipment"
        if wrong:
            raise ValidationError([RowError(message % host.host, host.row) for host in wrong])
        return hosts


SAMPLE = {
    "name": "Main office",
    "data_centre": "nyc",
    "plan": "metered",
    "channels": 10,
    "codecs": ["PCMA", "PCMU"],
    "sources": ["203.0.113.7"],
    "destinations": [("pbx.example.com", "5060"), ("203.0.113.8", "5060")],
}


def styleguide(request: HttpRequest) -> HttpResponse:
    guard()
    if wants_part(request):
        return render(request, "partials/sample_status.html", {"settled": True}, status=STOP_POLLING)
    form = SampleForm(request.POST) if request.method == "POST" else SampleForm(initial=SAMPLE)
    if form.is_bound and not form.rework():
        form.is_valid()
    now = timezone.now()
    context = {"form": form, "now": now, "soon": now - timedelta(seconds=12), "old": now - timedelta(days=9)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "styleguide.html", context, status=status)


def guard() -> None:
    if not (settings.DEBUG or settings.LAB):
        raise Http404
