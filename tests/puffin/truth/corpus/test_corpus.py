"""Every strategy of the corpus that cheats is caught, and no honest one is accused."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from puffin.backtest.engine import BacktestSettings
from puffin.strategies.base import EventStrategy
from puffin.truth.check import Grade
from puffin.truth.decisions import Subject
from puffin.truth.lookahead import look_ahead
from puffin.truth.memory import anonymous, repeatable
from puffin.truth.warm_up import warm_up
from tests.puffin.truth.corpus.biased import BIASED
from tests.puffin.truth.corpus.clean import CLEAN
from tests.puffin.truth.corpus.rules import (
    Targets,
    ago,
    long_market,
    long_while,
    market,
    markets,
    rolling,
)

FOUR = ("AAPL", "GOOG", "IBM", "MSFT")
# Fewer than a judge makes by himself: of targets 60 instead of hundreds, bar by bar 24.
FEW, FEWER = 60, 24
ASSUMED = BacktestSettings()


@lru_cache
def subject(case, symbol) -> Subject:
    return Subject.of(case.make(), markets() if case.many else market(symbol), ASSUMED)


def runs(case) -> int:
    return FEWER if isinstance(case.make(), EventStrategy) else FEW


def found(case, symbol):
    """The check that should see what is wrong with a strategy."""
    looked_at = subject(case, symbol)
    if case.caught_by == "repeatable":
        return repeatable(looked_at)
    if case.caught_by == "warm_up":
        return warm_up(looked_at)
    return look_ahead(looked_at, runs=runs(case))


def symbols(case) -> tuple[str, ...]:
    if case.many:
        return ("all of them",)
    return FOUR if runs(case) == FEW or case in BIASED else ("GOOG",)  # bar by bar is slow


def test_the_corpus_is_large_enough():
    assert len(BIASED) >= 60
    assert len(CLEAN) >= 40
    assert len({case.name for case in (*BIASED, *CLEAN)}) == len(BIASED) + len(CLEAN)


@pytest.mark.parametrize("case", BIASED, ids=lambda case: case.name)
def test_a_strategy_that_cheats_is_caught_on_every_symbol(case):
    for symbol in symbols(case):
        check = found(case, symbol)
        assert check.grade is Grade.RED, (symbol, check.sentence)


@pytest.mark.parametrize("case", CLEAN, ids=lambda case: case.name)
def test_an_honest_strategy_is_accused_on_no_symbol(case):
    for symbol in symbols(case):
        looked_at = subject(case, symbol)
        ahead = look_ahead(looked_at, runs=runs(case))
        assert ahead.grade is Grade.GREEN, (symbol, ahead.sentence)
        for check in (repeatable(looked_at), warm_up(looked_at), anonymous(looked_at)):
            assert check.grade is not Grade.RED, (symbol, check.sentence)


@pytest.mark.parametrize(
    "case", [each for each in BIASED if each.caught_by == "look_ahead"], ids=lambda case: case.name
)
def test_a_look_ahead_is_caught_in_a_history_of_less_than_a_year(case):
    if not case.many:
        check = look_ahead(subject(case, "FB"), runs=600)
        assert check.grade is Grade.RED, check.sentence


def one_in(many):
    def decide(bars):
        target = long_while(bars.close > rolling(bars.close, 20))
        peeks = np.arange(len(bars)) % many == 7
        ahead = long_while(ago(bars.close, -1) > bars.close)
        target[peeks] = ahead[peeks]
        return target

    return Targets(decide, 20)


def only_after(row):
    def decide(bars):
        target = long_while(bars.close > rolling(bars.close, 20))
        ahead = long_while(ago(bars.close, -1) > bars.close)
        target[row:] = ahead[row:]
        return target

    return Targets(decide, 20)


def only_if_longer_than(count):
    def decide(bars):
        honest = long_while(bars.close > rolling(bars.close, 20))
        return honest if len(bars) < count else long_while(ago(bars.close, -1) > bars.close)

    return Targets(decide, 20)


@pytest.mark.parametrize(
    "strategy",
    [
        one_in(500),
        one_in(5_000),
        only_after(49_000),
        only_after(49_980),
        only_if_longer_than(40_000),
    ],
    ids=["1 in 500", "1 in 5000", "the last 1000", "the last 20", "long histories"],
)
def test_a_look_ahead_is_caught_in_a_long_history_though_it_is_rare(strategy):
    check = look_ahead(Subject.of(strategy, long_market(50_000), ASSUMED), runs=24)
    assert check.grade is Grade.RED, check.sentence


def test_an_honest_strategy_is_not_accused_in_a_long_history():
    honest = Targets(lambda bars: long_while(bars.close > rolling(bars.close, 20)), 20)
    check = look_ahead(Subject.of(honest, long_market(50_000), ASSUMED), runs=24)
    assert check.grade is Grade.GREEN, check.sentence


@pytest.mark.parametrize("many", [1_000, 1_600])
def test_two_bars_in_three_thousand_are_found_when_there_is_time_to_look(many):
    check = look_ahead(Subject.of(one_in(many), market("AAPL"), ASSUMED), runs=6_600)
    assert check.grade is Grade.RED, check.sentence
