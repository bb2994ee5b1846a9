"""Passports as pages and paper show them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from trellis.calendar.queries import half_a_term_after
from trellis.conduct import clock
from trellis.cycles.models import OPEN_STATES, Adjustment, Outcome
from trellis.design.in_words import full_date
from trellis.organisations.models import School
from trellis.passports.models import Passport
from trellis.passports.rules import BOX, BOXES, tidy
from trellis.people.models import User
from trellis.pupils.models import Pupil, SchoolPlace
from trellis.pupils.queries import year_in_words
from trellis.voices.models import View, Whose

TITLE = "Pupil passport"
SCHEMA = 1


def current_passport(pupil: Pupil) -> Passport | None:
    """The version that stands, agreed with the pupil."""
    return Passport.objects.current().filter(pupil=pupil).with_names().first()


def draft_of(pupil: Pupil) -> Passport | None:
    return Passport.objects.drafts().filter(pupil=pupil).with_names().first()


def versions_of(pupil: Pupil, user: User) -> list[Passport]:
    """Every agreed version that this person may read, the newest first."""
    return list(Passport.objects.readable_by(user).filter(pupil=pupil).with_names().order_by("-number"))


def words_of(passport: Passport) -> dict[str, str]:
    return {box.name: getattr(passport, box.name) for box in BOXES}


@dataclass(frozen=True)
class BoxShown:
    """A box that says something, line by line."""

    name: str
    title: str
    lines: list[str]


def boxes_of(passport: Passport) -> list[BoxShown]:
    words = words_of(passport)
    return [BoxShown(box.name, box.title, words[box.name].splitlines()) for box in BOXES if words[box.name]]


def empty_boxes(passport: Passport) -> list[str]:
    words = words_of(passport)
    return [box.title for box in BOXES if not words[box.name]]


def in_short(passport: Passport) -> list[tuple[str, str]]:
    """Three lines for the record's first page: what helps, what makes it worse, the signal."""
    lines = [(BOX[name].title, getattr(passport, name)) for name in ("helps", "makes_worse", "signal")]
    return [(title, words.replace("\n", ". ").replace("..", ".")) for title, words in lines if words]


# --- what the record says already ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """Words that stand in the record and may be taken into the passport."""

    key: str  # "outcome-17"
    box: str
    words: str
    source: str

    @property
    def goes_to(self) -> str:
        return BOX[self.box].title


def words_to_use(pupil: Pupil, user: User) -> list[Offered]:
    """From the plan the pupil's own words and the adjustments; from the pupil's views what they said, for those who
    may read them."""
    outcomes = Outcome.objects.readable_by(user).in_plan().filter(pupil=pupil, cycle__state__in=OPEN_STATES)
    adjustments = (
        Adjustment.objects.readable_by(user)
        .in_plan()
        .filter(pupil=pupil, outcome__cycle__state__in=OPEN_STATES, outcome__taken_out_on__isnull=True)
    )
    views = View.objects.visible_to(user).in_words().about(pupil.pk).filter(whose=Whose.PUPIL).order_by("-given_on")[:3]
    found = [
        *(
            Offered(f"outcome-{one.pk}", "working_on", tidy(one.pupils_words), f"From the plan: {one.statement}")
            for one in outcomes
            if one.pupils_words.strip()
        ),
        *(
            Offered(f"adjustment-{one.pk}", "helps", tidy(one.what), "From the plan: a reasonable adjustment")
            for one in adjustments
        ),
        *(
            Offered(f"view-{view.pk}", "matters", tidy(view.words), f"What they said on {full_date(view.given_on)}")
            for view in views
        ),
    ]
    return list({one.words: one for one in reversed(found)}.values())[
        ::-1
    ]  # the same words once, where they came first


# --- on paper --------------------------------------------------------------------------------------------------------


def school_of(pupil: Pupil, on: date) -> School | None:
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=on).select_related("school").first()
    return place.school if place else None


def review_due(school: School | None, looked_on: date) -> date:
    """Half a term after they last looked at it together."""
    return half_a_term_after(school.authority_code if school else "", looked_on)


def where_i_am(pupil: Pupil) -> str:
    """ "Year 4, Larch Primary"."""
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()
    year = place.year_group if place and place.year_group is not None else pupil.year_by_age
    return ", ".join([year_in_words(year), *([place.school.name] if place else [])])


def snapshot_of(passport: Passport) -> dict[str, Any]:
    """The page in words, under the first name only: it hangs in classrooms."""
    pupil = passport.pupil
    assert passport.agreed_on and passport.review_on  # it is printed when it is agreed
    return {
        "schema": SCHEMA,
        "title": TITLE,
        "pupil": pupil.first_name,
        "footer": (
            f"Agreed with {pupil.first_name} on {full_date(passport.agreed_on)}. "
            f"Look at it again by {full_date(passport.review_on)}. Version {passport.number}. "
            f"For adults who work with {pupil.first_name} today."
        ),
        "facts": [["Where I am", where_i_am(pupil)]],
        "sections": [
            {"name": box.name, "title": box.title, "by": "",
             "parts": [{"kind": "words", "words": "\n".join(box.lines)}]}
            for box in boxes_of(passport)
        ],
    }  # fmt: skip
