from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from puffin.backtest.engine import BacktestSettings
from puffin.backtest.portfolio_result import PortfolioResult
from puffin.backtest.schedule import Every, Schedule
from puffin.backtest.sizing import KellyFraction
from puffin.data.times import nanoseconds
from puffin.errors import NoDataError, ParameterError, SymbolNotFoundError
from puffin.execution.costs import Costs
from puffin.strategies.specs import StrategySpec
from puffling.core.errors import BadValueError
from puffling.core.events import BacktestDone
from puffling.services import backtests as module
from puffling.services.backtest_run import Many, Tried, run_and_judge, same_figures
from puffling.services.periods import Period, prices
from puffling.services.plans import Plan
from puffling.services.strategy_cards import practice_bars


@pytest.fixture
def backtests(puffling):
    return puffling.context.backtests


@pytest.fixture
def plan(backtests):
    def prepare(strategy="momentum", symbols=("AAPL",), parameters=None, **more):
        spec = StrategySpec("builtin", strategy, strategy.title(), parameters or {})
        return backtests.prepare(spec, symbols, BacktestSettings(), **more)

    return prepare


def quiet(_):
    return None


def between(first, last):
    return Period(start=first, end=last)


def test_one_is_run_judged_stored_and_read_again(puffling, backtests, plan):
    done = backtests.run(plan(note="first"), quiet)
    assert done.result.last.date() == date(2012, 5, 31)
    (saved,) = backtests.all()
    assert (saved.id, saved.symbol, saved.note) == (done.id, "AAPL", "first")
    again = backtests.load(done.id)
    assert again.metrics == done.result.metrics
    assert list(again.equity) == list(done.result.equity)
    assert saved.grade == done.verdict.grade
    assert backtests.verdict(done.id) == done.verdict
    heard: list[BacktestDone] = []
    puffling.bus.subscribe(BacktestDone, heard.append)
    backtests.announce(done.id)
    backtests.remove(done.id)
    assert backtests.all() == []
    assert backtests.verdict(done.id) is None
    assert [each.id for each in heard] == [done.id, ""]


def test_the_period_is_kept(backtests, plan):
    year = between(date(2010, 1, 1), date(2010, 12, 31))
    result = backtests.run(plan(period=year), quiet).result
    assert (result.first.date(), result.last.date()) == (date(2010, 1, 4), date(2010, 12, 31))


def test_a_period_upside_down_is_refused():
    with pytest.raises(BadValueError, match="is after the last"):
        between(date(2011, 1, 1), date(2010, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2001, 1, 1), date(2002, 1, 1), "no prices of FB up to 2002-01-01; they begin on"),
        (date(2012, 6, 30), None, "no prices of FB from 2012-06-30 on; they end on"),
    ],
)
def test_a_period_without_prices_says_which_there_are(backtests, plan, first, last, said):
    with pytest.raises(NoDataError, match=said):
        backtests.run(plan(symbols=("FB",), period=between(first, last)), quiet)


def test_too_little_history_says_how_much_there_is_and_is_needed(backtests, plan):
    few = between(date(2012, 5, 1), None)
    with pytest.raises(NoDataError, match=r"needs more than 50 bars; AAPL has 22"):
        backtests.run(plan(period=few), quiet)


def test_an_unknown_strategy_has_a_hint(plan):
    with pytest.raises(ParameterError, match="no strategy called 'momentun'") as caught:
        plan("momentun")
    assert "momentum" in caught.value.hint


def test_a_parameter_that_does_not_fit_is_named(plan):
    with pytest.raises(ParameterError, match=r"^Momentum, nonsense is not known\.$"):
        plan(parameters={"nonsense": 1})


@pytest.mark.parametrize(
    ("strategy", "symbols", "said"),
    [
        ("momentum", (), "at least one symbol"),
        ("momentum", ("AAPL", "AAPL"), "comes twice"),
        ("momentum", ("nothing there",), "Nobody in use lists"),
    ],
)
def test_symbols_that_make_no_sense_are_refused(plan, strategy, symbols, said):
    with pytest.raises((BadValueError, SymbolNotFoundError), match=said):
        plan(strategy, symbols)


def test_one_that_is_stopped_stores_nothing(backtests, plan):
    class Stop(BaseException):
        pass

    def stop(done):
        if done > 0.5:
            raise Stop

    with pytest.raises(Stop):
        backtests.run(plan(), stop)
    assert backtests.all() == []


class Here:
    """Another process that is this one."""

    def __init__(self) -> None:
        self.calls = []

    def call(self, function, *arguments, progress):
        self.calls.append(function)
        return function(*arguments, progress=progress)


@pytest.fixture
def here(backtests, monkeypatch):
    here = Here()
    monkeypatch.setattr(backtests, "_elsewhere", here)
    return here


def test_many_bars_go_to_another_process(backtests, plan, monkeypatch):
    here = backtests.run(plan(), quiet).result
    elsewhere = Here()
    monkeypatch.setattr(backtests, "_elsewhere", elsewhere)
    monkeypatch.setattr(module, "MANY_BARS", 100)
    there = backtests.run(plan(), quiet).result
    assert elsewhere.calls == [run_and_judge]
    assert there.metrics == pytest.approx(here.metrics, rel=1e-12)


def test_a_real_process_gives_the_same_result(backtests, plan, monkeypatch):
    here = backtests.run(plan(), quiet)
    monkeypatch.setattr(module, "MANY_BARS", 100)
    there = backtests.run(plan(), quiet)
    # Compiled or not, sums are added in another order.
    assert there.result.metrics == pytest.approx(here.result.metrics, rel=1e-12, nan_ok=True)
    assert list(there.result.equity) == pytest.approx(list(here.result.equity), rel=1e-12)
    assert [each.grade for each in there.verdict.checks] == [
        each.grade for each in here.verdict.checks
    ]


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ({"sharpe": 0.5 * (1 + 1e-12), "calmar": None}, True),
        ({"sharpe": 0.5 * (1 + 1e-6), "calmar": None}, False),
        ({"sharpe": 0.5, "calmar": 0.0}, False),
        ({"sharpe": None, "calmar": None}, False),
        ({"sharpe": 0.5}, False),
    ],
)
def test_figures_are_the_same_but_for_the_order_of_sums(other, alike):
    assert same_figures({"sharpe": 0.5, "calmar": None}, other) is alike


def test_several_symbols_share_the_money_and_have_a_benchmark(backtests, plan, here):
    done = backtests.run(plan(symbols=("AAPL", "GOOG"), benchmark="IBM"), quiet)
    assert isinstance(done.result, PortfolioResult)
    assert done.result.symbols == ("AAPL", "GOOG")
    assert done.result.equity[0] == pytest.approx(100_000)
    (saved,) = backtests.all()
    assert saved.symbols == ("AAPL", "GOOG")
    assert backtests.load(done.id).metrics == done.result.metrics
    assert backtests.benchmark(done.id).symbol == "IBM"


def test_a_bar_of_several_symbols_is_explained_symbol_by_symbol(backtests, plan, here):
    done = backtests.run(plan(symbols=("AAPL", "GOOG")), quiet)
    trade = done.result.trades[0]
    row = done.result.time.tolist().index(nanoseconds(trade.trade.entry_time))
    why = backtests.explain(done.id, row)
    assert (why.row, why.time) == (row, trade.trade.entry_time)
    assert why.equity == pytest.approx(done.result.equity[row])
    told = {each.symbol: each for each in why.symbols}
    assert list(told) == ["AAPL", "GOOG"]
    assert told[trade.symbol].fills[0].quantity == pytest.approx(trade.trade.quantity)
    assert told[trade.symbol].events[0].startswith("Bought ")
    assert told[trade.symbol].values
    with pytest.raises(ParameterError, match="There is no bar 99999; there are"):
        backtests.explain(done.id, 99_999)


@pytest.mark.parametrize(
    ("strategy", "symbols"),
    [
        ("momentum", ("AAPL", "GOOG", "FB")),  # FB has few bars, at the end
        ("stat_arb", ("AAPL", "GOOG")),
        ("cross_sectional", ("AAPL", "GOOG", "IBM")),
        ("equal_weight", ("AAPL", "GOOG", "IBM")),
    ],
)
def test_a_portfolio_is_judged_and_its_symbols_too(backtests, plan, here, strategy, symbols):
    done = backtests.run(plan(strategy, symbols), quiet)
    found = {each.id for each in done.verdict.checks}
    assert found >= {"look_ahead", "survivors", "costs", "luck"}
    assert backtests.verdict(done.id) == done.verdict
    assert backtests.get(done.id).grade == done.verdict.grade
    assert here.calls == [run_and_judge]


def test_a_portfolio_is_judged_with_the_days_on_which_it_looks_at_its_weights(
    backtests, plan, here
):
    symbols, monthly = ("AAPL", "GOOG", "IBM"), Schedule(Every.MONTH)
    done = backtests.run(plan("equal_weight", symbols, schedule=monthly), quiet)
    daily = backtests.run(plan("equal_weight", symbols, schedule=Schedule()), quiet)
    late = [each.verdict.check("delay").figures["one_bar_later"] for each in (done, daily)]
    assert late[0] != late[1]
    again = backtests.judge(done.id, quiet)
    assert again.check("delay") == done.verdict.check("delay")
    assert backtests.verdict(done.id) == again


def test_a_real_process_judges_a_portfolio(backtests, plan):
    done = backtests.run(plan(symbols=("AAPL", "GOOG")), quiet)
    assert backtests.verdict(done.id) == done.verdict
    assert done.verdict.check("survivors")


def test_a_benchmark_stands_beside_a_run_of_one_symbol(backtests, plan):
    with_one = backtests.run(plan(benchmark="IBM"), quiet)
    without = backtests.run(plan(), quiet)
    found = backtests.benchmark(with_one.id)
    assert found.symbol == "IBM"
    assert len(found.equity) == len(with_one.result.time)
    assert backtests.benchmark(without.id) is None


def test_what_was_run_can_be_run_again_and_is_the_same(backtests, plan):
    before = backtests.run(plan(note="kept"), quiet)
    again = backtests.rerun(before.id, quiet)
    assert again.identical
    assert again.finished.result.config_hash == before.result.config_hash
    assert again.finished.result.data_hash == before.result.data_hash
    assert list(again.finished.result.equity) == list(before.result.equity)


async def test_a_rerun_is_the_same_after_days_and_splits_have_passed(opening):
    async with opening() as app:
        backtests = app.context.backtests
        before = backtests.run(
            backtests.prepare(StrategySpec("builtin", "momentum", "Momentum"), ("AAPL",)), quiet
        )
        # AAPL pays a dividend on 9 August 2012: earlier prices are adjusted by it from then on.
        await app.context.demo.restart(date(2012, 9, 4))
        fresh = backtests.run(backtests.plan(before.id), quiet)
        assert fresh.result.data_hash == before.result.data_hash
        assert backtests.rerun(before.id, quiet).identical
        whole = backtests.run(replace(backtests.plan(before.id), end=None), quiet)
        assert whole.result.data_hash != before.result.data_hash


def test_what_is_not_as_it_was_is_said(backtests, plan, monkeypatch):
    before = backtests.run(plan(), quiet)
    saved = backtests.get(before.id)
    for change, said in (
        ({"data_hash": "other"}, "The prices are not"),
        ({"config_hash": "other"}, "what is assumed is not"),
        ({"metrics": {}}, "The numbers are not"),
    ):
        monkeypatch.setattr(backtests, "get", lambda _, change=change: replace(saved, **change))
        again = backtests.rerun(before.id, quiet)
        assert not again.identical
        assert said in again.differences[0]


def test_a_plan_is_written_down_and_read_again(plan):
    settings = BacktestSettings(
        costs=Costs(percent=Decimal("0.1")),
        sizing=KellyFraction(0.25),
        leverage=2,
        allow_short=False,
    )
    made = replace(plan(benchmark="IBM", note="x"), settings=settings)
    again = Plan.from_dict(made.to_dict())
    assert again.to_dict() == made.to_dict()
    assert again.settings.to_dict() == settings.to_dict()
    assert (again.symbols, again.benchmark, again.note) == (("AAPL",), "IBM", "x")


def test_a_preview_is_the_run_without_storing_it(backtests, plan):
    time, equity = backtests.preview(plan())
    assert backtests.all() == []
    result = backtests.run(plan(), quiet).result
    assert np.array_equal(time, result.time)
    assert np.allclose(equity, result.equity)


def test_a_preview_reads_the_prices_once(backtests, plan, monkeypatch):
    read = []

    def noting(*arguments):
        read.append(arguments)
        return prices(*arguments)

    monkeypatch.setattr(module, "prices", noting)
    for short in (10, 12, 14):
        backtests.preview(plan(parameters={"short": short}))
    assert len(read) == 1


def test_a_bar_is_explained(backtests, plan):
    done = backtests.run(plan(), quiet)
    trade = done.result.trades[0]
    row = list(done.result.time).index(int(trade.entry_time.timestamp()) * 10**9)
    why = backtests.explain(done.id, row)
    assert why.time == trade.entry_time
    assert [each.price for each in why.fills] == [pytest.approx(trade.entry_price)]
    for wrong in (-1, len(done.result.time)):
        with pytest.raises(BadValueError, match="There is no bar"):
            backtests.explain(done.id, wrong)


def test_how_many_were_tried_before_counts_against_the_luck_of_a_run(backtests, plan):
    done = [backtests.run(plan(parameters={"short": each}), quiet) for each in (10, 12, 14)]
    same = backtests.run(plan(parameters={"short": 14}), quiet)
    luck = [done[-1].verdict.check("luck"), same.verdict.check("luck")]
    assert [each.figures["tried"] for each in luck] == [3, 3]


def test_what_was_tried_of_a_portfolio_counts_too(backtests, plan, here):
    pair = ("AAPL", "GOOG")
    first, second = (
        backtests.run(plan(symbols=pair, parameters={"short": each}), quiet) for each in (10, 12)
    )
    tried = [each.verdict.check("luck").figures["tried"] for each in (first, second)]
    assert tried == [1, 2]


def test_runs_stand_side_by_side(backtests, plan):
    ids = [backtests.run(plan(parameters={"short": each}), quiet).id for each in (10, 12)]
    rows = backtests.compare(ids)
    assert [each["parameters"]["short"] for each in rows] == [10, 12]
    assert all(each["metrics"]["sharpe"] is not None for each in rows)


def test_an_unknown_backtest_is_said(backtests):
    for ask in (backtests.load, backtests.remove, backtests.plan, backtests.benchmark):
        with pytest.raises(BadValueError, match="There is no backtest"):
            ask("x")


def rules(indicator):
    entry = {
        "kind": "compare",
        "left": {"kind": "indicator", "id": indicator, "parameters": {}},
        "op": "<",
        "right": {"kind": "number", "value": 1e9},
    }
    return StrategySpec(
        "rules", "rules:x", "X", source=json.dumps({"name": "X", "entry_long": entry})
    )


def run_on(spec, bars, **assumed):
    many, tried = Many(Schedule()), Tried()
    settings = BacktestSettings(**assumed)
    return run_and_judge(spec, settings, [bars], many, tried, progress=quiet)[0]


def test_prices_without_volume_are_said(backtests):
    bars = replace(practice_bars(300), volume=np.zeros(300))
    spec = StrategySpec("builtin", "volume_breakout", "Volume breakout")
    said = run_on(spec, bars).assumptions["No volume"]
    assert said == "no bar of PRACTICE has any; what goes by it never acts"
    assert not run_on(StrategySpec("builtin", "momentum", "M"), bars, participation=0.1).trades


def test_what_was_never_known_is_said(backtests):
    bars = replace(practice_bars(300), volume=np.zeros(300))
    result = run_on(rules("vwap"), bars)
    assert not result.trades
    assert result.assumptions["Never known"].endswith("on none of 300 bars")
    assert "Never known" not in run_on(rules("rsi"), practice_bars(300)).assumptions


def test_one_bar_is_too_few_and_both_numbers_are_said(backtests):
    with pytest.raises(NoDataError, match="Momentum needs more than 50 bars; PRACTICE has 1"):
        run_on(StrategySpec("builtin", "momentum", "Momentum"), practice_bars(300).head(1))


def test_a_parameter_outside_its_range_is_said_by_name(plan):
    with pytest.raises(ParameterError, match=r"Momentum, short: .*less than or equal to"):
        plan(parameters={"short": 100_000})
