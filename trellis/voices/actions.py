"""Writing down what somebody said. There is no way to change it afterwards."""

from datetime import date

from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import lock
from trellis.conduct.refusals import require
from trellis.conduct.rules import check
from trellis.history import actions as history
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.pupils.models import Pupil
from trellis.voices import permissions, rules
from trellis.voices.models import Answered, How, View, Whose


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
