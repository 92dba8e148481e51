"""No import reads the source of what it imports, and Qt works all the same."""

from __future__ import annotations

import subprocess
import sys

LOOK = """
import builtins
import puffling.ui
assert "__orig_import__" in vars(builtins), "there is no hook any more: this can go"
assert builtins.__import__ is vars(builtins)["__orig_import__"]
import linecache
from PySide6.QtCore import Property, QObject, Signal, Slot
import puffling.core.settings

class Told(QObject):
    said = Signal(str)

    @Slot(str)
    def hear(self, text):
        self.heard = text

    size = Property(int, lambda self: 7)

told = Told()
told.said.connect(told.hear)
told.said.emit("yes")
assert (told.heard, told.size, told.property("size")) == ("yes", 7, 7)
print(len(linecache.cache))
"""


def test_qt_works_without_the_hook_and_no_source_is_kept():
    done = subprocess.run([sys.executable, "-c", LOOK], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 20
