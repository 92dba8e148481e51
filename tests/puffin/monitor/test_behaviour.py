from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from puffin.monitor.behaviour import behaviour, distribution
from puffin.monitor.pnl import state
from puffin.types import Side
from tests.puffin.monitor.histories import fill

DAY = 24 * 60


def traded(*profits: int, hold: int = 30, every: int = DAY):
    """One trade after the other, each with this profit a share."""
    fills = []
    for place, each in enumerate(profits):
        fills.append(fill(quantity="1", price="100", minute=place * every))
        fills.append(
            fill(side=Side.SELL, quantity="1", price=str(100 + each), minute=place * every + hold)
        )
    return state(fills).trips


def test_streaks_are_counted_by_the_ends_of_trades():
    found = behaviour(traded(1, 2, -1, -2, -3, 4, -1, -1))
    assert (found.longest_win, found.longest_loss, found.streak) == (2, 3, -2)
    assert (found.trades, found.busiest, found.a_day) == (8, 1, 1.0)


def test_a_trade_that_broke_even_ends_a_streak():
    assert behaviour(traded(1, 0)).streak == 0
    assert behaviour(traded(1, 0, 1)).longest_win == 1


def test_winners_and_losers_are_held_for_their_own_time():
    found = behaviour(
        state(
            [
                fill(quantity="1", price="100"),
                fill(side=Side.SELL, quantity="1", price="105", minute=30),
                fill(quantity="1", price="100", minute=60),
                fill(side=Side.SELL, quantity="1", price="95", minute=60 + 3 * DAY),
            ]
        ).trips
    )
    assert found.winners == timedelta(minutes=30)
    assert found.losers == timedelta(days=3)
    assert [(each.name, each.trades, float(each.net)) for each in found.held] == [
        ("up to an hour", 1, 5),
        ("up to a week", 1, -5),
    ]


def test_what_follows_a_loss_is_told_apart_from_what_follows_a_win():
    found = behaviour(traded(-5, 3, 2, -1, 4))
    assert (found.after_loss.trades, found.after_loss.win_rate) == (2, 1.0)
    assert (found.after_win.trades, found.after_win.win_rate) == (2, 0.5)
    assert found.after_loss.average == pytest.approx(3.5)
    assert found.after_loss.pause == timedelta(minutes=DAY - 30)


def test_a_trade_begun_before_the_loss_was_known_does_not_follow_it():
    found = behaviour(traded(-5, 3, hold=DAY + 60))
    assert found.after_loss.trades == 0
    assert found.after_loss.average is None


def test_nobody_who_never_traded_has_habits():
    found = behaviour(state([fill()]).trips)
    assert (found.trades, found.streak, found.winners, found.a_day) == (0, 0, None, None)
    assert not found.held
    assert not found.distribution


def test_a_distribution_has_zero_as_a_border_and_counts_everything():
    found = distribution([-120.0, -3.0, 4.0, 8.0, 250.0])
    assert sum(each.count for each in found) == 5
    assert any(each.low == 0 for each in found)
    assert len(found) <= 17
    assert all(one.high == other.low for one, other in itertools.pairwise(found))


def test_a_distribution_of_one_value_has_a_bin():
    assert [each.count for each in distribution([0.0, 0.0])] == [2]
    assert sum(each.count for each in distribution([5.0])) == 1
