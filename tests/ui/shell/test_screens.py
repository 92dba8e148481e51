"""Windows on several screens, as Qt has them: unplugged, swapped, smaller, of another density."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from puffling.store.layouts import LayoutStore
from puffling.ui.shell.builtin_layouts import BUILT_IN
from puffling.ui.shell.layout_reading import dump

ROOT = Path(__file__).parents[3]
# Opens the window on what a folder keeps, says where everything is, and keeps it.
OPENS = """
import json, pathlib, sys, time
from puffling.store.layouts import LayoutStore
from puffling.ui.shell.layouts import Layouts
from puffling.ui.shell.start import make_application
from puffling.ui.shell.window import MainWindow
from puffling.ui.theme.theme import Theme
app = make_application()
theme = Theme()
theme.apply(app, theme.appearance)
window = MainWindow(theme)
layouts = Layouts(window, window.workspace, LayoutStore(pathlib.Path(sys.argv[1])))
layouts.begin()
window.show()
end = time.monotonic() + 100
while not window.workspace.docks.shown or not window.isActiveWindow():
    assert time.monotonic() < end
    app.processEvents()
for _ in range(20):
    app.processEvents()
root, floating = window.workspace.docks.arrangement()
place = lambda one: [one.x, one.y, one.width, one.height]
area = window.geometry()
print(json.dumps({
    "screens": [list(each.availableGeometry().getRect()) for each in app.screens()],
    "density": [each.devicePixelRatio() for each in app.screens()],
    "window": [area.x(), area.y(), area.width(), area.height()],
    "floating": [place(each.place) for each in floating],
    "notices": layouts.notices,
}))
layouts.finish()
"""
Screens = list[dict[str, Any]]
DESK: Screens = [
    {"name": "DP-1", "x": 0, "y": 0, "width": 1920, "height": 1080, "dpr": 1},
    {"name": "DP-2", "x": 1920, "y": 0, "width": 2560, "height": 1440, "dpr": 1},
]


def opened(folder: Path, screens: Screens) -> dict[str, Any]:
    """Open the window where these screens are; return where everything is."""
    config = folder / "screens.json"
    config.write_text(
        json.dumps(
            {"screens": [{"logicalDpi": 96, "logicalBaseDpi": 96, **each} for each in screens]}
        )
    )
    done = subprocess.run(
        [sys.executable, "-c", OPENS, str(folder)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def in_sight(found: dict[str, Any]) -> bool:
    """Whether every window has a size, and a title bar in reach on one of the screens."""

    def seen(place: list[int]) -> bool:
        x, y, width, height = place
        return (width > 100 and height > 100) and any(
            left < x + width - 100 and x + 100 < left + across and top <= y < top + down - 30
            for left, top, across, down in found["screens"]
        )

    return all(map(seen, [found["window"], *found["floating"]]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A desk on the first of two screens, with a ticket in a window of its own on the second."""
    trade = next(each for each in BUILT_IN if each.name == "Trade")
    second = {"name": "DP-2", "x": 1920, "y": 0, "width": 2560, "height": 1440}
    first = {"name": "DP-1", "x": 0, "y": 0, "width": 1920, "height": 1080}
    document = {
        **dump(trade),
        "root": {"tabs": ["chart"], "current": "chart"},
        "floating": [
            {
                "x": 3600,
                "y": 900,
                "width": 500,
                "height": 400,
                "screen": second,
                "root": {"tabs": ["ticket"], "current": "ticket"},
            }
        ],
        "window": {
            "x": 100,
            "y": 80,
            "width": 1500,
            "height": 900,
            "maximised": False,
            "screen": first,
        },
    }
    LayoutStore(tmp_path).save_current(document)
    return tmp_path


@pytest.mark.slow
def test_a_window_on_the_other_screen_stays_there_and_comes_over_when_it_is_gone(folder):
    there = opened(folder, DESK)
    assert there["floating"] == [[3600, 900, 500, 400]]
    assert there["window"][2:] == [1500, 900]
    dense = opened(folder, [DESK[0], {**DESK[1], "dpr": 2}])
    assert 2.0 in dense["density"]
    assert in_sight(dense)
    alone = opened(folder, [{**DESK[0], "width": 1366, "height": 768}])
    assert in_sight(alone)
    assert not alone["notices"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_whatever_screens_are_plugged_in_no_window_is_lost(folder):
    chance = Random(5)
    for _ in range(8):
        screens: Screens = []
        x = chance.choice([0, -1280])
        for number in range(chance.randint(1, 3)):
            width, height = chance.choice([(1280, 720), (1920, 1080), (1080, 1920), (3840, 2160)])
            screens.append(
                {
                    "name": f"S{number}",
                    "x": x,
                    "y": chance.choice([0, -300, 400]),
                    "width": width,
                    "height": height,
                    "dpr": chance.choice([1, 1.5, 2]),
                }
            )
            x += width
        found = opened(folder, screens)
        assert in_sight(found), (screens, found)
