"""A pupil comes from a school that keeps nothing here: the SENCO brings the common transfer file, reads the SEN of
before on the record, and the school before has its receipt."""

from datetime import date

from journeys.steps import brings, child, written_to
from trellis.exchange.ctf.samples import a_file, pupil
from trellis.pupils.models import Pupil
from trellis.transfers.models import Transfer, TransferState, What

UPN = "Y331200016041"
SCHOOLS = [
    {"URN": "990102", "LA (code)": "801", "LA (name)": "Midshire", "EstablishmentNumber": "4000",
     "EstablishmentName": "Larch Primary School", "EstablishmentStatus (name)": "Open",
     "PhaseOfEducation (name)": "Primary"},
    {"URN": "990888", "LA (code)": "801", "LA (name)": "Midshire", "EstablishmentNumber": "2000",
     "EstablishmentName": "Elder Academy", "EstablishmentStatus (name)": "Open",
     "PhaseOfEducation (name)": "Primary"},
]  # fmt: skip
BEFORE = {"upn": UPN, "sen_status": "K", "primary_need": "SEMH"}
AT_ELDER = {"school_urn": "990888", "school_name": "Elder Academy"}
AT_LARCH = {"school_start": "2026-11-02"}
SENT = pupil(
    Surname="Vale", Forename="Jordan", DOB="2017-11-20", UPN=UPN, Gender="F", InCare="true", CareAuthority="801",
    sen=[("2022-09-05", "N"), ("2024-02-12", "K")], needs=["SEMH", "SLCN"],
    schools=[("801", "2000", "Elder Academy", "2022-09-05")],
)  # fmt: skip


def test_a_senco_brings_the_common_transfer_file_of_a_pupil_who_came(person, tmp_path):
    bea, sam = person("bea"), person("sam")
    brings(bea, "A list of schools", written_to(tmp_path / "schools.csv", SCHOOLS), saying=["2"])
    week_1 = written_to(tmp_path / "week_1.csv", [child("500101", "Jordan", "Vale", **BEFORE, **AT_ELDER)])
    brings(bea, "The weekly pupil list", week_1, saying=["1 new"])
    week_2 = written_to(tmp_path / "week_2.csv", [child("500101", "Jordan", "Vale", **BEFORE, **AT_LARCH)])
    brings(bea, "The weekly pupil list", week_2, saying=["Moved school"])

    sent = a_file(SENT, pupil(Surname="Nobody", Forename="Nell", DOB="2016-01-01"))
    file = tmp_path / sent.name
    file.write_bytes(sent.content)
    brings(
        sam, "A common transfer file (CTF)", file,
        saying=[
            "sent by Elder Academy (8012000)", "SEN support: SEMH, SLCN, 12 February 2024 to 1 November 2026",
            "Common transfer file owed by Elder Academy", "Nell Nobody", "This element is called Sex",
        ],
    )  # fmt: skip
    reads_the_sen_of_before(sam)
    gives_the_receipt()

    sam.goes_to("/imports/").chooses("A common transfer file (CTF)").attaches("The file", file)
    sam.presses("Check the file").sees(file.name).reads("1 unchanged")


def reads_the_sen_of_before(sam):
    sam.goes_to("/pupils/").follows("Jordan Vale").sees("Jordan Vale").follows("Everyone around")
    sam.reads("SEN support: SEMH, SLCN", "since 12 February 2024, until 2 November 2026")
    sam.reads("No special educational needs", "since 5 September 2022, until 12 February 2024")


def gives_the_receipt():
    transfer = Transfer.objects.get(pupil=Pupil.objects.get(upn=UPN), what=What.COMMON_TRANSFER)
    assert (transfer.state, transfer.left_on) == (TransferState.RECEIVED, date(2026, 11, 2))
