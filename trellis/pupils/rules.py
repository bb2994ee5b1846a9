"""What is true of pupils on paper: UPNs, types of need, dates of birth. Sources named with each rule."""

import re
from dataclasses import dataclass
from datetime import date

from trellis.calendar.rules import academic_year
from trellis.conduct.rules import rule

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # 23 letters, no I, O, S
UPN_SHAPE = re.compile(rf"^[A-Z]\d{{11}}[\d{LETTERS}]$", re.ASCII)
NO_UPN_YET = {"UN1", "UN2", "UN3", "UN4", "UN5"}

TYPES_OF_NEED = {
    "SPLD": "Specific learning difficulty",
    "MLD": "Moderate learning difficulty",
    "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "HI": "Hearing impairment",
    "VI": "Vision impairment",
    "MSI": "Multi-sensory impairment",
    "PD": "Physical disability",
    "ASD": "Autistic spectrum disorder",
    "DS": "Down syndrome",
    "OTH": "Other difficulty or disability",
    "NSA": "SEN support but no specialist assessment of type of need",
}


def tidy_upn(typed: str) -> str:
    """A UPN without spaces, in capitals."""
    return "".join(typed.split()).upper()


def upn_check_letter(upn: str) -> str:
    """The letter a UPN of the right shape should begin with: characters 2 to 13 times 2 to 13, summed, mod 23."""
    values = [int(c) if c.isdigit() else LETTERS.index(c) for c in upn[1:]]
    return LETTERS[sum(weight * value for weight, value in enumerate(values, start=2)) % 23]


@rule(source="DfE UPN guide: 13 characters, a letter, eleven digits, and a digit or letter", field="upn")
def upn_has_the_right_shape(upn: str) -> bool:
    """A UPN has 13 characters: a letter, 11 digits, and a digit or letter."""
    return not upn or bool(UPN_SHAPE.fullmatch(upn))


@rule(source="DfE UPN guide: check letter, mod 23", field="upn")
def upn_check_letter_agrees(upn: str) -> bool:
    """The first letter of this UPN does not agree with its digits: check for a typing slip. It is never I, O or S."""
    return not UPN_SHAPE.fullmatch(upn) or upn[0] == upn_check_letter(upn)


@rule(source="Virtual School duties run from early years to 18; nobody on roll is over 25", field="date_of_birth")
def date_of_birth_is_a_pupils(date_of_birth: date, today: date) -> bool:
    """The date of birth is in the future, or more than 25 years ago."""
    return date_of_birth <= today and academic_year(today) - academic_year(date_of_birth) <= 26


@dataclass(frozen=True)
class SenFacts:
    """A SEN status as entered: ``status`` N, K or E; needs as codes, empty when none."""

    status: str
    primary_need: str = ""
    secondary_need: str = ""


@rule(source="School census: type of need is ranked for pupils with K or E (domain A12)", field="primary_need")
def sen_status_names_its_need(sen: SenFacts) -> bool:
    """Say the main type of need; if it has not been assessed yet, choose NSA."""
    return sen.status == "N" or bool(sen.primary_need)


@rule(source="School census: NSA is used only with SEN support (domain A12)", field="primary_need")
def nsa_goes_with_sen_support(sen: SenFacts) -> bool:
    """The code NSA, no specialist assessment yet, goes only with SEN support, not with an EHC plan."""
    return sen.primary_need != "NSA" or sen.status == "K"


@rule(source="School census: needs are ranked, each once", field="secondary_need")
def needs_differ(sen: SenFacts) -> bool:
    """The second type of need is the same as the first."""
    return not sen.secondary_need or sen.secondary_need != sen.primary_need


@rule(source="School census type of need codes; BESD left them in 2014", field="primary_need")
def needs_are_known_types(sen: SenFacts) -> bool:
    """This is not a type of need that schools use today."""
    return all(need in TYPES_OF_NEED for need in (sen.primary_need, sen.secondary_need) if need)
