"""Staff pages: service addresses. Customers change them; staff look."""

from __future__ import annotations

from django.contrib import admin

from accounts.staff import ShowOnlyPage
from addresses.models import ServiceAddress


@admin.register(ServiceAddress)
class ServiceAddressAdmin(ShowOnlyPage[ServiceAddress]):
    list_display = ["name", "account", "line", "country_code"]
    list_filter = ["country_code"]
    list_select_related = ["account"]
    search_fields = ["name", "account__name", "=id", "street", "city", "=post_code"]
