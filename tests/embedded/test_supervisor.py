import os
import signal
import time

import pytest

from marketplace.embedded.supervisor import Stopped, Supervisor
from marketplace.embedded.trouble import Trouble
from tests.embedded.conftest import wait_until

SLEEP = "import time; time.sleep(60)"


def rounds(supervisor, until):
    wait_until(lambda: (supervisor.keep_running(), until())[1])


def test_one_data_directory_has_one_supervisor(supervisor, data_dir):
    with pytest.raises(Trouble, match=rf"in use by process {os.getpid()}, a test.*DATA_DIR="):
        Supervisor(data_dir).claim("another")


def test_the_data_directory_is_free_again_after_stopping(supervisor, data_dir):
    supervisor.stop()
    after = Supervisor(data_dir)
    after.claim("another")
    after.stop()


def test_a_child_that_dies_is_started_again(supervisor, python_child, capsys):
    child = python_child("web", SLEEP)
    supervisor.start(child)
    first = child.pid
    os.kill(first, signal.SIGKILL)
    rounds(supervisor, lambda: child.is_running() and child.pid != first)
    assert "web ended (status -9); starting it again" in capsys.readouterr().out


def test_a_child_that_never_starts_is_given_up_with_its_last_words(supervisor, python_child):
    child = python_child("web", "print('no such module'); raise SystemExit(3)")
    with pytest.raises(Trouble, match=r"(?s)web does not start \(status 3\).*no such module"):
        supervisor.start(child, lambda: False, limit=30)


def test_a_child_that_is_never_ready_is_given_up(supervisor, python_child):
    with pytest.raises(Trouble, match="web is not ready after 0 s"):
        supervisor.start(python_child("web", SLEEP), lambda: False, limit=0.1)


def test_children_are_stopped_in_reverse_order(supervisor, python_child, data_dir):
    program = """
import signal, sys, time
def bye(*_):
    with open({order!r}, "a") as out:
        out.write({name!r} + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, bye)
print("up", flush=True)
time.sleep(60)
"""
    order = data_dir / "order"
    for name in ("first", "second", "third"):
        child = python_child(name, program.format(order=str(order), name=name))
        supervisor.start(child, lambda child=child: "up" in child.last_words())
    supervisor.stop()
    assert order.read_text().split() == ["third", "second", "first"]


def test_a_signal_interrupts_waiting(supervisor, python_child):
    supervisor.signals = 1
    with pytest.raises(Stopped):
        supervisor.start(python_child("web", SLEEP), lambda: False)


def test_a_step_reports_how_it_ended(supervisor, python_child):
    assert supervisor.finish(python_child("step", "pass")) == 0
    assert supervisor.finish(python_child("step", "raise SystemExit(4)")) == 4


def test_a_signal_stops_a_long_step(supervisor, python_child):
    step = python_child("step", SLEEP)
    supervisor.signals = 1
    began = time.monotonic()
    with pytest.raises(Stopped):
        supervisor.finish(step)
    assert not step.is_running()
    assert time.monotonic() - began < 5
