from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.monitor.returns import (
    Snapshot,
    for_period,
    growth,
    money_weighted,
    rate_of,
    session_returns,
    time_weighted,
    times,
)

START = date(2012, 6, 1)


def snapshots(*values: tuple[float, float], every: int = 1) -> list[Snapshot]:
    """Equity and flow of one day after the other."""
    return [
        Snapshot(
            START + timedelta(days=place * every),
            datetime(2012, 6, 1, 20, tzinfo=UTC) + timedelta(days=place * every),
            Decimal(str(equity)),
            Decimal(str(flow)),
        )
        for place, (equity, flow) in enumerate(values)
    ]


def test_without_flows_the_returns_are_the_changes():
    found = session_returns(snapshots((100, 0), (110, 0), (99, 0)))
    assert found == pytest.approx([0.1, -0.1])
    assert time_weighted(found) == pytest.approx(-0.01)


def test_money_put_in_is_no_return():
    assert time_weighted(session_returns(snapshots((100, 0), (200, 100), (220, 0)))) == (
        pytest.approx(0.1)
    )


def test_money_taken_out_is_no_loss():
    assert time_weighted(session_returns(snapshots((100, 0), (55, -55)))) == pytest.approx(0.1)


def test_everything_taken_out_leaves_nothing_to_make_a_return_with():
    found = session_returns(snapshots((100, 0), (0, -100), (0, 0)))
    assert found[0] == 0
    assert np.isnan(found[1])
    assert time_weighted(found) is None


def test_nothing_has_no_return():
    assert time_weighted(np.empty(0)) is None
    assert len(session_returns([])) == 0
    assert len(growth([])) == 0
    assert money_weighted([]) is None


def test_growth_is_what_a_dollar_became():
    assert growth(snapshots((100, 0), (220, 100), (198, 0))) == pytest.approx([1, 1.1, 0.99])


def test_sessions_are_named_as_daily_bars_are():
    assert times(snapshots((1, 0))).tolist() == [1_338_508_800_000_000_000]


def test_a_doubling_in_a_year_is_a_hundred_percent():
    found = money_weighted(snapshots((100, 0), (200, 0), every=365))
    assert found == pytest.approx(1.0, abs=1e-9)


def test_the_rate_of_a_known_example_is_that_of_a_spreadsheet():
    flows = [
        (datetime(2008, 1, 1, tzinfo=UTC), Decimal(-10_000)),
        (datetime(2008, 3, 1, tzinfo=UTC), Decimal(2_750)),
        (datetime(2008, 10, 30, tzinfo=UTC), Decimal(4_250)),
        (datetime(2009, 2, 15, tzinfo=UTC), Decimal(3_250)),
        (datetime(2009, 4, 1, tzinfo=UTC), Decimal(2_750)),
    ]
    assert rate_of(flows) == pytest.approx(0.373362535, abs=1e-8)


def test_money_that_came_before_a_fall_weighs_more_than_time_does():
    history = snapshots((100, 0), (200, 0), (1_200, 1_000), (600, 0), every=91)
    assert time_weighted(session_returns(history)) == pytest.approx(0.0, abs=1e-12)
    found = money_weighted(history)
    assert found is not None
    assert found < -0.3


@given(
    rate=st.floats(-0.9, 3.0),
    flows=st.lists(st.tuples(st.integers(1, 700), st.integers(1, 10_000)), min_size=1, max_size=8),
)
def test_a_rate_is_found_again_from_the_flows_it_made(rate: float, flows):
    at = datetime(2010, 1, 1, tzinfo=UTC)
    end = at + timedelta(days=800)
    worth = sum(amount * (1 + rate) ** ((800 - day) / 365) for day, amount in flows)
    paid = [(at + timedelta(days=day), Decimal(-amount)) for day, amount in flows]
    assert rate_of([*paid, (end, Decimal(repr(worth)))]) == pytest.approx(rate, abs=1e-6)


def test_flows_of_one_sign_have_no_rate():
    at = datetime(2010, 1, 1, tzinfo=UTC)
    assert rate_of([(at, Decimal(-5)), (at + timedelta(days=9), Decimal(-5))]) is None
    assert rate_of([(at, Decimal(5))]) is None


def test_less_than_a_day_has_no_yearly_rate():
    at = datetime(2010, 1, 1, tzinfo=UTC)
    assert rate_of([(at, Decimal(-5)), (at + timedelta(hours=9), Decimal(6))]) is None


def test_a_loss_beyond_every_rate_is_not_known():
    at = datetime(2010, 1, 1, tzinfo=UTC)
    assert rate_of([(at, Decimal(-1)), (at + timedelta(days=2), Decimal(10) ** 9)]) is None


def test_a_yearly_rate_can_be_told_for_its_own_days():
    assert for_period(0.21, 365 / 2) == pytest.approx(0.1)
    assert for_period(None, 3) is None
    assert for_period(-1.0, 3) is None
