"""Nobody: a SENCO in the other authority, whose own pupil is called just as ours and was born on the same day."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from journeys import jordan
from sweep.walk import NO_SUCH_ID, add_all_rows, addresses
from trellis.pupils.rules import upn_check_letter

UPN = upn_check_letter("?330712041907") + "330712041907"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w*"')
ABOUT_OURS = ("Larch", "Midshire", "Tia", jordan.CARER, jordan.SOCIAL_WORKER, UPN)


@pytest.fixture
def ours(own_demo):
    """Jordan of Larch with everything there can be about a child: cycles, PEPs, documents, a move."""
    return add_all_rows(jordan.of_larch(own_demo, upn=UPN))


def adds_a_pupil_of_the_same_name(nobody):
    nobody.goes_to("/pupils/").sees("Pupils").presses("Add a pupil").sees("Add a pupil")
    nobody.types("Legal first name", "Jordan").types("Legal last name", "Vale")
    nobody.enters_date("Date of birth", jordan.BORN).enters_date("First day at the school", date(2022, 9, 5))
    nobody.chooses("SEN support", group="SEN status")
    nobody.picks("Main type of need", "Speech, language and communication needs (SLCN)")
    nobody.presses("Add this pupil").sees("Jordan Vale").reads("Jordan is added.")


def answer(nobody, method, path):
    """Status and body, but for the tokens that differ with every page."""
    form = {"csrfmiddlewaretoken": token_of(nobody)} if method == "POST" else None
    got = nobody.page.request.fetch(nobody.base + path, method=method, form=form, max_redirects=0)
    return got.status, TOKEN.sub(b"", got.body())


def token_of(nobody):
    return nobody.page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")


def test_nobody_finds_nothing_of_ours(person, ours):
    nobody = person("nobody").reads("No pupils yet")
    adds_a_pupil_of_the_same_name(nobody)
    nobody.reads_nothing_of("Is this the same child?", *ABOUT_OURS)

    # the list, and each search, know one Jordan only
    nobody.goes_to("/pupils/").sees("Pupils").reads("1 pupil, most urgent first")
    for words in ("Jordan Vale", "vale jor", "3/3/2018", "03.03.2018"):
        nobody.searches_for(words).sees("Pupils").reads("1 pupil found").reads_nothing_of(*ABOUT_OURS)
    for words in (UPN, UPN.lower(), jordan.CARER, "Larch"):
        nobody.searches_for(words).sees("Pupils").reads("Nobody found")

    # their own works
    nobody.searches_for("Jordan Vale").follows("Jordan Vale").sees("Jordan Vale").follows("Go to the cycle")
    nobody.presses("Start a cycle").presses("Start a cycle").sees("Assess").presses("Add what you know")
    nobody.types("What do they say?", "Points at what he wants.").presses("Add to the assessment").sees("Assess")
    nobody.reads("Points at what he wants.").reads_nothing_of("Leaves when work is written")
    nobody.goes_to("/my-week/").sees("My week").reads("Jordan Vale").reads_nothing_of(*ABOUT_OURS)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_of_ours_answers_as_if_it_did_not_exist(person, ours, method):
    nobody = person("nobody").goes_to("/pupils/")
    wrong = {}
    for address in addresses():
        if not address.ids or not address.door.signed_in:  # a personal link opens to whoever holds it
            continue
        of_ours = answer(nobody, method, address.path(ours.rows))
        of_none = answer(nobody, method, address.path(dict.fromkeys(address.ids, NO_SUCH_ID)))
        plays = address.door.roles is None or ours.nobody.plays(address.door.roles)
        status, expected = of_ours[0], 404 if plays else 403
        if of_ours != of_none or status not in {expected, 405}:
            wrong[address.name] = (status, of_none[0], expected)
    assert wrong == {}


def test_who_looked_at_ours_is_never_nobody(person, ours):
    nobody, dee = person("nobody"), person("dee")
    for path in (ours.jordan.get_absolute_url(), f"/cycles/{ours.rows['cycle_id']}/"):
        nobody.goes_to(path).sees("Page not found")

    dee.goes_to(f"/pupils/{ours.jordan.pk}/who-looked/").sees("Who looked").reads_nothing_of("Noor Body")
    expect(dee.main).not_to_contain_text("Birch Hill")
