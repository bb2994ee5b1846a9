"""E-mails of the Highly Vulnerable framework: what to do and by when, never about whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from trellis.conduct import clock
from trellis.hv.models import HvCase
from trellis.hv.permissions import DECIDERS, PROPOSERS
from trellis.mail import actions as mail
from trellis.people.models import Membership, User
from trellis.people.roles import Role


@dataclass(frozen=True)
class Letter:
    """A subject and a body; ``{day}`` is the day by which something is to be done."""

    subject: str
    body: str


PROPOSED = Letter(
    "A school proposes a case for the Highly Vulnerable framework",
    "A school has proposed a child to your panel. The panel decides by {day}. If it cannot wait, you may award "
    "urgently on the page, and the panel confirms afterwards.",
)
ANSWERED = Letter(
    "A school has answered your panel",
    "The school has answered what the panel asked. The case waits for the panel again, to be decided by {day}.",
)
LOOK_AGAIN = Letter(
    "A child with an award has moved school: please look again",
    "A child with an award of the Highly Vulnerable framework has moved school. The award went along. Please decide "
    "whether it goes on or ends.",
)
AWARDED = Letter(
    "The Highly Vulnerable framework: help was awarded",
    "Help was awarded for a child whom your school proposed. The page says how much, of what, and until when.",
)
REFUSED = Letter(
    "The Highly Vulnerable framework: the panel decided, and names the next route",
    "The panel has decided about a child whom your school proposed. The page gives the reason and says where to go "
    "next.",
)
MORE_ASKED = Letter(
    "The Highly Vulnerable framework: the panel asks for more",
    "The panel needs to know more before it decides. Please read its question on the page and answer it there.",
)
CONFIRMED = Letter(
    "The Highly Vulnerable framework: the panel has looked at an urgent award",
    "The panel has looked at help that was awarded urgently. The page says whether anything changes from now on.",
)
EXTENDED = Letter(
    "The Highly Vulnerable framework: the award was extended", "An award was extended. It is reviewed by {day}."
)
GOES_ON = Letter(
    "The Highly Vulnerable framework: an award goes on at your school",
    "An award that came with a child to your school goes on. The page says what is left, and until when.",
)
ENDED = Letter(
    "The Highly Vulnerable framework: a case has ended",
    "A case has ended. The page says what it changed, and what stays in the school’s plan.",
)


def to_the_heads(case: HvCase, letter: Letter) -> None:
    """To whoever heads the Virtual School today."""
    members = Membership.objects.on(clock.today()).playing(*DECIDERS).filter(organisation=case.virtual_school_id)
    _write(case, letter, _users(members.values_list("user", flat=True)))


def to_the_school(case: HvCase, letter: Letter) -> None:
    """To those who lead for the child at the school, and to whoever proposed while they are still there."""
    staff = Membership.objects.on(clock.today()).filter(organisation=case.kept_by_id)
    leads = staff.playing(Role.SENCO, Role.DESIGNATED_TEACHER)
    proposer = staff.playing(*PROPOSERS).filter(user=case.proposed_by_id)
    _write(case, letter, _users({*leads.values_list("user", flat=True), *proposer.values_list("user", flat=True)}))


def _users(ids: Iterable[int]) -> list[User]:
    return list(User.objects.filter(pk__in=ids).order_by("pk"))


def _write(case: HvCase, letter: Letter, people: list[User]) -> None:
    day = case.awarded_until if case.is_awarded and not case.awaits_panel else case.decide_by
    for user in people:
        mail.write(
            to=user, subject=letter.subject, body=letter.body.format(day=f"{day:%A %-d %B %Y}"),
            path=case.get_absolute_url(), pupil_id=case.pupil_id,
        )  # fmt: skip
