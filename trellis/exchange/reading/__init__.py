"""Reading what somebody chose: every file is either tables or a sentence that says what is wrong.

``sheets_of`` gives the lines of a CSV file or a workbook as text; ``read_table`` finds among them the table under our
own headings; ``unzipped`` opens a zip of CSV files.
"""

from trellis.exchange.reading.limits import LARGEST_FILE, MOST_CELLS, MOST_COLUMNS, MOST_LINES
from trellis.exchange.reading.sheets import Brought, Row, Sheet, Unreadable, named, sheets_of
from trellis.exchange.reading.tables import Line, Table, looks_like_an_address, read_table
from trellis.exchange.reading.zips import unzipped

__all__ = [
    "LARGEST_FILE",
    "MOST_CELLS",
    "MOST_COLUMNS",
    "MOST_LINES",
    "Brought",
    "Line",
    "Row",
    "Sheet",
    "Table",
    "Unreadable",
    "looks_like_an_address",
    "named",
    "read_table",
    "sheets_of",
    "unzipped",
]
