from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from puffin.data.bars import Bars, Interval
from puffin.errors import ParameterError
from puffin.monitor.conditions import Study, read_condition
from puffin.monitor.rehearsal import begins, rehearse
from puffin.monitor.watch import Manner

DAY = 86_400_000_000_000
START = 15_340 * DAY  # 1 January 2012


def bars_of(rows: list[tuple[float, float, float, float]]) -> Bars:
    """Make daily bars of open, high, low and close."""
    columns = np.array(rows, dtype=np.float64).T
    return Bars(
        symbol="AAPL",
        interval=Interval.D1,
        time=START + np.arange(len(rows), dtype=np.int64) * DAY,
        open=columns[0],
        high=columns[1],
        low=columns[2],
        close=columns[3],
        volume=np.full(len(rows), 1_000.0),
    )


ABOVE = read_condition({"kind": "price", "when": "above", "price": "110"})
EVERY = Manner("every", cooldown=timedelta(0))
WAY = bars_of(
    [
        (100, 105, 95, 100),
        (100, 112, 99, 101),  # goes there within the day and comes back
        (101, 103, 100, 102),
        (115, 116, 112, 113),  # opens beyond
        (113, 114, 111, 112),  # stays
    ]
)


def test_a_level_that_was_touched_within_a_day_would_have_spoken():
    found = rehearse(ABOVE, EVERY, WAY)
    assert [each.at.day for each in found] == [2, 4]
    assert [each.value for each in found] == [Decimal(112), Decimal(115)]


def test_once_is_rehearsed_as_every_time():
    assert len(rehearse(ABOVE, Manner("once", cooldown=timedelta(0)), WAY)) == 2


def test_only_the_last_days_are_told_of_but_all_are_watched():
    assert [each.at.day for each in rehearse(ABOVE, EVERY, WAY, days=2)] == [4]


def test_moves_and_extremes_look_at_the_sessions_before():
    move = read_condition({"kind": "move", "when": "up", "percent": "10"})
    # Day 4 opens 12.7 % up, dips to 9.8 % and closes 10.8 % up.
    assert [each.at.day for each in rehearse(move, EVERY, WAY)] == [2, 4, 4]
    extreme = read_condition({"kind": "extreme", "when": "high", "sessions": 2})
    # Day 3 is the first with two sessions before it, and is below them; day 4 is above.
    # It dips to the old high, which is no new one, and closes above it.
    assert [each.at.day for each in rehearse(extreme, EVERY, WAY)] == [4, 4]


def test_an_indicator_speaks_at_the_close_where_its_rule_begins_to_hold():
    closes = [10, 9, 8, 9, 11, 12, 11, 9, 8, 9, 11]
    bars = bars_of([(each, each + 1, each - 1, each) for each in closes])
    rule = {
        "kind": "compare",
        "left": {"kind": "price", "field": "close"},
        "op": ">",
        "right": {"kind": "number", "value": 10.0},
    }
    study = read_condition({"kind": "study", "rule": rule})
    assert isinstance(study, Study)
    assert np.flatnonzero(begins(study, bars)).tolist() == [4, 10]
    assert [float(each.value) for each in rehearse(study, EVERY, bars)] == [11, 11]


def test_an_indicator_that_is_not_known_yet_begins_nothing():
    bars = bars_of([(each, each + 1, each - 1, each) for each in range(20, 50)])
    rule = {
        "kind": "compare",
        "left": {"kind": "price", "field": "close"},
        "op": ">",
        "right": {"kind": "indicator", "id": "sma", "parameters": {"window": 20}},
    }
    study = read_condition({"kind": "study", "rule": rule})
    assert isinstance(study, Study)
    assert not begins(study, bars).any()


def test_what_past_prices_cannot_tell_is_refused():
    with pytest.raises(ParameterError, match="Past prices do not tell"):
        rehearse(read_condition({"kind": "order"}), EVERY, WAY)


def test_no_bars_no_words():
    assert rehearse(ABOVE, EVERY, Bars.empty("AAPL", Interval.D1)) == []
