from django.urls import path

from trellis.conduct.doors import EVERYONE, SIGNED_IN, opens_to
from trellis.people import views

urlpatterns = [
    path("demo/", opens_to(EVERYONE)(views.demo), name="demo"),
    path("demo/sign-in/", opens_to(EVERYONE)(views.demo_sign_in), name="demo_sign_in"),
    path("accounts/email/", opens_to(EVERYONE)(views.own_address), name="own_address"),  # before allauth's page
    path("accounts/again/", opens_to(SIGNED_IN)(views.sign_in_again), name="sign_in_again"),
]
