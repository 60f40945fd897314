import os
import signal
import subprocess
import sys
import time

from marketplace.embedded import child as module
from marketplace.embedded.leftovers import start_of
from tests.embedded.conftest import wait_until

SLEEP = "import time; time.sleep(60)"
PARENT = """
import subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(grandchild.pid, flush=True)
time.sleep(60)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)\n"


def test_stopping_ends_the_child_and_its_own_children(python_child):
    parent = python_child("parent", PARENT)
    parent.start()
    wait_until(lambda: parent.last_words().strip())
    grandchild = int(parent.last_words())
    assert start_of(grandchild)
    parent.stop()
    assert not parent.is_running()
    wait_until(lambda: not start_of(grandchild))


def test_a_child_that_does_not_listen_is_killed_after_its_grace(python_child):
    deaf = python_child("deaf", DEAF + "time.sleep(60)", grace=0.2)
    deaf.start()
    wait_until(lambda: deaf.last_words().strip())
    began = time.monotonic()
    deaf.stop()
    assert deaf.process.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 5


def test_a_terminals_interrupt_does_not_reach_a_child(python_child):
    child = python_child("child", SLEEP)
    child.start()
    assert os.getsid(child.pid) == child.pid
    child.stop()


def test_the_pause_before_a_new_start_doubles_up_to_its_limit(python_child):
    child = python_child("brief", "pass")
    pauses = []
    for _ in range(9):
        child.start()
        child.process.wait()
        pauses.append(child.note_end())
    assert pauses[:3] == [0.4, 0.8, 1.6]
    assert pauses[-1] == module.LONGEST_PAUSE


def test_a_child_that_lived_long_is_started_again_soon(python_child, monkeypatch):
    monkeypatch.setattr(module, "YOUNG", 0.0)
    child = python_child("lasting", "pass")
    child.start()
    child.process.wait()
    assert child.note_end() == module.FIRST_PAUSE


def test_a_full_log_makes_room(python_child, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_LOG", 10)
    child = python_child("talker", "print('x' * 100)")
    for _ in range(2):
        child.start()
        child.process.wait()
    assert child.last_words() == "x" * 100
    assert child.log.with_suffix(".log.1").exists()


def test_a_child_goes_when_its_parent_is_killed(python_child, data_dir):
    program = f"""
import os, sys, time
from pathlib import Path
from marketplace.embedded.child import Child
child = Child("c", [sys.executable, "-c", "import time; time.sleep(60)"],
              log=Path({str(data_dir)!r}) / "c.log", env=dict(os.environ))
child.start()
print(child.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=os.getcwd()
    )
    orphan = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    wait_until(lambda: not start_of(orphan))


def test_a_second_signal_cuts_the_waiting_short_but_not_the_databases(python_child):
    deaf = python_child("deaf", DEAF + "time.sleep(60)")
    deaf.start()
    wait_until(lambda: deaf.last_words().strip())
    began = time.monotonic()
    deaf.stop(hurry=lambda: True)
    assert time.monotonic() - began < 5

    slow = "import signal, sys, time\n"
    slow += "def bye(*_): time.sleep(0.5); print('written', flush=True); sys.exit()\n"
    slow += "signal.signal(signal.SIGTERM, bye); print('up', flush=True); time.sleep(60)"
    database = python_child("database", slow, must_finish=True)
    database.start()
    wait_until(lambda: "up" in database.last_words())
    database.stop(hurry=lambda: True)
    assert "written" in database.last_words()
