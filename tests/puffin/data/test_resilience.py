"""Passing faults are tried again with patience, and a provider that keeps failing is left alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from puffin.data.bars import Bars, Interval
from puffin.data.resilience import Breaker, BreakerOpenError, GuardedProvider, Retrier
from puffin.errors import (
    BarsError,
    NoDataError,
    ProviderUnavailableError,
    RateLimitedError,
    SymbolNotFoundError,
)
from puffin.types import Instrument

if TYPE_CHECKING:
    from puffin.types import Dividend, Split

DOWN = ProviderUnavailableError("down")


@dataclass
class FakeTime:
    """A clock that moves only when told, or while something sleeps."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Script:
    """Answers one after the other; an exception is raised."""

    answers: list[str | Exception]
    asked: int = 0

    def __call__(self) -> str:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakeProvider:
    """A provider that fails as told, and remembers what it was asked."""

    script: Script
    name: str = "Fake"
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def history(
        self,
        symbol: str,
        interval: Interval,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Bars:
        self.asked.append((symbol, interval, start, end))
        self.script()
        return Bars.empty(symbol, interval)

    def search(self, text: str) -> list[Instrument]:
        self.asked.append((text,))
        return [Instrument(self.script())]

    def splits(self, symbol: str) -> list[Split]:
        self.asked.append((symbol,))
        self.script()
        return []

    def dividends(self, symbol: str) -> list[Dividend]:
        self.asked.append((symbol,))
        self.script()
        return []


def retrier(time: FakeTime, chance: float = 1.0) -> Retrier:
    return Retrier(sleep=time.sleep, chance=lambda: chance)


def test_a_passing_fault_is_tried_three_times_with_growing_waits():
    time, script = FakeTime(), Script([DOWN, RateLimitedError("wait"), "yes"])
    assert retrier(time).call(script) == "yes"
    assert time.slept == [0.5, 1.0]


def test_the_wait_is_somewhere_between_nothing_and_the_limit():
    time = FakeTime()
    retrier(time, chance=0.25).call(Script([DOWN, DOWN, "yes"]))
    assert time.slept == [0.125, 0.25]


def test_waits_never_pass_eight_seconds():
    time = FakeTime()
    patient = Retrier(tries=8, sleep=time.sleep, chance=lambda: 1.0)
    with pytest.raises(ProviderUnavailableError):
        patient.call(Script([DOWN]))
    assert time.slept == [0.5, 1, 2, 4, 8, 8, 8]


def test_the_last_fault_is_raised():
    time, script = FakeTime(), Script([DOWN, DOWN, ProviderUnavailableError("still down")])
    with pytest.raises(ProviderUnavailableError, match="still down"):
        retrier(time).call(script)
    assert script.asked == 3


def test_a_wait_the_provider_asks_for_is_kept():
    time = FakeTime()
    retrier(time).call(Script([RateLimitedError("wait", retry_after=7), "yes"]))
    assert time.slept == [7]


def test_a_wait_of_a_day_is_not_slept_but_said():
    time, script = FakeTime(), Script([RateLimitedError("wait", retry_after=86_400), "yes"])
    with pytest.raises(RateLimitedError) as raised:
        retrier(time).call(script)
    assert (raised.value.retry_after, time.slept, script.asked) == (86_400, [], 1)


@pytest.mark.parametrize(
    "error", [SymbolNotFoundError("x"), NoDataError("x"), BarsError("x"), KeyError("x")]
)
def test_an_answer_or_a_fault_of_ours_is_not_tried_again(error: Exception):
    time, script = FakeTime(), Script([error])
    with pytest.raises(type(error)):
        retrier(time).call(script)
    assert (script.asked, time.slept) == (1, [])


def fail(breaker: Breaker, times: int, error: Exception = DOWN) -> None:
    for _ in range(times):
        with pytest.raises(type(error)):
            breaker.call(Script([error]))


def test_three_faults_in_a_row_open_the_breaker_for_thirty_seconds():
    time = FakeTime()
    breaker = Breaker(clock=time)
    fail(breaker, 3)
    untouched = Script(["yes"])
    time.now = 29.0
    with pytest.raises(BreakerOpenError) as raised:
        breaker.call(untouched)
    assert (untouched.asked, raised.value.retry_after, breaker.is_open) == (0, 1.0, True)
    time.now = 30.0
    assert breaker.call(untouched) == "yes"
    assert not breaker.is_open


def test_two_faults_and_an_answer_do_not_open_it():
    breaker = Breaker(clock=FakeTime())
    fail(breaker, 2)
    breaker.call(Script(["yes"]))
    fail(breaker, 2)
    assert not breaker.is_open


def test_an_unknown_symbol_is_an_answer_and_never_opens_it():
    breaker = Breaker(clock=FakeTime())
    fail(breaker, 2)
    fail(breaker, 9, SymbolNotFoundError("nobody"))
    fail(breaker, 2)
    assert not breaker.is_open


def test_after_the_rest_one_fault_opens_it_again():
    time = FakeTime()
    breaker = Breaker(clock=time)
    fail(breaker, 3)
    time.now = 31.0
    fail(breaker, 1)
    time.now = 60.0
    assert breaker.is_open
    time.now = 61.0
    assert breaker.call(Script(["yes"])) == "yes"


def test_after_the_rest_only_one_question_is_let_through_at_a_time():
    time = FakeTime()
    breaker = Breaker(clock=time)
    fail(breaker, 3)
    time.now = 31.0

    def ask_inside() -> str:
        with pytest.raises(BreakerOpenError):
            breaker.call(Script(["second"]))
        return "first"

    assert breaker.call(ask_inside) == "first"


def test_a_crash_during_the_trial_does_not_block_the_next_one():
    time = FakeTime()
    breaker = Breaker(clock=time)
    fail(breaker, 3)
    time.now = 31.0
    with pytest.raises(KeyError):
        breaker.call(Script([KeyError("ours")]))
    assert breaker.call(Script(["yes"])) == "yes"


def test_a_guarded_provider_tries_again_and_stops_asking_when_the_breaker_opens():
    time, script = FakeTime(), Script([DOWN])
    guarded = GuardedProvider(FakeProvider(script), retrier(time), Breaker(clock=time))
    with pytest.raises(ProviderUnavailableError):
        guarded.history("A", Interval.D1)
    assert script.asked == 3
    with pytest.raises(BreakerOpenError):
        guarded.splits("A")
    assert (script.asked, len(time.slept)) == (3, 2)


def test_a_guarded_provider_passes_answers_through():
    inner, day = FakeProvider(Script(["A"])), datetime(2012, 6, 4, tzinfo=UTC)
    guarded = GuardedProvider(inner)
    assert guarded.name == "Fake"
    assert guarded.search("a") == [Instrument("A")]
    assert guarded.splits("A") == []
    assert guarded.history("A", Interval.D1, day, None).symbol == "A"
    assert inner.asked == [("a",), ("A",), ("A", Interval.D1, day, None)]


def test_a_provider_says_how_it_answers_and_how_long_it_is_left_alone():
    time = FakeTime()
    guarded = GuardedProvider(
        FakeProvider(Script([NoDataError("nothing"), DOWN])),
        retrier(time),
        Breaker(failures=3, rest=30, clock=time),
    )
    for error in (NoDataError, ProviderUnavailableError):
        with pytest.raises(error):
            guarded.search("x")
    time.now += 10
    read = guarded.reading()
    assert (read.asked, read.failed, read.error, read.pause) == (4, 3, "down", 20)
    with pytest.raises(BreakerOpenError):
        guarded.search("x")
    assert guarded.reading().asked == 4
