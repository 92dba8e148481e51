"""When alerts speak: crossings, repeats, cooldowns, hysteresis and quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.monitor.conditions import read_condition
from puffin.monitor.watch import Manner, Memory, Quiet, View, read, step, told
from puffin.types import Quote

AT = datetime(2012, 6, 1, 15, 0, tzinfo=UTC)
ABOVE = read_condition({"kind": "price", "when": "above", "price": "100"})
EVERY = Manner("every", cooldown=timedelta(0))


def quote(last: str, close: str | None = None) -> Quote:
    price = Decimal(last)
    before = None if close is None else Decimal(close)
    return Quote("AAPL", price, price, price, AT, previous_close=before)


def run(prices: list[str], manner: Manner = EVERY, condition=ABOVE, minutes: int = 1) -> list[int]:
    """Return at which of the prices the alert spoke."""
    memory, spoken = Memory(), []
    for place, price in enumerate(prices):
        reading = read(condition, View(quote=quote(price)), manner.hysteresis)
        assert reading is not None
        memory, speaks = step(memory, reading, manner, AT + place * timedelta(minutes=minutes))
        if speaks:
            spoken.append(place)
    return spoken


def test_it_speaks_when_the_price_crosses_and_not_while_it_stays():
    assert run(["99", "100", "101", "99", "102"]) == [1, 4]


def test_an_alert_that_begins_beyond_its_level_waits_for_the_price_to_come_back():
    assert run(["101", "102", "99", "101"]) == [3]


def test_once_is_once():
    assert run(["99", "101", "99", "101"], Manner("once")) == [1]


def test_every_time_rests_for_the_cooldown():
    manner = Manner("every", cooldown=timedelta(minutes=3))
    assert run(["99", "101", "99", "101", "99", "101"], manner) == [1, 5]


def test_once_a_day_is_once_a_day_in_new_york():
    manner = Manner("daily", cooldown=timedelta(0))
    # 15:00 UTC on; twelve hours later it is 23:00 of the same day there, 24 hours later the next.
    assert run(["99", "101", "99", "101", "99"], manner, minutes=720) == [1, 3]
    assert run(["99", "101", "99", "101", "99"], manner, minutes=60) == [1]


def test_with_hysteresis_a_price_that_trembles_at_its_level_is_said_once():
    trembling = ["98", "100", "99.9", "100.1", "99.8", "100.2", "98.9", "100"]
    assert run(trembling) == [1, 3, 5, 7]
    assert run(trembling, Manner("every", timedelta(0), Decimal("0.01"))) == [1, 7]


def test_what_comes_true_in_quiet_hours_is_passed_over():
    manner = Manner("every", timedelta(0), quiet=Quiet(time(10, 0), time(11, 30)))
    # 15:00 UTC is 11:00 in New York.
    assert run(["99", "101", "99", "101"], manner, minutes=12) == [3]


@pytest.mark.parametrize(("hour", "quiet"), [(21, True), (3, True), (12, False)])
def test_quiet_hours_may_pass_midnight(hour, quiet):
    hours = Quiet(time(20, 0), time(7, 0))
    at = datetime(2012, 6, 1, hour, 30, tzinfo=UTC) + timedelta(hours=4)
    assert hours.holds(at) is quiet


@pytest.mark.parametrize(
    ("document", "view", "value", "holds"),
    [
        ({"kind": "price", "when": "below", "price": "50"}, View(quote("49")), "49", True),
        ({"kind": "move", "percent": "5"}, View(quote("94", "100")), "6", True),
        ({"kind": "move", "when": "up", "percent": "5"}, View(quote("94", "100")), "-6", False),
        ({"kind": "move", "when": "down", "percent": "5"}, View(quote("94", "100")), "6", True),
        ({"kind": "extreme", "when": "high"}, View(quote("10"), highest=Decimal(10)), "10", False),
        ({"kind": "extreme", "when": "high"}, View(quote("11"), highest=Decimal(10)), "11", True),
        ({"kind": "extreme", "when": "low"}, View(quote("9"), lowest=Decimal(10)), "9", True),
        (
            {"kind": "position", "when": "below", "amount": "-500"},
            View(profit=Decimal(-501)),
            "-501",
            True,
        ),
        (
            {"kind": "position", "when": "above", "amount": "10", "unit": "percent"},
            View(profit_ratio=Decimal("0.09")),
            "9",
            False,
        ),
        ({"kind": "day loss", "percent": "2"}, View(day_ratio=Decimal("-0.021")), "2.1", True),
        ({"kind": "day loss", "percent": "2"}, View(day_ratio=Decimal("0.03")), "-3", False),
        ({"kind": "drawdown", "percent": "10"}, View(drawdown=Decimal("0.1")), "10", True),
        ({"kind": "drift", "goal": "mine", "points": "5"}, View(drift=Decimal("0.04")), "4", False),
        ({"kind": "silence", "seconds": 60}, View(silence=61.0), "61", True),
    ],
)
def test_every_condition_with_a_level_reads_its_figure(document, view, value, holds):
    reading = read(read_condition(document), view)
    assert reading is not None
    assert (reading.value, reading.holds) == (Decimal(value), holds)


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "price", "when": "below", "price": "50"},
        {"kind": "move", "percent": "5"},
        {"kind": "extreme", "when": "high"},
        {"kind": "position", "when": "above", "amount": "1"},
        {"kind": "day loss", "percent": "2"},
        {"kind": "drawdown", "percent": "2"},
        {"kind": "drift", "goal": "mine", "points": "2"},
        {"kind": "silence"},
        {"kind": "order"},
        {"kind": "job"},
    ],
)
def test_what_is_not_known_is_never_true(document):
    assert read(read_condition(document), View()) is None


def test_a_move_without_the_last_close_is_not_known():
    assert read(read_condition({"kind": "move", "percent": "5"}), View(quote("94"))) is None


def test_what_happens_is_told_each_time_but_rests_like_the_others():
    memory, speaks = told(Memory(), Manner("every"), AT)
    assert speaks
    _, again = told(memory, Manner("every"), AT + timedelta(minutes=1))
    assert not again
    _, later = told(memory, Manner("every"), AT + timedelta(minutes=20))
    assert later


def test_an_alert_that_is_off_says_nothing_and_remembers_nothing():
    off = Memory(armed=True, enabled=False)
    reading = read(ABOVE, View(quote=quote("101")))
    assert reading is not None
    assert step(off, reading, EVERY, AT) == (off, False)
    assert told(off, EVERY, AT) == (off, False)


@given(st.lists(st.integers(90, 110), min_size=1, max_size=60), st.integers(0, 5))
def test_between_two_times_it_speaks_the_price_was_clearly_on_the_near_side(prices, percent):
    hysteresis = Decimal(percent) / 100
    spoken = run([str(each) for each in prices], Manner("every", timedelta(0), hysteresis))
    bounds = [-1, *spoken]
    for before, now in zip(bounds, spoken, strict=False):
        between = prices[before + 1 : now]
        assert prices[now] >= 100
        assert any(each < 100 - 100 * hysteresis for each in between)
