"""Rules of the house that a machine can see in the syntax of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "marketplace", "notifications", "escalations", "scorecards", "messaging", "assignments",
    "payments", "vetting", "conduct", "accounts", "activity", "core",
)  # fmt: skip
VERB_MODULES = {"assignments/moves.py"}
"""The one place that assigns the status of an assignment."""

NAMELESS = {"services", "utils", "helpers", "common", "signals", "misc", "selectors"}


def modules() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path


def trees() -> Iterator[tuple[str, ast.Module]]:
    for name, path in modules():
        yield name, ast.parse(path.read_text())


def status_writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Assignments to ``<something>.status``, and ``update(status=…)``, with what they touch."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr == "status":
                yield node.lineno, ast.unparse(target.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from _updated(node)


def _updated(call: ast.Call) -> Iterator[tuple[int, str]]:
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr == "update" and any(k.arg == "status" for k in call.keywords):
        yield call.lineno, ast.unparse(call.func.value)


def test_only_the_lifecycle_assigns_the_status_of_an_assignment():
    offenders = [
        f"{name}:{line} {owner}"
        for name, tree in trees()
        if name not in VERB_MODULES
        for line, owner in status_writes(tree)
        if owner.split(".")[-1] == "assignment" or owner.startswith("Assignment.")
    ]

    assert offenders == []


def test_the_check_for_status_writes_sees_them():
    planted = ast.parse("assignment.status = 'paid'\nAssignment.objects.update(status='paid')")

    assert [owner for _, owner in status_writes(planted)] == ["assignment", "Assignment.objects"]


STATE_COMPARED = re.compile(
    r"""\{%\s*(?:el)?if\b[^%]*?\.(?:status|visibility|side|waiting_for)\s*"""
    r"""(?:==|!=|(?:not\s+)?in\b)\s*["'][^%]*%\}"""
)
"""A status, or another state of a row, held against a string in a template."""


def states_compared(text: str) -> list[str]:
    return STATE_COMPARED.findall(text)


def test_templates_ask_properties_and_compare_no_status_strings():
    offenders = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for found in states_compared(path.read_text())
    ]

    assert offenders == []


@pytest.mark.parametrize(
    "planted",
    [
        '{% if assignment.status == "draft" %}',
        "{% elif case and case.status != 'open' %}",
        '{% if a.status in "draft sent" %}',
        '{% if not m.visibility == "parties" and x %}',
    ],
)
def test_the_check_for_status_strings_in_templates_sees_them(planted):
    assert states_compared(planted) == [planted]


def test_money_is_never_a_float():
    offenders = [
        f"{name}:{node.lineno}"
        for name, tree in trees()
        if name.startswith(("payments/", "core/money", "assignments/pricing"))
        and not name.startswith("payments/views/")  # charts are drawn in floats
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"
    ]

    assert offenders == []


def test_the_clock_is_read_only_where_requests_and_tasks_enter():
    """Verbs, queries and models take ``at``; see the house style."""
    doors = (
        "gate",
        "adapter",
        "views",
        "tasks",
        "management",
        "admin",
        "templatetags",
        "components",
        "middleware",
        "forms",
    )
    allowed = {
        "notifications/mailbox.py",
        "notifications/channels/sandbox.py",
        "marketplace/health.py",
    }
    offenders = [
        name
        for name, tree in trees()
        if name not in allowed and not any(door in name for door in doors)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today", "localdate"}
        and ast.unparse(node.value) in {"timezone", "datetime", "date", "datetime.datetime"}
        and name.split("/")[0] != "marketplace"
    ]

    assert offenders == []


@pytest.mark.parametrize("name,path", list(modules()), ids=lambda value: str(value)[-60:])
def test_a_file_is_named_after_what_it_holds_and_stays_readable(name: str, path: Path):
    assert path.stem not in NAMELESS
    assert len(path.read_text().splitlines()) <= 400


OWN_OF_FORMS = {
    "action", "method", "submit", "reset", "elements", "length", "matches", "closest", "name",
    "children", "style", "id", "target", "hidden", "dataset", "attributes",
}  # fmt: skip
"""What a form is asked for by scripts; a control of that name or id inside it would answer."""


def test_no_id_hides_what_scripts_ask_a_form_for():
    hiding = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for name in re.findall(r"""\bid=["']([\w-]+)["']""", path.read_text())
        if name in OWN_OF_FORMS
    ]

    assert hiding == []
