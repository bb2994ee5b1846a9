"""The pages that are about Trellis itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def front_page(request: HttpRequest) -> HttpResponse:
    """Signed out: what Trellis is and where to sign in. Signed in: straight to my week."""
    if request.user.is_authenticated:
        return redirect("my_week")
    return render(request, "design/front_page.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "design/accessibility.html")


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "design/privacy.html")


def cookies(request: HttpRequest) -> HttpResponse:
    return render(request, "design/cookies.html")
