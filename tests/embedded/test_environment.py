import subprocess
import sys

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
    with pytest.raises(SystemExit) as ended:
        environment.main("requirements.txt")
    assert "sudo apt-get install python3-venv" in ended.value.code
    assert not (project / ".venv").exists()


def test_what_pip_is_told_holds_for_uv(venv, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example/simple")
    monkeypatch.setenv("PIP_CERT", "/etc/own.pem")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    env = environment.installer_environment()
    assert env["UV_DEFAULT_INDEX"] == "https://packages.example/simple"
    assert env["SSL_CERT_FILE"] == "/etc/own.pem"
