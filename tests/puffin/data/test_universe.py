from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.data.bars import Bars, Interval
from puffin.data.universe import align, listed
from puffin.errors import BarsError, NoDataError, ParameterError
from tests.puffin.backtest.basket import named, without
from tests.puffin.backtest.market import bars, wandering

COLUMNS = ("time", "open", "high", "low", "close", "volume")


def one() -> Bars:
    return named(bars([10.0, 11, 12, 13, 14]), "ONE")


def two(*gone) -> Bars:
    return without(named(bars([20.0, 21, 22, 23, 24]), "TWO"), *gone)


def test_a_missing_bar_is_no_price_and_no_volume_and_nothing_is_filled_in():
    found = align([one(), two(2)])
    assert found.mask.tolist() == [[True, True]] * 2 + [[True, False]] + [[True, True]] * 2
    assert np.isnan(found.close[2, 1])
    assert np.isnan(found.open[2, 1])
    assert found.volume[2, 1] == 0
    assert found.close[2, 0] == 12


def test_the_last_price_is_carried_forward_to_mark_what_is_held():
    found = align([one(), two(0, 2)])
    assert np.isnan(found.last_close[0, 1])
    assert found.last_close[1:, 1].tolist() == [21, 21, 23, 24]


def test_only_moments_that_all_share_are_left_when_asked():
    found = align([one(), two(2)], "inner")
    assert len(found) == 4
    assert found.mask.all()
    assert found.notes == ("1 of 5 rows are left out: not all have a bar.",)


@given(st.sets(st.integers(0, 29), max_size=20), st.sets(st.integers(0, 29), max_size=20))
def test_each_symbol_s_bars_come_back_as_they_were(gone_one, gone_two):
    given_bars = [
        without(named(wandering(30, 1), "ONE"), *gone_one),
        without(named(wandering(30, 2), "TWO"), *gone_two),
    ]
    found = align(given_bars)
    for each in given_bars:
        back = found.bars(each.symbol)
        for name in COLUMNS:
            assert getattr(back, name).tobytes() == getattr(each, name).tobytes()
        back.validate()


def test_gaps_late_beginnings_and_early_ends_are_told_in_sentences():
    late = replace(two(0, 1), symbol="LATE")
    early = replace(two(3, 4), symbol="EARLY")
    found = align([one(), two(2), late, early])
    ended = "EARLY ends on 2012-01-04, 2 bars before others: what is held of it then stays at its"
    assert found.notes == (
        "TWO has no bar on 1 of 5 rows, first on 2012-01-04: nothing of it is traded there.",
        "LATE begins on 2012-01-04, 2 bars after others.",
        f"{ended} last price and cannot be sold.",
    )


def test_calendars_that_differ_are_told():
    coin = named(wandering(14, 1), "COIN")
    weekend = [row for row in range(14) if coin.when(row).weekday() >= 5]
    assert weekend
    stock, bond = (without(named(wandering(14, 2), name), *weekend) for name in ("STK", "BND"))
    found = align([coin, stock, bond])
    assert found.notes[0] == (
        "Calendars are mixed: COIN also trades at weekends, STK and BND do not."
    )
    assert align([stock, bond]).notes == ()


def test_adjusted_and_raw_prices_side_by_side_are_told():
    found = align([replace(one(), adjusted=True), two()])
    assert found.notes == ("TWO is not adjusted for splits and dividends; the others are.",)
    assert not found.adjusted
    assert found.is_mixed
    assert found.head(2).raw == ("TWO",)
    assert [found.bars(each).adjusted for each in ("ONE", "TWO")] == [True, False]
    assert not align([one(), two()]).is_mixed
    assert align([replace(one(), adjusted=True), replace(two(), adjusted=True)]).adjusted


def test_what_cannot_be_put_side_by_side_is_refused_in_a_sentence():
    with pytest.raises(NoDataError, match="at least one symbol"):
        align([])
    with pytest.raises(ParameterError, match="ONE comes twice"):
        align([one(), one()])
    with pytest.raises(ParameterError, match="TWO has bars of 1 week and ONE bars of 1 day"):
        align([one(), replace(two(), interval=Interval.W1)])
    with pytest.raises(NoDataError, match="ONE and TWO have no bar at the same moment"):
        align([one().head(2), two(0, 1)], "inner")
    with pytest.raises(NoDataError, match="no prices of TWO"):
        align([one(), Bars.empty("TWO", Interval.D1)])
    with pytest.raises(BarsError, match="BAD, row 2"):
        align([one(), named(bars([1.0, -1.0]), "BAD")])


def test_a_symbol_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ParameterError, match="ZZZ is not one of ONE and TWO"):
        align([one(), two()]).bars("ZZZ")


def test_its_columns_cannot_be_written_to():
    found = align([one(), two()])
    for name in ("close", "mask", "time"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(found, name)[0] = 1


def test_its_fingerprint_follows_its_numbers():
    assert align([one(), two()]).data_hash == align([one(), two()]).data_hash
    others = [align([one(), two(2)]), align([one(), two()], "inner"), align([two(), one()])]
    assert len({each.data_hash for each in [align([one(), two()]), *others]}) == 4
    assert align([one(), two()]).head(3).data_hash != align([one(), two()]).data_hash


def test_its_head_is_what_was_known_then():
    found = align([one(), two(2)]).head(3)
    assert len(found) == 3
    assert found.last == one().when(2)
    assert found.first == one().when(0)
    assert found.bars("TWO").close.tolist() == [20, 21]


def test_a_year_has_as_many_bars_as_its_interval_says():
    assert align([one()]).periods == 252


def test_many_names_are_counted_after_the_first_few():
    assert listed(["A"]) == "A"
    assert listed(list("ABCDE")) == "A, B, C, D and E"
    assert listed(list("ABCDEFG")) == "A, B, C, D, E and 2 more"
