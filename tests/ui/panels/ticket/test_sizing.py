from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.ui.panels.ticket.sizing import Ground, SizeBy, sized

GROUND = Ground(price=Decimal(150), stop=Decimal(145), equity=Decimal(100_000))


@pytest.mark.parametrize(
    ("size", "by", "ground", "quantity"),
    [
        (Decimal("7.5"), SizeBy.QUANTITY, GROUND, Decimal("7.5")),
        (Decimal(1_000), SizeBy.AMOUNT, GROUND, 6),
        (Decimal(10), SizeBy.EQUITY, GROUND, 66),
        (Decimal(1), SizeBy.RISK, GROUND, 200),
        # A hundred shares in each contract: 100,000 x 1 % / (5 x 100).
        (
            Decimal(1),
            SizeBy.RISK,
            Ground(Decimal(15), Decimal(10), Decimal(100_000), Decimal(100)),
            2,
        ),
    ],
)
def test_a_size_comes_to_whole_units_rounded_down(size, by, ground, quantity):
    assert sized(size, by, ground).quantity == quantity


def test_an_amount_goes_to_a_broker_that_takes_amounts_as_it_is():
    ground = Ground(Decimal(300), None, None, amounts=True)
    found = sized(Decimal(1_000), SizeBy.AMOUNT, ground)
    assert (found.quantity, found.notional) == (Decimal("3.333333"), Decimal(1_000))


@pytest.mark.parametrize(
    ("by", "ground", "words"),
    [
        (SizeBy.AMOUNT, Ground(None, None, None), "There is no price to work the size out with."),
        (SizeBy.EQUITY, Ground(Decimal(5), None, None), "The account's equity is not known."),
        (
            SizeBy.RISK,
            Ground(Decimal(5), None, Decimal(1_000)),
            "Enter a stop loss to size by the risk.",
        ),
        (
            SizeBy.RISK,
            Ground(Decimal(5), Decimal(5), Decimal(1_000)),
            "The stop loss is at the price: there is no risk to size by.",
        ),
        (SizeBy.EQUITY, Ground(Decimal(500), None, Decimal(1_000)), "That is less than one unit."),
    ],
)
def test_a_size_that_cannot_be_worked_out_says_why(by, ground, words):
    assert sized(Decimal(1), by, ground).problem == words


@pytest.mark.parametrize("by", list(SizeBy))
def test_an_empty_size_asks_for_it(by):
    assert sized(None, by, GROUND).problem.startswith("Enter ")


@given(
    price=st.decimals("0.01", "5000", places=2),
    stop=st.decimals("0.01", "5000", places=2),
    percent=st.decimals("0.01", "100", places=2),
)
def test_a_size_by_risk_never_loses_more_at_the_stop(price, stop, percent):
    equity = Decimal(100_000)
    found = sized(percent, SizeBy.RISK, Ground(price, stop, equity))
    if found.quantity is not None:
        assert found.quantity * abs(price - stop) <= equity * percent / 100
