from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def my_week(request: HttpRequest) -> HttpResponse:
    return render(request, "caseloads/my_week.html")


def pupils(request: HttpRequest) -> HttpResponse:
    return render(request, "caseloads/pupils.html")
