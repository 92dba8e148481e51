"""Drawings on a chart: a hundred of them laid out anew and painted, as each frame of a pan does."""

from __future__ import annotations

import json
import random
import sys
import time

from tests.bench.chart import SIZE, walk
from tests.bench.measure import Row, Spread, at_most, in_child

BARS = 2_000
VISIBLE = 300
TIMES = 200
# How often people use which tool: mostly lines.
MIX = {
    "trend": 35,
    "horizontal": 20,
    "ray": 12,
    "rectangle": 8,
    "channel": 6,
    "arrow": 6,
    "text": 6,
    "fib_retracement": 4,
    "vertical": 2,
    "long": 1,
}


def rows() -> list[Row]:
    """Every row about drawings."""
    found = in_child("tests.bench.drawings")
    count = sum(MIX.values())
    return [
        at_most(
            f"chart, {count} drawings over {BARS:,} bars, laid out and painted",
            found["spread"],
            1,
            "ms",
        ),
        Row(f"chart, the same {count} all in view", f"{found['crowd']:.2f} ms"),
        Row(f"chart, {count} trend lines all in view", f"{found['lines']:.2f} ms"),
        Row(f"chart, what is under the pointer among {count}", f"{found['hit']:.2f} ms"),
    ]


def probe() -> dict[str, float]:
    """Measure one chart in this process."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtWidgets import QApplication

    from puffin.data.bars import Interval
    from puffling.core.drawing_kinds import DrawingKind
    from puffling.core.drawings import Anchor, Drawing
    from puffling.core.settings import Appearance
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.charts.drawings.board import DrawingBoard
    from puffling.ui.charts.surface import Part
    from puffling.ui.theme.theme import Theme

    app = QApplication([])
    theme = Theme()
    theme.apply(app, Appearance())
    chart = PriceChart(theme)
    chart.resize(*SIZE)
    chart.show()
    bars = walk(BARS)
    chart.set_bars(bars)
    chart.show_last(VISIBLE)
    board = DrawingBoard(chart, theme)
    dice = random.Random(7)
    frame = chart.pane.frame

    def drawn(kind: DrawingKind, number: int, first: int) -> Drawing:
        start = dice.randrange(first, BARS - 60)
        anchors = [
            Anchor(int(bars.time[start + 20 * place]), dice.uniform(frame.y0, frame.y1))
            for place in range(kind.facts.least)
        ]
        return Drawing(f"d{number}", "TEST", kind, tuple(anchors), kind.facts.style)

    def many(kinds: list[DrawingKind], first: int) -> list[Drawing]:
        return [drawn(kind, number, first) for number, kind in enumerate(kinds)]

    kinds = [DrawingKind(name) for name, times in MIX.items() for _ in range(times)]
    in_view = BARS - VISIBLE
    sets = {
        "spread": many(kinds, 0),
        "crowd": many(kinds, in_view),
        "lines": many([DrawingKind.TREND] * len(kinds), in_view),
    }
    layer = board.layer
    area = Part(frame.left, frame.right, frame.top, frame.bottom)
    picture = QImage(*SIZE, QImage.Format.Format_RGB32)
    picture.fill(chart.surface.colors.background)
    painter = QPainter(picture)
    found: dict[str, float] = {}
    for name, drawings in sets.items():
        board.show("TEST", Interval.M1, drawings)
        app.processEvents()
        took, hits = [], []
        for turn in range(TIMES):
            start = time.thread_time()
            layer.forget()
            layer.draw(painter, frame, area)
            took.append(time.thread_time() - start)
            start = time.thread_time()
            layer.hit(QPointF(5.0 * turn % frame.width, frame.top + frame.height / 2))
            hits.append(time.thread_time() - start)
        found[name] = Spread.of(took).p50
        found["hit"] = Spread.of(hits).p50
    painter.end()
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe()) + "\n")
