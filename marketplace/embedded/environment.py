"""Make ``.venv`` and install the locked requirements into it; run by the machine's own Python.

    python3 marketplace/embedded/environment.py requirements.txt

Standard library only. Nothing is done when a stamp in ``.venv`` carries the hash of the lock
file. One virtual environment serves both lock files: once the development requirements are
in, they stay, because they contain the others.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SITE, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
UV = "uv>=0.9,<1"


def main(lock_file: str) -> None:
    lock = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second waits, then has it
    try:
        if is_installed(lock_file):
            return
        if not os.access(VENV if VENV.exists() else ROOT, os.W_OK):
            sys.exit(f"{VENV} belongs to another account: make it yours, or remove it.")
        if not runs():
            make_venv()
        if list(VENV.glob(f".installed-{DEVELOPMENT}-*")):
            lock_file = DEVELOPMENT
        print("Installing the locked requirements (once; up to a minute) ...", flush=True)
        install(lock_file)
    finally:
        os.close(lock)


def stamp(lock_file: str) -> Path:
    """A file whose presence says that this very lock file is installed for this Python."""
    content = (ROOT / lock_file).read_bytes()
    return VENV / f".installed-{lock_file}-{hashlib.sha256(content).hexdigest()[:16]}"


def is_installed(lock_file: str) -> bool:
    return (stamp(lock_file).exists() or stamp(DEVELOPMENT).exists()) and runs()


def runs() -> bool:
    """Whether the environment's Python starts and is new enough (its base may have gone)."""
    check = "import sys; sys.exit(sys.prefix == sys.base_prefix or sys.version_info < (3, 11))"
    try:
        return subprocess.call([PYTHON, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv() -> None:
    """By the venv module; where Debian left it incomplete, by uv, or after installing it by apt."""
    if VENV.exists():
        shutil.rmtree(VENV)
    made = create([sys.executable, "-m", "venv", VENV])
    if not made and shutil.which("uv"):
        made = create(["uv", "venv", "-q", "--python", sys.executable, VENV])
    if not made and os.geteuid() == 0 and shutil.which("apt-get"):
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        print(f"Python's venv module is incomplete: installing {package} ...", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", package]):
            subprocess.call(command, env=quiet, stdout=subprocess.DEVNULL)
        made = create([sys.executable, "-m", "venv", VENV])
    if not made:
        sys.exit(
            "This Python cannot make virtual environments. On Debian and Ubuntu: "
            "sudo apt-get install python3-venv - then run the command again."
        )


def create(command: list[str | Path]) -> bool:
    if subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    return False


def install(lock_file: str) -> None:
    for old in VENV.glob(".installed-*"):
        old.unlink()
    uv = get_uv()
    synced = uv and call(
        [uv, "pip", "sync", "-q", "--require-hashes", "--python", PYTHON, lock_file]
    )
    if not synced and not call(
        [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock_file]
    ):
        sys.exit("The requirements could not be installed (see above). Run the command again.")
    stamp(lock_file).touch()


def call(command: list[str | Path]) -> bool:
    return subprocess.call(command, cwd=ROOT, env=installer_environment()) == 0


def get_uv() -> str | None:
    """uv inside the environment, else the machine's, else None: then pip installs, slower."""
    inside = VENV / "bin" / "uv"
    if inside.exists():
        return str(inside)
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    if subprocess.call([*pip, UV]) == 0 and inside.exists():
        return str(inside)
    return shutil.which("uv")


def installer_environment() -> dict[str, str]:
    """What is configured for pip (index, certificates) holds for uv too; its cache needs a home."""
    ours = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        value = pip_option(option)
        if value:
            ours[variable] = value
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME") or "/"
    if not os.access(home, os.W_OK):
        ours["UV_CACHE_DIR"] = str(VENV / ".cache")
    return ours | os.environ


def pip_option(name: str) -> str:
    question = [str(PYTHON), "-m", "pip", "config", "get", f"global.{name}"]
    answer = subprocess.run(question, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return os.environ.get(f"PIP_{name.upper().replace('-', '_')}") or answer.stdout.decode().strip()


if __name__ == "__main__":
    main(sys.argv[1])
