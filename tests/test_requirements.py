"""The locked requirements agree with what is asked for, and with each other."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
HASHED = re.compile(r"^(?P<pin>[A-Za-z0-9][^\s;\\]*)(?P<marker>[^\\]*)\\$", re.MULTILINE)


def asked_for(name):
    lines = (ROOT / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


def pins(name):
    found = {}
    for match in HASHED.finditer((ROOT / name).read_text()):
        package, _, version = match["pin"].partition("==")
        found[canonicalize_name(package)] = version
    return found


@pytest.mark.parametrize("name", ["requirements", "requirements-stripe", "requirements-dev"])
def test_every_requirement_is_locked_at_a_version_that_it_allows(name):
    locked = pins(f"{name}.txt")
    for requirement in asked_for(f"{name}.in"):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"compile {name}.txt anew: {requirement}"


def test_development_runs_on_the_versions_that_the_site_runs_on():
    site, paying = pins("requirements.txt"), pins("requirements-stripe.txt")
    assert site.items() <= paying.items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-stripe.txt", "requirements-dev.txt"]
)
def test_every_pin_has_its_hashes_and_no_registry_is_named(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "index-url" not in text.replace("--no-emit-index-url", "")
    for block in re.split(r"\n(?=[A-Za-z0-9])", text)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]
