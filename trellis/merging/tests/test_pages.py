import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.history.models import Look
from trellis.merging.models import SameChild
from trellis.merging.tests.test_actions import MOVED_ON, UPN, confirmed, together
from trellis.merging.tests.world import PARTICULARS, add_second, question_of
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.rules import upn_check_letter
from trellis.pupils.tests import world

VARIES = re.compile(rb'name="[a-z_]*(token|key)[a-z_]*" value="[^"]*"|csrfmiddlewaretoken[^>]*|/pupils/\d+|[A-Z]\d{12}|'
                    rb'value="\d+"')  # fmt: skip


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        built = world.ours()
        pupils.replace_upn(built.jordan.pk, by=None, upn=UPN)
        built.jordan.refresh_from_db()
        yield built


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def _valid(digits):
    return upn_check_letter(f"A{digits}") + digits


def adds(ours, upn, last_name="Vale"):
    """What Nia is shown when she adds a pupil, without what differs from any page to the next."""
    client = signed_in(ours.nia)
    born = PARTICULARS["date_of_birth"]
    typed = {
        "school": ours.next_school.pk, "legal_first_name": "Jordan", "legal_last_name": last_name, "upn": upn,
        "date_of_birth_day": born.day, "date_of_birth_month": born.month, "date_of_birth_year": born.year, "sex": "M",
        "started_on_day": 12, "started_on_month": 10, "started_on_year": 2026, "status": "N",
    }  # fmt: skip
    answer = client.post(reverse("add_pupil"), typed)
    assert answer.status_code == 302
    pages = [client.get(answer.url)]
    pupil = Pupil.objects.latest("pk")
    for name in ("people_around", "timeline"):
        pages.append(client.get(reverse(name, args=[pupil.pk])))
    pages += [client.get(reverse(name)) for name in ("my_week", "same_children")]
    return [(page.status_code, VARIES.sub(b"", page.content)) for page in pages]


def test_add_answers_the_same_bytes_whether_the_pupil_is_known_or_not(ours):
    from django.db import transaction

    shown = []
    for upn, born in ((UPN, None), (_valid("890000118002"), date(2018, 3, 4))):
        with transaction.atomic():
            if born:
                pupils.correct_particulars(ours.jordan.pk, by=None, date_of_birth=born)
            shown.append(adds(ours, upn))
            assert SameChild.objects.exists() == (born is None)
            transaction.set_rollback(True)

    assert shown[0] == shown[1]
    assert b"We are checking with others whether this pupil has a record already." in shown[0][0][1]


def test_question_shows_those_who_keep_the_record_what_was_written_and_nothing_else(ours):
    second = add_second(ours, upn=UPN, ethnicity="Only hers to read")
    page = signed_in(ours.sam).get(question_of(second).get_absolute_url()).content.decode()

    assert "Jordan-Lee Vale" in page
    assert "Rowan Primary 990" in page
    assert "Only hers to read" not in page
    assert signed_in(ours.nia).get(question_of(second).get_absolute_url()).status_code == 404


def test_whoever_asked_is_not_told_by_the_access_log_that_somebody_compares(ours):
    second = add_second(ours, upn=UPN)
    for page in (question_of(second).get_absolute_url(), reverse("same_children")):
        assert signed_in(ours.sam).get(page).status_code == 200

    page = signed_in(ours.nia).get(reverse("who_looked", args=[second.pk])).content.decode()

    assert "Sam Ours" not in page
    assert Look.objects.at_pupil(ours.jordan.pk).filter(by=ours.sam).count() == 2


def test_confirm_by_the_page_moves_the_pupil_and_says_so(ours):
    second = add_second(ours, upn=UPN)
    question = question_of(second)
    client = signed_in(ours.sam)

    typed = {"answer": "moved", "on_day": "12", "on_month": "10", "on_year": "2026", "draft_version": question.version}
    answer = client.post(question.get_absolute_url(), typed, follow=True)

    assert answer.status_code in {200, 404}  # the old school reads only what it wrote, once the pupil has left
    assert Pupil.objects.get(pk=ours.jordan.pk).school_places.latest("during").school == ours.next_school


def test_another_child_is_taken_back_by_the_page(ours):
    question = question_of(add_second(ours, upn=UPN))
    client = signed_in(ours.sam)
    client.post(question.get_absolute_url(), {"answer": "different", "draft_version": question.version})
    page = client.get(question.get_absolute_url()).content.decode()
    assert "Was that answer wrong?" in page

    version = question_of(question.asking).version
    page = client.post(reverse("say_same_after_all", args=[question.pk]), {"draft_version": version}, follow=True)

    assert b"Confirmed as the same child" in page.content
    assert b"Take it back: another child" in page.content


def test_answer_without_the_day_of_the_move_keeps_what_was_typed(ours):
    question = question_of(add_second(ours, upn=UPN))

    page = signed_in(ours.sam).post(question.get_absolute_url(), {"answer": "moved"}).content.decode()

    assert "Enter their first day at the new school" in page


def test_put_together_by_the_page_and_its_old_address(ours):
    second, question = confirmed(ours)
    client = signed_in(ours.nia)
    shown = client.get(reverse("put_together", args=[question.pk]))
    form = shown.context["form"]

    typed = {
        "keep": ours.jordan.pk, "why": "Told by Sol", "shown": form.initial["shown"], "draft_version": question.version,
        "true_legal_first_name": ours.jordan.pk,
    }  # fmt: skip
    chosen = {name: ours.jordan.pk for name in form.fields if name.startswith(("true_", "holds_"))}
    answer = client.post(reverse("put_together", args=[question.pk]), chosen | typed, follow=True)

    assert "The two records are one now." in answer.content.decode()
    old = client.get(reverse("people_around", args=[second.pk]))
    assert (old.status_code, old.url) == (302, reverse("people_around", args=[ours.jordan.pk]))
    assert client.post(reverse("change_particulars", args=[second.pk])).status_code == 409
    assert signed_in(ours.eve).get(reverse("pupil", args=[second.pk])).status_code in {403, 404}
    assert UPN in client.get(reverse("people_around", args=[ours.jordan.pk])).content.decode()


def test_take_apart_by_the_page(ours):
    second, question = confirmed(ours)
    question = together(ours, question)
    client = signed_in(ours.nia)
    page = reverse("take_apart", args=[question.pk])

    assert "Take the records apart" in client.get(page).content.decode()
    client.post(page, {"why": "Two certificates", "draft_version": question.version})

    second.refresh_from_db()
    assert second.same_child_as is None
    listed = client.get(reverse("same_children")).content.decode()
    assert "Taken apart again" in listed
    assert "Nia Ours" in listed


def test_find_second_record_sets_two_side_by_side(ours):
    second = add_second(ours, upn="")
    pupils.start_care(
        second.pk, by=None, authority=ours.virtual_school.authority, since=MOVED_ON, legal_status="C2"
    )  # fmt: skip
    client = signed_in(ours.vic)
    page = reverse("find_same_child", args=[ours.jordan.pk])

    assert "Set side by side" in client.get(page).content.decode()
    assert "Jordan Vale" in client.post(page, {"search": "vale jordan"}).content.decode()
    answer = client.post(page, {"other": second.pk})

    question = SameChild.objects.of_pair(second.pk, ours.jordan.pk).get()
    assert answer.url == reverse("put_together", args=[question.pk])


def test_list_asks_the_database_as_often_for_many_as_for_one(ours, django_assert_max_num_queries):
    client = signed_in(ours.sam)
    add_second(ours, upn=UPN)
    client.get(reverse("same_children"))
    with django_assert_max_num_queries(100) as one:
        client.get(reverse("same_children"))
    for _ in range(5):
        pupils.add_pupil(
            by=ours.nia, school=ours.next_school, key=Key.fresh(ours.nia), started_on=MOVED_ON, **PARTICULARS
        )
    with django_assert_max_num_queries(100) as many:
        client.get(reverse("same_children"))

    assert len(many) == len(one)
