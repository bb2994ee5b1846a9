"""From the first line of a covering letter to the final plan: states, history, messages, refusals."""

from datetime import date

import pytest

from trellis.advice import actions as advising
from trellis.advice.tests import world as advice_world
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.cycles.tests import world as cycle_world
from trellis.documents.models import Document
from trellis.ehc_requests import actions, queries
from trellis.ehc_requests.models import AdviceSought, EhcPack, EhcPolicy, EhcRequest, RequestState
from trellis.ehc_requests.tests import world as ehc
from trellis.history.models import Entry
from trellis.hours import queries as hours
from trellis.hours.tests import world as hours_world
from trellis.ledgers.models import Entry as LedgerEntry
from trellis.mail.models import Message
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.who_pays import queries as who_pays

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def start(ours, by=None, key=None, **more):
    by = by or ours.sam
    told = {"addressed_to": ours.virtual_school.authority} | more
    return actions.start_request(ours.jordan.pk, by=by, key=key or Key.fresh(by), **told)


def told_of(subject):
    return list(Entry.objects.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk).order_by("pk"))


def written_to(subject):
    return sorted(Message.objects.filter(subject__icontains=subject).values_list("address", flat=True))


# --- asking ----------------------------------------------------------------------------------------------------------


def test_start_request_needs_no_cycle_and_no_evidence(ours):
    request = start(ours)

    assert (request.state, request.school, request.written_for_id) == (
        RequestState.GATHERING, ours.school, ours.school.pk,
    )  # fmt: skip
    assert [entry.sentence for entry in told_of(request)] == [
        "Began to put together a request for an EHC needs assessment."
    ]
    assert ehc.pack_of(request).number == 1


def test_start_request_pressed_twice_makes_one(ours):
    key = Key.fresh(ours.sam)

    assert start(ours, key=key) == start(ours, key=key)
    assert EhcRequest.objects.count() == EhcPack.objects.count() == 1


def test_start_request_suggests_what_the_record_holds(ours):
    cycle_world.add_rows(ours)

    kinds = [key.partition(":")[0] for key in ehc.pack_of(start(ours)).keys]

    assert kinds == ["view", "cycle", "cycle"]


def test_start_request_is_refused_while_another_is_open(ours):
    start(ours)

    with pytest.raises(Refused, match="is open already"):
        start(ours, by=ours.dee)


def test_start_request_of_a_pupil_with_a_plan_says_what_to_ask_instead(ours):
    pupils.set_sen_status(ours.jordan.pk, by=None, status="E", primary_need="SEMH", on=date(2026, 10, 1))

    with pytest.raises(Refused, match="early annual review"):
        start(ours)


def test_start_request_does_not_guess_where_the_child_lives(ours):
    with pytest.raises(Refused) as refused:
        start(ours, addressed_to=None)

    assert refused.value.field == "addressed_to"


def test_request_goes_to_the_authority_where_the_child_lives_not_to_the_one_that_cares(ours):
    neighbour = world.twin().virtual_school.authority

    request = start(ours, addressed_to=neighbour)

    assert request.addressed_to == neighbour
    assert actions.queries.resident_authority(ours.jordan) is None


@pytest.mark.parametrize("who", ["tia", "dina", "bea", "sol", "ed", "ada"])
def test_start_request_is_for_those_who_act_for_the_school(ours, who):
    with pytest.raises(NotPermitted):
        start(ours, by=ours.people[who])


def record_letter(ours, by=None, **more):
    by = by or ours.sol
    told = {
        "asked_by": "parent", "asker_name": "Cara, foster carer", "sent_on": date(2026, 10, 20),
        "addressed_to": ours.virtual_school.authority,
    } | more  # fmt: skip
    return actions.record_letter(ours.jordan.pk, by=by, key=Key.fresh(by), **told)


def test_letter_of_a_carer_counts_as_it_is(ours):
    request = record_letter(ours)

    assert (request.state, request.is_on_paper, request.asker_in_words) == (
        RequestState.SENT, True, "Cara, foster carer",
    )  # fmt: skip
    assert "Cara, foster carer asked for an EHC needs assessment on 20 October 2026" in told_of(request)[0].sentence
    assert written_to("EHC needs assessment was asked for") == [
        "ada@ours.example", "ed@ours.example", "otis@ours.example", "vic@ours.example",
    ]  # fmt: skip


def test_letter_takes_along_what_the_school_was_putting_together(ours):
    begun = start(ours)

    request = record_letter(ours)

    assert request.pk == begun.pk
    pack = actions.write_letter(ehc.pack_of(request).pk, by=ours.sam, seen=None, letter="The school agrees.")
    assert actions.send_pack(pack.pk, by=ours.sam, seen=None).is_sent
    request.refresh_from_db()
    assert (request.asked_by, request.sent_on) == ("parent", date(2026, 10, 20))


def test_letter_is_refused_while_a_request_runs_and_says_that_its_clock_runs(ours):
    ehc.received(ours)

    with pytest.raises(Refused, match="its clock is the one that runs"):
        record_letter(ours)


def test_letter_of_tomorrow_is_refused(ours):
    with pytest.raises(Refused, match="lies in the future"):
        record_letter(ours, sent_on=date(2026, 11, 3))


def test_withdraw_says_why_and_tells_the_authority_only_when_it_had_been_sent(ours):
    request = start(ours)
    with pytest.raises(Refused):
        actions.withdraw_request(request.pk, by=ours.sam, seen=None, because=" ")

    actions.withdraw_request(request.pk, by=ours.sam, seen=None, because="The carer asked herself.")

    assert written_to("withdrawn") == []
    running = ehc.sent(ours)
    actions.withdraw_request(running.pk, by=ours.dee, seen=None, because="Cara and the team want to wait.")
    assert "ed@ours.example" in written_to("withdrawn")


# --- the pack --------------------------------------------------------------------------------------------------------


def test_send_pack_freezes_it_and_sends_the_request(ours):
    request = ehc.sent(ours)
    pack = request.packs.get()

    assert (request.state, request.sent_on, request.sent_by) == (RequestState.SENT, ehc.SENT, ours.sam)
    assert pack.document.snapshot["sections"][0]["parts"][0]["words"] == ehc.LETTER
    assert pack.document.title == "Request for an EHC needs assessment, version 1"
    assert pack.document.written_for_id == ours.school.pk
    assert written_to("EHC needs assessment was asked for") == [
        "ada@ours.example", "ed@ours.example", "otis@ours.example", "vic@ours.example",
    ]  # fmt: skip
    for message in Message.objects.filter(pupil_id=ours.jordan.pk):
        assert "Jordan" not in message.subject + message.body
        assert "Vale" not in message.subject + message.body


def test_send_pack_twice_makes_one_request_one_document_one_letter(ours):
    request = ehc.sent(ours)
    pack = request.packs.get()

    again = actions.send_pack(pack.pk, by=ours.sam, seen=None)

    assert again.document_id == pack.document_id
    assert Document.objects.filter(kind="ehc pack").count() == 1
    assert len(written_to("EHC needs assessment was asked for")) == 4
    assert EhcRequest.objects.count() == 1


def test_send_pack_needs_a_line_of_ones_own_and_nothing_else(ours):
    request = start(ours)
    pack = ehc.pack_of(request)
    actions.choose_items(pack.pk, by=ours.sam, seen=None, keys=[])
    with pytest.raises(Refused, match="A letter alone is a request"):
        actions.send_pack(pack.pk, by=ours.sam, seen=None)

    actions.write_letter(pack.pk, by=ours.sam, seen=None, letter="We are worried and ask you to assess.")

    assert actions.send_pack(pack.pk, by=ours.sam, seen=None).is_sent


def test_outreach_teacher_helps_but_does_not_send(ours):
    pack = ehc.pack_of(start(ours))
    actions.write_letter(pack.pk, by=ours.otis, seen=None, letter="Together with the school.")

    with pytest.raises(NotPermitted):
        actions.send_pack(pack.pk, by=ours.otis, seen=None)


def test_choose_items_keeps_order_and_words_and_ignores_what_is_not_there(ours):
    cycle_world.add_rows(ours)
    pack = ehc.pack_of(start(ours))
    view, second, first = pack.keys
    actions.add_words(pack.pk, by=ours.sam, seen=None, key=first, words="The first try.")

    pack = actions.choose_items(pack.pk, by=ours.sam, seen=None, keys=[first, view, "cycle:999999", first])

    assert pack.items == [{"key": first, "words": "The first try."}, {"key": view, "words": ""}]
    assert second not in pack.keys


def test_add_words_to_what_was_left_out_is_refused(ours):
    pack = ehc.pack_of(start(ours))

    with pytest.raises(Refused, match="not in the pack any more"):
        actions.add_words(pack.pk, by=ours.sam, seen=None, key="cycle:1", words="But still.")


def test_two_people_at_one_pack_the_second_sees_that_it_changed(ours):
    pack = ehc.pack_of(start(ours))
    seen = pack.version
    actions.write_letter(pack.pk, by=ours.sam, seen=seen, letter="Sam's words.")

    with pytest.raises(Conflict):
        actions.write_letter(pack.pk, by=ours.dee, seen=seen, letter="Dee's words.")
    with pytest.raises(Conflict):
        actions.send_pack(pack.pk, by=ours.dee, seen=seen)

    pack.refresh_from_db()
    assert pack.letter == "Sam's words."


def test_sent_pack_is_never_changed_and_a_later_one_is_a_new_version(ours):
    request = ehc.sent(ours)
    sent = request.packs.get()
    with pytest.raises(Refused, match="stays as it is"):
        actions.write_letter(sent.pk, by=ours.sam, seen=None, letter="Other words.")

    later = actions.prepare_another_pack(request.pk, by=ours.sam, key=Key.fresh(ours.sam))
    actions.write_letter(later.pk, by=ours.sam, seen=None, letter="The psychologist has written since.")
    actions.send_pack(later.pk, by=ours.sam, seen=None)

    later.refresh_from_db()
    request.refresh_from_db()
    assert (later.number, later.document.title) == (2, "Request for an EHC needs assessment, version 2")
    assert (request.state, request.sent_on) == (RequestState.SENT, ehc.SENT)
    assert written_to("More was sent") == [
        "ada@ours.example", "ed@ours.example", "otis@ours.example", "vic@ours.example",
    ]  # fmt: skip


def test_another_pack_asked_for_twice_is_one(ours):
    request = ehc.sent(ours)

    one, two = (actions.prepare_another_pack(request.pk, by=ours.sam, key=Key.fresh(ours.sam)) for _ in range(2))

    assert one == two


# --- what the authority does -----------------------------------------------------------------------------------------


def test_the_clock_runs_from_receipt_not_from_sending(ours):
    request = ehc.received(ours)

    assert (request.sent_on, request.received_on) == (ehc.SENT, ehc.RECEIVED)
    assert [due.by for due in actions.queries.clock_steps(request)] == [
        date(2026, 11, 26), date(2027, 2, 4), date(2027, 3, 4),
    ]  # fmt: skip
    assert "says by 26 November 2026 whether it will assess" in told_of(request)[-1].sentence
    assert written_to("received a request") == [
        "ada@ours.example", "dee@ours.example", "hana@ours.example", "otis@ours.example", "sam@ours.example",
        "sol@ours.example", "vic@ours.example",
    ]  # fmt: skip


def test_receipt_before_sending_is_refused(ours):
    request = ehc.sent(ours)

    with pytest.raises(Refused, match="before the step that came before it"):
        actions.record_receipt(request.pk, by=ours.ed, seen=None, on=date(2026, 10, 13))


def test_from_receipt_to_final_plan(ours):
    request = ehc.assessing(ours)
    advice = ehc.ask_advice(ours, request)
    with clock.at(date(2026, 12, 4)):
        actions.record_advice(advice.pk, by=ours.ed, seen=None, came_on=date(2026, 12, 4))
    with clock.at(date(2027, 1, 20)):
        actions.decide_to_issue(request.pk, by=ours.ed, seen=None, on=date(2027, 1, 18))
        actions.send_draft(request.pk, by=ours.ed, seen=None, on=date(2027, 1, 20))
        with pytest.raises(Refused, match="15 days to comment"):
            actions.issue_final(request.pk, by=ours.ed, seen=None, on=date(2027, 1, 20), has_answered=False)
    with clock.at(date(2027, 2, 10)):
        request = actions.issue_final(request.pk, by=ours.ed, seen=None, on=date(2027, 2, 8), has_answered=False)

    assert (request.state, request.final_on, request.closed_on) == (
        RequestState.ISSUED, date(2027, 2, 8), date(2027, 2, 8),
    )  # fmt: skip
    assert [entry.state for entry in told_of(request)] == [
        "GATHERING", "SENT", "RECEIVED", "ASSESSING", "DRAFTING", "DRAFT_SENT", "ISSUED",
    ]  # fmt: skip


def test_a_changed_draft_gives_fifteen_days_again(ours):
    request = ehc.assessing(ours)
    with clock.at(date(2027, 1, 29)):
        actions.decide_to_issue(request.pk, by=ours.ed, seen=None, on=date(2027, 1, 4))
        actions.send_draft(request.pk, by=ours.ed, seen=None, on=date(2027, 1, 5))
        request = actions.send_draft(request.pk, by=ours.ed, seen=None, on=date(2027, 1, 28))

    assert actions.rules.comments_by(request.draft_sent_on) == date(2027, 2, 12)


def test_decisions_out_of_order_are_refused_in_words(ours):
    request = ehc.sent(ours)

    for act in (actions.decide_to_assess, actions.decide_to_issue, actions.send_draft):
        with pytest.raises(Refused, match="This EHC request is sent to the authority, so it cannot be"):
            act(request.pk, by=ours.ed, seen=None, on=world.DAY)


def test_refusal_keeps_reasons_and_the_time_to_appeal(ours):
    request = ehc.received(ours)
    refusal = {"on": date(2026, 10, 30), "reasons": "Needs can be met from the school's own means."}
    with pytest.raises(Refused, match="right to mediation and appeal"):
        actions.decide_not_to_assess(request.pk, by=ours.ed, seen=None, rights_sent_on=None, **refusal)
    with pytest.raises(Refused, match="authority’s reasons"):
        actions.decide_not_to_assess(
            request.pk, by=ours.ed, seen=None, **(refusal | {"reasons": " "}), rights_sent_on=date(2026, 10, 30)
        )

    request = actions.decide_not_to_assess(
        request.pk, by=ours.ed, seen=None, rights_sent_on=date(2026, 10, 31), **refusal
    )

    assert (request.state, request.decided_on, request.closed_on) == (
        RequestState.NOT_ASSESSING, date(2026, 10, 30), date(2026, 10, 30),
    )  # fmt: skip
    assert (request.appeal_by, request.appeal_because) == (date(2026, 12, 31), EhcPolicy.SAMPLE)
    assert "sam@ours.example" in written_to("decided not to assess")


def test_refusal_after_assessment_leaves_the_first_decision_as_it_was(ours):
    request = ehc.assessing(ours)

    request = actions.decide_not_to_issue(
        request.pk, by=ours.ed, seen=None, on=world.DAY, reasons="SEN support is enough.", rights_sent_on=world.DAY
    )

    assert (request.state, request.decided_on, request.issue_decided_on) == (
        RequestState.NOT_ISSUING, ehc.DECIDED, world.DAY,
    )  # fmt: skip


def test_after_an_appeal_the_authority_assesses_all_the_same(ours):
    request = ehc.received(ours)
    actions.decide_not_to_assess(
        request.pk, by=ours.ed, seen=None, on=date(2026, 10, 30), reasons="No.", rights_sent_on=date(2026, 10, 30)
    )

    request = actions.decide_to_assess(request.pk, by=ours.ed, seen=None, on=world.DAY)

    assert (request.state, request.decided_on, request.closed_on) == (
        RequestState.ASSESSING, date(2026, 10, 30), None,
    )  # fmt: skip


def test_after_a_refusal_one_may_ask_again(ours):
    request = ehc.received(ours)
    actions.decide_not_to_assess(
        request.pk, by=ours.ed, seen=None, on=world.DAY, reasons="No.", rights_sent_on=world.DAY
    )

    assert start(ours).pk != request.pk
    with pytest.raises(Refused, match="is open already"):
        actions.decide_to_assess(request.pk, by=ours.ed, seen=None, on=world.DAY)


@pytest.mark.parametrize("who", ["sam", "hana", "vic", "otis", "sol"])
def test_only_the_authoritys_coordinator_enters_its_decisions(ours, who):
    request = ehc.sent(ours)

    with pytest.raises(NotPermitted):
        actions.record_receipt(request.pk, by=ours.people[who], seen=None, on=ehc.SENT)


def test_statutory_advice_draws_on_no_ledger(ours):
    request = ehc.assessing(ours)
    before = LedgerEntry.objects.count()
    for adviser in ("family", "education", "health", "psychologist", "social care"):
        ehc.ask_advice(ours, request, adviser)

    assert (request.advice.count(), LedgerEntry.objects.count()) == (5, before)


def test_advice_is_asked_once_of_each_and_only_in_an_assessment(ours):
    request = ehc.received(ours)
    with pytest.raises(Refused, match="while the needs are being assessed"):
        ehc.ask_advice(ours, request, on=world.DAY)
    actions.decide_to_assess(request.pk, by=ours.ed, seen=None, on=ehc.DECIDED)
    ehc.ask_advice(ours, request)

    with pytest.raises(Refused, match="in the list already"):
        ehc.ask_advice(ours, request)


def test_exception_keeps_the_reason_and_moves_no_date(ours):
    request = ehc.received(ours)
    before = [due.by for due in actions.queries.clock_steps(request)]

    claimed = actions.claim_exception(
        request.pk, by=ours.ed, key=Key.fresh(ours.ed), step="decide", reason="personal",
        evidence="The carer was in hospital; letter of 30 October.",
    )  # fmt: skip

    request.refresh_from_db()
    assert [due.by for due in actions.queries.clock_steps(request)] == before
    assert "The date the law gives stays" in told_of(claimed)[0].sentence


def test_summer_alone_is_no_exception(ours):
    request = ehc.received(ours)

    with pytest.raises(Refused) as refused:
        actions.claim_exception(
            request.pk, by=ours.ed, key=Key.fresh(ours.ed), step="decide", reason="school closed",
            evidence="The school was closed.", since=date(2026, 7, 22), until=date(2026, 9, 1),
        )  # fmt: skip

    assert refused.value.field == "asked_on"


# --- moving school ---------------------------------------------------------------------------------------------------


def hand_over(ours, to=None):
    to = to or ours.next_school
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=to, on=world.DAY)
    return actions.hand_over(ours.jordan, from_school=ours.school, to_school=to, on=world.DAY, by=ours.vic)


def test_hand_over_gives_clock_and_pack_to_the_new_school(ours):
    request = ehc.received(ours)
    actions.prepare_another_pack(request.pk, by=ours.sam, key=Key.fresh(ours.sam))

    carried = hand_over(ours)

    request.refresh_from_db()
    assert carried == [
        "Request for an EHC needs assessment: with the authority, received on 15 October 2026; "
        "the final plan is due by 4 March 2027",
        "The pack that is being put together, version 2",
    ]
    assert (request.school, request.written_for_id) == (ours.next_school, ours.next_school.pk)
    assert [pack.number for pack in EhcPack.objects.visible_to(ours.nia)] == [1, 2]
    assert list(EhcRequest.objects.visible_to(ours.sam)) == []


def test_school_that_was_left_keeps_what_it_sent_and_what_it_had_put_together(ours):
    request = ehc.received(ours)
    actions.prepare_another_pack(request.pk, by=ours.sam, key=Key.fresh(ours.sam))

    hand_over(ours)

    kept = Document.objects.visible_to(ours.sam).filter(kind__startswith="ehc")
    assert [one.title for one in kept.order_by("pk")] == [
        "Request for an EHC needs assessment, version 1", "Request for an EHC needs assessment, version 2, not sent",
    ]  # fmt: skip


def test_hand_over_of_no_request_carries_nothing(ours):
    assert hand_over(ours) == []


def test_hand_over_says_when_the_child_lives_in_another_area_now(ours):
    ehc.received(ours)
    neighbour = world.twin()
    pupils.say_authority(
        ours.jordan.pk, by=ours.sol, duty="resident", authority=neighbour.virtual_school.authority, on=world.DAY
    )

    assert "The child now lives in the area of Shire 802, but Shire 801 was asked" in hand_over(ours)[-1]


def test_hand_over_to_a_school_in_another_area_asks_where_the_child_lives(ours):
    ehc.received(ours)

    assert "outside the area of Shire 801" in hand_over(ours, to=world.twin().school)[-1]


# --- through which request to a service it is asked for --------------------------------------------------------------


def through(ours, asked_through, by="ed"):
    sought = AdviceSought.objects.first() or ehc.ask_advice(ours, ehc.assessing(ours), "other")
    return actions.say_through_whom(sought.pk, by=ours.people[by], seen=None, asked_through=asked_through)


@pytest.fixture
def draft(ours):
    hours_world.give_hours(ours)
    return advice_world.ready(ours)


def test_advice_for_an_assessment_takes_no_hours_of_the_school(ours, draft):
    before = hours.left(ours.school, draft.service, world.DAY)

    sought = through(ours, draft)

    assert who_pays.who_pays_words(draft) == (
        "This advice was asked for in an EHC needs assessment. The local authority pays for it, not the school."
    )
    assert told_of(sought)[-1].sentence == (
        "Said that the advice of Somebody else the authority thinks fit is asked for through the request to Social, "
        "Emotional, Mental Health and Learning teachers."
    )
    advising.send_request(draft.pk, by=ours.sam, seen=None)
    assert hours.left(ours.school, draft.service, world.DAY) == before
    assert who_pays.who_pays_words(draft).startswith("This advice was asked for in an EHC needs assessment.")


def test_nobody_guesses_and_what_was_said_may_be_taken_back_while_it_is_a_draft(ours, draft):
    assert queries.is_statutory(draft) is None
    through(ours, draft, by="sam")
    assert queries.is_statutory(draft) is True
    through(ours, None)
    assert queries.is_statutory(draft) is None


def test_request_that_was_sent_is_not_said_to_be_for_the_assessment(ours, draft):
    advising.send_request(draft.pk, by=ours.sam, seen=None)

    with pytest.raises(Refused, match="This request was sent"):
        through(ours, draft)


def test_request_carries_one_advice_of_an_assessment(ours, draft):
    first = through(ours, draft)
    second = ehc.ask_advice(ours, first.request, "psychologist")

    with pytest.raises(Refused) as refused:
        actions.say_through_whom(second.pk, by=ours.ed, seen=None, asked_through=draft)

    assert refused.value.field == "asked_through"


@pytest.mark.parametrize("who", ["sol", "dina", "vic"])
def test_through_whom_is_said_by_the_coordinator_or_the_school(ours, draft, who):
    with pytest.raises(NotPermitted):
        through(ours, draft, by=who)
