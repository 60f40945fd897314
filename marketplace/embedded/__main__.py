"""``bin/run``: the whole site on one machine, in one terminal."""

import os
import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from marketplace.embedded.child import Child
from marketplace.embedded.places import Account
from marketplace.embedded.postgres import Postgres
from marketplace.embedded.supervisor import Stopped, Supervisor, say
from marketplace.embedded.trouble import Trouble
from marketplace.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "marketplace"
WEB = ("-k", "gthread", "-w", "2", "--threads", "4", "--timeout", "60", "--no-control-socket")
QUEUES = ("-Q", "default,sweeps,delivery,texts,pushes,imports")
WORKER = (*QUEUES, "-c", "2", "-l", "WARNING", "--without-gossip", "--without-mingle")
BEAT = ("-l", "WARNING", "--pidfile", "")


@dataclass(frozen=True)
class Choices:
    """Where to serve and where to keep things, from the environment."""

    host: str
    port: int
    data_dir: Path

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Choices":
        port = environ.get("PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise Trouble(f"PORT is {port!r}, and must be a number from 1 to 65535.")
        data_dir = Path(environ.get("DATA_DIR") or ROOT / ".data")
        return cls(environ.get("HOST") or "127.0.0.1", int(port), data_dir.absolute())

    @property
    def address(self) -> str:
        """What a person types: passkeys need a name, and `localhost` is one."""
        local = self.host in {"127.0.0.1", "0.0.0.0", "::", "::1", "localhost"}  # noqa: S104
        return f"http://{'localhost' if local else self.host}:{self.port}"

    @property
    def binding(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def probe(self) -> str:
        """Readiness, asked at an address that is always served."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        host = f"[{host}]" if ":" in host and "[" not in host else host
        return f"http://{host}:{self.port}/health/ready"


def main() -> int:
    began = time.monotonic()
    try:
        choices = Choices.read(os.environ)
        supervisor = claim(choices)
    except Trouble as trouble:
        say(str(trouble))
        return 1
    supervisor.heed_signals()
    status = 0
    try:
        env = start_services(supervisor, choices)
        prepare(supervisor, choices, env)
        start_site(supervisor, choices, env)
        announce(choices, env, time.monotonic() - began)
        supervisor.watch()
    except Stopped:
        pass
    except Trouble as trouble:
        say(str(trouble))
        status = 1
    finally:
        began = time.monotonic()
        supervisor.stop()
    if status == 0:
        say(f"\nStopped ({time.monotonic() - began:.1f} s). The data stay in {choices.data_dir}.")
    return status


def claim(choices: Choices) -> Supervisor:
    """Everything that can forbid a start, before anything is started."""
    try:
        (choices.data_dir / "logs").mkdir(parents=True, exist_ok=True)
        supervisor = Supervisor(choices.data_dir)
        supervisor.claim(choices.address)
    except PermissionError as error:
        raise Trouble(
            f"{error.filename} belongs to another account: start as that account, or choose"
            " another DATA_DIR."
        ) from None
    check_port(choices)
    return supervisor


def check_port(choices: Choices) -> None:
    family = socket.AF_INET6 if ":" in choices.host else socket.AF_INET
    with socket.socket(family) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((choices.host, choices.port))
        except OSError as error:
            raise Trouble(
                f"Port {choices.port} of {choices.host} cannot be used ({error.strerror})."
                f" Choose another: PORT={free_port(choices)} bin/run"
            ) from None


def free_port(choices: Choices) -> int:
    for port in range(max(choices.port + 1, 8000), 65535):
        with socket.socket() as attempt:
            try:
                attempt.bind((choices.host, port))
            except OSError:
                continue
            return port
    return 8000


def start_services(supervisor: Supervisor, choices: Choices) -> dict[str, str]:
    """PostgreSQL and Valkey, unless others are given; returns the site's environment."""
    account = Account()
    logs = choices.data_dir / "logs"
    given = os.environ
    urls = {"DATABASE_URL": given.get("DATABASE_URL"), "REDIS_URL": given.get("REDIS_URL")}
    say("Starting ...")
    if not urls["DATABASE_URL"]:
        postgres = Postgres(choices.data_dir, logs, account)
        began = time.monotonic()
        supervisor.start(postgres, postgres.is_ready)
        postgres.ensure_database(DATABASE)
        urls["DATABASE_URL"] = postgres.url(DATABASE)
        say(f"  {'database':<14}{time.monotonic() - began:5.1f} s")
    if not urls["REDIS_URL"]:
        valkey = Valkey(choices.data_dir, logs, account)
        supervisor.start(valkey, valkey.is_ready)
        urls["REDIS_URL"] = valkey.url()
    return site_environment(choices, {name: url for name, url in urls.items() if url})


def site_environment(choices: Choices, urls: Mapping[str, str]) -> dict[str, str]:
    """What the environment says, completed for a demonstration on one machine."""
    embedded_database = "DATABASE_URL" not in os.environ
    inherited = {
        name: value
        for name, value in os.environ.items()
        # libpq's own variables (PGHOST, PGOPTIONS, ...) must not lead elsewhere.
        if not (embedded_database and name.startswith("PG"))
    }
    everywhere = choices.host in {"0.0.0.0", "::"}  # noqa: S104
    hosts = "*" if everywhere else f"localhost,127.0.0.1,[::1],{choices.host}"
    ours = {
        "DEMO": "1",
        "ALLOWED_HOSTS": hosts,
        "SITE_URL": choices.address,
        "STATIC_ROOT": str(choices.data_dir / "static"),
        "MEDIA_ROOT": str(choices.data_dir / "files"),
        "PYTHONUNBUFFERED": "1",
    }
    if not os.environ.get("SECRET_KEY"):
        ours["SECRET_KEY"] = secret_key(choices.data_dir / "secret-key")
    if not os.environ.get("SEALING_KEYS"):
        ours["SEALING_KEYS"] = secret_key(choices.data_dir / "sealing-key")
    return ours | {name: value for name, value in inherited.items() if value} | dict(urls)


def secret_key(path: Path) -> str:
    """Made once for this data directory and readable by its owner only."""
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        draft.replace(path)
    return path.read_text().strip()


def prepare(supervisor: Supervisor, choices: Choices, env: Mapping[str, str]) -> None:
    """Migrations, policies, demo data and static files; says how far it is."""
    child = Child(
        "prepare",
        [sys.executable, "-m", "marketplace.embedded.prepare"],
        log=choices.data_dir / "logs" / "prepare.log",
        env=env,
        cwd=ROOT,
        to_terminal=True,
    )
    if supervisor.finish(child) != 0:
        raise Trouble("The site could not be prepared; the reason is above.")


def start_site(supervisor: Supervisor, choices: Choices, env: Mapping[str, str]) -> None:
    """The web server, the worker and the scheduler; waits until the site says it is ready."""

    def child(name: str, module: str, *arguments: str) -> Child:
        command = [sys.executable, "-m", module, *arguments]
        return Child(
            name, command, log=choices.data_dir / "logs" / f"{name}.log", env=env, cwd=ROOT
        )

    celery = ("celery", "-A", "marketplace")
    web = child("web", "gunicorn", "marketplace.wsgi", "-b", choices.binding, *WEB)
    worker = child("worker", *celery, "worker", *WORKER)
    beat = child("beat", *celery, "beat", *BEAT, "-s", str(choices.data_dir / "beat-schedule"))
    for process in (web, worker, beat):
        supervisor.start(process)
    supervisor.wait(web, lambda: responds(choices.probe), 60)


def responds(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def announce(choices: Choices, env: Mapping[str, str], seconds: float) -> None:
    say(f"\nReady in {seconds:.0f} s: {choices.address}   (Ctrl-C stops it)\n")
    if env.get("DEMO", "").lower() in {"1", "true", "yes", "on"}:
        from marketplace.demo.logins import LOGINS, PASSWORD

        say(f"Demo logins, all with the password {PASSWORD}")
        for email, who in LOGINS:
            say(f"  {email:<24}{who}")
        say(f"\nMail that the site sends is kept at {choices.address}/demo/mailbox/")
    say(f"Logs are in {choices.data_dir / 'logs'}\n")


if __name__ == "__main__":
    sys.exit(main())
