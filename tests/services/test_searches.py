from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from puffin.backtest.folds import Folds
from puffin.backtest.sets import Sets
from puffin.backtest.settings import BacktestSettings
from puffin.backtest.trials import NOTHING, Objective
from puffin.errors import NoDataError, ParameterError, SymbolNotFoundError
from puffin.strategies.specs import StrategySpec
from puffling.core.errors import BadValueError
from puffling.core.events import SearchChanged
from puffling.services import elsewhere, interrupted
from puffling.services.elsewhere import KeptBars, with_kept
from puffling.services.monte_carlo import Chance, ChanceKind
from puffling.services.periods import Period, prices
from puffling.services.search_plans import Kind, Method, SearchPlan
from puffling.services.search_runs import Going
from puffling.services.searching import batch_of, walk_strategy
from puffling.store.searches import SearchState, SearchStore

MOMENTUM = StrategySpec("builtin", "momentum", "Momentum")
PATIENCE = 60  # seconds that a real process may take on a busy computer
RANGES = {"short": [5, 10, 20], "long": [20, 50]}  # 20/20 is not possible: five combinations


def quiet(_):
    return None


class Here:
    """Another process that is this one; it writes down what it is asked."""

    def __init__(self) -> None:
        self.calls = []

    def call(self, function, *arguments, progress):
        progress(0.0)
        self.calls.append((function, arguments))
        return function(*arguments, progress=progress)


@pytest.fixture
def here(puffling, monkeypatch):
    here = Here()
    for service in (puffling.context.searches, puffling.context.backtests):
        monkeypatch.setattr(service, "_elsewhere", here)
    monkeypatch.setattr("puffling.services.search_runs.FIRST", 0)  # few combinations, many batches
    return here


@pytest.fixture
def searches(puffling, here):
    return puffling.context.searches


def plan(**more):
    return replace(SearchPlan(MOMENTUM, "AAPL", ranges=RANGES), **more)


def run(searches, asked, progress=quiet, tell=quiet):
    return searches.run(searches.begin(searches.prepare(asked)), progress, tell)


def test_combinations_are_counted_before_anything_runs(searches, here):
    ready = searches.prepare(plan())
    assert (ready.count, ready.possible) == (5, 5)
    assert ready.values == {"short": [5, 10, 20], "long": [20, 50]}
    assert here.calls == []
    assert searches.prepare(plan(ranges=None)).count > 5
    assert searches.prepare(plan(method=Method.TPE, runs=3)).count == 3
    walk = searches.prepare(plan(kind=Kind.WALK_FORWARD, folds=Folds(splits=3)))
    assert walk.count == 15


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        (plan(ranges={"short": [50], "long": [20]}), ParameterError, "short window"),
        (plan(ranges={"shrot": [5]}), ParameterError, "no parameter called 'shrot'"),
        (
            plan(ranges={"short": "2:20:1", "long": "21:40:1"}, most=100),
            ParameterError,
            "exceed the maximum of 100",
        ),
        (plan(symbol="not a symbol"), SymbolNotFoundError, "Nobody in use lists"),
        (
            plan(spec=StrategySpec("file", "file:x", "X", source=""), method=Method.TPE),
            BadValueError,
            "TPE is not there",
        ),
        (plan(kind=Kind.STRATEGIES), BadValueError, "at least one strategy"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(searches, asked, error, said):
    with pytest.raises(error, match=said):
        searches.prepare(asked)


@pytest.mark.parametrize("method", [Method.GRID, Method.RANDOM])
def test_every_combination_is_tried_once_and_kept(searches, method):
    done = run(searches, plan(method=method))
    assert (done.state, done.done, done.total, done.share) == (SearchState.DONE, 5, 5, 1.0)
    pairs = {(each.parameters["short"], each.parameters["long"]) for each in done.trials}
    assert pairs == {(5, 20), (10, 20), (5, 50), (10, 50), (20, 50)}
    again = searches.load(done.id)
    assert again.trials == done.trials
    assert (again.best, again.title) == (done.best, "Optimise Momentum on AAPL")
    best = max(done.trials, key=lambda each: each.figures["sharpe"])
    assert done.best == best
    (saved,) = searches.all()
    assert (saved.done, saved.best["parameters"]) == (5, best.parameters)


def test_a_trial_is_what_a_backtest_with_its_parameters_gives(puffling, searches):
    done = run(searches, plan())
    backtests = puffling.context.backtests
    trial = done.trials[0]
    ready = backtests.prepare(replace(MOMENTUM, parameters=trial.parameters), ("AAPL",))
    metrics = backtests.run(ready, quiet).result.metrics
    for name, value in trial.figures.items():
        assert value == pytest.approx(metrics[name], rel=1e-9), name


def test_what_a_search_tried_counts_against_the_luck_of_its_best(puffling, searches):
    best = run(searches, plan()).best
    run(searches, plan(kind=Kind.WALK_FORWARD, folds=Folds(splits=3)))
    backtests = puffling.context.backtests
    ready = backtests.prepare(replace(MOMENTUM, parameters=best.parameters), ("AAPL",))
    verdict = backtests.run(ready, quiet).verdict
    assert verdict.check("luck").figures["tried"] == 5
    assert verdict.check("overfitting").grade != "grey"
    assert verdict.check("degradation").figures["train"] is not None


def test_what_was_tried_again_counts_once(puffling, searches):
    best = [run(searches, plan()) for _ in range(3)][-1].best
    backtests = puffling.context.backtests
    ready = backtests.prepare(replace(MOMENTUM, parameters=best.parameters), ("AAPL",))
    verdict = backtests.run(ready, quiet).verdict
    assert verdict.check("luck").figures["tried"] == 5
    assert verdict.check("overfitting").figures["tried"] == 5


def test_one_of_which_nothing_could_run_fails_with_the_first_reason(searches):
    few = plan(period=Period(start=date(2012, 5, 15)))
    with pytest.raises(ParameterError, match="None of 5 could run"):
        run(searches, few)
    (saved,) = searches.all()
    assert (saved.state, saved.done, saved.best) == (SearchState.FAILED, 5, None)
    assert saved.message.startswith("None of 5 could run. Momentum needs more than 20 bars")
    assert len(searches.load(saved.id).trials.errors) == 5


def test_combinations_of_all_folds_and_strategies_are_counted_as_done(searches):
    walked = run(searches, plan(kind=Kind.WALK_FORWARD, folds=Folds(splits=3)))
    assert (walked.done, walked.total) == (15, 15)
    nothing = StrategySpec("builtin", "nothing", "Nothing")
    compared = run(searches, plan(kind=Kind.STRATEGIES, strategies=(MOMENTUM, nothing)))
    assert (compared.done, compared.total) == (2, 2)
    for each in (walked, compared):
        assert searches.load(each.id).done == each.done
        assert each.message == ""


def test_a_comparison_in_which_nothing_ran_says_why(searches):
    few = Period(start=date(2012, 1, 3))
    strategies = (MOMENTUM, StrategySpec("builtin", "nothing", "Nothing"))
    done = run(searches, plan(kind=Kind.STRATEGIES, strategies=strategies, period=few))
    assert done.message.startswith("No strategy could be tested. ")
    assert "bars" in done.message
    assert searches.load(done.id).message == done.message


def test_what_was_searched_on_a_symbol_counts_for_a_portfolio_with_it(puffling, searches):
    run(searches, plan(symbol="GOOG"))
    run(searches, plan(kind=Kind.WALK_FORWARD, folds=Folds(splits=3)))
    backtests = puffling.context.backtests
    best = replace(MOMENTUM, parameters={"short": 5, "long": 20})
    verdict = backtests.run(backtests.prepare(best, ("AAPL", "GOOG")), quiet).verdict
    # Their figures are those of one symbol, which say nothing about portfolios.
    luck, chosen = verdict.check("luck"), verdict.check("overfitting")
    assert luck.figures["tried"] == 5
    assert "if their ratios spread as luck's would" in luck.sentence
    assert "are not known" in chosen.sentence
    assert "train" not in verdict.check("degradation").figures


def test_the_bars_are_sent_to_a_process_once(searches, here):
    elsewhere._kept.clear()
    run(searches, plan(ranges={"short": "2:15:1", "long": [20, 50]}))
    sent = [arguments for function, arguments in here.calls if function is with_kept]
    assert len(sent) > 3
    assert [bars is not None for _, bars, *_ in sent] == [False, True] + [False] * (len(sent) - 2)


def test_a_process_that_lost_the_bars_is_sent_them_again(puffling, here):
    elsewhere._kept.clear()
    bars = prices(puffling.context.bars, "AAPL", Period())
    kept = KeptBars(here, bars)
    ask = {"progress": quiet}
    first = kept.call(batch_of, MOMENTUM, BacktestSettings(), Sets.of([{"short": 10}]), **ask)
    elsewhere._kept.clear()
    again = kept.call(batch_of, MOMENTUM, BacktestSettings(), Sets.of([{"short": 10}]), **ask)
    np.testing.assert_equal(first, again)
    assert [arguments[1] is None for _, arguments in here.calls] == [True, False, True, False]


class Stop(BaseException):
    """As a job stops its work."""


def test_what_was_done_is_kept_when_it_is_stopped(searches):
    going = []

    def stop_soon(done):
        if done >= 0.2:
            raise Stop

    with pytest.raises(Stop):
        run(searches, plan(), stop_soon, going.append)
    found = searches.live(going[-1])
    assert found.state is SearchState.STOPPED
    assert 0 < found.done < found.total
    assert found.best is not None
    assert searches.load(found.id).trials == found.trials


def test_one_that_fails_says_why(searches):
    few = Period(start=date(2012, 5, 1))
    asked = plan(kind=Kind.WALK_FORWARD, period=few)
    with pytest.raises(NoDataError):
        run(searches, asked)
    (saved,) = searches.all()
    assert saved.state is SearchState.FAILED
    assert "bars" in saved.message


def test_too_few_bars_for_one_combination_cost_the_others_nothing(searches):
    few = Period(start=date(2012, 4, 1))
    done = run(searches, plan(period=few))
    errors = {each.parameters["long"]: each.error for each in done.trials}
    assert errors[20] == ""
    assert "needs more than 50 bars; AAPL has 42" in errors[50]


def test_it_is_followed_while_it_runs(puffling, searches, here, monkeypatch, clock):
    seen = []

    def slow(bars, *arguments, progress):
        clock.pass_(0.05)
        return batch_of(bars, *arguments, progress=progress)

    monkeypatch.setattr("puffling.services.search_runs.batch_of", slow)

    def tell(id_):
        live = searches.live(id_)
        seen.append((live.state, live.done, live.seconds, live.left))

    done = run(searches, plan(), tell=tell)
    assert done.done == 5
    assert [state for state, *_ in seen][:-1] == [SearchState.RUNNING] * (len(seen) - 1)
    assert seen[-1][0] is SearchState.DONE
    assert seen[0][2] == pytest.approx(0.05)
    assert seen[0][3] > 0
    # One trial takes 0.05 s: there is a word for every second batch at most.
    assert len(seen) < len([call for call in here.calls if call[0] is with_kept])


def test_it_is_saved_now_and_then_so_that_a_kill_loses_little(searches, monkeypatch, clock):
    states = []
    keep = Going.first

    def slow(bars, *arguments, progress):
        clock.pass_(3)
        return batch_of(bars, *arguments, progress=progress)

    def noting(self):
        states.append((self.state, len(self.log)))
        return keep(self)

    monkeypatch.setattr("puffling.services.search_runs.batch_of", slow)
    monkeypatch.setattr(Going, "first", noting)
    run(searches, plan())
    assert (SearchState.RUNNING, 1) in states


async def test_what_a_crash_cut_short_is_interrupted_and_said(opening):
    async with opening() as first:
        ready = first.context.searches.prepare(plan())
        id_, other = (first.context.searches.begin(ready) for _ in range(2))
        first.context.searches._store.keep(
            other, NOTHING, done=3, total=5, best={"parameters": {}, "figures": {}}
        )
    async with opening() as second:
        searches = second.context.searches
        assert searches.live(id_).state is SearchState.INTERRUPTED
        said = second.context.notifications.all()
        assert {(each.title, each.text, each.panel) for each in said} == {
            (
                "Optimise Momentum on AAPL: interrupted",
                f"Puffling ended after {left}",
                "backtest",
            )
            for left in (
                "0 of 5 trials. Nothing of it is kept.",
                "3 of 5 trials. What it found is kept.",
            )
        }
        count = len(said)
        store = SearchStore(second.context.storage.user)
        assert interrupted.mark(store, second.bus, second.context.clock) == []
        assert len(second.context.notifications.all()) == count


def test_a_search_that_runs_cannot_be_removed(puffling, searches):
    id_ = searches.begin(searches.prepare(plan()))
    with pytest.raises(BadValueError, match="still runs"):
        searches.remove(id_)
    searches.run(id_, quiet, quiet)
    heard = []
    puffling.bus.subscribe(SearchChanged, heard.append)
    searches.remove(id_)
    assert heard == [SearchChanged("")]
    with pytest.raises(BadValueError, match="no search with the id"):
        searches.remove(id_)


def test_the_same_seed_suggests_the_same(searches):
    asked = plan(method=Method.TPE, runs=4, seed=7)
    first, second = run(searches, asked), run(searches, asked)
    assert [each.parameters for each in first.trials] == [each.parameters for each in second.trials]


def test_a_walk_forward_reports_what_was_chosen_and_what_it_kept(searches):
    done = run(searches, plan(kind=Kind.WALK_FORWARD, folds=Folds(splits=3)))
    walked = done.found
    assert len(walked.folds) == 3
    assert walked.train is not None
    assert walked.test is not None
    assert walked.folds[0].scatter
    assert done.best.parameters == walked.parameters
    again = searches.load(done.id)
    assert again.found.to_dict() == walked.to_dict()
    assert again.share == 1.0


def test_strategies_are_compared_and_what_cannot_run_is_skipped_with_its_reason(searches):
    nothing = StrategySpec("builtin", "nothing", "Nothing")
    held = StrategySpec("builtin", "buy_and_hold", "Buy and hold")
    done = run(searches, plan(kind=Kind.STRATEGIES, strategies=(MOMENTUM, nothing, held)))
    found = done.found
    assert {each.title for each in found.rows} == {"Momentum", "Buy and hold"}
    assert found.skipped[0][0] == "Nothing"
    assert "no strategy called" in found.skipped[0][1]
    assert not found.stopped
    assert searches.load(done.id).found == found


def test_a_comparison_that_is_stopped_keeps_the_strategies_that_are_done(searches, monkeypatch):
    walk = walk_strategy
    first = threading.Event()

    def one_by_one(bars, spec, asked, *, progress):
        if spec is MOMENTUM:
            return walk(bars, spec, asked, progress=quiet)
        first.wait(PATIENCE)
        progress(0.5)
        raise AssertionError("It was stopped before")

    told = []

    def stop(_):
        if first.is_set():
            raise Stop

    def tell(id_):
        told.append(id_)
        first.set()

    monkeypatch.setattr("puffling.services.search_runs.walk_strategy", one_by_one)
    held = StrategySpec("builtin", "buy_and_hold", "Buy and hold")
    with pytest.raises(Stop):
        run(searches, plan(kind=Kind.STRATEGIES, strategies=(MOMENTUM, held)), stop, tell)
    found = searches.live(told[-1])
    assert found.state is SearchState.STOPPED
    assert [each.title for each in found.found.rows] == ["Momentum"]
    assert found.found.stopped


def test_the_time_it_will_take_is_measured(searches):
    measured = searches.estimate(searches.prepare(plan()), quiet)
    assert measured.seconds > 0
    assert measured.count == 5


@pytest.mark.parametrize("kind", list(ChanceKind))
def test_chance_says_the_same_from_the_same_seed(puffling, searches, kind):
    backtests = puffling.context.backtests
    id_ = backtests.run(backtests.prepare(MOMENTUM, ("AAPL",)), quiet).id
    asked = Chance(kind, runs=20, seed=3)
    first, second = (searches.monte_carlo(id_, asked, quiet) for _ in range(2))
    assert first.to_dict() == second.to_dict()
    assert first.runs == 20
    assert first.capital == pytest.approx(100_000)
    other = searches.monte_carlo(id_, replace(asked, seed=4), quiet)
    assert other.to_dict() != first.to_dict()


def test_a_real_process_stops_long_before_its_end(puffling):
    searches = puffling.context.searches
    ranges = {"short": "2:150:1", "long": "151:500:1"}
    asked = searches.prepare(plan(ranges=ranges, most=100_000))
    stopped = []

    def stop(_):
        if searches.live(id_).done > 100:
            stopped.append(time.perf_counter())
            raise Stop

    id_ = searches.begin(asked)
    with pytest.raises(Stop):
        searches.run(id_, stop, quiet)
    assert time.perf_counter() - stopped[0] < PATIENCE  # most of it stores what was done
    found = searches.live(id_)
    assert found.state is SearchState.STOPPED
    assert 100 < found.done < found.total
    assert found.objective is Objective.SHARPE
