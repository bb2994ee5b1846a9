"""The pages of the yearly return: what is read, what waits, what is asked."""

from datetime import date

from django.urls import reverse

from trellis.exchange.ssda903 import samples
from trellis.exchange.ssda903.samples import episode
from trellis.exchange.tests.test_yearly_return import NUMBER, a_return, bring_and_land, list_child  # noqa: F401


def test_page_brings_several_files_and_says_what_each_is(ours, client):
    client.force_login(ours.bea)
    files = [samples.make(children=3).file(name) for name in ("header", "episodes", "reviews", "oc2")]
    page = client.get(reverse("imports"))
    answer = client.post(
        reverse("imports"),
        {"kind": "ssda903", "file": [_upload(file) for file in files], **_hidden(page)},
        follow=True,
    )
    text = answer.content.decode()
    assert "the year to 31 March 2026" in text
    assert "Read for advice, not kept" in text
    assert "HOME_POST, PL_POST" in text
    assert "Number 500000: 2 times in care, SDQ" in text


def test_page_of_those_who_wait_counts_them(ours, client):
    client.force_login(ours.bea)
    assert "Nobody waits" in client.get(reverse("awaited_children")).content.decode()
    bring_and_land(ours, samples.make(children=3).files())
    text = client.get(reverse("awaited_children")).content.decode()
    assert "<b>3</b> children wait" in text
    assert "3 children of a yearly return wait for a name" in client.get(reverse("imports")).content.decode()


def test_page_of_those_who_wait_asks_as_many_queries_for_thirty(ours, client, django_assert_max_num_queries):
    client.force_login(ours.bea)
    bring_and_land(ours, samples.make(children=30).files())
    with django_assert_max_num_queries(14):
        client.get(reverse("awaited_children"))


def test_page_of_a_question_shows_both_and_takes_an_answer(ours, client, list_child):  # noqa: F811
    list_child()
    made = bring_and_land(ours, a_return(episode(NUMBER, date(2023, 1, 1), LS="V2")).files())
    client.force_login(ours.bea)
    url = reverse("answer_question", args=[made.questions.get().pk])
    page = client.get(url)
    assert "Accommodated under section 20" in page.content.decode()
    client.post(url, {"answer": "ours", **_hidden(page)})
    assert made.questions.get().answer == "ours"


def test_page_of_those_who_wait_is_refused_to_others(ours, client):
    client.force_login(ours.vic)
    assert client.get(reverse("awaited_children")).status_code == 403


def _upload(file):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(file.name, file.content)


def _hidden(page):
    return {field.html_name: field.value() or "" for field in page.context["form"].hidden_fields()}
