"""The drawing library comes in small steps, and everything that knows Qt in one thread."""

from __future__ import annotations

import subprocess
import sys

LOAD = """
import asyncio, sys
from PySide6.QtWidgets import QApplication
from puffling.ui.charts import loading

async def main():
    turns = 0
    async def other():
        nonlocal turns
        while not loading.is_loaded():
            turns += 1
            await asyncio.sleep(0)
    assert "pyqtgraph" not in sys.modules
    waiting = asyncio.create_task(other())
    await loading.load()
    await waiting
    await loading.load()
    from puffling.ui.charts.chart import PriceChart
    print(turns)

app = QApplication([])
asyncio.run(main())
"""


WHOLE = """
from PySide6 import QtCore, QtGui, QtWidgets
from puffling.ui.charts import loading

for _ in loading._pieces():
    pass
import pyqtgraph as pg
for ours, theirs in ((QtCore, pg.QtCore), (QtGui, pg.QtGui), (QtWidgets, pg.QtWidgets)):
    names = [each for each in dir(ours) if not each.startswith("_")]
    assert len(names) > 100
    assert all(getattr(theirs, each) is getattr(ours, each) for each in names)
copied = sum(len(vars(each)) for each in (pg.QtCore, pg.QtGui, pg.QtWidgets))
print(copied)
"""


def test_the_library_has_all_of_qt_and_has_copied_none_of_it():
    done = subprocess.run([sys.executable, "-c", WHOLE], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 50


def test_others_have_their_turn_while_it_is_loaded():
    done = subprocess.run([sys.executable, "-c", LOAD], check=True, capture_output=True, text=True)
    assert int(done.stdout) >= 5
