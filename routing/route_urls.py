"""Addresses of routes."""

from django.urls import path

from routing.views import route_creating, route_deleting, route_detail, route_editing, routes

app_name = "routes"
urlpatterns = [
    path("", routes.route_list, name="list"),
    path("status/", routes.list_status, name="list_status"),
    path("new/", route_creating.new, name="new"),
    path("preview/", route_creating.live_preview, name="preview"),
    path("<uuid:route_id>/", route_detail.route_detail, name="detail"),
    path("<uuid:route_id>/status/", route_detail.detail_status, name="detail_status"),
    path("<uuid:route_id>/rehearsal/", route_detail.rehearsal, name="rehearsal"),
    path("<uuid:route_id>/edit/", route_editing.edit, name="edit"),
    path("<uuid:route_id>/edit/check/", route_editing.edit_check, name="edit_check"),
    path("<uuid:route_id>/undo/", route_editing.undo, name="undo"),
    path("<uuid:route_id>/delete/", route_deleting.delete, name="delete"),
]
