"""Memory that one image leaves is there for the next, in a process of its own: the settings last as long as it does."""

import ctypes
import subprocess
import sys

import pytest

SCRIPT = """
import resource, threading
import numpy as np
from cnnfilt.batch.reuse import reuse_memory

reuse_memory()
faults = []

def work():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    arrays = [np.ones(size << 20, np.uint8) for size in (1, 4, 8, 3)]
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

for _ in range(3):  # A thread for each file, as the jobs have it.
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
print(*faults)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="this system's memory is not glibc's")
def test_the_arrays_of_the_next_file_take_the_place_of_the_last_ones() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    first, *others = map(int, done.stdout.split())
    assert all(faults < max(first // 10, 10) for faults in others), (first, others)


def test_no_harm_is_done_where_there_is_no_such_setting() -> None:
    script = "import ctypes; ctypes.CDLL = lambda name: object(); from cnnfilt.batch.reuse import reuse_memory; "
    subprocess.run([sys.executable, "-c", script + "reuse_memory()"], check=True)
