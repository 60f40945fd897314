"""Make ``.venv`` and install the locked requirements into it; run by the machine's own Python.

    python3 marketplace/embedded/environment.py requirements.txt

Standard library only. Nothing is done when a stamp in ``.venv`` carries the hash of the lock
file. One virtual environment serves both lock files: once the development requirements are
in, they stay, because they contain the others.
"""

import configparser
import fcntl
import hashlib
import io
import json
import os
import platform
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SITE, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
UV = "uv>=0.9,<1"
PYPI = "https://pypi.org/simple"
SIMPLE = "application/vnd.pypi.simple.v1+json"
UV_WHEELS = {
    ("Linux", "x86_64"): "-manylinux_2_17_x86_64.",
    ("Linux", "aarch64"): "-manylinux_2_17_aarch64.",
    ("Darwin", "x86_64"): "-macosx_10_12_x86_64.",
    ("Darwin", "arm64"): "-macosx_11_0_arm64.",
}


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
    """By the venv module; where Debian left it without pip, uv is fetched from the registry.

    Where that fails too, root installs what is missing by apt, and others are told how.
    """
    if VENV.exists():
        shutil.rmtree(VENV)
    made = create([sys.executable, "-m", "venv", VENV])
    if not made and shutil.which("uv"):
        made = create(["uv", "venv", "-q", "--python", sys.executable, VENV])
    if not made:
        made = create([sys.executable, "-m", "venv", "--without-pip", VENV]) and fetch_uv()
    if not made and os.geteuid() == 0 and shutil.which("apt-get"):
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        print(f"Python's venv module is incomplete: installing {package} ...", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", package]):
            subprocess.call(command, env=quiet, stdout=subprocess.DEVNULL)
        made = create([sys.executable, "-m", "venv", VENV])
    if not made:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            "This Python cannot make virtual environments. On Debian and Ubuntu: "
            "sudo apt-get install python3-venv - then run the command again."
        )


def fetch_uv() -> bool:
    """Put uv into the environment with the standard library alone, from the package registry.

    The registry's page names a hash for each file; what arrives must have it.
    """
    marks = UV_WHEELS.get((platform.system(), platform.machine()), "?")
    index = (os.environ.get("UV_DEFAULT_INDEX") or pip_option("index-url") or PYPI).rstrip("/")
    try:
        page = json.loads(download(f"{index}/uv/", accept=SIMPLE))
        wheels = [file for file in page["files"] if marks in file["filename"] and is_wanted(file)]
        newest = max(wheels, key=lambda file: version_of(file["filename"]))
        content = download(urljoin(f"{index}/uv/", newest["url"]))
        if hashlib.sha256(content).hexdigest() != newest["hashes"]["sha256"]:
            return False
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            (program,) = (name for name in wheel.namelist() if name.endswith("/scripts/uv"))
            target = VENV / "bin" / "uv"
            target.write_bytes(wheel.read(program))
        target.chmod(0o755)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return False
    return True


def download(url: str, accept: str = "*/*") -> bytes:
    """Through the proxies of the environment, trusting what the system and pip trust."""
    trusted = ssl.create_default_context(cafile=pip_option("cert") or None)
    request = urllib.request.Request(url, headers={"Accept": accept})  # noqa: S310 - the registry
    with urllib.request.urlopen(request, timeout=60, context=trusted) as answer:  # noqa: S310
        return bytes(answer.read())


def is_wanted(file: dict[str, object]) -> bool:
    """Whether a release of uv is one that ``UV`` allows, and not withdrawn or a trial."""
    version = version_of(str(file["filename"]))
    return (0, 9) <= version < (1,) and not file.get("yanked")


def version_of(wheel: str) -> tuple[int, ...]:
    """``uv-0.11.2-py3-none-….whl`` is (0, 11, 2); a trial release is nothing."""
    parts = wheel.split("-")[1].split(".")
    return tuple(int(part) for part in parts) if all(map(str.isdecimal, parts)) else ()


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
    """From pip's environment variables and files, read here because pip may not be there."""
    home = Path(os.environ.get("HOME") or "/")
    own = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    folders = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    files = [*(Path(folder) / "pip/pip.conf" for folder in folders), Path("/etc/pip.conf")]
    files += [home / "Library/Application Support/pip/pip.conf", home / ".pip/pip.conf"]
    files += [own / "pip/pip.conf", Path(os.environ.get("PIP_CONFIG_FILE") or "/dev/null")]
    settings = configparser.RawConfigParser()
    try:
        settings.read(files)
    except configparser.Error:
        return ""
    given = settings.get("global", name, fallback="")
    return os.environ.get(f"PIP_{name.upper().replace('-', '_')}") or given


if __name__ == "__main__":
    main(sys.argv[1])
