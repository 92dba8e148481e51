"""A peer's chart, run by the Python of `build/peers`: `chart_peer.py finplot|vnpy CANDLES`.

It prints the milliseconds of CPU of the window's thread as JSON: the first paint, a frame of panning
and zooming (the slow end of them), and a tick; with volume, and for finplot three averages.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

FRAMES, LONGEST = 40, 30.0  # of one kind; seconds
SIZE = (1_500, 800)
SEEN = 2_000
START = datetime(2012, 1, 1, tzinfo=UTC)


def main(peer: str, count: int) -> dict[str, float]:
    """Measure one peer."""
    return {"finplot": _finplot, "vnpy": _vnpy}[peer](count)


def _walk(count: int) -> dict[str, Any]:
    """The bars that Puffling's own bench takes."""
    rng = np.random.default_rng(7)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.0007, count)))
    opens = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(opens, close) * (1 + rng.random(count) / 500)
    low = np.minimum(opens, close) * (1 - rng.random(count) / 500)
    volume = rng.integers(100, 10_000, count).astype(float)
    return {"open": opens, "close": close, "high": high, "low": low, "volume": volume}


def _slow_end(change: Callable[[int], object]) -> float:
    times: list[float] = []
    end = time.monotonic() + LONGEST
    while len(times) < FRAMES and (time.monotonic() < end or not times):
        start = time.thread_time()
        change(len(times))
        times.append(time.thread_time() - start)
    return sorted(times)[round((len(times) - 1) * 0.95)] * 1_000


def _finplot(count: int) -> dict[str, float]:
    os.environ["PYQTGRAPH_QT_LIB"] = "PyQt6"
    pandas, finplot = import_module("pandas"), import_module("finplot")
    app = import_module("PyQt6.QtWidgets").QApplication([])
    times = pandas.date_range(START, periods=count, freq="min")
    bars = pandas.DataFrame(_walk(count), index=times)
    axis = finplot.create_plot("peer", init_zoom_periods=SEEN, maximize=False)
    start = time.thread_time()
    candles = finplot.candlestick_ochl(bars[["open", "close", "high", "low"]], ax=axis)
    finplot.volume_ocv(bars[["open", "close", "volume"]], ax=axis.overlay())
    for window in (20, 50, 200):
        finplot.plot(bars["close"].rolling(window).mean(), ax=axis)
    finplot.show(qt_exec=False)
    axis.vb.win.resize(*SIZE)
    app.processEvents()
    first = (time.thread_time() - start) * 1_000

    def frame(step: int) -> None:
        shift = (step % 20) * 10
        axis.vb.update_y_zoom(count - SEEN - shift, count - shift)
        app.processEvents()

    def tick(step: int) -> None:
        bars.iloc[-1, bars.columns.get_loc("close")] *= 1 + (step % 3 - 1) * 1e-4
        candles.update_data(bars[["open", "close", "high", "low"]])
        app.processEvents()

    return {"first": first, "frame": _slow_end(frame), "tick": _slow_end(tick)}


def _vnpy(count: int) -> dict[str, float]:
    os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
    chart = import_module("vnpy.chart")
    exchange = import_module("vnpy.trader.constant").Exchange
    bar_of = import_module("vnpy.trader.object").BarData
    columns = {name: each.tolist() for name, each in _walk(count).items()}
    bars = [
        bar_of(
            gateway_name="peer",
            symbol="TEST",
            exchange=exchange.LOCAL,
            datetime=START + timedelta(minutes=row),
            open_price=columns["open"][row],
            high_price=columns["high"][row],
            low_price=columns["low"][row],
            close_price=columns["close"][row],
            volume=columns["volume"][row],
        )
        for row in range(count)
    ]
    app = import_module("PySide6.QtWidgets").QApplication([])
    widget = chart.ChartWidget()
    widget.add_plot("candle", hide_x_axis=True)
    widget.add_plot("volume", maximum_height=160)
    widget.add_item(chart.CandleItem, "candle", "candle")
    widget.add_item(chart.VolumeItem, "volume", "volume")
    widget.resize(*SIZE)
    widget.show()
    app.processEvents()
    start = time.thread_time()
    widget.update_history(bars)
    app.processEvents()
    first = (time.thread_time() - start) * 1_000
    widget._bar_count = SEEN

    def frame(step: int) -> None:
        widget._right_ix = count - (step % 20) * 10
        widget._update_x_range()
        app.processEvents()

    def tick(step: int) -> None:
        bars[-1].close_price *= 1 + (step % 3 - 1) * 1e-4
        widget.update_bar(bars[-1])
        app.processEvents()

    return {"first": first, "frame": _slow_end(frame), "tick": _slow_end(tick)}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(main(sys.argv[1], int(sys.argv[2]))) + "\n")
