"""E-mails of emergency outreach: what to do and by when, never about whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from trellis.conduct import clock
from trellis.design.in_words import clock_time
from trellis.mail import actions as mail
from trellis.outreach.models import OutreachCase
from trellis.people.models import Membership, User
from trellis.people.roles import Role


@dataclass(frozen=True)
class Letter:
    """A subject and a body; ``{answer}`` is the moment of the answer, ``{day}`` the day of what comes next."""

    subject: str
    body: str


RAISED = Letter(
    "A school asks for emergency outreach: answer by {answer}",
    "A school asks for outreach, because a child’s place there may be at risk. Please accept, or name the right way "
    "instead, by {answer}.",
)
ACCEPTED = Letter(
    "Outreach is coming", "Outreach was accepted. You will hear from the outreach teacher by {day}; the page says who."
)
REDIRECTED = Letter(
    "Your request for outreach was answered",
    "Outreach is not the right way this time. The page says why, which way is right, and what to do next.",
)
MOVED = Letter(
    "A child whom outreach supports has moved school",
    "Outreach goes on at the new school. Please make contact there, and look at the plan with them.",
)
CLOSED = Letter(
    "Outreach has closed", "Outreach has closed. The page says what changed, and what the school goes on with."
)


def to_outreach(case: OutreachCase, letter: Letter) -> None:
    """To the teacher who has the case; before that to every outreach teacher, or to the head where there is none."""
    if case.taken_by_id is not None:
        _write(case, letter, [case.taken_by_id])
        return
    there = Membership.objects.on(clock.today()).filter(organisation=case.virtual_school_id)
    for role in (Role.OUTREACH_TEACHER, Role.VIRTUAL_SCHOOL_HEAD):
        if people := set(there.playing(role).values_list("user", flat=True)):
            _write(case, letter, people)
            return


def to_the_school(case: OutreachCase, letter: Letter) -> None:
    """To SENCO and designated teacher, and to whoever asked while they are still there."""
    staff = Membership.objects.on(clock.today()).filter(organisation=case.kept_by_id)
    leads = staff.playing(Role.SENCO, Role.DESIGNATED_TEACHER).values_list("user", flat=True)
    asked = staff.filter(user=case.raised_by_id).values_list("user", flat=True)
    _write(case, letter, {*leads, *asked})


def _write(case: OutreachCase, letter: Letter, user_ids: Iterable[int]) -> None:
    due = case.answer_due_at
    answer = f"{clock_time(due)} on {due.astimezone(clock.LONDON):%A %-d %B}"
    day = f"{case.due_on:%A %-d %B}" if case.due_on else ""
    for user in User.objects.filter(pk__in=set(user_ids)).order_by("pk"):
        mail.write(
            to=user, subject=letter.subject.format(answer=answer, day=day),
            body=letter.body.format(answer=answer, day=day), path=case.get_absolute_url(), pupil_id=case.pupil_id,
        )  # fmt: skip
