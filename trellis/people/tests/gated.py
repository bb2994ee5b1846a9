"""Addresses of the tests' own, behind the gate that asks who is there."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_POST

from trellis.conduct.doors import SIGNED_IN, opens_to
from trellis.conduct.forms import ActionForm
from trellis.people.again import asks_to_sign_in_again


class WhyForm(ActionForm):
    why = forms.CharField(label="Why these leave Trellis")


@asks_to_sign_in_again
def take_away(request):
    form = WhyForm.opened(request)
    if form.is_valid():
        return HttpResponse(f"taken away: {form.cleaned_data['why']}")
    return render(request, "design/form_page.html", {"form": form, "title": "Take away", "button": "Take it away"})


@require_POST
@asks_to_sign_in_again
def press(request):
    return HttpResponse("pressed")


handler403 = "trellis.design.errors.forbidden"
handler404 = "trellis.design.errors.not_found"
urlpatterns = [
    path("take-away/", opens_to(SIGNED_IN)(take_away), name="take_away"),
    path("press/", opens_to(SIGNED_IN)(press), name="press"),
    path("", include("trellis.urls")),
]
