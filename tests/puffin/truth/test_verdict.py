"""The verdict on a backtest: its checks, its grade, and how it is stored."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from puffin.backtest.engine import Backtester, BacktestSettings
from puffin.backtest.portfolio import PortfolioBacktester
from puffin.errors import CancelledError, PuffinError
from puffin.execution.costs import Costs
from puffin.strategies.momentum import Momentum
from puffin.strategies.universe import EqualWeight
from puffin.truth.verdict import Check, Grade, Verdict, judge
from tests.puffin.truth.corpus.rules import Targets, ago, long_while, market, markets
from tests.puffin.truth.looks import figure, one

ASSUMED = BacktestSettings(costs=Costs(percent=Decimal("0.05")))
ALL = [
    "look_ahead",
    "repeatable",
    "warm_up",
    "anonymous",
    "trades",
    "costs",
    "delay",
    "fills",
    "luck",
    "overfitting",
    "degradation",
]


def judged(strategy, **known) -> Verdict:
    bars = market("GOOG")
    return judge(strategy, bars, ASSUMED, Backtester(strategy, ASSUMED).run(bars), **known)


def test_every_check_is_made_and_says_a_sentence():
    verdict = judged(Momentum())
    assert [check.id for check in verdict.checks] == ALL
    for check in verdict.checks:
        assert check.sentence.endswith("."), check.sentence
        assert not check.sentence[0].islower()
    assert verdict.grade is Grade.AMBER
    assert verdict.sentence == ("Believe this result with care: number of trades and lasting.")
    assert one(verdict, "look_ahead").grade is Grade.GREEN
    assert verdict.check("nothing") is None


def test_a_strategy_that_looks_ahead_is_not_to_be_believed():
    tomorrow = Targets(lambda bars: long_while(ago(bars.close, -1) > bars.close), 1)
    verdict = judged(tomorrow)
    assert verdict.grade is Grade.RED
    assert verdict.sentence.startswith("Do not believe this result: look-ahead")
    look = one(verdict, "look_ahead")
    assert look.sentence.startswith("It looks ahead: on 20")
    assert figure(look, "kept") == figure(look, "row") + 1


def test_a_strategy_that_throws_coins_is_told_so_once():
    coin = Targets(lambda bars: np.random.default_rng().integers(0, 2, len(bars)) * 1.0, 1)
    verdict = judged(coin)
    assert one(verdict, "repeatable").grade is Grade.RED
    assert one(verdict, "look_ahead").grade is Grade.GREY
    assert one(verdict, "warm_up").grade is Grade.GREY


def test_what_is_known_of_the_search_is_used():
    draw = np.random.default_rng(1)
    verdict = judged(
        Momentum(),
        tried=200,
        trial_sharpes=draw.normal(0, 0.5, 200),
        trial_returns=draw.normal(0, 0.01, (500, 20)),
        train_test=(1.2, -0.1),
    )
    assert one(verdict, "luck").grade is Grade.RED
    assert figure(one(verdict, "luck"), "tried") == 200
    assert figure(one(verdict, "overfitting"), "tried") == 20
    assert one(verdict, "degradation").grade is Grade.RED


def test_it_is_stored_and_read_again():
    verdict = judged(Momentum())
    assert Verdict.from_dict(verdict.to_dict()) == verdict


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 2},
        {"version": 1, "grade": "green"},
        {"version": 1, "grade": "blue", "checks": []},
        {"version": 1, "grade": "green", "checks": [{"id": "luck"}]},
    ],
)
def test_a_damaged_verdict_is_refused(damage):
    with pytest.raises(PuffinError, match="verdict"):
        Verdict.from_dict(damage)


def test_it_tells_how_far_it_is_and_can_be_stopped():
    told = []
    judged(Momentum(), progress=told.append)
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    assert len(told) > 50

    def stop(done: float) -> None:
        if done > 0.3:
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        judged(Momentum(), progress=stop)


def test_the_worst_check_is_the_grade():
    def of(*grades) -> Verdict:
        checks = tuple(Check(str(at), f"Check {at}", each, "So.") for at, each in enumerate(grades))
        return Verdict.of(checks)

    grey, green, amber, red = Grade.GREY, Grade.GREEN, Grade.AMBER, Grade.RED
    assert of(green, red, amber).grade is red
    assert of(green, amber, grey, amber).sentence == (
        "Believe this result with care: check 1 and check 3."
    )
    assert (
        of(green, grey).sentence == "Nothing was found that speaks against believing this result."
    )
    assert of(grey).sentence == "Nothing could be checked."


def test_a_portfolio_is_judged_and_asked_for_the_symbols_that_are_gone():
    universe = markets()
    for strategy in (EqualWeight(), Momentum()):
        result = PortfolioBacktester(strategy, ASSUMED).run(universe)
        verdict = judge(strategy, universe, ASSUMED, result)
        assert one(verdict, "look_ahead").grade is Grade.GREEN
        assert one(verdict, "survivors").grade is Grade.AMBER
        assert figure(one(verdict, "costs"), "with_more_costs") < (
            result.metrics["total_return"] or 0
        )
        assert one(verdict, "fills").grade is Grade.GREY
