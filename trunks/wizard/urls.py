"""Addresses of the wizard, inside the namespace of `trunks.urls`."""

from django.urls import URLPattern, path

from trunks.wizard import views
from trunks.wizard.again import again
from trunks.wizard.calculator import calculator
from trunks.wizard.duplicate import duplicate

wizard_urls: list[URLPattern] = [
    path("new/", views.new, name="new"),
    path("new/<uuid:draft_id>/", views.resume, name="resume"),
    path("new/<uuid:draft_id>/review/", views.review, name="review"),
    path("new/<uuid:draft_id>/pay/", views.pay, name="pay"),
    path("new/<uuid:draft_id>/discard/", views.discard, name="discard"),
    path("new/<uuid:draft_id>/channels/", calculator, name="calculator"),
    path("new/<uuid:draft_id>/<slug:step>/", views.step, name="step"),
    path("<uuid:trunk_id>/handover/again/", again, name="again"),
    path("<uuid:trunk_id>/duplicate/", duplicate, name="duplicate"),
]
