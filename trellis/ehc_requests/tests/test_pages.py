"""The pages: what is shown, what is refused and where, and how many questions they ask the database."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.advice.tests import world as advice_world
from trellis.conduct import clock
from trellis.cycles.tests import world as cycle_world
from trellis.ehc_requests import actions, shown
from trellis.ehc_requests import pack as packs
from trellis.ehc_requests.models import EhcRequest, RequestState
from trellis.ehc_requests.tests import world as ehc
from trellis.ehc_requests.views_pack import rearranged
from trellis.history.models import Entry, Look
from trellis.hours.tests import world as hours_world
from trellis.mail.models import Message
from trellis.outreach.models import OutreachCase
from trellis.outreach.tests import world as outreach
from trellis.peps.tests import world as pep_world
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def page(client, user, name, *args, **more):
    client.force_login(user)
    return client.get(reverse(name, args=args), **more)


def text(answer):
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def boxes(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


# --- the tab ----------------------------------------------------------------------------------------------------------


def test_tab_says_that_one_may_ask_now_and_what_is_missing(ours, client):
    shown_text = text(page(client, ours.sam, "pupil_ehc", ours.jordan.pk))

    assert "You can ask now" in shown_text
    assert "No number of cycles is needed first" in shown_text
    assert "No measure of reading yet." in shown_text
    assert "Ask for an EHC needs assessment" in shown_text
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]


def test_tab_of_a_pupil_with_a_plan_says_to_ask_for_an_early_annual_review(ours, client):
    pupils.set_sen_status(ours.jordan.pk, by=None, status="E", primary_need="SEMH", on=date(2026, 10, 1))
    shown_text = text(page(client, ours.sam, "pupil_ehc", ours.jordan.pk))

    assert "ask for an early annual review" in shown_text
    assert "Ask for an EHC needs assessment" not in shown_text
    assert "It is not recorded which authority maintains the plan" in shown_text


def test_tab_names_the_day_of_a_phase_transfer(ours, client):
    pupils.say_year_group(ours.jordan.pk, by=ours.sam, year_group=6)

    assert "Monday 15 February" in text(page(client, ours.sam, "pupil_ehc", ours.jordan.pk))


def test_tab_says_when_an_assessment_ended_less_than_six_months_ago_and_still_lets_ask(ours, client):
    request = ehc.assessing(ours)
    actions.decide_not_to_issue(
        request.pk, by=ours.ed, seen=None, on=world.DAY, reasons="SEN support is enough.", rights_sent_on=world.DAY
    )
    shown_text = text(page(client, ours.sam, "pupil_ehc", ours.jordan.pk))

    assert "Until Sunday 2 May the authority may say that it need not assess again" in shown_text
    assert "Ask for an EHC needs assessment" in shown_text
    assert "Earlier requests" in shown_text


@pytest.mark.parametrize(
    ("who", "status"), [("otis", 200), ("sol", 200), ("ed", 200), ("tia", 403), ("bea", 403), ("nia", 404)]
)
def test_tab_opens_to_who_reads_the_record(ours, client, who, status):
    assert page(client, ours.people[who], "pupil_ehc", ours.jordan.pk).status_code == status


def test_school_that_was_left_finds_what_was_kept_for_it(ours, client):
    ehc.received(ours)
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)
    actions.hand_over(ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.vic)
    shown_text = text(page(client, ours.sam, "pupil_ehc", ours.jordan.pk))

    assert "Request for an EHC needs assessment, version 1" in shown_text
    assert "You can ask now" not in shown_text
    assert page(client, ours.sam, "ehc_request", EhcRequest.objects.get().pk).status_code == 404
    assert page(client, ours.nia, "ehc_request", EhcRequest.objects.get().pk).status_code == 200


# --- asking ----------------------------------------------------------------------------------------------------------


def test_senco_asks_writes_chooses_and_sends(ours, client):
    cycle_world.add_rows(ours)
    client.force_login(ours.sam)
    start = reverse("start_ehc_request", args=[ours.jordan.pk])
    assert client.post(start, {"addressed_to": ""}).status_code == 200

    answer = client.post(start, {"addressed_to": ours.virtual_school.authority.pk})

    request = EhcRequest.objects.get()
    pack = ehc.pack_of(request)
    assert answer.url == request.get_absolute_url()
    view, *_ = pack.keys
    client.post(pack.get_absolute_url(), {"do": f"out:{view}", "draft_version": pack.version})
    shown_text = text(client.get(pack.get_absolute_url()))
    assert "Not written yet" in shown_text
    assert "Left out" in shown_text
    refused = client.post(reverse("send_ehc_pack", args=[pack.pk]), {})
    assert "A letter alone is a request" in text(refused)
    assert "Not written yet" in text(refused)
    client.post(reverse("write_ehc_letter", args=[pack.pk]), {"letter": "We are worried."})
    sent = client.post(reverse("send_ehc_pack", args=[pack.pk]), {})
    assert sent.url == request.get_absolute_url()
    request.refresh_from_db()
    assert request.state == RequestState.SENT
    read = text(client.get(pack.get_absolute_url()))
    assert "We are worried." in read
    assert "It stays as it was sent" in read
    pdf = client.get(request.packs.get().document.get_absolute_url())
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert 'filename="request-for-an-ehc-needs-assessment-version-1.pdf"' in pdf["Content-Disposition"]


def test_check_page_says_to_whom_what_in_which_order_and_whose_words_need_a_yes(ours, client):
    cycle_world.add_rows(ours)
    pack = ehc.pack_of(ehc.begun(ours, on=world.DAY))
    pack = actions.write_letter(pack.pk, by=ours.sam, seen=None, letter=ehc.LETTER)
    view, *cycles = pack.keys
    titles = {one.item.key: one.item.title for one in packs.contents_of(pack, ours.sam).chosen}

    checked = text(page(client, ours.sam, "send_ehc_pack", pack.pk))

    places = [checked.index(words) for words in ["Covering letter", *(titles[key] for key in pack.keys)]]
    assert places == sorted(places)
    assert "Ed gets an e-mail that names no child" in checked
    assert "Needs a yes, below" in checked
    assert "Quotes Jordan, the carer: these words stay out of it unless ticked below." in checked
    quoted = "Assess, Plan, Do, Review: cycle 2; Assess, Plan, Do, Review: cycle 1"
    assert f"What the carer said, where it is quoted: {quoted}" in checked
    assert "None of this must be there first." in checked
    assert "No measure of reading yet." in checked
    assert EhcRequest.objects.get().state == RequestState.GATHERING

    client.post(reverse("send_ehc_pack", args=[pack.pk]), {"agreed": [view], "draft_version": pack.version})

    pack.refresh_from_db()
    assert pack.keys == [view, *cycles]
    assert pack.items[0]["agreed_on"] == "2026-11-02"
    assert [section["name"] for section in pack.document.snapshot["sections"]] == ["letter", view, *cycles]


def test_check_page_points_at_sentences_that_may_tell_of_care_and_sends_all_the_same(ours, client, monkeypatch):
    cycle_world.add_rows(ours)
    history = "Two schools before. Left when the care placement changed."
    monkeypatch.setitem(pep_world.EDUCATION, "history", history)
    pep_world.last_summer(ours)
    pack = ehc.pack_of(ehc.begun(ours, on=world.DAY))
    letter = "We are worried. He moved when his foster placement ended."
    pack = actions.write_letter(pack.pk, by=ours.sam, seen=None, letter=letter)

    _, pointed = text(page(client, ours.sam, "send_ehc_pack", pack.pk)).split("These sentences may tell a fact of care")
    pointed = pointed.partition("<h2>Missing")[0]

    assert "<b>Covering letter</b><br>“He moved when his foster placement ended.”" in pointed
    assert "<b>Assess, Plan, Do, Review: cycle 1</b><br>“Mornings after family time are hardest.”" in pointed
    assert "<b>Personal Education Plan, summer term 2026</b><br>“Left when the care placement changed.”" in pointed
    assert "We are worried." not in pointed
    client.post(reverse("send_ehc_pack", args=[pack.pk]), {"draft_version": pack.version})
    pack.refresh_from_db()
    assert pack.is_sent


@pytest.mark.parametrize("kind", ["cycle", "pep"])
def test_cycles_and_peps_ask_to_be_read_for_facts_of_care(ours, kind):
    cycle_world.add_rows(ours)
    pep_world.last_summer(ours)

    found = [one for one in packs.items_found(ours.jordan, ours.sam) if one.key.startswith(f"{kind}:")]
    assert found
    assert all("may hold facts of care" in one.warning for one in found)


def test_words_nobody_agreed_to_stay_out_and_stop_nothing(ours, client):
    cycle_world.add_rows(ours)
    pack = ehc.pack_of(ehc.begun(ours, on=world.DAY))
    pack = actions.write_letter(pack.pk, by=ours.sam, seen=None, letter=ehc.LETTER)
    _view, *cycles = pack.keys
    client.force_login(ours.sam)

    answer = client.post(reverse("send_ehc_pack", args=[pack.pk]), {"draft_version": pack.version})

    assert answer.url == pack.request.get_absolute_url()
    pack.refresh_from_db()
    assert pack.keys == cycles
    assert [section["name"] for section in pack.document.snapshot["sections"]] == ["letter", *cycles]
    told = Entry.objects.about_pupil(ours.jordan.pk).values_list("sentence", flat=True)
    assert any(one.startswith("Kept out of the pack, as nobody has said that it may go: What") for one in told)


def test_pack_that_changed_while_it_was_checked_is_not_sent(ours, client):
    cycle_world.add_rows(ours)
    pack = ehc.pack_of(ehc.begun(ours, on=world.DAY))
    pack = actions.write_letter(pack.pk, by=ours.sam, seen=None, letter=ehc.LETTER)
    view, *cycles = pack.keys
    actions.choose_items(pack.pk, by=ours.dee, seen=None, keys=cycles)
    client.force_login(ours.sam)

    address = reverse("send_ehc_pack", args=[pack.pk])
    answer = client.post(address, {"agreed": [view], "draft_version": pack.version}, follow=True)

    assert "A colleague changed the pack meanwhile" in answer.content.decode()
    assert EhcRequest.objects.get().state == RequestState.GATHERING


@pytest.mark.parametrize(("who", "status"), [("sam", 200), ("hana", 200), ("otis", 403), ("sol", 403), ("nia", 404)])
def test_check_page_opens_to_those_who_send(ours, client, who, status):
    pack = ehc.pack_of(ehc.begun(ours))

    assert page(client, ours.people[who], "send_ehc_pack", pack.pk).status_code == status


def test_two_people_at_one_pack_the_second_is_told_and_sees_it_as_it_is(ours, client):
    cycle_world.add_rows(ours)
    pack = ehc.pack_of(ehc.begun(ours, on=world.DAY))
    view, second, first = pack.keys
    client.force_login(ours.dee)
    client.post(pack.get_absolute_url(), {"do": f"out:{view}", "draft_version": pack.version})

    client.force_login(ours.sam)
    told = text(client.post(pack.get_absolute_url(), {"do": f"up:{first}", "draft_version": pack.version}))

    pack.refresh_from_db()
    assert pack.keys == [second, first]
    assert "A colleague changed the pack meanwhile" in told


@pytest.mark.parametrize(
    ("wish", "after"),
    [
        ("up:b", ["b", "a", "c"]),
        ("up:a", ["a", "b", "c"]),
        ("down:b", ["a", "c", "b"]),
        ("down:c", ["a", "b", "c"]),
        ("out:b", ["a", "c"]),
        ("in:d", ["a", "b", "c", "d"]),
        ("in:", ["a", "b", "c"]),
        ("up:z", ["a", "b", "c"]),
        ("nonsense", ["a", "b", "c"]),
        ("", ["a", "b", "c"]),
    ],
)
def test_pack_is_rearranged_by_one_wish(wish, after):
    assert rearranged(["a", "b", "c"], wish) == after


def test_words_are_added_to_a_thing_on_a_page_of_its_own(ours, client):
    cycle_world.add_rows(ours)
    pack = ehc.pack_of(ehc.begun(ours, on=world.DAY))
    client.force_login(ours.otis)
    address = f"{reverse('add_ehc_words', args=[pack.pk])}?item={pack.keys[1]}"
    assert client.get(address).status_code == 200

    client.post(address, {"words": "This was the third try."})

    assert "This was the third try." in text(client.get(pack.get_absolute_url()))
    assert client.get(f"{reverse('add_ehc_words', args=[pack.pk])}?item=cycle:0").url == pack.get_absolute_url()


def test_preview_is_a_pdf_that_says_it_was_not_sent(ours, client):
    pack = ehc.pack_of(ehc.begun(ours, on=world.DAY))

    answer = page(client, ours.sam, "preview_ehc_pack", pack.pk)

    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert "jordan" not in answer["Content-Disposition"].lower()


# --- the clock --------------------------------------------------------------------------------------------------------


def test_coordinator_enters_receipt_and_decision_on_the_pages(ours, client):
    request = ehc.sent(ours)
    client.force_login(ours.ed)
    assert "Enter the day it was received" in text(client.get(request.get_absolute_url()))
    client.post(reverse("record_ehc_receipt", args=[request.pk]), boxes("on", ehc.RECEIVED))
    shown_text = text(client.get(request.get_absolute_url()))
    assert "Thursday 15 October" in shown_text
    assert "Bank holidays and school holidays do not stop it" in shown_text
    client.post(
        reverse("decide_to_assess", args=[request.pk]), {**boxes("on", ehc.DECIDED), "reasons": "Much was tried."}
    )
    client.post(
        reverse("seek_ehc_advice", args=[request.pk]),
        {"adviser": "psychologist", "who": "", **boxes("asked_on", world.DAY)},
    )
    shown_text = text(client.get(request.get_absolute_url()))

    assert "Much was tried." in shown_text
    assert "An educational psychologist" in shown_text
    assert "It never draws on the school’s hours" in shown_text
    assert "Not asked yet, as far as is recorded: The parent or young person; Education: the head teacher" in shown_text


def test_request_says_when_nobody_of_the_authority_would_hear_of_it(ours, client):
    request = ehc.begun(ours)
    assert "hears nothing from here yet" not in text(page(client, ours.sam, "ehc_request", request.pk))
    pupils.name_professional(
        ours.jordan.pk, by=ours.vic, authority=request.addressed_to, role="ehc coordinator", name="Nell Parr"
    )
    pack = actions.write_letter(ehc.pack_of(request).pk, by=ours.sam, seen=None, letter=ehc.LETTER)

    shown_text = text(page(client, ours.sam, "ehc_request", request.pk))
    assert "hears nothing from here yet" in shown_text
    assert reverse("name_officer", args=[ours.jordan.pk]) in shown_text
    assert reverse("name_officer", args=[ours.jordan.pk]) not in text(
        page(client, ours.hana, "ehc_request", request.pk)
    )
    assert "Name one, and they get an e-mail when the pack is sent" in shown_text
    answer = text(client.get(reverse("send_ehc_pack", args=[pack.pk])))
    assert "Ask the SENCO or designated teacher to name one before you send" in answer
    client.force_login(ours.sam)
    checked = text(client.get(reverse("send_ehc_pack", args=[pack.pk])))
    assert "Nobody there would hear of it" in checked
    assert reverse("name_officer", args=[ours.jordan.pk]) in checked
    answer = client.post(reverse("send_ehc_pack", args=[pack.pk]), {}, follow=True).content.decode()
    assert "has nobody here: hand it the PDF yourself" in answer
    assert "Name one, and they are told now" in answer
    assert "when the pack is sent" not in answer


def test_coordinator_who_is_named_after_sending_is_told_then(ours, client):
    request = ehc.begun(ours)
    pupils.name_professional(
        ours.jordan.pk, by=ours.vic, authority=request.addressed_to, role="ehc coordinator", name="Nell Parr"
    )
    pack = actions.write_letter(ehc.pack_of(request).pk, by=ours.sam, seen=None, letter=ehc.LETTER)
    actions.send_pack(pack.pk, by=ours.sam, seen=None)
    assert not Message.objects.filter(address=ours.ed.email).exists()
    client.force_login(ours.sam)

    client.post(reverse("name_officer", args=[ours.jordan.pk]), {"officer": ours.ed.memberships.get().pk})

    message = Message.objects.get(address=ours.ed.email)
    assert message.subject == "You were named for a child: EHC coordinator"
    assert "hears nothing from here yet" not in text(client.get(request.get_absolute_url()))
    assert page(client, ours.ed, "ehc_request", request.pk).status_code == 200
    assert "Enter the day the request for Jordan was received" in str(steps(ours, "ed"))


def test_advice_is_said_to_be_asked_through_a_request_and_who_pays_says_so(ours, client):
    hours_world.give_hours(ours)
    draft = advice_world.ready(ours)
    request = ehc.assessing(ours)
    sought = ehc.ask_advice(ours, request, "psychologist")
    address = reverse("say_through_whom", args=[sought.pk])
    assert address in text(page(client, ours.ed, "ehc_request", request.pk))
    assert address not in text(page(client, ours.sol, "ehc_request", request.pk))
    head = ehc.ask_advice(ours, request, "education")
    assert reverse("say_through_whom", args=[head.pk]) not in text(page(client, ours.ed, "ehc_request", request.pk))
    client.force_login(ours.ed)
    assert "How can Jordan stay in class" in text(client.get(address))

    client.post(address, {"asked_through": draft.pk, "draft_version": sought.version})

    assert "Asked through SEMHL" in text(client.get(request.get_absolute_url()))
    told = text(page(client, ours.sam, "who_pays", draft.pk))
    assert "The local authority pays for it, not the school." in told
    assert "Can your school’s own budget pay the rest?" not in told
    assert "Use fewer of your own hours" not in told
    answer = client.post(reverse("who_pays", args=[draft.pk]), {"draft_version": draft.version})
    assert answer.url == draft.get_absolute_url()


def test_decision_out_of_order_is_refused_on_its_form(ours, client):
    request = ehc.sent(ours)
    client.force_login(ours.ed)

    answer = client.post(reverse("decide_to_assess", args=[request.pk]), boxes("on", world.DAY))

    assert "This EHC request is sent to the authority, so it cannot be taken to assessment now." in text(answer)


def test_late_is_shown_and_who_is_late_is_said(ours, client):
    request = ehc.received(ours)
    with clock.at(date(2026, 11, 30)):
        shown_text = text(page(client, ours.sam, "ehc_request", request.pk))

    assert "The authority has not said whether it will assess" in shown_text
    assert "4 days late" in shown_text


@pytest.mark.parametrize(
    ("who", "status"), [("ed", 200), ("sam", 403), ("vic", 403), ("sol", 403), ("tia", 403), ("nia", 404)]
)
def test_pages_of_decisions_open_to_the_coordinator(ours, client, who, status):
    request = ehc.received(ours)

    assert page(client, ours.people[who], "decide_to_assess", request.pk).status_code == status


def test_list_of_requests_asks_as_many_queries_for_thirty_as_for_one(ours, client):
    request = ehc.received(ours)
    client.force_login(ours.ed)
    client.get(reverse("ehc_requests"))
    with CaptureQueriesContext(connection) as one:
        assert ours.jordan.name in text(client.get(reverse("ehc_requests")))
    for _ in range(29):
        request.pk, request.state, request.closed_on = None, RequestState.WITHDRAWN, world.DAY
        request._state.adding = True
        request.save()
    with CaptureQueriesContext(connection) as thirty:
        client.get(reverse("ehc_requests"))

    assert len(one) == len(thirty)


# --- next steps -------------------------------------------------------------------------------------------------------


def steps(ours, who, today=world.DAY):
    user = ours.people[who]
    with clock.at(today):
        found = shown.next_steps(user, Pupil.objects.visible_to(user, "whole"), today)
    return [(f"{one.verb} {one.rest}", one.due_on) for one in found]


def test_next_steps_of_the_coordinator_go_by_the_clock(ours):
    request = ehc.received(ours)
    assert steps(ours, "ed") == [("Decide whether to assess for Jordan", date(2026, 11, 26))]
    actions.decide_to_assess(request.pk, by=ours.ed, seen=None, on=ehc.DECIDED)
    ehc.ask_advice(ours, request)

    assert steps(ours, "ed", date(2026, 12, 14)) == [
        ("Decide whether to issue a plan for Jordan", date(2027, 2, 4)),
        ("Ask again for the advice for Jordan", date(2026, 12, 11)),
    ]


def test_next_steps_of_the_school(ours):
    request = ehc.begun(ours)
    assert steps(ours, "sam") == [("Send the request for an EHC needs assessment for Jordan", date(2026, 10, 26))]
    actions.withdraw_request(request.pk, by=ours.sam, seen=None, because="Begun twice.")
    request = ehc.assessing(ours)
    ehc.ask_advice(ours, request)

    assert steps(ours, "sam") == [("Give the education advice for Jordan", date(2026, 12, 11))]
    assert steps(ours, "dina") == []


def test_pack_in_preparation_is_a_row_for_the_outreach_teacher_who_has_the_case(ours):
    request = ehc.begun(ours)
    row = ("Help with the pack for an EHC needs assessment for Jordan", date(2026, 10, 26))
    assert steps(ours, "otis") == [row]
    assert (steps(ours, "ada"), steps(ours, "vic")) == ([], [])

    case = outreach.accept(outreach.ask(ours), ours)
    assert steps(ours, "otis") == [row]
    OutreachCase.objects.filter(pk=case.pk).update(taken_by=ours.ada)
    assert steps(ours, "otis") == []
    actions.withdraw_request(request.pk, by=ours.sam, seen=None, because="Begun twice.")
    assert steps(ours, "otis") == []


def test_school_and_virtual_school_ask_when_the_authority_is_late(ours):
    ehc.received(ours)
    late = [("Ask the authority about Jordan. The authority has not said whether it will assess", date(2026, 11, 26))]

    assert steps(ours, "vic") == []
    assert steps(ours, "vic", date(2026, 11, 27)) == steps(ours, "sam", date(2026, 11, 27)) == late


def test_next_steps_ask_two_queries_however_many(ours):
    request = ehc.assessing(ours)
    ehc.ask_advice(ours, request)
    pupils_of_ed = Pupil.objects.visible_to(ours.ed, "whole")
    assert ours.ed.roles
    with CaptureQueriesContext(connection) as asked:
        shown.next_steps(ours.ed, pupils_of_ed, world.DAY)

    assert len(asked) == 2
