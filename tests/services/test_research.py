from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from puffin.data.bars import Interval
from puffin.errors import NoDataError, ParameterError, SymbolNotFoundError
from puffling.core.errors import StoreError
from puffling.services.periods import Period, prices

FOUR = ("AAPL", "GOOG", "IBM", "MSFT")


def quiet(_):
    return None


class Here:
    """Another process that is this one."""

    def call(self, function, *arguments, progress):
        return function(*arguments, progress=progress)


@pytest.fixture
def research(puffling, monkeypatch):
    monkeypatch.setattr(puffling.context.research, "_elsewhere", Here())
    return puffling.context.research


def test_prices_are_inspected_as_they_were_traded(research):
    found = research.inspect("AAPL")
    assert (len(found.bars), found.expected, found.missing) == (3083, 3083, 0)
    assert dict(found.provenance)["Source"] == "Demo market"
    with pytest.raises(SymbolNotFoundError):
        research.inspect("no such symbol")


def test_what_is_exported_is_imported_digit_for_digit(puffling, research, tmp_path):
    path = tmp_path / "aapl.csv"
    done = research.export("AAPL", path)
    assert (done.rows, done.adjusted) == (3083, False)
    puffling.context.bars.import_csv(path, "MINE")
    bars = puffling.context.bars
    ours = bars.history("MINE", Interval.D1, adjusted=False)
    theirs = bars.history("AAPL", Interval.D1, adjusted=False)
    for name in ("time", "open", "high", "low", "close", "volume", "adjusted_close"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name


def test_a_file_that_cannot_be_written_is_said(research, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        research.export("AAPL", tmp_path / "file" / "x.csv")


def test_the_regime_of_a_symbol_is_known_from_its_own_past(research):
    early = research.regime("AAPL", Period(end=date(2010, 12, 31)))
    late = research.regime("AAPL")
    count = len(early.volatility)
    # What was known in 2010 does not change: only the scale of adjusted prices does.
    assert np.array_equal(early.volatility, late.volatility[:count], equal_nan=True)
    with pytest.raises(NoDataError, match="Regimes need 61 bars; AAPL has 22"):
        research.regime("AAPL", Period(start=date(2012, 5, 1)))


def test_clusters_are_learned_elsewhere(research):
    view = research.clusters("AAPL", quiet)
    assert view.now is not None
    assert len(view.regimes) > 50


def test_a_factor_is_computed_by_its_id_or_its_expression(puffling, research):
    by_id = research.factor("momentum_12_1", FOUR)
    by_text = research.factor("delay(close, 21) / delay(close, 252) - 1", FOUR)
    assert np.array_equal(by_id.values, by_text.values, equal_nan=True)
    assert by_id.symbols == FOUR
    values = [value for _, value, _ in by_id.latest]
    assert values == sorted(values, reverse=True)
    bars = prices(puffling.context.bars, "IBM", Period())
    expected = bars.close[-22] / bars.close[-253] - 1
    assert {name: value for name, value, _ in by_id.latest}["IBM"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("expression", "symbols", "error", "said"),
    [
        ("close +", FOUR, ParameterError, "Column 7"),
        ("__import__('os')", FOUR, ParameterError, "Column"),
        ("nothing_known", FOUR, ParameterError, "nothing_known"),
        ("delay(close, 252)", ("FB",), NoDataError, "needs 253 bars; there are 9"),
        ("book_to_price", FOUR, NoDataError, "needs"),
    ],
)
def test_what_cannot_be_computed_says_why(research, expression, symbols, error, said):
    with pytest.raises(error, match=said):
        research.factor(expression, symbols)


def test_a_value_that_cannot_be_known_says_why(research):
    found = research.factor("close / 0", FOUR)
    said = "close / 0: division by zero on every bar."
    assert found.reasons == dict.fromkeys(FOUR, said)
    assert f"No value of AAPL, GOOG, IBM and MSFT now: {said}" in found.notes
    assert research.factor("close", FOUR).reasons == {}
    with pytest.raises(NoDataError, match=r"no value at all.*logarithm of a number below zero"):
        research.evaluate("log(-close)", FOUR, quiet)


def test_a_factor_is_judged_by_what_came_after(research):
    found = research.evaluate("-returns", FOUR, quiet, horizons=(1, 5))
    assert [each.bars for each in found.horizons] == [1, 5]
    assert found.symbols == FOUR
    assert -1 < found.horizons[0].mean < 1
    with pytest.raises(NoDataError, match="symbols"):
        research.evaluate("-returns", ("AAPL", "IBM"), quiet)


def test_the_library_says_what_it_cannot_compute_and_why(research):
    known = {each.id: each for each in research.factors()}
    assert known["momentum_12_1"].available
    assert any(each.missing for each in known.values())
