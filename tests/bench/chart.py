"""Charts: frames, ticks, first paint and memory, with volume, two averages and RSI in its pane."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tests.bench import chart_peers
from tests.bench.measure import ROUNDS, Row, Spread, at_most, cpu, in_child, middle, resident

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from puffin.data.bars import Bars
    from puffling.ui.charts.chart import PriceChart

FRAMES = 60
SIZE = (1_500, 800)
COUNTS = (100_000, 1_000_000, 10_000_000)
STUDIES = (("sma", 20), ("ema", 50), ("rsi", 14))
FIRST_PAINT = {100_000: 50.0, 1_000_000: 120.0}  # milliseconds
MOST_SETTLING = 60.0  # seconds


def rows() -> list[Row]:
    """Every row about charts."""
    found: list[Row] = []
    for count in COUNTS:
        child = in_child("tests.bench.chart", str(count))
        name = f"{count:,} candles"
        for what in ("frame", "tick"):
            worst = max(child[what].items(), key=lambda each: each[1]["p95"])
            budget = 10 if what == "frame" else 4
            words = {"frame": "pan or zoom", "tick": "tick to paint"}[what]
            extra = f" p95 (p50 {worst[1]['p50']:.1f}; worst zoom, {worst[0]} in view)"
            found.append(
                at_most(f"chart, {words}, {name}", worst[1]["p95"], budget, "ms", extra=extra)
            )
            found.append(
                Row(
                    f"chart, {words}, {name}, zooms",
                    _by_zoom(child[what]),
                    "p95 ms by bars in view",
                )
            )
        if count in FIRST_PAINT:
            most = FIRST_PAINT[count]
            found.append(at_most(f"chart, first paint of {name}", child["first"], most, "ms"))
        else:
            found.append(Row(f"chart, first paint of {name}", f"{child['first']:,.0f} ms"))
    held = in_child("tests.bench.chart", "memory")["memory"]
    found.append(at_most(f"chart, whole process, {COUNTS[0]:,} candles", held, 180, "MB"))
    return found + chart_peers.rows()


def _by_zoom(spreads: dict[str, dict[str, float]]) -> str:
    return ", ".join(f"{int(bars):,}: {each['p95']:.1f}" for bars, each in spreads.items())


def walk(count: int) -> Bars:
    """A random walk by the minute; the same each time."""
    from puffin.data.bars import Bars, Interval

    rng = np.random.default_rng(7)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.0007, count)))
    opens = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(opens, close) * (1 + rng.random(count) / 500)
    low = np.minimum(opens, close) * (1 - rng.random(count) / 500)
    volume = rng.integers(100, 10_000, count).astype(float)
    time_ = 1_325_376_000 * 10**9 + np.arange(count, dtype=np.int64) * 60 * 10**9
    return Bars("TEST", Interval.M1, time_, opens, high, low, close, volume)


def probe(count: int) -> dict[str, object]:
    """Measure one chart in this process."""
    from PySide6.QtWidgets import QApplication

    from puffling.core.settings import Appearance
    from puffling.services.study_specs import StudySpec
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.theme.theme import Theme

    app = QApplication([])
    theme = Theme()
    theme.apply(app, Appearance())
    bars = walk(count)

    def opened() -> PriceChart:
        chart = PriceChart(theme)
        chart.resize(*SIZE)
        chart.show()
        app.processEvents()
        return chart

    firsts = []
    for _ in range(ROUNDS):
        chart = opened()
        start = time.thread_time()
        chart.set_bars(bars)
        app.processEvents()
        firsts.append(time.thread_time() - start)
        chart.deleteLater()
        app.processEvents()
    chart = opened()
    chart.set_bars(bars)
    chart.set_studies([StudySpec(kind, {"window": window}) for kind, window in STUDIES])
    end = time.monotonic() + MOST_SETTLING
    while chart.is_settling and time.monotonic() < end:
        app.processEvents()
    zooms = [each for each in (100, 300, 2_000, 30_000, count) if each <= count]
    frames: dict[int, list[Spread]] = {each: [] for each in zooms}
    ticks: dict[int, list[Spread]] = {each: [] for each in zooms}
    for _ in range(ROUNDS):
        for visible in zooms:
            frames[visible].append(_frames(app, chart, visible))
            ticks[visible].append(_ticks(app, chart, visible, bars))
    return {
        "first": sorted(firsts)[len(firsts) // 2] * 1_000,
        "frame": {each: _plain(middle(spreads)) for each, spreads in frames.items()},
        "tick": {each: _plain(middle(spreads)) for each, spreads in ticks.items()},
    }


def memory() -> dict[str, float]:
    """Open one chart and see how large this process is."""
    from PySide6.QtWidgets import QApplication

    from puffling.core.settings import Appearance
    from puffling.services.study_specs import StudySpec
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.theme.theme import Theme

    app = QApplication([])
    theme = Theme()
    theme.apply(app, Appearance())
    chart = PriceChart(theme)
    chart.resize(*SIZE)
    chart.show()
    chart.set_bars(walk(COUNTS[0]))
    chart.set_studies([StudySpec(kind, {"window": window}) for kind, window in STUDIES])
    end = time.monotonic() + MOST_SETTLING
    while chart.is_settling and time.monotonic() < end:
        app.processEvents()
    return {"memory": resident()}


def _plain(spread: Spread) -> dict[str, float]:
    return {"p50": spread.p50, "p95": spread.p95, "worst": spread.worst}


def _frames(app: QApplication, chart: PriceChart, visible: int) -> Spread:
    chart.show_last(visible)
    app.processEvents()
    moves = (
        partial(chart.pan, -0.01),
        partial(chart.zoom, 1.03),
        partial(chart.pan, 0.008),
        partial(chart.zoom, 1 / 1.03),
    )
    return Spread.of(_painted(app, moves[step % 4]) for step in range(FRAMES))


def _ticks(app: QApplication, chart: PriceChart, visible: int, bars: Bars) -> Spread:
    """Ticks within the last bar's range, as nearly all are."""
    chart.show_last(visible)
    app.processEvents()
    last = bars.tail(1)
    span = last.high - last.low
    live = [
        replace(last, close=last.low + span * (step % 10) / 10, time=last.time)
        for step in range(FRAMES)
    ]
    return Spread.of(_painted(app, partial(chart.update_last, each)) for each in live)


def _painted(app: QApplication, change: Callable[[], object]) -> float:
    def both() -> None:
        change()
        app.processEvents()

    return cpu(both)


if __name__ == "__main__":
    answer = memory() if sys.argv[1] == "memory" else probe(int(sys.argv[1]))
    sys.stdout.write(json.dumps(answer) + "\n")
