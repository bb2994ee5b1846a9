"""How much of a file we look at. What is larger is no list that a person brings by a page."""

LARGEST_FILE = 10 * 1024 * 1024  # bytes
LARGEST_OLD_WORKBOOK = 5 * 1024 * 1024  # .xls tells how far its cells reach only once it is read
LARGEST_UNPACKED = 160 * 1024 * 1024  # bytes, all that a zip holds
LARGEST_IN_ZIP = 60 * 1024 * 1024  # bytes, one CSV file of a zip: the whole country's schools are about 60 MB
MOST_IN_ZIP = 500  # files
MOST_PACKED = 300  # times smaller than it was: a real sheet is 5 to 40, a bomb a thousand
PACKED_TIGHT_ABOVE = 1024 * 1024  # bytes; something small may be packed as tight as it likes
MOST_LINES = 100_000
MOST_COLUMNS = 400  # the download of all school columns has about 140
MOST_CELLS = 1_000_000  # of a workbook, filled; all of it is held in memory once
MOST_AREA = 3_000_000  # of a workbook, filled or not: from the first cell of a sheet to its last
MOST_SHEETS = 60
