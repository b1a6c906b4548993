"""The staff site: Django's admin with our name on it, behind the portal's own sign-in and second factor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path


class PortalAdminSite(AdminSite):
    site_header = f"{settings.BRAND} staff"
    site_title = f"{settings.BRAND} staff"
    index_title = "Overview"
    site_url = "/"
    # The bar under the header leads everywhere; lists need the width.
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # Imported late: allauth needs the app registry, which is being built from this module.
        from allauth.account.decorators import secure_admin_login

        answer: HttpResponse = secure_admin_login(super().login)(  # type: ignore[no-untyped-call]
            request, extra_context
        )
        return answer

    def get_urls(self) -> list[Any]:
        # Imported late, as above: these pages know every app.
        from portal import staff_search, staff_views

        def own(route: str, view: Any, name: str) -> Any:
            return path(route, self.admin_view(view), name=name)

        account = "accounts/account/<uuid:account_id>"
        return [
            own("search/", staff_search.search_page, "search"),
            own("end-acting/", staff_views.stop_acting, "end_acting"),
            own(f"{account}/suspend/", staff_views.suspend, "accounts_account_suspend"),
            own(f"{account}/release/", staff_views.release, "accounts_account_release"),
            own(f"{account}/act/", staff_views.act_for, "accounts_account_act"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from portal.staff_views import waiting_for_staff

        return super().index(request, {**(extra_context or {}), "waiting": waiting_for_staff()})


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.PortalAdminSite"
