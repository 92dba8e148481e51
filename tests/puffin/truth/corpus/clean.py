"""Strategies that decide on the past alone, some of them in ways that look suspicious."""

from __future__ import annotations

import numpy as np
from typing_extensions import override

from puffin.strategies.base import Signals, Strategy
from puffin.strategies.orders import Entries, Orders
from puffin.strategies.registry import STRATEGIES
from puffin.strategies.universe import EqualWeight
from tests.puffin.truth.corpus.rules import (
    Case,
    Corpus,
    Named,
    ago,
    changes,
    ema,
    filled_forward,
    long_while,
    periods,
    rolling,
)

CLEAN = Corpus(Case(each.id, each) for each in STRATEGIES if each.needs == "one symbol")
CLEAN.append(Case(EqualWeight.id, EqualWeight, many=True))


@CLEAN.targets(warm_up=200)
def above_its_average(bars):
    return long_while(bars.close > rolling(bars.close, 200))


@CLEAN.targets(warm_up=400)
def exponential_average_that_has_settled(bars):
    return long_while(bars.close > ema(bars.close, 2 / 41))


@CLEAN.targets(warm_up=56)
def channel_of_highs_and_lows(bars):
    high, low = rolling(ago(bars.high), 55, np.max), rolling(ago(bars.low), 20, np.min)
    return np.where(bars.close > high, 1.0, np.where(bars.close < low, 0.0, np.nan))


@CLEAN.targets(warm_up=20)
def z_score_of_a_window(bars):
    spread = np.maximum(rolling(bars.close, 20, np.std), 1e-9)
    z = (bars.close - rolling(bars.close, 20)) / spread
    return np.where(z < -2, 1.0, np.where(z > 0, 0.0, np.nan))


@CLEAN.targets(warm_up=60)
def z_score_of_all_that_came_before(bars):
    count = np.arange(1, len(bars) + 1)
    mean = np.cumsum(bars.close) / count
    spread = np.sqrt(np.maximum(np.cumsum(bars.close**2) / count - mean**2, 1e-12))
    return long_while((bars.close - mean) / spread > 0)


@CLEAN.targets(warm_up=60)
def the_high_of_all_time_so_far(bars):
    return long_while(bars.close > 0.95 * np.maximum.accumulate(bars.high))


@CLEAN.targets(warm_up=101)
def rank_among_the_last_hundred(bars):
    return rolling(
        changes(bars.close), 100, lambda rows, axis: (rows[:, :-1] < rows[:, -1:]).mean(axis=axis)
    )


@CLEAN.targets(warm_up=121)
def quantile_of_the_last_half_year(bars):
    moves = changes(bars.close)
    low = rolling(ago(moves), 120, lambda rows, axis: np.quantile(rows, 0.2, axis=axis))
    return long_while(moves < low)


@CLEAN.targets(warm_up=60)
def slope_of_a_window(bars):
    at = np.arange(60) - 29.5
    return long_while(rolling(bars.close, 60, lambda rows, axis: (rows * at).sum(axis=axis)) > 0)


@CLEAN.targets(warm_up=300)
def refitted_every_quarter_on_the_past(bars):
    moves = changes(bars.close)
    features = np.column_stack([np.nan_to_num(ago(moves, lag)) for lag in range(5)])
    target = np.full(len(bars), np.nan)
    for start in range(300, len(bars) + 1, 60):
        known = slice(5, start - 1)
        weights, *_ = np.linalg.lstsq(features[known], moves[6:start], rcond=None)
        rows = slice(start - 1, start + 59)
        target[rows] = long_while(features[rows] @ weights > 0)
    return target


@CLEAN.targets(warm_up=30)
def the_week_before(bars):
    week = periods(bars, 7)
    begins = np.append(True, week[1:] != week[:-1])
    closed = filled_forward(np.where(begins, ago(bars.close), np.nan))
    return long_while(bars.close > closed)


@CLEAN.targets(warm_up=60)
def earnings_once_they_are_published(bars):
    begins = np.append(False, np.diff(periods(bars, 91)) > 0)
    earned = np.where(begins, ago(bars.close) / np.sqrt(ago(bars.volume)), np.nan)
    return long_while(bars.close > 100 * np.nan_to_num(filled_forward(earned)))


@CLEAN.targets()
def only_on_fridays(bars):
    return long_while((bars.time // 86_400_000_000_000 + 3) % 7 == 4)


@CLEAN.targets()
def the_first_days_of_a_month(bars):
    days = bars.time.astype("datetime64[ns]").astype("datetime64[D]")
    return long_while((days - days.astype("datetime64[M]")).astype(np.int64) < 4)


@CLEAN.targets(warm_up=21)
def aims_at_a_volatility(bars):
    spread = rolling(changes(bars.close), 20, np.std) * np.sqrt(252)
    return np.minimum(1.0, 0.15 / np.maximum(spread, 1e-9))


@CLEAN.targets(warm_up=8)
def narrowest_of_seven(bars):
    span = bars.high - bars.low
    narrow = span <= rolling(span, 7, np.min)
    return np.where(narrow & (bars.close > bars.open), 1.0, np.where(narrow, -1.0, np.nan))


@CLEAN.targets(warm_up=2)
def fades_the_gap_of_this_morning(bars):
    return np.where(bars.open > 1.01 * ago(bars.close), -1.0, 0.0)


@CLEAN.targets(warm_up=31)
def volume_on_balance(bars):
    flow = np.cumsum(np.sign(np.diff(bars.close, prepend=bars.close[0])) * bars.volume)
    return long_while(flow - ago(flow, 30) > 0)


@CLEAN.targets(warm_up=5)
def a_fixed_series_of_coins(bars):
    return np.random.default_rng(7).integers(0, 2, len(bars)).astype(np.float64)


@CLEAN.targets(warm_up=200)
def filtered_forwards_only(bars):
    from scipy.signal import butter, lfilter, lfilter_zi

    numerator, denominator = butter(2, 0.1)
    start = lfilter_zi(numerator, denominator) * bars.close[0]
    smooth, _ = lfilter(numerator, denominator, bars.close, zi=start)
    return long_while(smooth > ago(smooth, 1))


@CLEAN.targets(warm_up=30)
def pandas_and_its_windows(bars):
    import pandas as pd

    close = pd.Series(bars.close)
    signal = (close.rolling(10).mean() > close.rolling(30).mean()).astype(float)
    return signal.to_numpy()


@CLEAN.targets(warm_up=21)
def averaged_by_fourier_s_transform(bars):
    from scipy.signal import fftconvolve

    smooth = fftconvolve(bars.close, np.ones(20) / 20)[: len(bars)]
    return long_while(bars.close > smooth * 1.001)


@CLEAN.targets(warm_up=5)
def turning_points_once_they_are_known(bars):
    low = (ago(bars.low, 1) < ago(bars.low, 2)) & (ago(bars.low, 1) < bars.low)
    high = (ago(bars.high, 1) > ago(bars.high, 2)) & (ago(bars.high, 1) > bars.high)
    return np.where(low, 1.0, np.where(high, 0.0, np.nan))


@CLEAN.targets()
def never_anything(bars):
    return np.zeros(len(bars))


@CLEAN.orders(warm_up=21)
def breakout_with_a_stop(bars):
    high = rolling(ago(bars.high), 20, np.max)
    weight = np.where(np.isnan(high), np.nan, 1.0)
    stop = np.where(np.isnan(high), 1.0, high)
    return Orders(Entries(weight, stop=stop, stop_loss=stop * 0.95, hold=20, life=1))


@CLEAN.orders(warm_up=21)
def limit_at_yesterday_s_low(bars):
    weight = np.where(bars.close > rolling(bars.close, 20), 1.0, np.nan)
    return Orders(Entries(weight, limit=bars.low, take_profit=bars.high * 1.02, hold=5, life=2))


@CLEAN.orders(warm_up=15)
def trails_by_the_range_of_two_weeks(bars):
    span = rolling(bars.high - bars.low, 14)
    enters = bars.close > ago(bars.close, 14)
    trail = np.where(np.isnan(span), 1.0, 2 * np.maximum(span, 0.01))
    exits = long_while(bars.close < ago(bars.close, 14))
    return Orders(Entries(np.where(enters, 1.0, np.nan), trail=trail), exits=exits)


@CLEAN.events(warm_up=30)
def held_for_five_bars(context, bars):
    if context.held and context.bars_held >= 5:
        context.close_position()
    elif not context.held and context.close[-1] > context.close[-30:].mean():
        context.buy(stop_loss=context.close[-1] * 0.95)


@CLEAN.events(warm_up=30)
def takes_what_it_earned(context, bars):
    if context.held and context.close[-1] > 1.05 * context.entry_price:
        context.close_position(0.5, reason="Five percent earned")
    elif context.close[-1] < context.close[-30:].min() * 1.001:
        context.buy(limit=float(context.close[-1]) * 0.99, life=3)


@CLEAN.events(warm_up=2)
def smaller_after_losses(context, bars):
    weight = 1.0 if context.equity >= 100_000 else 0.5
    context.target(weight if context.close[-1] > context.close[-2] else 0.0)


@CLEAN.whole()
class LearnsOnceOnTheBeginning(Named, Strategy):
    """Fits on the first 200 bars, and decides only after them."""

    _warm_up = 201

    @override
    def signals(self, bars):
        moves = changes(bars.close)
        features = np.column_stack([np.nan_to_num(ago(moves, lag)) for lag in range(5)])
        weights, *_ = np.linalg.lstsq(features[5:199], moves[6:200], rcond=None)
        target = long_while(features @ weights > 0)
        target[:200] = np.nan
        return Signals(target)


@CLEAN.weights(warm_up=61)
def the_strongest_of_last_quarter(universe):
    close = universe.last_close
    before = np.full_like(close, np.nan)
    before[60:] = close[:-60]
    gained = np.nan_to_num(close / before, nan=-1.0)
    weights = np.zeros(universe.mask.shape)
    weights[np.arange(len(universe)), gained.argmax(axis=1)] = 1.0
    weights[:60] = np.nan
    return weights
