from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.backtest.search import RandomSearch, TPESearch
from puffin.backtest.space import Space
from puffin.backtest.trials import Objective
from puffin.backtest.walk_forward import Folds, WalkForward, WalkForwardResult, Window, rows
from puffin.errors import CancelledError, NoDataError, ParameterError, PuffinError
from puffin.strategies.mean_reversion import MeanReversion
from puffin.strategies.momentum import Momentum, MomentumParameters
from puffin.strategies.specs import StrategySpec
from tests.puffin.backtest.market import wandering

if TYPE_CHECKING:
    from puffin.data.bars import Bars

SPEC = StrategySpec("builtin", "momentum", "Momentum")
SPACE = Space.of(Momentum, {"short": [3, 5, 8, 13], "long": [10, 20, 40]})
ASSUMED = BacktestSettings(capital=10_000)
# Fewer bars than a person would be allowed, to be quick.
SMALL = Folds(bars_a_fold=80)


def walk(prices, folds=SMALL, **more) -> WalkForwardResult:
    return WalkForward(SPEC, SPACE, ASSUMED, folds=folds, **more).run(prices)


def shaken(prices: Bars, start: int, stop: int) -> Bars:
    """The same bars with other prices from row `start` up to `stop`."""
    factor = np.ones(len(prices))
    draw = np.random.default_rng(99)
    factor[start:stop] = np.exp(np.cumsum(draw.normal(0, 0.03, stop - start)))
    names = ("open", "high", "low", "close")
    return replace(prices, **{name: getattr(prices, name) * factor for name in names})


@given(
    st.integers(60, 3_000),
    st.integers(1, 20),
    st.floats(0.5, 0.9),
    st.integers(0, 12),
    st.sampled_from(Window),
)
@settings(max_examples=150, deadline=None)
def test_folds_never_overlap_and_the_tests_cover_the_end(count, splits, train, purge, window):
    folds = Folds(window, train, splits, purge, bars_a_fold=20)
    if count < folds.needed():
        with pytest.raises(NoDataError):
            folds.cut(count)
        return
    cut = folds.cut(count)
    assert [each.number for each in cut] == list(range(1, splits + 1))
    assert cut[-1].test.stop == count
    lengths = {each.test.stop - each.test.start for each in cut}
    assert len(lengths) == 1
    for before, after in pairwise(cut):
        assert before.test.stop == after.test.start
    for each in cut:
        assert each.train.stop == each.test.start - purge
        assert each.train.stop - each.train.start >= 20
    starts = [each.train.start for each in cut]
    whole = cut[0].test.start
    wanted = [0] * splits if window is Window.ANCHORED else [e.test.start - whole for e in cut]
    assert starts == wanted
    test = lengths.pop()
    # The test parts are as long as the fraction allows, to within what cannot be divided.
    assert (test + 1) * (splits + train / (1 - train)) > count - 1e-6


def test_a_usual_walk_trains_on_seven_tenths_of_each_fold():
    first = Folds().cut(1_260)[0]
    train, test = first.train.stop - first.train.start, first.test.stop - first.test.start
    assert train / (train + test) == pytest.approx(0.7, abs=0.005)


def test_too_little_history_says_how_much_there_is_and_is_needed():
    assert len(Folds().cut(1_260, name="AAPL")) == 5
    with pytest.raises(
        NoDataError, match=r"5 folds needs 1,260 bars \(252 for each\); AAPL has 800"
    ):
        Folds().cut(800, name="AAPL")
    with pytest.raises(NoDataError, match=r"twice the 900 that it looks back\); AAPL has 1,260"):
        Folds().cut(1_260, warm_up=900, name="AAPL")
    needed = Folds().needed(900)
    assert Folds().cut(needed, warm_up=900)
    with pytest.raises(NoDataError, match=f"{needed:,} bars"):
        Folds().cut(needed - 1, warm_up=900)
    with pytest.raises(NoDataError, match="TEST has 399"):
        walk(wandering(399))


def test_what_looks_back_too_far_is_left_out_and_does_not_shorten_the_rest():
    # The first train part has 127 bars, so nothing may look back more than 63.
    ranges = {"short": [3, 5], "long": [10, 63, 64, 120]}
    prices, space = wandering(300, seed=5), Space.of(Momentum, ranges)
    folds = replace(SMALL, splits=3, window=Window.ANCHORED)
    walked = WalkForward(SPEC, space, ASSUMED, folds=folds)
    assert walked.cut(prices)[0].train == slice(0, 132)
    result = WalkForward(SPEC, space, ASSUMED, folds=replace(folds, purge=5)).run(prices)
    assert [(each.tried, each.left_out) for each in result.folds] == [(4, 4)] * 3
    alone = Space.of(Momentum, {"short": [3, 5], "long": [10, 63]})
    other = WalkForward(SPEC, alone, ASSUMED, folds=replace(folds, purge=5)).run(prices)
    assert [each.chosen for each in other.folds] == [each.chosen for each in result.folds]
    with pytest.raises(NoDataError, match="twice the 120"):
        WalkForward(SPEC, Space.of(Momentum, {"long": [120, 150]}), ASSUMED, folds=folds).run(
            prices
        )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"splits": 0}, "1 to 20 folds"),
        ({"splits": 21}, "1 to 20 folds"),
        ({"train": 0.4}, "train fraction"),
        ({"train": 0.95}, "train fraction"),
        ({"purge": -1}, "zero bars or more"),
        ({"warm_up": -1}, "zero bars or more"),
        ({"bars_a_fold": 5}, "at least 20"),
    ],
)
def test_folds_that_make_no_sense_are_refused(changes, said):
    with pytest.raises(ParameterError, match=said):
        Folds(**changes)


@pytest.mark.parametrize("window", list(Window))
@pytest.mark.parametrize("purge", [0, 5])
def test_what_comes_after_a_train_part_never_changes_what_was_chosen(window, purge):
    prices, folds = wandering(400, seed=5), replace(SMALL, window=window, purge=purge)
    cut = WalkForward(SPEC, SPACE, ASSUMED, folds=folds).cut(prices)
    usual = walk(prices, folds)
    for fold in cut:
        other = walk(shaken(prices, fold.train.stop, len(prices)), folds)
        for mine, theirs in zip(usual.folds[: fold.number], other.folds, strict=False):
            assert mine.parameters == theirs.parameters
            assert mine.chosen == theirs.chosen
        # The test itself did change, so it was looked at.
        assert usual.folds[fold.number - 1].found != other.folds[fold.number - 1].found


@pytest.mark.parametrize("window", list(Window))
def test_a_train_part_decides_what_is_chosen(window):
    prices, folds = wandering(400, seed=5), replace(SMALL, window=window)
    cut = WalkForward(SPEC, SPACE, ASSUMED, folds=folds).cut(prices)
    usual = walk(prices, folds)
    changed = 0
    for fold in cut:
        other = walk(shaken(prices, fold.train.start, fold.train.stop), folds)
        mine, theirs = usual.folds[fold.number - 1], other.folds[fold.number - 1]
        assert mine.chosen != theirs.chosen
        changed += mine.parameters != theirs.parameters
    assert changed >= 3


def test_the_gap_between_train_and_test_is_looked_at_by_no_choice():
    prices, folds = wandering(400, seed=6), replace(SMALL, purge=10)
    cut = WalkForward(SPEC, SPACE, ASSUMED, folds=folds).cut(prices)
    usual = walk(prices, folds)
    fold = cut[2]
    other = walk(shaken(prices, fold.test.start - 10, fold.test.start), folds)
    assert [each.chosen for each in other.folds[:3]] == [each.chosen for each in usual.folds[:3]]


def test_the_best_of_the_train_part_is_chosen_as_a_loop_by_hand_finds_it():
    prices = wandering(400, seed=7)
    walked = WalkForward(SPEC, SPACE, ASSUMED, folds=replace(SMALL, window=Window.ANCHORED))
    result = walked.run(prices)
    for fold, found in zip(walked.cut(prices), result.folds, strict=True):
        seen = rows(prices, 0, fold.train.stop)
        ratios = {}
        for made in SPACE.combinations():
            assert isinstance(made, MomentumParameters)
            # Before row 39, when the slowest has warmed up, nobody may trade.
            target = Momentum(made).signals(seen).target.copy()
            equity = judged(seen, target, 39)
            changes = np.diff(equity) / equity[:-1]
            if changes.std() > 0:
                ratios[made.short, made.long] = changes.mean() / changes.std(ddof=1) * 252**0.5
        highest = max(ratios, key=ratios.__getitem__)
        assert found.parameters is not None
        assert (found.parameters["short"], found.parameters["long"]) == highest
        assert found.chosen["sharpe"] == pytest.approx(ratios[highest])
        assert found.tried == SPACE.count == 11


def judged(seen: Bars, target, first):
    """Equity from row `first` on, of targets that nobody followed before."""
    from tests.puffin.backtest.market import Says

    late = np.where(np.arange(len(seen)) < first, 0.0, target)
    return Backtester(Says(*late), ASSUMED).run(seen).equity[first:]


def test_a_test_begins_in_cash_with_its_indicators_ready():
    prices = wandering(400, seed=8)
    walked = WalkForward(SPEC, SPACE, ASSUMED, folds=SMALL)
    result, start = walked.run(prices), walked.cut(prices)[0].test.start
    assert result.equity[0] == 10_000
    grown = 10_000.0
    for fold, found in zip(walked.cut(prices), result.folds, strict=True):
        assert found.parameters is not None
        made = MomentumParameters.model_validate(found.parameters)
        # Simple averages know all they need from `long` bars; here they see everything before.
        seen = rows(prices, 0, fold.test.stop)
        equity = judged(seen, Momentum(made).signals(seen).target, fold.test.start - 1)
        assert found.found["total_return"] == pytest.approx(equity[-1] / equity[0] - 1)
        mine = result.equity[fold.test.start - start : fold.test.stop - start + 1]
        np.testing.assert_allclose(mine, grown * equity / equity[0])
        grown = mine[-1]
    np.testing.assert_array_equal(result.time, prices.time[start - 1 :])
    assert result.metrics["total_return"] == pytest.approx(grown / 10_000 - 1)


def test_both_parts_are_shown_with_what_was_lost_between_them():
    result = walk(wandering(400, seed=9))
    trained = [each.chosen["sharpe"] for each in result.folds]
    tested = [each.found["sharpe"] for each in result.folds]
    assert None not in (*trained, *tested)
    train, test = np.mean(np.array(trained, float)), np.mean(np.array(tested, float))
    assert result.train == pytest.approx(train)
    assert result.test == pytest.approx(test)
    assert result.degradation == pytest.approx(train - test)
    assert result.kept == pytest.approx(test / train)
    assert result.parameters == result.folds[-1].parameters
    assert result.metrics["trades"] == sum(each.found["trades"] or 0 for each in result.folds)
    assert not result.stopped


def test_the_objective_decides():
    prices = wandering(400, seed=10)
    for objective in Objective:
        result = walk(prices, objective=objective, folds=SMALL)
        assert result.objective is objective
        assert result.train == pytest.approx(
            np.mean([objective.of(each.chosen) or 0 for each in result.folds])
        )


def test_where_nothing_can_be_told_apart_it_stays_in_cash_and_says_so():
    space = Space.of(MeanReversion, {"window": [20], "zscore_entry": [-5.0]})
    spec = StrategySpec("builtin", "mean_reversion", "Mean reversion")
    result = WalkForward(spec, space, ASSUMED, folds=SMALL).run(wandering(400))
    assert all(each.parameters is None and "stays in cash" in each.reason for each in result.folds)
    assert np.all(result.equity == 10_000)
    assert result.train is result.test is result.degradation is result.kept is None
    assert result.metrics["sharpe"] is None


def test_every_combination_may_be_shown_beside_its_test_without_changing_the_choice():
    prices = wandering(400, seed=11)
    plain, shown = walk(prices), walk(prices, scatter=True)
    assert [each.parameters for each in plain.folds] == [each.parameters for each in shown.folds]
    assert all(each.scatter == () for each in plain.folds)
    for each in shown.folds:
        assert len(each.scatter) <= 11
        chosen = (each.chosen["sharpe"], each.found["sharpe"])
        assert any(pair == pytest.approx(chosen) for pair in each.scatter)
        assert max(train for train, _ in each.scatter) == pytest.approx(chosen[0])


@pytest.mark.parametrize("kind", [RandomSearch, TPESearch])
def test_a_fold_may_be_searched_in_part(kind):
    result = walk(wandering(400), searching=lambda space: kind(space, 6, seed=1))
    assert result.tried == 6
    assert len(result.folds) == 5


def test_progress_rises_to_one_and_may_stop_it():
    told: list[float] = []
    WalkForward(SPEC, SPACE, ASSUMED, folds=SMALL).run(wandering(400), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1

    def refuse(done):
        raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        WalkForward(SPEC, SPACE, ASSUMED, folds=SMALL).run(wandering(400), progress=refuse)


@pytest.mark.parametrize("scatter", [True, False])
def test_stopped_on_the_way_it_keeps_the_folds_that_are_done(scatter):
    prices, seen = wandering(400), []

    def stop():
        seen.append(1)
        return len(seen) > 8

    walked = WalkForward(SPEC, SPACE, ASSUMED, folds=SMALL, scatter=scatter)
    part = walked.run(prices, stop=stop)
    whole = walked.run(prices)
    assert part.stopped
    assert 0 < len(part.folds) < 5
    assert part.folds == whole.folds[: len(part.folds)]
    np.testing.assert_array_equal(part.equity, whole.equity[: len(part.equity)])
    assert len(part.time) == len(part.equity)


def test_a_result_survives_being_written_down():
    result = walk(wandering(400), scatter=True)
    again = WalkForwardResult.from_dict(json.loads(json.dumps(result.to_dict())))
    assert again.folds == result.folds
    assert again.objective is result.objective
    assert again.degradation == result.degradation
    np.testing.assert_array_equal(again.equity, result.equity)
    np.testing.assert_array_equal(again.time, result.time)
    with pytest.raises(PuffinError, match="damaged"):
        WalkForwardResult.from_dict({"folds": []})
