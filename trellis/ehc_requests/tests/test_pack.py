"""The pack: what is found, what is sent, and that the paper says what was frozen."""

from datetime import date

import pytest

from trellis.advice.tests import world as advice_world
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Refused
from trellis.conduct.tests.standing import stands
from trellis.cycles import actions as cycles
from trellis.cycles.models import Cycle
from trellis.cycles.tests import world as cycle_world
from trellis.documents.printing import to_pdf
from trellis.documents.tests.reading import opened, tags_of, text_of, text_of_word, words_of
from trellis.documents.word import to_docx
from trellis.ehc_requests import actions, pack
from trellis.ehc_requests.tests import world as ehc
from trellis.files.intake import Upload
from trellis.files.models import File
from trellis.history.models import Entry
from trellis.hv import actions as hv
from trellis.hv.tests import world as hv_world
from trellis.intervention_plans.tests import world as intervention_plan_world
from trellis.passports.tests import world as passport_world
from trellis.peps import actions as peps
from trellis.peps.tests import world as pep_world
from trellis.pupils.tests import world
from trellis.schooling import actions as schooling
from trellis.schooling.tests import world as schooling_world

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@stands
def our_world_with_everything():
    """Everything that the record can hold of a pupil."""
    ours = world.ours()
    cycle_world.add_rows(ours)
    passport_world.agreed(ours)
    intervention_plan_world.agreed(ours)
    advice_world.reported(ours)
    schooling_world.add_rows(ours)
    return ours


@pytest.fixture
def full():
    with clock.at(world.DAY):
        yield our_world_with_everything()


def begun(ours, letter="We are worried about Jordan.\n\nHe needs more than we can give."):
    request = ehc.begun(ours, on=world.DAY)
    return actions.write_letter(ehc.pack_of(request).pk, by=ours.sam, seen=None, letter=letter)


def kinds(items):
    return list(dict.fromkeys(item.key.partition(":")[0] for item in items))


def test_pack_finds_what_each_folder_holds_in_the_order_of_a_reader(full):
    found = pack.items_found(full.jordan, full.sam)

    assert kinds(found) == ["view", "passport", "intervention-plan", "cycle", "advice", "schooling"]
    assert all(item.parts() for item in found)


def test_pack_leaves_the_social_workers_part_of_a_pep_out(ours):
    pep_world.last_summer(ours)
    (item,) = [item for item in pack.items_found(ours.jordan, ours.sam) if item.key.startswith("pep:")]
    headings = [part.get("heading", "") for part in item.parts()]

    assert any(heading.startswith("Education now, and progress") for heading in headings)
    assert not any("social worker" in heading or "Who was invited" in heading for heading in headings)
    assert "Cara" not in str(item.parts())
    assert "without the social worker’s part" in item.by


def test_pack_tells_the_log_of_the_highly_vulnerable_framework_when_somebody_puts_it_in(ours):
    case = hv_world.propose(ours)
    hv_world.award(case, ours, minutes=600, pence=30_000, money_for="A tutor")
    hv.spend_hv_money(
        case.pk, by=ours.vic, key=Key.fresh(ours.vic), pence=12_000, what_for="A tutor", spent_on=world.DAY
    )
    hv.end_hv(
        case.pk, by=ours.vic, seen=None, because="no longer met", before="Out twice a week.", after="In all week.",
        place_kept=True, stays_in_plan="The key adult stays.",
    )  # fmt: skip
    (item,) = [item for item in pack.items_found(ours.jordan, ours.sam) if item.key.startswith("highly-vulnerable:")]
    criterion, seen, decided, used, changed = item.parts()

    assert not item.is_suggested
    assert "for children in care" in item.warning
    assert criterion["words"] == "A high risk of permanent exclusion"
    assert seen["words"].startswith("Two suspensions since half term")
    assert decided["rows"] == [
        ["2 November 2026", "Awarded by the panel", "10 hours of outreach of the Virtual School and £300",
         "The evidence is clear."],
    ]  # fmt: skip
    assert used["rows"] == [
        ["Hours of outreach of the Virtual School", "10 hours", "0 hours"], ["Money", "£300", "£120"],
    ]  # fmt: skip
    assert changed["pairs"] == [
        ["Before", "Out twice a week."], ["After", "In all week."], ["School place", "Kept"],
        ["What stays in the school’s plan", "The key adult stays."],
    ]  # fmt: skip


def test_pack_tells_attendance_suspensions_part_time_and_being_sent_home(ours):
    pep_world.last_summer(ours)
    schooling_world.add_rows(ours)
    with clock.at(schooling_world.at(date(2026, 10, 29))):
        schooling.record_sent_home(
            ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), happened_on=date(2026, 10, 29), left_at=None,
            asked_by="The office", what_happened="Sent home at noon.", what_next="",
        )  # fmt: skip
    (item,) = [item for item in pack.items_found(ours.jordan, ours.sam) if item.key == "schooling:now"]
    counts, attendance, suspensions, part_time, sent_home = item.parts()

    assert counts["pairs"] == [
        ["Suspended this term", "1 school day"], ["Suspended this school year", "1 school day"],
        ["Suspended in three terms", "1 school day"],
    ]  # fmt: skip
    assert [row[0] for row in attendance["rows"]] == ["Personal Education Plan, summer term 2026"]
    assert [row[:2] for row in suspensions["rows"]] == [["15 October 2026", "1 school day"]]
    assert [row[:2] for row in part_time["rows"]] == [["19 October 2026 to 20 November 2026", "12½ hours of 23½ hours"]]
    assert sent_home["rows"] == [["29 October 2026", "Sent home at noon."]]


def test_pack_tells_no_care_fact_by_itself(full):
    """Who it is about and who asks: nothing says that the child is looked after, nor where they live (domain G8)."""
    facts = " ".join(value for pair in pack.facts_of(begun(full)) for value in pair).lower()

    assert not any(word in facts for word in ("looked after", "care order", "foster", "shire", "virtual school"))


def test_pdf_of_a_full_pack_says_every_word_of_its_snapshot_and_has_contents(full):
    snapshot = pack.snapshot_of(begun(full), by=full.sam, sent_on=world.DAY)
    pdf = opened(to_pdf("ehc_pack", snapshot))
    text = text_of(pdf)

    assert [word for word in words_of(snapshot) if word not in text] == []
    tags = [path.rpartition("/")[2] for path in tags_of(pdf)]
    assert (tags.count("H1"), "TOC" in tags) == (1, True)
    assert tags.count("TOCI") == len(snapshot["sections"])
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_pdf_begins_each_part_on_its_own_page_and_names_it_in_the_contents(full):
    snapshot = pack.snapshot_of(begun(full), by=full.sam, sent_on=world.DAY)
    pdf = opened(to_pdf("ehc_pack", snapshot))

    assert len(pdf.pages) >= len(snapshot["sections"]) - 1
    first = text_of(pdf)[:4000]
    for section in snapshot["sections"]:
        assert "".join(section["title"].split()) in first


def test_word_comes_from_the_same_snapshot(full):
    snapshot = pack.snapshot_of(begun(full), by=full.sam, sent_on=world.DAY)

    assert to_docx(snapshot)[:2] == b"PK"
    assert to_docx(snapshot) == to_docx(snapshot)


def test_a_letter_alone_prints_too(ours):
    one = begun(ours)
    one = actions.choose_items(one.pk, by=ours.sam, seen=None, keys=[])
    snapshot = pack.snapshot_of(one, by=ours.sam, sent_on=None)

    assert [section["title"] for section in snapshot["sections"]] == ["Why we ask"]
    assert "not sent" in snapshot["footer"]
    assert to_pdf("ehc_pack", snapshot)[:5] == b"%PDF-"


def test_what_is_sent_stays_as_it_was_when_the_record_goes_on(full):
    one = begun(full)
    actions.send_pack(one.pk, by=full.sam, seen=None)
    one.refresh_from_db()
    before = one.document.snapshot

    cycle = Cycle.objects.open().get(pupil=full.jordan)
    cycle_world.hold_week(full, cycle, date(2026, 10, 19), {full.rows["intervention_id"]: 5})

    one.document.refresh_from_db()
    assert one.document.snapshot == before


def test_words_of_the_sender_stand_above_the_thing(full):
    one = begun(full)
    key = next(key for key in one.keys if key.startswith("cycle:"))
    one = actions.add_words(one.pk, by=full.sam, seen=None, key=key, words="This is the third try.")
    section = next(s for s in pack.snapshot_of(one, by=full.sam, sent_on=None)["sections"] if s["name"] == key)

    assert section["parts"][0] == {"kind": "words", "heading": "What we add", "words": "This is the third try."}


def test_what_cannot_be_read_any_more_is_counted_and_not_sent(full):
    one = begun(full)
    one.items = [*one.items, {"key": "cycle:999999", "words": ""}]
    one.save(update_fields=["items"])

    assert pack.contents_of(one, full.sam).gone == ["cycle:999999"]
    assert "cycle:999999" not in str(pack.snapshot_of(one, by=full.sam, sent_on=None))


def upload(name="Report of the speech therapist.pdf"):
    return Upload(name=name, kind="pdf", data=PDF)


def test_enclosed_file_is_listed_with_its_checksum_and_merged_into_nothing(ours):
    one = begun(ours)
    key = Key.fresh(ours.sam)
    one = actions.enclose_file(one.pk, by=ours.sam, seen=one.version, key=key, upload=upload())
    actions.enclose_file(one.pk, by=ours.sam, seen=1, key=key, upload=upload())
    file = File.objects.get()

    section = pack.snapshot_of(one, by=ours.sam, sent_on=None)["sections"][-1]
    assert section["title"] == "Enclosed: Report of the speech therapist.pdf"
    assert section["parts"][0]["words"] == file.sha256
    assert pack.files_in(one, ours.ed) == [file]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("PENDING", "is still being checked for viruses. Wait until it is, or take it out of the pack."),
        ("INFECTED", "is not safe to open. Save again what goes into the pack: this file is not offered any more."),
    ],
)
def test_pack_is_not_sent_with_a_file_that_was_not_found_clean(ours, state, sentence):
    one = begun(ours)
    one = actions.write_letter(one.pk, by=ours.sam, seen=None, letter="Jordan needs more than we can give.")
    one = actions.enclose_file(one.pk, by=ours.sam, seen=None, key=Key.fresh(ours.sam), upload=upload())
    File.objects.update(state=state)

    with pytest.raises(Refused) as refusal:
        actions.send_pack(one.pk, by=ours.sam, seen=None)
    assert refusal.value.sentence == f"“Report of the speech therapist.pdf” {sentence}"
    one.refresh_from_db()
    assert not one.is_sent

    keys = [key for key in one.keys if not key.startswith("file:")]
    actions.choose_items(one.pk, by=ours.sam, seen=None, keys=keys)
    assert actions.send_pack(one.pk, by=ours.sam, seen=None).is_sent


def test_infected_file_is_offered_to_nobody(ours):
    one = begun(ours)
    actions.enclose_file(one.pk, by=ours.sam, seen=None, key=Key.fresh(ours.sam), upload=upload())
    File.objects.update(state="INFECTED")

    assert [item.key for item in pack.items_found(ours.jordan, ours.sam) if item.key.startswith("file:")] == []


# --- whose words go --------------------------------------------------------------------------------------------------

STAYS = {
    "pupil": "What Jordan said stays out of this version: they have not agreed.",
    "carer": "What the carer said stays out of this version: they have not agreed.",
    "parent": "What the parent said stays out of this version: they have not agreed.",
    "parent or carer": "What the parent or carer said stays out of this version: they have not agreed.",
    "social worker": "What the social worker said stays out of this version: they have not agreed.",
}
QUOTED_IN_A_CYCLE = {
    "pupil": ["When I’m stuck I don’t know what to say.", "It helped when Tia was there."],
    "carer": ["Mornings after family time are hardest."],
    "parent": ["He was happier at nursery."],
    "parent or carer": ["We read together now."],
    "social worker": ["He asks for his brother."],
}
OWN_SECTIONS = {
    "pupil": [pep_world.SAID["said"], "Talk partners because he asked."],
    "carer": ["He is calmer in the mornings.", "Cara hears him read each night."],
}
EVERYTHING_SAID = [words for said in [*QUOTED_IN_A_CYCLE.values(), *OWN_SECTIONS.values()] for words in said]


@pytest.fixture
def quoting(ours):
    """A reviewed cycle in which everybody was heard, and a signed PEP that quotes it: all that is in the pack."""
    cycle = cycle_world.begin(ours)
    with clock.at(cycle_world.SEPTEMBER):
        for who, name in [("parent", "Pat"), ("social worker", "Sol")]:
            cycles.add_assessment_entry(
                cycle.pk, by=ours.sam, key=Key.fresh(ours.sam), who_said=who, name=name, area="semh",
                words=QUOTED_IN_A_CYCLE[who][0], said_on=cycle_world.SEPTEMBER,
            )  # fmt: skip
    cycle_world.assess(ours, cycle)
    outcome, *_ = cycle_world.plan(ours, cycle)
    cycle_world.agree(ours, cycle)
    views = {"pupil": QUOTED_IN_A_CYCLE["pupil"][1], "carer": "We read together now.", "teacher": "Fewer walks out."}
    cycle_world.review(ours, cycle, {outcome.pk: ("some", "2 lessons in 5")}, views=views)
    pep = pep_world.autumn(ours)
    peps.start_pep(pep.pk, by=ours.dee)
    pep_world.write_all(pep, ours.dee)
    told = {"by": ours.dee, "seen": None, "told_to": "Tia", "how": "talked", "given_on": world.DAY}
    mine, carers = OWN_SECTIONS["pupil"], OWN_SECTIONS["carer"]
    peps.write_view(pep_world.section(pep, "pupil_view").pk, said=mine[0], acted_on=mine[1], **told)
    peps.write_view(pep_world.section(pep, "carer_view").pk, said=carers[0], part=carers[1], **told)
    peps.submit_pep(pep.pk, by=ours.dee)
    pep_world.grade_all(pep, ours.ada)
    peps.sign_off_pep(pep.pk, by=ours.ada)
    one = begun(ours)
    keys = [item.key for item in pack.items_found(ours.jordan, ours.sam) if item.key.startswith(("cycle:", "pep:"))]
    return actions.choose_items(one.pk, by=ours.sam, seen=None, keys=keys)


def sent_document(ours, one, agreed=()):
    return actions.send_pack(one.pk, by=ours.sam, seen=None, agreed=agreed).document


def section_in(document, of):
    (section,) = [one for one in document.snapshot["sections"] if one["name"].startswith(of)]
    return str(section["parts"])


@pytest.mark.parametrize("whose", list(QUOTED_IN_A_CYCLE))
@pytest.mark.parametrize("of", ["cycle:", "pep:"])
def test_what_somebody_said_in_a_cycle_stays_out_of_cycle_and_pep_until_they_agree(ours, quoting, whose, of):
    everybody_else = [f"said:{other}" for other in QUOTED_IN_A_CYCLE if other != whose]
    sent = section_in(sent_document(ours, quoting, everybody_else), of)

    assert not any(words in sent for words in QUOTED_IN_A_CYCLE[whose])
    assert STAYS[whose] in sent
    others = [words for other, said in QUOTED_IN_A_CYCLE.items() if other != whose for words in said]
    assert all(words in sent for words in others)


@pytest.mark.parametrize("whose", list(OWN_SECTIONS))
def test_section_of_a_pep_in_somebodys_own_words_stays_out_until_they_agree(ours, quoting, whose):
    *_, pep = [one for one in sent_document(ours, quoting).snapshot["sections"] if one["name"].startswith("pep:")]
    parts = pep["parts"]

    assert not any(words in str(parts) for words in OWN_SECTIONS[whose])
    assert {"kind": "words", "heading": f"What the {whose} says", "words": STAYS[whose]} in [
        part | {"heading": part.get("heading", "").partition(":")[0]} for part in parts
    ]


def test_what_the_school_said_goes_without_a_tick(ours, quoting):
    sent = sent_document(ours, quoting)

    for of in ("cycle:", "pep:"):
        assert "Fewer walks out." in section_in(sent, of)
        assert "Jordan manages when he can talk about the work." in section_in(sent, of)


def test_what_was_agreed_goes_as_it_was_said(ours, quoting):
    sent = sent_document(ours, quoting, [f"said:{whose}" for whose in QUOTED_IN_A_CYCLE])

    assert [words for words in EVERYTHING_SAID if words not in str(sent.snapshot)] == []
    assert "stays out of this version" not in str(sent.snapshot)


def test_paper_and_word_leave_out_what_nobody_agreed_to(ours, quoting):
    snapshot = sent_document(ours, quoting).snapshot
    printed, written = text_of(opened(to_pdf("ehc_pack", snapshot))), text_of_word(to_docx(snapshot))

    for text in ("".join(printed.split()), "".join(written.split())):
        assert [words for words in EVERYTHING_SAID if "".join(words.split()) in text] == []
        assert all("".join(sentence.split()) in text for sentence in STAYS.values())


def test_before_it_is_sent_all_is_read_and_it_says_that_ticks_come_later(ours, quoting):
    snapshot = pack.snapshot_of(quoting, by=ours.sam, sent_on=None)

    assert QUOTED_IN_A_CYCLE["carer"][0] in str(snapshot["sections"])
    assert "is ticked when it is sent" in snapshot["footer"]


def test_what_was_quoted_and_not_agreed_is_told_in_the_history(ours, quoting):
    sent_document(ours, quoting, [f"said:{whose}" for whose in QUOTED_IN_A_CYCLE if whose != "carer"])

    told = Entry.objects.about_pupil(ours.jordan.pk).values_list("sentence", flat=True)
    (kept_out,) = [sentence for sentence in told if sentence.startswith("Kept out of the pack")]
    assert "What the carer said, where it is quoted: Assess, Plan, Do, Review: cycle 1; " in kept_out


@pytest.mark.parametrize(
    ("by", "whose"),
    [
        ("Jordan", "pupil"), ("Pupil, at the review", "pupil"), ("Cara, carer", "carer"), ("Carer", "carer"),
        ("Pat, parent", "parent"), ("Parent or carer, at the review", "parent or carer"),
        ("Sol, Duty team, social worker", "social worker"), ("Teacher, at the review", ""),
    ],
)  # fmt: skip
def test_label_below_a_quote_says_whose_words_it_is(by, whose):
    assert pack.whose_words(by) == whose
