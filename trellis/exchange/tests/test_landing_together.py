"""A list lands the same whether its children are brought in together or one after the other: every row of every table,
what triggers wrote, history and access."""

import csv
import io
import random
import re
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from trellis.conduct import clock
from trellis.exchange import samples
from trellis.exchange.models import ImportKind
from trellis.exchange.progress import Progress
from trellis.exchange.pupil_list import compare, landing
from trellis.exchange.pupil_list.kind import compare_again
from trellis.exchange.tests.test_actions import landed, preview
from trellis.peps import actions as peps
from trellis.peps.models import Pep
from trellis.pupils import access
from trellis.pupils.models import Access, ChildId, Pupil

LEFT_OUT = {"exchange", "procrastinate", "sessions", "contenttypes"}
SOURCES = {
    "school place": "pupils.schoolplace",
    "care episode": "pupils.careepisode",
    "professional": "pupils.namedprofessional",
}
OF_THEIR_OWN = {"pgh_id", "pgh_created_at", "pgh_context_id", "pgh_context"}


def one_by_one(made, comparison, *, by):
    """As a line lands that a person has answered about: each child for itself, by the actions of one child."""
    authority = made.virtual_school.authority
    schools = compare.schools_named(placing.child.school_urn for placing in comparison.placings)
    for placing in comparison.placings:
        if not placing.question:
            landing.land_line(placing, authority=authority, schools=schools, by=by)


def together(made, comparison, *, by):
    without_questions = compare.Comparison([p for p in comparison.placings if not p.question])
    landing.land_pupil_list(made, without_questions, by=by, progress=Progress.of(made))


def rows_brought_by(land, made, by):
    """What landing adds or changes, each row without its own number: numbers stand as whose row it is."""
    with taken_back():
        before = everything()
        comparison, _ = compare_again(made)
        land(made, comparison, by=by)
        connection.check_constraints()
        pupils = [number.pupil for number in ChildId.objects.select_related("pupil")]
        assert access.differences(*pupils) == ([], [])
        return everything() - before


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tables():
    return [m for m in apps.get_models() if m._meta.app_label not in LEFT_OUT and m._meta.managed]


def everything():
    """Every row there is, as often as it is there."""
    rows = {model: list(model._default_manager.order_by("pk").values()) for model in tables()}
    child_of = {n.pupil_id: f"child {n.child_id}" for n in ChildId.objects.all()}
    known_as = {Pupil: child_of | {p.pk: child_of.get(p.pk, f"pupil {p.pk}") for p in Pupil.objects.all()}}
    for model, theirs in rows.items():
        if model is not Pupil and model._meta.pk.name == "id":
            of_each = Counter()
            known_as[model] = {}
            for row in theirs:
                whose = known_as[Pupil].get(row.get("pupil_id"), row["id"])
                of_each[whose] += 1
                known_as[model][row["id"]] = f"{model._meta.db_table} {of_each[whose]} of {whose}"
    fields = {model: {field.attname: field for field in model._meta.concrete_fields} for model in rows}
    by_kind = {model._meta.label_lower: names for model, names in known_as.items()}

    def told(model, row):
        return (model._meta.db_table, *(f"{name}={whose(model, row, name)}" for name in sorted(row)))

    def whose(model, row, name):
        """The value, or in the place of a number whose row it is."""
        field, value = fields[model][name], row[name]
        if field.name in OF_THEIR_OWN or field.primary_key or (name == "id" and "pgh_id" in row):
            return "-"
        if name == "path":
            return re.sub(r"\d+", "#", value)
        if isinstance(field, models.ForeignKey):
            return known_as.get(field.related_model, {}).get(value, value)
        kind = {"pupil_id": "pupils.pupil", "subject_id": row.get("subject_kind"),
                "source_id": SOURCES.get(row.get("source_kind"))}.get(name)  # fmt: skip
        return by_kind[kind].get(value, value) if kind in by_kind else value

    return Counter(told(model, row) for model, theirs in rows.items() for row in theirs)


def both_ways(made, by):
    alone, many = rows_brought_by(one_by_one, made, by), rows_brought_by(together, made, by)
    assert list((alone - many).items())[:5] == list((many - alone).items())[:5] == []
    return many


# --- the lists of every day ------------------------------------------------------------------------------------------


@pytest.fixture
def schools(ours, lists):
    landed(ours, lists.schools, ImportKind.SCHOOLS)


def test_first_list_lands_the_same_together_as_one_by_one(ours, lists, schools):
    brought = both_ways(preview(ours, lists.week_1), ours.bea)

    number = len(lists.week_1.splitlines()) - 1
    assert sum(times for row, times in brought.items() if row[0] == "pupils_pupil") == number
    assert sum(times for row, times in brought.items() if row[0] == "peps_pep") > 0
    assert sum(times for row, times in brought.items() if row[0] == "history_entry") >= 5 * number


def test_second_list_lands_the_same_together_as_one_by_one(ours, lists, schools):
    landed(ours, lists.week_1)

    brought = both_ways(preview(ours, lists.week_2), ours.bea)

    assert sum(times for row, times in brought.items() if row[0] == "moves_schoolmove") > 0


def test_first_list_by_command_lands_the_same_together_as_one_by_one(ours, schools, lists):
    both_ways(preview(ours, lists.week_1), None)


def test_where_peps_are_kept_elsewhere_a_list_lands_the_same(ours, schools, lists):
    peps.agree_pep_policy(
        virtual_school=ours.virtual_school, since=date(2026, 9, 1), by=None, agreed_by="Vic", source="test",
        kept_elsewhere="ePEP Online",
    )  # fmt: skip

    brought = both_ways(preview(ours, lists.week_1), ours.bea)

    assert any("needs its SEND section" in word for row in brought for word in row)


def test_september_list_says_the_year_of_everybody_the_same_in_few_questions(ours, schools, lists):
    landed(ours, lists.week_1)
    rows = list(csv.DictReader(io.StringIO(lists.week_1.decode())))
    for row in rows:
        row["year_group"] = {"R": "1", "13": "12"}.get(row["year_group"], row["year_group"])
        row["year_group"] = str(int(row["year_group"]) + 1) if row["year_group"].isdecimal() else row["year_group"]
    made = preview(ours, samples.as_csv(rows, list(rows[0])))

    brought = both_ways(made, ours.bea)

    with CaptureQueriesContext(connection) as asked, taken_back():
        together(made, compare_again(made)[0], by=ours.bea)
    assert sum(times for row, times in brought.items() if row[0] == "history_entry") > len(rows) / 2
    assert len(asked) < 80


# --- lists of any shape ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_list_of_any_shape_lands_the_same_together_as_one_by_one(ours, seed):
    chance = random.Random(seed)
    lists = samples.make(seed=seed)
    landed(ours, lists.schools, ImportKind.SCHOOLS)
    rows = list(csv.DictReader(io.StringIO(lists.week_1.decode())))
    for row in rows:
        spoil(row, chance, ours)
    if seed % 2:
        landed(ours, samples.as_csv(rows[: len(rows) // 2]))

    brought = both_ways(preview(ours, samples.as_csv(rows)), chance.choice([ours.bea, None]))

    assert brought


def spoil(row, chance, ours):
    """What real lists hold besides: no school, care from today or from tomorrow on, a worker who has an account."""
    some_day = [clock.today() + timedelta(days=n) for n in (-40, -20, -3, 0, 4)]
    if chance.random() < 0.2:
        row["looked_after_since"] = chance.choice(some_day).isoformat()
    if chance.random() < 0.2:
        row["school_start"] = chance.choice(["", *(day.isoformat() for day in some_day)])
    if chance.random() < 0.1:
        row |= {"school_urn": "", "school_name": ""}
    if chance.random() < 0.1:
        row["upn"] = ""
    if chance.random() < 0.2:
        row |= {"social_worker": "Sol", "social_worker_email": chance.choice(["SOL@ours.example", "sol@ours.example"])}
    elif chance.random() < 0.1:
        row |= {"social_worker": "", "social_worker_email": ""}
    if chance.random() < 0.1:
        row["date_of_birth"] = date(2008, chance.randint(1, 12), 3).isoformat()
        row["year_group"] = ""


# --- what two do at one moment ---------------------------------------------------------------------------------------


def test_upn_taken_since_is_one_in_question_and_the_others_come_in(ours, schools, lists):
    made = preview(ours, lists.week_1)
    comparison, _ = compare_again(made)
    taken = next(placing.child for placing in comparison.placings if placing.child.upn)
    other = Pupil.objects.create(
        legal_first_name="Else", legal_last_name="Where", date_of_birth=date(2015, 1, 1), upn=taken.upn
    )

    together(made, comparison, by=ours.bea)

    held = Pupil.objects.filter(upn=taken.upn).order_by("pk")
    assert [(pupil.pk == other.pk, pupil.upn_in_question) for pupil in held] == [(True, False), (False, True)]
    assert ChildId.objects.count() == len(comparison.placings)


def test_named_worker_with_an_account_reads_who_came_in_together(ours, schools, lists):
    rows = list(csv.DictReader(io.StringIO(lists.week_1.decode())))[:40]
    for row in rows:
        row |= {"social_worker": "Sol", "social_worker_email": "Sol@Ours.example"}

    landed(ours, samples.as_csv(rows, list(rows[0])))

    came = ChildId.objects.values("pupil")
    assert Access.objects.filter(user=ours.sol, pupil__in=came).count() == len(rows)
    assert Pep.objects.filter(pupil__in=came).exists()
