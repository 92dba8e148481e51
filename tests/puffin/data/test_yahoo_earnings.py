"""The next earnings of a company, read strictly from a calendar of others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from puffin.data.yahoo_earnings import YahooEarnings
from puffin.errors import ProviderUnavailableError
from puffin.types import EarningsDate

FIRST, LAST = datetime(2026, 1, 28, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)


class Wire:
    """Answers as told, or raises."""

    def __init__(self, told: object) -> None:
        self.told, self.asked = told, ""

    def calendar(self, symbol: str) -> object:
        self.asked = symbol
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


def test_the_days_it_may_be_and_what_is_expected():
    wire = Wire({"Earnings Date": [LAST.date(), FIRST], "Earnings Average": 2.35})
    found = YahooEarnings(wire).earnings("BRK.B")
    assert found == [EarningsDate("BRK.B", FIRST, LAST, Decimal("2.35"))]
    assert wire.asked == "BRK-B"


@pytest.mark.parametrize(
    "told",
    [None, [], {}, {"Earnings Date": []}, {"Earnings Date": "soon"}, {"Earnings Date": [7, None]}],
)
def test_what_is_not_known_is_nothing(told):
    assert YahooEarnings(Wire(told)).earnings("AAPL") == []


@pytest.mark.parametrize("average", [None, "2", float("nan"), True])
def test_what_nobody_expects_is_not_told(average):
    told = {"Earnings Date": [date(2026, 1, 28)], "Earnings Average": average}
    (found,) = YahooEarnings(Wire(told)).earnings("AAPL")
    assert found.expected is None


def test_no_network_is_said_in_a_sentence():
    with pytest.raises(ProviderUnavailableError, match="cannot be reached"):
        YahooEarnings(Wire(ConnectionError("no"))).earnings("AAPL")
