from __future__ import annotations

import json
import statistics
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from puffin.backtest.confidence import Confidence
from puffin.backtest.engine import BacktestSettings
from puffin.backtest.folds import Folds
from puffin.backtest.recommend import Recommendation, compare, recommend
from puffin.backtest.trials import Objective
from puffin.backtest.walk_forward import FoldResult, WalkForwardResult
from puffin.data.bars import Interval
from puffin.errors import BarsError, CancelledError
from puffin.strategies.specs import StrategySpec
from tests.puffin.backtest.market import bars, wandering

ASSUMED = BacktestSettings()
SMALL = Folds(bars_a_fold=80)
MOMENTUM = StrategySpec("builtin", "momentum", "Momentum")
REVERSION = StrategySpec("builtin", "mean_reversion", "Mean reversion")


def walked(sharpes, *, trained=9.0, trades=20.0, tried=1, title="Momentum", drawdown=-0.1):
    """A walk-forward with these Sharpe ratios in its tests, a year of 252 bars each."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    folds = tuple(
        FoldResult(
            number,
            (start, start + timedelta(days=1461)),
            (start, start + timedelta(days=365)),
            tried,
            {"short": number},
            {"sharpe": trained},
            {"sharpe": sharpe, "trades": trades, "max_drawdown": drawdown},
        )
        for number, sharpe in enumerate(sharpes, start=1)
    )
    equity = np.ones(252 * len(sharpes) + 1)
    return WalkForwardResult(
        title.lower(),
        title,
        "TEST",
        Objective.SHARPE,
        folds,
        len(folds),
        np.arange(len(equity)),
        equity,
        {"total_return": 0.5},
    )


def judged(*results, skipped=()) -> Recommendation:
    return recommend(results, skipped, symbol="TEST", interval=Interval.D1)


def around(mean, deviation):
    """Five numbers with this mean and this sample deviation."""
    shape = [-1, -1, 0, 1, 1]
    return [mean + deviation * each / statistics.stdev(shape) for each in shape]


@pytest.mark.parametrize(
    ("deviation", "confidence"),
    [
        (0.2, Confidence.HIGH),
        (0.29, Confidence.HIGH),
        (0.31, Confidence.MEDIUM),
        (0.79, Confidence.MEDIUM),
        (0.81, Confidence.LOW),
        (1.2, Confidence.LOW),
    ],
)
def test_confidence_follows_from_how_much_the_folds_differ(deviation, confidence):
    found = judged(walked(around(1.5, deviation)))
    assert found.confidence is confidence
    assert found.recommended
    assert found.strategy == "Momentum"
    assert f"{deviation:.2f}" in " ".join(found.reasons)


def test_a_loser_is_the_best_but_not_recommended():
    found = judged(walked(around(-0.5, 0.2)))
    assert not found.recommended
    assert "None is recommended" in found.reasons[0]
    assert "-0.50" in found.reasons[0]


def test_zero_is_just_recommended():
    assert judged(walked([0.0, 0.0, 0.0])).recommended


def test_nothing_to_compare_is_no_confidence():
    found = judged(skipped=[("Pairs", "It needs two symbols.")])
    assert (found.strategy, found.recommended, found.confidence) == ("", False, Confidence.NONE)
    assert found.skipped == (("Pairs", "It needs two symbols."),)
    assert judged(walked([None, None, None])).confidence is Confidence.NONE


def test_fewer_than_three_folds_are_little_to_go_by():
    assert judged(walked([1.5, 1.5])).confidence is Confidence.LOW
    assert judged(walked([1.5])).confidence is Confidence.LOW
    assert judged(walked([1.5, 1.5, 1.5])).confidence is Confidence.HIGH
    # A fold without trades has no Sharpe ratio: it is not a zero, and it does not count.
    found = judged(walked([1.5, 1.5, None, None, None]))
    assert found.confidence is Confidence.LOW
    assert found.rows[0].sharpe == pytest.approx(1.5)
    assert "It did nothing in 3 of 5 folds" in " ".join(found.reasons)


def test_fewer_than_thirty_trades_are_too_few():
    found = judged(walked(around(1.5, 0.1), trades=5.8))
    assert found.confidence is Confidence.LOW
    assert "Too few trades: 29 " in " ".join(found.reasons)
    assert judged(walked(around(1.5, 0.1), trades=6.0)).confidence is Confidence.HIGH


def test_what_the_best_of_so_many_combinations_owes_to_luck_lowers_it_one_step():
    # The best of 100 worthless trials shows 2.53 / sqrt(years); a train part has 4 years: 1.27.
    strong, weak = 1.30, 1.20
    assert judged(walked(around(1.5, 0.1), tried=100, trained=strong)).confidence is Confidence.HIGH
    found = judged(walked(around(1.5, 0.1), tried=100, trained=weak))
    assert found.confidence is Confidence.MEDIUM
    said = " ".join(found.reasons)
    assert "chosen from 100 combinations" in said
    assert "about 1.27 over 4.0 years by luck alone" in said
    assert judged(walked(around(1.5, 0.5), tried=100, trained=weak)).confidence is Confidence.LOW


def test_what_the_best_of_so_many_strategies_owes_to_luck_lowers_it_one_step():
    # The best of 3 worthless ones shows about 0.85 / sqrt(5 years): 0.38.
    others = [walked(around(-1, 0.1), title=title) for title in ("A", "B")]
    assert judged(walked(around(0.40, 0.1)), *others).confidence is Confidence.HIGH
    found = judged(walked(around(0.35, 0.1)), *others)
    assert found.confidence is Confidence.MEDIUM
    assert "best of 3 worthless strategies" in " ".join(found.reasons)


def test_rows_are_ordered_by_mean_sharpe_then_by_the_smaller_drawdown():
    found = judged(
        walked([1.0] * 3, title="Deep", drawdown=-0.5),
        walked([None] * 3, title="Idle"),
        walked([-2.0] * 3, title="Bad"),
        walked([1.0] * 3, title="Shallow", drawdown=-0.1),
    )
    assert [row.title for row in found.rows] == ["Shallow", "Deep", "Bad", "Idle"]


def test_strategies_are_compared_on_real_runs_and_nobody_stops_the_others():
    told: list[float] = []
    unknown = StrategySpec("builtin", "unknown", "Unknown")
    found = compare(
        [MOMENTUM, unknown, REVERSION], wandering(500), ASSUMED, folds=SMALL, progress=told.append
    )
    assert {row.strategy_id for row in found.rows} == {"momentum", "mean_reversion"}
    assert [title for title, _ in found.skipped] == ["Unknown"]
    assert "no strategy called" in found.skipped[0][1]
    assert told == sorted(told)
    assert told[-1] == 1
    best = found.rows[0]
    assert best.sharpe is not None
    assert best.tried > 1
    assert best.parameters is not None


def test_a_strategy_of_many_symbols_is_skipped_on_one():
    pairs = StrategySpec("builtin", "stat_arb", "Pairs")
    found = compare([pairs, MOMENTUM], wandering(500), ASSUMED, folds=SMALL)
    assert [row.title for row in found.rows] == ["Momentum"]
    ((title, why),) = found.skipped
    assert title == "Pairs"
    assert "needs two symbols" in why


def test_too_little_history_skips_with_what_is_there_and_what_is_needed():
    found = compare([REVERSION], wandering(200), ASSUMED)
    assert found.confidence is Confidence.NONE
    assert "1,260 bars" in found.skipped[0][1]
    assert "has 200" in found.skipped[0][1]


def test_a_grid_larger_than_the_maximum_is_drawn_from():
    found = compare([MOMENTUM], wandering(500), ASSUMED, folds=SMALL, most=3)
    assert found.rows[0].tried == 3
    assert [row.title for row in found.rows] == ["Momentum"]
    again = compare([MOMENTUM], wandering(500), ASSUMED, folds=SMALL, most=3)
    assert again.rows == found.rows


def test_stopped_on_the_way_it_keeps_the_strategies_that_are_done():
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 40

    found = compare([MOMENTUM, REVERSION] * 20, wandering(500), ASSUMED, folds=SMALL, stop=stop)
    assert found.stopped
    assert 0 < len(found.rows) < 40

    def refuse(done):
        raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        compare([MOMENTUM], wandering(500), ASSUMED, folds=SMALL, progress=refuse)


def test_prices_that_cannot_be_trusted_are_refused_for_all():
    bad = bars([10.0] * 300 + [-1.0] * 300)
    with pytest.raises(BarsError):
        compare([MOMENTUM], bad, ASSUMED)


def test_a_recommendation_survives_being_written_down():
    found = compare([MOMENTUM, REVERSION], wandering(500), ASSUMED, folds=SMALL)
    assert Recommendation.from_dict(json.loads(json.dumps(found.to_dict()))) == found
