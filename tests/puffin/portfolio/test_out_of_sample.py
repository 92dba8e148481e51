from __future__ import annotations

import numpy as np
import pytest

from puffin.errors import CancelledError, NoDataError, ParameterError
from puffin.portfolio.limits import Constraints, Options
from puffin.portfolio.out_of_sample import out_of_sample
from tests.puffin.portfolio.prices import drawn, universe


def test_equal_weights_beside_themselves_are_the_same():
    found = out_of_sample("equal", universe(), None, Options(cost=0.001), train=100, test=50)
    assert found.curve.tolist() == found.equal_curve.tolist()
    assert found.record == found.equal_record
    assert found.steps == 6
    assert len(found.time) == len(found.curve) == 300


def test_weights_are_held_and_drift_until_the_next_step():
    prices = universe()
    returns = prices.close[1:] / prices.close[:-1] - 1
    found = out_of_sample("equal", prices, train=100, test=50)
    expected = 1.0
    for start in range(100, len(returns), 50):
        ahead = returns[start : start + 50]
        expected *= float((np.prod(1 + ahead, axis=0) * 0.25).sum())
    assert found.equal_curve[-1] == pytest.approx(expected)


def test_what_follows_the_window_has_no_part_in_the_weights():
    prices = universe(300)
    whole = out_of_sample("min_variance", prices, train=100, test=60)
    part = out_of_sample("min_variance", prices.head(200), train=100, test=60)
    assert whole.curve[: len(part.curve)] == pytest.approx(part.curve, rel=1e-9)


def test_trading_is_paid_for_by_both():
    free = out_of_sample("min_variance", universe(), train=100, test=50)
    paid = out_of_sample("min_variance", universe(), None, Options(cost=0.01), train=100, test=50)
    assert paid.curve[-1] < free.curve[-1]
    assert paid.equal_curve[-1] < free.equal_curve[-1]
    assert paid.record.costs > 0.01
    assert 0 < paid.record.turnover < 2


def test_it_says_who_did_better():
    found = out_of_sample("min_variance", universe(), train=100, test=50)
    assert found.record.sharpe is not None
    assert found.equal_record.sharpe is not None
    word = "more" if found.record.sharpe > found.equal_record.sharpe else "less"
    assert f"minimum variance earned {word} for its risk than equal weights" in found.sentence
    assert "over 6 steps" in found.sentence


def test_a_step_at_which_the_method_cannot_say_keeps_the_weights_and_is_told():
    asked = Options(target_return=0.3)
    found = out_of_sample("target_return", universe(700, seed=2), None, asked, train=100, test=50)
    assert found.notes
    assert all("the weights stayed as they were. A return of 30.0%" in each for each in found.notes)


def test_a_method_that_can_never_say_is_an_error():
    with pytest.raises(ParameterError, match="cannot be reached"):
        out_of_sample("target_return", universe(), None, Options(target_return=9.0), train=100)
    with pytest.raises(ParameterError, match="largest weights add up"):
        out_of_sample("hrp", universe(), Constraints(largest=0.1), train=100)


def test_too_little_history_says_what_there_is_and_is_needed():
    with pytest.raises(
        NoDataError, match=r"99 common returns are too few .* sees 252 and is held over 21"
    ):
        out_of_sample("hrp", universe(100))
    with pytest.raises(ParameterError, match="60 returns or more"):
        out_of_sample("hrp", universe(100), train=10)


def test_it_can_be_stopped():
    def stop(done):
        if done > 0.2:
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        out_of_sample("equal", universe(), train=100, test=20, progress=stop)


def test_returns_of_the_fixture_are_as_expected():
    assert drawn().shape == (400, 4)
