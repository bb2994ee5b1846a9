"""Common transfer files of our own making."""

from typing import Any
from xml.sax.saxutils import escape

from trellis.exchange.reading import Brought

Pupil = dict[str, Any]


def pupil(**says: Any) -> Pupil:
    """A pupil as ``a_file`` writes it: ``sen`` [(first day, status)], ``needs`` in order, ``years`` of attendance
    [(year, possible, authorised, unauthorised)], ``schools`` [(area, number, name, first day)]; the rest by element."""
    return {"Surname": "Vale", "Forename": "Jordan", "DOB": "2018-03-03", "Sex": "M"} | says


def a_file(
    *pupils: Pupil, source: tuple[str, str] = ("801", "2000"), destination: tuple[str, str] = ("801", "4000"),
    name: str = "", encoding: str = "utf-8",
) -> Brought:  # fmt: skip
    """A file from one school to another, as (area, establishment number)."""
    head = (
        "<DocumentName>Common Transfer File</DocumentName><CTFversion>25.0</CTFversion>"
        "<DateTime>2026-09-14T09:30:00</DateTime>"
        f"<SourceSchool>{_school(*source)}<SchoolName>Elder Academy</SchoolName></SourceSchool>"
        f"<DestSchool>{_school(*destination)}</DestSchool>"
    )
    body = "".join(_pupil(one, *source) for one in pupils)
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<CTfile><Header>{head}</Header>\n'
        f"<CTFpupilData>{body}</CTFpupilData></CTfile>"
    )
    name = name or f"{''.join(source)}_CTF_{''.join(destination)}_001.xml"
    return Brought(name, text.encode(encoding))


def _school(area: str, number: str) -> str:
    return f"<LEA>{area}</LEA><Estab>{number}</Estab>"


def _pupil(says: Pupil, area: str, number: str) -> str:
    flat = "".join(_element(name, value) for name, value in says.items() if isinstance(value, str))
    sen = "".join(
        f"<SEN>{_element('StartDate', since)}{_element('SENprovision', status)}</SEN>"
        for since, status in says.get("sen", [])
    )
    needs = "".join(
        f"<SENneed>{_element('SENtypeRank', str(rank))}{_element('SENtype', need)}</SENneed>"
        for rank, need in enumerate(says.get("needs", []), start=1)
    )
    years = "".join(
        f"<YearData>{_element('Year', str(year))}{_school(area, number)}"
        f"{_element('SessionsPossible', str(possible))}{_element('SessionsAuthorised', str(authorised))}"
        f"{_element('SessionsUnauthorised', str(unauthorised))}</YearData>"
        for year, possible, authorised, unauthorised in says.get("years", [])
    )
    schools = "".join(
        f"<School>{_school(at, with_number)}{_element('SchoolName', name)}{_element('EntryDate', since)}</School>"
        for at, with_number, name, since in says.get("schools", [])
    )
    return (
        f"<Pupil>{flat}<SENhistory>{sen}</SENhistory><SENneeds>{needs}</SENneeds><Attendance>{years}</Attendance>"
        f"<SchoolHistory>{schools}</SchoolHistory></Pupil>\n"
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
