"""Plugins of the test suite; fixtures are in tests/conftest.py."""

pytest_plugins = ["tests.chromium"]
