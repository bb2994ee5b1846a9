"""The lists an office keeps by hand elsewhere: the children its authority looks after, and the schools there are."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from trellis.conduct import clock
from trellis.exchange import permissions
from trellis.exchange.forms_office import SchoolsForm
from trellis.exchange.pupil_list import held
from trellis.history.actions import looked_at

CHILDREN_A_PAGE = 50
SCHOOLS_A_PAGE = 100


def looked_after(request: HttpRequest) -> HttpResponse:
    """The children whom the authority looks after, as its weekly list has them."""
    virtual_school = permissions.virtual_school_of(request.user)
    if virtual_school is None:
        raise Http404
    today = clock.today()
    children = held.looked_after_by(virtual_school, today)
    page = Paginator(children, CHILDREN_A_PAGE).get_page(request.GET.get("page"))
    looked_at(request, *(pupil.pk for pupil in page))
    shown = {
        "page": page,
        "headings": held.HEADINGS,
        "lines": held.lines_of(list(page), virtual_school, today),
        "incomplete": held.incomplete(virtual_school, today),
        "authority": virtual_school.authority,
    }
    return render(request, "exchange/looked_after.html", shown)


def schools(request: HttpRequest) -> HttpResponse:
    """The schools Trellis knows, as the list of schools has them: those of one's own area first of all."""
    form = SchoolsForm(request.GET, own_area=permissions.area_of(request.user))
    page = Paginator(form.found(), SCHOOLS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "exchange/schools.html", {"form": form, "page": page, "query": form.query})
