"""Addresses of numbers."""

from django.urls import path, re_path

from routing.views import numbers

app_name = "routing"
urlpatterns = [
    path("", numbers.number_list, name="list"),
    path("status/", numbers.list_status, name="list_status"),
    re_path(r"^(?P<e164>\+\d+)/assign/$", numbers.assign, name="assign"),
]
