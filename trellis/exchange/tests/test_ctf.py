"""The common transfer file beside the pupils on a school's roll."""

from datetime import date
from pathlib import Path

import pytest

from trellis.conduct.refusals import Refused
from trellis.exchange import actions
from trellis.exchange.ctf import samples
from trellis.exchange.ctf.elements import file_in
from trellis.exchange.ctf.samples import a_file
from trellis.exchange.ctf.told import told_by
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind
from trellis.exchange.reading import Unreadable
from trellis.exchange.tests.conftest import REAL
from trellis.organisations.actions import list_school
from trellis.pupils import actions as pupils
from trellis.pupils.models import FormerUpn, SenStatus
from trellis.schooling.models import Attendance
from trellis.transfers.models import Transfer, TransferState, What

UPN, FORMER = "Y331200016041", "C331200018007"
ARRIVED = date(2026, 11, 2)


@pytest.fixture
def larch(ours):
    """Larch has the Department's number 8014000, Elder Academy 8012000."""
    columns = {"authority_code": "801", "phase": "Primary", "status": "Open"}
    list_school(urn="990088", name="Elder Academy", establishment_number="2000", **columns)
    school = list_school(urn=ours.school.urn, name=ours.school.name, establishment_number="4000", **columns)
    ours.school = school
    return ours


@pytest.fixture
def robin(larch):
    """Came to Larch on 2 November; nothing is known of any SEN."""
    pupil = pupils.register_pupil(
        by=None, legal_first_name="Robin", legal_last_name="O’Neill-Ward", date_of_birth=date(2017, 1, 29)
    )
    pupils.start_school_place(pupil.pk, by=None, school=larch.school, on=ARRIVED, year_group=5)
    return pupil


def of_robin(**says):
    return samples.pupil(**{"Surname": "O'Neill-Ward", "Forename": "Robin", "DOB": "2017-01-29", "UPN": UPN} | says)


def bring(world, file, by="sam"):
    return actions.preview_import(kind=ImportKind.CTF, files=[file], school=world.school, by=getattr(world, by))


def landed(world, file, by="sam"):
    made = actions.land_import(bring(world, file, by).pk, by=getattr(world, by))
    assert made.is_landed, made.preview
    return made


def sen_of(pupil):
    statuses = SenStatus.objects.filter(pupil=pupil, during__isempty=False).order_by("during")
    return [(one.since, one.during.upper, one.in_words) for one in statuses]


def told(made):
    ctf = made.preview["ctf"]
    return [(one["number"], one["element"], one["sentence"]) for one in [*ctf["remarks"], *ctf["about"]]]


def test_the_sen_before_lands_with_its_days_and_needs(larch, robin):
    sent = of_robin(sen=[("2022-09-05", "N"), ("2024-02-12", "K"), ("2025-06-01", "E")], needs=["SEMH", "SPLD"])
    made = landed(larch, a_file(sent))
    assert sen_of(robin) == [
        (date(2022, 9, 5), date(2024, 2, 12), "No special educational needs"),
        (date(2024, 2, 12), date(2025, 6, 1), "SEN support"),
        (date(2025, 6, 1), None, "EHC plan: SEMH, SPLD"),
    ]
    robin.refresh_from_db()
    assert (robin.upn, made.counts["changed"], told(made)) == (UPN, 1, [])


def test_a_headteacher_may_bring_it_too(larch, robin):
    landed(larch, a_file(of_robin(sen=[("2024-02-12", "K")], needs=["SLCN"])), by="hana")
    assert len(sen_of(robin)) == 1


def test_no_sen_said_on_the_day_the_pupil_came_gives_way(larch, robin):
    pupils.set_sen_status(robin.pk, by=larch.sam, status="N", on=ARRIVED)
    landed(larch, a_file(of_robin(sen=[("2024-02-12", "K")], needs=["SLCN"])))
    assert sen_of(robin) == [
        (date(2024, 2, 12), ARRIVED, "SEN support: SLCN"),
        (ARRIVED, None, "SEN support: SLCN"),
    ]


def test_sen_that_was_recorded_here_stays_and_the_difference_is_told(larch, robin):
    pupils.set_sen_status(robin.pk, by=larch.sam, status="K", primary_need="MLD", on=ARRIVED)
    made = landed(larch, a_file(of_robin(sen=[("2024-02-12", "E")], needs=["SLCN"])))
    assert sen_of(robin) == [(date(2024, 2, 12), ARRIVED, "EHC plan: SLCN"), (ARRIVED, None, "SEN support: MLD")]
    assert told(made) == [
        (1, "SEN", "The file says “EHC plan: SLCN”, here stands “SEN support: MLD”. That stays.")
    ]  # fmt: skip


def test_a_status_without_its_need_is_told_and_not_taken(larch, robin):
    made = landed(larch, a_file(of_robin(sen=[("2023-02-12", "N"), ("2024-02-12", "K")])))
    assert sen_of(robin) == [(date(2023, 2, 12), date(2024, 2, 12), "No special educational needs")]
    assert [element for _, element, _ in told(made)] == ["SENneed"]


def test_the_same_file_again_changes_nothing(larch, robin):
    file = a_file(of_robin(sen=[("2024-02-12", "K")], needs=["SLCN"], FormerUPN=FORMER))
    landed(larch, file)
    before = sen_of(robin)
    again = landed(larch, file)
    assert (again.counts["changed"], again.counts["unchanged"], again.preview["changed"]) == (0, 1, [])
    assert sen_of(robin) == before
    assert FormerUpn.objects.filter(pupil=robin).count() == 1


@pytest.mark.parametrize(
    ("held", "says"),
    [
        (UPN, {"Surname": "Ward", "UPN": UPN}),
        (FORMER, {"Surname": "Ward", "UPN": UPN, "FormerUPN": FORMER}),
        (None, {"Surname": "ONEILL WARD", "UPN": ""}),
    ],
)
def test_a_pupil_is_found_by_upn_former_upn_or_name_with_the_birthday(larch, robin, held, says):
    if held:
        pupils.replace_upn(robin.pk, by=None, upn=held)
    made = bring(larch, a_file(of_robin(sen=[("2024-02-12", "K")], needs=["SLCN"], **says)))
    assert {row["pupil_id"] for row in made.preview["changed"]} == {robin.pk}


def test_a_upn_that_was_given_anew_replaces_the_one_of_before(larch, robin):
    pupils.replace_upn(robin.pk, by=None, upn=FORMER)
    landed(larch, a_file(of_robin(FormerUPN=FORMER)))
    robin.refresh_from_db()
    assert (robin.upn, FormerUpn.objects.get(pupil=robin).upn) == (UPN, FORMER)


def test_another_upn_than_here_is_told_and_stays(larch, robin):
    pupils.replace_upn(robin.pk, by=None, upn=FORMER)
    made = landed(larch, a_file(of_robin()))
    robin.refresh_from_db()
    assert (robin.upn, [element for _, element, _ in told(made)]) == (FORMER, ["UPN"])


def test_two_pupils_of_one_name_and_birthday_are_left_to_the_upn(larch, robin):
    namesake = pupils.register_pupil(
        by=None, legal_first_name="Robin", legal_last_name="O’Neill-Ward", date_of_birth=date(2017, 1, 29)
    )
    pupils.start_school_place(namesake.pk, by=None, school=larch.school, on=ARRIVED)
    made = bring(larch, a_file(of_robin(UPN="", sen=[("2024-02-12", "K")], needs=["SLCN"])))
    assert (made.rows, made.counts["changed"]) == ([], 0)
    assert "Two of your pupils" in told(made)[0][2]


def test_a_pupil_not_on_the_roll_is_named_alike_whether_known_elsewhere_or_not(larch, robin):
    pupils.start_school_place(robin.pk, by=None, school=larch.next_school, on=date(2026, 11, 9))
    made = bring(larch, a_file(of_robin(), of_robin(Surname="Nobody", UPN="")))
    assert made.preview["ctf"]["not_on_roll"] == [
        {"number": 1, "name": "Robin O'Neill-Ward"}, {"number": 2, "name": "Robin Nobody"},
    ]  # fmt: skip
    assert (made.rows, told(made)) == ([], [])


def test_care_is_never_changed_and_told_where_nothing_is_known_of_it(larch, robin):
    made = landed(larch, a_file(of_robin(InCare="true", CareAuthority="331")))
    assert not robin.care_episodes.exists()
    assert told(made)[0][:2] == (1, "InCare")
    assert "of authority 331" in told(made)[0][2]
    of_jordan = bring(larch, a_file(samples.pupil(InCare="true", CareAuthority="801")))
    assert told(of_jordan) == []
    assert told(bring(larch, a_file(samples.pupil(InCare="false")))) == []


def test_the_file_is_the_receipt_of_the_task_of_the_school_before(larch, robin):
    elder = list_school(urn="990088", name="Elder Academy", authority_code="801", establishment_number="2000")
    mover = pupils.register_pupil(by=None, legal_first_name="Ayo", legal_last_name="Okafor",
                                  date_of_birth=date(2016, 5, 5))  # fmt: skip
    pupils.start_school_place(mover.pk, by=None, school=elder, on=date(2025, 9, 1))
    pupils.start_school_place(mover.pk, by=None, school=larch.school, on=ARRIVED)
    sent = samples.pupil(Surname="Okafor", Forename="Ayo", DOB="2016-05-05")
    other = bring(larch, a_file(sent, source=("801", "2009")))
    assert [element for _, element, _ in told(other)] == ["SourceSchool"]
    made = landed(larch, a_file(sent))
    assert [(row["what"], row["was"]) for row in made.preview["changed"]] == [
        ("common transfer file owed by Elder Academy", "To be sent")
    ]
    states = {one.what: (one.state, one.received_by) for one in Transfer.objects.filter(pupil=mover)}
    assert states[What.COMMON_TRANSFER] == (TransferState.RECEIVED, larch.sam)
    assert states[What.SEN] == (TransferState.OWED, None)


def attendance_of(pupil):
    standing = Attendance.objects.standing().filter(pupil=pupil).order_by("starts_on")
    return [(str(one.school), one.starts_on, one.ends_on, one.possible, one.attended) for one in standing]


def test_attendance_before_lands_at_the_school_and_year_that_the_file_names(larch, robin):
    file = a_file(of_robin(years=[(2025, 380, 20, 10), (2026, 378, 9, 0)]))
    landed(larch, file)
    assert attendance_of(robin) == [
        ("Elder Academy", date(2024, 9, 1), date(2025, 8, 31), 380, 350),
        ("Elder Academy", date(2025, 9, 1), date(2026, 8, 31), 378, 369),
    ]
    assert landed(larch, file).counts["changed"] == 0
    landed(larch, a_file(of_robin(years=[(2025, 380, 20, 11), (2026, 378, 9, 0)])))
    assert [attended for *_, attended in attendance_of(robin)] == [349, 369]


@pytest.mark.parametrize(
    ("years", "source", "why"),
    [
        ([(2024, 300, 1, 1)], ("801", "2000"), "Which school year is meant cannot be told"),
        ([(2026, 300, 1, 1)], ("801", "2009"), "The school with this number is not known here"),
        ([(2026, 300, 1, 1), (2027, 300, 1, 1)], ("801", "2000"), "Which school year is meant cannot be told"),
    ],
)
def test_attendance_that_leaves_a_doubt_is_told_and_not_entered(larch, robin, years, source, why):
    made = landed(larch, a_file(of_robin(years=years), source=source))
    assert attendance_of(robin) == []
    assert [element for _, element, sentence in told(made) if why in sentence] == ["YearData"] * len(years)


def test_the_same_pupil_twice_is_read_once_where_both_say_the_same(larch, robin):
    sent = {"sen": [("2024-02-12", "K")], "needs": ["SLCN"]}
    same = bring(larch, a_file(of_robin(UPN="", **sent), of_robin(**sent)))
    assert [row["number"] for row in same.rows] == [2]
    assert told(same)[0][:2] == (1, "Pupil")
    other = bring(larch, a_file(of_robin(**sent), of_robin(sen=[("2024-02-12", "E")], needs=["SLCN"])))
    assert (other.rows, [number for number, _, _ in told(other)]) == ([], [1, 2])


def test_a_file_for_another_school_is_refused_in_a_sentence(larch):
    with pytest.raises(Unreadable, match="for the school with the number 8014001; yours is 8014000"):
        bring(larch, a_file(of_robin(), destination=("801", "4001")))
    made = bring(larch, a_file(of_robin(), destination=("XXX", "XXXX")))
    assert told(made)[0][:2] == (0, "DestSchool")


def test_the_name_of_the_file_is_advice(larch, robin):
    assert told(bring(larch, a_file(of_robin(), name="ctf.xml")))[0][2].startswith("A common transfer file is named")
    [remark] = told(bring(larch, a_file(of_robin(), name="8012000_CTF_8014001_001.xml")))
    assert "another school that receives it" in remark[2]


def test_a_virtual_school_does_not_bring_it(larch):
    with pytest.raises(Refused):
        actions.preview_import(
            kind=ImportKind.CTF, files=[a_file(of_robin())], virtual_school=larch.virtual_school, by=larch.bea
        )


WRONG = [
    (b"", "The file is empty"),
    (b"a,b\n1,2\n", "This is no XML file"),
    (b"%PDF-1.7", "This is no XML file"),
    (b"<EXPSSDA903/>", "is not a common transfer file"),
    (b"<CTfile><Header/></CTfile>", "holds no pupil"),
    (b"<CTfile><CTFpupilData><Pupil>", "breaks off"),
    (b'<!DOCTYPE a [<!ENTITY x "y">]><CTfile/>', "declares a document type"),
    (b"<CTfile>" + b"<Pupil>" * 20, "nested deeper"),
]


@pytest.mark.parametrize(("content", "sentence"), WRONG)
def test_a_wrong_file_is_refused_in_a_sentence(larch, content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        bring(larch, Brought("x.xml", content))


def test_an_address_is_passed_over_unread(larch, robin):
    content = a_file(of_robin()).content.replace(
        b"<SENhistory>", b"<Address><Line1>1 High Street</Line1></Address><StageAssessments/><SENhistory>"
    )
    made = bring(larch, Brought("8012000_CTF_8014000_001.xml", content))
    assert (made.preview["dropped"], made.preview["ignored"]) == (["Address"], ["StageAssessments"])
    assert "High Street" not in str(made.rows) + str(made.preview)


ELEMENTS = [
    ({"DOB": "29/01/2017"}, "DOB", "Written as day/month/year"),
    ({"DOB": "January"}, "DOB", "This is no date"),
    ({"UPN": "A331200016041"}, "UPN", "does not agree with its digits"),
    ({"UPN": "12"}, "UPN", "13 characters"),
    ({"Gender": "M"}, "Gender", "called Sex"),
    ({"InCare": "Y"}, "InCare", "Read as yes"),
    ({"InCare": "perhaps"}, "InCare", "should be true or false"),
    ({"InCare": "true", "CareAuthority": "Coventry"}, "CareAuthority", "three figures"),
    ({"sen": [("2024-02-12", "S")]}, "SENprovision", "no SEN status that schools have today"),
    ({"sen": [("2012-02-12", "A")]}, "SENprovision", "School Action became SEN support"),
    ({"sen": [("", "K")]}, "StartDate", "without its first day"),
    ({"sen": [("2030-01-01", "K")]}, "StartDate", "still to come"),
    ({"needs": ["BESD"]}, "SENtype", "not a type of need that schools use today"),
    ({"years": [(2026, 10, 9, 9)]}, "SessionsPossible", "More sessions were missed"),
    ({"years": [(2026, "many", 9, 9)]}, "SessionsPossible", "no whole number"),
    ({"Forename": "Robyn"}, "Surname", "otherwise than here"),
]


@pytest.mark.parametrize(("says", "element", "sentence"), ELEMENTS)
def test_an_element_that_is_not_as_it_should_be_is_told_by_pupil_and_element(larch, robin, says, element, sentence):
    pupils.replace_upn(robin.pk, by=None, upn=UPN)
    made = bring(larch, a_file(of_robin(**says)))
    assert [(number, name) for number, name, words in told(made) if sentence in words] == [(1, element)]


def sample(name, ours):
    """The sample where real files are, else ours with the same things in it."""
    return (Path(REAL) / "ctf" / name).read_bytes() if REAL else ours.content


AYO = {
    "Surname": "Okafor",
    "Forename": "Ayo",
    "DOB": "2011-11-03",
    "UPN": UPN,
    "InCare": "true",
    "needs": ["SEMH", "SPLD"],
}
SIAN = {"Surname": "O'Neill-Ward", "Forename": "Siân", "DOB": "2015-01-29", "InCare": "true", "needs": ["SLCN"]}
ZOFIA = {"Surname": "Nowak", "Forename": "Zofia", "DOB": "2009-06-18", "InCare": "false"}
FOR_3314000 = {"source": ("331", "2000"), "destination": ("331", "4000")}


def test_a_file_without_a_fault_is_read_without_a_word():
    ours = a_file(*(samples.pupil(**one) for one in (AYO, SIAN, ZOFIA)), **FOR_3314000)
    said = told_by(file_in(sample("3312000_CTF_3314000_001.xml", ours)))
    assert [(one.name, one.needs, one.in_care) for one in said.pupils] == [
        ("Ayo Okafor", ["SEMH", "SPLD"], True),
        ("Siân O'Neill-Ward", ["SLCN"], True),
        ("Zofia Nowak", [], False),
    ]
    assert (said.remarks, said.destination.number) == ([], "3314000")


def test_everything_that_is_wrong_in_a_dirty_file_is_told():
    wrong = [
        AYO | {"UPN": "Z331200016041", "Gender": "M"},
        SIAN | {"DOB": "29/01/2015", "InCare": "Y", "CareAuthority": "Coventry"},
        AYO, AYO,
    ]  # fmt: skip
    ours = a_file(*(samples.pupil(**one) for one in wrong), **FOR_3314000, encoding="iso-8859-1")
    said = told_by(file_in(sample("3312000_CTF_3314000_002_dirty.xml", ours)))
    assert {(one.number, one.element) for one in said.remarks} == {
        (1, "UPN"), (1, "Gender"), (2, "DOB"), (2, "InCare"), (2, "CareAuthority"),
    }  # fmt: skip
    assert said.pupils[1].name == "Siân O'Neill-Ward"
    assert (said.pupils[1].born, said.pupils[1].in_care) == (date(2015, 1, 29), True)


def test_page_shows_what_lands_and_what_is_to_be_known(larch, robin, client):
    client.force_login(larch.sam)
    sent = of_robin(
        sen=[("2024-02-12", "K")], needs=["SLCN"], InCare="Y", schools=[("801", "2000", "Elder Academy", "2022-09-05")]
    )
    made = bring(larch, a_file(sent, of_robin(Surname="Nobody", UPN="")))
    text = client.get(made.get_absolute_url()).content.decode()
    for words in ("sent by Elder Academy (8012000)", "Robin Nobody", "SEN support: SLCN", "since 5 September 2022",
                  "Read as yes."):  # fmt: skip
        assert words in text
    client.force_login(larch.nia)
    assert client.get(made.get_absolute_url()).status_code == 404


def test_a_file_of_many_pupils_asks_the_same_few_queries(larch, robin, django_assert_max_num_queries):
    for number in (1, 200):
        with django_assert_max_num_queries(24):
            bring(larch, a_file(of_robin(), *(of_robin(Surname=f"N{n}", UPN="") for n in range(number))))
