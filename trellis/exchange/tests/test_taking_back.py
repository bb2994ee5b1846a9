"""A landed import is taken back whole while nothing was built on it, and refused in a sentence when something was."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.conduct.tests.workers import states_of
from trellis.cycles import actions as cycles
from trellis.cycles.tests.test_actions import key
from trellis.exchange import actions, built_on, samples
from trellis.exchange.models import Import, ImportKind, ImportState
from trellis.exchange.tests import test_pep_list as pep_files
from trellis.exchange.tests import test_yearly_return as returns
from trellis.exchange.tests.test_actions import landed, preview
from trellis.exchange.tests.world import land, row
from trellis.history.models import Entry
from trellis.history.setting_back import tracked
from trellis.organisations.models import School
from trellis.peps.models import Pep, PepTarget
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import (
    Access,
    CareEpisode,
    ChildId,
    NamedProfessional,
    Pupil,
    SchoolPlace,
    SdqScore,
    SenStatus,
)

theirs = pep_files.theirs
PERIODS = (SchoolPlace, CareEpisode, SenStatus, NamedProfessional)


def what_stands():
    """What Trellis says of every child who is one: their particulars, numbers and periods."""
    pupils_now = {
        pupil.pk: (pupil.name, pupil.legal_first_name, pupil.date_of_birth, pupil.sex, pupil.upn, pupil.upn_in_question)
        for pupil in Pupil.objects.going_on()
    }
    periods = {
        (model.__name__, one.pk): (one.pupil_id, one.during, str(one))
        for model in PERIODS
        for one in model.objects.filter(during__isempty=False)
    }
    numbers = set(ChildId.objects.filter(pupil__isnull=False).values_list("pupil", "child_id"))
    return pupils_now, periods, numbers


def rows_that_are(before=None):
    """What every row says that is kept with its changes, but for its version; of those in ``before`` only. Access is
    made anew from the facts."""
    return {
        (model, row["id"]): {name: value for name, value in row.items() if name != "version"}
        for model in tracked()
        if model is not Access
        for row in model._default_manager.filter(pk__in=_of(model, before)).values()
    }


def _of(model, before):
    if before is None:
        return model._default_manager.values("pk")
    return [pk for one, pk in before if one is model]


def whoever_reads(pupil):
    return set(Access.objects.whole_today().filter(pupil=pupil).values_list("organisation", "user"))


def taken_back(made, by):
    made = actions.take_back_import(made.pk, by=by)
    assert made.is_taken_back
    return made


def test_a_first_list_taken_back_leaves_nobody_and_comes_again_as_new(ours, lists):
    landed(ours, lists.schools, ImportKind.SCHOOLS)
    before = what_stands()
    made = landed(ours, lists.week_1)
    new = [line["pupil_id"] for line in made.preview["landed"]]

    taken_back(made, ours.bea)

    assert what_stands() == before
    assert not Pupil.objects.visible_to(ours.vic).filter(pk__in=new).exists()
    assert not Access.objects.filter(pupil__in=new, during__isempty=False).exists()
    assert Pupil.objects.filter(pk__in=new, entered_in_error=True, upn=None).count() == len(new)
    told = Entry.objects.filter(pupil_id=new[0]).order_by("pk").last()
    assert told.sentence.endswith("was taken back. This record was entered in error.")
    again = landed(ours, lists.week_1)
    assert (again.counts["new"], again.counts["questions"]) == (len(new), 0)


def test_what_a_list_changed_is_as_it_was(ours):
    landed_first = land(ours, row(ours, child_id="700001", legal_first_name="Ayo", date_of_birth="2017-01-02", upn=""))
    ayo = Pupil.objects.get(pk=landed_first.preview["landed"][0]["pupil_id"])
    before, readers = what_stands(), whoever_reads(ayo)

    with clock.at(samples.DAY + timedelta(days=7)):
        made = land(
            ours,
            row(
                ours, child_id="700001", legal_first_name="Ayọ", date_of_birth="2017-01-03", upn="A" + "1" * 12,
                sen_status="N", primary_need="", secondary_need="", social_worker="Sil", legal_status="V2",
                social_worker_email="sil@x.example", year_group="5",
            ),
        )  # fmt: skip
        assert made.counts["changed"] == 1
        version = Pupil.objects.get(pk=ayo.pk).version
        taken_back(made, ours.bea)

        assert what_stands() == before
        assert whoever_reads(ayo) == readers
        assert access.differences(Pupil.objects.get(pk=ayo.pk)) == ([], [])
        assert Pupil.objects.get(pk=ayo.pk).version > version
        assert Entry.objects.about_pupil(ayo.pk).first().sentence.endswith("What it changed here is as it was before.")


# --- every kind ------------------------------------------------------------------------------------------------------


def test_schools_taken_back_are_closed_or_as_they_were(ours):
    content = (
        f"URN,EstablishmentName,LA (code),EstablishmentStatus (name)\r\n"
        f"{ours.school.urn},Larch Academy,801,Open\r\n123456,Elsewhere Primary,802,Open\r\n"
    ).encode()
    stood = School.objects.filter(pk=ours.school.pk).values().get()
    made = landed(ours, content, ImportKind.SCHOOLS)

    taken_back(made, ours.bea)

    assert School.objects.filter(pk=ours.school.pk).values().get() == stood
    added = School.objects.get(code="123456")
    assert (added.status, added.closed_on) == ("Entered in error", samples.DAY)
    landed(ours, content, ImportKind.SCHOOLS)
    added.refresh_from_db()
    assert (added.status, added.closed_on) == ("Open", None)


def test_peps_taken_back_say_what_they_said(theirs):
    pep = Pep.objects.get(pupil=theirs.jordan, term__name="spring")
    stood = Pep.objects.filter(pk=pep.pk).values("state", "held_on", "grade_elsewhere").get()
    made = actions.land_import(pep_files.bring(theirs, pep_files.line()).pk, by=theirs.bea)

    taken_back(made, theirs.bea)

    assert Pep.objects.filter(pk=pep.pk).values("state", "held_on", "grade_elsewhere").get() == stood
    assert list(PepTarget.objects.filter(pep=pep).values_list("dropped", flat=True)) == [True]
    again = actions.land_import(pep_files.bring(theirs, pep_files.line()).pk, by=theirs.bea)
    assert again.counts["changed"] == 1
    assert list(PepTarget.objects.filter(pep=pep).values_list("dropped", flat=True)) == [False]


def test_a_yearly_return_taken_back_leaves_care_and_sdq_as_they_were(ours):
    first = land(ours, row(ours, child_id=returns.NUMBER, legal_first_name="Robin", date_of_birth="2014-05-06"))
    pupil_id = first.preview["landed"][0]["pupil_id"]
    before = returns.history_of(pupil_id)
    sent = returns.a_return(returns.episode(returns.NUMBER, date(2019, 2, 1), date(2020, 3, 4), REC="E4A"))
    made = returns.bring_and_land(ours, sent.files())
    assert len(returns.history_of(pupil_id)) > len(before)
    assert SdqScore.objects.filter(pupil=pupil_id).exists()
    assert made.awaited.waiting().exists()

    taken_back(made, ours.bea)

    assert returns.history_of(pupil_id) == before
    assert not SdqScore.objects.filter(pupil=pupil_id).exists()
    assert not made.awaited.waiting().exists()


def test_a_question_of_it_is_closed_and_an_older_one_stands_again(ours):
    asked = land(ours, row(ours)).questions.get()
    made = land(ours, row(ours, child_id="900009"))
    asked.refresh_from_db()
    assert asked.answer == "gone"

    taken_back(made, ours.bea)

    asked.refresh_from_db()
    assert (asked.answer, asked.answered_at) == ("", None)
    assert [question.answer for question in made.questions.all()] == ["taken back"]


# --- built on --------------------------------------------------------------------------------------------------------


def ayo(ours, **says):
    return row(ours, child_id="700001", legal_first_name="Ayo", legal_last_name="Okafor", **says)


def refusal(made, by):
    before = what_stands()
    with pytest.raises(Refused) as refused:
        actions.take_back_import(made.pk, by=by)
    assert (what_stands(), Import.objects.get(pk=made.pk).state) == (before, ImportState.LANDED)
    return refused.value.sentence


def test_work_on_a_new_child_keeps_the_import(ours):
    made = land(ours, ayo(ours))
    new = made.preview["landed"][0]["pupil_id"]
    cycles.start_cycle(new, by=ours.sam, key=key(ours.sam))

    assert refusal(made, ours.bea) == "Since then, Sam Ours worked on a cycle for Ayo Okafor."


def test_a_change_of_what_it_changed_keeps_the_import(ours):
    first = land(ours, ayo(ours, sen_status="N", primary_need="", secondary_need=""))
    made = land(ours, ayo(ours, sen_status="K"))
    new = first.preview["landed"][0]["pupil_id"]
    pupils.set_sen_status(new, by=ours.sam, status="N")

    assert refusal(made, ours.bea) == "Since then, Sam Ours changed the record of Ayo Okafor."


def test_a_later_list_is_taken_back_first(ours):
    first = land(ours, ayo(ours))
    second = land(ours, ayo(ours), row(ours, child_id="700002", legal_first_name="Ben", date_of_birth="2016-04-04"))

    assert refusal(first, ours.bea) == "Since then, week.csv landed on 23 November 2026. Take that one back first."
    taken_back(second, ours.bea)
    taken_back(first, ours.bea)


def test_an_answered_question_keeps_the_import(ours):
    made = land(ours, row(ours))
    actions.answer_question(made.questions.get().pk, by=ours.bea, answer="different")

    assert refusal(made, ours.bea) == "Since then, Bea Ours answered a question of this import."


# --- who, and how often ----------------------------------------------------------------------------------------------


def test_pressed_twice_it_is_taken_back_once(ours):
    made = land(ours, ayo(ours))

    for _ in range(2):
        taken_back(made, ours.bea)

    assert Entry.objects.filter(sentence__startswith="Took back the").count() == 1


def test_a_job_takes_it_back_and_asked_twice_there_is_one(ours):
    before = what_stands()
    made = land(ours, ayo(ours))
    for _ in range(2):
        assert actions.queue_taking_back(made.pk, by=ours.bea).is_being_taken_back
    assert states_of("take_back_import") == ["todo"]

    for _ in range(2):
        assert actions.take_back_as_asked(made.pk).is_taken_back

    assert what_stands() == before
    assert Import.objects.get(pk=made.pk).taken_back_by == ours.bea


def test_what_was_built_on_it_while_the_job_waited_keeps_it_and_its_page_says_why(ours, client):
    made = land(ours, ayo(ours))
    actions.queue_taking_back(made.pk, by=ours.bea)
    cycles.start_cycle(made.preview["landed"][0]["pupil_id"], by=ours.sam, key=key(ours.sam))

    assert actions.take_back_as_asked(made.pk).is_landed

    client.force_login(ours.bea)
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Since then, Sam Ours worked on a cycle for Ayo Okafor." in page


def test_the_page_says_that_a_long_list_is_being_taken_back(ours, client, monkeypatch):
    made = land(ours, ayo(ours))
    monkeypatch.setattr(actions, "TAKEN_BACK_AT_ONCE", 0)
    client.force_login(ours.bea)

    client.post(reverse("take_back_import", args=[made.pk]))

    page = client.get(made.get_absolute_url())
    assert page["Refresh"]
    assert "Being taken back" in page.content.decode()
    assert client.get(reverse("take_back_import", args=[made.pk])).url == made.get_absolute_url()


def test_only_the_business_officer_takes_back(ours, twin):
    made = land(ours, ayo(ours))

    for other in (ours.vic, ours.sam, twin.bea):
        with pytest.raises(NotPermitted):
            actions.take_back_import(made.pk, by=other)


def test_what_has_not_landed_is_not_taken_back(ours):
    with pytest.raises(Refused) as refused:
        actions.take_back_import(preview(ours, samples.as_csv([ayo(ours)])).pk, by=ours.bea)

    assert refused.value.sentence == built_on.NOT_LANDED


def test_nobody_adds_to_a_record_entered_in_error(ours):
    made = land(ours, ayo(ours))
    new = made.preview["landed"][0]["pupil_id"]
    taken_back(made, ours.bea)

    with pytest.raises(Refused, match="entered in error"):
        pupils.correct_particulars(new, by=None, legal_first_name="Ada")
