"""The desk is small, and its threads take their memory from two arenas where there are such."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from puffling.ui.shell import memory
from tests.bench.measure import in_child

BUDGET = 190  # megabytes, five seconds after the chart can be used
COUNT = """
import ctypes, re, sys, tempfile, threading
from puffling.ui.shell.memory import share_arenas

assert share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
together = threading.Barrier(6)

def work():
    libc.malloc(5_000)
    together.wait()

threads = [threading.Thread(target=work) for _ in range(6)]
for each in threads:
    each.start()
for each in threads:
    each.join()
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(len(re.findall("<heap nr=", file.read().decode())))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only the GNU library of Linux has arenas")
def test_many_threads_share_two_arenas():
    done = subprocess.run([sys.executable, "-c", COUNT], check=True, capture_output=True, text=True)
    assert int(done.stdout) == memory.ARENAS


def test_another_computer_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert not memory.share_arenas()


def test_a_c_library_without_arenas_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert not memory.share_arenas()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read from /proc")
def test_an_open_desk_with_a_chart_stays_within_its_memory():
    in_child("tests.bench.start", "desk")  # the first one may have to write bytecode
    found = in_child("tests.bench.start", "desk")
    assert 0 < found["memory"] <= BUDGET
