"""Bars to try indicators on, and TA-Lib's own figures where they lie beside this checkout."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from puffin.data.bars import Bars, Interval

REFERENCE = Path(__file__).parents[4] / "shared/reference"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference numbers are not beside this checkout"
)
COLUMNS = ("open", "high", "low", "close", "volume")


def table(path: Path) -> dict[str, np.ndarray]:
    """Return a file's columns by name; a blank is NaN, a date is left out."""
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = [name for name in rows[0] if name not in {"", "bar"}]
    return {name: np.array([float(row[name] or "nan") for row in rows]) for name in names}


def bars_of(columns: dict[str, np.ndarray], interval: Interval = Interval.D1) -> Bars:
    """Return daily bars of columns."""
    days = np.arange("2004-08-19", len(columns["close"]), dtype="datetime64[D]")
    step = np.int64(interval.seconds * 1_000_000_000)
    start = days[:1].astype("datetime64[ns]").astype(np.int64) + 14 * 3_600_000_000_000
    time = days if interval is Interval.D1 else start + step * np.arange(len(days))
    opened, high, low, close, volume = (columns[name] for name in COLUMNS)
    return Bars.from_columns(
        "TEST", interval, time=time, open=opened, high=high, low=low, close=close, volume=volume
    )


def google() -> Bars:
    """Return Google's daily bars."""
    found = table(REFERENCE / "backtest/GOOG.csv")
    return bars_of({name.lower(): values for name, values in found.items()})


def walk(count: int, seed: int = 1, interval: Interval = Interval.D1) -> Bars:
    """Return made-up bars that check out."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.02, count)))
    opened = np.concatenate([[100.0], close[:-1]])[:count] * np.exp(random.normal(0, 0.005, count))
    high = np.maximum(opened, close) * (1 + np.abs(random.normal(0, 0.01, count)))
    low = np.minimum(opened, close) * (1 - np.abs(random.normal(0, 0.01, count)))
    volume = np.floor(random.uniform(1_000, 100_000, count))
    return bars_of(
        {"open": opened, "high": high, "low": low, "close": close, "volume": volume}, interval
    )
