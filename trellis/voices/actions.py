"""Writing down what somebody said, and asking for it by link. There is no way to change it afterwards."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import require
from trellis.conduct.rules import check
from trellis.design.in_words import long_date
from trellis.history import actions as history
from trellis.links import actions as links
from trellis.links.models import PersonalLink
from trellis.mail import actions as mail
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.pupils.models import Pupil
from trellis.voices import permissions, queries, rules
from trellis.voices.models import Answered, How, View, ViewAnswer, ViewAsked, ViewPolicy, Whose, Worry
from trellis.voices.questions import set_for

PURPOSE = "view"
ANSWERED, TO_BE_READ = "Somebody you asked for a view has answered", "A view has come and waits to be read"
READ_NOW = (
    "Somebody who was asked for a view wrote that they are worried about something. You are told because you keep the "
    "child safe. Read it now, and do what your safeguarding policy says. Do not answer by e-mail."
)
RING_NOW = (
    "Somebody who was asked for a view about a child you are the social worker of wrote that they are worried about "
    "something. You have no account here to read it with: ring {names} now, who can. Do not answer by e-mail."
)


@transaction.atomic
def write_down_view(
    pupil_id: int, *, by: User, key: Key, whose: str, told_to: str, given_on: date, words: str = "",
    how: str = How.TALKED, answered: str = Answered.GAVE, written_for: Organisation | None = None,
) -> View:  # fmt: skip
    """Keep what somebody said, word for word, typed for them by ``by``; or that they did not want to say."""
    pupil = lock(Pupil, pupil_id)
    written_for = written_for or by.organisation
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_write_down_view(by, pupil))
    assert written_for is not None  # whoever may do this works somewhere
    facts = rules.ViewFacts(words, answered, how, told_to, given_on)
    check(
        rules.view_has_words_or_says_why_not(facts),
        rules.view_says_who_heard_it(facts),
        rules.view_was_given_by_today(facts, clock.today()),
    )
    view = View.objects.create(
        pupil=pupil, written_for=written_for, whose=whose, words=words, told_to=told_to, how=how,
        answered=answered, given_on=given_on, typed_by=by, typed_at=clock.now(),
    )  # fmt: skip
    history.record(view, by, f"Wrote down the {Whose(whose).label.lower()}’s view.")
    key.made(view)
    return view


# --- asking by personal link ---------------------------------------------------------------------------------------


@transaction.atomic
def ask_view(pupil_id: int, *, by: User, key: Key, whose: str, name: str, email: str, due_on: date) -> ViewAsked:
    """Ask somebody for their view by personal link. What they answer waits until a named adult has read it."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_ask_view(by, pupil))
    assert by.organisation is not None  # whoever may do this works somewhere
    days, today = link_days(pupil), clock.today()
    open_already = ViewAsked.objects.not_answered().filter(pupil=pupil, whose=whose, email__iexact=email)
    facts = rules.AskFacts(
        due_on, today, today + timedelta(days=days), queries.is_barred(pupil, email), open_already.exists()
    )
    check(
        rules.asked_person_may_be_contacted(facts),
        rules.asked_person_has_no_open_link(facts),
        rules.answer_is_due_while_the_link_works(facts),
    )
    questions = set_for(whose, pupil.age)
    asked = ViewAsked.objects.create(
        pupil=pupil, written_for=by.organisation, whose=whose, name=name, email=email, due_on=due_on,
        question_set=questions.name, set_version=questions.version, asked_by=by, asked_at=clock.now(),
    )  # fmt: skip
    _send_link(asked, by)
    history.record(asked, by, f"Asked {asked.whose_in_words} for a view, by personal link.")
    key.made(asked)
    return asked


@transaction.atomic
def ask_again(asked_id: int, *, by: User, seen: int | None = None) -> ViewAsked:
    """Send a new link; the one before does not work any more."""
    asked = lock(ViewAsked, asked_id)
    unchanged(asked, seen)
    require(permissions.can_ask_view(by, asked.pupil))
    rules.ASKING.require("asked again", asked)
    today = clock.today()
    last_day = today + timedelta(days=link_days(asked.pupil))
    due_on = min(max(asked.due_on, today + timedelta(days=3)), last_day)
    is_barred = queries.is_barred(asked.pupil, asked.email)
    check(rules.asked_person_may_be_contacted(rules.AskFacts(due_on, today, last_day, is_barred)))
    _take_links_back(asked, by)
    rules.ASKING.move("asked again", asked, due_on=due_on)
    _send_link(asked, by)
    history.record(asked, by, f"Sent {asked.whose_in_words} another link to give a view.")
    return asked


@transaction.atomic
def take_back(asked_id: int, *, by: User, seen: int | None = None) -> ViewAsked:
    """Ask no more: the link does not work any longer."""
    asked = lock(ViewAsked, asked_id)
    unchanged(asked, seen)
    require(permissions.can_ask_view(by, asked.pupil))
    rules.ASKING.move("taken back", asked)
    _take_links_back(asked, by)
    history.record(asked, by, f"No longer asks {asked.whose_in_words} for a view.")
    return asked


@transaction.atomic
def take_back_when_care_ends(pupil: Pupil, by: Any) -> None:
    """A carer and a social worker were asked as those who looked after the child: when they no longer do, their links
    do not work any more. Parents and the pupil may still answer."""
    waiting = ViewAsked.objects.filter(pupil=pupil, whose__in=(Whose.CARER, Whose.SOCIAL_WORKER)).not_answered()
    for asked in waiting.order_by("pk"):
        rules.ASKING.move("taken back", asked)
        _take_links_back(asked, by)
        history.record(asked, by, f"No longer asks {asked.whose_in_words} for a view, since the care changed.")


@transaction.atomic
def give_view(link: PersonalLink, *, parts: list[list[str]]) -> ViewAsked:
    """Somebody without an account gives their view: [[question, answer], …]. It waits to be read."""
    check(rules.answer_says_something(parts))
    return _answered(link, Answered.GAVE, parts)


@transaction.atomic
def decline_view(link: PersonalLink) -> ViewAsked:
    """Not wanting to say is an answer."""
    return _answered(link, Answered.DECLINED, [])


def _answered(link: PersonalLink, answered: str, parts: list[list[str]]) -> ViewAsked:
    asked = lock(ViewAsked, link.subject_id)
    links.use_up(link.pk)
    ViewAnswer.objects.create(asked=asked, answered=answered, parts=parts, given_at=clock.now())
    rules.ASKING.move("answered", asked)
    what = "gave a view" if answered == Answered.GAVE else "did not want to give a view"
    history.record(asked, None, f"{asked.whose_in_words} {what}, by personal link. Nobody has read it yet.")
    for reader in queries.readers_now(asked):
        mail.write(
            to=reader, subject=ANSWERED if reader == asked.asked_by else TO_BE_READ, path=asked.get_absolute_url(),
            body="Read what they said. Then it becomes part of the record.", pupil_id=asked.pupil_id,
        )  # fmt: skip
    return asked


@transaction.atomic
def send_worry(link: PersonalLink, *, worry: str) -> Worry:
    """Tell those who keep the child safe, now; the questions may be answered after, or have been. Sent twice, told
    once."""
    asked = lock(ViewAsked, link.subject_id)
    link.refresh_from_db()
    if not (link.is_open or link.used_at):
        raise links.LinkHasRunOut
    check(rules.worry_says_something(worry))
    return _tell(asked, worry)


def _tell(asked: ViewAsked, words: str) -> Worry:
    """Keep a worry and write at once to those who keep the child safe."""
    if before := asked.worries.filter(words=words).first():
        return before  # type: ignore[no-any-return]
    told = queries.told_of_worries(asked)
    read_here = " or ".join(one.name for one in told if one.user)
    worry = Worry.objects.create(
        pupil=asked.pupil, written_for=asked.written_for, asked=asked, words=words, said_at=clock.now(),
        told=" and ".join(one.name for one in told)[:400], told_users=[one.user.pk for one in told if one.user],
    )  # fmt: skip
    history.record(worry, None, f"{asked.whose_in_words} is worried about something. Told at once: {worry.told}.")
    for one in told:
        mail.write(
            to=one.user or one.email, subject="Read now: somebody is worried about something",
            body=READ_NOW if one.user else RING_NOW.format(names=read_here),
            path=worry.get_absolute_url() if one.user else "", pupil_id=asked.pupil_id,
        )  # fmt: skip
    return worry


@transaction.atomic
def read_view(asked_id: int, *, by: User, seen: int | None = None) -> View:
    """A named adult has read what came back: now it is a view of the record, word for word."""
    asked = lock(ViewAsked, asked_id)
    unchanged(asked, seen)
    require(permissions.can_ask_view(by, asked.pupil))
    rules.ASKING.require("read", asked)
    assert by.organisation is not None
    answer = asked.answer
    view = View.objects.create(
        pupil=asked.pupil, written_for=by.organisation, whose=asked.whose, answered=answer.answered,
        words=answer.words, told_to=str(by), how=How.WROTE, given_on=answer.given_on, typed_by=None,
        typed_at=answer.given_at,
    )  # fmt: skip
    rules.ASKING.move("read", asked, read_by=by, view=view)
    history.record(view, by, f"Read the {asked.get_whose_display().lower()}’s view, given by personal link.")
    return view


@transaction.atomic
def read_worry(worry_id: int, *, by: User) -> Worry:
    """Say that one has read a worry and acts on it. What is done about it is kept by safeguarding, not here."""
    worry = lock(Worry, worry_id)
    require(permissions.can_read_worry(by, worry))
    if worry.read_at is None:
        change(worry, read_by=by, read_at=clock.now())
        history.record(worry, by, "Read the worry and acts on it.")
    return worry


def link_days(pupil: Pupil) -> int:
    return ViewPolicy.objects.link_days(queries.looked_after_by(pupil), clock.today())


def _send_link(asked: ViewAsked, by: User) -> None:
    asker = queries.asker_as_told_to(asked, by)
    links.issue(
        purpose=PURPOSE, subject=asked, pupil_id=asked.pupil_id, name=asked.name, email=asked.email,
        days=link_days(asked.pupil), by=by, mail_subject="We would like to hear from you",
        mail_body=f"{asker} would like to know what you think about how school is going. It takes about five minutes, "
        f"on a telephone too. Skip whatever you like; you may also say that you do not want to answer.\n\n"
        f"Please answer by {long_date(asked.due_on, clock.today())}.",
    )  # fmt: skip


def _take_links_back(asked: ViewAsked, by: Any) -> None:
    for link in PersonalLink.objects.about(asked).open():
        links.revoke(link.pk, by=by)
