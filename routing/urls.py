"""Addresses of numbers."""

from django.urls import path

from routing import views

app_name = "routing"
urlpatterns = [
    path("", views.number_list, name="list"),
    path("status/", views.list_status, name="list_status"),
    path("<str:e164>/assign/", views.assign, name="assign"),
]
