"""The real yfinance against a server on loopback that speaks Yahoo's protocol, well and badly."""

from __future__ import annotations

import json
import threading
import warnings
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from typing_extensions import override

from puffin.data.bars import Interval
from puffin.data.yahoo import YahooProvider, YFinanceWire
from puffin.errors import (
    NoDataError,
    ProviderUnavailableError,
    RateLimitedError,
    SymbolNotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

FIXTURES = Path(__file__).parents[4] / "shared/fixtures/yahoo"
DAY = 86_400
MONDAY = 1_338_816_600  # 4 June 2012, 9:30 in New York


def chart(days: int = 5, *, empty: bool = False) -> dict[str, Any]:
    """Return a chart as Yahoo documents it, with a split on the third day."""
    times = [MONDAY + DAY * each for each in range(days)]
    quote = {
        "open": [10.0 + each for each in range(days)],
        "high": [12.0 + each for each in range(days)],
        "low": [9.0 + each for each in range(days)],
        "close": [11.0 + each for each in range(days)],
        "volume": [100 + each for each in range(days)],
    }
    result = {
        "meta": {
            "currency": "USD",
            "symbol": "ABC",
            "instrumentType": "EQUITY",
            "exchangeTimezoneName": "America/New_York",
            "timezone": "EDT",
            "gmtoffset": -14_400,
            "firstTradeDate": MONDAY,
            "regularMarketTime": times[-1],
            "priceHint": 2,
            "dataGranularity": "1d",
            "validRanges": ["1d", "5d", "max"],
        },
        "timestamp": times,
        "events": {
            "splits": {
                str(times[2]): {
                    "date": times[2],
                    "numerator": 2.0,
                    "denominator": 1.0,
                    "splitRatio": "2:1",
                }
            }
        },
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": quote["close"]}]},
    }
    if empty:
        del result["timestamp"]
        result["indicators"] = {"quote": [{}]}
    return {"chart": {"result": [result], "error": None}}


UNKNOWN = {
    "chart": {
        "result": None,
        "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"},
    }
}
FOUND = {
    "quotes": [{"symbol": "ABC", "longname": "Alphabet Soup", "exchDisp": "NYSE"}],
    "news": [],
}


class Yahoo(ThreadingHTTPServer):
    """A Yahoo that answers charts with `status` and `body`."""

    daemon_threads = True
    status = 200
    body: bytes = b""
    search: bytes = json.dumps(FOUND).encode()

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.answer(chart())

    def answer(self, body: object, status: int = 200) -> None:
        """Answer every chart with this from now on."""
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status = status


class Handler(BaseHTTPRequestHandler):
    """Knows Yahoo's paths."""

    def do_GET(self) -> None:
        yahoo = self.server
        assert isinstance(yahoo, Yahoo)
        yahoo.asked.append(self.path)
        path = urlsplit(self.path).path
        if path.startswith("/v8/finance/chart/"):
            self.reply(yahoo.status, yahoo.body)
        elif path.startswith("/v1/finance/search"):
            self.reply(yahoo.status, yahoo.search)
        elif path.endswith("/getcrumb"):
            self.reply(200, b"crumb")
        else:
            self.reply(404, b"")

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "A3=cookie; Domain=127.0.0.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, *args: object) -> None:
        """Say nothing."""


def session_to(port: int) -> requests.Session:
    """Return a session that takes every https address to the loopback server."""
    import requests
    from requests.adapters import HTTPAdapter

    class ToLoopback(HTTPAdapter):
        @override
        def send(
            self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
        ) -> requests.Response:
            parts = urlsplit(request.url or "")
            request.url = f"http://127.0.0.1:{port}{parts.path}?{parts.query}"
            return super().send(request, *args, **kwargs)

    session = requests.Session()
    session.trust_env = False
    session.mount("https://", ToLoopback())
    return session


@contextmanager
def serving() -> Iterator[Yahoo]:
    with Yahoo() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[Yahoo]:
    with serving() as made:
        yield made


@pytest.fixture
def yahoo(server: Yahoo, tmp_path: Path) -> Iterator[YahooProvider]:
    from yfinance import data

    # yfinance 1.7 uses what pandas 3 deprecates, and asks to be warned when it is imported.
    warnings.filterwarnings("ignore", "The inplace keyword in DataFrame", DeprecationWarning)
    # It keeps one session, one cookie and one cache for the whole process.
    data.SingletonMeta._instances.clear()
    with session_to(server.server_port) as session:
        yield YahooProvider(YFinanceWire(tmp_path, session=session))
    data.SingletonMeta._instances.clear()


def test_a_chart_becomes_bars(yahoo: YahooProvider):
    bars = yahoo.history("ABC", Interval.D1)
    assert [f"{bars.when(row):%Y-%m-%d}" for row in range(len(bars))] == [
        "2012-06-04",
        "2012-06-05",
        "2012-06-06",
        "2012-06-07",
        "2012-06-08",
    ]
    assert bars.bar(0).close == 11
    assert bars.adjusted_close is not None


def test_splits_come_from_the_same_chart(yahoo: YahooProvider):
    assert [(f"{each.date:%Y-%m-%d}", each.ratio) for each in yahoo.splits("ABC")] == [
        ("2012-06-06", Decimal(2))
    ]


def test_a_search_becomes_instruments(yahoo: YahooProvider):
    assert [(each.symbol, each.name) for each in yahoo.search("soup")] == [("ABC", "Alphabet Soup")]


def test_an_unknown_symbol_is_not_called_delisted(server: Yahoo, yahoo: YahooProvider):
    server.answer(UNKNOWN, 404)
    with pytest.raises(SymbolNotFoundError, match="has nothing under NOSUCH"):
        yahoo.history("NOSUCH", Interval.D1)


def test_too_many_questions_are_a_rate_limit(server: Yahoo, yahoo: YahooProvider):
    server.answer(b"Too Many Requests", 429)
    with pytest.raises(RateLimitedError):
        yahoo.history("LIMIT", Interval.D1)


@pytest.mark.parametrize(
    ("body", "status"), [(b"<html>oops</html>", 500), (b"<html>hello</html>", 200), (b"", 200)]
)
def test_what_is_no_chart_is_a_fault_of_theirs(
    server: Yahoo, yahoo: YahooProvider, body: bytes, status: int
):
    server.answer(body, status)
    with pytest.raises(ProviderUnavailableError):
        yahoo.history("GARBAGE", Interval.D1)


def test_a_chart_without_times_has_no_prices(server: Yahoo, yahoo: YahooProvider):
    server.answer(chart(empty=True))
    with pytest.raises((NoDataError, ProviderUnavailableError)):
        yahoo.history("EMPTY", Interval.D1)


def test_a_server_that_is_gone_cannot_be_reached(tmp_path: Path):
    from yfinance import data

    with serving() as gone:
        port = gone.server_port
    data.SingletonMeta._instances.clear()
    with session_to(port) as session:
        provider = YahooProvider(YFinanceWire(tmp_path, session=session))
        with pytest.raises(ProviderUnavailableError, match="cannot be reached"):
            provider.history("GONE", Interval.D1)
    data.SingletonMeta._instances.clear()


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the fixtures are not beside this checkout")
@pytest.mark.parametrize(
    ("file", "symbol", "rows"),
    [
        ("nyf2_historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv.json", "NVDA", 252),
        ("nyf2_chart-AAPL.json", "AAPL", 1),
        ("rs_history_chart_MSFT.json", "MSFT", 127),
    ],
)
def test_recorded_charts_become_bars(
    server: Yahoo, yahoo: YahooProvider, file: str, symbol: str, rows: int
):
    recorded = json.loads((FIXTURES / file).read_text())
    server.answer(recorded.get("response", {}).get("bodyJson", recorded))
    bars = yahoo.history(symbol, Interval.D1)
    assert len(bars) == rows
    assert bars.source == "Yahoo Finance"
