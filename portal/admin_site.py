"""The staff site: Django's admin with our name on it, behind the portal's own sign-in and second factor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse


class PortalAdminSite(AdminSite):
    site_header = f"{settings.BRAND} staff"
    site_title = f"{settings.BRAND} staff"
    index_title = "Overview"
    site_url = "/"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # Imported late: allauth needs the app registry, which is being built from this module.
        from allauth.account.decorators import secure_admin_login

        answer: HttpResponse = secure_admin_login(super().login)(  # type: ignore[no-untyped-call]
            request, extra_context
        )
        return answer


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.PortalAdminSite"
