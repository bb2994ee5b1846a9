"""allauth's pages in our frame: those we wrote, and the elements that dress the rest."""

from types import SimpleNamespace

import pytest
from allauth.account.forms import ResetPasswordForm
from django import forms
from django.template import Context, Origin, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

pytestmark = pytest.mark.urls("trellis.design.tests.urls")


class Password(forms.Form):
    password = forms.CharField(label="Password", widget=forms.PasswordInput)


CODES = SimpleNamespace(get_unused_codes=["12345678", "87654321"])

PAGES = {
    "account/login.html": {},
    "account/logout.html": {"form": None},
    "account/password_reset.html": {},
    "account/password_reset_done.html": {"form": None},
    "account/password_reset_from_key.html": {"action_url": "/accounts/x/"},
    "account/password_reset_from_key_done.html": {"form": None},
    "account/password_change.html": {},
    "account/account_inactive.html": {"form": None},
    "account/signup_closed.html": {"form": None},
    "account/reauthenticate.html": {"reauthentication_alternatives": [{"url": "/x/", "description": "By code"}]},
    "mfa/reauthenticate.html": {},
    "mfa/authenticate.html": {},
    "mfa/index.html": {"authenticators": {"totp": True, "recovery_codes": CODES}, "is_mfa_enabled": True, "form": None},
    "mfa/totp/activate_form.html": {"totp_svg_data_uri": "data:image/svg+xml;base64,"},
    "mfa/totp/deactivate_form.html": {},
    "mfa/recovery_codes/generate.html": {"unused_code_count": 3},
    "mfa/recovery_codes/index.html": {"unused_codes": ["12345678"], "total_count": 10, "form": None},
    "account/email_change.html": {"form": None},  # left to allauth; our elements dress it
}


@pytest.mark.parametrize("template", PAGES)
def test_a_sign_in_page_stands_in_our_frame(template):
    context = {"form": Password({}), **PAGES[template]}
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(is_authenticated=False)

    html = render_to_string(template, context, request=request)

    assert (html.count("<h1"), html.count("<main")) == (1, 1)
    if context["form"]:
        assert '<a href="#id_password">Enter the password</a>' in html
        assert html.count("novalidate") >= 1


def test_allauth_elements_draw_our_parts():
    words = """{% load allauth %}{% element panel %}{% slot title %}Keys{% endslot %}{% slot body %}None{% endslot %}
        {% slot actions %}{% element button href="/x/" %}Add{% endelement %}{% endslot %}{% endelement %}
        {% element field id="y" type="text" value="1" %}{% slot label %}Key{% endslot %}{% endelement %}
        {% element button type="submit" tags="danger" %}Remove{% endelement %}"""

    html = Template(words, Origin("keys", "keys.html")).render(Context())

    assert '<section class="t-card">' in html
    assert '<a class="govuk-button govuk-button--secondary" href="/x/">Add</a>' in html
    assert '<label class="govuk-label govuk-label--s" for="y">Key</label>' in html
    assert 'class="govuk-button govuk-button--warning"' in html


def test_allauth_forms_are_drawn_by_us_without_words_inside_the_boxes():
    html = str(ResetPasswordForm())

    assert 'class="govuk-input"' in html
    assert "placeholder" not in html
