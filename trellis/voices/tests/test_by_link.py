"""Asking for a view by link: it waits to be read, stays as it was typed; a worry goes off at once."""

import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.history.models import Entry, Look
from trellis.links import actions as links
from trellis.links.models import PersonalLink
from trellis.links.tests.opening import link_sent_to, opened
from trellis.mail.models import Message
from trellis.people.models import Membership
from trellis.pupils import actions as pupils
from trellis.pupils.models import NamedProfessional, PersonAround
from trellis.pupils.tests import world
from trellis.voices import actions, questions, shown
from trellis.voices.models import AskedState, View, ViewAnswer, ViewAsked, ViewPolicy, Worry
from trellis.voices.tests.world import PARTS, WORRY, ask, link_of

CARA = "cara@home.example"


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def give(asked, parts=PARTS):
    return actions.give_view(link_of(asked), parts=parts)


def sentences():
    return list(
        Entry.objects.filter(subject_kind__startswith="voices").order_by("pk").values_list("sentence", flat=True)
    )


def messages_to(email):
    return Message.objects.filter(address=email)


# --- asking --------------------------------------------------------------------------------------------------------


def test_ask_sends_a_link_and_says_so(ours):
    asked = ask(ours)

    assert (asked.state, asked.question_set, asked.set_version) == (AskedState.ASKED, "carer", 1)
    assert sentences() == ["Asked Cara (carer) for a view, by personal link."]
    message = messages_to(CARA).get()
    assert message.body == (
        "Sam Ours would like to know what you think about how school is going. It takes about five minutes, on a "
        "telephone too. Skip whatever you like; you may also say that you do not want to answer.\n\n"
        "Please answer by Monday 9 November.\n\n"
        "The link is for you alone. It works once, until Monday 16 November."
    )
    assert "Jordan" not in message.subject + message.body


@pytest.mark.parametrize(
    ("whose", "born", "name"),
    [
        ("pupil", date(2018, 3, 3), "pupil under 11"),
        ("pupil", date(2015, 11, 3), "pupil under 11"),
        ("pupil", date(2015, 11, 2), "pupil 11 and over"),
        ("carer", date(2018, 3, 3), "carer"),
        ("parent", date(2018, 3, 3), "parent"),
        ("social worker", date(2018, 3, 3), "social worker"),
    ],
)
def test_questions_fit_the_person(ours, whose, born, name):
    pupils.correct_particulars(ours.jordan.pk, by=None, date_of_birth=born)
    assert ask(ours, whose=whose).question_set == name


@pytest.mark.parametrize("one", questions.SETS.values(), ids=lambda one: one.name)
def test_each_set_asks_five_plain_questions(one):
    assert len(one.questions) == len({question.key for question in one.questions}) == 5
    assert all(len(question.text.split()) <= 15 for question in one.questions)
    assert not {"worry", "press"} & {question.key for question in one.questions}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"email": "a@home.example", "due_on": world.DAY - timedelta(days=1)}, "due_on"),
        ({"email": "a@home.example", "due_on": world.DAY + timedelta(days=15)}, "due_on"),
        ({"email": "barred@home.example"}, "email"),
        ({"email": "CARA@home.example"}, "email"),
    ],
    ids=["past", "after the link", "may not be contacted", "asked already"],
)
def test_ask_is_refused(ours, more, field):
    ask(ours)
    pupils.add_person_around(
        ours.jordan.pk, by=ours.dee, key=Key.fresh(ours.dee), name="Pat", relationship="father",
        email="barred@home.example",
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        ask(ours, **more)
    assert refused.value.field == field
    assert ViewAsked.objects.count() == 1


def test_policy_says_how_long_a_link_works(ours):
    ViewPolicy.objects.create(
        organisation=ours.virtual_school, during=(date(2026, 9, 1), None), link_days=30, agreed_by="Vic", source="test"
    )
    assert ask(ours, due_on=world.DAY + timedelta(days=30)).due_on == date(2026, 12, 2)


def test_ask_twice_by_one_key_asks_once(ours):
    key = Key.fresh(ours.sam)
    assert ask(ours, key=key) == ask(ours, key=key)
    assert messages_to(CARA).count() == 1


@pytest.mark.parametrize("who", ["tia", "osei", "nia", "bea", "root", "ed", "eve"])
def test_ask_is_not_for(ours, who):
    with pytest.raises(NotPermitted):
        ask(ours, by=ours.people[who])


def test_ask_again_makes_the_first_link_useless(ours):
    asked = ask(ours)
    first = link_sent_to(CARA)
    actions.ask_again(asked.pk, by=ours.sam, seen=asked.version)

    assert Client().get(first).status_code == 404
    assert Client().get(link_sent_to(CARA)).status_code == 303
    with pytest.raises(Conflict):
        actions.ask_again(asked.pk, by=ours.sam, seen=asked.version)


def test_ask_again_after_the_link_ran_out_gives_new_days(ours):
    asked = ask(ours)
    with clock.at(world.DAY + timedelta(days=20)):
        assert Client().get(link_sent_to(CARA)).status_code == 404
        again = actions.ask_again(asked.pk, by=ours.sam)
        assert again.due_on == world.DAY + timedelta(days=23)
        assert Client().get(link_sent_to(CARA)).status_code == 303


def test_take_back_ends_the_link(ours):
    asked = ask(ours)
    client, question = opened(CARA)
    actions.take_back(asked.pk, by=ours.sam)

    assert client.get(question).status_code == 404
    with pytest.raises(links.LinkHasRunOut):
        give(asked)
    with pytest.raises(Refused):
        actions.take_back(asked.pk, by=ours.sam)
    assert ViewAnswer.objects.count() == 0


# --- answering -----------------------------------------------------------------------------------------------------


def test_answer_waits_and_is_no_view_yet(ours):
    asked = give(ask(ours))

    assert (asked.state, asked.answer.parts, View.objects.count()) == (AskedState.ANSWERED, PARTS, 0)
    assert sentences()[-1] == "Cara (carer) gave a view, by personal link. Nobody has read it yet."
    told = messages_to(ours.sam.email).get()
    assert (told.subject, told.path) == ("Somebody you asked for a view has answered", asked.get_absolute_url())


def test_answer_is_never_changed(ours):
    answer = give(ask(ours)).answer
    for verb in (lambda: ViewAnswer.objects.filter(pk=answer.pk).update(parts=[]), answer.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            verb()


def test_read_makes_it_a_view_word_for_word(ours):
    asked = give(ask(ours))
    with clock.at(date(2026, 11, 4)):
        view = actions.read_view(asked.pk, by=ours.dee, seen=asked.version)

    assert view.words == "\n\n".join(f"{question}\n{answer}" for question, answer in PARTS)
    assert (view.typed_by, view.how, view.given_on, view.written_for_id) == (None, "wrote", world.DAY, ours.school.pk)
    assert view.by_in_words == "Carer, in writing on 2 November 2026, read by Dee Ours."
    asked.refresh_from_db()
    assert (asked.state, asked.view, asked.read_by) == (AskedState.READ, view, ours.dee)
    with pytest.raises(Refused):
        actions.read_view(asked.pk, by=ours.sam)


def test_declining_is_an_answer_too(ours):
    asked = actions.decline_view(link_of(ask(ours)))
    view = actions.read_view(asked.pk, by=ours.sam)

    assert (view.answered, view.in_words) == ("declined", "They were asked and did not want to say.")


def test_saying_nothing_is_refused_and_leaves_the_link_open(ours):
    asked = ask(ours)
    with pytest.raises(Refused):
        give(asked, parts=[])
    assert link_of(asked).is_open


@pytest.mark.parametrize("who", ["tia", "nia", "ed", "root"])
def test_read_is_not_for(ours, who):
    asked = give(ask(ours))
    with pytest.raises(NotPermitted):
        actions.read_view(asked.pk, by=ours.people[who])


# --- worries -------------------------------------------------------------------------------------------------------


def test_worry_goes_at_once_to_those_who_keep_the_child_safe(ours):
    asked = ask(ours)
    worry = actions.send_worry(link_of(asked), worry=WORRY)

    assert worry.told == "Dina Ours and Sol"
    for person in (ours.dina, ours.sol):
        message = messages_to(person.email).get()
        assert message.path == worry.get_absolute_url()
        assert WORRY not in message.body and "Jordan" not in message.body
    assert link_of(asked).is_open
    assert sentences()[-1] == "Cara (carer) is worried about something. Told at once: Dina Ours and Sol."


def test_worry_sent_twice_is_told_once(ours):
    asked = ask(ours)
    assert actions.send_worry(link_of(asked), worry=WORRY) == actions.send_worry(link_of(asked), worry=WORRY)
    assert messages_to(ours.dina.email).count() == 1


def test_words_of_a_worry_are_never_changed(ours):
    worry = actions.send_worry(link_of(ask(ours)), worry=WORRY)
    for verb in (lambda: Worry.objects.filter(pk=worry.pk).update(words="Fine."), worry.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            verb()
    assert actions.read_worry(worry.pk, by=ours.dina).read_by == ours.dina
    assert actions.read_worry(worry.pk, by=ours.sol).read_by == ours.dina


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        (["dina"], "Hana Ours and Sol"),
        (["dina", "hana"], "Sam Ours and Dee Ours and Sol"),
        (["dina", "hana", "sam", "dee"], "Sol"),
        (["dina", "hana", "sam", "dee", "sol"], "Vic Ours"),
    ],
)
def test_worry_never_goes_to_nobody(ours, gone, told):
    asked = ask(ours, by=ours.vic)
    Membership.objects.filter(user__in=[ours.people[name] for name in gone]).update(
        during=(date(2020, 1, 1), world.DAY)
    )
    if "sol" in gone:
        NamedProfessional.objects.filter(role="social worker").update(during=(date(2025, 1, 1), world.DAY))
    assert actions.send_worry(link_of(asked), worry=WORRY).told == told


def test_social_worker_without_an_account_is_told_whom_to_ring(ours):
    NamedProfessional.objects.filter(role="social worker").update(user=None, email="away@council.example")
    actions.send_worry(link_of(ask(ours)), worry=WORRY)
    message = messages_to("away@council.example").get()
    assert "ring Dina Ours now" in message.body
    assert message.path == ""


@pytest.mark.parametrize(
    ("who", "status"),
    [("dina", 200), ("sol", 200), ("sam", 403), ("vic", 403), ("ed", 403), ("tia", 403), ("nia", 404), ("otis", 403)],
)
def test_who_reads_a_worry(ours, who, status):
    worry = actions.send_worry(link_of(ask(ours)), worry="Somebody waits at the gate.")
    client = Client()
    client.force_login(ours.people[who])
    answer = client.get(worry.get_absolute_url())
    assert answer.status_code == status
    assert ("at the gate" in answer.content.decode()) is (status == 200)


# --- the page behind the link --------------------------------------------------------------------------------------


def text(answer):
    return answer.content.decode()


def test_carer_answers_without_an_account(ours):
    ask(ours)
    client, question = opened(CARA)

    page = text(client.get(question))
    assert "How is school going for Jordan?" in page
    assert "Vale" not in page and "t-nav" not in page
    for said in ("0800 1111", "999", "101", "Dina Ours", "Sol, the social worker", "Sam Ours asked, and will read"):
        assert said in page

    thanks = client.post(question, {"press": "send", "hard": "Mondays.", "helps": " "}, follow=True)
    assert "Sam Ours will read your answer" in text(thanks)
    assert ViewAnswer.objects.get().parts == [["What is hard for Jordan just now?", "Mondays."]]


def test_pupil_answers_on_faces(ours):
    ask(ours, whose="pupil", name="Jordan", email="jordan@ours.example")
    client, question = opened("jordan@ours.example")

    page = text(client.get(question))
    assert "t-child" in page
    assert page.count('class="t-faces"') == 1
    assert page.count('<svg width="64"') == 5
    assert "Skip this one" in page

    refused = client.post(question, {"feel": "skip"})
    assert "Write or choose something" in text(refused)
    client.post(question, {"feel": "A bit sad", "like": ""})
    assert ViewAnswer.objects.get().parts == [["How do you feel at school most days?", "A bit sad"]]


def test_parent_learns_neither_school_nor_worker_by_name(ours):
    ask(ours, whose="parent", name="Pat", email="pat@home.example")
    client, question = opened("pat@home.example")
    page = text(client.get(question))
    for hidden in ("Larch", "Dina", "Sol,", "Shire"):
        assert hidden not in page
    assert "the school’s safeguarding lead and the social worker" in re.sub(r"\s+", " ", page)


def test_pressing_send_twice_makes_one_answer_and_thanks_twice(ours):
    ask(ours)
    client, question = opened(CARA)
    for _ in range(2):
        thanks = client.post(question, {"press": "send", "hard": "Mondays."}, follow=True)
        assert "Thank you" in text(thanks)
    assert ViewAnswer.objects.count() == 1


def test_nothing_typed_says_what_to_do(ours):
    ask(ours)
    client, question = opened(CARA)
    page = text(client.post(question, {"press": "send"}))
    assert "Write or choose something, or press “I do not want to say anything”." in page


def test_worry_is_sent_while_the_rest_stays_typed(ours):
    ask(ours)
    client, question = opened(CARA)

    page = text(client.post(question, {"press": "worry", "hard": "Mondays.", "worry": "The gate."}))

    assert "Your worry has been sent" in page
    assert "anything else you are worried about?" in page
    assert ">\nMondays.</textarea>" in page
    assert "The gate." not in page
    assert (Worry.objects.get().words, ViewAnswer.objects.count()) == ("The gate.", 0)


@pytest.mark.parametrize("press", ["send", "decline"])
def test_worry_goes_off_whatever_button_is_pressed(ours, press):
    ask(ours)
    client, question = opened(CARA)
    thanks = text(client.post(question, {"press": press, "hard": "Mondays.", "worry": "The gate."}, follow=True))
    assert "Dina Ours and Sol, the social worker will read it" in re.sub(r"\s+", " ", thanks)
    assert (Worry.objects.count(), ViewAnswer.objects.count()) == (1, 1)
    assert "The gate." not in ViewAnswer.objects.get().words


def test_worry_goes_off_when_the_rest_cannot_be_sent(ours):
    ask(ours)
    client, question = opened(CARA)
    page = text(client.post(question, {"press": "send", "hard": "x" * 4000, "worry": "The gate."}))
    assert "Your worry has been sent" in page
    assert "There is a problem" in page
    assert (Worry.objects.count(), ViewAnswer.objects.count()) == (1, 0)


def test_worry_may_be_said_after_the_answer(ours):
    """From another tab, or on the page of thanks; for as long as the browser holds the link."""
    ask(ours)
    client, question = opened(CARA)
    thanks = client.post(question, {"press": "send", "hard": "Mondays."}, follow=True)
    assert "Send my worry now" in text(thanks)

    page = text(client.post(question, {"press": "worry", "hard": "Mondays.", "worry": "The gate."}))

    assert "Your worry has been sent" in page
    assert (Worry.objects.get().words, ViewAnswer.objects.count()) == ("The gate.", 1)
    assert Client().post(question, {"worry": "The gate again."}).status_code == 404


def test_empty_worry_says_what_to_do(ours):
    ask(ours)
    client, question = opened(CARA)
    page = text(client.post(question, {"press": "worry", "hard": "Mondays."}))
    assert "Write what worries you, then press the button again." in page
    assert Worry.objects.count() == 0


def test_page_behind_the_link_escapes_what_was_typed(ours):
    pupils.correct_particulars(ours.jordan.pk, by=None, preferred_first_name=world.CANARY)
    ask(ours)
    client, question = opened(CARA)
    for page in (text(client.get(question)), text(client.post(question, {"press": "worry", "hard": world.CANARY}))):
        assert "<svg onload" not in page
        assert "onload=1" in page


def test_look_at_the_question_is_logged(ours):
    asked = ask(ours)
    client, question = opened(CARA)
    client.get(question)
    look = Look.objects.get()
    assert (look.by, look.pupil_ids, look.reason) == (
        None, [ours.jordan.pk], f"personal link {link_of(asked).pk}, sent to Cara",
    )  # fmt: skip


# --- the pages of those who ask ------------------------------------------------------------------------------------


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def hidden_of(page):
    return {field.html_name: field.value() or "" for field in page.context["form"].hidden_fields()}


def test_senco_asks_from_the_views_tab(ours):
    carer = PersonAround.objects.get(name="Canary Carer")
    PersonAround.objects.filter(pk=carer.pk).update(email=CARA)
    client, path = signed_in(ours.sam), reverse("ask_view", args=[ours.jordan.pk])

    assert path in text(client.get(reverse("pupil_views", args=[ours.jordan.pk])))
    assert f"?who=person-{carer.pk}" in text(client.get(path))
    page = client.get(f"{path}?who=person-{carer.pk}")
    assert (page.context["form"]["email"].value(), page.context["form"]["whose"].value()) == (CARA, "carer")

    done = client.post(path, hidden_of(page) | {
        "whose": "carer", "name": "Cara", "email": CARA, "due_on_day": "9", "due_on_month": "11", "due_on_year": "2026",
    }, follow=True)  # fmt: skip

    assert "A link is on its way to Cara." in text(done)
    assert "Cara (carer)" in text(done)
    assert PersonalLink.objects.get().email == CARA


def test_people_not_to_be_contacted_are_not_offered(ours):
    PersonAround.objects.update(may_be_contacted=False)
    page = text(signed_in(ours.sam).get(reverse("ask_view", args=[ours.jordan.pk])))
    assert "Canary Carer" not in page
    assert "Sol" in page


# --- whose contact is limited ----------------------------------------------------------------------------------------


def bar(email=CARA):
    PersonAround.objects.filter(name="Canary Carer").update(email=email, may_be_contacted=False)


def test_person_barred_since_they_were_asked_is_sent_no_other_link(ours):
    asked = ask(ours)
    bar()
    with pytest.raises(Refused, match="may not be contacted"):
        actions.ask_again(asked.pk, by=ours.sam)
    assert messages_to(CARA).count() == 1


def test_person_barred_since_they_were_asked_is_asked_nothing_any_more(ours):
    ask(ours)
    client, question = opened(CARA)
    bar()
    page = client.get(question)
    assert (page.status_code, "Jordan" in text(page)) == (404, False)
    assert client.post(question, {"press": "send", "hard": "Mondays."}).status_code == 404
    assert not ViewAnswer.objects.exists()


def test_worry_of_a_person_barred_meanwhile_still_goes_off(ours):
    ask(ours)
    client, question = opened(CARA)
    bar()
    client.post(question, {"press": "worry", "worry": "He is left alone at night."})
    assert Worry.objects.get().words == "He is left alone at night."


@pytest.mark.parametrize(("is_safe", "names"), [(False, False), (True, True), (None, False)])
def test_parent_reads_who_asks_only_where_it_is_safe(ours, is_safe, names):
    if is_safe is not None:
        PersonAround.objects.filter(name="Canary Carer").update(email=CARA, safe_to_share=is_safe)
    ask(ours, whose="parent")
    client, question = opened(CARA)
    thanks = client.post(question, {"press": "decline"}, follow=True)
    for said in (messages_to(CARA).get().body, text(client.get(question)), text(thanks)):
        assert ("Sam Ours" in said) == names


def test_senco_reads_from_the_views_tab(ours):
    asked = give(ask(ours))
    client = signed_in(ours.sam)

    assert "Read the view" in text(client.get(reverse("pupil_views", args=[ours.jordan.pk])))
    page = client.get(asked.get_absolute_url())
    assert "Mondays." in text(page)
    assert "<svg onload" not in text(page)
    done = client.post(reverse("read_view", args=[asked.pk]), hidden_of(page), follow=True)

    assert "read by Sam Ours" in text(done)
    assert View.objects.count() == 1
    again = client.post(reverse("read_view", args=[asked.pk]), hidden_of(page))
    assert (again.status_code, View.objects.count()) == (409, 1)


def test_worry_is_not_shown_to_the_senco(ours):
    asked = ask(ours)
    actions.send_worry(link_of(asked), worry="Somebody waits at the gate.")
    page = text(signed_in(ours.sam).get(asked.get_absolute_url()))
    assert "Dina Ours and Sol were told at once" in page
    assert "at the gate" not in page


def test_school_the_pupil_left_does_not_read_what_comes_back(ours):
    asked = ask(ours)
    with clock.at(date(2026, 11, 9)):
        pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 11, 9))
        give(asked)
        assert signed_in(ours.sam).get(asked.get_absolute_url()).status_code == 404
        assert signed_in(ours.nia).get(asked.get_absolute_url()).status_code == 200
        view = actions.read_view(asked.pk, by=ours.nia)
        assert list(View.objects.visible_to(ours.sam)) == []
        assert list(View.objects.visible_to(ours.nia)) == [view]


def in_november(ours, *gone):
    """A week on Jordan is at the next school, and some of its people have left."""
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=clock.today())
    Membership.objects.filter(user__in=[ours.people[name] for name in gone]).update(
        during=(date(2020, 1, 1), clock.today())
    )


@pytest.mark.parametrize(("gone", "told"), [([], ["nia"]), (["nia"], ["vic", "ada", "otis"])])
def test_answer_after_a_move_is_told_to_those_who_hold_the_record_now(ours, gone, told):
    asked = ask(ours)
    with clock.at(date(2026, 11, 9)):
        in_november(ours, *gone)
        give(asked)

    assert messages_to(ours.sam.email).count() == 0
    found = Message.objects.filter(subject="A view has come and waits to be read").order_by("pk")
    assert [message.to for message in found] == [ours.people[name] for name in told]


def test_worry_after_a_move_to_a_school_with_nobody_goes_to_the_virtual_school_not_to_the_old_school(ours):
    asked = ask(ours)
    with clock.at(date(2026, 11, 9)):
        in_november(ours, "nia", "sol")
        NamedProfessional.objects.filter(role="social worker").update(during=(date(2025, 1, 1), clock.today()))
        worry = actions.send_worry(link_of(asked), worry=WORRY)

    assert worry.told == "Vic Ours and Ada Ours and Otis Ours"


def steps(ours, who):
    from trellis.pupils.models import Pupil

    user = ours.people[who]
    found = shown.next_steps(user, Pupil.objects.visible_to(user), clock.today())
    return [(step.verb, step.rest, step.due_on) for step in found]


def test_next_steps(ours):
    asked = ask(ours, by=ours.ada)
    actions.send_worry(link_of(asked), worry=WORRY)
    give(asked)
    read = ("Read the view", "of the carer about Jordan", date(2026, 11, 7))
    worried = ("Read now:", "somebody is worried about Jordan", world.DAY)

    assert {who: steps(ours, who) for who in ("sam", "dee", "ada", "vic", "dina", "sol", "tia", "nia")} == {
        "sam": [read], "dee": [read], "ada": [read], "vic": [], "dina": [worried], "sol": [worried], "tia": [],
        "nia": [],
    }  # fmt: skip


def test_views_tab_asks_as_many_queries_for_thirty(ours, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, path = signed_in(ours.sam), reverse("pupil_views", args=[ours.jordan.pk])
    counts = []
    for number in (1, 30):
        for more in range(ViewAsked.objects.count(), number):
            ask(ours, email=f"c{more}@home.example")
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
