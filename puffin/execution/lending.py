"""What borrowing costs for a night, and when a lender calls: for backtests and paper accounts."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

Money = TypeVar("Money", float, Decimal)

DAYS_OF_INTEREST = 365  # lenders count a year so


def interest(cash: Money, rate: Money, years: Money) -> Money:
    """Return what borrowed money costs; cash below zero is borrowed."""
    return rate * -cash * years if cash < 0 else cash - cash


def borrow_fee(value: Money, rate: Money, years: Money) -> Money:
    """Return what borrowed shares of `value` cost."""
    return rate * value * years


def is_called(equity: Money, gross: Money, share: Money) -> bool:
    """Whether equity no longer covers `share` of `gross`, the value of all positions by size."""
    return equity <= share * gross
