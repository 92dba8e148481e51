"""Yahoo's answers become bars, and each of its failures its own sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from puffin.data.bars import Interval
from puffin.data.yahoo import YahooProvider
from puffin.errors import (
    BarsError,
    NoDataError,
    ProviderUnavailableError,
    RateLimitedError,
    SymbolNotFoundError,
)

if TYPE_CHECKING:
    import pandas as pd

    from puffin.errors import DataError

MONDAY = datetime(2012, 6, 4, tzinfo=UTC)


def frame_of(days: int = 5, changed: dict[str, list[float]] | None = None) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, list[float]] = {
        "Open": [10.0] * days,
        "High": [12.0] * days,
        "Low": [9.0] * days,
        "Close": [11.0] * days,
        "Adj Close": [5.5] * days,
        "Volume": [100.0] * days,
        "Dividends": [0.0] * days,
        "Stock Splits": [0.0] * days,
    }
    index = pd.date_range("2012-06-04", periods=days, tz="America/New_York")
    return pd.DataFrame(columns | (changed or {}), index=index)


@dataclass
class FakeWire:
    """Answers as told, or raises, and remembers what it was asked."""

    frame: pd.DataFrame | None = None
    error: Exception | None = None
    found: list[object] = field(default_factory=list)
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def prices(
        self, symbol: str, interval: str, start: datetime | None, end: datetime | None
    ) -> pd.DataFrame:
        self.asked.append((symbol, interval, start, end))
        if self.error is not None:
            raise self.error
        return frame_of() if self.frame is None else self.frame

    def search(self, text: str, most: int) -> list[object]:
        self.asked.append((text, most))
        if self.error is not None:
            raise self.error
        return self.found


def test_days_keep_their_new_york_date_and_their_adjusted_close():
    wire = FakeWire()
    bars = YahooProvider(wire).history("AAPL", Interval.D1)
    assert (len(bars), bars.first, bars.source) == (5, MONDAY, "Yahoo Finance")
    assert bars.adjusted_close is not None
    assert bars.adjusted_close[0] == 5.5
    assert not bars.adjusted
    assert wire.asked == [("AAPL", "1d", None, None)]


def test_a_period_is_cut_exactly_though_yahoo_counts_from_new_york():
    wire = FakeWire()
    bars = YahooProvider(wire).history(
        "AAPL", Interval.D1, MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)
    )
    assert (bars.first, bars.last) == (MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    assert wire.asked == [("AAPL", "1d", MONDAY, MONDAY + timedelta(days=3))]


def test_weeks_are_gathered_from_days():
    wire = FakeWire(frame_of(10))
    weeks = YahooProvider(wire).history("AAPL", Interval.W1)
    assert (len(weeks), weeks.volume[0], weeks.interval) == (2, 700, Interval.W1)
    assert wire.asked == [("AAPL", "1d", None, None)]


def test_minutes_become_moments_in_utc():
    import pandas as pd

    frame = frame_of(2)
    frame.index = pd.DatetimeIndex(["2012-06-04 09:30", "2012-06-04 09:31"], tz="America/New_York")
    bars = YahooProvider(FakeWire(frame)).history("AAPL", Interval.M1)
    assert bars.first == datetime(2012, 6, 4, 13, 30, tzinfo=UTC)


def test_an_unfinished_last_row_is_left_out_but_a_hole_before_it_is_refused():
    nan = float("nan")
    wire = FakeWire(frame_of(changed={"Close": [11, 11, 11, 11, nan]}))
    assert len(YahooProvider(wire).history("AAPL", Interval.D1)) == 4
    wire.frame = frame_of(changed={"Close": [11, nan, 11, 11, 11]})
    with pytest.raises(BarsError, match="AAPL, row 2: the close is not a number"):
        YahooProvider(wire).history("AAPL", Interval.D1)


def test_nothing_is_said_to_be_unknown_and_never_delisted():
    with pytest.raises(NoDataError) as raised:
        YahooProvider(FakeWire(frame_of(0))).history("AAPL", Interval.D1)
    assert "delisted" not in f"{raised.value} {raised.value.hint}"
    assert "unknown symbols look the same" in raised.value.hint


def test_a_period_that_ends_before_it_begins_is_not_asked_for():
    wire = FakeWire()
    with pytest.raises(NoDataError):
        YahooProvider(wire).history("AAPL", Interval.D1, MONDAY, MONDAY)
    assert wire.asked == []


def failures() -> list[tuple[Exception, type[DataError], str]]:
    from curl_cffi.requests import Response
    from curl_cffi.requests import exceptions as curl
    from yfinance import exceptions as yf

    nothing = Response()
    nothing.status_code = 0  # what the library leaves in it when no answer came
    return [
        (yf.YFRateLimitError(), RateLimitedError, "asks to wait"),
        (yf.YFTzMissingError("AAPL"), SymbolNotFoundError, "has nothing under AAPL"),
        (yf.YFPricesMissingError("AAPL", "(1d)"), NoDataError, "sent no prices of AAPL"),
        (yf.YFDataException("*** DOWN ***"), ProviderUnavailableError, "out of order"),
        (json.JSONDecodeError("x", "<html>", 0), ProviderUnavailableError, "cannot be read"),
        (KeyError("timestamp"), ProviderUnavailableError, "cannot be read"),
        (IndexError("list"), ProviderUnavailableError, "cannot be read"),
        (AttributeError("None"), ProviderUnavailableError, "cannot be read"),
        (curl.ConnectionError("refused"), ProviderUnavailableError, "cannot be reached"),
        (
            curl.ConnectionError("no answer", response=nothing),
            ProviderUnavailableError,
            "be reached",
        ),
        (curl.Timeout("late"), ProviderUnavailableError, "did not answer in time"),
        (TimeoutError(), ProviderUnavailableError, "did not answer in time"),
        (NoDataError("ours"), NoDataError, "ours"),
    ]


@pytest.mark.parametrize("row", range(13))
def test_each_failure_has_its_own_sentence(row: int):
    error, kind, words = failures()[row]
    provider = YahooProvider(FakeWire(error=error))
    for question in (
        lambda: provider.history("AAPL", Interval.D1),
        lambda: provider.splits("AAPL"),
        lambda: provider.search("AAPL"),
    ):
        with pytest.raises(kind, match=words) as raised:
            question()
        assert "delisted" not in str(raised.value)


def test_a_fault_nobody_foresaw_is_not_hidden():
    with pytest.raises(RuntimeError):
        YahooProvider(FakeWire(error=RuntimeError("a bug"))).history("AAPL", Interval.D1)


def test_an_answer_without_prices_columns_cannot_be_read():
    with pytest.raises(ProviderUnavailableError, match="cannot be read"):
        YahooProvider(FakeWire(frame_of().drop(columns="Volume"))).history("AAPL", Interval.D1)


def test_splits_carry_their_date_and_ratio():
    wire = FakeWire(frame_of(changed={"Stock Splits": [0, 2.0, 0, 0.05, 1.5]}))
    assert [(each.date, each.ratio) for each in YahooProvider(wire).splits("AAPL")] == [
        (MONDAY + timedelta(days=1), Decimal(2)),
        (MONDAY + timedelta(days=3), Decimal("0.05")),
        (MONDAY + timedelta(days=4), Decimal("1.5")),
    ]
    wire.frame = frame_of().drop(columns="Stock Splits")
    assert YahooProvider(wire).splits("AAPL") == []


def test_search_keeps_what_is_a_symbol():
    found: list[Any] = [
        {"symbol": "aapl", "longname": "Apple Inc.", "exchDisp": "NASDAQ"},
        {"symbol": "APC.F", "shortname": "APPLE", "exchange": "FRA"},
        {"symbol": "=1+1", "shortname": "formula"},
        {"longname": "no symbol"},
        "nonsense",
    ]
    wire = FakeWire(found=found)
    instruments = YahooProvider(wire).search(" apple ")
    assert [(each.symbol, each.name, each.exchange) for each in instruments] == [
        ("AAPL", "Apple Inc.", "NASDAQ"),
        ("APC.F", "APPLE", "FRA"),
    ]
    assert wire.asked == [("apple", 8)]
    assert YahooProvider(wire).search("  ") == []
