"""Names as people type them in a hurry: small letters, no accents, no apostrophes. "Eloise" finds "Éloïse".

The same folding stands twice, for what was typed and for what the database holds; a test holds them together.
"""

import unicodedata

from django.db.models import CharField, Func

LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "-": " ", "‐": " "}
DROPPED = "'’‘ʼ`"


def fold(name: str) -> str:
    """The name in small letters without accents and apostrophes, hyphens as spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    kept = "".join(LETTERS.get(c, c) for c in plain if c not in DROPPED)
    return " ".join(kept.split())


class Folded(Func):
    """``fold`` as PostgreSQL does it, with what every PostgreSQL has: no extension."""

    template = (
        "translate(regexp_replace(normalize(lower(%(expressions)s), NFKD), "
        f"'[\u0300-\u036f]', '', 'g'), '{''.join(LETTERS)}{DROPPED.replace(chr(39), chr(39) * 2)}', "
        f"'{''.join(LETTERS.values())}')"
    )
    output_field = CharField()
