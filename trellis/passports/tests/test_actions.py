import threading
from datetime import date

import pytest
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.cycles.tests import world as cycles
from trellis.documents.printing import to_pdf
from trellis.documents.tests.reading import opened, text_of, words_of
from trellis.history.models import Entry
from trellis.passports import actions, queries, rules
from trellis.passports.models import Passport, PassportState
from trellis.passports.rules import BOXES
from trellis.passports.tests import world as passports
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.voices import actions as voices


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def test_agree_freezes_the_page_and_sets_the_next_look(ours):
    passport = passports.agreed(ours)

    passport.refresh_from_db()
    assert (passport.state, passport.number, passport.agreed_on) == (PassportState.CURRENT, 1, passports.BEGUN)
    assert passport.review_on == date(2026, 11, 23)  # thirty school days later
    assert passport.document.snapshot["pupil"] == "Jordan"
    assert passport.document.snapshot["footer"] == (
        "Agreed with Jordan on 12 October 2026. Look at it again by 23 November 2026. Version 1. "
        "For adults who work with Jordan today."
    )
    assert Entry.objects.filter(subject_kind="passports.passport").latest("pk").sentence == (
        "Version 1 of the passport was agreed with Jordan by Tia: we talked it through."
    )


def test_agree_keeps_the_version_before_readable(ours):
    first = passports.agreed(ours)
    second = passports.agreed(ours, date(2026, 10, 30), helps="A blue card")

    first.refresh_from_db()
    assert (first.state, second.state, second.number) == (PassportState.SUPERSEDED, PassportState.CURRENT, 2)
    assert queries.current_passport(ours.jordan) == second
    assert queries.versions_of(ours.jordan, ours.tia) == [second, first]
    assert second.likes == first.likes  # a new version begins with the words of the last


@pytest.mark.parametrize(
    ("words", "more", "sentence"),
    [
        ({"helps": ""}, {}, rules.passport_says_what_helps.sentence),
        ({"matters": "My foster mum"}, {}, rules.passport_leaves_care_out.sentence),
        ({}, {"agreed_on": date(2026, 10, 13)}, rules.pupil_agreed_by_today.sentence),
        ({}, {"agreed_on": date(2026, 10, 11)}, rules.pupil_agreed_after_it_was_begun.sentence),
    ],
)
def test_agree_is_refused_when(ours, words, more, sentence):
    draft = passports.begin(ours, **words)

    with pytest.raises(Refused) as refused:
        passports.agree(ours, draft, **more)

    assert refused.value.sentence == sentence
    assert queries.current_passport(ours.jordan) is None


def test_agree_with_words_that_somebody_looked_through(ours):
    draft = passports.begin(ours, likes="Fostering puppies")

    assert passports.agree(ours, draft, looked_through=True).state == PassportState.CURRENT


def test_agree_and_write_are_closed_to_others(ours):
    draft = passports.begin(ours)

    for who in ("tia", "hana", "nia", "vic", "sol"):
        with pytest.raises(NotPermitted):
            passports.agree(ours, draft, by=who)
        with pytest.raises(NotPermitted):
            actions.write_passport(draft.pk, by=ours.people[who], seen=None, likes="x")


def test_agreed_words_are_never_changed(ours):
    passport = passports.agreed(ours)

    with pytest.raises(Refused):
        actions.write_passport(passport.pk, by=ours.sam, seen=None, likes="Cars")


def test_write_over_what_somebody_else_wrote_is_a_conflict(ours):
    draft = passports.begin(ours)

    with pytest.raises(Conflict):
        actions.write_passport(draft.pk, by=ours.osei, seen=draft.version - 1, likes="Cars")


@pytest.mark.parametrize("typed", ["x" * 161, "a\nb\nc\nd\ne\nf\ng"])
def test_write_more_than_fits_is_refused_at_its_box(ours, typed):
    draft = passports.begin(ours)

    with pytest.raises(Refused) as refused:
        actions.write_passport(draft.pk, by=ours.sam, seen=None, likes=typed)

    assert refused.value.field == "likes"


def test_start_takes_what_was_chosen_from_plan_and_views(ours):
    _, outcome, _, adjustment, _ = cycles.under_way(ours)
    view = voices.write_down_view(
        ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), whose="pupil", told_to="Tia", given_on=world.DAY,
        words="Say my name first.",
    )  # fmt: skip
    chosen = [f"outcome-{outcome.pk}", f"adjustment-{adjustment.pk}", f"view-{view.pk}"]

    draft = actions.start_passport(ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), take=chosen)

    assert (draft.working_on, draft.helps, draft.matters) == (
        "I want to be in maths with everyone.", "A way out and back", "Say my name first.",
    )  # fmt: skip


def test_class_teacher_is_offered_no_views(ours):
    cycles.under_way(ours)
    voices.write_down_view(
        ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), whose="pupil", told_to="Tia", given_on=world.DAY,
        words="After family time I am sad.",
    )  # fmt: skip

    assert {one.key.partition("-")[0] for one in queries.words_to_use(ours.jordan, ours.osei)} == {
        "outcome", "adjustment",
    }  # fmt: skip


def test_start_twice_makes_one_draft(ours):
    key = Key.fresh(ours.sam)
    first = actions.start_passport(ours.jordan.pk, by=ours.sam, key=key)

    assert actions.start_passport(ours.jordan.pk, by=ours.sam, key=key) == first
    with pytest.raises(Refused):
        actions.start_passport(ours.jordan.pk, by=ours.osei, key=Key.fresh(ours.osei))


def test_confirm_moves_the_next_look_on(ours):
    passport = passports.agreed(ours)

    actions.confirm_passport(passport.pk, by=ours.osei, seen=None, looked_on=world.DAY, looked_with="Mr Osei")

    passport.refresh_from_db()
    assert (passport.looked_at_on, passport.review_on) == (world.DAY, date(2026, 12, 14))


def test_set_aside_lets_another_version_begin(ours):
    current = passports.agreed(ours)
    draft = passports.begin(ours, world.DAY)

    actions.set_aside_passport(draft.pk, by=ours.sam)

    assert (queries.current_passport(ours.jordan), queries.draft_of(ours.jordan)) == (current, None)
    assert passports.begin(ours, world.DAY).pk != draft.pk


def test_hand_over_carries_the_passport_and_gives_the_draft_to_the_new_school(ours):
    current, draft = passports.agreed(ours), passports.begin(ours, world.DAY)
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)

    carried = actions.hand_over(
        ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.vic
    )

    assert carried == [
        "The pupil passport, version 1: look at it with Jordan by 16 November 2026, the key adult and the way out may "
        "be others now",
        "A draft of the pupil passport, not agreed with the pupil yet",
    ]
    taken_on = queries.draft_of(ours.jordan)
    assert (taken_on.written_for_id, queries.words_of(taken_on)) == (ours.next_school.pk, queries.words_of(draft))
    actions.write_passport(taken_on.pk, by=ours.nia, seen=None, likes="Cars")
    second = passports.agree(ours, taken_on, world.DAY, by="nia", agreed_with="Nia")
    assert queries.versions_of(ours.jordan, ours.nia) == [second, current]
    assert queries.versions_of(ours.jordan, ours.sam) == [current]
    assert queries.versions_of(ours.jordan, ours.tia) == []


def test_hand_over_without_a_passport_carries_nothing(ours):
    told = {"from_school": ours.school, "to_school": ours.next_school, "on": world.DAY, "by": None}

    assert actions.hand_over(ours.jordan, **told) == []


# --- on paper --------------------------------------------------------------------------------------------------------


def told_by(snapshot):
    """What must be read on the page; its title is the file's, the label of the school is not printed."""
    return words_of({**snapshot, "title": "", "facts": [value for _, value in snapshot["facts"]]})


def longest(limit):
    """As many wide letters as a box takes, on as many lines as it takes."""
    line = "W" * (limit // rules.MOST_LINES - 1)
    return "\n".join([line] * rules.MOST_LINES)


def test_passport_is_one_page_however_long_its_words(ours):
    ours.jordan.preferred_first_name = "Maximilian-Bartholomew-Alexander"
    ours.jordan.save()
    passport = passports.agreed(ours, **{box.name: longest(box.limit) for box in BOXES})

    pdf = opened(bytes(passport.document.renditions.get().bytes))

    assert len(pdf.pages) == 1
    assert [word for word in told_by(passport.document.snapshot) if word not in text_of(pdf)] == []


def test_short_passport_says_every_word_and_is_accessible(ours):
    passport = passports.agreed(ours)

    pdf = opened(to_pdf("passport", passport.document.snapshot))

    assert [word for word in told_by(passport.document.snapshot) if word not in text_of(pdf)] == []
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfuaid:part"], metadata["dc:title"]) == ("1", "Pupil passport: Jordan")


def test_two_at_once_begin_one_draft(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
    start, told = threading.Barrier(2), []

    def press(who):
        try:
            with clock.at(world.DAY):
                start.wait(timeout=10)
                actions.start_passport(ours.jordan.pk, by=who, key=Key.fresh(who))
                told.append("made")
        except Refused:
            told.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[who]) for who in (ours.sam, ours.osei)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (sorted(told), Passport.objects.count()) == (["made", "refused"], 1)
