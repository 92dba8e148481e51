"""A chart on a screen with several pixels to the point: sharp, and exported with all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

CHILD = """
import json, sys
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from puffling.core.settings import Appearance
from puffling.ui.charts.chart import PriceChart
from puffling.ui.charts.exporting import export
from puffling.ui.theme.theme import Theme
from pathlib import Path
from tests.ui.charts.samples import is_color, make_bars, pixels

app, theme = QApplication([]), Theme()
theme.apply(app, Appearance())
chart = PriceChart(theme)
chart.resize(600, 400)
chart.show()
chart.set_bars(make_bars(300))
chart.show_last(60)
path = Path(sys.argv[1])
export(chart, path)
image = QImage(str(path))
picture = pixels(chart)
colors = chart.surface.colors
print(json.dumps({
    "size": [image.width(), image.height()],
    "candles": int(is_color(picture, colors.up, colors.down).sum()),
}))
"""


def shown(path: str, scale: str) -> dict[str, Any]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, path],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "size"), [("2", [1_200, 800]), ("1.5", [900, 600])])
def test_a_dense_screen_gets_all_its_pixels_and_none_is_blurred(
    tmp_path, scale: str, size: list[int]
):
    plain = shown(str(tmp_path / "plain.png"), "1")
    dense = shown(str(tmp_path / "dense.png"), scale)
    assert plain["size"] == [600, 400]
    assert dense["size"] == size
    # Blurred edges would be mixtures of the colours.
    more = float(scale) ** 2
    assert plain["candles"] * more * 0.7 < dense["candles"] < plain["candles"] * more * 1.3
