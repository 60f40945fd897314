from pathlib import Path

import pytest

from marketplace.embedded import places
from marketplace.embedded.places import Account
from marketplace.embedded.trouble import Trouble


class Stranger(Account):
    """Somebody else than the caller, to whom only what is open to all is open."""

    def __init__(self, uid: int) -> None:
        self.is_other = True
        self.uid = self.gid = uid


@pytest.fixture
def closed(tmp_path, monkeypatch):
    """A data directory below one that only its owner can enter, and a place for what moves out."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(places, "ELSEWHERE", elsewhere)
    data_dir = tmp_path / "closed" / "data"
    data_dir.mkdir(parents=True)
    data_dir.parent.chmod(0o700)
    return data_dir


@pytest.fixture
def stranger(tmp_path):
    return Stranger(uid=tmp_path.stat().st_uid)


def test_services_keep_their_files_in_the_data_directory(tmp_path):
    assert places.service_directory(tmp_path, "postgres", Account()).parent.name


def test_what_an_account_cannot_enter_moves_out_and_no_mode_changes(closed, stranger, monkeypatch):
    monkeypatch.setattr(places, "owned_directory", lambda path, uid, mode: _made(path))
    target = places.service_directory(closed, "postgres", stranger)
    assert places.ELSEWHERE in target.parents
    assert (closed / "postgres").readlink() == target
    assert closed.parent.stat().st_mode & 0o777 == 0o700


def test_the_next_start_finds_what_moved_out(closed, stranger, monkeypatch):
    monkeypatch.setattr(places, "owned_directory", lambda path, uid, mode: _made(path))
    target = places.service_directory(closed, "postgres", stranger)
    target.mkdir()
    (target / "kept").touch()
    assert places.service_directory(closed, "postgres", stranger) == target
    assert (target / "kept").exists()


def test_removing_the_data_directory_forgets_what_moved_out(closed, stranger, monkeypatch):
    monkeypatch.setattr(places, "owned_directory", lambda path, uid, mode: _made(path))
    target = places.service_directory(closed, "postgres", stranger)
    target.mkdir()
    (closed / "postgres").unlink()
    places.service_directory(closed, "postgres", stranger)
    assert not target.exists()


def test_a_directory_that_somebody_else_made_first_is_not_trusted(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "trap").symlink_to(tmp_path / "target")
    with pytest.raises(Trouble, match="belongs to somebody else"):
        places.owned_directory(tmp_path / "trap", tmp_path.stat().st_uid, 0o700)


def test_files_of_another_account_are_named(tmp_path):
    (tmp_path / "postgres").mkdir()
    other = Stranger(uid=tmp_path.stat().st_uid + 1)
    with pytest.raises(Trouble, match="belongs to the account"):
        places.check_owner(tmp_path / "postgres", other)


@pytest.mark.parametrize("name", ["x" * 120, "with space", "with%sign", "ünïcode"])
def test_a_path_unfit_for_a_socket_gets_a_short_one(tmp_path, name):
    account = Account()
    account.uid = tmp_path.stat().st_uid
    found = places.socket_directory(tmp_path / name, "s", account)
    try:
        assert len(str(found)) < 60
        assert found.stat().st_mode & 0o777 == 0o700
        assert places.socket_directory(tmp_path / name, "s", account) == found
    finally:
        found.rmdir()


def test_a_plain_path_is_used_as_it_is():
    assert places.socket_directory(Path("/srv/data"), "s", Account()) == Path("/srv/data")


def _made(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path
