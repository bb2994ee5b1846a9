from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.calendar.rules import financial_year, financial_year_in_words
from trellis.conduct import clock
from trellis.conduct.forms import ActionForm, PressForm
from trellis.conduct.refusals import Answer, require
from trellis.funding import actions, batch_files, permissions, queries
from trellis.funding.forms import (
    AgreeForm,
    AskForm,
    CorrectForm,
    DeclineForm,
    ImpactForm,
    MoneyForm,
    ReturnForm,
    SpendForm,
    WithdrawForm,
    chosen_number,
)
from trellis.funding.models import OFFICES, FundingBatch, FundingPolicy, FundingPot, FundingRequest, FundingSpend
from trellis.funding.rules import REQUEST
from trellis.history.actions import looked_at
from trellis.ledgers.queries import statement
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.peps.models import PepState, PepTarget
from trellis.pupils.models import Level, Pupil
from trellis.pupils.queries import year_in_words
from trellis.pupils.views_frame import pupil_frame

A_PAGE = 30


# --- overviews -----------------------------------------------------------------------------------------------------


def funding(request: HttpRequest) -> HttpResponse:
    """PP+ of my pupils: a Virtual School sees its year by school, a school its pupils' requests."""
    if _user(request).plays(VIRTUAL_SCHOOL_TEACHERS | {Role.BUSINESS_OFFICER}):
        return _of_virtual_school(request)
    return _of_school(request)


def _of_school(request: HttpRequest) -> HttpResponse:
    requests = FundingRequest.objects.visible_to(_user(request)).newest_first().with_names()
    page = Paginator(requests, A_PAGE).get_page(request.GET.get("page"))
    looked_at(request, *(one.pupil_id for one in page.object_list))
    return render(request, "funding/school.html", {"page": page})


def _of_virtual_school(request: HttpRequest) -> HttpResponse:
    """The year's money, who waits for an answer, and a row for each school that opens its pupils."""
    user, today = _user(request), clock.today()
    pots = list(FundingPot.objects.of_office(user).select_related("account").order_by("-year"))
    year = chosen_number(request.GET.get("year")) or 0
    year = year if year in {one.year for one in pots} else financial_year(today)
    pot = next((one for one in pots if one.year == year), None)
    figures = queries.figures_of(pot) if pot else None
    requests = queries.of_year(FundingRequest.objects.of_office(user), year)
    school = chosen_number(request.GET.get("school"))
    rows = queries.rows_by(requests.filter(school=school) if school else requests, "pupil" if school else "school")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    waiting = list(queries.waiting_for(user)[:A_PAGE])
    shown = [row.key for row in page.object_list] if school else []
    names = queries.names_open_to(user, shown)
    looked_at(request, *shown, *(one.pupil_id for one in waiting))
    policy = FundingPolicy.objects.counting(_virtual_school(user), today)
    context = {
        "pots": pots, "year": year, "year_in_words": financial_year_in_words(year), "figures": figures,
        "ends": queries.year_ends(figures, today) if figures and not pot.closed_on else None,  # type: ignore[union-attr]
        "page": page, "rows": [(row, names.get(row.key, "")) for row in page.object_list], "school": school,
        "waiting": waiting, "to_answer": queries.waiting_for(user).count(),
        "may_answer": user.plays(permissions.DECIDERS),
        "policy": policy, "years": _years_of(policy),
        "keeps_pot": user.plays(permissions.TREASURERS),
        "query": "&".join(f"{name}={value}" for name, value in (("year", year), ("school", school)) if value) + "&",
    }  # fmt: skip
    return render(request, "funding/virtual_school.html", context)


def pupil_funding(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """What came for one pupil, for which target, what it bought, what it changed; what was refused, and why."""
    user = _user(request)
    pupil = get_object_or_404(Pupil.objects.visible_to(user, Level.WHOLE, Level.WRITTEN), pk=pupil_id)
    looked_at(request, pupil.pk)
    frame = pupil_frame(request, pupil, "funding")
    requests = FundingRequest.objects.visible_to(user).filter(pupil=pupil).newest_first()
    asking = _asking(user, pupil) if frame["reading"].is_whole else {}
    return render(request, "funding/pupil.html", {**frame, **asking, "told": queries.told(requests, user)})


def _asking(user: User, pupil: Pupil) -> dict[str, Any]:
    """The targets that this person may let ask, or why none may."""
    targets = queries.targets_that_may_ask(pupil)
    if not targets:
        return {}
    first = min(targets, key=lambda target: target.pep.state != PepState.SIGNED_OFF)
    may_ask = permissions.can_ask_funding(user, pupil, queries.school_now(pupil), first.pep.written_for_id)
    if not may_ask:
        return {}
    owed = queries.impact_owed_before(first)
    return {"targets": targets, "why_not": queries.why_impact_comes_first(first, owed), "owed": owed}


# --- one request ---------------------------------------------------------------------------------------------------


def funding_request(request: HttpRequest, funding_request_id: int) -> HttpResponse:
    """What was asked for one target, what was decided, and what became of it."""
    asked = _asked(request, funding_request_id)
    looked_at(request, asked.pupil_id)
    user = _user(request)
    (told,) = queries.told(FundingRequest.objects.filter(pk=asked.pk), user)
    may_decide = asked.state == "ASKED" and permissions.can_decide_funding(user, asked)
    context = {
        **pupil_frame(request, asked.pupil, "funding"),
        "asked": asked,
        "told": told,
        "may_decide": may_decide,
        "why_not_agree": queries.why_not_agreed_by(user, asked) if may_decide else "",
        "may_withdraw": asked.state in {"ASKED", "AGREED"} and permissions.can_withdraw_funding(user, asked),
        "may_spend": asked.state == "PAID" and not asked.minutes_bought and told.tally.left
        and permissions.can_record_spend(user, asked),
        "may_correct": permissions.spends_to_correct(user, asked, told.spends) if asked.state == "PAID" else set(),
        "may_write_impact": asked.is_given and permissions.can_write_impact(user, asked),
        "money_left": queries.money_left(asked.virtual_school, clock.today()) if asked.state == "ASKED" else None,
    }  # fmt: skip
    return render(request, "funding/request.html", context)


def ask_funding(request: HttpRequest, target_id: int) -> HttpResponse:
    """A PEP target asks for money."""
    targets = PepTarget.objects.visible_to(_user(request)).select_related("pep__term", "pep__written_for", "pupil")
    target = get_object_or_404(targets, pk=target_id)
    looked_at(request, target.pupil_id)
    school = queries.school_now(target.pupil)
    require(permissions.can_ask_funding(_user(request), target.pupil, school, target.pep.written_for_id))
    form = AskForm.opened(request, about=target)
    if form.is_valid():
        with form.refusals():
            made = actions.ask_funding(target.pk, by=_user(request), key=form.key, **form.answers)
            messages.success(request, "The Virtual School has your request, and writes to you when it is answered.")
            return redirect(made)
    policy = FundingPolicy.objects.counting(target.pep.written_for, clock.today())
    context = {
        **pupil_frame(request, target.pupil, "funding"),
        "target": target, "form": form, "policy": policy, "asked_before": queries.asked_on_pep(target.pep),
        "why_not": queries.why_not_now(target), "owed": queries.impact_owed_before(target),
        "answer_days": policy.answer_within_working_days,
    }  # fmt: skip
    return render(request, "funding/ask_funding.html", context)


def agree_funding(request: HttpRequest, funding_request_id: int) -> HttpResponse:
    return _do(
        request, funding_request_id, AgreeForm, permissions.can_decide_funding,
        lambda asked, form: actions.agree_funding(asked.pk, by=_user(request), seen=form.version, **form.answers),
        verb="agreed", heading="Agree Pupil Premium Plus", button="Agree this money",
        done="Agreed. The school has an e-mail.",
    )  # fmt: skip


def decline_funding(request: HttpRequest, funding_request_id: int) -> HttpResponse:
    return _do(
        request, funding_request_id, DeclineForm, permissions.can_decide_funding,
        lambda asked, form: actions.decline_funding(asked.pk, by=_user(request), seen=form.version, **form.answers),
        verb="declined", heading="Say why not, and where to turn", button="Send this answer",
        done="Answered. The school has an e-mail with your reasons.",
    )  # fmt: skip


def withdraw_funding(request: HttpRequest, funding_request_id: int) -> HttpResponse:
    return _do(
        request, funding_request_id, WithdrawForm, permissions.can_withdraw_funding,
        lambda asked, form: actions.withdraw_funding(asked.pk, by=_user(request), seen=form.version, **form.answers),
        verb="withdrawn", heading="Withdraw this request", button="Withdraw this request",
        done="The request is withdrawn.",
    )  # fmt: skip


def record_spend(request: HttpRequest, funding_request_id: int) -> HttpResponse:
    return _do(
        request, funding_request_id, SpendForm, permissions.can_record_spend,
        lambda asked, form: actions.record_spend(asked.pk, by=_user(request), key=form.key, **form.answers),
        heading="Record what was spent", button="Save what was spent", done="Saved.",
    )  # fmt: skip


def return_unspent(request: HttpRequest, funding_request_id: int) -> HttpResponse:
    return _do(
        request, funding_request_id, ReturnForm, permissions.can_record_spend,
        lambda asked, form: actions.return_unspent(asked.pk, by=_user(request), key=form.key, **form.answers),
        heading="Give back what is not needed", button="Give this money back",
        done="Noted. The business officer asks your school for the payment.",
    )  # fmt: skip


def write_impact(request: HttpRequest, funding_request_id: int) -> HttpResponse:
    return _do(
        request, funding_request_id, ImpactForm, permissions.can_write_impact,
        lambda asked, form: actions.write_impact(asked.pk, by=_user(request), seen=form.version, **form.answers),
        heading="Say what the money changed", button="Save what it changed", done="Saved. It stands in the record.",
    )  # fmt: skip


def correct_spend(request: HttpRequest, spend_id: int) -> HttpResponse:
    spends = FundingSpend.objects.visible_to(_user(request)).select_related("request__pupil")
    spend = get_object_or_404(spends, pk=spend_id)
    return _do(
        request, spend.request_id, CorrectForm, lambda user, asked: permissions.can_correct_spend(user, spend),
        lambda asked, form: actions.correct_spend(spend.pk, by=_user(request), **form.answers),
        heading=f"Take away: {spend.what}", button="Take this entry away", done="Corrected.",
    )  # fmt: skip


# --- the money -----------------------------------------------------------------------------------------------------


def enter_money(request: HttpRequest) -> HttpResponse:
    """What came into this year's pot."""
    office = _virtual_school(_user(request)).pk
    form = MoneyForm.opened(request)
    if form.is_valid():
        with form.refusals():
            made = actions.enter_money(office, by=_user(request), key=form.key, **form.answers)
            messages.success(request, "Entered.")
            return redirect(made.pot)
    year = financial_year_in_words(financial_year(clock.today()))
    policy = FundingPolicy.objects.counting(_virtual_school(_user(request)), clock.today())
    context = {"form": form, "year": year, "policy": policy, "years": _years_of(policy)}
    return render(request, "funding/enter_money.html", context)


def _years_of(policy: FundingPolicy) -> str:
    """ "Reception to Year 11"."""
    return f"{year_in_words(policy.from_year_group)} to {year_in_words(policy.to_year_group)}"


def funding_pot(request: HttpRequest, pot_id: int) -> HttpResponse:
    return _show_pot(request, _pot(request, pot_id))


def close_year(request: HttpRequest, pot_id: int) -> HttpResponse:
    """Give back what is left of a year that is over."""
    pot = _pot(request, pot_id)
    if request.method != "POST":
        return redirect(pot)
    form = PressForm.opened(request)
    if form.is_valid():
        with form.refusals():
            actions.close_year(pot.pk, by=_user(request))
            messages.success(request, f"{pot.year_in_words} is closed.")
            return redirect(pot)
    return _show_pot(request, pot, form)


def _show_pot(request: HttpRequest, pot: FundingPot, form: PressForm | None = None) -> HttpResponse:
    lines = statement(pot.account)
    page = Paginator(lines[::-1], 2 * A_PAGE).get_page(request.GET.get("page"))
    context = {"pot": pot, "figures": queries.figures_of(pot), "page": page, "form": form}
    return render(request, "funding/pot.html", context)


def funding_batches(request: HttpRequest) -> HttpResponse:
    """The batches there were, and what waits to be paid."""
    batches = FundingBatch.objects.of_office(_user(request)).select_related("made_by", "exported_by").order_by("-pk")
    page = Paginator(batches, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "funding/batches.html", {"page": page, "form": None, **_to_pay(request)})


def make_batch(request: HttpRequest) -> HttpResponse:
    """Put what is agreed and not paid into a batch."""
    form = PressForm.opened(request)
    if form.is_valid():
        with form.refusals():
            return redirect(actions.make_batch(_virtual_school(_user(request)).pk, by=_user(request)))
    page = Paginator(FundingBatch.objects.of_office(_user(request)).order_by("-pk"), A_PAGE).get_page(1)
    return render(request, "funding/batches.html", {"page": page, "form": form, **_to_pay(request)})


def _to_pay(request: HttpRequest) -> dict[str, Any]:
    """Every payment that the next batch takes, by initials, and their sum."""
    lines = [queries.line_of(one) for one in queries.in_no_batch(_virtual_school(_user(request)))]
    looked_at(request, *(line["pupil_id"] for line in lines))
    return {"waiting": len(lines), "lines": lines, "total": sum(line["pence"] for line in lines)}


def funding_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    return _show_batch(request, _batch(request, batch_id))


def export_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Pay the batch. Pressed again, it shows what was paid."""
    batch = _batch(request, batch_id)
    if request.method != "POST":
        return redirect(batch)
    form = PressForm.opened(request, about=batch)
    if form.is_valid():
        with form.refusals():
            was_exported = batch.is_exported
            actions.export_batch(batch.pk, by=_user(request), seen=None if was_exported else form.version)
            already = "This batch was exported before: it is the same file, and nothing was paid twice."
            messages.success(request, already if was_exported else "Exported. Download the file for finance.")
            return redirect(batch)
    return _show_batch(request, _batch(request, batch_id), form)


def batch_file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The file of an exported batch, always the same bytes."""
    batch = _batch(request, batch_id)
    if not batch.is_exported:
        return redirect(batch)
    looked_at(request, *(line["pupil_id"] for line in batch.lines))
    answer = HttpResponse(batch_files.as_csv(batch.lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="payments-{batch.pk}.csv"'
    return answer


def _show_batch(request: HttpRequest, batch: FundingBatch, form: PressForm | None = None) -> HttpResponse:
    lines = batch.lines or [queries.line_of(one) for one in queries.in_batch(batch)]
    looked_at(request, *(line["pupil_id"] for line in lines))
    context = {"batch": batch, "lines": lines, "total": sum(line["pence"] for line in lines), "form": form}
    return render(request, "funding/batch.html", context)


# --- what every view here does ---------------------------------------------------------------------------------------


def _do(
    request: HttpRequest, pk: int, form_class: type[ActionForm], may: Callable[[User, FundingRequest], Answer],
    action: Callable[[FundingRequest, Any], Any], *, heading: str, button: str, done: str, verb: str = "",
) -> HttpResponse:  # fmt: skip
    """One form about one request, on a page of its own with the request beside it."""
    asked = _asked(request, pk)
    looked_at(request, asked.pupil_id)
    require(may(_user(request), asked))
    if verb and request.method == "GET" and not REQUEST.may(verb, asked):
        return redirect(asked)
    form = form_class.opened(request, about=asked)
    if form.is_valid():
        with form.refusals():
            action(asked, form)
            messages.success(request, done)
            return redirect(asked)
    (told,) = queries.told(FundingRequest.objects.filter(pk=asked.pk), _user(request))
    frame = pupil_frame(request, asked.pupil, "funding")
    context = {**frame, "asked": asked, "told": told, "form": form, "heading": heading, "button": button}
    return render(request, "funding/do.html", context)


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _virtual_school(user: User) -> Organisation:
    """For whose money this person works."""
    return next(m.organisation for m in user.memberships_today if m.role in OFFICES)


def _asked(request: HttpRequest, pk: int) -> FundingRequest:
    return get_object_or_404(FundingRequest.objects.visible_to(_user(request)).with_names(), pk=pk)


def _pot(request: HttpRequest, pk: int) -> FundingPot:
    return get_object_or_404(FundingPot.objects.of_office(_user(request)).select_related("account"), pk=pk)


def _batch(request: HttpRequest, pk: int) -> FundingBatch:
    batches = FundingBatch.objects.of_office(_user(request)).select_related("pot", "made_by", "exported_by")
    return get_object_or_404(batches, pk=pk)
