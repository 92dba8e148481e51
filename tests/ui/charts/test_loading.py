"""The drawing library comes in small steps, and everything that knows Qt in one thread."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

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


ASIDE = """
import sys
from PySide6.QtWidgets import QApplication

app = QApplication([])
exec(sys.argv[1])
import pyqtgraph as pg
from pyqtgraph.widgets import GraphicsView as view
unused = ("PlotItem", "ImageItem", "ROI")
assert not any(f"pyqtgraph.graphicsItems.{each}" in sys.modules for each in unused)
assert not {"PySide6.QtTest", "PySide6.QtOpenGL", "pyqtgraph.colormap"} & set(sys.modules)
drawn = [pg.GraphicsObject, pg.GraphicsView, pg.ViewBox]
parts = [each for each in sys.modules.values() if each.__name__.startswith("pyqtgraph")]
strange = [
    name
    for part in parts
    for name, value in vars(part).items()
    if type(value).__module__ == "puffling.ui.charts.library"
]
assert strange == ["OpenGLHelpers"], strange
assert isinstance(view.OpenGLHelpers.GraphicsViewGLWidget, type)
from pyqtgraph.widgets.PlotWidget import PlotWidget
plot = PlotWidget()
curve = plot.plot([1.0, 2.0])
assert isinstance(plot, pg.GraphicsView) and isinstance(plot.plotItem.vb, pg.ViewBox)
assert list(curve.getData()[1]) == [1.0, 2.0]
print(len(parts))
"""


IN_PIECES = "from puffling.ui.charts import loading; [*loading._pieces()]"
AT_ONCE = "import puffling.ui.charts.bars"


@pytest.mark.parametrize("road", [IN_PIECES, AT_ONCE])
def test_what_no_chart_is_drawn_with_stays_on_the_disk_until_it_is_imported(road):
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", ASIDE, road]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    assert int(done.stdout) < 50


def test_the_library_has_all_of_qt_and_has_copied_none_of_it():
    done = subprocess.run([sys.executable, "-c", WHOLE], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 50


def test_others_have_their_turn_while_it_is_loaded():
    done = subprocess.run([sys.executable, "-c", LOAD], check=True, capture_output=True, text=True)
    assert int(done.stdout) >= 5
