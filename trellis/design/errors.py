"""The pages that say what went wrong, what was kept and what to do."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or the form was not one that Trellis made."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: this person may see the thing, but not do this; the reason is the exception's own sentence."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def form_token_missing(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came without the token that shows it is ours, mostly because a new sign-in renewed it."""
    return render(request, "403_form.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the same words for what does not exist and for what this person may not know of."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: needs nothing that may itself be broken: no database, no user, no frame."""
    return HttpResponseServerError(render_to_string("500.html"))
