"""``python -m tests.bench.exporting COOKIE``: how far a process grows that streams an export."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import django

PATH = "/assignments/export.csv"


def kib(name: str) -> int:
    """``VmRSS``, the memory in use, or ``VmHWM``, the most since the peak was last forgotten."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.M)
    assert found is not None
    return int(found[1])


def main(cookie: str) -> None:
    """Everything is loaded by a short export and a page first; then the peak is forgotten."""
    django.setup()
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1", HTTP_COOKIE=cookie)
    for path in ("/assignments/", f"{PATH}?status=draft&words=router"):
        answer = client.get(path)
        b"".join(answer)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    Path("/proc/self/clear_refs").write_text("5")
    before, began = kib("VmRSS"), time.monotonic()
    lines = sum(part.count(b"\n") for part in client.get(PATH).streaming_content)
    seconds = time.monotonic() - began
    print(json.dumps({"rows": lines - 1, "seconds": seconds, "before": before,
                      "peak": kib("VmHWM")}))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
