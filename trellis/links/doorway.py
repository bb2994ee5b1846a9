"""What a browser holds after it opened a personal link: the link's number, for an hour, in the session.

It needs no account and touches none: a signed-in person may answer a link too. Several links may be open at once,
in several tabs; each has its own address, so an answer never goes to the other question.
"""

from django.http import HttpRequest

from trellis.conduct import clock
from trellis.links.models import PersonalLink

SESSION_KEY = "personal_links"
SECONDS_OPEN = 60 * 60


def let_in(request: HttpRequest, link: PersonalLink) -> None:
    """Remember the link in the session, under a new session id: one that somebody planted before is worth nothing."""
    now = clock.now().timestamp()
    held = {number: until for number, until in request.session.get(SESSION_KEY, {}).items() if until > now}
    request.session[SESSION_KEY] = held | {str(link.pk): now + SECONDS_OPEN}
    request.session.cycle_key()


def held_link(request: HttpRequest, link_id: int) -> PersonalLink | None:
    """The link of this number, if this browser opened it within the hour; used or not."""
    until = request.session.get(SESSION_KEY, {}).get(str(link_id), 0)
    if until <= clock.now().timestamp():
        return None
    return PersonalLink.objects.select_related("issued_by").filter(pk=link_id).first()
