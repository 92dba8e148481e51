"""Greeks of what is held: sums that mean something, and a reason where nothing is known."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from puffin.data.sessions import Calendar
from puffin.options import american
from puffin.options.chain import years_to_expiry
from puffin.options.contract import parse_occ
from puffin.options.pricing import Contracts
from puffin.types import Position, Quote
from puffling.services.book_greeks import greeks_of

NOW = datetime(2026, 1, 5, 16, 0, tzinfo=UTC)
CALL, PUT, OTHER = "AAPL260320C00100000", "AAPL260320P00090000", "IBM260320C00200000"
CALENDAR = Calendar.load()
VOLATILITY = 0.3


def model(symbol: str, spot: float) -> Contracts:
    contract = parse_occ(symbol)
    return Contracts.of(
        call=contract.is_call,
        spot=spot,
        strike=float(contract.strike),
        years=years_to_expiry(contract.expiry, NOW, CALENDAR),
        volatility=VOLATILITY,
    )


def quote(symbol: str, price: float, spread: float = 0.02) -> Quote:
    bid, ask = (Decimal(str(round(price + each, 6))) for each in (-spread / 2, spread / 2))
    return Quote(symbol, bid, ask, bid, NOW)


def quotes(**spots: float) -> dict[str, Quote]:
    """Quotes of the underlyings, and of the options at what the model says."""
    found = {name: quote(name, spot, 0) for name, spot in spots.items()}
    for symbol in (CALL, PUT, OTHER):
        root = parse_occ(symbol).root
        if root in spots:
            found[symbol] = quote(symbol, float(american.price(model(symbol, spots[root]))[0]))
    return found


def held(symbol: str, quantity: int) -> Position:
    return Position(symbol, Decimal(quantity), Decimal(1), Decimal(0))


def test_an_option_counts_times_its_quantity_and_a_hundred_shares():
    book = greeks_of([held(CALL, -2)], quotes(AAPL=100.0).get, NOW, CALENDAR)
    (row,) = book.rows[0].options
    expected = american.greeks(model(CALL, 100.0))
    assert row.volatility == pytest.approx(VOLATILITY, abs=1e-3)
    assert row.effect.delta == pytest.approx(-200 * float(expected.delta[0]), rel=1e-3)
    assert row.effect.gamma == pytest.approx(-200 * float(expected.gamma[0]), rel=1e-2)
    assert row.effect.theta == pytest.approx(-200 * float(expected.theta[0]), rel=1e-2)
    assert row.effect.vega == pytest.approx(-200 * float(expected.vega[0]), rel=1e-2)
    assert row.title == "AAPL 20 Mar 2026 100 call"


def test_an_underlying_adds_its_options_and_its_shares():
    known = quotes(AAPL=100.0)
    alone = greeks_of([held(CALL, 1), held(PUT, 3)], known.get, NOW, CALENDAR).rows[0]
    deltas = [each.effect.delta for each in alone.options]
    assert None not in deltas
    assert alone.effect.delta == pytest.approx(sum(each for each in deltas if each is not None))
    both = [held("AAPL", 50), held(CALL, 1), held(PUT, 3)]
    (row,) = greeks_of(both, known.get, NOW, CALENDAR).rows
    assert alone.effect.delta is not None
    assert alone.effect.worth is not None
    assert row.effect.delta == pytest.approx(alone.effect.delta + 50)
    assert row.effect.worth == pytest.approx(alone.effect.worth + 5_000)
    assert row.effect.vega == alone.effect.vega


def test_of_everything_only_money_is_added():
    known = quotes(AAPL=100.0, IBM=210.0)
    book = greeks_of([held(CALL, 1), held(OTHER, 1)], known.get, NOW, CALENDAR)
    assert [each.underlying for each in book.rows] == ["AAPL", "IBM"]
    thetas = [each.effect.theta for each in book.rows]
    assert book.total.theta == pytest.approx(sum(each for each in thetas if each is not None))
    assert (book.total.delta, book.total.gamma) == (None, None)


@pytest.mark.parametrize(
    ("missing", "why"),
    [(CALL, "There is no quote of it."), ("AAPL", "There is no price of AAPL.")],
)
def test_what_has_no_quote_has_no_greeks_and_neither_has_its_sum(missing: str, why: str):
    known = quotes(AAPL=100.0, IBM=210.0)
    del known[missing]
    book = greeks_of([held(CALL, 1), held(OTHER, 1)], known.get, NOW, CALENDAR)
    (row,) = book.rows[0].options
    assert (row.why, row.effect.delta, book.rows[0].effect.vega) == (why, None, None)
    assert book.rows[1].effect.vega is not None
    assert (book.total.vega, book.why) == (None, f"AAPL 20 Mar 2026 100 call: {why}")


def test_a_mid_that_no_volatility_explains_says_so():
    known = quotes(AAPL=100.0) | {CALL: quote(CALL, 150.0)}
    row = greeks_of([held(CALL, 1)], known.get, NOW, CALENDAR).rows[0].options[0]
    assert row.volatility is None
    assert row.why.startswith("The price is too high")


def test_without_options_there_is_nothing():
    book = greeks_of([held("AAPL", 10)], quotes(AAPL=100.0).get, NOW, CALENDAR)
    assert (book.rows, book.why) == ((), "")
