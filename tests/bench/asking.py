"""Writes down what each job asks the site, one line of JSON a job, for another process to send.

A process of Django knows one database, so that whoever measures two worlds lets each tell its
own requests: ``python -m tests.bench.asking TIMES [JOB...]`` in the environment of the world.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import islice

from tests.bench.load import Request

Asked = dict[str, list[Request]]


def asked_in(env: Mapping[str, str], times: int, only: Sequence[str]) -> Asked:
    """The requests of each job in the world of this environment, at most ``times`` of each."""
    command = [sys.executable, "-m", "tests.bench.asking", str(times), *only]
    told = subprocess.run(command, env=dict(env), check=True, stdout=subprocess.PIPE, text=True)
    asked = {}
    for line in told.stdout.splitlines():
        job = json.loads(line)
        asked[job["name"]] = [
            Request(**{**one, "good": tuple(one["good"])}) for one in job["requests"]
        ]
    return asked


def tell(times: int, only: list[str]) -> None:
    import django

    django.setup()
    from tests.bench.scene import Scene, chosen

    scene = Scene(writes=times)
    for job in chosen(scene.jobs(), only):
        requests = [asdict(one) for one in islice(job.site()(0), times)]
        print(json.dumps({"name": job.name, "requests": requests}), flush=True)


if __name__ == "__main__":
    tell(int(sys.argv[1]), sys.argv[2:])
