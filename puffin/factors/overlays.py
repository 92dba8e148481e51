"""TA-Lib's indicators that are drawn over the candles: averages, bands, stops and prices."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from puffin.factors.base import Group, Output, Pane, Range, Shape
from puffin.factors.library import indicator
from puffin.factors.rows import (
    BARS,
    CANDLE,
    CHANNEL,
    SPAN,
    lines,
    marks,
    window,
    windowed,
)

if TYPE_CHECKING:
    from puffin.factors.base import Indicator

average = partial(windowed, group=Group.AVERAGE, pane=Pane.PRICE)
over_price = partial(indicator, pane=Pane.PRICE)

AVERAGES: Final[tuple[Indicator, ...]] = (
    average("sma", "Simple average", "SMA", 20),
    average("ema", "Exponential average", "EMA", 20),
    average("wma", "Weighted average", "WMA", 20),
    average("dema", "Double exponential average", "DEMA", 20),
    average("tema", "Triple exponential average", "TEMA", 20),
    average("trima", "Triangular average", "TRIMA", 20),
    average("kama", "Kaufman’s adaptive average", "KAMA", 30),
    average("wilder", "Wilder’s average", "RMA", 14),
    average("hull", "Hull’s average", "HMA", 20),
    average("zlema", "Zero-lag average", "ZLEMA", 20),
    average("midpoint", "Midpoint of closes", "MIDPOINT", 14),
    average("regression", "Linear regression", "LINEARREG", 14),
    average("forecast", "Time series forecast", "TSF", 14),
    over_price(
        "vwma",
        "Volume-weighted average",
        Group.AVERAGE,
        "VWMA",
        inputs="close volume",
        ranges=window(20),
    ),
    over_price(
        "t3",
        "Tillson’s T3",
        Group.AVERAGE,
        "T3",
        ranges=window(5) | {"factor": Range("Volume factor", 0.7, 0.0, 1.0, 0.05)},
    ),
    over_price(
        "mama",
        "MESA adaptive average",
        Group.AVERAGE,
        "MAMA",
        ranges={
            "fast_limit": Range("Fast limit", 0.5, 0.01, 0.99, 0.01),
            "slow_limit": Range("Slow limit", 0.05, 0.01, 0.99, 0.01),
        },
        outputs=lines(value="MAMA", following="FAMA"),
    ),
    over_price("midprice", "Midprice", Group.AVERAGE, "MIDPRICE", inputs=SPAN, ranges=window(14)),
    over_price("trendline", "Hilbert trendline", Group.AVERAGE, "HT_TRENDLINE"),
)

BANDS: Final[tuple[Indicator, ...]] = (
    over_price(
        "bollinger",
        "Bollinger bands",
        Group.BAND,
        "BBANDS",
        ranges=window(20) | {"deviations": Range("Deviations", 2.0, 0.1, 10.0, 0.1)},
        arguments=("window", "deviations", "deviations"),
        outputs=CHANNEL,
    ),
    over_price(
        "donchian",
        "Donchian channel",
        Group.BAND,
        "DONCHIAN",
        inputs=SPAN,
        ranges=window(20),
        outputs=CHANNEL,
    ),
)

STOPS: Final[tuple[Indicator, ...]] = (
    over_price(
        "supertrend",
        "Supertrend",
        Group.TREND,
        "SUPERTREND",
        inputs=BARS,
        ranges=window(10) | {"ranges": Range("Ranges", 3.0, 0.1, 20.0, 0.1)},
        outputs=(Output("value", "Supertrend"), marks("Side", "side")),
    ),
    over_price(
        "sar",
        "Parabolic stop and reverse",
        Group.TREND,
        "SAR",
        inputs=SPAN,
        ranges={
            "acceleration": Range("Acceleration", 0.02, 0.001, 1.0, 0.005),
            "most": Range("Most acceleration", 0.2, 0.001, 1.0, 0.05),
        },
        outputs=(Output("value", "Stop", Shape.DOTS),),
    ),
)

PRICES: Final[tuple[Indicator, ...]] = (
    over_price("average_price", "Average price", Group.PRICE, "AVGPRICE", inputs=CANDLE),
    over_price("median_price", "Median price", Group.PRICE, "MEDPRICE", inputs=SPAN),
    over_price("typical_price", "Typical price", Group.PRICE, "TYPPRICE", inputs=BARS),
    over_price("weighted_close", "Weighted close", Group.PRICE, "WCLPRICE", inputs=BARS),
    over_price(
        "heikin_ashi",
        "Heikin-Ashi",
        Group.PRICE,
        "HA",
        inputs=CANDLE,
        outputs=lines(open="Open", high="High", low="Low", close="Close"),
    ),
)

OVERLAYS: Final = (*AVERAGES, *BANDS, *STOPS, *PRICES)
