"""The yearly return reconciled with the weekly list: what lands, what waits for a name, and what only a person can
say."""

from datetime import date

from journeys.steps import brings, child, the_worker_runs, written_to
from trellis.exchange.ssda903 import samples
from trellis.exchange.ssda903.samples import SampleReturn, episode

SCHOOLS = [
    {"URN": "990102", "LA (code)": "801", "LA (name)": "Midshire", "EstablishmentName": "Larch Primary School",
     "EstablishmentStatus (name)": "Open", "PhaseOfEducation (name)": "Primary"},
]  # fmt: skip
BORN = date(2017, 11, 20)
JORDAN, LAYLA, ROBIN = "500101", "500102", "500199"
LISTED = [child(JORDAN, "Jordan", "Vale"), child(LAYLA, "Layla", "Haddad")]
TIMES = [
    episode(JORDAN, date(2019, 2, 1), date(2020, 3, 4), REC="E4A"),
    episode(JORDAN, date(2025, 6, 2)),
    episode(LAYLA, date(2024, 1, 9), LS="V2"),  # the list says: since 2 June 2025, C2
    episode(ROBIN, date(2021, 5, 3), date(2022, 1, 2), REC="E4A"),
]


def the_return():
    tables = {}
    for number in (JORDAN, LAYLA, ROBIN):
        for name, row in samples.child(number, BORN, year=2026).items():
            tables.setdefault(name, []).append(row)
    return SampleReturn(2026, tables | {"episodes": TIMES})


def test_the_yearly_return_is_reconciled_with_the_weekly_list(person, tmp_path):
    bea, ada = person("bea"), person("ada")
    brings(bea, "A list of schools", written_to(tmp_path / "schools.csv", SCHOOLS), saying=["1"])
    brings(bea, "The weekly pupil list", written_to(tmp_path / "week_1.csv", LISTED), saying=["2 new"])

    file = tmp_path / "return.xml"
    file.write_bytes(the_return().as_xml().content)
    brings(
        bea, "The yearly looked-after return (SSDA903)", file,
        saying=["the year to 31 March 2026", "HOME_POST, PL_POST", "Read for advice, not kept", "Jordan Vale"],
    )  # fmt: skip
    reads_who_waits(bea)
    answers_what_stands(bea)
    reads_what_landed(ada, "Jordan Vale", "1 February 2019 to 4 March 2020", "17: cause for concern")

    week_2 = written_to(tmp_path / "week_2.csv", [*LISTED, child(ROBIN, "Robin", "Marsh")])
    brings(bea, "The weekly pupil list", week_2, saying=["1 new"])
    bea.goes_to("/imports/waiting/").reads("Nobody waits")
    reads_what_landed(ada, "Robin Marsh", "3 May 2021 to 2 January 2022", "17: cause for concern")
    the_worker_runs()


def reads_who_waits(bea):
    bea.goes_to("/imports/").follows("1 child of a yearly return waits for a name").sees("Names not yet known")
    bea.reads(ROBIN, "1 time in care, SDQ").reads_nothing_of("Robin")


def answers_what_stands(bea):
    """The list decides who is looked after today; the return may say what was before."""
    bea.goes_to("/imports/").follows(f"number {LAYLA} of the return").sees("Layla Haddad")
    bea.reads("Accommodated under section 20", "Full care order")
    bea.chooses("What the return says").presses("Save the answer").sees("Imports").reads("Answered.")


def reads_what_landed(ada, name, *words):
    ada.goes_to("/pupils/").follows(name).sees(name)
    ada.follows("Everyone around").reads("Care before", *words)
