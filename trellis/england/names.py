"""Invented names: of children and adults, authorities and schools. Some are real people's too, as any name is."""

from random import Random

from trellis.demo.children import NAMES


def _each(words: str) -> list[str]:
    return words.split()


FIRST = [
    *sorted({first for first, _, _ in NAMES}),
    *_each(
        "Abigail Adam Aiden Alfie Alice Amara Amelia Anya Arthur Asha Ayaan Beau Bella Ben Blake Caleb Carys Charlie "
        "Chloe Daniel Darcey Devon Eden Elias Eliza Emmanuel Esme Evan Faith Farah Frankie George Gracie Hamza Harper "
        "Harriet Hugo Ibrahim Ines Isaac Ivy Jada Jakub Jamie Jess Joel Kian Kyra Lacey Layla Lewis Logan Lola Luca "
        "Mabel Maryam Max Mia Mila Mohammed Nadia Nathan Nico Oakley Olive Omar Oreoluwa Owen Paige Parker Priya Rafe "
        "Rayan Riley Robyn Rohan Rosie Ryan Saffron Sana Scarlett Shay Sienna Simon Summer Tamsin Theo Tyrone Uma "
        "Vivian Willow Yasmin Zainab"
    ),
]
LAST_BEGINS = _each(
    "Ash Beck Birch Brad Brook Burn Carl Clay Cliff Cole Dal Den East Elm Fair Fern Glen Gold Green Had Hart Haw "
    "Heath Hol Kirk Lang Lin Lock Marsh Mel Mill Moor Nor Oak Pen Rad Red Rook Sand Shaw Stan Stone Thorn Wake West "
    "Whit Win"
)
LAST_ENDS = _each("bury by combe croft dale den field ford ham hurst land ley man mere more shaw stead ton well wood")
AUTHORITY_ENDS = _each("shire vale borough minster mouth chester")
SCHOOL_NAMES = _each(
    "Acorn Alder Bluebell Briar Cedar Cherry Clover Conker Damson Elder Fern Foxglove Gorse Harebell Hawthorn "
    "Heather Holly Hornbeam Ivy Juniper Kingfisher Lark Laurel Lime Linnet Magpie Maple Meadow Nettle Nightingale "
    "Nuthatch Orchard Osier Otter Pear Pine Plover Poplar Quince Robin Sallow Skylark Sorrel Swift Sycamore Teal "
    "Thistle Walnut"
)
ON = _each("Bank Hill Lane Green Park Road Wood Brook Street Common Rise Field")


def first_name(random: Random) -> str:
    return random.choice(FIRST)


def last_name(random: Random) -> str:
    """ "Thornley"; one in twelve is double."""
    name = random.choice(LAST_BEGINS) + random.choice(LAST_ENDS)
    return name if random.random() > 1 / 12 else f"{name}-{random.choice(LAST_BEGINS)}{random.choice(LAST_ENDS)}"


def authority_names(number: int) -> list[str]:
    """So many names, each once: "Ashshire" never, for it would not be said."""
    names = [f"{begins}{ends}" for ends in AUTHORITY_ENDS for begins in LAST_BEGINS if begins[-1] != ends[0]]
    return names[:number]


def school_name(random: Random, number: int, phase: str) -> str:
    return f"{SCHOOL_NAMES[number % len(SCHOOL_NAMES)]} {random.choice(ON)} {KIND_OF_SCHOOL[phase]}"


KIND_OF_SCHOOL = {
    "Nursery": "Nursery School",
    "Primary": "Primary School",
    "Secondary": "Academy",
    "Special": "School",
    "Alternative provision": "Centre",
}
