import subprocess
import sys

import pytest

from marketplace.embedded import leftovers

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def process():
    process = subprocess.Popen(SLEEP, start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_a_recorded_process_that_does_not_end_is_killed(tmp_path, process):
    record = tmp_path / "processes"
    record.write_text(f"{process.pid} {leftovers.start_of(process.pid)}\n")
    assert leftovers.end(record, patience=0.1) == 1
    assert process.wait(5) == -9
    assert not record.exists()


def test_a_newer_process_with_the_same_number_is_left_alone(tmp_path, process):
    record = tmp_path / "processes"
    record.write_text(f"{process.pid} 1\n")
    assert leftovers.end(record, patience=0.1) == 0
    assert process.poll() is None


@pytest.mark.parametrize("content", ["", "nonsense\n", "12 x y\n"])
def test_a_damaged_record_forbids_no_start(tmp_path, content):
    record = tmp_path / "processes"
    record.write_text(content)
    assert leftovers.end(record, patience=0.1) == 0


def test_no_record_means_nothing_left(tmp_path):
    assert leftovers.end(tmp_path / "processes") == 0
