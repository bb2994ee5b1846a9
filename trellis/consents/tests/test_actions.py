"""Asking, answering, taking back; what follows; who may not be asked; two at once."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.consents import actions, queries, shown
from trellis.consents.models import Consent, ConsentState
from trellis.consents.tests.world import PURPOSE, add_parent, ask, section_20, worker_reference
from trellis.history.models import Entry
from trellis.links.models import PersonalLink
from trellis.mail.models import Message
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world
from trellis.pupils.tests.world import DAY


@pytest.fixture
def ours(db):
    with clock.at(DAY):
        yield world.ours()


def give(consent, by, **more):
    usual = {"answered_name": "Sol Ours", "how": "phone", "answered_on": DAY}
    return actions.give_consent(consent.pk, by=by, **(usual | more))


def told(consent):
    return list(Entry.objects.filter(subject_kind="consents.consent", subject_id=consent.pk).values_list(
        "sentence", flat=True).order_by("pk"))  # fmt: skip


def mails():
    return list(Message.objects.order_by("pk").values_list("address", "subject"))


def test_ask_writes_to_the_social_worker_of_a_child_under_a_care_order(ours):
    consent = ask(ours)

    assert (consent.state, consent.capacity, consent.name) == ("ASKED", "authority", "Sol")
    assert consent.answer_by == date(2026, 11, 9)
    assert consent.written_for_id == ours.school.pk
    assert told(consent) == [f"Asked Sol for {consent}."]
    assert mails() == [("sol@ours.example", "Please say whether you agree to specialist advice")]
    assert PersonalLink.objects.get().pk == consent.link_id
    assert not consent.stands


def test_ask_mails_nothing_of_the_child_or_the_school(ours):
    ask(ours)

    body = Message.objects.get().subject + Message.objects.get().body
    assert [word for word in ("Jordan", "Vale", "Larch", "JV", PURPOSE) if word in body] == []


def test_give_says_until_when_and_tells_the_asker(ours):
    consent = give(ask(ours), ours.sol, words="Go ahead.")

    assert consent.stands
    assert consent.lasts_until == date(2027, 11, 1)
    assert told(consent)[-1] == f"Sol Ours agreed: {consent}, by telephone."
    assert mails()[-1] == ("sam@ours.example", "Consent was given")
    assert not PersonalLink.objects.get().is_open
    with clock.at(date(2027, 11, 1)):
        assert consent.stands
    with clock.at(date(2027, 11, 2)):
        assert (consent.stands, consent.has_run_out) == (False, True)


def test_decline_shares_nothing(ours):
    consent = actions.decline_consent(ask(ours).pk, by=ours.sam, answered_name="Sol", how="phone", words="Not now.")

    assert (consent.state, consent.stands) == ("DECLINED", False)


def test_withdraw_ends_it_and_says_who_told(ours):
    consent = give(ask(ours), ours.sol)
    withdrawn = actions.withdraw_consent(consent.pk, by=ours.dee, who_told="Sol", words="The plan changed.")

    assert (withdrawn.state, withdrawn.stands, withdrawn.ended_on) == ("WITHDRAWN", False, DAY)
    assert withdrawn.ended_because == "Sol told Dee Ours. “The plan changed.”"
    assert mails()[-1] == ("sam@ours.example", "Consent was withdrawn")
    assert actions.withdraw_consent(consent.pk, by=ours.dee, who_told="Sol").pk == withdrawn.pk
    assert len(told(consent)) == 3


def test_give_refuses_what_was_taken_back_meanwhile(ours):
    consent = ask(ours)
    actions.withdraw_consent(consent.pk, by=ours.sam, who_told="Sam")

    with pytest.raises(Refused, match="This consent is withdrawn, so it cannot be given now"):
        give(consent, ours.sol)


def test_give_over_a_newer_version_is_a_conflict(ours):
    consent = ask(ours)
    actions.ask_again(consent.pk, by=ours.sam)

    with pytest.raises(Conflict):
        give(consent, ours.sol, seen=consent.version)


def test_ask_twice_with_one_key_asks_once(ours):
    key = Key.fresh(ours.sam)
    both = [
        actions.ask_consent(
            ours.jordan.pk, by=ours.sam, key=key, service=ours.services["SEMHL"], purpose=PURPOSE,
            asked_of=worker_reference(ours),
        )
        for _ in range(2)
    ]  # fmt: skip

    assert both[0].pk == both[1].pk
    assert len(mails()) == 1


def test_ask_refuses_a_second_open_question_to_the_same_service(ours):
    ask(ours)

    with pytest.raises(Refused, match="Consent is already asked"):
        ask(ours)
    assert ask(ours, service="EPS").state == "ASKED"


def test_ask_makes_room_when_the_one_before_ran_out(ours):
    before = give(ask(ours), ours.sol)
    with clock.at(date(2027, 12, 1)):
        assert ask(ours).state == "ASKED"
    before.refresh_from_db()

    assert (before.state, before.ended_on) == ("LAPSED", date(2027, 11, 2))


def test_ask_refuses_whoever_cannot_agree(ours):
    carer = ours.rows["person_id"]
    parent = add_parent(ours)  # holds parental responsibility, but under a care order the authority decides

    for reference in (f"person:{parent.pk}", "person:0", "pupil", ""):
        with pytest.raises(Refused, match="cannot agree for this child"):
            ask(ours, asked_of=reference)
    with pytest.raises(Refused, match="Read the delegation"):
        ask(ours, asked_of=f"person:{carer}", by_link=False)
    assert Consent.objects.count() == 0


def test_ask_a_carer_only_when_the_delegation_was_read(ours):
    carer = ours.rows["person_id"]
    consent = ask(ours, asked_of=f"person:{carer}", by_link=False, delegation_covers=True)

    assert (consent.capacity, consent.delegation) == ("carer", world.CANARY)
    assert mails() == []


def test_section_20_never_offers_the_authority(ours):
    section_20(ours)
    parent = add_parent(ours)
    found = queries.who_can_agree(ours.jordan, DAY)

    assert [(one.name, one.consenter.kind) for one in found] == [
        ("Canary Parent", "parent"), ("Canary Carer", "carer"),
    ]  # fmt: skip
    assert ask(ours, asked_of=f"person:{parent.pk}").capacity == "parent"


def test_section_20_without_a_recorded_holder_says_the_next_step(ours):
    section_20(ours)
    first = queries.who_can_agree(ours.jordan, DAY)[0]

    assert (first.reference, first.may_be_asked) == ("", False)
    assert first.in_the_way == (
        "Nobody with parental responsibility is recorded. Find out who has it, and record it under People: it does not "
        "follow from the relationship."
    )


def test_section_20_whose_only_holder_must_not_be_contacted_says_the_next_step(ours):
    section_20(ours)
    parent = add_parent(ours, may_be_contacted=False)
    first = queries.who_can_agree(ours.jordan, DAY)[0]

    assert (first.name, first.may_be_asked, first.by_link) == ("Canary Parent", False, False)
    assert first.in_the_way == (
        "The school must not contact Canary Parent. Ask Sol, the social worker, whether and how consent can be "
        "arranged; if they arrange it, they record it here. Until then you can talk to the service without naming the "
        "child."
    )
    for by_link in (True, False):
        with pytest.raises(Refused, match="The school must not contact"):
            ask(ours, asked_of=f"person:{parent.pk}", by_link=by_link)
    with pytest.raises(Refused, match="The school must not contact"):
        ask(ours, by="sol", asked_of=f"person:{parent.pk}", by_link=True)
    assert mails() == []
    arranged = ask(ours, by="sol", asked_of=f"person:{parent.pk}", by_link=False)
    assert give(arranged, ours.sol, answered_name="Canary Parent").stands


def test_contact_stopped_after_asking_closes_the_link(ours):
    section_20(ours)
    parent = add_parent(ours)
    consent = ask(ours, asked_of=f"person:{parent.pk}")
    pupils.change_person_around(parent.pk, by=ours.dee, seen=None, may_be_contacted=False)

    assert not queries.may_be_answered_by_link(Consent.objects.get(pk=consent.pk))
    with pytest.raises(Refused, match="must not be contacted"):
        actions.ask_again(consent.pk, by=ours.sam)
    with pytest.raises(Refused, match="must not be contacted"):
        give(consent, None)


def test_legal_status_that_keeps_the_consenter_marks_check_again(ours):
    consent = give(ask(ours), ours.sol)
    pupils.start_care(
        ours.jordan.pk, by=None, authority=ours.virtual_school.authority, since=DAY, on=DAY, legal_status="E1"
    )
    consent.refresh_from_db()

    assert (consent.state, consent.check_again_since, consent.stands) == ("GIVEN", DAY, True)
    assert mails()[-1] == ("sam@ours.example", "Please check a consent again")
    assert actions.confirm_consent(consent.pk, by=ours.sam, why="Sol said so.").check_again_since is None


def test_legal_status_that_ends_the_consenters_right_lapses_it(ours):
    given, asked = give(ask(ours), ours.sol), ask(ours, service="EPS")
    section_20(ours)
    for consent in (given, asked):
        consent.refresh_from_db()

    assert [one.state for one in (given, asked)] == [ConsentState.LAPSED] * 2
    assert given.ended_because == "The child’s legal status has changed, and Sol can no longer agree."
    assert mails()[-2:] == [("sam@ours.example", "A consent no longer stands")] * 2
    assert not PersonalLink.objects.filter(used_at=None, revoked_at=None).exists()


def test_end_of_care_lapses_what_the_authority_gave(ours):
    consent = give(ask(ours), ours.sol)
    pupils.end_care(ours.jordan.pk, by=None, on=DAY)
    consent.refresh_from_db()

    assert consent.state == ConsentState.LAPSED


def test_a_young_person_is_asked_by_an_adult(ours):
    pupils.correct_particulars(ours.jordan.pk, by=None, date_of_birth=date(2010, 3, 3))
    ours.jordan.refresh_from_db()

    with pytest.raises(Refused, match="Ask yourself, then record the answer"):
        ask(ours, asked_of="pupil")
    assert give(ask(ours, asked_of="pupil", by_link=False), ours.sam, answered_name="Jordan", how="met").stands


@pytest.mark.parametrize("who", ["hana", "dina", "tia", "osei", "ed", "eve", "lee", "bea", "root", "nia"])
def test_ask_is_not_for_others(ours, who):
    with pytest.raises(NotPermitted):
        ask(ours, by=who)


def test_ask_again_goes_to_the_social_worker_of_today(ours):
    consent = ask(ours)
    pupils.name_professional(
        ours.jordan.pk, by=None, authority=ours.virtual_school.authority, role="social worker", name="Nell",
        email="nell@ours.example", on=DAY,
    )  # fmt: skip
    again = actions.ask_again(consent.pk, by=ours.sam)

    assert again.name == "Nell"
    assert mails()[-1][0] == "nell@ours.example"
    assert PersonalLink.objects.filter(revoked_at=None).get().pk == again.link_id


def test_next_steps_of_social_worker_and_school(ours):
    ask(ours)
    pupils_of = Pupil.objects.filter(pk=ours.jordan.pk)

    def steps(user, day):
        with clock.at(day):
            return [(one.verb, one.rest, one.due_on) for one in shown.next_steps(user, pupils_of, day)]

    late = date(2026, 11, 10)
    assert steps(ours.sol, DAY) == [("Say whether you agree", "to SEMHL advice for Jordan", date(2026, 11, 9))]
    assert steps(ours.sam, DAY) == []
    assert steps(ours.sam, late) == [("Ask again about consent", "for Jordan: SEMHL", date(2026, 11, 9))]
    assert steps(ours.tia, late) == steps(ours.vic, late) == []


def test_a_school_move_takes_open_consents_along(ours):
    consent = give(ask(ours), ours.sol)
    carried = actions.hand_over(
        ours.jordan, from_school=ours.school, to_school=ours.next_school, on=DAY + timedelta(1), by=None
    )
    consent.refresh_from_db()

    assert carried == [f"Consent to advice from {ours.services['SEMHL']}: given"]
    assert (consent.written_for_id, consent.stands) == (ours.next_school.pk, True)


def test_answer_and_withdrawal_at_once_leave_one_story(own_database):
    with clock.at(DAY):
        ours = world.ours()
        consent = ask(ours)
        together, said = threading.Barrier(2), []

        def do(action, **more):
            try:
                with clock.at(DAY):
                    together.wait(timeout=10)
                    action(consent.pk, **more)
                    said.append("done")
            except Refused as refused:
                said.append(refused.sentence)
            finally:
                connection.close()

        both = [
            threading.Thread(target=do, args=[actions.give_consent], kwargs={"by": None, "answered_name": "Sol"}),
            threading.Thread(target=do, args=[actions.decline_consent], kwargs={"by": ours.sam, "answered_name": "S"}),
        ]
        for one in both:
            one.start()
        for one in both:
            one.join(timeout=30)

    consent.refresh_from_db()
    assert said.count("done") == 1
    assert consent.state in {"GIVEN", "DECLINED"}
    assert len(told(consent)) == 2
