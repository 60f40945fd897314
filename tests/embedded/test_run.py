"""``bin/run`` as a person meets it: in the way, started, killed, started again, stopped."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from marketplace.embedded import leftovers
from marketplace.embedded.__main__ import Choices, secret_key, site_environment
from marketplace.embedded.trouble import Trouble
from tests.embedded.conftest import wait_until

ROOT = Path(__file__).resolve().parents[2]


def free_port():
    with closing(socket.socket()) as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


class Run:
    """``python -m marketplace.embedded`` with its output at hand; a site without demo data."""

    def __init__(self, data_dir, port, **environment):
        self.data_dir = data_dir
        self.port = port
        self.output_file = data_dir / "output"
        env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        env |= {"DATA_DIR": str(data_dir), "PORT": str(port), "DEMO": "0", "DEBUG": "1"}
        with self.output_file.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "marketplace.embedded"],
                cwd=ROOT,
                env=env | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self):
        return self.output_file.read_text()

    def is_ready(self):
        assert self.process.poll() is None, self.output
        return "Ready in" in self.output

    def status(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.status

    def sessions(self):
        return leftovers.recorded(self.data_dir / "processes")

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def start(data_dir):
    runs = []

    def start(port=None, **environment):
        run = Run(data_dir, port or free_port(), **environment)
        runs.append(run)
        return run

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.end(signal.SIGTERM)


@pytest.mark.embedded
def test_started_killed_started_again_and_stopped(start, data_dir):
    first = start()
    wait_until(first.is_ready, 90)
    assert first.status("/health/ready") == 200
    sessions = first.sessions()
    assert len(sessions) == 5

    second = start(port=free_port())
    assert second.process.wait(30) == 1
    assert f"in use by process {first.process.pid}" in second.output

    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    (data_dir / "output").write_text("")
    third = start()
    wait_until(third.is_ready, 90)
    assert not any(leftovers.members(*session) for session in sessions)
    assert third.status("/health/ready") == 200

    sessions = third.sessions()
    assert third.end(signal.SIGINT) == 0
    assert "Stopped" in third.output
    assert not any(leftovers.members(*session) for session in sessions)
    assert not (data_dir / "processes").exists()
    assert not list(data_dir.glob("*/postmaster.pid"))


def test_a_used_port_is_named_with_the_way_out(start):
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = start(port=port)
        assert run.process.wait(30) == 1
    assert f"Port {port} of 127.0.0.1 cannot be used (Address already in use)" in run.output
    assert "PORT=" in run.output
    assert len(run.output.strip().splitlines()) == 1


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1", "8 000"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(Trouble, match="a number from 1 to 65535"):
        Choices.read({"PORT": port})


@pytest.mark.parametrize(
    ("host", "address", "binding", "probe"),
    [
        ("127.0.0.1", "http://localhost:80", "127.0.0.1:80", "http://127.0.0.1:80/"),
        ("0.0.0.0", "http://localhost:80", "0.0.0.0:80", "http://127.0.0.1:80/"),
        ("::", "http://localhost:80", "[::]:80", "http://[::1]:80/"),
        ("::1", "http://localhost:80", "[::1]:80", "http://[::1]:80/"),
        ("box.example", "http://box.example:80", "box.example:80", "http://box.example:80/"),
    ],
)
def test_where_it_listens_and_what_a_person_types(host, address, binding, probe):
    choices = Choices.read({"HOST": host, "PORT": "80"})
    assert choices.address == address
    assert choices.binding == binding
    assert choices.probe == f"{probe}health/ready"


def test_the_environment_given_wins_over_the_demonstrations(data_dir, monkeypatch):
    monkeypatch.setenv("DEMO", "0")
    monkeypatch.setenv("SITE_URL", "https://market.example")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    env = site_environment(Choices.read({"DATA_DIR": str(data_dir)}), {"DATABASE_URL": "postgres:"})
    assert env["DEMO"] == "0"
    assert env["SITE_URL"] == "https://market.example"
    assert env["DATABASE_URL"] == "postgres:"
    assert env["SECRET_KEY"] == secret_key(data_dir / "secret-key")


def test_libpqs_own_variables_do_not_lead_to_another_database(data_dir, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("PGHOST", "/elsewhere")
    env = site_environment(Choices.read({"DATA_DIR": str(data_dir)}), {"DATABASE_URL": "postgres:"})
    assert "PGHOST" not in env


def test_the_secret_key_is_made_once_and_kept_private(data_dir):
    path = data_dir / "secret-key"
    key = secret_key(path)
    assert len(key) > 50
    assert secret_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
