from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from trellis.design import navigation
from trellis.design.frame import Frame, frame

pytestmark = pytest.mark.urls("trellis.design.tests.urls")

SAM = SimpleNamespace(
    is_authenticated=True, get_full_name=lambda: "Sam Whitlock", role_in_words="SENCO, Larch Primary", teaches=True
)


@pytest.fixture
def entries(monkeypatch):
    """A row of our own, whatever the folders have put in theirs."""
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(navigation, "_at_foot", {})
    navigation.add(text="PEPs", url_name="peps", order=30, shown_to=lambda user: False)
    navigation.add(text="Pupils", url_name="pupils", order=20, shown_to=lambda user: user.teaches)
    navigation.add(text="My week", url_name="my_week", order=10, shown_to=lambda user: True)


def asked(path, user):
    request = RequestFactory().get(path)
    request.user = user
    return frame(request)["frame"]


def test_navigation_holds_what_this_person_may_open_in_order(entries):
    shown = asked("/pupils/17/", SAM)

    assert [(link.text, link.url, link.current) for link in shown.navigation] == [
        ("My week", "/my-week/", False),
        ("Pupils", "/pupils/", True),
    ]
    assert (shown.name, shown.role, shown.may_search) == ("Sam Whitlock", "SENCO, Larch Primary", True)


def test_who_may_not_open_pupils_is_not_offered_search(entries):
    administrator = SimpleNamespace(is_authenticated=True, get_full_name=lambda: "Alex Reed", teaches=False)

    shown = asked("/my-week/", administrator)

    assert [link.text for link in shown.navigation] == ["My week"]
    assert (shown.role, shown.may_search) == ("", False)


def test_signed_out_has_no_name_no_row_and_no_search(entries):
    assert asked("/", AnonymousUser()) == Frame()
    assert frame(RequestFactory().get("/"))["frame"] == Frame()


@pytest.mark.parametrize("stamp, is_demo", [("demo", True), ("live", False), ("test", False)])
def test_only_a_demonstration_says_that_it_is_one(stamp, is_demo, settings):
    settings.STAMP = stamp

    html = render_to_string("404.html", request=RequestFactory().get("/"))

    assert ("Every child in it is invented" in html) == is_demo
    assert (reverse("demo_mail") in html) == is_demo


class Needed(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(
    "data, title", [(None, "<title>Page not found – Trellis"), ({}, "<title>Error: Page not found – Trellis")]
)
def test_the_title_says_error_first_when_the_form_has_one(data, title):
    assert title in render_to_string("404.html", {"form": Needed(data)}, request=RequestFactory().get("/"))


def test_the_frame_has_one_heading_its_landmarks_and_nothing_inline(entries):
    request = RequestFactory().get("/pupils/")
    request.user = SAM

    html = render_to_string("404.html", request=request)

    assert [html.count(f"<{tag}") for tag in ("h1", "main", "header", "footer", "nav")] == [1, 1, 1, 1, 2]
    assert 'lang="en-GB"' in html
    assert 'action="/accounts/logout/"' in html
    assert not any(inline in html for inline in ("<style", " style=", " onclick=", "<script>", "javascript:"))


def test_foot_holds_what_this_person_may_open(entries):
    navigation.add_at_foot(text="How we work here", url_name="pupils", shown_to=lambda user: user.teaches)
    navigation.add_at_foot(text="Nobody’s", url_name="peps", shown_to=lambda user: False)

    assert [(link.text, link.url) for link in asked("/my-week/", SAM).at_foot] == [("How we work here", "/pupils/")]
