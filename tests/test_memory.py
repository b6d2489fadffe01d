"""The memory of the server: how many heaps its many threads share."""

import platform
import subprocess
import sys

import pytest

from components.front_door import memory
from tests.serving import ROOT

# Threads that hold memory at the same time get heaps of their own, up to eight for each processor.
AT_ONCE = """
import ctypes, sys, threading
from components.front_door import memory
memory.keep_few_heaps()
meet = threading.Barrier(12)
def hold():
    held = [bytes(5000) for _ in range(50)]
    meet.wait()
threads = [threading.Thread(target=hold) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
ctypes.CDLL(None).malloc_info(0, ctypes.c_void_p.in_dll(ctypes.CDLL(None), "stdout"))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has so many heaps")
def test_many_threads_share_few_heaps() -> None:
    told = subprocess.run([sys.executable, "-c", AT_ONCE], cwd=ROOT, check=True, capture_output=True, text=True)
    assert told.stdout.count("<heap nr=") == memory.HEAPS
