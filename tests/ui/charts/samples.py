"""Made-up bars, the pixels of a chart, and what a paint really touched."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage, QPaintEvent, QRegion
from typing_extensions import override

from puffin.data.bars import Bars, Interval

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QColor, QPixmap

    from puffling.ui.charts.view import PaneView

SECOND = 1_000_000_000
FIRST = 1_325_376_000 * SECOND  # 1 January 2012


@cache
def make_bars(count: int, interval: Interval = Interval.M1, seed: int = 7) -> Bars:
    """A random walk; the same for the same arguments."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.003, count)))
    opens = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(opens, close) * (1 + rng.random(count) / 200)
    low = np.minimum(opens, close) * (1 - rng.random(count) / 200)
    volume = rng.integers(100, 10_000, count).astype(float)
    time = FIRST + np.arange(count, dtype=np.int64) * interval.seconds * SECOND
    return Bars("TEST", interval, time, opens, high, low, close, volume)


def live(bars: Bars, close: float, *, later: int = 0) -> Bars:
    """The last bar with another close, or the one `later` bars after it."""
    last = bars.tail(1)
    high, low = max(float(last.high[0]), close), min(float(last.low[0]), close)
    step = bars.interval.seconds * SECOND * later
    one = np.ones(1)
    opened = last.open if not later else one * close
    return Bars(
        bars.symbol,
        bars.interval,
        last.time + step,
        opened,
        one * (high if not later else close),
        one * (low if not later else close),
        one * close,
        last.volume,
    )


class Paints(QObject):
    """Counts the paints of a chart and remembers the region of the last one."""

    def __init__(self, chart: PaneView) -> None:
        super().__init__(chart)
        self.count = 0
        self.region = QRegion()
        chart.viewport().installEventFilter(self)

    @override
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.count += 1
            self.region = QRegion(event.region())
        return False

    def clear(self) -> None:
        self.count = 0
        self.region = QRegion()


def picture_of(pixmap: QPixmap) -> np.ndarray:
    """A picture as height by width, each 0xrrggbb."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return rows[:, : image.width()] & 0xFFFFFF


def pixels(chart: PaneView) -> np.ndarray:
    """The chart as it looks now."""
    return picture_of(chart.grab())


def is_color(picture: np.ndarray, *colors: QColor) -> np.ndarray:
    """Where the picture has one of these colours."""
    return np.asarray(np.isin(picture, [each.rgb() & 0xFFFFFF for each in colors]))
