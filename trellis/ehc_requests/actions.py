"""What people do about a request for an EHC needs assessment."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction

from trellis.advice.models import AdviceRequest, AdviceState
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.cycles.queries import sen_status_on
from trellis.design.in_words import full_date
from trellis.documents import actions as documents
from trellis.ehc_requests import letters, pack, permissions, queries, rules
from trellis.ehc_requests.models import (
    AdviceSought,
    ClockException,
    EhcPack,
    EhcPolicy,
    EhcRequest,
    RequestState,
)
from trellis.ehc_requests.rules import EHC_REQUEST
from trellis.files import actions as files
from trellis.files.intake import Upload
from trellis.history import actions as history
from trellis.organisations.models import LocalAuthority, Organisation, School
from trellis.pupils.models import Pupil

AUDIENCE = "authority that was asked"

# --- asking ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_request(pupil_id: int, *, by: Any, key: Key, addressed_to: LocalAuthority | None) -> EhcRequest:
    """The school begins to put a request together. Nothing is needed first, and no local rule stops it."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made
    require(permissions.can_ask(by, pupil))
    check(*_may_be_opened(pupil, addressed_to))
    request = _open(pupil, by=by, addressed_to=addressed_to)
    _new_pack(request, items=pack.suggested_items(pupil, by))
    key.made(request)
    history.record(request, by, "Began to put together a request for an EHC needs assessment.")
    return request


@transaction.atomic
def record_letter(
    pupil_id: int, *, by: Any, key: Key, asked_by: str, asker_name: str, sent_on: date,
    addressed_to: LocalAuthority | None,
) -> EhcRequest:  # fmt: skip
    """Somebody asked on paper. A letter counts as it is; what the school was putting together goes with it later."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made
    require(permissions.can_record_letter(by, pupil))
    request = queries.being_put_together(pupil)
    check(*_may_be_opened(pupil, addressed_to, taking_over=request))
    check(rules.day_has_come(sent_on, clock.today()))
    request = lock(EhcRequest, request.pk) if request else _open(pupil, by=by, addressed_to=addressed_to)
    EHC_REQUEST.move(
        "sent", request, asked_by=asked_by, asker_name=asker_name, is_on_paper=True, sent_on=sent_on, sent_by=by,
        addressed_to=addressed_to,
    )  # fmt: skip
    key.made(request)
    told = f"{request.asker_in_words} asked for an EHC needs assessment on {full_date(sent_on)}, on paper."
    history.record(request, by, told)
    letters.tell_that_it_was_sent(request)
    return request


@transaction.atomic
def withdraw_request(request_id: int, *, by: Any, seen: int | None, because: str) -> EhcRequest:
    """Those who asked no longer ask. What was put together stays in the record."""
    request = lock(EhcRequest, request_id)
    unchanged(request, seen)
    require(permissions.can_withdraw(by, request))
    check(rules.withdrawal_says_why(because))
    was_running = request.is_running
    EHC_REQUEST.move("withdrawn", request, withdrawn_because=because, closed_on=clock.today())
    history.record(request, by, "Withdrew the request for an EHC needs assessment.")
    if was_running:
        letters.tell_that_it_was_withdrawn(request)
    return request


def _may_be_opened(
    pupil: Pupil, addressed_to: LocalAuthority | None, taking_over: EhcRequest | None = None
) -> list[Any]:
    is_open = EhcRequest.objects.filter(pupil=pupil).open().exclude(pk=taking_over.pk if taking_over else 0).exists()
    return [
        rules.pupil_has_no_plan_yet(sen_status_on(pupil, clock.today())),
        rules.no_other_request_is_open(is_open),
        rules.request_says_to_whom(addressed_to),
    ]


def _open(pupil: Pupil, *, by: Any, addressed_to: LocalAuthority | None) -> EhcRequest:
    assert addressed_to is not None  # the rules have asked
    school = queries.school_of(pupil)
    return EhcRequest.objects.create(
        pupil=pupil, written_for=school or by.organisation, school=school, addressed_to=addressed_to,
        opened_on=clock.today(), opened_by=by,
    )  # fmt: skip


# --- the pack --------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_letter(pack_id: int, *, by: Any, seen: int | None, letter: str) -> EhcPack:
    """The covering letter, in the sender's own words."""
    one = _pack_to_prepare(pack_id, by, seen)
    change(one, letter=letter)
    history.record(one, by, "Wrote the covering letter of the pack.")
    return one


@transaction.atomic
def choose_items(pack_id: int, *, by: Any, seen: int | None, keys: list[str]) -> EhcPack:
    """What goes into the pack, in this order. Words added to a thing stay with it."""
    one = _pack_to_prepare(pack_id, by, seen)
    known = {item.key for item in pack.items_found(one.request.pupil, by)} | set(one.keys)
    kept = {item["key"]: item for item in one.items}
    chosen = [key for key in dict.fromkeys(keys) if key in known]
    if chosen != one.keys:
        change(one, items=[kept.get(key, {"key": key, "words": ""}) for key in chosen])
        history.record(one, by, f"Chose what goes into the pack: {len(chosen)} of {len(known)}.")
    return one


@transaction.atomic
def add_words(pack_id: int, *, by: Any, seen: int | None, key: str, words: str) -> EhcPack:
    """Say something of one's own about a thing in the pack."""
    one = _pack_to_prepare(pack_id, by, seen)
    if key not in one.keys:
        raise Refused("This is not in the pack any more. Choose it first, then add words to it.")
    items = [item | {"words": words} if item["key"] == key else item for item in one.items]
    change(one, items=items)
    history.record(one, by, "Added words to the pack.")
    return one


@transaction.atomic
def enclose_file(pack_id: int, *, by: Any, seen: int | None, key: Key, upload: Upload) -> EhcPack:
    """A report or letter goes with the pack as it is. It is kept with the request, for later versions too."""
    one = lock(EhcPack, pack_id)
    if key.made_before():
        return one
    one = _pack_to_prepare(pack_id, by, seen)
    file = files.keep_file(pupil=one.pupil, written_for=one.written_for, subject=one.request, upload=upload, by=by)
    change(one, items=[*one.items, {"key": pack.key_of(file), "words": ""}])
    key.made(file)
    return one


@transaction.atomic
def send_pack(pack_id: int, *, by: Any, seen: int | None, agreed: Collection[str] = ()) -> EhcPack:
    """Send the pack, and with the first one the request. ``agreed``: the keys of what its owner has said may go, and
    of whom cycles and PEPs may quote; what is somebody's own words and was not agreed stays out of this version, and
    stops nothing. A file goes once it was found clean. What was sent is frozen as it stands. Pressed twice, it is sent
    once."""
    one = lock(EhcPack, pack_id)
    request = lock(EhcRequest, one.request_id)
    if one.is_sent:
        return one
    unchanged(one, seen)
    require(permissions.can_send(by, request))
    if not request.is_open:
        raise Refused("This request is over, so nothing more can be sent with it.")
    check(rules.pack_says_why(one.letter))
    is_first = request.state == RequestState.GATHERING
    _leave_out_what_was_not_agreed(one, by, agreed)
    if why_not := pack.why_not_sent(one):
        raise Refused(why_not)
    document = documents.freeze(
        subject=one, kind="ehc pack", title=pack.title_of(one), audience=AUDIENCE,
        snapshot=pack.snapshot_of(one, by=by, sent_on=clock.today(), agreed=agreed), template="ehc_pack", by=by,
        pupil=one.pupil, written_for=one.written_for,
    )  # fmt: skip
    change(one, sent_on=clock.today(), sent_by=by, document=document)
    if is_first:
        EHC_REQUEST.move("sent", request, sent_on=clock.today(), sent_by=by)
        history.record(request, by, f"Sent the request for an EHC needs assessment to {request.addressed_to}.")
        letters.tell_that_it_was_sent(request)
    else:
        history.record(request, by, f"Sent version {one.number} of the pack to {request.addressed_to}.")
        letters.tell_of_a_later_pack(request)
    return one


def _leave_out_what_was_not_agreed(one: EhcPack, by: Any, agreed: Collection[str]) -> None:
    contents = pack.contents_of(one, by)
    held_back = {words.item.key: words.item.title for words in contents.whose_words if words.item.key not in agreed}
    may_go = {words.item.key for words in contents.whose_words} - held_back.keys()
    today = clock.today().isoformat()
    change(
        one,
        items=[
            item | {"agreed_on": item.get("agreed_on") or today} if item["key"] in may_go else item
            for item in one.items
            if item["key"] not in held_back
        ],
    )
    unquoted = [quoted.title for quoted in contents.quoted if quoted.key not in agreed]
    if held_back or unquoted:
        told = "; ".join([*held_back.values(), *unquoted])
        history.record(one, by, f"Kept out of the pack, as nobody has said that it may go: {told}.")


@transaction.atomic
def prepare_another_pack(request_id: int, *, by: Any, key: Key) -> EhcPack:
    """Something came after the pack was sent: the next version begins as the last one stood."""
    request = lock(EhcRequest, request_id)
    if made := key.made_before():
        return made
    require(permissions.can_prepare(by, request))
    if not request.is_open:
        raise Refused("This request is over, so nothing more can be sent with it.")
    last = EhcPack.objects.filter(request=request).order_by("-number").first()
    if last is not None and not last.is_sent:
        return last
    one = _new_pack(request, items=last.items if last else pack.suggested_items(request.pupil, by))
    key.made(one)
    history.record(one, by, f"Began version {one.number} of the pack.")
    return one


def _new_pack(request: EhcRequest, *, items: list[dict[str, str]]) -> EhcPack:
    number = EhcPack.objects.filter(request=request).count() + 1
    return EhcPack.objects.create(
        pupil=request.pupil, written_for=request.written_for, request=request, number=number, items=items
    )


def _pack_to_prepare(pack_id: int, by: Any, seen: int | None) -> EhcPack:
    """The pack, locked, as this person saw it, while it may still be changed."""
    one = lock(EhcPack, pack_id)
    unchanged(one, seen)
    require(permissions.can_prepare(by, one.request))
    if one.is_sent:
        raise Refused("This pack was sent and stays as it is. Begin another version to send something more.")
    return one


# --- what the authority does -----------------------------------------------------------------------------------------


@transaction.atomic
def record_receipt(request_id: int, *, by: Any, seen: int | None, on: date) -> EhcRequest:
    """The day the authority received the request: from here the six, sixteen and twenty weeks run."""
    request = _request_to_decide(request_id, by, seen)
    EHC_REQUEST.require("received", request)
    check(rules.day_has_come(on, clock.today()), rules.days_are_in_order(on, request.sent_on))
    EHC_REQUEST.move("received", request, received_on=on)
    history.record(request, by, f"The authority received the request on {full_date(on)}. {_decision_due(on)}")
    letters.tell_of_step(request, "The authority has received a request", _decision_due(on))
    return request


@transaction.atomic
def decide_to_assess(request_id: int, *, by: Any, seen: int | None, on: date, reasons: str = "") -> EhcRequest:
    """The authority will assess: also after mediation or an appeal. The law asks for no reasons; a school gladly reads
    them."""
    request = _request_to_decide(request_id, by, seen)
    EHC_REQUEST.require("taken to assessment", request)
    _check_day(request, on, after=request.decided_on or request.received_on)
    if not request.is_open:
        check(rules.no_other_request_is_open(EhcRequest.objects.filter(pupil=request.pupil).open().exists()))
    EHC_REQUEST.move(
        "taken to assessment", request, decided_on=request.decided_on or on, reasons_to_assess=reasons, closed_on=None
    )
    history.record(request, by, f"The authority decided on {full_date(on)} to assess.")
    next_step = "Advice is being asked for. See who was asked, and by when."
    letters.tell_of_step(request, "The authority will assess", next_step)
    return request


@transaction.atomic
def decide_not_to_assess(
    request_id: int, *, by: Any, seen: int | None, on: date, reasons: str, rights_sent_on: date | None
) -> EhcRequest:
    """The authority will not assess. Its reasons and the letter about mediation and appeal are kept."""
    return _turn_down(
        request_id, "turned down", by=by, seen=seen, on=on, reasons=reasons, rights_sent_on=rights_sent_on,
        decided="decided_on", said="not to assess",
    )  # fmt: skip


@transaction.atomic
def seek_advice(request_id: int, *, by: Any, key: Key, adviser: str, who: str, asked_on: date) -> AdviceSought:
    """The authority asked somebody for advice: six weeks run from the day of asking. It pays; no hours are drawn."""
    request = lock(EhcRequest, request_id)
    if made := key.made_before():
        return made
    require(permissions.can_enter_decision(by, request))
    if request.state != RequestState.ASSESSING:
        raise Refused("Advice is asked for while the needs are being assessed.")
    _check_day(request, asked_on, after=request.received_on, field="asked_on")
    if AdviceSought.objects.filter(request=request, adviser=adviser, who=who).exists():
        raise Refused("This advice is in the list already.", field="who")
    advice = AdviceSought.objects.create(
        pupil=request.pupil, written_for=by.organisation or request.addressed_to, request=request, adviser=adviser,
        who=who, asked_on=asked_on,
    )  # fmt: skip
    key.made(advice)
    due = rules.advice_by(asked_on)
    history.record(advice, by, f"The authority asked for {advice} on {full_date(asked_on)}: due {full_date(due)}.")
    return advice


@transaction.atomic
def record_advice(advice_id: int, *, by: Any, seen: int | None, came_on: date) -> AdviceSought:
    """The advice came."""
    advice = lock(AdviceSought, advice_id)
    unchanged(advice, seen)
    require(permissions.can_enter_decision(by, advice.request))
    check(rules.day_has_come(came_on, clock.today()), rules.days_are_in_order(came_on, advice.asked_on))
    change(advice, came_on=came_on)
    history.record(advice, by, f"The {advice} came on {full_date(came_on)}.")
    return advice


@transaction.atomic
def say_through_whom(advice_id: int, *, by: Any, seen: int | None, asked_through: AdviceRequest | None) -> AdviceSought:
    """Say which request to a service carries what the authority asks for, or that none does. The authority pays for
    that one: it takes nothing from the school's hours. Never guessed, and not said any more once it was sent."""
    advice = lock(AdviceSought, advice_id)
    unchanged(advice, seen)
    require(queries.may_say_through_whom(by, advice.request))
    for one in filter(None, [advice.asked_through, asked_through]):
        check(rules.request_to_the_service_is_not_sent(lock(AdviceRequest, one.pk).state == AdviceState.DRAFT))
    if asked_through is not None and asked_through.pupil_id != advice.pupil_id:
        raise Refused("That request is about another pupil.", field="asked_through")
    if AdviceSought.objects.filter(asked_through=asked_through, asked_through__isnull=False).exclude(pk=advice.pk):
        raise Refused("That request carries other advice of the assessment already.", field="asked_through")
    change(advice, asked_through=asked_through)
    through = f"is asked for through the {asked_through}" if asked_through else "is asked for through no request here"
    history.record(advice, by, f"Said that the {advice} {through}.")
    return advice


@transaction.atomic
def decide_to_issue(request_id: int, *, by: Any, seen: int | None, on: date) -> EhcRequest:
    """The authority will issue a plan."""
    request = _request_to_decide(request_id, by, seen)
    EHC_REQUEST.require("taken to a draft plan", request)
    _check_day(request, on, after=request.issue_decided_on or request.decided_on)
    if not request.is_open:
        check(rules.no_other_request_is_open(EhcRequest.objects.filter(pupil=request.pupil).open().exists()))
    EHC_REQUEST.move("taken to a draft plan", request, issue_decided_on=request.issue_decided_on or on, closed_on=None)
    history.record(request, by, f"The authority decided on {full_date(on)} to issue a plan.")
    letters.tell_of_step(request, "The authority will issue a plan", "A draft comes next; the family comments on it.")
    return request


@transaction.atomic
def decide_not_to_issue(
    request_id: int, *, by: Any, seen: int | None, on: date, reasons: str, rights_sent_on: date | None
) -> EhcRequest:
    """The needs were assessed and the authority will not issue a plan."""
    return _turn_down(
        request_id, "ended without a plan", by=by, seen=seen, on=on, reasons=reasons, rights_sent_on=rights_sent_on,
        decided="issue_decided_on", said="not to issue a plan",
    )  # fmt: skip


@transaction.atomic
def send_draft(request_id: int, *, by: Any, seen: int | None, on: date) -> EhcRequest:
    """The draft went out: at least fifteen days to comment on it. A changed draft gives them again."""
    request = _request_to_decide(request_id, by, seen)
    EHC_REQUEST.require("sent out as a draft", request)
    _check_day(request, on, after=request.draft_sent_on or request.issue_decided_on)
    EHC_REQUEST.move("sent out as a draft", request, draft_sent_on=on)
    by_when = f"Comments are due by {full_date(rules.comments_by(on))}."
    history.record(request, by, f"The draft plan was sent on {full_date(on)}. {by_when}")
    letters.tell_of_step(request, "A draft plan was sent", by_when)
    return request


@transaction.atomic
def issue_final(
    request_id: int, *, by: Any, seen: int | None, on: date, has_answered: bool, rights_sent_on: date | None = None
) -> EhcRequest:
    """The final plan was issued: the request is finished."""
    request = _request_to_decide(request_id, by, seen)
    EHC_REQUEST.require("finished with a plan", request)
    _check_day(request, on, after=request.draft_sent_on)
    check(rules.draft_had_its_fifteen_days(on, request.draft_sent_on, has_answered))
    EHC_REQUEST.move("finished with a plan", request, final_on=on, closed_on=on, rights_sent_on=rights_sent_on)
    history.record(request, by, f"The final plan was issued on {full_date(on)}.")
    next_step = "Record the new SEN status on the pupil’s People page."
    letters.tell_of_step(request, "A final EHC plan was issued", next_step)
    return request


@transaction.atomic
def claim_exception(
    request_id: int, *, by: Any, key: Key, step: str, reason: str, evidence: str, asked_on: date | None = None,
    since: date | None = None, until: date | None = None,
) -> ClockException:  # fmt: skip
    """Keep the reason why a step was not taken in time. The date the law gives does not move."""
    request = lock(EhcRequest, request_id)
    if made := key.made_before():
        return made
    require(permissions.can_enter_decision(by, request))
    if request.received_on is None:
        raise Refused("The clock has not begun: enter the day the request was received first.")
    facts = rules.ExceptionFacts(reason, evidence, asked_on, since, until)
    check(
        rules.exception_has_its_evidence(facts),
        rules.advice_was_asked_around_a_closure(facts),
        rules.absence_lasts_four_weeks(facts),
    )
    claimed = ClockException.objects.create(
        pupil=request.pupil, written_for=by.organisation or request.addressed_to, request=request, step=step,
        reason=reason, evidence=evidence, asked_on=asked_on, since=since, until=until, recorded_on=clock.today(), by=by,
    )  # fmt: skip
    key.made(claimed)
    history.record(claimed, by, f"Recorded why a step was not in time: {claimed}. The date the law gives stays.")
    return claimed


def _request_to_decide(request_id: int, by: Any, seen: int | None) -> EhcRequest:
    request = lock(EhcRequest, request_id)
    unchanged(request, seen)
    require(permissions.can_enter_decision(by, request))
    return request


def _turn_down(
    request_id: int, verb: str, *, by: Any, seen: int | None, on: date, reasons: str, rights_sent_on: date | None,
    decided: str, said: str,
) -> EhcRequest:  # fmt: skip
    request = _request_to_decide(request_id, by, seen)
    EHC_REQUEST.require(verb, request)
    _check_day(request, on, after=request.decided_on or request.received_on)
    check(rules.refusal_says_why(reasons), rules.refusal_tells_of_appeal(rights_sent_on))
    assert rights_sent_on is not None
    check(rules.day_has_come(rights_sent_on, clock.today()))
    policy = EhcPolicy.objects.counting(request.addressed_to, on)
    appeal_by = rules.add_months(rights_sent_on, policy.months_to_appeal)
    EHC_REQUEST.move(
        verb, request, reasons=reasons, rights_sent_on=rights_sent_on, appeal_by=appeal_by, closed_on=on,
        appeal_because=policy.source, **{decided: on},
    )  # fmt: skip
    history.record(request, by, f"The authority decided on {full_date(on)} {said}. Appeal by {full_date(appeal_by)}.")
    letters.tell_of_step(
        request, f"The authority decided {said}",
        f"Read its reasons. The family may ask for mediation and appeal by {full_date(appeal_by)}.",
    )  # fmt: skip
    return request


def _check_day(request: EhcRequest, on: date, *, after: date | None, field: str = "on") -> None:
    for finding in (rules.day_has_come(on, clock.today()), rules.days_are_in_order(on, after)):
        if not finding:
            raise Refused(finding.sentence, field=field)


def _decision_due(received_on: date) -> str:
    return f"It says by {full_date(rules.decide_by(received_on))} whether it will assess."


# --- moving school ---------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """Give an open request, with its clock and its pack, to the new school. The old school keeps what it had put
    together as it stood. Gives what went along, as sentences."""
    open_request = EhcRequest.objects.filter(pupil=pupil).open().first()
    if open_request is None:
        return []
    request = lock(EhcRequest, open_request.pk)
    one = EhcPack.objects.filter(request=request, sent_on__isnull=True).first()
    if one is not None:
        one = lock(EhcPack, one.pk)
        if one.written_for_id != to_school.pk:
            _leave_behind(one, by)
        change(one, written_for=to_school)
    change(request, school=to_school, written_for=to_school)
    history.record(request, by, f"The request for an EHC needs assessment went along to {to_school}.")
    return [sentence for sentence in _carried(request, one, to_school) if sentence]


def _leave_behind(one: EhcPack, by: Any) -> None:
    """What the old school goes on reading: the pack as it stood on the day of the move."""
    left_for: Organisation = one.written_for
    documents.freeze(
        subject=one, kind="ehc pack left behind", title=f"{pack.title_of(one)}, not sent",
        audience="school that was left", snapshot=pack.snapshot_of(one, by=by, sent_on=None), template="ehc_pack",
        by=by, pupil=one.pupil, written_for=left_for,
    )  # fmt: skip


def _carried(request: EhcRequest, one: EhcPack | None, to_school: School) -> list[str]:
    began = f"Request for an EHC needs assessment: {request.get_state_display().lower()}"
    if request.received_on:
        due = full_date(rules.final_by(request.received_on))
        began = f"{began}, received on {full_date(request.received_on)}; the final plan is due by {due}"
    return [
        began,
        f"The pack that is being put together, version {one.number}" if one else "",
        _says_of_another_area(request, to_school),
    ]


def _says_of_another_area(request: EhcRequest, to_school: School) -> str:
    """What the receipt says when another authority may now have the duty; the request itself stays as it is."""
    resident = queries.resident_authority(request.pupil)
    asked = request.addressed_to
    if resident is not None and resident.pk != asked.pk:
        return f"The child now lives in the area of {resident}, but {asked} was asked: tell both, the duty passes on"
    if to_school.authority_code and to_school.authority_code != asked.code:
        return f"The new school lies outside the area of {asked}: if the child lives there too now, tell {asked}"
    return ""
