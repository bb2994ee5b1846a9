"""The demonstration holds what it promises, and what the product's own rules allow."""

from datetime import date

from django.db import transaction

from trellis.advice.models import AdviceRequest
from trellis.alerts.models import Alert
from trellis.conduct import clock
from trellis.cycles.models import Intervention
from trellis.demo import children, year
from trellis.demo.words import BY_NEED, OTHER
from trellis.ehc_requests.models import EhcPack, EhcRequest
from trellis.funding.models import FundingRequest
from trellis.hv.models import HvCase
from trellis.ledgers.models import Account
from trellis.moves.models import SchoolMove
from trellis.passports.models import Passport
from trellis.peps.models import IssuedSection, Pep
from trellis.pupils import access
from trellis.pupils.models import Pupil, SenStatus
from trellis.pupils.rules import upn_check_letter_agrees, upn_has_the_right_shape
from trellis.schooling.models import Suspension

DAY = date(2026, 11, 23)


def test_same_day_invents_the_same_children():
    assert children.invent(DAY) == children.invent(DAY)


def test_children_have_names_and_numbers_that_try_the_pages():
    invented = children.invent(DAY)

    assert len(invented) == 60
    assert all(upn_has_the_right_shape(c.upn) and upn_check_letter_agrees(c.upn) for c in invented)
    assert {"O’Neill", "D’Arcy", "الأحمد", "Li"} <= {c.last for c in invented}


def test_what_is_found_at_a_review_agrees_with_its_result():
    for need in (*BY_NEED.values(), OTHER):
        for aim in need.aims:
            found = [aim.found(result) for result in ("worse", "same", "some", "met", "exceeded")]
            assert len(set(found)) == 5
            assert (found[1], found[3]) == (aim.baseline, aim.target)


def test_a_year_happens_to_them(own_database):
    with transaction.atomic():
        built = year.build(DAY)

    with clock.at(DAY):
        today = SenStatus.objects.filter(during__contains=DAY)
        peps = list(Pep.objects.select_related("term"))
        assert Pupil.objects.count() == 60
        assert {one.status for one in today} == {"N", "K", "E"}
        assert len({one.primary_need for one in today} - {""}) >= 6
        assert {pep.state for pep in peps} == {"NOT_STARTED", "IN_PROGRESS", "SUBMITTED", "RETURNED", "SIGNED_OFF"}
        assert any(pep.is_late for pep in peps)
        assert any(pep.state == "NOT_STARTED" and pep.term.during.upper < DAY for pep in peps)
        assert set(SchoolMove.objects.values_list("state", flat=True)) == {"AWAITING_RECEIPT", "RECEIVED"}
        assert {pep.kept_elsewhere for pep in peps} == {"", "ePEP Online"}
        assert IssuedSection.objects.exists()
        assert {one.state for one in AdviceRequest.objects.all()} == {"SENT", "REPORTED"}
        assert {one.state for one in FundingRequest.objects.all()} == {"PAID", "DECLINED"}
        assert HvCase.objects.get().hours_account.balance == 600 - 90
        assert Suspension.objects.count() == 2
        assert Alert.objects.filter(pupil__in=Suspension.objects.values("pupil")).exists()
        assert EhcRequest.objects.get().received_on is not None
        assert "stays out of this version" not in str(EhcPack.objects.get(sent_on__isnull=False).document.snapshot)
        assert Passport.objects.count() >= 5
        for support in Intervention.objects.select_related("outcome__cycle__kept_by"):
            elsewhere = support.outcome.cycle.kept_by.code != "990102"
            assert elsewhere == (support.deliverer != "Tia Brennan")
        assert all(a.balance == sum(e.amount for e in a.entries.all()) for a in Account.objects.all())
        assert [p for p in Pupil.objects.all() if access.differences(p) != ([], [])] == []
        seen = Pupil.objects.visible_to(built.cast.nobody)
        assert {p.name for p in seen} >= {"Jordan Vale"}
        assert not seen.filter(pk__in=Pupil.objects.visible_to(built.cast.vic)).exists()
