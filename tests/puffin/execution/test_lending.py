from __future__ import annotations

from decimal import Decimal

from puffin.execution.lending import borrow_fee, interest, is_called


def test_only_borrowed_money_costs_interest():
    assert interest(-1000.0, 0.08, 0.25) == 20
    assert interest(Decimal(-1000), Decimal("0.08"), Decimal("0.25")) == 20
    assert interest(1000.0, 0.08, 0.25) == 0


def test_borrowed_shares_cost_by_their_value():
    assert borrow_fee(Decimal(5000), Decimal("0.03"), Decimal(1) / 12) == Decimal("12.5")


def test_a_lender_calls_once_equity_is_down_to_its_share():
    assert not is_called(2501.0, 10_000.0, 0.25)
    assert is_called(2500.0, 10_000.0, 0.25)
