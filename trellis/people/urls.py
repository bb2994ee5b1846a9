from django.urls import path, re_path

from trellis.conduct.doors import EVERYONE, SIGNED_IN, opens_to
from trellis.people import views

urlpatterns = [
    path("demo/", opens_to(EVERYONE)(views.demo), name="demo"),
    path("demo/sign-in/", opens_to(EVERYONE)(views.demo_sign_in), name="demo_sign_in"),
    path("accounts/how-i-sign-in/", opens_to(SIGNED_IN)(views.how_i_sign_in), name="how_i_sign_in"),
    path("accounts/again/", opens_to(SIGNED_IN)(views.sign_in_again), name="sign_in_again"),
    path("accounts/oidc/<slug:issuer_id>/login/", opens_to(EVERYONE)(views.sign_in_with), name="sign_in_with"),
    path(
        "accounts/oidc/<slug:issuer_id>/login/callback/",
        opens_to(EVERYONE)(views.back_from_sign_in),
        name="back_from_sign_in",
    ),
    path("accounts/organisation/again/", opens_to(SIGNED_IN)(views.sign_in_again_with), name="sign_in_again_with"),
    path("accounts/organisation/link/", opens_to(SIGNED_IN)(views.link_sign_in), name="link_sign_in"),
    path("accounts/organisation/unlink/", opens_to(SIGNED_IN)(views.unlink_sign_in), name="unlink_sign_in"),
    # before allauth's pages, which we do not have
    path("accounts/email/", opens_to(EVERYONE)(views.no_such_page), name="own_address"),
    re_path("^accounts/3rdparty/", opens_to(EVERYONE)(views.no_such_page), name="no_third_parties"),
    re_path("^accounts/social/", opens_to(EVERYONE)(views.no_such_page), name="no_social_accounts"),
]
