from __future__ import annotations

from datetime import date

import pytest

from puffin.backtest.engine import BacktestSettings
from puffin.errors import NoDataError, ParameterError
from puffling.core.errors import BadValueError
from puffling.core.events import BacktestDone
from puffling.services import backtests as module
from puffling.services.backtest_run import run_backtest


@pytest.fixture
def backtests(puffling):
    return puffling.context.backtests


@pytest.fixture
def plan(backtests):
    def prepare(strategy="momentum", symbol="AAPL", parameters=None, **more):
        return backtests.prepare(strategy, symbol, parameters or {}, BacktestSettings(), **more)

    return prepare


def quiet(_):
    return None


def test_one_is_run_stored_and_read_again(puffling, backtests, plan):
    done = backtests.run(plan(note="first"), quiet)
    assert done.result.last.date() == date(2012, 5, 31)
    (saved,) = backtests.all()
    assert (saved.id, saved.symbol, saved.note) == (done.id, "AAPL", "first")
    again = backtests.load(done.id)
    assert again.metrics == done.result.metrics
    assert list(again.equity) == list(done.result.equity)
    heard: list[BacktestDone] = []
    puffling.bus.subscribe(BacktestDone, heard.append)
    backtests.announce(done.id)
    backtests.remove(done.id)
    assert backtests.all() == []
    assert [each.id for each in heard] == [done.id, ""]


def test_the_period_is_kept(backtests, plan):
    result = backtests.run(plan(start=date(2010, 1, 1), end=date(2010, 12, 31)), quiet).result
    assert (result.first.date(), result.last.date()) == (date(2010, 1, 4), date(2010, 12, 31))


def test_a_period_upside_down_is_refused(plan):
    with pytest.raises(BadValueError, match="is after the last"):
        plan(start=date(2011, 1, 1), end=date(2010, 1, 1))


def test_a_period_without_prices_says_so(backtests, plan):
    with pytest.raises(NoDataError, match="no prices"):
        backtests.run(plan(symbol="FB", start=date(2001, 1, 1), end=date(2002, 1, 1)), quiet)


def test_an_unknown_strategy_has_a_hint(plan):
    with pytest.raises(ParameterError, match="no strategy called 'momentun'") as caught:
        plan("momentun")
    assert "momentum" in caught.value.hint


def test_a_parameter_that_does_not_fit_is_named(plan):
    with pytest.raises(BadValueError, match=r"nonsense: [Ee]xtra inputs"):
        plan(parameters={"nonsense": 1})


def test_one_that_is_stopped_stores_nothing(backtests, plan):
    class Stop(BaseException):
        pass

    def stop(done):
        if done > 0.5:
            raise Stop

    with pytest.raises(Stop):
        backtests.run(plan(), stop)
    assert backtests.all() == []


def test_many_bars_go_to_another_process(backtests, plan, monkeypatch):
    calls = []

    class Elsewhere:
        def call(self, function, *arguments, progress):
            calls.append(function)
            return function(*arguments, progress=progress)

    here = backtests.run(plan(), quiet).result
    monkeypatch.setattr(backtests, "_elsewhere", Elsewhere())
    monkeypatch.setattr(module, "MANY_BARS", 100)
    there = backtests.run(plan(), quiet).result
    assert calls == [run_backtest]
    assert there.metrics == here.metrics


def test_a_real_process_gives_the_same_result(backtests, plan, monkeypatch):
    here = backtests.run(plan(), quiet).result
    monkeypatch.setattr(module, "MANY_BARS", 100)
    there = backtests.run(plan(), quiet).result
    assert there.metrics == here.metrics
    assert list(there.equity) == list(here.equity)


def test_every_strategy_shows_its_parameters(backtests):
    cards = {each.id: each for each in backtests.strategies()}
    assert {"momentum", "mean_reversion"} <= set(cards)
    assert all(each.summary and each.schema["properties"] for each in cards.values())


def test_an_unknown_backtest_is_said(backtests):
    for ask in (backtests.load, backtests.remove):
        with pytest.raises(BadValueError, match="There is no backtest"):
            ask("x")
