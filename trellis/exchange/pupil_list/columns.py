"""The columns of a weekly pupil list as others call them, and what others write in them."""

import re
from typing import Any

from trellis.exchange.mapping.columns import Column
from trellis.exchange.pupil_list.rules import COLUMNS, PLACEMENT_TYPES
from trellis.pupils.models import LegalStatus, Sen
from trellis.pupils.rules import TYPES_OF_NEED

SEN_WORDS = {
    "EHCP": "E", "EHC": "E", "Education health and care plan": "E", "Statement": "E", "Plan": "E", "Yes EHCP": "E",
    "Support": "K", "SENS": "K", "SEN": "K", "School support": "K", "SEN support K": "K", "SEND support": "K",
    "None": "N", "No": "N", "No SEN": "N", "No SEND": "N", "": "N", "n/a": "N", "-": "N",
}  # fmt: skip
SEX_WORDS = {"Male": "M", "Boy": "M", "Female": "F", "Girl": "F", "Unknown": "U", "Not known": "U", "Other": "U"}
LEGAL_WORDS = {
    "FCO": "C2", "ICO": "C1", "S20": "V2", "Section 20": "V2", "S31": "C2", "Section 31": "C2", "S38": "C1",
    "Section 38": "C1", "PO": "E1", "EPO": "L2", "Remand": "J1", "Care order": "C2", "Accommodated": "V2",
}  # fmt: skip
NEED_WORDS = {
    "None": "", "n/a": "", "Autism": "ASD", "ASC": "ASD", "Dyslexia": "SPLD", "SEBD": "SEMH", "ADHD": "SEMH",
    "Speech and language": "SLCN", "S&L": "SLCN", "Hearing": "HI", "Vision": "VI", "Visual impairment": "VI",
    "Physical": "PD", "Other": "OTH", "Downs": "DS", "Down's syndrome": "DS",
}  # fmt: skip
NEEDS = {"": "No need named", **TYPES_OF_NEED}
PLACEMENTS = {"": "Not said", **{code: code for code in PLACEMENT_TYPES}}

DECLARED: dict[str, dict[str, Any]] = {
    "child_id": {
        "text": "Child’s number at the authority", "needed": True,
        "words": ("LCS ID", "Child ID", "Person ID", "Client ID", "Case number", "Mosaic ID", "Liquidlogic ID",
                  "PID", "Child number", "Child reference", "Ref", "SSD number", "ICS number", "ID"),
    },
    "upn": {
        "text": "UPN (unique pupil number)", "words": ("UPN", "Unique pupil number", "Pupil number"),
        "looks": re.compile(r"^[A-Za-z]\d{11}[\dA-Za-z]$"),
    },
    "legal_first_name": {
        "text": "First name", "needed": True,
        "words": ("Forename", "Forenames", "Given name", "First names", "Legal forename", "Child first name"),
    },
    "legal_last_name": {
        "text": "Last name", "needed": True,
        "words": ("Surname", "Family name", "Legal surname", "Child last name"),
    },
    "preferred_first_name": {
        "text": "Preferred first name",
        "words": ("Known as", "Preferred name", "Preferred forename", "Chosen name"),
    },
    "date_of_birth": {
        "text": "Date of birth", "needed": True, "is_day": True,
        "words": ("DOB", "Birth date", "Born", "Birthday", "Child DOB"),
    },
    "sex": {
        "text": "Sex", "words": ("Gender", "M/F"), "meanings": SEX_WORDS,
        "codes": {"M": "Male", "F": "Female", "U": "Not known"},
    },
    "looked_after_since": {
        "text": "In care since", "needed": True, "is_day": True,
        "words": ("BLA date", "Became looked after", "Date became looked after", "LAC start", "CLA start",
                  "LAC since", "CLA since", "Care start", "LAC date", "Start of care", "Period of care start",
                  "POC start", "Date became CLA", "Date became LAC", "Looked after from"),
    },
    "legal_status": {
        "text": "Legal status", "needed": True, "meanings": LEGAL_WORDS, "codes": dict(LegalStatus.choices),
        "words": ("Status", "LS", "Legal", "Current legal status", "Legal status code"),
    },
    "school_urn": {
        "text": "School’s URN", "looks": re.compile(r"^1\d{5}$"),
        "words": ("URN", "School DfE URN", "Establishment URN", "School code", "Current school URN"),
    },
    "school_name": {
        "text": "School’s name",
        "words": ("School", "Establishment", "Education provision", "Current school", "Provision", "Setting"),
    },
    "school_start": {
        "text": "At this school since", "is_day": True,
        "words": ("Start", "School start date", "Date started", "Start at school", "Enrolment date",
                  "Admission date", "Date of admission"),
    },
    "year_group": {
        "text": "Year group",
        "words": ("NCY", "Year", "NC year", "National curriculum year", "Yr", "School year"),
    },
    "sen_status": {
        "text": "SEN status", "needed": True, "meanings": SEN_WORDS, "codes": dict(Sen.choices),
        "words": ("SEND", "SEN", "SEN provision", "SEN code", "SEN stage", "SEND status", "EHCP"),
    },
    "primary_need": {
        "text": "Primary need (SEN)", "meanings": NEED_WORDS, "codes": NEEDS,
        "words": ("Need 1", "Primary need", "SEN need", "Main need", "Type of need", "SEN need 1", "Need"),
    },
    "secondary_need": {
        "text": "Secondary need (SEN)", "meanings": NEED_WORDS, "codes": NEEDS,
        "words": ("Need 2", "Secondary need", "SEN need 2", "Other need"),
    },
    "social_worker": {
        "text": "Social worker",
        "words": ("Allocated worker", "SW", "Worker", "Allocated social worker", "Case worker", "Key worker",
                  "Social worker name", "Worker name"),
    },
    "social_worker_email": {
        "text": "Social worker’s e-mail", "looks": re.compile(r"^\S+@\S+\.\S+$"),
        "words": ("Worker e-mail", "SW e-mail", "E-mail", "Social worker e-mail", "Worker e-mail address"),
    },
    "placement_type": {
        "text": "Placement type", "codes": PLACEMENTS,
        "words": ("Plcmt", "Placement", "Placement code", "Placement type code", "Type of placement"),
    },
}  # fmt: skip
PUPIL_COLUMNS = {name: Column(reader=COLUMNS[name], **declared) for name, declared in DECLARED.items()}
