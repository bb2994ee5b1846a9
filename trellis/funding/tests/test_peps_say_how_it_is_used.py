"""A PEP says how Pupil Premium Plus is used: on its page, in its PDF and its Word, as it stood when it was signed."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trellis.conduct import clock
from trellis.documents.actions import render_word
from trellis.documents.tests.reading import opened, text_of, text_of_word
from trellis.funding import actions, queries
from trellis.funding.models import FundingRequest
from trellis.funding.tests import world as funding
from trellis.peps import actions as pep_actions
from trellis.peps.models import Pep
from trellis.peps.queries import PupilPremiumUse
from trellis.peps.snapshot import snapshot_of
from trellis.peps.tests import world as peps
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
CARDS = "A talk partner’s training, and picture cards <svg onload=1> {{7*7}}"


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        built = world.ours()
        funding.fill_pot(built)
        yield built


def tables(snapshot):
    """{heading: rows} of the targets section; words under their heading."""
    targets = next(section for section in snapshot["sections"] if section["name"] == "targets")
    return {part["heading"]: part["rows"] if part["kind"] == "table" else part["words"] for part in targets["parts"]}


def paid_last_summer(ours):
    """Last summer's target was paid for, and Dee has said what it changed."""
    request = funding.paid(ours, peps.last_summer(ours).targets.get(), amount_pence=12_000)
    return actions.write_impact(request.pk, by=ours.dee, impact_words="Asks twice a day; counted in week 8.")


def taylor(ours):
    """Another pupil of the same school and authority, with a PEP whose target asks for PP+."""
    pupil = pupils.register_pupil(
        by=None, legal_first_name="Taylor", legal_last_name="Moss", date_of_birth=date(2017, 5, 5), sex="F"
    )
    pupils.start_school_place(pupil.pk, by=None, school=ours.school, on=date(2026, 9, 1), year_group=5)
    pupils.start_care(
        pupil.pk, by=None, authority=ours.virtual_school.authority, since=date(2025, 5, 1), legal_status="C2"
    )
    pep = pep_actions.start_pep(Pep.objects.get(pupil=pupil).pk, by=ours.dee)
    return funding.ask(ours, peps.add_target(pep, ours.dee), what_for="Trumpet lessons for Taylor")


def signed_with_money(ours):
    pep = peps.submitted(ours)
    funding.ask(ours, pep.targets.get())
    peps.grade_all(pep, ours.ada)
    return pep_actions.sign_off_pep(pep.pk, by=ours.ada)


def test_signed_pep_says_what_was_asked_and_what_the_last_money_changed(ours, client):
    paid_last_summer(ours)
    taylor(ours)

    pep = signed_with_money(ours)

    told = tables(pep.document.snapshot)
    assert told["How Pupil Premium Plus is used"] == [["1", CARDS, "£108 asked", "–"]]
    assert told["Pupil Premium Plus for the last PEP’s targets, and what it changed"] == [
        ["1", CARDS, "£120 asked\n£120 agreed\n£120 paid", "Asks twice a day; counted in week 8."]
    ]
    client.force_login(ours.dee)
    page = client.get(pep.get_absolute_url()).content.decode()
    pdf = text_of(opened(bytes(pep.document.renditions.get(format="pdf").bytes)))
    word = text_of_word(bytes(render_word(pep.document).bytes))
    assert "Asks twice a day; counted in week 8." in page
    assert "Download as Word" in page
    for paper in (pdf, word):
        assert "HowPupilPremiumPlusisused" in paper
        assert "Askstwiceaday;countedinweek8." in paper
        assert "£120paid" in paper
    for everything in (page, pdf, word):
        assert "Trumpet" not in everything
        assert "Taylor" not in everything


def test_signed_pep_stays_as_it_was_when_the_money_goes_on(ours):
    pep = signed_with_money(ours)
    request = FundingRequest.objects.get()
    actions.agree_funding(request.pk, by=ours.ada, seen=None)
    pep.document.refresh_from_db()

    assert tables(pep.document.snapshot)["How Pupil Premium Plus is used"][0][2] == "£108 asked"
    assert tables(snapshot_of(pep, footer=""))["How Pupil Premium Plus is used"][0][2] == "£108 asked\n£108 agreed"


def test_pep_whose_targets_ask_for_none_says_so(ours):
    pep = peps.signed_off(ours)

    assert tables(pep.document.snapshot)["How Pupil Premium Plus is used"] == "None is asked for these targets."


def test_each_request_is_said_as_it_stands_and_what_was_withdrawn_is_not(ours):
    target = funding.signed_target(ours)
    paid = funding.paid(ours, target, amount_pence=1_000)
    in_part = funding.ask(ours, target, amount_pence=3_000)
    actions.agree_funding(in_part.pk, by=ours.ada, seen=None, agreed_pence=2_000, reason="Cards for school only.")
    declined = funding.ask(ours, target, amount_pence=4_000)
    actions.decline_funding(
        declined.pk, by=ours.ada, seen=None, reason="The SEN budget pays this.", next_route="own budget"
    )
    withdrawn = funding.ask(ours, target, amount_pence=5_000)
    actions.withdraw_funding(withdrawn.pk, by=ours.dee, because="Asked twice.")

    uses = queries.pupil_premium_of([target])[target.pk]

    assert [use.amounts for use in uses] == [
        ["£10 asked", "£10 agreed", "£10 paid"], ["£30 asked", "£20 agreed"], ["£40 asked", "not agreed"],
    ]  # fmt: skip
    assert uses[0] == PupilPremiumUse(CARDS, 1_000, 1_000, 1_000, paid.impact_words)
    assert queries.hanging_on([target])[target.pk] == [
        "£10 of Pupil Premium Plus: paid", "£20 of Pupil Premium Plus: agreed, not paid yet",
    ]  # fmt: skip


def test_minutes_that_it_buys_are_said_with_their_service(ours):
    target = funding.signed_target(ours)
    funding.ask(ours, target, buys_minutes=90, service=ours.services["EPS"])

    (use,) = queries.pupil_premium_of([target])[target.pk]

    assert use.what_for == f"{CARDS}, for 1½ hours of Education Psychology Service"
    assert queries.hanging_on([target])[target.pk] == [
        "£108 of Pupil Premium Plus, for 1½ hours of Education Psychology Service: asked"
    ]


def test_targets_are_asked_about_in_one_query_each(ours):
    target = funding.signed_target(ours)
    for _ in range(4):
        funding.ask(ours, target, amount_pence=1_000)

    with CaptureQueriesContext(connection) as captured:
        queries.pupil_premium_of([target])
        queries.hanging_on([target])

    assert len(captured) == 2
