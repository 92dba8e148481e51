from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from puffin.risk.facts import AccountFlags
from puffin.risk.limits import Limits
from puffin.types import Position
from puffling.services.limit_uses import limit_uses
from puffling.services.positions import Portfolio, PositionRow
from puffling.services.risk_facts import DayCounts

CALL = "AAPL250117C00100000"
AT = datetime(2025, 1, 2, 15, tzinfo=UTC)


def row(symbol: str, quantity: int, last: str | None) -> PositionRow:
    price = None if last is None else Decimal(last)
    position = Position(symbol, Decimal(quantity), Decimal(5))
    return PositionRow(position, price, None, None, None, None, None, AT)


def portfolio(*rows: PositionRow, equity: str = "100000") -> Portfolio:
    hundred = Decimal(100_000)
    return Portfolio(
        account="a",
        mode="paper",
        currency="USD",
        starting_cash=hundred,
        cash=hundred,
        equity=Decimal(equity),
        opening_equity=hundred,
        day_profit=None,
        realised=Decimal(0),
        exposure=None,
        buying_power=hundred,
        rows=rows,
        unpriced=(),
        at=AT,
    )


def uses(held: Portfolio, account: AccountFlags | None = None):
    rows = limit_uses(Limits(), held, DayCounts(2, 7), account, allow_short=True)
    return {each.rule: each for each in rows}


def test_options_are_counted_a_hundred_times_and_shares_not():
    found = uses(portfolio(row(CALL, -3, "5"), row("AAPL", 10, "100")))
    assert found["options premium"].used == Decimal("0.015")
    assert found["options notional"].used == Decimal("0.3")


def test_what_has_no_price_or_no_equity_is_unknown_and_not_nothing():
    assert uses(portfolio(row(CALL, 1, None)))["options premium"].used is None
    assert uses(portfolio(equity="0"))["options notional"].used is None
    assert uses(portfolio())["daily loss"].used is None


def test_whose_fills_they_were_and_what_the_broker_lends_is_said():
    found = uses(portfolio(), AccountFlags(Decimal(5), day_trades=2))
    assert found["automated fills"].used == 2
    assert found["automated fills"].text.endswith("7 were yours.")
    assert found["cash"].limit == 5
    assert found["day trades"].used == 2
    assert found["short selling"].text == "Allowed, secured by cash."
