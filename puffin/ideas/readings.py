"""What the rules look at: every number known at each close, and at no close before it is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.data.times import moment
from puffin.ideas.base import Grade, Input
from puffin.strategies.parts import before, study

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from puffin.data.bars import Bars

    Floats: TypeAlias = NDArray[np.float64]

# A year of days: the average of 200 is known, and what never ends has forgotten its start.
FEWEST: Final = 250
MONTH: Final = 20
FORTNIGHT: Final = 10
BUSY, QUIET = 1.5, 0.7  # volume over that of the 20 days before
PERCENT: Final = 100.0
CALM: Final = (10.0, 2.0)  # below both: width of the bands, average true range, in percent
WILD: Final = (20.0, 4.0)  # above one of them

TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "close": ("Close", "{}"),
    "day": ("Change of the day", "{:+.2f} %"),
    "sma20": ("SMA 20", "{}"),
    "sma50": ("SMA 50", "{}"),
    "sma200": ("SMA 200", "{}"),
    "d20": ("Distance from SMA 20", "{:+.2f} %"),
    "volume_ratio": ("Volume over the mean of 20 days before", "{:.2f} x"),
    "rsi": ("RSI 14, Wilder's", "{:.1f}"),
    "macd": ("MACD 12/26/9, gap to its signal", "{}"),
    "upper": ("Upper Bollinger band 20/2", "{}"),
    "lower": ("Lower Bollinger band 20/2", "{}"),
    "width": ("Width of the bands", "{:.1f} % of their middle"),
    "atr": ("Average true range 14", "{}"),
    "atr_percent": ("Average true range", "{:.2f} % of the close"),
    "trend": ("Trend of 20 days", "{:+.2f} % in all"),
    "fit": ("How straight that trend is (R²)", "{:.2f}"),
    "high10": ("Highest of 10 days", "{}"),
    "low10": ("Lowest of 10 days", "{}"),
}


SIGNED: Final = "macd"
DIGITS: Final = 4  # that count, of a price below a dollar
LEAST: Final = 1e-7  # what is smaller is noise
PRICES: Final = (
    *("close", "sma20", "sma50", "sma200", "macd", "upper", "lower", "atr", "high10", "low10"),
)


def reading_text(name: str, value: float) -> str:
    """Return one of the numbers as it is read."""
    if name not in PRICES:
        return TITLES[name][1].format(value)
    return f"{'+' if name == SIGNED and value > 0 else ''}{price_text(value)}"


def price_text(value: float) -> str:
    """Return a price: cents from one dollar on, below it as many places as it takes to tell it."""
    size = abs(value)
    if not LEAST < size < 1:
        return f"{value:,.2f}"
    text = f"{value:.{DIGITS - 1 - math.floor(math.log10(size))}f}".rstrip("0")
    whole, _, places = text.partition(".")
    return f"{whole}.{places:0<2}"


@dataclass(frozen=True, slots=True)
class Readings:
    """Every number that a rule may look at, one for each bar; NaN where it is not known yet.

    `bars` are adjusted, so that a split is not taken for a crash.
    """

    bars: Bars
    columns: Mapping[str, Floats]
    scale: Floats  # what makes an adjusted price that of the day again

    def at(self, row: int) -> Snapshot:
        """Return what is known at the close of one bar, in the prices of that day."""
        place = row % len(self.bars)
        values = {name: float(each[place]) for name, each in self.columns.items()}
        values |= {name: values[name] * float(self.scale[place]) for name in PRICES}
        return Snapshot(
            self.bars.symbol, moment(int(self.bars.time[place])).date(), place + 1, values
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a symbol at one close."""

    symbol: str
    day: date
    bars: int  # how many there are up to that day
    values: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def missing(self, names: tuple[str, ...]) -> str:
        """Return why a rule cannot go by `names`, as a sentence; empty when it can."""
        if self.bars < FEWEST:
            return f"{self.symbol} has {self.bars:,} days of prices; {FEWEST} are needed."
        unknown = [TITLES[each][0] for each in names if not np.isfinite(self.values[each])]
        return f"Not known: {', '.join(unknown)}." if unknown else ""

    def inputs(self, names: tuple[str, ...]) -> tuple[Input, ...]:
        """Return numbers with their titles and words."""
        return tuple(self._input(each) for each in names)

    def _input(self, name: str) -> Input:
        title, value = TITLES[name][0], self.values[name]
        if not np.isfinite(value):
            return Input(name, title, None, "not known")
        return Input(name, title, value, reading_text(name, value))

    @property
    def volume(self) -> Grade:
        """How busy the day was."""
        if self["volume_ratio"] > BUSY:
            return Grade.HIGH
        return Grade.LOW if self["volume_ratio"] < QUIET else Grade.MEDIUM

    @property
    def volatility(self) -> Grade:
        """How much it moves: by the width of the bands and the average true range, in percent."""
        width, reach = self["width"], self["atr_percent"]
        if width < CALM[0] and reach < CALM[1]:
            return Grade.LOW
        return Grade.HIGH if width > WILD[0] or reach > WILD[1] else Grade.MEDIUM


def readings_of(raw: Bars) -> Readings:
    """Return what is known at each close; the future has no influence on any of it.

    Args:
        raw: Daily bars as they were traded, with their adjusted close where that is known.
    """
    bars = raw.adjust()
    close = bars.close
    bands = study("bollinger", bars, window=MONTH, deviations=2.0)
    span = study("donchian", bars, window=FORTNIGHT)
    averages = {f"sma{each}": study("sma", bars, window=each)["value"] for each in (20, 50, 200)}
    atr = study("atr", bars, window=14)["value"]
    trend, fit = _trend(close)
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = before(study("volume_average", bars, window=MONTH)["value"])
        columns = averages | {
            "close": close,
            "day": (close / before(close) - 1) * PERCENT,
            "d20": (close / averages["sma20"] - 1) * PERCENT,
            "volume_ratio": _finite(bars.volume / usual),
            "rsi": study("rsi", bars, window=14)["value"],
            "macd": study("macd", bars)["bars"],
            "upper": bands["upper"],
            "lower": bands["lower"],
            "width": (bands["upper"] - bands["lower"]) / bands["middle"] * PERCENT,
            "atr": atr,
            "atr_percent": atr / close * PERCENT,
            "trend": trend,
            "fit": fit,
            "high10": span["upper"],
            "low10": span["lower"],
        }
    return Readings(bars, columns, raw.close / close)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def _trend(close: Floats) -> tuple[Floats, Floats]:
    """Return slope times 20 of the line through the last 20 log closes, in percent, and its R²."""
    slope = np.full(len(close), np.nan)
    fit = np.full(len(close), np.nan)
    if len(close) < MONTH:
        return slope, fit
    with np.errstate(divide="ignore", invalid="ignore"):
        windows = np.lib.stride_tricks.sliding_window_view(np.log(close), MONTH)
        away = np.arange(MONTH) - (MONTH - 1) / 2
        centred = windows - windows.mean(axis=1, keepdims=True)
        # Row by row, so that how many rows there are changes no digit.
        reach = float((away**2).sum())
        steep = (centred * away).sum(axis=1) / reach
        spread = (centred**2).sum(axis=1)
        explained = steep**2 * reach / spread
    slope[MONTH - 1 :] = np.expm1(steep * MONTH) * PERCENT
    fit[MONTH - 1 :] = np.where(spread > 0, explained, 0.0)
    return slope, fit
