import hashlib
import json
import platform
import subprocess
import sys
import zipfile

import pytest

from marketplace.embedded import environment


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project with two lock files, and nothing on the PATH."""
    (tmp_path / "requirements.txt").write_text("one==1\n")
    (tmp_path / "requirements-dev.txt").write_text("one==1\ntwo==2\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def venv(project):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project / ".venv"], check=True)
    return project / ".venv"


@pytest.fixture
def installed(monkeypatch):
    """The lock files that would have been installed."""
    files = []

    def install(lock_file):
        files.append(lock_file)
        environment.stamp(lock_file).touch()

    monkeypatch.setattr(environment, "install", install)
    return files


def test_the_lock_file_is_installed_once(venv, installed, capsys):
    environment.main("requirements.txt")
    environment.main("requirements.txt")
    assert installed == ["requirements.txt"]
    assert capsys.readouterr().out.count("Installing") == 1


def test_a_changed_lock_file_is_installed(project, venv, installed):
    environment.main("requirements.txt")
    (project / "requirements.txt").write_text("one==2\n")
    environment.main("requirements.txt")
    assert installed == ["requirements.txt"] * 2


def test_the_development_requirements_serve_for_running_too(project, venv, installed):
    environment.main("requirements-dev.txt")
    environment.main("requirements.txt")
    assert installed == ["requirements-dev.txt"]


def test_running_never_takes_the_development_requirements_away(project, venv, installed):
    environment.main("requirements-dev.txt")
    (project / "requirements-dev.txt").write_text("one==2\ntwo==2\n")
    environment.main("requirements.txt")
    assert installed == ["requirements-dev.txt"] * 2


def test_an_environment_whose_python_has_gone_is_made_anew(venv, installed):
    for python in venv.glob("bin/python*"):
        python.unlink()
    environment.main("requirements.txt")
    assert environment.runs()


def test_without_a_venv_module_the_fix_is_one_line(project, monkeypatch):
    broken = project / "python3"
    broken.write_text("#!/bin/sh\nmkdir -p .venv\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(environment.sys, "executable", str(broken))
    monkeypatch.setattr(environment.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(environment, "fetch_uv", lambda: False)
    with pytest.raises(SystemExit) as ended:
        environment.main("requirements.txt")
    assert "sudo apt-get install python3-venv" in ended.value.code
    assert not (project / ".venv").exists()


@pytest.fixture
def registry(project, monkeypatch):
    """A package registry in a folder, with three releases of uv; the newest allowed is 0.10.1."""
    folder = project / "simple" / "uv"
    folder.mkdir(parents=True)
    monkeypatch.setenv("PIP_INDEX_URL", (project / "simple").as_uri())
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setattr(
        environment, "UV_WHEELS", {(platform.system(), platform.machine()): "-this_machine."}
    )
    files = []
    for version in ("0.9.30", "0.10.1", "1.0.0", "0.11.0rc1"):
        name = f"uv-{version}-py3-none-this_machine.whl"
        with zipfile.ZipFile(folder / name, "w") as wheel:
            wheel.writestr(f"uv-{version}.data/scripts/uv", f"#!/bin/sh\necho {version}\n")
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        files.append({"filename": name, "url": f"uv/{name}", "hashes": {"sha256": digest}})

    def answer(url, accept="*/*"):
        if accept == environment.SIMPLE:
            return json.dumps({"files": files}).encode()
        return (folder / url.rpartition("/")[2]).read_bytes()

    monkeypatch.setattr(environment, "download", answer)
    return files


def test_where_python_has_no_pip_uv_comes_from_the_registry(venv, registry):
    assert environment.fetch_uv()
    assert subprocess.check_output([venv / "bin/uv"], text=True).strip() == "0.10.1"
    assert environment.get_uv() == str(venv / "bin/uv")


def test_a_file_that_is_not_what_the_registry_promised_is_refused(venv, registry):
    for file in registry:
        file["hashes"] = {"sha256": "0" * 64}
    assert not environment.fetch_uv()
    assert not (venv / "bin/uv").exists()


@pytest.mark.parametrize("answer", [b"", b"{}", b'{"files": []}', b"<html>"])
def test_a_registry_that_answers_something_else_is_passed_over(venv, monkeypatch, answer):
    monkeypatch.setattr(environment, "download", lambda *args, **kwargs: answer)
    assert not environment.fetch_uv()


def test_what_pip_is_told_holds_for_uv(venv, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example/simple")
    monkeypatch.setenv("PIP_CERT", "/etc/own.pem")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    env = environment.installer_environment()
    assert env["UV_DEFAULT_INDEX"] == "https://packages.example/simple"
    assert env["SSL_CERT_FILE"] == "/etc/own.pem"


def test_the_files_of_pip_are_read_without_pip(project, monkeypatch):
    for name in ("PIP_INDEX_URL", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project))
    (project / "pip").mkdir()
    (project / "pip" / "pip.conf").write_text("[global]\nindex-url = https://one.example/\n")
    assert environment.pip_option("index-url") == "https://one.example/"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(project / "other.conf"))
    (project / "other.conf").write_text("[global]\nindex-url = https://two.example/\n")
    assert environment.pip_option("index-url") == "https://two.example/"
    (project / "other.conf").write_text("not a pip file")
    assert environment.pip_option("index-url") == ""
