"""Files are kept privately, opened only when clean, by those who may, as a download."""

import logging
import socket
import struct
import threading
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.files import actions, queries, scanning, slots, tasks
from trellis.files.intake import take_in
from trellis.files.models import File, FileBytes, FileState
from trellis.files.tests.liars import EICAR, picture
from trellis.files.tests.world import PDF, letter
from trellis.history.models import Entry, Look
from trellis.mail.models import Message
from trellis.people.models import Membership, User
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


@contextmanager
def clamd(answers=lambda data: b"stream: OK\0"):
    """A scanner on a port of this machine that speaks clamd's INSTREAM; gives its address."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as sent:
                assert sent.read(10) == b"zINSTREAM\0"
                data = b""
                while length := struct.unpack("!I", sent.read(4))[0]:
                    data += sent.read(length)
                line.sendall(answers(data))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"clamd://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def finds_eicar(data):
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


def get(user, file):
    client = Client()
    client.force_login(user)
    return client.get(reverse("file", args=[file.address]))


def test_keep_file_keeps_its_bytes_and_says_so(ours):
    file = letter(ours)

    assert bytes(file.content.bytes) == PDF
    assert (file.name, file.kind, file.size, file.state) == ("letter.pdf", "pdf", len(PDF), FileState.CLEAN)
    assert file.sha256 == take_in("x.pdf", PDF).sha256
    assert Entry.objects.get(subject_kind="files.file").sentence == "Added the file “letter.pdf”."
    assert queries.files_of(ours.jordan, ours.sam) == [file]


def test_keep_file_twice_by_one_key_keeps_one(ours):
    key, upload = Key.fresh(ours.sam), take_in("letter.pdf", PDF)
    kept = [
        actions.keep_file(
            pupil=ours.jordan, written_for=ours.school, subject=ours.jordan, upload=upload, by=ours.sam, key=key
        )
        for _ in range(2)
    ]
    assert kept[0] == kept[1] == File.objects.get()


def test_bytes_are_never_changed(ours):
    content = letter(ours).content
    for verb in (lambda: FileBytes.objects.filter(pk=content.pk).update(bytes=b""), content.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            verb()


def test_file_is_answered_as_a_download(ours):
    file = letter(ours, 'Zoë “plan";\r\nx.pdf')

    answer = get(ours.sam, file)

    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Zo%C3%AB")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert Look.objects.get(by=ours.sam).pupil_ids == [ours.jordan.pk]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("sam", 200), ("dee", 200), ("vic", 200), ("sol", 200), ("hana", 200),
        ("tia", 404), ("osei", 404), ("nia", 404), ("bea", 404), ("root", 404), ("eve", 404),
    ],
)  # fmt: skip
def test_who_opens_a_file(ours, who, status):
    assert get(ours.people[who], letter(ours)).status_code == status


@pytest.mark.parametrize("who", ["sol", "ed"])
def test_worker_whose_membership_ended_opens_no_file_though_the_record_names_them(ours, who):
    file = letter(ours)
    Membership.objects.filter(user=ours.people[who]).update(during=(date(2020, 1, 1), clock.today()))
    assert get(User.objects.get(pk=ours.people[who].pk), file).status_code == 404


def test_slot_lets_somebody_in(ours):
    file = letter(ours)

    def eve_may(file, user):
        return True if user == ours.eve else None

    eve_may.__module__ = "trellis.advice.shown"
    slots.may_open.fill(eve_may)
    try:
        assert get(ours.eve, file).status_code == 200
        assert get(ours.lee, file).status_code == 404
    finally:
        slots.may_open._fillings.clear()


def test_school_the_pupil_left_reads_what_it_added(ours):
    file = letter(ours)
    with clock.at(date(2026, 11, 9)):
        pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 11, 9))
        theirs = actions.keep_file(
            pupil=ours.jordan, written_for=ours.next_school, subject=ours.jordan, upload=take_in("b.pdf", PDF),
            by=ours.nia,
        )  # fmt: skip
        assert (get(ours.sam, file).status_code, get(ours.sam, theirs).status_code) == (200, 404)
        assert (get(ours.nia, file).status_code, get(ours.nia, theirs).status_code) == (200, 200)


@pytest.mark.parametrize("address", ["12", "------", "ffffffff-ffff-ffff-ffff-ffffffffffff", "abc"])
def test_no_such_file(ours, address):
    client = Client()
    client.force_login(ours.sam)
    assert client.get(f"/files/{address}/").status_code == 404


def test_nobody_opens_a_file_before_it_was_checked(ours, settings):
    with clamd(finds_eicar) as settings.FILE_SCANNER:
        file = letter(ours)
        answer = get(ours.sam, file)

        assert (file.state, answer.status_code) == (FileState.PENDING, 409)
        assert "still being checked for viruses" in answer.content.decode()
        assert [job["file_id"] for job in ProcrastinateJob.objects.values_list("args", flat=True)] == [file.pk]

        actions.scan(file.pk)
        actions.scan(file.pk)
        assert get(ours.sam, file).status_code == 200


def test_infected_file_opens_to_nobody_and_its_giver_is_told(ours, settings):
    with clamd(finds_eicar) as settings.FILE_SCANNER:
        file = letter(ours, data=PDF.replace(b"1 0 obj", b"%" + EICAR + b"\n1 0 obj"))
        actions.scan(file.pk)

    file.refresh_from_db()
    assert (file.state, file.found) == (FileState.INFECTED, "Eicar-Test-Signature")
    assert get(ours.sam, file).status_code == 409
    message = Message.objects.get()
    assert (message.to, ours.jordan.first_name in message.body) == (ours.sam, False)
    actions.take_verdict(file.pk, scanning.Verdict(clean=True))
    assert get(ours.sam, file).status_code == 409


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0"])
def test_scanner_without_an_answer_leaves_the_file_pending(ours, settings, answer):
    with clamd(lambda data: answer) as settings.FILE_SCANNER:
        file = letter(ours)
        with pytest.raises(scanning.ScannerDown):
            actions.scan(file.pk)
    assert get(ours.sam, file).status_code == 409


def test_scanner_that_is_down_leaves_the_file_pending(ours, settings):
    with clamd() as address:
        pass
    settings.FILE_SCANNER = address
    file = letter(ours)
    with pytest.raises(scanning.ScannerDown):
        actions.scan(file.pk)
    assert list(File.objects.pending()) == [file]


def test_what_waits_is_asked_about_again(ours, settings):
    with clamd() as settings.FILE_SCANNER:
        letter(ours)
        assert tasks.scan_what_waits(timestamp=0) == 1
        assert ProcrastinateJob.objects.filter(task_name__endswith="scan_file").count() == 2


def test_live_database_without_a_scanner_opens_nothing(ours, settings):
    settings.STAMP = "live"
    with pytest.raises(scanning.ScannerDown):
        scanning.scanner().scan(PDF)
    assert scanning.is_asked()


def test_list_of_files_reads_no_bytes(ours, django_assert_num_queries):
    for number in range(30):
        letter(ours, f"{number}.pdf")
    with django_assert_num_queries(1):
        files = queries.files_of(ours.jordan, ours.sam)
        assert [file.size_in_words for file in files][:1] == ["1 KB"]


def test_list_shows_link_state_and_giver(ours, settings):
    with clamd(finds_eicar) as settings.FILE_SCANNER:
        letter(ours, "<b>waits</b>.pdf")
        settings.FILE_SCANNER = ""
        clean = letter(ours, "work.png", picture())
    shown = render_to_string("files/list.html", {"files": queries.files_of(ours.jordan, ours.sam)})

    assert f'href="{clean.get_absolute_url()}"' in shown
    assert "Being checked for viruses" in shown
    assert "added by Sam Ours on Monday 2 November" in shown
    assert "<b>" not in shown


def test_log_holds_no_name_of_a_file(ours, caplog):
    with caplog.at_level(logging.DEBUG):
        get(ours.nia, letter(ours, "Jordan Vale.pdf"))
    said = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not any("Jordan Vale" in line for line in said)


def take_away(user, file, **words):
    client = Client()
    client.force_login(user)
    return client.post(reverse("withdraw_file", args=[file.address]), words, follow=True)


def test_file_that_was_taken_away_opens_to_nobody(ours):
    file = letter(ours)

    answer = take_away(ours.sam, file, because="It is about another child.", version=file.version)

    assert "was taken away. Nobody can open it now." in answer.content.decode()
    assert get(ours.sam, file).status_code == 409
    assert bytes(FileBytes.objects.get(file=file).bytes) == PDF
    said = Entry.objects.filter(subject_kind="files.file").latest("pk")
    assert said.sentence == "Took away the file “letter.pdf”: It is about another child."
    listed = render_to_string("files/list.html", {"files": queries.files_of(ours.jordan, ours.sam)})
    assert "It is about another child." in listed
    assert "letter.pdf" not in listed


def test_taking_a_file_away_asks_for_the_reason(ours):
    file = letter(ours)
    answer = take_away(ours.sam, file, version=file.version)
    assert "There is a problem" in answer.content.decode()
    file.refresh_from_db()
    assert file.is_clean


def test_file_taken_away_twice_keeps_its_first_reason(ours):
    file = letter(ours)
    actions.withdraw_file(file.pk, by=ours.sam, seen=file.version, because="First.")
    again = actions.withdraw_file(file.pk, by=ours.dee, seen=None, because="Second.")
    assert (again.withdrawn_because, again.withdrawn_by) == ("First.", ours.sam)


@pytest.mark.parametrize(
    "who, status", [("dee", 200), ("hana", 200), ("vic", 403), ("sol", 403), ("tia", 404), ("nia", 404), ("eve", 404)]
)
def test_who_takes_a_file_away(ours, who, status):
    file = letter(ours)
    client = Client()
    client.force_login(ours.people[who])
    assert client.get(reverse("withdraw_file", args=[file.address])).status_code == status
    offered = queries.files_of(ours.jordan, ours.people[who])[0].may_be_withdrawn
    assert offered == (status == 200)


def test_verdict_about_a_file_taken_away_changes_nothing(ours, settings):
    with clamd(finds_eicar) as address:
        settings.FILE_SCANNER = address
        file = letter(ours)
        actions.withdraw_file(file.pk, by=ours.sam, seen=None, because="Twice here.")
        actions.scan(file.pk)
    file.refresh_from_db()
    assert file.state == FileState.WITHDRAWN
