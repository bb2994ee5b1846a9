"""Scanning for viruses. The scanner is the installation's own; Trellis speaks to it and waits for its word.

FILE_SCANNER names it: ``clamd://host:port``, or nothing. Without one, files of a demonstration or a test count as
clean; in a live database they stay pending, and nobody opens them.
"""

import socket
import struct
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

CHUNK = 64 * 1024
SECONDS = 30


class ScannerDown(Exception):
    """The scanner gave no answer. The file stays pending and is tried again."""


@dataclass(frozen=True)
class Verdict:
    clean: bool
    found: str = ""  # the scanner's name for what it found


class Scanner(Protocol):
    def scan(self, data: bytes) -> Verdict:
        """Look at the bytes. Raises ScannerDown when there is no answer."""


class NoneConfigured:
    """Nobody to ask: right for a demonstration, where every child is invented; in a live database nothing opens."""

    def scan(self, data: bytes) -> Verdict:
        if not is_asked():
            return Verdict(clean=True)
        raise ScannerDown("No scanner is configured (FILE_SCANNER), so no file can be opened.")


class Clamd:
    """ClamAV's daemon, asked over the network in its own words (INSTREAM)."""

    def __init__(self, host: str, port: int) -> None:
        self.address = (host, port)

    def scan(self, data: bytes) -> Verdict:
        try:
            answer = self._asked(data)
        except OSError as trouble:
            raise ScannerDown(str(trouble)) from trouble
        if answer.endswith("OK"):
            return Verdict(clean=True)
        if answer.endswith("FOUND"):
            return Verdict(clean=False, found=answer.removeprefix("stream: ").removesuffix(" FOUND")[:200])
        raise ScannerDown(answer)

    def _asked(self, data: bytes) -> str:
        with socket.create_connection(self.address, timeout=SECONDS) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                part = data[start : start + CHUNK]
                line.sendall(struct.pack("!I", len(part)) + part)
            line.sendall(struct.pack("!I", 0))
            return _read_all(line).rstrip(b"\0\n").decode(errors="replace")


def _read_all(line: socket.socket) -> bytes:
    answer = b""
    while part := line.recv(4096):
        answer += part
    return answer


def is_asked() -> bool:
    """Whether files wait for a scanner's word: not in a demonstration or test that names none."""
    return bool(settings.FILE_SCANNER) or settings.STAMP == "live"


def scanner() -> Scanner:
    """The scanner this installation names."""
    if not settings.FILE_SCANNER:
        return NoneConfigured()
    parts = urlsplit(settings.FILE_SCANNER)
    if parts.scheme != "clamd" or not parts.hostname:
        raise ImproperlyConfigured("FILE_SCANNER is clamd://host:port or empty.")
    return Clamd(parts.hostname, parts.port or 3310)
