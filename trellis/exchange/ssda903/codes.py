"""Which codes a column of the yearly return may hold, and in the return of which year.

Facts, as published by the Department for Education in the code sets of the SSDA903 return; the years in which they
changed as kept by the schema files of liia-tools-pipeline (MIT). A list stands until a later one takes its place; the
year is that in which the return's year ends.
"""

Codes = dict[int, str]

PLACES_2017 = "A3 A4 A5 A6 H5 K1 K2 P1 P2 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z1"
PLACES_2025 = "A3 A4 A5 A6 K1 K2 K3 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z1"
ENDED_2017 = "X1 E11 E12 E13 E14 E15 E16 E17 E2 E3 E4A E4B E41 E43 E44 E5 E6 E7 E8 E9"
ENDED_2019 = "X1 E11 E12 E13 E14 E15 E16 E17 E2 E3 E4A E4B E41 E45 E46 E47 E48 E5 E6 E7 E8 E9"
HOMES = " ".join(f"{letter}{number}" for letter in "BCDEGHKRSTUVWXYZ" for number in (1, 2)) + " 0"

CODES: dict[str, Codes] = {
    "SEX": {2017: "1 2", 2025: "M F U"},
    "ETHNIC": {
        2017: "WBRI WIRI WOTH WIRT WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT"
    },
    "MOTHER": {2017: "0 1"},
    "UASC": {2017: "0 1"},
    "RNE": {2017: "S L P T B U"},
    "LS": {2017: "C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3"},
    "CIN": {2017: "N1 N2 N3 N4 N5 N6 N7 N8"},
    "PLACE": {2017: PLACES_2017, 2025: PLACES_2025, 2026: f"{PLACES_2025} Z11 Z12 Z13 Z14"},
    "PLACE_PROVIDER": {2017: "PR0 PR1 PR2 PR3 PR4 PR5"},
    "REC": {2017: ENDED_2017, 2019: ENDED_2019},
    "REASON_PLACE_CHANGE": {
        2017: "CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE OTHER",
        2019: "CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE CUSTOD OTHER",
    },
    "REVIEW_CODE": {2017: "PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7"},
    "SDQ_REASON": {2017: "SDQ1 SDQ2 SDQ3 SDQ4 SDQ5"},
    "CONVICTED": {2017: "0 1"},
    "HEALTH_CHECK": {2017: "0 1"},
    "IMMUNISATIONS": {2017: "0 1"},
    "TEETH_CHECK": {2017: "0 1"},
    "HEALTH_ASSESSMENT": {2017: "0 1"},
    "SUBSTANCE_MISUSE": {2017: "0 1"},
    "INTERVENTION_RECEIVED": {2017: "0 1"},
    "INTERVENTION_OFFERED": {2017: "0 1"},
    "IN_TOUCH": {2017: "YES NO DIED REFU NREQ RHOM"},
    "ACTIV": {2017: "F1 P1 F2 P2 F3 P3 G4 G5 G6 0", 2022: "F1 P1 F2 P2 F4 P4 F5 P5 G4 G5 G6 0"},
    "ACCOM": {2017: HOMES},
    "FOSTER_CARE": {2017: "0 1"},
    "NB_ADOPTR": {2017: "1 2"},
    "SEX_ADOPTR": {2017: "M1 F1 MM FF MF"},
    "LS_ADOPTR": {2017: "L0 L11 L12 L2 L3 L4"},
    "REASON_PLACED_CEASED": {2017: "RD1 RD2 RD3 RD4"},
    "PREV_PERM": {2017: "P1 P2 P3 P4 Z1"},
    "MISSING": {2017: "M A"},
    "SW_REASON": {2024: "MANAGE FCONTA LEFTRL ORGRST TSPROC ABSENC CHCHAN PCCHAN SWDIED OTHERS"},
}
FIRST_YEAR = min(CODES["LS"])


def codes_in(column: str, year: int) -> frozenset[str]:
    """The codes of a column in the return of a year; of a year before all lists, the first."""
    lists = CODES[column]
    standing = [since for since in lists if since <= year]
    return frozenset(lists[max(standing) if standing else min(lists)].split())


def years_of(column: str, code: str) -> str:
    """In which returns a code stands that this one has not: "to 2024", "from 2025", or nothing."""
    lists = CODES[column]
    having = [since for since, codes in lists.items() if code in codes.split()]
    if not having:
        return ""
    later = [since for since in lists if since > max(having)]
    return f"to {min(later) - 1}" if later else f"from {min(having)}"
