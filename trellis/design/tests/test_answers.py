"""The pages about Trellis, the pages that say what went wrong, and the headers on all of them."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.test import RequestFactory

from trellis.design import errors
from trellis.design.middleware import CONTENT_SECURITY_POLICY, SecurityHeaders
from trellis.design.views import accessibility, cookies, front_page, privacy

pytestmark = pytest.mark.urls("trellis.design.tests.urls")


def asked(path="/"):
    return RequestFactory().get(path)


@pytest.mark.parametrize(
    "answer, status, words",
    [
        (lambda r: errors.bad_request(r, Exception("secret")), 400, "We could not read that"),
        (
            lambda r: errors.forbidden(r, PermissionDenied("Only the SENCO agrees a plan.")),
            403,
            "Only the SENCO agrees",
        ),
        (lambda r: errors.forbidden(r, PermissionDenied()), 403, "Your role does not include this page."),
        (lambda r: errors.form_token_missing(r, "CSRF cookie not set."), 403, "This form was open too long"),
        (lambda r: errors.not_found(r, Http404("secret")), 404, "Page not found"),
        (errors.server_error, 500, "Something went wrong"),
    ],
)
def test_an_error_page_says_what_happened(answer, status, words):
    response = answer(asked())

    assert response.status_code == status
    html = response.content.decode()
    assert words in html
    assert html.count("<h1") == 1
    assert "secret" not in html


@pytest.mark.parametrize("template", ["409.html", "413.html", "429.html"])
def test_other_refusals_have_a_page_too(template):
    assert render(asked(), template).content.count(b"<h1") == 1


def test_conflict_page_says_the_reason():
    assert (
        b"Dee agreed this plan on Monday."
        in render(asked(), "409.html", {"sentence": "Dee agreed this plan on Monday."}).content
    )


@pytest.mark.parametrize("template", ["500.html", "503.html"])
def test_pages_for_when_much_is_broken_need_no_request(template):
    assert render_to_string(template).count("<h1") == 1


def test_not_found_is_the_same_for_every_address():
    assert errors.not_found(asked("/pupils/1/"), Http404()).content == errors.not_found(asked("/x/"), Http404()).content


@pytest.mark.parametrize("view", [accessibility, privacy, cookies])
def test_pages_about_trellis_open_to_anyone_and_name_no_foreign_host(view):
    response = view(asked())

    assert response.status_code == 200
    assert b"//" not in response.content.replace(b"<!doctype", b"")


@pytest.mark.parametrize("stamp, demo_is_offered", [("demo", True), ("live", False)])
def test_front_page_explains_trellis_to_whoever_is_not_signed_in(stamp, demo_is_offered, settings):
    settings.STAMP = stamp
    request = asked()
    request.user = AnonymousUser()

    html = front_page(request).content.decode()

    assert 'href="/accounts/login/"' in html
    assert ("See the demonstration" in html) == demo_is_offered


def test_front_page_leads_whoever_is_signed_in_to_my_week():
    request = asked()
    request.user = SimpleNamespace(is_authenticated=True)

    assert front_page(request)["Location"] == "/my-week/"


def through(path, response):
    return SecurityHeaders(lambda request: response)(asked(path))


def test_every_answer_says_whose_scripts_may_run():
    headers = through("/pupils/", HttpResponse()).headers

    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY and "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


def test_no_page_is_kept_by_the_browser_even_when_a_view_would_allow_it():
    assert through("/pupils/", HttpResponse(headers={"Cache-Control": "max-age=60"}))["Cache-Control"] == "no-store"


def test_static_files_may_be_kept():
    response = through("/static/design/trellis.css", HttpResponse(headers={"Cache-Control": "max-age=60"}))

    assert response["Cache-Control"] == "max-age=60"
