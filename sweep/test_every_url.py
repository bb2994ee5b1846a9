"""Every address, every person, our row and the twin's."""

import re

import pytest
from django.urls import reverse

from sweep.walk import NO_SUCH_ID, addresses, ask, sees

ADDRESSES = list(addresses())
IDS = [pytest.param(address, id=address.name) for address in ADDRESSES]
UNTOLD = re.compile(rb'name="(csrfmiddlewaretoken|one_time_key)" value="[^"]*"|csrfmiddlewaretoken[^>]*')


def cast(worlds):
    ours, twin = worlds
    yield from ours.people.items()
    yield "nobody", twin.people["sam"]
    yield "vic of the other authority", twin.people["vic"]


@pytest.mark.parametrize("address", IDS)
def test_address_says_to_whom_it_opens_and_has_rows(worlds, address):
    assert address.door is not None, f"{address.route} has no door: opens_to(…) beside its path()"
    for world in worlds:
        missing = set(address.ids) - set(world.rows)
        assert not missing, f"no tests/world.py makes {missing} for {address.route}"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("address", IDS)
def test_address_answers_each_of_the_cast_as_access_says(worlds, address, method):
    ours, twin = worlds
    opened = not address.door.signed_in
    for who, user in cast(worlds):
        asked = ask(user, who, address, address.path(ours.rows), method)
        status = asked.response.status_code
        opened = opened or status in {200, 302, 400, 405, 409}
        assert status < 500, str(asked)
        if not address.door.signed_in:
            continue
        if address.door.roles is not None and not user.plays(address.door.roles):
            assert status == 403, f"{asked}, wrong role"
        elif address.door.level and not sees(user, ours.jordan, address.door.level):
            assert status in {404, 405}, f"{asked}, may not see this pupil"
        elif address.door.level:
            assert status in {200, 302, 400, 403, 405, 409}, f"{asked}, sees this pupil"
        assert_looks_are_logged(asked, *((ours, twin) if user in ours.people.values() else (twin, ours)))
    assert opened, f"nobody of the cast can open {address.route}"


def assert_looks_are_logged(asked, own, other):
    """An answer that holds Jordan's name has an access row for this world's Jordan, and none for the twin."""
    if asked.response.status_code == 200 and own.jordan.name in asked.text:
        assert own.jordan.pk in asked.logged, f"{asked} shows {own.jordan.name} and logs no look"
    assert other.jordan.pk not in asked.logged, f"{asked} showed the other authority's pupil"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("address", [pytest.param(a, id=a.name) for a in ADDRESSES if a.ids])
def test_twins_row_answers_like_one_that_does_not_exist(worlds, address, method):
    ours, twin = worlds
    for who, user in ours.people.items():
        theirs = ask(user, who, address, address.path(twin.rows), method)
        nothing = ask(user, who, address, address.path(dict.fromkeys(address.ids, NO_SUCH_ID)), method)
        assert theirs.response.status_code == nothing.response.status_code, str(theirs)
        assert theirs.response.status_code in {403, 404, 405}, str(theirs)
        assert UNTOLD.sub(b"", theirs.response.content) == UNTOLD.sub(b"", nothing.response.content), str(theirs)
        assert theirs.logged == set()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("address", IDS)
def test_signed_out_goes_to_sign_in(worlds, address, method):
    ours, _ = worlds
    asked = ask(None, "someone signed out", address, address.path(ours.rows), method)

    if address.door.signed_in:
        assert (asked.response.status_code, asked.response.url.split("?")[0]) == (302, reverse("account_login"))
    assert ours.jordan.name not in asked.text
