from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from puffin.risk.contracts import Contract, contract_of, least_worth
from puffin.types import Leg, Side

BUY, SELL = Side.BUY, Side.SELL


def leg(side: Side, kind: str, strike: int, *, ratio: int = 1, day: str = "250117") -> Leg:
    return Leg(f"AAPL{day}{kind}{strike * 1000:08d}", side, ratio)


def test_a_contract_is_read_from_its_symbol():
    read = contract_of("BRK.B250117P00412500")
    assert read == Contract("BRK.B", date(2025, 1, 17), False, Decimal("412.5"))  # noqa: FBT003


@pytest.mark.parametrize("symbol", ["AAPL", "BTC/USD", "AAPL251341C00100000"])
def test_what_names_no_option_is_none(symbol):
    assert contract_of(symbol) is None


@pytest.mark.parametrize(
    ("legs", "least"),
    [
        ((leg(BUY, "C", 100), leg(SELL, "C", 105)), 0),  # a debit spread
        ((leg(SELL, "C", 100), leg(BUY, "C", 105)), -5),  # a credit spread
        ((leg(SELL, "P", 100), leg(BUY, "P", 90)), -10),
        ((leg(SELL, "P", 95), leg(SELL, "P", 90)), -185),  # as if the company were worth nothing
        ((leg(BUY, "C", 100), leg(BUY, "P", 100)), 0),  # a straddle
        ((leg(SELL, "C", 100), leg(BUY, "C", 100, day="250221")), 0),  # a calendar spread
        ((leg(BUY, "C", 100, ratio=2), leg(SELL, "C", 90)), -10),
    ],
)
def test_the_least_that_legs_can_be_worth(legs, least):
    assert least_worth(legs) == least


@pytest.mark.parametrize(
    "legs",
    [
        (leg(SELL, "C", 100), leg(SELL, "P", 90)),
        (leg(BUY, "C", 100), leg(SELL, "C", 105, ratio=2)),
        (leg(SELL, "C", 100, day="250221"), leg(BUY, "C", 100)),  # gone when it is needed
        (Leg("AAPL251341C00100000", BUY), leg(SELL, "P", 90)),
    ],
)
def test_what_is_sold_uncovered_has_no_bound(legs):
    assert least_worth(legs) is None
