"""The client's pages are looked at on the day on which the tests' world is made."""

import pytest
import time_machine


@pytest.fixture
def today(at):
    """Stops the clock of the views at ``at``; yields the traveller, to move on."""
    with time_machine.travel(at, tick=False) as traveller:
        yield traveller
