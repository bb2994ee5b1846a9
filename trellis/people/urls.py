from django.urls import path

from trellis.conduct.doors import EVERYONE, opens_to
from trellis.people import views

urlpatterns = [
    path("demo/", opens_to(EVERYONE)(views.demo), name="demo"),
    path("demo/sign-in/", opens_to(EVERYONE)(views.demo_sign_in), name="demo_sign_in"),
    path("accounts/email/", opens_to(EVERYONE)(views.own_address), name="own_address"),  # before allauth's page
]
