"""A crash below Python leaves its stacks beside the logs."""

from __future__ import annotations

import signal
import subprocess
import sys

from puffling.ui.shell.start import fault_log

CRASH = """
import ctypes, pathlib, sys
from puffling.core.paths import Paths
from puffling.ui.shell.start import fault_log
with fault_log(Paths(pathlib.Path(sys.argv[1]))):
    ctypes.string_at(0)
"""


def test_a_crash_below_python_leaves_its_stacks(paths):
    done = subprocess.run([sys.executable, "-c", CRASH, str(paths.root)], check=False)
    assert done.returncode == -signal.SIGSEGV
    assert "Segmentation fault" in (paths.logs / "faults.txt").read_text()


def test_a_folder_that_cannot_be_made_is_left_to_the_session(paths):
    paths.root.write_text("a file where the folder should be")
    with fault_log(paths):
        pass
    assert paths.root.is_file()
