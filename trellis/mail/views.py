from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from trellis.conduct.models import Stamp
from trellis.mail.models import Message


def demo_mail(request: HttpRequest) -> HttpResponse:
    """Every e-mail of a demonstration, to be read by whoever tries it. Does not exist in a live database."""
    if not Stamp.objects.filter(kind="demo").exists():
        raise Http404
    return render(request, "mail/demo_mail.html", {"messages_written": Message.objects.select_related("to")[:100]})
