"""What the log may hold of an address: never a token."""

import logging
import re

TOKEN = re.compile(r"/l/[^/\s]+")


class WithoutTokens(logging.Filter):
    """Takes the tokens of personal links out of every line before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if "/l/" in said:
            record.msg, record.args = TOKEN.sub("/l/…", said), ()
        return True
