"""Addresses of trunks: the list, one trunk, what is done to it, and the order wizard."""

from django.urls import path

from trunks.views import changes, detail, editing, export, handover, listing, password, secret, undoing
from trunks.wizard.urls import wizard_urls

app_name = "trunks"
urlpatterns = [
    path("", listing.trunk_list, name="list"),
    path("status/", listing.list_status, name="list_status"),
    path("export/", export.export, name="export"),
    *wizard_urls,
    path("<uuid:trunk_id>/", detail.trunk_detail, name="detail"),
    path("<uuid:trunk_id>/status/", detail.detail_status, name="detail_status"),
    path("<uuid:trunk_id>/history/", detail.trunk_history, name="history"),
    path("<uuid:trunk_id>/edit/", editing.edit, name="edit"),
    path("<uuid:trunk_id>/edit/check/", editing.edit_check, name="edit_check"),
    path("<uuid:trunk_id>/undo/", undoing.undo, name="undo"),
    path("<uuid:trunk_id>/enable/", changes.enable, name="enable"),
    path("<uuid:trunk_id>/disable/", changes.disable, name="disable"),
    path("<uuid:trunk_id>/delete/", changes.delete, name="delete"),
    path("<uuid:trunk_id>/handover/", handover.handover, name="handover"),
    path("<uuid:trunk_id>/handover/status/", handover.handover_status, name="handover_status"),
    path("<uuid:trunk_id>/handover/addresses.txt", handover.addresses, name="handover_addresses"),
    path("<uuid:trunk_id>/handover/authority.pem", handover.authority, name="handover_authority"),
    path("<uuid:trunk_id>/handover/configuration/", handover.pbx_file, name="pbx_file"),
    path("<uuid:trunk_id>/reset-password/", password.reset, name="reset_password"),
    path("<uuid:trunk_id>/password/", password.password, name="password"),
    path("<uuid:trunk_id>/password/status/", password.password_status, name="password_status"),
    path("<uuid:trunk_id>/password/show/", secret.reveal, name="reveal_password"),
    path("<uuid:trunk_id>/password/file/", secret.password_csv, name="password_csv"),
    path("<uuid:trunk_id>/password/saved/", secret.acknowledge, name="acknowledge_password"),
]
