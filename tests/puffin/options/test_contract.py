"""OCC symbols are read as they are written, and nothing else is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.errors import ParameterError
from puffin.options.contract import OptionContract, Right, parse_occ

contracts = st.builds(
    OptionContract,
    root=st.from_regex(r"[A-Z][A-Z0-9]{0,5}", fullmatch=True).filter(str.isascii),
    expiry=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    right=st.sampled_from(Right),
    strike=st.decimals("0.001", "99999.999", places=3),
)


def test_a_symbol_says_what_it_is():
    found = parse_occ("SPY251219C00450000")
    assert found == OptionContract("SPY", date(2025, 12, 19), Right.CALL, Decimal(450))
    assert found.title == "SPY 19 Dec 2025 450 call"
    assert found.is_call
    assert parse_occ("aapl1 250117P00000500").title == "AAPL1 17 Jan 2025 0.5 put"
    assert parse_occ("SPY   251219C00450000") == found
    assert found.occ_padded == "SPY   251219C00450000"


@given(contracts)
def test_written_and_read_again_it_is_the_same(contract):
    assert parse_occ(contract.occ) == contract
    assert parse_occ(contract.occ_padded) == contract
    assert len(contract.occ_padded) == 21


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SPY",
        "SPY251319C00450000",
        "SPY250230C00450000",
        "SPY251219X00450000",
        "SPY251219C450",
        "SPY251219C00000000",
        "1SPY251219C00450000",
        "TOOLONG251219C00450000",
        "SPY251219C00450000; DROP",
        "SPY2512१9C00450000",
    ],
)
def test_what_is_not_a_symbol_is_refused(text):
    with pytest.raises(ParameterError):
        parse_occ(text)


@pytest.mark.parametrize(
    "change",
    [
        {"root": "spy"},
        {"root": ""},
        {"expiry": date(1999, 12, 31)},
        {"strike": Decimal(0)},
        {"strike": Decimal(100000)},
        {"strike": Decimal("1.0001")},
        {"strike": Decimal("NaN")},
    ],
)
def test_a_contract_that_cannot_be_listed_cannot_exist(change):
    good = {"root": "SPY", "expiry": date(2025, 12, 19), "right": Right.PUT, "strike": Decimal(1)}
    with pytest.raises(ParameterError):
        OptionContract(**(good | change))
