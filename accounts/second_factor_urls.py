"""Addresses of allauth that are answered here, under the names and paths it gives them; included before its own."""

from django.urls import path

from accounts.views import second_factor

urlpatterns = [
    path("2fa/totp/deactivate/", second_factor.turn_app_off, name="mfa_deactivate_totp"),
    path("2fa/webauthn/keys/<int:pk>/remove/", second_factor.remove_key, name="mfa_remove_webauthn"),
]
