"""TA-Lib's indicators that have a scale of their own: trend, momentum, range, volume, cycles."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from puffin.factors.base import Group, Output, Range, Shape
from puffin.factors.library import indicator
from puffin.factors.rows import BARS, CANDLE, SPAN, TRADED, lines, marks, window, windowed, windows

if TYPE_CHECKING:
    from puffin.factors.base import Indicator

ZERO: Final = (0.0,)
TRENDING: Final = (25.0,)
OVERSOLD: Final = (30.0, 70.0)
EDGES: Final = (20.0, 80.0)
STOCHASTIC: Final = lines(value="%K", signal="%D")

trend = partial(windowed, group=Group.TREND, inputs=BARS)
span_trend = partial(windowed, group=Group.TREND, inputs=SPAN)
close_trend = partial(windowed, group=Group.TREND)
momentum = partial(windowed, group=Group.MOMENTUM)
bars_momentum = partial(windowed, group=Group.MOMENTUM, inputs=BARS)
volatility = partial(windowed, group=Group.VOLATILITY, inputs=BARS)
volume = partial(windowed, group=Group.VOLUME, inputs=TRADED)

TRENDS: Final[tuple[Indicator, ...]] = (
    trend("adx", "Average directional index", "ADX", 14, guides=TRENDING),
    trend("adxr", "Directional index rating", "ADXR", 14, guides=TRENDING),
    trend("dx", "Directional index", "DX", 14),
    trend("plus_di", "Directional indicator up", "PLUS_DI", 14, low=1),
    trend("minus_di", "Directional indicator down", "MINUS_DI", 14, low=1),
    span_trend("plus_dm", "Directional movement up", "PLUS_DM", 14, low=1),
    span_trend("minus_dm", "Directional movement down", "MINUS_DM", 14, low=1),
    span_trend("aroon_oscillator", "Aroon oscillator", "AROONOSC", 14, guides=ZERO),
    close_trend("slope", "Slope of the regression", "LINEARREG_SLOPE", 14, guides=ZERO),
    close_trend("angle", "Angle of the regression", "LINEARREG_ANGLE", 14, guides=ZERO),
    indicator(
        "aroon",
        "Aroon",
        Group.TREND,
        "AROON",
        inputs=SPAN,
        ranges=window(14),
        outputs=lines(down="Down", up="Up"),
        guides=OVERSOLD,
    ),
    indicator(
        "vortex",
        "Vortex",
        Group.TREND,
        "VORTEX",
        inputs=BARS,
        ranges=window(14),
        outputs=lines(up="Up", down="Down"),
        guides=(1.0,),
    ),
)

MOMENTUM: Final[tuple[Indicator, ...]] = (
    momentum("rsi", "Relative strength index", "RSI", 14, guides=OVERSOLD),
    momentum("cmo", "Chande’s momentum", "CMO", 14, guides=(-50.0, 50.0)),
    momentum("momentum", "Momentum", "MOM", 10, low=1, guides=ZERO),
    momentum("roc", "Rate of change in percent", "ROC", 10, low=1, guides=ZERO),
    momentum("ratio", "Ratio to an earlier close", "ROCR", 10, low=1, guides=(1.0,)),
    momentum("trix", "TRIX", "TRIX", 15, guides=ZERO),
    bars_momentum("cci", "Commodity channel index", "CCI", 20, guides=(-100.0, 100.0)),
    bars_momentum("williams", "Williams %R", "WILLR", 14, guides=(-80.0, -20.0)),
    indicator(
        "macd",
        "MACD",
        Group.MOMENTUM,
        "MACD",
        ranges=windows(fast=12, slow=26, signal=9),
        outputs=(*lines(value="MACD", signal="Signal"), Output("bars", "Gap", Shape.BARS)),
        guides=ZERO,
    ),
    indicator(
        "stochastic",
        "Stochastic",
        Group.MOMENTUM,
        "STOCH",
        inputs=BARS,
        ranges=windows(window=14, smooth=3, signal=3),
        arguments=("window", "smooth", 0, "signal", 0),
        outputs=STOCHASTIC,
        guides=EDGES,
    ),
    indicator(
        "fast_stochastic",
        "Fast stochastic",
        Group.MOMENTUM,
        "STOCHF",
        inputs=BARS,
        ranges=windows(window=14, signal=3),
        outputs=STOCHASTIC,
        guides=EDGES,
    ),
    indicator(
        "stochastic_rsi",
        "Stochastic RSI",
        Group.MOMENTUM,
        "STOCHRSI",
        ranges=windows(window=14, range_window=14, signal=3),
        outputs=STOCHASTIC,
        guides=EDGES,
    ),
    indicator(
        "apo",
        "Price oscillator",
        Group.MOMENTUM,
        "APO",
        ranges=windows(fast=12, slow=26),
        guides=ZERO,
    ),
    indicator(
        "ppo",
        "Price oscillator in percent",
        Group.MOMENTUM,
        "PPO",
        ranges=windows(fast=12, slow=26),
        guides=ZERO,
    ),
    indicator("bop", "Balance of power", Group.MOMENTUM, "BOP", inputs=CANDLE, guides=ZERO),
    indicator(
        "tsi",
        "True strength index",
        Group.MOMENTUM,
        "TSI",
        ranges=windows(long=25, short=13),
        guides=ZERO,
    ),
    indicator(
        "ultimate",
        "Ultimate oscillator",
        Group.MOMENTUM,
        "ULTOSC",
        inputs=BARS,
        ranges=windows(short=7, middle=14, long=28),
        guides=OVERSOLD,
    ),
    indicator(
        "awesome",
        "Awesome oscillator",
        Group.MOMENTUM,
        "AO",
        inputs=SPAN,
        ranges=windows(fast=5, slow=34),
        guides=ZERO,
    ),
)

VOLATILITY: Final[tuple[Indicator, ...]] = (
    volatility("atr", "Average true range", "ATR", 14, low=1),
    volatility("natr", "Average true range in percent", "NATR", 14, low=1),
    volatility("variance", "Variance of closes", "VAR", 20, inputs="close"),
    indicator("true_range", "True range", Group.VOLATILITY, "TRANGE", inputs=BARS),
    indicator(
        "deviation",
        "Standard deviation",
        Group.VOLATILITY,
        "STDDEV",
        ranges=window(20) | {"deviations": Range("Deviations", 1.0, 0.1, 10.0, 0.1)},
    ),
)

VOLUME: Final[tuple[Indicator, ...]] = (
    volume("money_flow", "Money flow index", "MFI", 14, guides=EDGES),
    volume("chaikin_flow", "Chaikin’s money flow", "CMF", 20, guides=ZERO),
    volume("volume_average", "Average volume", "SMA", 20, inputs="volume"),
    indicator("obv", "On-balance volume", Group.VOLUME, "OBV", inputs="close volume"),
    indicator("accumulation", "Accumulation and distribution", Group.VOLUME, "AD", inputs=TRADED),
    indicator(
        "chaikin",
        "Chaikin’s oscillator",
        Group.VOLUME,
        "ADOSC",
        inputs=TRADED,
        ranges=windows(fast=3, slow=10),
        guides=ZERO,
    ),
)

CYCLES: Final[tuple[Indicator, ...]] = (
    indicator("cycle_period", "Period of the cycle", Group.CYCLE, "HT_DCPERIOD"),
    indicator("cycle_phase", "Phase of the cycle", Group.CYCLE, "HT_DCPHASE"),
    indicator(
        "cycle_sine",
        "Sine of the cycle",
        Group.CYCLE,
        "HT_SINE",
        outputs=lines(value="Sine", lead="Lead"),
    ),
    indicator(
        "cycle_phasor",
        "Phasor of the cycle",
        Group.CYCLE,
        "HT_PHASOR",
        outputs=lines(value="In phase", quadrature="Quadrature"),
    ),
    indicator(
        "cycle_mode",
        "Trend (1) or cycle (0)",
        Group.CYCLE,
        "HT_TRENDMODE",
        outputs=(marks("Trend"),),
    ),
)

OSCILLATORS: Final = (*TRENDS, *MOMENTUM, *VOLATILITY, *VOLUME, *CYCLES)
