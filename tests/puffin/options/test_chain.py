"""A chain tells what its quotes say, and nothing where they say nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest

from puffin.data.sessions import Calendar
from puffin.errors import NoDataError, ParameterError
from puffin.options import american, pricing
from puffin.options.chain import Chain, OptionQuote, analyse, expected_move, years_to_expiry
from puffin.options.contract import OptionContract, Right
from puffin.options.implied import Style
from puffin.options.pricing import Contracts

CALENDAR = Calendar.load()
NOW = datetime(2024, 11, 20, 15, tzinfo=UTC)
NEAR, FAR = date(2024, 11, 29), date(2025, 1, 17)  # the first closes at one o'clock in New York


def quote(strike, right=Right.CALL, expiry=NEAR, bid: str | None = "1", ask: str | None = "1.2"):
    contract = OptionContract("SPY", expiry, right, Decimal(strike))
    bids, asks = (None if each is None else Decimal(each) for each in (bid, ask))
    return OptionQuote(contract, bids, asks)


def chain(*quotes):
    return Chain("SPY", Decimal(100), NOW, quotes)


def test_expiry_is_the_close_of_its_session_to_the_second():
    seconds = (datetime(2024, 11, 29, 18, tzinfo=UTC) - NOW).total_seconds()
    assert years_to_expiry(NEAR, NOW, CALENDAR) == pytest.approx(seconds / 365 / 86_400)
    saturday = years_to_expiry(date(2024, 11, 30), NOW, CALENDAR)
    assert saturday == years_to_expiry(NEAR, NOW, CALENDAR)
    assert years_to_expiry(date(2024, 11, 19), NOW, CALENDAR) == 0


@pytest.mark.parametrize("style", Style)
def test_volatility_and_greeks_are_those_of_the_mid(style):
    engine = american if style is Style.AMERICAN else pricing
    years = years_to_expiry(FAR, NOW, CALENDAR)
    wanted = Contracts.of(
        call=[True, False, True],
        spot=100.0,
        strike=[95.0, 100, 110],
        years=years,
        volatility=[0.3, 0.25, 0.2],
        rate=0.04,
        dividend_yield=0.01,
    )
    prices = engine.price(wanted)
    rights = (Right.CALL, Right.PUT, Right.CALL)
    quotes = [
        quote(strike, right, FAR, str(price), str(price))
        for strike, right, price in zip((95, 100, 110), rights, prices, strict=True)
    ]
    found = analyse(chain(*quotes), CALENDAR, rate=0.04, dividend_yield=0.01, style=style)
    np.testing.assert_allclose(found.volatility, wanted.volatility, atol=1e-6)
    np.testing.assert_allclose(found.greeks.delta, engine.greeks(wanted).delta, atol=1e-5)
    np.testing.assert_allclose(found.intrinsic + found.extrinsic, prices)
    totals = found.totals([2, -1, 0])
    assert totals["delta"] == pytest.approx(
        200 * found.greeks.delta[0] - 100 * found.greeks.delta[1]
    )


def test_a_contract_without_a_sound_mid_has_no_volatility_and_no_greeks():
    found = analyse(
        chain(
            quote(100),
            quote(101, ask=None),
            quote(102, bid="2", ask="1"),
            quote(103, bid=None, ask="0.05"),
            quote(50, bid="40", ask="41"),
            quote(104, ask="0"),
        ),
        CALENDAR,
        rate=0.04,
    )
    assert np.isfinite(found.mid).tolist() == [True, False, False, True, True, False]
    assert np.isfinite(found.volatility).tolist() == [True, False, False, True, False, False]
    assert np.isfinite(found.greeks.vega).tolist() == np.isfinite(found.volatility).tolist()
    assert found.totals([1, 0, 0, 1, 0, 0])["vega"] is not None
    assert found.totals([1, 1, 0, 0, 0, 0])["vega"] is None
    with pytest.raises(ParameterError, match="One quantity"):
        found.totals([1])


def test_a_chain_is_sorted_and_divided_by_expiry():
    found = chain(quote(105), quote(95, expiry=FAR), quote(95, Right.PUT), quote(95))
    assert found.expiries == (NEAR, FAR)
    near = found.of(NEAR)
    assert [(each.contract.strike, each.contract.right) for each in near.quotes] == [
        (95, Right.CALL),
        (95, Right.PUT),
        (105, Right.CALL),
    ]
    assert near.nearest_strike() == 95
    with pytest.raises(NoDataError, match="expires on 2024-12-20"):
        found.of(date(2024, 12, 20))
    with pytest.raises(NoDataError, match="no options on SPY"):
        chain().nearest_strike()


def test_an_expected_move_is_one_deviation():
    assert expected_move(100, 0.2, 0.25) == pytest.approx(10)
    assert expected_move(0, 0.2, 0.25) is None
    assert expected_move(100, float("nan"), 0.25) is None
