from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.work.flight import MOST, SECONDS, Flight, spread


class Hands:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def flight(clock) -> Flight:
    return Flight(clock)


def test_only_the_last_minute_is_kept(flight, clock):
    for _ in range(SECONDS + 30):
        flight.happened("quotes")
        clock.now += 1
    told = flight.told()
    assert len(told) == SECONDS - 1  # the running second has nothing yet
    assert [told[0]["seconds_ago"], told[-1]["seconds_ago"]] == [SECONDS - 1, 1]


def test_figures_are_of_the_seconds_asked_for(flight, clock):
    flight.shown(0.5)
    flight.painted("chart", 0.020)
    clock.now += 20
    flight.shown(0.010)
    flight.painted("chart", 0.004)
    flight.painted("chart", 0.006)
    flight.stalled(0.2)
    assert flight.latency(10).longest == 0.010
    assert flight.latency(60).longest == 0.5
    assert flight.paints(10)["chart"].count == 2
    assert flight.stall().longest == 0.2


def test_a_busy_second_does_not_grow_without_end(flight):
    for _ in range(MOST + 100):
        flight.painted("chart", 0.001)
        flight.shown(0.001)
    assert flight.paints()["chart"].count == MOST
    assert flight.latency().count == MOST


def test_what_is_told_is_plain_and_in_milliseconds(flight):
    flight.painted("chart", 0.0123)
    flight.stalled(0.25)
    (second,) = json.loads(json.dumps(flight.told()))
    assert second["paints"] == {"chart": {"count": 1, "longest": 12.3}}
    assert second["stalls"] == [250.0]


@given(st.lists(st.floats(0, 10), min_size=1, max_size=200))
def test_the_spread_is_of_what_was_measured(times: list[float]):
    found = spread(times)
    assert found.median in times
    assert found.p99 in times
    assert found.longest == max(times)
    assert found.count == len(times)


def test_nothing_measured_is_unknown_and_not_zero():
    assert spread([]).median is None
