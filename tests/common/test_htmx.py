"""Whole pages, parts, and what happens when the session is over."""

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from common.errors import AnotherChangePending
from common.htmx import render_page_or_part
from common.middleware import PrivatePagesMiddleware

FROM_HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("headers", "is_part"),
    [
        ({}, False),
        (FROM_HTMX, True),
        ({**FROM_HTMX, "HX-Boosted": "true"}, False),
        ({**FROM_HTMX, "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_a_part_is_sent_only_where_htmx_swaps_it(headers, is_part):
    request = RequestFactory(headers=headers).get("/")

    response = render_page_or_part(request, "400.html", part="partials/error_summary.html")

    assert (b"<html" not in response.content) is is_part
    assert "HX-Request" in response["Vary"]


def answered(response, **extra):
    request = RequestFactory().get("/part/", **extra)
    return PrivatePagesMiddleware(lambda _request: response)(request)


def test_the_sign_in_page_is_never_swapped_into_another_page():
    response = answered(
        HttpResponseRedirect("/accounts/login/?next=/part/"),
        headers={**FROM_HTMX, "HX-Current-URL": "http://testserver/trunks/?q=a"},
    )

    assert response.status_code == 204
    assert response["HX-Redirect"] == "/accounts/login/?next=/trunks/%3Fq%3Da"


def test_other_redirects_stay():
    assert answered(HttpResponseRedirect("/trunks/"), headers=FROM_HTMX).status_code == 302


def test_pages_of_a_session_are_not_stored(settings):
    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"

    response = PrivatePagesMiddleware(lambda _request: HttpResponse())(request)

    assert "no-store" in response["Cache-Control"]
    assert "Cache-Control" not in answered(HttpResponse())


def test_a_conflict_is_a_409_with_its_sentence(rf, settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/trunks/1/")
    request.user = AnonymousUser()

    response = PrivatePagesMiddleware(lambda _request: HttpResponse()).process_exception(
        request, AnotherChangePending(back_url="/trunks/1/")
    )

    assert response.status_code == 409
    assert b"Another change is being applied. Try again when it is done" in response.content
