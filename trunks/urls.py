"""Addresses of trunks: the list, one trunk, what is done to it, and the order wizard."""

from django.urls import path

from trunks.views import changes, detail, listing
from trunks.wizard.urls import wizard_urls

app_name = "trunks"
urlpatterns = [
    path("", listing.trunk_list, name="list"),
    path("status/", listing.list_status, name="list_status"),
    *wizard_urls,
    path("<uuid:trunk_id>/", detail.trunk_detail, name="detail"),
    path("<uuid:trunk_id>/status/", detail.detail_status, name="detail_status"),
    path("<uuid:trunk_id>/history/", detail.trunk_history, name="history"),
    path("<uuid:trunk_id>/enable/", changes.enable, name="enable"),
    path("<uuid:trunk_id>/disable/", changes.disable, name="disable"),
    path("<uuid:trunk_id>/delete/", changes.delete, name="delete"),
]
