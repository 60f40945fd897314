"""``bin/bench``: fill a database, start both sites on it, measure, print one table.

``bin/bench ledger``, ``books`` and ``faults`` try the ledger, in a database of their own;
``bin/bench reminders`` sweeps and sends in a copy of the filled one, ``bin/bench desk`` adds cases
to it and asks the escalation desk.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django

from marketplace.embedded.child import Child
from marketplace.embedded.suite import services
from marketplace.embedded.supervisor import Stopped, Supervisor
from marketplace.embedded.trouble import Trouble
from tests.bench import reminding
from tests.bench.load import Server

ROOT = Path(__file__).resolve().parents[2]
ALONE = ("ledger", "books", "faults")
SERVER = ("-k", "gthread", "-w", "2", "--threads", "2", "--no-control-socket", "--timeout", "60")


@dataclass(frozen=True)
class World:
    """A filled database whose services run, and the environment that leads to them."""

    place: Path
    supervisor: Supervisor
    env: dict[str, str]


def main() -> int:
    options = arguments()
    with contextlib.ExitStack() as opened:
        try:
            if options.what in ALONE:
                return alone(options, opened.enter_context(running(options.world, None)))
            world = opened.enter_context(running(options.world, options))
            smaller = None
            if options.beside:
                smaller = opened.enter_context(running(options.beside, options))
            if options.what == "reminders":
                return reminding.run(world.env, smaller.env if smaller else None)
            if smaller:
                return grown(options, smaller, world)
            os.environ.update(world.env)
            if options.what == "desk":
                return desk(options, *serve(world))
            if options.profile:
                return profiled(options)
            return measured(options, *serve(world))
        except Stopped:
            return 130
        except Trouble as trouble:
            print(trouble)
            return 1


@contextlib.contextmanager
def running(kept_in: Path | None, options: argparse.Namespace | None) -> Iterator[World]:
    """The services of a world, filled where it is new; one that is not kept is removed.

    Without ``options`` there are only the tables.
    """
    place = kept_in or Path(tempfile.mkdtemp(prefix="marketplace-bench-"))
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o711)
    (place / "logs").mkdir(exist_ok=True)
    supervisor = Supervisor(place)
    try:
        supervisor.claim("a measurement")
        supervisor.heed_signals()
        env = environment(supervisor, place)
        prepare(env, options, place)
        yield World(place, supervisor, env)
    finally:
        supervisor.stop()
        if not kept_in:
            shutil.rmtree(place, ignore_errors=True)


def alone(options: argparse.Namespace, world: World) -> int:
    """What needs no site: each fills the tables as it wants them."""
    os.environ.update(world.env)
    django.setup()
    from tests.bench import books, faults, ledger

    if options.what == "faults":
        return faults.run(
            world.supervisor, world.place, world.env, _free_port(), steps=options.steps,
            operations=options.operations, reminders=options.reminders, seed=options.seed,
        )  # fmt: skip
    if options.what == "books":
        return books.run(postings=options.postings)
    return ledger.run(seconds=options.seconds, repetitions=options.repetitions)


def grown(options: argparse.Namespace, smaller: World, larger: World) -> int:
    from tests.bench import asking, growth

    times = options.times * options.repetitions + growth.WARM
    both = [
        growth.World(serve(world)[0], asking.asked_in(world.env, times, options.only or []))
        for world in (smaller, larger)
    ]
    return growth.run(*both, repetitions=options.repetitions, times=options.times)


def measured(options: argparse.Namespace, site: Server, limit: Server) -> int:
    django.setup()
    from tests.bench import jobs

    return jobs.run(
        site,
        limit,
        seconds=options.seconds,
        repetitions=options.repetitions,
        only=options.only,
    )


def desk(options: argparse.Namespace, site: Server, limit: Server) -> int:
    django.setup()
    from tests.bench import desk

    return desk.run(
        site,
        limit,
        cases=options.cases,
        seconds=options.seconds,
        repetitions=options.repetitions,
    )


def profiled(options: argparse.Namespace) -> int:
    django.setup()
    from tests.bench import profiling

    profiling.run(only=options.only, times=options.profile)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument(
        "what", nargs="?", choices=["site", "reminders", "desk", *ALONE], default="site",
        help="the site's pages (default), sweeps and mails, the escalation desk, transfers per "
        "second, check_ledger, or faults",
    )  # fmt: skip
    parser.add_argument(
        "--postings", type=int, default=10_000_000, help="with books: how many are checked"
    )
    parser.add_argument("--steps", type=int, default=2_000, help="with faults: of the walk")
    parser.add_argument("--operations", type=int, default=200, help="with faults: under kill -9")
    parser.add_argument("--reminders", type=int, default=10_000, help="with faults: due at once")
    parser.add_argument(
        "--seed", type=int, help="with faults: the seed that an earlier run printed"
    )
    parser.add_argument("--assignments", type=int, default=100_000)
    parser.add_argument("--workers", type=int, help="how many, if not a fifth of that")
    parser.add_argument("--groups", type=int, help="how many, if not a thousandth of that")
    parser.add_argument("--cases", type=int, default=100_000, help="with desk: how many")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one repetition")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument(
        "--world",
        type=lambda path: Path(path).resolve(),
        metavar="DIR",
        help="keep the filled database in DIR, and measure it again the next time",
    )
    parser.add_argument(
        "--beside",
        type=lambda path: Path(path).resolve(),
        metavar="DIR",
        help="measure how much longer the world of --world takes than this smaller one",
    )
    parser.add_argument(
        "--times", type=int, default=100, help="with --beside: requests of one repetition"
    )
    parser.add_argument(
        "--only", action="append", metavar="JOB", help="this row alone; may be repeated"
    )
    parser.add_argument(
        "--profile",
        type=int,
        metavar="TIMES",
        help="no load: each job TIMES in this process, with its statements and hottest functions",
    )
    return parser.parse_args()


def environment(supervisor: Supervisor, place: Path) -> dict[str, str]:
    return services(supervisor, place, durable=True) | {
        "DEBUG": "0",
        "DEMO": "0",
        "SECRET_KEY": "a-key-for-this-measurement-only",
        "SEALING_KEYS": "another-key-for-this-measurement-only",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "STATIC_ROOT": str(place / "static"),
        "MEDIA_ROOT": str(place / "files"),
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
    }


def prepare(env: dict[str, str], options: argparse.Namespace | None, place: Path) -> None:
    """Tables, the filled world and the static files.

    A world that was kept is filled already; only what the code has changed since is done.
    """
    manage = [sys.executable, "manage.py"]
    filled = place / "filled"
    commands = [[*manage, "migrate", "-v", "0"], [*manage, "collectstatic", "--noinput", "-v", "0"]]
    if options is not None and not filled.exists():
        sizes = {name: getattr(options, name) for name in ("assignments", "workers", "groups")}
        given = [f"--{name}={size}" for name, size in sizes.items() if size]
        commands.append([*manage, "seed_scale", *given])
    for command in commands:
        began = time.monotonic()
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        print(f"{' '.join(command[1:3])}: {time.monotonic() - began:.0f} s", flush=True)
    if options is not None:
        filled.touch()


def serve(world: World) -> list[Server]:
    """Start the site and the limit site, in this order."""
    limit_env = {k: v for k, v in world.env.items() if k != "DJANGO_SETTINGS_MODULE"}
    return [
        started(world, "site", "marketplace.wsgi", "health/live", world.env),
        started(world, "limits", "tests.bench.limits.site", "token/", limit_env),
    ]


def started(world: World, name: str, module: str, path: str, env: dict[str, str]) -> Server:
    """A site on a free port, once ``path`` answers."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", module, "-b", f"127.0.0.1:{port}", *SERVER]
    child = Child(name, command, log=world.place / "logs" / f"{name}.log", env=env, cwd=ROOT)
    world.supervisor.start(child)
    world.supervisor.wait(child, lambda: _answers(f"http://127.0.0.1:{port}/{path}"), 60)
    return Server(port, child.pid or 0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
