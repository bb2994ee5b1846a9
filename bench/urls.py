"""Every address, and one more: a view that does nothing, behind the same door and the same middleware as the others."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from trellis import urls
from trellis.conduct.doors import SIGNED_IN, opens_to

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [*urls.urlpatterns, path("empty/", opens_to(SIGNED_IN)(empty), name="empty")]
