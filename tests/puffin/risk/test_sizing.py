"""Sizes follow the stated sums, never risk more than asked, and are capped by what can be paid."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.errors import ParameterError
from puffin.risk.sizing import (
    Purse,
    continuous_kelly,
    fixed_fractional,
    fraction_size,
    full_continuous_kelly,
    full_kelly,
    kelly,
    payoff,
    volatility_size,
)
from puffin.types import Side

REFERENCE = Path(__file__).parents[4] / "shared/reference/numeric/kelly_sizing.json"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_file(), reason="the reference numbers are not beside this checkout"
)
PURSE = Purse(Decimal(100_000))
money = st.decimals("0.01", 100_000, places=2)
shares_of_equity = st.decimals("0.001", 1, places=3)


@needs_reference
def test_sizes_are_those_of_the_reference():
    for case in json.loads(REFERENCE.read_text())["position_sizing"]:
        purse = Purse(Decimal(str(case["equity"])))
        names = {"risk": "risk_pct", "entry": "entry", "stop": "stop"}
        values = {name: Decimal(str(case[key])) for name, key in names.items()}
        if case["entry"] == case["stop"]:
            with pytest.raises(ParameterError, match="distance of zero"):
                fixed_fractional(purse, **values)
        else:
            assert fixed_fractional(purse, **values).quantity == case["shares"]


@needs_reference
def test_bets_are_those_of_the_reference():
    cases = json.loads(REFERENCE.read_text())
    for case in cases["binary"]:
        assert full_kelly(case["p"], case["b"]) == pytest.approx(case["f"], abs=1e-12)
        assert kelly(case["p"], case["b"], fraction=1) == pytest.approx(
            max(case["f"], 0), abs=1e-12
        )
    for case in cases["continuous"]:
        excess = case["mu"] - case["r"]
        assert full_continuous_kelly(excess, case["sigma"]) == pytest.approx(case["f"])
        assert continuous_kelly(excess, case["sigma"]) == pytest.approx(
            min(max(case["f"] / 2, 0), 1)
        )


def test_sums_that_can_be_checked_by_hand():
    found = fixed_fractional(PURSE, risk=Decimal("0.02"), entry=Decimal(100), stop=Decimal(95))
    assert [found.quantity, found.value, found.at_risk] == [400, 40_000, 2_000]
    assert found.text == "400 shares: 2% of 100,000, the stop 5 away."
    ranged = volatility_size(PURSE, risk=Decimal("0.02"), entry=Decimal(100), atr=Decimal(3))
    assert round(ranged.wanted, 2) == Decimal("333.33")
    assert ranged.quantity == 333
    assert kelly(0.55, 1.5) == pytest.approx(0.125)
    assert fraction_size(PURSE, fraction=Decimal("0.125"), entry=Decimal(33)).quantity == 378
    assert payoff(300, 200) == 1.5


def test_a_stop_above_the_entry_sizes_a_short_sale_and_says_so():
    long = fixed_fractional(PURSE, risk=Decimal("0.01"), entry=Decimal(100), stop=Decimal(96))
    short = fixed_fractional(PURSE, risk=Decimal("0.01"), entry=Decimal(100), stop=Decimal(104))
    assert (long.side, short.side) == (Side.BUY, Side.SELL)
    assert long.quantity == short.quantity == 250
    assert short.text == (
        "250 shares: 1% of 100,000, the stop 4 away. "
        "The stop lies above the entry, so this sizes a short sale."
    )


def test_what_cannot_be_paid_is_capped_and_said():
    purse = Purse(Decimal(10_000), buying_power=Decimal(2_500))
    found = fixed_fractional(purse, risk=Decimal("0.01"), entry=Decimal(500), stop=Decimal("499.9"))
    assert found.quantity == 5
    assert found.capped
    assert found.text.endswith("the buying power allows no more.")
    assert not fraction_size(PURSE, fraction=Decimal(1), entry=Decimal(10)).capped


def test_fractions_of_a_share_follow_the_lot():
    purse = Purse(Decimal(1_000), lot=Decimal("0.001"))
    found = fixed_fractional(purse, risk=Decimal("0.01"), entry=Decimal(30), stop=Decimal(27))
    assert found.quantity == Decimal("3.333")


def test_nothing_to_spend_is_a_size_of_nothing():
    purse = Purse(Decimal(1_000), buying_power=Decimal(0))
    found = fixed_fractional(purse, risk=Decimal("0.01"), entry=Decimal(30), stop=Decimal(27))
    assert found.quantity == 0
    assert found.at_risk == 0


@given(money, money, money, shares_of_equity)
def test_a_size_never_risks_or_costs_more_than_allowed(equity, entry, stop, risk):
    if entry == stop:
        return
    found = fixed_fractional(Purse(equity), risk=risk, entry=entry, stop=stop)
    assert 0 <= found.at_risk <= equity * risk
    assert found.value <= equity
    assert found.quantity == int(found.quantity)


@given(st.floats(0, 1), st.floats(0.01, 100), st.floats(0.01, 1))
def test_a_bet_is_a_share_of_equity_and_nothing_without_an_edge(win_rate, ratio, fraction):
    found = kelly(win_rate, ratio, fraction=fraction)
    assert 0 <= found <= 1
    if win_rate * ratio <= 1 - win_rate:
        assert found == 0


NONE, LESS = Decimal(0), Decimal(-1)
GOOD = {"risk": Decimal("0.01"), "entry": Decimal(10), "stop": Decimal(9)}


@pytest.mark.parametrize(
    "bad",
    [
        {"risk": NONE},
        {"risk": Decimal("1.01")},
        {"risk": Decimal("NaN")},
        {"entry": NONE},
        {"stop": LESS},
        {"stop": Decimal("Infinity")},
    ],
)
def test_a_number_without_sense_is_refused(bad):
    with pytest.raises(ParameterError):
        fixed_fractional(PURSE, **(GOOD | bad))


def test_every_other_number_without_sense_is_refused():
    entry = Decimal(10)
    for bad in (NONE, LESS):
        with pytest.raises(ParameterError, match="range"):
            volatility_size(PURSE, risk=Decimal("0.01"), entry=entry, atr=bad)
        with pytest.raises(ParameterError, match="multiple"):
            volatility_size(PURSE, risk=Decimal("0.01"), entry=entry, atr=entry, multiple=bad)
        with pytest.raises(ParameterError, match="equity"):
            Purse(bad)
        with pytest.raises(ParameterError, match="lot"):
            Purse(entry, lot=bad)
    with pytest.raises(ParameterError, match="buying power"):
        Purse(entry, buying_power=LESS)
    with pytest.raises(ParameterError, match="share of equity"):
        fraction_size(PURSE, fraction=Decimal(2), entry=entry)
    for call in (
        lambda: kelly(1.1, 1),
        lambda: kelly(0.5, 0),
        lambda: kelly(0.5, 1, fraction=0),
        lambda: continuous_kelly(0.1, 0),
        lambda: payoff(1, 0),
    ):
        with pytest.raises(ParameterError):
            call()
