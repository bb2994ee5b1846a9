from django.urls import path

from trellis.conduct.doors import EVERYONE, opens_to
from trellis.design import views

urlpatterns = [
    path("", opens_to(EVERYONE)(views.front_page), name="front_page"),
    path("accessibility/", opens_to(EVERYONE)(views.accessibility), name="accessibility"),
    path("privacy/", opens_to(EVERYONE)(views.privacy), name="privacy"),
    path("cookies/", opens_to(EVERYONE)(views.cookies), name="cookies"),
]
