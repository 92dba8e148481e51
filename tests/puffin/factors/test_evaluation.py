"""A factor is judged by what came after it, from a price one could have had."""

from __future__ import annotations

import numpy as np
import pytest

from puffin.data.universe import align
from puffin.errors import NoDataError, ParameterError
from puffin.factors import ranking
from puffin.factors.evaluation import Entry, evaluate_factor, forward_returns
from tests.puffin.factors.market import walk
from tests.puffin.factors.markets import changed, mingling, universe

MARKET = mingling(rows=300)


def test_returns_are_counted_from_the_next_open():
    later = forward_returns(MARKET, 5)
    wanted = MARKET.open[106] / MARKET.open[101] - 1
    np.testing.assert_allclose(later[100], wanted)
    assert np.isnan(later[-6:]).all()
    assert np.isfinite(later[:-6]).all()


def test_or_from_the_close_when_asked():
    later = forward_returns(MARKET, 5, entry=Entry.CLOSE)
    np.testing.assert_allclose(later[100], MARKET.close[105] / MARKET.close[100] - 1)
    assert np.isnan(later[-5:]).all()
    assert np.isfinite(later[:-5]).all()


@pytest.mark.parametrize("entry", Entry)
def test_they_depend_on_their_own_two_prices_and_on_nothing_else(entry):
    whole = forward_returns(MARKET, 5, entry=entry)
    wait = 1 if entry is Entry.NEXT_OPEN else 0
    known = 200 - 5 - wait  # rows whose end lies before row 200
    np.testing.assert_array_equal(
        forward_returns(changed(MARKET, 200), 5, entry=entry)[:known], whole[:known]
    )
    assert np.isnan(forward_returns(MARKET.head(200), 5, entry=entry)[known:]).all()


def test_a_symbol_without_a_bar_at_an_end_has_no_return():
    long, late = walk(100), walk(100, seed=4)
    both = align(
        [
            long,
            type(late)(
                "LATE",
                late.interval,
                late.time[40:],
                late.open[40:],
                late.high[40:],
                late.low[40:],
                late.close[40:],
                late.volume[40:],
            ),
        ]
    )
    later = forward_returns(both, 3)
    column = both.symbols.index("LATE")
    assert np.isnan(later[:39, column]).all()
    assert np.isfinite(later[39:96, column]).all()


@pytest.mark.parametrize("bars", [0, 501])
def test_a_horizon_without_sense_is_refused(bars):
    with pytest.raises(ParameterError, match="1 to 500 bars"):
        forward_returns(MARKET, bars)


def test_one_who_knows_the_future_is_seen_at_once():
    oracle = forward_returns(MARKET, 5)
    found = evaluate_factor(oracle, MARKET, horizons=[5, 1])
    assert [each.bars for each in found.horizons] == [1, 5]
    best = found.horizons[1]
    assert best.mean == pytest.approx(1)
    assert best.deviation == pytest.approx(0)
    assert best.positive == 1
    assert best.spread is not None
    assert best.spread > 0.02
    assert found.horizons[0].mean < 0.9
    assert (np.diff(best.quantiles.mean) > 0).all()
    worst = evaluate_factor(-oracle, MARKET, horizons=[5]).horizons[0]
    assert worst.mean == pytest.approx(-1)


def test_what_reverts_is_foretold_by_its_reversal():
    reversal = -(MARKET.close / np.roll(MARKET.close, 5, axis=0) - 1)
    reversal[:5] = np.nan
    found = evaluate_factor(reversal, MARKET, horizons=[1, 5, 20])
    first = found.horizons[0]
    assert first.t is not None
    assert first.t > 5
    assert found.alpha is not None
    assert found.alpha > 0
    assert found.coverage == pytest.approx(295 / 300)


def test_noise_foretells_nothing():
    noise = np.random.default_rng(11).normal(size=MARKET.close.shape)
    found = evaluate_factor(noise, MARKET)
    for each in found.horizons:
        assert each.t is not None
        assert abs(each.t) < 3
        assert each.autocorrelation == pytest.approx(0, abs=0.05)
        assert each.turnover[0] == pytest.approx(0.75, abs=0.02)  # four of sixteen


def test_its_figures_are_those_of_their_parts():
    factor = MARKET.volume
    found = evaluate_factor(factor, MARKET, horizons=[5], quantiles=4, entry=Entry.CLOSE)
    (each,) = found.horizons
    later = forward_returns(MARKET, 5, entry=Entry.CLOSE)
    series = ranking.information_coefficients(factor, later)
    there = series[np.isfinite(series)]
    assert each.dates == len(there) == 295
    assert each.mean == pytest.approx(there.mean())
    assert each.ratio == pytest.approx(there.mean() / there.std(ddof=1))
    assert each.t == pytest.approx(there.mean() / there.std(ddof=1) * (295 / 5) ** 0.5)
    labels = ranking.quantiles(factor, 4)
    parts = ranking.quantile_returns(labels, later, 4)
    assert each.spread == pytest.approx(parts.mean[3] - parts.mean[0])
    assert each.turnover[1] == pytest.approx(np.nanmean(ranking.quantile_turnover(labels, 4, 5)))
    assert found.quantiles == 4
    assert any("close at which" in note for note in found.notes)
    assert any("overlap" in note for note in found.notes)


def test_a_factor_that_never_differs_says_that_nothing_can_be_told():
    with pytest.raises(NoDataError, match="the same for every symbol on every date"):
        evaluate_factor(np.ones(MARKET.close.shape), MARKET)


def test_a_short_sample_says_what_it_has_and_needs():
    few = universe(rows=60, symbols=2)
    with pytest.raises(NoDataError, match="3 are needed; there are 2"):
        evaluate_factor(few.close, few)
    short = universe(rows=40, symbols=4)
    with pytest.raises(NoDataError, match=r"Over 10 bars, 29 dates .* 3 symbols or more; 30 are"):
        evaluate_factor(short.close, short)
    assert evaluate_factor(short.close, short, horizons=[1]).horizons[0].dates == 38


def test_few_symbols_are_a_warning():
    few = universe(rows=80, symbols=4)
    found = evaluate_factor(few.volume, few, horizons=[1])
    assert found.quantiles == 4
    assert "With 4 symbols" in found.notes[0]
    assert "4 symbols in 4 quantiles" in found.notes[1]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ParameterError, match="every row and symbol"):
        evaluate_factor(MARKET.close[:-1], MARKET)
    with pytest.raises(ParameterError, match="Name one horizon"):
        evaluate_factor(MARKET.close, MARKET, horizons=[])
    with pytest.raises(ParameterError, match="16 symbols cannot be cut into 17"):
        evaluate_factor(MARKET.close, MARKET, quantiles=17)
