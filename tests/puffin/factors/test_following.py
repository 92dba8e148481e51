"""Indicators that follow live bars say what a full computation says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from puffin.data.bars import Interval
from puffin.factors.catalogue import INDICATORS, indicator
from puffin.factors.following import Follower
from tests.puffin.factors.market import walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.data.bars import Bars
    from puffin.factors.base import Indicator

IDS = [each.id for each in INDICATORS]
COUNT, LIVE = 1_600, 10
PRICES = ("open", "high", "low", "close")


def still_now_and_then(bars: Bars) -> Bars:
    """Stretches without a trade, one of a single price, and a leap."""
    columns = {name: getattr(bars, name).copy() for name in ("open", "high", "low", "close")}
    volume = bars.volume.copy()
    for start, stop in ((700, 760), (1_500, 1_560), (1_594, 1_606)):
        for each in columns.values():
            each[start:stop] = columns["close"][start - 1]
        volume[start:stop] = 0.0
    for each in columns.values():
        each[1_200:] *= 3
    return replace(bars, **columns, volume=volume)


MARKETS = (
    walk(COUNT + LIVE, seed=3),
    walk(COUNT + LIVE, seed=4, interval=Interval.M5),
    still_now_and_then(walk(COUNT + LIVE, seed=5)),
)


def unfinished(bars: Bars, count: int) -> Bars:
    """The first so many bars, the last of which has seen only a part of its way."""
    seen = bars.head(count)
    close, volume = seen.close.copy(), seen.volume.copy()
    close[-1] = (seen.open[-1] + seen.close[-1]) / 2
    volume[-1] = seen.volume[-1] // 2
    return replace(seen, close=close, volume=volume)


def live(chosen: Indicator, bars: Bars, values: Mapping[str, object]) -> list[int]:
    """Follow the last bars one tick at a time; return how many bars each tick looked at."""
    follower = Follower(chosen, chosen.parameters(values))
    start = len(bars) - LIVE
    known = {name: each.copy() for name, each in follower.start(unfinished(bars, start)).items()}
    looked: list[int] = []
    for count in range(start, len(bars) + 1):
        for now in (unfinished(bars, count), bars.head(count)):

            def cut(row: int, now: Bars = now) -> Bars:
                looked.append(len(now) - row)
                return now.tail(len(now) - row)

            found = follower.follow(cut, known)
            assert found is not None
            first = len(next(iter(known.values()))) - 1
            known = {name: np.concatenate([known[name][:first], found[name]]) for name in known}
            wanted = chosen.study(now, follower.parameters)
            for name, values_of in known.items():
                scale = float(np.nanmax(np.abs(wanted[name]), initial=1e-6))
                np.testing.assert_allclose(
                    values_of[-40:], wanted[name][-40:], rtol=1e-9, atol=1e-9 * scale
                )
    return looked


@pytest.mark.parametrize("name", IDS)
def test_each_tick_gives_what_a_full_computation_gives(name: str):
    for bars in MARKETS if not name.startswith("pattern_") else MARKETS[:1]:
        live(indicator(name), bars, {})


def test_a_tick_looks_at_a_window_and_not_at_the_history():
    bars = walk(20_000, seed=6)
    for name in ("sma", "ema", "rsi", "macd", "bollinger", "atr", "adx", "obv", "vwap", "sar"):
        assert max(live(indicator(name), bars, {})) < 4_000, name


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ema", {"window": 200}),
        ("rsi", {"window": 2}),
        ("adx", {"window": 90}),
        ("kama", {"window": 2}),
        ("sar", {"acceleration": 0.001, "most": 0.01}),
        ("supertrend", {"window": 50, "ranges": 8.0}),
        ("mama", {"fast_limit": 0.1, "slow_limit": 0.01}),
        ("vwap", {"since": "year"}),
        ("vwap", {"since": "week"}),
        ("anchored_vwap", {"anchor": date(2005, 3, 1)}),
        ("anchored_vwap", {"anchor": date(2009, 1, 9)}),
        ("anchored_vwap", {"anchor": date(2030, 1, 1)}),
    ],
)
def test_it_holds_for_windows_far_from_the_usual(name: str, values: dict[str, object]):
    live(indicator(name), MARKETS[0], values)


@pytest.mark.parametrize("name", ["rsi", "cmo", "adx", "atr", "macd", "stochastic_rsi", "ema"])
@pytest.mark.parametrize("flat", [300, 420, 700, 1_500])
def test_a_price_that_stood_still_for_long(name: str, flat: int):
    moving, close = walk(400, seed=8), walk(400, seed=8).close[-1]
    time = moving.time[-1] + (1 + np.arange(flat + 12)) * 86_400_000_000_000
    last = np.where(np.arange(flat + 12) < flat, close, close * 1.01)
    rows: dict[str, Any] = {each: np.concatenate([getattr(moving, each), last]) for each in PRICES}
    volume = np.concatenate([moving.volume, np.zeros(flat + 12)])
    bars = replace(moving, time=np.concatenate([moving.time, time]), volume=volume, **rows)
    live(indicator(name), bars, {})
    live(indicator(name), bars.head(400 + flat), {})


def test_from_the_first_bar_on():
    bars = walk(60)
    for name in ("sma", "ema", "rsi", "vwap", "obv", "sar", "macd", "heikin_ashi"):
        chosen = indicator(name)
        follower = Follower(chosen, chosen.parameters({}))
        known = follower.start(bars.head(0))
        for count in range(1, len(bars) + 1):
            now = bars.head(count)

            def cut(row: int, now: Bars = now) -> Bars:
                return now.tail(len(now) - row)

            found = follower.follow(cut, known)
            assert found is not None
            first = max(0, count - 2)
            known = {key: np.concatenate([known[key][:first], found[key]]) for key in known}
        wanted = chosen.study(bars)
        for key, each in known.items():
            np.testing.assert_allclose(each, wanted[key], rtol=1e-9, atol=1e-9)
