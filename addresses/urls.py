"""Addresses of service addresses."""

from django.urls import path

from addresses import views

app_name = "addresses"
urlpatterns = [
    path("", views.address_list, name="list"),
    path("new/", views.add, name="add"),
    path("<uuid:address_id>/", views.edit, name="edit"),
    path("<uuid:address_id>/delete/", views.delete, name="delete"),
]
