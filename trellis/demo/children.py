"""The children of a demonstration: invented, in the proportions that England publishes (children looked after 2025;
SEN of children in need 2023/24). The same seed gives the same children."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from trellis.calendar.rules import academic_year
from trellis.pupils.rules import upn_check_letter

NEEDS = (
    ["SEMH"] * 42 + ["SLCN"] * 20 + ["MLD"] * 15 + ["ASD"] * 8 + ["SPLD"] * 6 + ["NSA"] * 4 + ["HI"] * 3 + ["PD"] * 2
)
STATUSES = ["K"] * 45 + ["E"] * 33 + ["N"] * 22  # more SEN than among all children in care: schools use Trellis for SEN
LEGAL = ["C2"] * 77 + ["V2"] * 17 + ["E1"] * 6
ETHNICITIES = ["White British"] * 71 + ["Mixed"] * 11 + ["Black African"] * 8 + ["Asian Pakistani"] * 5 + ["Other"] * 5

NAMES = [  # first, preferred, last
    ("Jordan", "", "Vale"), ("Amira", "", "Khan"), ("Tyler", "", "O’Neill"), ("Łukasz", "", "Wiśniewski"),
    ("Éloïse", "Ellie", "D’Arcy"), ("محمد", "", "الأحمد"), ("Bo", "", "Li"), ("Niamh", "", "Ní Bhriain"),
    ("Alexander", "Alex", "Pemberton-Hughes"), ("Chidi", "", "Okafor"), ("Freya", "", "Lind"), ("Kai", "", "Turner"),
    ("Maisie", "", "Cole"), ("Ethan", "", "Blackwood"), ("Zara", "", "Hussain"), ("Noah", "", "Whitfield"),
    ("Ruby", "", "Carter"), ("Mason", "", "Doyle"), ("Aaliyah", "", "Bennett"), ("Callum", "", "Reid"),
    ("Poppy", "", "Marsden"), ("Jayden", "Jay", "Sinclair"), ("Sofia", "", "Marques"), ("Harvey", "", "Nash"),
    ("Ayesha", "", "Malik"), ("Connor", "", "Gallagher"), ("Lily-Mae", "", "Foster-Grant"), ("Reece", "", "Bailey"),
    ("Isla", "", "Drummond"), ("Kwame", "", "Boateng"), ("Ella", "", "Sharpe"), ("Dylan", "", "Price"),
    ("Yusuf", "", "Demir"), ("Megan", "Meg", "Atkins"), ("Leo", "", "Fairweather"), ("Keira", "", "Stone"),
    ("Samuel", "Sam", "Ogden"), ("Hannah", "", "Quigley"), ("Rhys", "", "Morgan"), ("Tia", "", "Beckett"),
    ("Oscar", "", "Lamb"), ("Jasmine", "Jaz", "Kaur"), ("Finley", "", "Holt"), ("Ava", "", "Sutton"),
    ("Joshua", "Josh", "Whyte"), ("Naomi", "", "Adeleke"), ("Toby", "", "Ferris"), ("Erin", "", "McCall"),
    ("Idris", "", "Warsame"), ("Phoebe", "", "Langley"), ("Archie", "", "Mills"), ("Skye", "", "Robertson"),
    ("Jordan", "", "Vale"), ("Amira", "", "Kahn"), ("Corey", "", "Banks"), ("Eva", "", "Novotná"),
    ("Zachary", "Zach", "Hume"), ("Imogen", "", "Tate"), ("Malachi", "", "Grant"), ("Daisy", "", "Horner"),
]  # fmt: skip

PLAN = [  # how many of each school, the youngest and oldest year, whether in care
    ("990102", 20, 0, 6, True), ("990103", 14, 7, 13, True), ("990104", 5, 1, 11, True), ("990101", 2, -1, -1, True),
    ("990102", 7, 1, 6, False), ("990103", 4, 7, 11, False), ("991101", 6, 2, 11, True), ("991101", 2, 3, 9, False),
]  # fmt: skip


@dataclass(frozen=True)
class Child:
    """An invented child, before anything happened to them in Trellis."""

    number: int
    first: str
    preferred: str
    last: str
    born: date
    sex: str
    ethnicity: str
    language: str
    upn: str
    school: str
    year: int
    in_care: bool
    looked_after_since: date
    legal_status: str
    status: str
    primary_need: str
    secondary_need: str

    @property
    def area(self) -> str:
        """The code of the Virtual School in whose area the school lies."""
        return self.school[:3]


def invent(today: date) -> list[Child]:
    """Sixty children as they are a year before ``today``."""
    random = Random("a believable year")
    places = [(urn, low, high, care) for urn, count, low, high, care in PLAN for _ in range(count)]
    ours = [place for place in places if place[0] != "991101"]
    theirs = [place for place in places if place[0] == "991101"]
    order = ours + theirs  # the last eight names, twins of ours among them, live in the other authority
    return [_child(random, number, NAMES[number], order[number], today) for number in range(len(order))]


def _child(
    random: Random, number: int, name: tuple[str, str, str], place: tuple[str, int, int, bool], today: date
) -> Child:
    urn, low, high, in_care = place
    year = 4 if name[0] == "Jordan" else random.randint(low, high)
    born = date(academic_year(today) - 5 - year, 9, 1) + timedelta(days=random.randrange(365))
    status = "K" if number < 3 or not in_care else random.choice(STATUSES)
    status = "E" if urn == "990104" else status
    needs = random.sample(sorted(set(NEEDS)), 2) if status != "N" else ["", ""]
    if status != "N":
        needs[0] = "SEMH" if name[0] == "Jordan" else random.choice([n for n in NEEDS if status == "K" or n != "NSA"])
        others = [n for n in ("SLCN", "MLD", "SEMH", "SPLD") if n != needs[0]]
        needs[1] = others[0] if name[0] == "Jordan" or random.random() < 0.4 else ""
    return Child(
        number=number, first=name[0], preferred=name[1], last=name[2], born=born,
        sex=random.choice("MMMMMFFFF"), ethnicity=random.choice(ETHNICITIES),
        language="English" if random.random() < 0.85 else random.choice(["Polish", "Urdu", "Arabic", "Somali"]),
        upn=_upn(urn, born, number), school=urn, year=year, in_care=in_care,
        looked_after_since=today - timedelta(days=random.randint(400, 2200)),
        legal_status=random.choice(LEGAL), status=status, primary_need=needs[0], secondary_need=needs[1],
    )  # fmt: skip


def _upn(urn: str, born: date, number: int) -> str:
    digits = f"801{urn[-4:]}{(born.year + 4) % 100:02d}{number:03d}"
    return upn_check_letter(f"A{digits}") + digits
