"""Addresses of calls."""

from django.urls import path

from calls.views import export, pages

app_name = "calls"
urlpatterns = [
    path("", pages.call_list, name="list"),
    path("export/", export.export, name="export"),
    path("<int:pk>/", pages.call_detail, name="detail"),
]
