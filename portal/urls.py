"""All addresses: one include per app."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from portal import views
from portal.styleguide import styleguide
from portal.test_call_page import test_call

portal_urls = (
    [
        path("theme/", views.theme, name="theme"),
        path("healthz", views.healthz, name="healthz"),
        path("readyz", views.readyz, name="readyz"),
        path("trunks/<uuid:trunk_id>/test-call/", test_call, name="test_call"),
        path("styleguide/", styleguide, name="styleguide"),
    ],
    "portal",
)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="trunks:list"), name="home"),
    path("", include(portal_urls)),
    path("", include("accounts.urls")),
    path("trunks/", include("trunks.urls")),
    path("addresses/", include("addresses.urls")),
    path("numbers/", include("routing.urls")),
    path("routes/", include("routing.route_urls")),
    path("calls/", include("calls.urls")),
    path("billing/", include("billing.urls")),
    path("accounts/", include("accounts.second_factor_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.permission_denied"
handler500 = "portal.views.server_error"
