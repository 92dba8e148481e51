"""Alpaca's history, splits and lists, over its own client against a loopback server."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from puffin.data.alpaca import AlpacaData
from puffin.data.bars import Interval
from puffin.errors import (
    BarsError,
    KeysRefusedError,
    NoDataError,
    ProviderUnavailableError,
    RateLimitedError,
    SymbolNotFoundError,
)
from tests.puffin.broker.alpaca_stage import ready
from tests.servers.alpaca import alpaca_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from puffling.services.live_parts import PastPrices
    from tests.servers.alpaca import AlpacaServer

NOW = datetime(2026, 1, 9, 21, 30, tzinfo=UTC)
D = Decimal


@pytest.fixture
def server() -> Iterator[AlpacaServer]:
    ready()
    with alpaca_server(now=lambda: NOW) as server:
        yield server


def provider(server: AlpacaServer, **options: Any) -> AlpacaData:
    return AlpacaData(
        options.pop("key", server.key),
        server.secret,
        paper=True,
        now=lambda: NOW,
        url=server.url,
        data_url=server.url,
        timeouts=(3.0, 0.5),
        **options,
    )


@pytest.fixture
def data(server: AlpacaServer) -> AlpacaData:
    return provider(server)


def bar(at: str, close: float, volume: int = 100) -> dict[str, Any]:
    return {"t": at, "o": close, "h": close + 1, "l": close - 1, "c": close, "v": volume, "n": 3}


def days(*closes: float) -> list[dict[str, Any]]:
    """Daily bars from Monday 5 January 2026 on, at midnight in New York."""
    return [bar(f"2026-01-{5 + each:02}T05:00:00Z", close) for each, close in enumerate(closes)]


def test_it_has_past_prices(data: AlpacaData):
    fits: PastPrices = data
    assert fits is data
    assert data.name == "Alpaca IEX"


def test_days_are_adjusted_for_splits_and_bring_the_adjusted_close(
    server: AlpacaServer, data: AlpacaData
):
    server.bars["AAPL", "1Day", "split"] = days(50, 51, 52)
    server.bars["AAPL", "1Day", "all"] = days(49, 50, 51)
    bars = data.history("AAPL", Interval.D1)
    assert [f"{bars.when(row):%Y-%m-%d %H}" for row in range(3)] == [
        "2026-01-05 00",
        "2026-01-06 00",
        "2026-01-07 00",
    ]
    assert bars.close.tolist() == [50, 51, 52]
    assert bars.adjusted_close is not None
    assert bars.adjusted_close.tolist() == [49, 50, 51]
    assert bars.source == "Alpaca IEX"
    asked = server.asked("GET", "/v2/stocks/bars")
    assert [each.query["adjustment"] for each in asked] == ["split", "all"]


def test_pages_are_turned_to_the_last(server: AlpacaServer, data: AlpacaData):
    server.page_size = 2
    server.bars["AAPL", "1Day", "raw"] = days(1.5, 2.5, 3.5, 4.5, 5.5)
    assert data.history("AAPL", Interval.D1).close.tolist() == [1.5, 2.5, 3.5, 4.5, 5.5]


def test_a_period_is_kept_to(server: AlpacaServer, data: AlpacaData):
    server.bars["AAPL", "1Day", "raw"] = days(1.5, 2.5, 3.5, 4.5)
    begin, end = datetime(2026, 1, 6, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC)
    assert data.history("AAPL", Interval.D1, begin, end).close.tolist() == [2.5, 3.5]


def test_weeks_are_gathered_from_days(server: AlpacaServer, data: AlpacaData):
    server.bars["AAPL", "1Day", "raw"] = days(50, 51, 52, 53)
    bars = data.history("AAPL", Interval.W1)
    assert (len(bars), bars.bar(0).open, bars.bar(0).close) == (1, 50, 53)


def test_hours_begin_with_the_session_and_leave_out_what_lies_beside_it(
    server: AlpacaServer, data: AlpacaData
):
    times = ["13:00", "14:00", "14:30", "15:00", "15:30", "16:00", "21:00"]
    server.bars["AAPL", "30Min", "raw"] = [
        bar(f"2026-01-08T{at}:00Z", 10 + each) for each, at in enumerate(times)
    ]
    bars = data.history("AAPL", Interval.H1, datetime(2026, 1, 8, tzinfo=UTC))
    assert [f"{bars.when(row):%H:%M}" for row in range(len(bars))] == ["14:30", "15:30"]
    first = bars.bar(0)
    assert (first.open, first.close, first.high, first.low) == (12, 13, 14, 11)
    assert first.volume == 200


def test_crypto_trades_at_all_hours(server: AlpacaServer, data: AlpacaData):
    server.bars["BTC/USD", "30Min", "raw"] = [
        bar(f"2026-01-08T{at}:00Z", 60_000) for at in ("02:00", "02:30", "03:00")
    ]
    bars = data.history("BTC/USD", Interval.H1, datetime(2026, 1, 8, tzinfo=UTC))
    assert [f"{bars.when(row):%H:%M}" for row in range(len(bars))] == ["02:00", "03:00"]


def test_without_the_plan_the_last_quarter_of_an_hour_is_not_asked_for(
    server: AlpacaServer, data: AlpacaData
):
    server.bars["AAPL", "1Min", "raw"] = [bar("2026-01-09T20:00:00Z", 10)]
    data.history("AAPL", Interval.M1, NOW - timedelta(hours=3))
    (asked,) = server.asked("GET", "/v2/stocks/bars")
    assert datetime.fromisoformat(asked.query["end"]) <= NOW - timedelta(minutes=15)
    assert asked.query["feed"] == "sip"


@pytest.mark.parametrize("null", [True, False])
def test_no_bars_are_no_data_and_no_crash(server: AlpacaServer, data: AlpacaData, null: bool):  # noqa: FBT001 - a parameter of the test
    server.null_bars = null
    with pytest.raises(NoDataError, match="no prices of AAPL"):
        data.history("AAPL", Interval.D1)


def test_a_bar_without_a_price_is_refused_by_its_row(server: AlpacaServer, data: AlpacaData):
    server.bars["AAPL", "1Day", "raw"] = [
        *days(50),
        {**days(51)[0], "t": "2026-01-06T05:00:00Z", "c": None},
    ]
    with pytest.raises(BarsError):
        data.history("AAPL", Interval.D1)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (429, {"message": "too many requests"}, RateLimitedError),
        (500, b"<html>", ProviderUnavailableError),
        (200, b"<html>", ProviderUnavailableError),
        (200, b"[1]", ProviderUnavailableError),
        (400, {"message": "invalid symbol: NOSUCH"}, SymbolNotFoundError),
        (
            403,
            {"code": 42210000, "message": "subscription does not permit it"},
            ProviderUnavailableError,
        ),
        (401, {"message": "unauthorized"}, KeysRefusedError),
        (302, b"", ProviderUnavailableError),
    ],
)
def test_every_way_to_fail_is_told_apart(
    server: AlpacaServer, data: AlpacaData, status: int, body: object, error: type[Exception]
):
    server.answer_with(status, body)
    with pytest.raises(error):
        data.history("NOSUCH", Interval.D1)


def test_a_silent_server_is_not_waited_for_long(server: AlpacaServer, data: AlpacaData):
    server.hang()
    with pytest.raises(ProviderUnavailableError, match="in time"):
        data.history("AAPL", Interval.D1)
    server.release()


def test_splits_come_from_corporate_actions(server: AlpacaServer, data: AlpacaData):
    server.corporate_actions = {
        "forward_splits": [
            {"symbol": "NVDA", "ex_date": "2024-06-10", "new_rate": 10, "old_rate": 1},
            {"symbol": "NVDA", "ex_date": "2021-07-20", "new_rate": 4, "old_rate": 1},
        ],
        "reverse_splits": [
            {"symbol": "NVDA", "ex_date": "2025-08-24", "new_rate": 1, "old_rate": 50},
            {"symbol": "NVDA", "ex_date": None, "new_rate": 1, "old_rate": 0},
        ],
    }
    assert [(each.date.date(), each.ratio) for each in data.splits("NVDA")] == [
        (date(2021, 7, 20), D(4)),
        (date(2024, 6, 10), D(10)),
        (date(2025, 8, 24), D("0.02")),
    ]
    assert not data.splits("BTC/USD")


def test_a_search_finds_symbols_before_names(server: AlpacaServer, data: AlpacaData):
    assert [each.symbol for each in data.search("aapl")] == ["AAPL"]
    assert {each.symbol for each in data.search("common")} == {"AAPL", "MSFT", "BTC/USD"}
    assert not data.search("  ")
    assert len(server.asked("GET", "/v2/assets")) == 1


def test_options_are_listed_page_by_page(server: AlpacaServer, data: AlpacaData):
    server.contracts = [f"AAPL260116C00{strike}000" for strike in range(200, 205)]
    server.page_size = 2
    found = data.contracts("AAPL", date(2026, 1, 1), date(2026, 2, 1))
    assert [each.symbol for each in found] == server.contracts
    assert found[0].tradable
    assert found[0].open_interest == 12
    assert server.asked("GET", "/v2/options")[0].query["expiration_date_gte"] == "2026-01-01"


def test_good_keys_name_their_account_and_hide_most_of_it(data: AlpacaData):
    words = data.test_keys()
    assert words == "Connected to the paper account …F123, worth 100,000.00 USD."


def test_bad_keys_are_told(server: AlpacaServer):
    with pytest.raises(KeysRefusedError, match="does not accept"):
        provider(server, key="PKSOMEBODYELSE").test_keys()


def test_keys_for_live_trading_are_told_without_asking(server: AlpacaServer):
    with pytest.raises(KeysRefusedError, match="live trading"):
        provider(server, key="AKLIVE").test_keys()
    assert not server.requests
