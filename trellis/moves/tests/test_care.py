"""Coming into care, leaving it, another authority, 18: what changes, who hears of it, and what was said beforehand."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.funding.models import RequestState
from trellis.funding.tests import world as funding
from trellis.history.models import Entry
from trellis.hv.models import HvState
from trellis.hv.tests import world as hv
from trellis.links.models import PersonalLink
from trellis.mail.models import Message
from trellis.moves import actions, follows, queries, tasks
from trellis.moves.follows import Planned
from trellis.moves.models import Because, CareChange, Verb
from trellis.outreach.models import OutreachState
from trellis.outreach.tests import world as outreach
from trellis.peps.models import Pep, PepState
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import CareEpisode, Level, NamedProfessional, Pupil
from trellis.pupils.tests import world
from trellis.voices import actions as voices
from trellis.voices.models import AskedState, Whose

ON = world.DAY


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def theirs(ours):
    return world.twin()


def leave(ours, **says):
    return actions.leave_care(ours.jordan.pk, **({"on": ON, "by": ours.vic, "because": Because.HOME} | says))


def enter(ours, **says):
    told = {"authority": ours.virtual_school.authority, "since": ON, "legal_status": "V2", "by": ours.vic} | says
    return actions.enter_care(ours.jordan.pk, **told)


def sentences(change):
    return [sentence for part in change.followed for sentence in part["sentences"]]


# --- leaving care ----------------------------------------------------------------------------------------------------


def test_leave_care_closes_what_only_care_opened(ours):
    change = leave(ours)

    def sees(who):
        return Pupil.objects.visible_to(who, Level.WHOLE).exists()

    assert not CareEpisode.objects.filter(pupil=ours.jordan, during__contains=ON).exists()
    assert [sees(who) for who in (ours.vic, ours.sol, ours.sam, ours.ed)] == [False, False, True, True]
    assert list(CareChange.objects.visible_to(ours.vic)) == [change]
    assert list(CareChange.objects.visible_to(ours.sol)) == []
    assert access.differences(ours.jordan) == ([], [])


def test_leave_care_writes_one_row_of_its_own_and_tells_those_concerned_without_a_name(ours):
    change = leave(ours)

    own = Entry.objects.filter(subject_kind="moves.carechange").values_list("sentence", flat=True)
    assert list(own) == ["Left the care of Shire 801 on 2 November 2026: went home to parents or family."]
    told = Message.objects.filter(path=change.get_absolute_url())
    assert {one.to for one in told} == {ours.sam, ours.dee, ours.sol}
    assert not any(name in one.subject + one.body for one in told for name in ("Jordan", "Vale", "care"))


def test_leave_care_ends_what_it_said_it_would(ours):
    pep = Pep.objects.get(pupil=ours.jordan)
    funding.fill_pot(ours)
    asked = funding.ask(ours, funding.signed_target(ours))
    outreach_case = outreach.accept(outreach.ask(ours), ours)
    view = voices.ask_view(
        ours.jordan.pk, by=ours.dee, key=Key.fresh(ours.dee), whose=Whose.CARER, name="Canary Carer",
        email="carer@home.example", due_on=date(2026, 11, 9),
    )  # fmt: skip

    change = leave(ours)

    for row in (pep, asked, outreach_case, view):
        row.refresh_from_db()
    assert pep.state in (PepState.ENDED, PepState.SIGNED_OFF)
    assert (asked.state, outreach_case.state, view.state) == (
        RequestState.WITHDRAWN, OutreachState.CLOSED, AskedState.TAKEN_BACK,
    )  # fmt: skip
    assert not PersonalLink.objects.about(view).open().exists()
    assert [part["about"] for part in change.followed] == [follows.ACCESS, follows.HOURS, follows.MONEY]
    assert "£108 of Pupil Premium Plus, asked and not agreed, is withdrawn." in sentences(change)


def test_leave_care_ends_the_unfinished_pep_and_stops_its_clock(ours):
    change = leave(ours)

    pep = Pep.objects.get(pupil=ours.jordan)
    assert (pep.state, pep.is_late) == (PepState.ENDED, False)
    assert "The PEP, autumn term 2026 ends unfinished; what is written stays, its clock stops." in sentences(change)
    with clock.at(date(2026, 12, 18)):
        assert not Pep.objects.not_signed_off().exists()


def test_leave_care_ends_the_award_of_the_framework(ours):
    case = hv.award(hv.propose(ours), ours)

    change = leave(ours)

    case.refresh_from_db()
    assert case.state == HvState.ENDED
    ends = "The award of the Highly Vulnerable framework ends: hours and money that are left go back."
    assert ends in sentences(change)


@pytest.mark.parametrize(
    ("because", "says"), [(Because.ADOPTED, True), (Because.GUARDIAN, True), (Because.HOME, False)]
)
def test_leave_care_says_what_a_previously_looked_after_pupil_has(ours, because, says):
    change = leave(ours, because=because)

    assert any("previously looked after" in sentence for sentence in sentences(change)) == says


@pytest.mark.parametrize("who", ["sol", "ada", "vic", "bea", None])
def test_care_is_ended_by_those_who_look_after_the_record(ours, who):
    assert leave(ours, by=ours.people.get(who)).verb == Verb.LEAVE_CARE


@pytest.mark.parametrize("who", ["sam", "dee", "hana", "dina", "tia", "nia", "otis", "ed", "root"])
def test_care_is_not_ended_by_others(ours, who):
    with pytest.raises(NotPermitted):
        leave(ours, by=ours.people[who])


def test_care_is_not_ended_by_the_other_authority(ours, theirs):
    for who in (theirs.vic, theirs.ada, theirs.sol, theirs.bea):
        with pytest.raises(NotPermitted):
            leave(ours, by=who)


@pytest.mark.parametrize(("on", "field"), [(date(2026, 11, 3), "on"), (date(2024, 4, 1), None)])
def test_leave_care_refused_on_such_a_day(ours, on, field):
    with pytest.raises(Refused) as refused:
        leave(ours, on=on)

    assert refused.value.field == field
    assert CareChange.objects.count() == 0


def test_leave_care_again_is_the_same_change(ours):
    assert leave(ours) == leave(ours, by=None)
    assert CareChange.objects.count() == 1


# --- coming into care ------------------------------------------------------------------------------------------------


def test_undo_is_another_move(ours):
    leave(ours, because=Because.MISTAKE)

    change = enter(ours, since=date(2024, 5, 1), on=ON, legal_status="C2")

    assert list(Pupil.objects.visible_to(ours.vic, Level.WHOLE)) == [ours.jordan]
    assert Pep.objects.get(pupil=ours.jordan).state == PepState.NOT_STARTED
    assert [one.verb for one in queries.care_changes_of(ours.jordan, ours.vic)] == [Verb.ENTER_CARE, Verb.LEAVE_CARE]
    assert change.written_for_id == ours.virtual_school.pk
    assert leave(ours).pk != change.pk


def test_enter_care_opens_the_pep_that_it_foresaw(ours):
    leave(ours)
    change = enter(ours)

    pep = Pep.objects.get(pupil=ours.jordan)
    assert pep.due_on == date(2026, 11, 30)
    assert (
        "A PEP is due within 20 working days, by 30 November 2026; the social worker starts it within 10, "
        "by 16 November 2026."
    ) in sentences(change)
    assert "Virtual School 990 reads the whole record from today." in sentences(change)


def test_enter_care_long_ago_is_entered_quietly(ours):
    leave(ours)
    before = Message.objects.count()

    change = enter(ours, since=date(2024, 5, 1), on=ON)

    assert (change.followed, Message.objects.count() - before) == ([], 0)


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"since": date(2026, 11, 3)}, "This day is still to come."),
        ({}, "An authority is recorded as looking after this pupil."),
    ],
)
def test_enter_care_refused(ours, says, sentence):
    with pytest.raises(Refused) as refused:
        enter(ours, **says)

    assert refused.value.sentence.startswith(sentence)


def test_enter_care_is_not_for_an_authority_that_never_had_the_child(ours, theirs):
    leave(ours)

    for who in (theirs.vic, theirs.ada, theirs.sol):
        with pytest.raises(NotPermitted):
            enter(ours, by=who, authority=theirs.virtual_school.authority)


def test_named_social_worker_enters_a_child_into_the_care_of_their_own_authority(ours):
    leave(ours)
    pupils.name_professional(
        ours.jordan.pk, by=None, authority=ours.virtual_school.authority, role="social worker", name="Sol",
        email=ours.sol.email,
    )  # fmt: skip

    assert enter(ours, by=ours.sol).recorded_by == ours.sol


# --- another authority -----------------------------------------------------------------------------------------------


def test_change_authority_gives_the_record_to_the_other_virtual_school(ours, theirs):
    change = actions.change_authority(
        ours.jordan.pk, authority=theirs.virtual_school.authority, on=ON, by=ours.vic
    )  # fmt: skip

    assert [Pupil.objects.visible_to(who, Level.WHOLE).filter(pk=ours.jordan.pk).exists()
            for who in (ours.vic, ours.sol, theirs.vic)] == [False, False, True]  # fmt: skip
    care = CareEpisode.objects.get(pupil=ours.jordan, during__contains=ON)
    assert (care.authority_id, care.legal_status) == (theirs.virtual_school.authority.pk, "C2")
    assert {pep.written_for_id: pep.state for pep in Pep.objects.filter(pupil=ours.jordan)} == {
        ours.virtual_school.pk: PepState.ENDED, theirs.virtual_school.pk: PepState.NOT_STARTED,
    }  # fmt: skip
    new = Pep.objects.get(pupil=ours.jordan, written_for=theirs.virtual_school)
    assert any(f"by {30} November 2026" in sentence for sentence in sentences(change)) and new.due_on.day == 30
    assert {one.to for one in Message.objects.filter(path=change.get_absolute_url())} == {
        ours.sam, ours.dee, ours.sol, theirs.vic,
    }  # fmt: skip
    assert access.differences(ours.jordan) == ([], [])


def test_change_authority_is_not_taken_by_the_other(ours, theirs):
    for who in (theirs.vic, ours.sam, ours.sol):
        with pytest.raises(NotPermitted):
            actions.change_authority(ours.jordan.pk, authority=theirs.virtual_school.authority, on=ON, by=who)


def test_living_elsewhere_changes_no_access_and_says_whose_the_plan_is(ours, theirs):
    pupils.set_sen_status(ours.jordan.pk, by=None, status="E", primary_need="SEMH")
    before = access.facts_about(ours.jordan)

    change = actions.live_elsewhere(ours.jordan.pk, authority=theirs.virtual_school.authority, on=ON, by=ours.ada)

    assert access.facts_about(ours.jordan) == before
    assert any("within 15 working days, by 23 November 2026" in sentence for sentence in sentences(change))


def test_the_plan_kept_elsewhere_ends_the_coordinator_of_the_authority_before(ours, theirs):
    pupils.say_authority(
        ours.jordan.pk, by=None, duty="maintains plan", authority=ours.virtual_school.authority, on=date(2025, 1, 1)
    )

    change = actions.keep_plan_elsewhere(
        ours.jordan.pk, authority=theirs.virtual_school.authority, on=ON, by=ours.vic
    )  # fmt: skip

    assert (
        not NamedProfessional.objects.filter(role="ehc coordinator", during__contains=ON)
        .filter(pupil=ours.jordan)
        .exists()
    )
    assert any("within 6 weeks, by 14 December 2026" in sentence for sentence in sentences(change))
    assert not Pupil.objects.visible_to(ours.ed).filter(pk=ours.jordan.pk).exists()


# --- 18 --------------------------------------------------------------------------------------------------------------

BIRTHDAY = date(2036, 3, 3)


def test_turning_18_ends_care_by_itself_and_deletes_nothing(ours):
    pupils.set_sen_status(ours.jordan.pk, by=None, status="E", primary_need="SEMH")
    with clock.at(date(2036, 3, 2)):
        assert tasks.turn_18(timestamp=0) == 0
    with clock.at(date(2036, 3, 5)):
        assert (tasks.turn_18(timestamp=0), tasks.turn_18(timestamp=0)) == (1, 0)
        change = CareChange.objects.get()
        assert CareEpisode.objects.get(pupil=ours.jordan).during.upper == BIRTHDAY
        assert [Pupil.objects.visible_to(who, Level.WHOLE).exists() for who in (ours.vic, ours.sam, ours.ed)] == [
            False, True, True,
        ]  # fmt: skip

    assert (change.verb, change.on, change.recorded_by) == (Verb.TURN_18, BIRTHDAY, None)
    assert Pep.objects.filter(pupil=ours.jordan).exists()
    for words in ("The EHC plan goes on", "Nothing is deleted", "Pupil Premium Plus can no longer be asked for"):
        assert any(words in sentence for sentence in sentences(change))


# --- what will follow ------------------------------------------------------------------------------------------------


def test_what_follows_a_school_move_is_what_it_does(ours):
    foreseen = queries.what_follows(Verb.MOVE_SCHOOL, ours.jordan, on=ON, school_id=ours.next_school.pk)
    actions.move_school(ours.jordan.pk, to=ours.next_school, on=ON, by=ours.vic)

    assert foreseen == [
        "Larch Primary 990 loses the record today; it goes on reading what it wrote until 1 November 2029.",
        "Rowan Primary 990 reads the whole record from today.",
        "A PEP is due within 20 working days, by 30 November 2026; the social worker starts it within 10, "
        "by 16 November 2026.",
    ]
    assert Pep.objects.get(pupil=ours.jordan).due_on == date(2026, 11, 30)


def test_what_follows_names_the_day_that_is_still_to_come(ours):
    foreseen = queries.what_follows(
        Verb.MOVE_SCHOOL, ours.jordan, on=date(2026, 11, 9), school_id=ours.next_school.pk
    )  # fmt: skip

    assert foreseen[1] == "Rowan Primary 990 reads the whole record from 9 November 2026."


def test_what_follows_is_told_of_a_child_nobody_knows_yet(ours):
    coming = Planned(
        Verb.ENTER_CARE, ON, authority_id=ours.virtual_school.authority.pk, since=ON, date_of_birth=date(2018, 5, 5)
    )

    assert [sentence[:16] for sentence in queries.what_follows_for_many([coming])[0]] == [
        "Virtual School 9", "A PEP is due wit", "Pupil Premium Pl",
    ]  # fmt: skip


def test_what_follows_asks_as_often_for_many_as_for_one(ours):
    def planned(pupil):
        return [
            Planned(Verb.MOVE_SCHOOL, ON, pupil.pk, school_id=ours.next_school.pk),
            Planned(Verb.LEAVE_CARE, ON, pupil.pk),
        ]

    def asked(moves):
        with CaptureQueriesContext(connection) as captured:
            told = queries.what_follows_for_many(moves)
        assert len(told) == len(moves)
        return len(captured)

    one = asked(planned(ours.jordan))
    many = list(planned(ours.jordan))
    for number in range(30):
        pupil = pupils.register_pupil(
            by=None, legal_first_name=f"Ari{number}", legal_last_name="Fenn", date_of_birth=date(2016, 1, 1), sex="F"
        )
        pupils.start_school_place(pupil.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=5)
        pupils.start_care(
            pupil.pk, by=None, authority=ours.virtual_school.authority, since=date(2025, 1, 1), legal_status="C2"
        )
        many += planned(pupil)

    assert asked(many) == one
