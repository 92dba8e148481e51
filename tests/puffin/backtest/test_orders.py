"""What orders do on a bar, along both paths."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
import pytest
from typing_extensions import override

from puffin.backtest.engine import Backtester, BacktestSettings, FillAt
from puffin.backtest.sizing import FixedQuantity, KellyFraction, RiskPerTrade, VolatilityTarget
from puffin.errors import ParameterError
from puffin.execution.costs import Costs
from puffin.strategies.base import EventStrategy
from puffin.strategies.orders import Entries, Orders, check_life
from puffin.types import TimeInForce
from tests.puffin.backtest.market import Orders as OrdersSay
from tests.puffin.backtest.market import Says, bars, both

if TYPE_CHECKING:
    from puffin.backtest.result import BacktestResult
    from puffin.data.bars import Bars
    from puffin.strategies.orders import Context, Life

NAN = math.nan
TEN = FixedQuantity(10)


def at(count, **rows) -> np.ndarray:
    """A column that is NaN but where told: at(5, r1=100.0)."""
    column = np.full(count, NAN)
    for row, value in rows.items():
        column[int(row[1:])] = value
    return column


def run(prices, buy=None, sell=None, exits=None, **changes) -> BacktestResult:
    usual = BacktestSettings(capital=100_000.0, sizing=TEN)
    return both(OrdersSay(Orders(buy, sell, exits)), replace(usual, **changes), prices)


def flat(count, **rows) -> Bars:
    """Bars at 100 with a point up and down, but where told: r2=(open, high, low, close)."""
    table = np.array([[100.0, 101.0, 99.0, 100.0]] * count)
    for row, values in rows.items():
        table[int(row[1:])] = values
    opened, high, low, close = table.T
    return bars(opened, close, high, low, 100.0)


def ends(result) -> list[tuple[float, float, str]]:
    return [(each.entry_price, each.exit_price, each.exit_reason) for each in result.trades]


def test_a_limit_waits_until_its_price_is_reached_and_fills_there():
    result = run(flat(6, r4=(100, 101, 95, 96)), Entries(at(6, r0=1.0), limit=at(6, r0=97.0)))
    (trade,) = result.trades
    assert (trade.entry_price, trade.entry_reason) == (97, "Limit order")
    assert list(result.position) == [0, 0, 0, 0, 10, 10]


def test_a_gap_through_a_limit_fills_at_the_better_open():
    result = run(flat(4, r2=(90, 92, 89, 91)), Entries(at(4, r0=1.0), limit=at(4, r0=97.0)))
    assert result.trades[0].entry_price == 90


def test_a_gap_through_a_stop_fills_at_the_worse_open():
    result = run(flat(4, r2=(110, 112, 109, 111)), Entries(at(4, r0=1.0), stop=at(4, r0=105.0)))
    assert (result.trades[0].entry_price, result.trades[0].entry_reason) == (110, "Stop order")


@pytest.mark.parametrize(
    ("bar", "price"),
    [
        ((100, 106, 99, 103), 104),  # through the stop, which the limit allows
        ((110, 112, 109, 111), None),  # beyond the limit, and it stays there
        ((110, 112, 104, 106), 105),  # beyond the limit, and back to it
    ],
)
def test_a_stop_limit_order_pays_no_more_than_its_limit(bar, price):
    order = Entries(at(3, r0=1.0), stop=at(3, r0=104.0), limit=at(3, r0=105.0))
    result = run(flat(3, r1=bar, r2=(120, 121, 119, 120)), order)
    assert [each.entry_price for each in result.trades] == ([] if price is None else [price])


def test_a_stop_limit_that_was_set_off_waits_as_a_limit():
    order = Entries(at(4, r0=1.0), stop=at(4, r0=104.0), limit=at(4, r0=98.0))
    result = run(flat(4, r1=(100, 105, 97, 104), r2=(102, 103, 97, 100)), order)
    assert result.trades[0].entry_price == 98
    assert list(result.position) == [0, 0, 10, 10]


@pytest.mark.parametrize(("life", "fills"), [(TimeInForce.DAY, 0), (2, 0), (3, 1), ("gtc", 1)])
def test_an_order_lives_as_long_as_it_should(life, fills):
    chosen: Life = TimeInForce.GTC if life == "gtc" else life
    prices = flat(6, r3=(100, 101, 95, 96))
    result = run(prices, Entries(at(6, r0=1.0), limit=at(6, r0=97.0), life=chosen))
    assert len(result.trades) == fills


def test_a_weight_of_nothing_withdraws_what_waits():
    order = Entries(at(5, r0=1.0, r1=0.0), limit=at(5, r0=97.0))
    assert run(flat(5, r3=(100, 101, 95, 96)), order).trades == ()


def test_a_bar_that_reaches_stop_and_target_is_taken_for_the_stop():
    order = Entries(at(4, r0=1.0), stop_loss=at(4, r0=95.0), take_profit=at(4, r0=105.0))
    result = run(flat(4, r2=(100, 106, 94, 100)), order)
    assert ends(result) == [(100, 95, "Stop loss")]


def test_a_target_fills_at_its_price_and_a_gap_beyond_it_at_the_open():
    order = Entries(at(4, r0=1.0), stop_loss=at(4, r0=95.0), take_profit=at(4, r0=105.0))
    assert ends(run(flat(4, r2=(100, 106, 99, 105)), order)) == [(100, 105, "Take profit")]
    assert ends(run(flat(4, r2=(108, 109, 94, 100)), order)) == [(100, 108, "Take profit")]
    assert ends(run(flat(4, r2=(90, 106, 89, 100)), order)) == [(100, 90, "Stop loss")]


def test_the_stop_of_a_market_entry_works_on_its_own_bar():
    order = Entries(at(3, r0=1.0), stop_loss=at(3, r0=95.0))
    assert ends(run(flat(3, r1=(100, 101, 94, 96)), order)) == [(100, 95, "Stop loss")]


def test_on_the_bar_of_a_limit_entry_the_target_does_not_count():
    order = Entries(at(4, r0=1.0), limit=at(4, r0=98.0), take_profit=at(4, r0=103.0))
    result = run(flat(4, r1=(100, 104, 97, 100), r2=(100, 104, 99, 100)), order)
    assert ends(result) == [(98, 103, "Take profit")]
    assert result.trades[0].bars == 1


@pytest.mark.parametrize(("close", "stopped"), [(105.0, False), (102.0, True)])
def test_a_stop_between_the_open_and_a_stop_entry_needs_the_close(close, stopped):
    order = Entries(at(3, r0=1.0), stop=at(3, r0=104.0), stop_loss=at(3, r0=103.0))
    calm = (105, 106, 104, 105)
    result = run(flat(3, r1=(100, 106, 99, close), r2=calm), order)
    assert result.trades[0].is_open is not stopped


def test_a_trailing_stop_follows_the_bars_that_are_over():
    order = Entries(at(6, r0=1.0), trail=at(6, r0=4.0))
    prices = flat(6, r2=(100, 110, 99, 109), r3=(109, 112, 107, 108), r4=(108, 109, 90, 91))
    result = run(prices, order)
    assert ends(result) == [(100, 108, "Trailing stop")]
    assert result.trades[0].mfe == pytest.approx(0.12)


def test_a_short_has_its_stop_above_and_its_target_below():
    order = Entries(at(4, r0=1.0), stop_loss=at(4, r0=105.0), take_profit=at(4, r0=95.0))
    assert ends(run(flat(4, r2=(100, 106, 94, 100)), None, order)) == [(100, 105, "Stop loss")]
    assert ends(run(flat(4, r2=(100, 101, 94, 96)), None, order)) == [(100, 95, "Take profit")]
    trailing = Entries(at(5, r0=1.0), trail=at(5, r0=3.0))
    falls = flat(5, r2=(98, 99, 90, 91), r3=(91, 96, 90, 95))
    assert ends(run(falls, None, trailing)) == [(100, 93, "Trailing stop")]


def test_the_fill_of_one_entry_withdraws_the_one_opposite():
    buy = Entries(at(4, r0=1.0), stop=at(4, r0=103.0))
    sell = Entries(at(4, r0=1.0), stop=at(4, r0=97.0))
    prices = flat(4, r1=(100, 104, 99, 103), r2=(100, 101, 96, 97))
    assert list(run(prices, buy, sell).position) == [0, 10, 10, 10]
    free = run(prices, buy, sell, one_cancels_other=False)
    assert list(free.position) == [0, 10, -10, -10]
    assert free.trades[0].exit_reason == "Entry the other way"


def test_an_entry_the_other_way_closes_first_or_takes_its_size_off():
    prices = flat(5)
    buy, sell = Entries(at(5, r0=1.0)), Entries(at(5, r1=0.4))
    assert list(run(prices, buy, sell).position) == [0, 10, -4, -4, -4]
    netted = run(prices, buy, sell, exclusive=False)
    assert list(netted.position) == [0, 10, 6, 6, 6]
    assert netted.trades[0].exit_reason == "Market order"


def test_without_shorts_a_sell_only_closes():
    sell = Entries(at(5, r0=1.0, r2=1.0))
    result = run(flat(5), Entries(at(5, r1=1.0)), sell, allow_short=False)
    assert list(result.position) == [0, 0, 10, 0, 0]


def test_a_position_is_built_of_as_many_entries_as_allowed():
    every = Entries(np.ones(6))
    assert list(run(flat(6), every).position) == [0, 10, 10, 10, 10, 10]
    assert list(run(flat(6), every, pyramiding=3).position) == [0, 10, 20, 30, 30, 30]


def test_a_part_is_closed_and_then_the_rest():
    exits = np.array([0.0, 0.5, 0.0, 1.0, 0.0, 0.0])
    result = run(flat(6), Entries(at(6, r0=1.0)), exits=exits)
    assert list(result.position) == [0, 10, 5, 5, 0, 0]
    assert [each.exit_reason for each in result.trades] == ["Exit signal", "Exit signal"]


def test_a_bar_gives_no_more_than_its_share_of_the_volume():
    exits = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    result = run(flat(8), Entries(at(8, r0=1.0)), exits=exits, participation=0.04)
    assert list(result.position) == [0, 4, 8, 10, 10, 6, 2, 0]
    assert "4% of a bar's volume" in result.assumptions["Volume"]
    market = Says(1.0, *[NAN] * 6, 0.0)
    slow = both(market, BacktestSettings(sizing=TEN, participation=0.04), flat(8))
    assert list(slow.position) == [0, 4, 8, 10, 10, 10, 10, 10]


def test_orders_can_fill_at_the_close_that_decides_them():
    prices = bars([10, 11, 12, 13], [10.5, 11.5, 12.5, 13.5])
    result = run(
        prices, Entries(at(4, r0=1.0)), exits=np.array([0, 0, 1.0, 0]), fill_at=FillAt.THIS_CLOSE
    )
    assert ends(result) == [(10.5, 12.5, "Exit signal")]
    assert "kinder" in result.assumptions["Fills"]
    assert (
        both(Says(1, 0, 0, 0), BacktestSettings(fill_at=FillAt.THIS_CLOSE), prices)
        .trades[0]
        .exit_price
        == 11.5
    )


def test_the_rules_inside_a_bar_are_said():
    said = run(
        flat(3), Entries(at(3)), leverage=2.0, borrow_rate=0.01, interest_rate=0.03
    ).assumptions
    assert "stop that the bar reaches comes before" in said["Inside a bar"]
    assert "one entry to a position" in said["Orders"]
    assert "up to 2 times equity, borrowed money costs 3.00%" in said["Size"]
    assert "1.00% a year" in said["Short selling"]
    more = BacktestSettings(pyramiding=2, exclusive=False, one_cancels_other=False, leverage=2.0)
    assert more.assumptions(adjusted=True, orders=True)["Orders"] == (
        "up to 2 entries to a position, one the other way takes its size off"
    )


def test_leverage_buys_more_and_a_margin_call_closes_it():
    prices = bars([100, 100, 100, 70, 65, 65], [100, 100, 100, 70, 65, 65])
    assumed = BacktestSettings(capital=1000.0, leverage=2.0)
    result = both(Says(1, 1, 1, 1, 1, 0), assumed, prices)
    assert result.position[1] == 20
    (trade,) = result.trades
    assert trade.exit_reason.startswith("Margin call")  # 400 of 1,400 is more than a quarter ...
    assert trade.exit_price == 65  # ... 300 of 1,300 is less
    kept = both(Says(1, 1, 1, 1, 1, 1), replace(assumed, maintenance=0.0), prices)
    assert kept.trades[0].is_open


def test_borrowed_shares_and_money_cost_their_rate_by_the_day():
    prices = bars([100, 100, 100])
    short = both(Says(-1, -1, -1), BacktestSettings(capital=1000.0, borrow_rate=0.365), prices)
    assert short.equity[-1] == pytest.approx(1000 - 10 * 100 * 0.365 / 365)
    assert short.trades[0].fees == pytest.approx(1.0)
    assert short.metrics["fees"] == pytest.approx(1.0)
    loan = BacktestSettings(capital=1000.0, leverage=2.0, interest_rate=0.365)
    assert both(Says(1, 1, 1), loan, prices).equity[-1] == pytest.approx(999)


def test_costs_by_spread_by_share_and_by_volume():
    spread = Costs(spread_bps=Decimal(200), slippage_per_share=Decimal("0.5"))
    trade = run(
        flat(4), Entries(at(4, r0=1.0)), exits=np.array([0, 1.0, 0, 0]), costs=spread
    ).trades[0]
    assert (trade.entry_price, trade.exit_price) == (101.5, 98.5)
    impact = Costs(impact_percent=Decimal(10))  # 10 of 100 shares: the square root of a tenth
    bought = run(flat(3), Entries(at(3, r0=1.0)), costs=impact).trades[0]
    assert bought.entry_price == pytest.approx(100 * (1 + 0.1 * math.sqrt(0.1)))
    said = BacktestSettings(
        costs=Costs(
            spread_bps=Decimal(2), slippage_per_share=Decimal("0.1"), impact_percent=Decimal(3)
        )
    )
    assert said.assumptions(adjusted=True)["Costs"] == (
        "spread 2 bp, slippage 0.1 a share, 3 % times the square root of its share of the volume"
    )


def test_risk_by_trade_divides_by_the_way_to_the_stop():
    order = Entries(at(3, r0=1.0), stop_loss=at(3, r0=95.0))
    result = run(flat(3), order, sizing=RiskPerTrade(0.01), capital=10_000.0)
    assert result.position[1] == 20  # 100 at risk, 5 a share
    with pytest.raises(ParameterError, match="order of row 1"):
        run(flat(3), Entries(at(3, r0=1.0)), sizing=RiskPerTrade(0.01))
    with pytest.raises(ParameterError, match="targets have none"):
        both(Says(1, 1, 1), BacktestSettings(sizing=RiskPerTrade(0.01)), flat(3))


def test_a_volatility_target_holds_less_of_what_swings_more():
    steps = np.array([1, 1.01, 0.99, 1.01, 0.99, 1.01, 0.99, 1.0])
    prices = bars(100 * steps)
    result = both(Says(*[1.0] * 8), BacktestSettings(sizing=VolatilityTarget(0.1, 4)), prices)
    changes = np.diff(prices.close[:5]) / prices.close[:4]
    share = 0.1 / (changes.std(ddof=1) * math.sqrt(252))
    assert list(result.position[:5]) == [0] * 5
    assert result.position[5] == math.floor(100_000 * share / prices.open[5])


def test_kelly_bets_by_the_trades_so_far():
    prices = bars([100, 100, 110, 100, 95, 100, 100, 100])
    rule = KellyFraction(1.0, fewest=2, before=0.5)
    result = both(Says(1, 0, 1, 0, 1, 1, 1, 1), BacktestSettings(sizing=rule), prices)
    won, lost = (each.return_ for each in result.closed_trades)
    share = 0.5 - 0.5 / (won / -lost)
    assert result.position[1] == 500
    assert result.position[-1] == math.floor(result.equity[4] * share / 100)


@pytest.mark.parametrize(
    "bad",
    [
        {"leverage": 0.5},
        {"leverage": 2.0, "maintenance": 0.5},
        {"borrow_rate": -0.1},
        {"interest_rate": 1.0},
        {"participation": 0.0},
        {"pyramiding": 0},
    ],
)
def test_assumptions_about_orders_that_make_no_sense_are_refused(bad):
    with pytest.raises(ParameterError):
        BacktestSettings(**bad)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (RiskPerTrade, (0.0,)),
        (VolatilityTarget, (0.0, 20)),
        (VolatilityTarget, (0.1, 1)),
        (KellyFraction, (1.5,)),
        (KellyFraction, (0.5, 0)),
    ],
)
def test_rules_of_size_that_make_no_sense_are_refused(rule, values):
    with pytest.raises(ParameterError):
        rule(*values)


def test_orders_that_make_no_sense_are_refused():
    with pytest.raises(ParameterError, match="weight"):
        Entries(np.array([1.5]))
    with pytest.raises(ParameterError, match="2 values of stop loss"):
        Entries(np.ones(1), stop_loss=np.ones(2))
    with pytest.raises(ParameterError, match="limit must be more than zero"):
        Entries(np.ones(1), limit=np.zeros(1))
    with pytest.raises(ParameterError, match="one bar or more"):
        Entries(np.ones(1), life=0)
    with pytest.raises(ParameterError, match="for a day, until cancelled"):
        check_life(0, cast("Life", TimeInForce.IOC))
    with pytest.raises(ParameterError, match="zero or more"):
        Entries(np.ones(1), hold=-1)
    with pytest.raises(ParameterError, match="differ in length"):
        Orders(Entries(np.ones(1)), exits=np.zeros(2))
    with pytest.raises(ParameterError, match="between 0 and 1"):
        Orders(exits=np.array([2.0]))
    with pytest.raises(ParameterError, match="2 rows of orders"):
        run(flat(3), Entries(np.ones(2)))


class Tries(EventStrategy):
    """Does at the first close what it was told to."""

    id: ClassVar[str] = "tries"
    title: ClassVar[str] = "Tries"
    summary: ClassVar[str] = "Does what it was told to."

    def __init__(self, what) -> None:
        super().__init__()
        self._what = what

    @property
    @override
    def warm_up(self) -> int:
        return 1

    @override
    def on_bar(self, context: Context) -> None:
        self._what(context)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda context: context.buy(2.0), "weight"),
        (lambda context: context.sell(limit=-1.0), "more than zero"),
        (lambda context: context.target(1.5), "between -1 and 1"),
        (lambda context: context.close_position(1.5), "between 0 and 1"),
        (lambda context: context.buy(life=0), "one bar or more"),
    ],
)
def test_a_strategy_that_asks_for_what_makes_no_sense_is_refused(what, words):
    with pytest.raises(ParameterError, match=words):
        Backtester(Tries(what)).run(flat(3))


def test_a_size_by_risk_needs_a_stop_on_every_order():
    assumed = BacktestSettings(sizing=RiskPerTrade(0.01))
    with pytest.raises(ParameterError, match="needs a stop"):
        Backtester(Tries(lambda context: context.buy()), assumed).run(flat(3))


def test_a_strategy_sees_its_bar_and_the_past_and_what_it_holds():
    seen = []

    def look(context) -> None:
        columns = (context.open, context.high, context.low, context.close, context.volume)
        seen.append((context.row, {len(each) for each in columns}, context.held, context.bars_held))
        assert math.isnan(context.entry_price) is (context.held == 0)
        assert context.equity == pytest.approx(100_000)
        context.sell(0.5, limit=150.0)
        context.cancel()
        context.target(0.5, reason="Half of it")

    result = Backtester(Tries(look), BacktestSettings(sizing=TEN)).run(flat(4))
    assert seen == [(0, {1}, 0, 0), (1, {2}, 5, 0), (2, {3}, 5, 1), (3, {4}, 5, 2)]
    assert result.trades[0].entry_reason == "Half of it"


def test_a_rule_of_size_that_only_python_knows_takes_the_loop_in_python():
    class Three:
        words = "three"

        def quantity(self, target, moment) -> float:
            return 3.0

    result = Backtester(Says(1, 1, 1), BacktestSettings(sizing=Three()), compiled=True).run(flat(3))
    assert list(result.position) == [0, 3, 3]
