"""One of many who book at once: a program of its own, with nothing but HTTP. Prints what it was told, a line each.

    python booker.py PORT PATH SESSION HOW_MANY DEADLINE_IN_SECONDS

Each booking has its one-time key. An answer that never came leaves it in doubt; the same key is then sent again until
somebody answers, and only that answer counts.
"""

import http.client
import json
import sys
import time
import uuid
from urllib.parse import urlencode

TOKEN = "b" * 32
FORM = {
    "csrfmiddlewaretoken": TOKEN, "work": "training", "what_for": "Calm corners", "minutes": "0.25",
    "on_day": "18", "on_month": "11", "on_year": "2026",
}  # fmt: skip


def ask(port: int, path: str, session: str, key: str) -> str:
    """ "saved" or "refused" as the server said; raises when it said neither."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"trellis_session={session}; trellis_form={TOKEN}",
    }
    try:
        connection.request("POST", path, urlencode({**FORM, "one_time_key": key}), headers)
        response = connection.getresponse()
        page = response.read().decode()
    finally:
        connection.close()
    if response.status == 302 and "/visits/" in (response.getheader("Location") or ""):
        return "saved"
    if response.status == 200 and "left, and this needs 15 minutes" in page:
        return "refused"
    raise OSError(f"answered {response.status}")


def book(port: int, path: str, session: str, deadline: float) -> dict[str, object]:
    key, doubts = str(uuid.uuid4()), 0
    while time.monotonic() < deadline:
        try:
            return {"key": key, "told": ask(port, path, session, key), "doubts": doubts}
        except (OSError, http.client.HTTPException):
            doubts += 1
    return {"key": key, "told": "nothing", "doubts": doubts}


if __name__ == "__main__":
    port, path, session, how_many, seconds = sys.argv[1:]
    end = time.monotonic() + float(seconds)
    for _ in range(int(how_many)):
        print(json.dumps(book(int(port), path, session, end)), flush=True)
