"""Addresses of numbers."""

from django.urls import path, re_path

from routing import views

app_name = "routing"
urlpatterns = [
    path("", views.number_list, name="list"),
    path("status/", views.list_status, name="list_status"),
    re_path(r"^(?P<e164>\+\d+)/assign/$", views.assign, name="assign"),
]
