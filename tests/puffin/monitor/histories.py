"""Made-up histories of an account: fills, splits and everything else, as hypothesis draws them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from puffin.broker.base import Activity
from puffin.types import Fill, Side, Split

SYMBOLS = ("AAPL", "IBM", "AAPL260116C00150000")
START = datetime(2012, 6, 1, 14, 0, tzinfo=UTC)
RATIOS = (Decimal(2), Decimal(3), Decimal(7), Decimal("0.5"), Decimal("0.1"))


@dataclass(frozen=True)
class History:
    fills: tuple[Fill, ...]
    splits: tuple[Split, ...] = ()
    activities: tuple[Activity, ...] = ()

    def scaled(self, by: Decimal) -> History:
        """The same in another currency."""
        return History(
            tuple(
                replace(each, price=each.price * by, commission=each.commission * by)
                for each in self.fills
            ),
            self.splits,
            tuple(replace(each, amount=each.amount * by) for each in self.activities),
        )

    def last_prices(self) -> dict[str, Decimal]:
        return {each: Decimal("12.34") for each in SYMBOLS}


def fill(  # noqa: PLR0913 - a fill has that many parts
    symbol: str = "AAPL",
    side: Side = Side.BUY,
    quantity: str = "10",
    price: str = "100",
    *,
    minute: int = 0,
    commission: str = "0",
    id_: str = "",
    order: str = "",
) -> Fill:
    name = id_ or f"{symbol} {side} {quantity} {price} {minute}"
    return Fill(
        name,
        order or f"order of {name}",
        "account",
        symbol,
        side,
        Decimal(quantity),
        Decimal(price),
        Decimal(commission),
        START + timedelta(minutes=minute),
    )


@st.composite
def histories(draw: st.DrawFn, most: int = 25) -> History:
    """Draw a history; several fills may share a minute, a split never does."""
    fills: list[Fill] = []
    splits: list[Split] = []
    activities: list[Activity] = []
    minute = 0
    for place in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(["fill"] * 8 + ["split", "dividend", "fee", "transfer"]))
        symbol = draw(st.sampled_from(SYMBOLS))
        minute += draw(st.integers(0, 2))
        at = START + timedelta(minutes=minute)
        if kind == "fill":
            fills.append(
                Fill(
                    f"f{place}",
                    f"o{draw(st.integers(0, 5))}",
                    "account",
                    symbol,
                    draw(st.sampled_from(Side)),
                    Decimal(draw(st.integers(1, 12))) / 2,
                    Decimal(draw(st.integers(1, 30_000))) / 100,
                    Decimal(draw(st.integers(0, 300))) / 100,
                    at,
                )
            )
        elif kind == "split":
            if len(symbol) > 10 or len(splits) > 2:
                continue
            minute += 1
            splits.append(
                Split(symbol, START + timedelta(minutes=minute), draw(st.sampled_from(RATIOS)))
            )
            minute += 1
        else:
            amount = Decimal(draw(st.integers(-5_000, 5_000))) / 100
            named = symbol if kind == "dividend" else ""
            activities.append(Activity(f"a{place}", kind, at, amount, named))
    return History(tuple(fills), tuple(splits), tuple(activities))
