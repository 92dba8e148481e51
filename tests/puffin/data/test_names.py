from __future__ import annotations

import pytest

from puffin.data.names import our_name, yahoo_name

BOTH = [("BRK.B", "BRK-B"), ("BF.A", "BF-A"), ("BTC/USD", "BTC-USD"), ("DOGE/USDT", "DOGE-USDT")]
SAME = [
    "AAPL",
    "VOD.L",
    "BMW.DE",
    "7203.T",
    "^GSPC",
    "VOLV-B.ST",
    "AAPL250117C00100000",
    "EURUSD=X",
]


@pytest.mark.parametrize(("ours", "yahoos"), BOTH)
def test_each_spelling_is_turned_into_the_other(ours, yahoos):
    assert (yahoo_name(ours), our_name(yahoos)) == (yahoos, ours)
    assert (yahoo_name(yahoos), our_name(ours)) == (yahoos, ours)


@pytest.mark.parametrize("symbol", SAME)
def test_what_has_one_spelling_is_left_alone(symbol):
    assert yahoo_name(symbol) == our_name(symbol) == symbol
