"""The migrated cluster that is kept between runs of the tests."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from marketplace.embedded import migrated
from marketplace.embedded.places import Account
from marketplace.embedded.postgres import Postgres

pytestmark = pytest.mark.embedded


@pytest.fixture
def project(tmp_path) -> Path:
    migrations = tmp_path / "app" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_initial.py").write_text("one")
    (tmp_path / "requirements-dev.txt").write_text("django")
    return tmp_path


def test_the_fingerprint_follows_migrations_and_requirements(project):
    first = migrated.fingerprint(project)
    assert migrated.fingerprint(project) == first
    (project / "app" / "models.py").write_text("no migration")
    assert migrated.fingerprint(project) == first
    (project / "app/migrations/0001_initial.py").write_text("another")
    second = migrated.fingerprint(project)
    (project / "requirements-dev.txt").write_text("django 6")
    assert len({first, second, migrated.fingerprint(project)}) == 3


def test_each_run_works_on_a_copy_with_databases_for_every_worker(supervisor, data_dir):
    assert migrated.put_into(data_dir, Account())
    postgres = Postgres(data_dir, data_dir / "logs", Account(), durable=False)
    supervisor.start(postgres, postgres.is_ready)
    for name in (migrated.DATABASE, f"{migrated.DATABASE}_gw0"):
        assert postgres.ask("psql", "-d", name, "-c", "select 1 from accounts_user") == 0
    kept = migrated.shelf(Account()) / migrated.fingerprint()
    assert not (kept / "postmaster.pid").exists()


def test_only_the_results_used_last_are_kept(tmp_path):
    for age in range(5):
        made = tmp_path / f"result-{age}"
        made.mkdir()
        os.utime(made, (1_000_000 - age, 1_000_000 - age))
    with migrated._held(tmp_path, fcntl.LOCK_SH):
        migrated._tidy(tmp_path)
        assert len(results(tmp_path)) == 5, "a copy may be under way"
    migrated._tidy(tmp_path)
    assert results(tmp_path) == ["result-0", "result-1", "result-2"]


def results(directory):
    return sorted(path.name for path in directory.iterdir() if path.is_dir())


def test_half_a_copy_is_not_left_to_be_started(data_dir, tmp_path, monkeypatch):
    account = Account()
    monkeypatch.setattr(migrated, "shelf", lambda account: tmp_path)
    kept = tmp_path / migrated.fingerprint()
    kept.mkdir()
    (kept / "PG_VERSION").write_text("18")
    broken = tmp_path / "bin"
    broken.mkdir()
    (broken / "cp").write_text('#!/bin/sh\n/bin/cp "$@"\nexit 1\n')
    (broken / "cp").chmod(0o755)
    monkeypatch.setenv("PATH", str(broken), prepend=":")
    assert not migrated.put_into(data_dir, account)
    assert not (data_dir / "postgres" / "PG_VERSION").exists()


def test_a_shelf_of_somebody_else_is_not_trusted(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place = tmp_path / f"marketplace-migrated-{os.geteuid()}"
    place.write_text("a trap")
    with pytest.raises(migrated.Trouble):
        migrated.shelf(Account())
    place.unlink()
    assert migrated.shelf(Account()) == place
    shutil.rmtree(place)
