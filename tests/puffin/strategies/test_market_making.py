"""Market making: quotes, how they lean, and that its limit of inventory is one."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from typing_extensions import override

from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.strategies.market_making import MarketMaking, MarketMakingParameters
from puffin.strategies.probe import Unfilled
from tests.puffin.factors.market import walk

BARS = walk(500, seed=21)
PILING = BacktestSettings(pyramiding=20, exclusive=False, whole_shares=False)


def making(**values) -> MarketMaking:
    return MarketMaking(MarketMakingParameters(**values))


def quotes(strategy, held_share) -> dict[str, tuple[float, float]]:
    """What it orders at the last close: weight and limit of each side."""
    placed: dict[str, tuple[float, float]] = {}

    class Seen(Unfilled):
        held = held_share * 100_000 / float(BARS.close[-1])

        @override
        def buy(self, weight=1.0, *, limit=None, **more):
            placed["buy"] = weight, limit

        @override
        def sell(self, weight=1.0, *, limit=None, **more):
            placed["sell"] = weight, limit

    context = Seen(BARS)
    context.row = len(BARS) - 1
    strategy.start(BARS)
    strategy.on_bar(context)
    return placed


def half(strategy) -> float:
    """Half the spread at the last close, by hand."""
    chosen = strategy.parameters
    close = BARS.close[-chosen.window - 1 :].tolist()
    changes = [math.log(b / a) for a, b in pairwise(close)]
    width: float = chosen.spread_bps / 20_000 + chosen.widening * float(np.std(changes))
    return width


def test_without_inventory_it_quotes_around_the_close():
    strategy = making(spread_bps=40, widening=0.5, size=0.2)
    found, width, close = quotes(strategy, 0.0), half(strategy), float(BARS.close[-1])
    assert found["buy"] == pytest.approx((0.2, close * (1 - width)))
    assert found["sell"] == pytest.approx((0.2, close * (1 + width)))


def test_an_inventory_moves_both_quotes_away_from_it():
    strategy = making(inventory=0.4, lean=2.0)
    width, close = half(strategy), float(BARS.close[-1])
    for share in (0.2, -0.2):
        found = quotes(strategy, share)
        middle = close * (1 - 2.0 * (share / 0.4) * width)
        assert found["buy"][1] == pytest.approx(middle * (1 - width))
        assert found["sell"][1] == pytest.approx(middle * (1 + width))
    assert quotes(strategy, 4.0)["buy"][1] == pytest.approx(close * (1 - 2 * width) * (1 - width))


@pytest.mark.parametrize(
    ("share", "buys", "sells"),
    [
        (0.0, 0.1, 0.1),
        (0.25, 0.05, 0.1),
        (0.3, 0.0, 0.1),
        (0.5, 0.0, 0.1),
        (-0.25, 0.1, 0.05),
        (-0.3, 0.1, 0.0),
    ],
)
def test_a_quote_is_never_larger_than_what_the_inventory_has_room_for(share, buys, sells):
    found = quotes(making(size=0.1, inventory=0.3), share)
    assert found["buy"][0] == pytest.approx(buys, abs=1e-9)
    assert found["sell"][0] == pytest.approx(sells, abs=1e-9)


@pytest.mark.parametrize("assumed", [PILING, BacktestSettings(whole_shares=False)])
def test_the_limit_of_inventory_limits_a_backtest(assumed):
    reached = []
    for most in (0.05, 0.1, 0.3):
        strategy = making(inventory=most, size=0.1, spread_bps=20)
        result = Backtester(strategy, assumed).run(BARS)
        share = np.abs(result.position * BARS.close / result.equity)
        moved = float(np.max(np.abs(np.diff(BARS.close) / BARS.close[:-1])))
        assert share.max() <= most * (1 + 3 * moved)  # prices move what is held
        reached.append(float(share.max()))
    assert reached[0] < reached[1]
    assert reached[1] < reached[2] or assumed is not PILING


def test_a_wider_spread_trades_less():
    trades = [len(Backtester(making(spread_bps=bps)).run(BARS).trades) for bps in (10, 200, 1_000)]
    assert trades[0] > trades[1] > trades[2]


def test_without_money_it_quotes_nothing():
    class Broke(Unfilled):
        equity = 0.0

    context = Broke(BARS)
    context.row = len(BARS) - 1
    strategy = making()
    strategy.start(BARS)
    strategy.on_bar(context)
    assert not context.decided


def test_it_says_what_bars_cannot_show():
    said = " ".join((MarketMaking.summary, *MarketMaking.cautions))
    assert "queue" in said
    result = Backtester(making()).run(BARS)
    assert "queue" in " ".join(result.assumptions.values())
