"""The addresses our own templates name, so that these tests stand on no later folder."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def elsewhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse("elsewhere")


names = ["my_week", "pupils", "peps", "demo", "demo_mail"]

urlpatterns = [
    path("", include("trellis.design.urls")),
    path("accounts/", include("allauth.urls")),
    *[path(f"{name.replace('_', '-')}/", elsewhere, name=name) for name in names],
]
