"""Alpaca's REST interface on loopback: paths, paging and headers."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

from typing_extensions import override

from tests.servers.alpaca_book import RefusedError, asset_class, stamp, text

if TYPE_CHECKING:
    from tests.servers.alpaca import AlpacaServer
    from tests.servers.alpaca_book import Book

    Json: TypeAlias = dict[str, Any]
    Answer: TypeAlias = tuple[int, object]

PAGE = 100


class RestServer(ThreadingHTTPServer):
    """Listens; `alpaca` is the whole of it."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, alpaca: AlpacaServer) -> None:
        self.alpaca = alpaca
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), Handler)

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        """Count a connection as soon as it is let in, not when its thread gets its turn."""
        self.open.add(request)
        super().process_request(request, client_address)

    @override
    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.open.discard(request)

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: cut connections are part of the game."""


class Handler(BaseHTTPRequestHandler):
    """Knows Alpaca's paths."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    @property
    def rest(self) -> RestServer:
        assert isinstance(self.server, RestServer)
        return self.server

    def do_GET(self) -> None:
        self.meet("GET")

    def do_POST(self) -> None:
        self.meet("POST")

    def do_PATCH(self) -> None:
        self.meet("PATCH")

    def do_DELETE(self) -> None:
        self.meet("DELETE")

    def meet(self, method: str) -> None:
        """Record what is asked, let the planned faults have their way, and answer."""
        alpaca = self.rest.alpaca
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:  # who asked was killed while sending: that is no request
            self.close_connection = True
            return
        body = json.loads(raw) if raw else None
        fault = alpaca.meet(method, path, query, body)
        if fault is not None and not fault.carried_out and fault.status:
            self.reply(fault.status, fault.body, fault.headers)
            return
        if fault is not None and fault.hangs and not fault.carried_out:
            alpaca.wait_for_release()
        answer: object
        if self.headers.get("APCA-API-KEY-ID") != alpaca.key or alpaca.refusing_auth:
            status, answer = 401, {"code": 40110000, "message": "request is not authorized"}
        elif self.headers.get("APCA-API-SECRET-KEY") != alpaca.secret:
            status, answer = 403, {"message": "forbidden."}
        else:
            status, answer = self.carry_out(method, path, query, body)
        if fault is not None and fault.hangs and fault.carried_out:
            alpaca.wait_for_release()
        if fault is not None and fault.cuts:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault is not None and fault.status:
            self.reply(fault.status, fault.body, fault.headers)
        else:
            self.reply(status, answer)

    def carry_out(
        self, method: str, path: str, query: dict[str, str], body: Json | None
    ) -> tuple[int, object]:
        alpaca = self.rest.alpaca
        with alpaca.lock:
            try:
                if path.startswith("/v2/orders"):
                    return orders(alpaca.book, method, path, query, body or {})
                for table in (TRADING, DATA):
                    for start, answering in table.items():
                        if path.startswith(start):
                            return answering(alpaca, path, query)
            except RefusedError as refused:
                return refused.status, refused.body
        return 404, {"code": 40410000, "message": f"endpoint not found: {path}"}

    def reply(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = b""
        if isinstance(body, bytes):
            data = body
        elif status != 204:
            data = json.dumps(body).encode()
        limit, remaining, reset = self.rest.alpaca.rate
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-RateLimit-Limit", str(limit))
        self.send_header("X-RateLimit-Remaining", str(remaining))
        self.send_header("X-RateLimit-Reset", str(int(time.time() + reset)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    @override
    def log_message(self, *args: object) -> None:
        """Say nothing."""


def orders(
    book: Book, method: str, path: str, query: dict[str, str], body: Json
) -> tuple[int, object]:
    if path == "/v2/orders:by_client_order_id":
        return 200, book.by_client_id(query["client_order_id"]).json()
    id_ = path.removeprefix("/v2/orders").strip("/")
    if method == "POST":
        return 200, book.place(body)
    if method == "PATCH":
        return 200, book.replace(id_, body)
    if method == "DELETE" and id_:
        book.cancel(id_)
        return 204, None
    if method == "DELETE":
        open_ids = [each.id for each in book.working() if each.parent is None]
        for each in open_ids:
            book.cancel(each)
        return 207, [{"id": each, "status": 200} for each in open_ids]
    return 200, book.by_id(id_).json() if id_ else listed_orders(book, query)


def listed_orders(book: Book, query: dict[str, str]) -> list[Json]:
    status = query.get("status", "open")
    nested = query.get("nested") == "true"
    after, until = query.get("after"), query.get("until")
    found = [
        each
        for each in book.orders.values()
        if status == "all" or each.is_open == (status == "open")
        if not nested or each.parent is None
        if after is None or each.created_at > moment(after)
        if until is None or each.created_at < moment(until)
    ]
    if query.get("direction", "desc") == "desc":
        found.reverse()
    return [each.json(nested=nested) for each in found[: int(query.get("limit", "50"))]]


def moment(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def account(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    if path.startswith("/v2/account/activities"):
        return activities(alpaca, path, query)
    if path == "/v2/account/portfolio/history":
        return 200, alpaca.portfolio_history
    book = alpaca.book
    return 200, {
        "id": "1d9eed04-be39-4e01-9b84-a48ac5bbafcf",
        "account_number": alpaca.account_number,
        "status": "ACTIVE",
        "currency": "USD",
        "cash": text(book.cash),
        "buying_power": text(book.buying_power()),
        "equity": text(book.equity()),
        "last_equity": text(alpaca.last_equity),
        "multiplier": text(book.multiplier),
        "shorting_enabled": book.shorting,
        "pattern_day_trader": False,
        "daytrade_count": 1,
        "trading_blocked": alpaca.trading_blocked,
        "account_blocked": False,
        "trade_suspended_by_user": False,
        "options_approved_level": 3,
        "options_trading_level": 2,
        "created_at": "2023-01-01T18:20:20.272275Z",
    }


def activities(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    wanted = path.removeprefix("/v2/account/activities").strip("/")
    if query.get("category") and wanted:
        return 422, {"code": 40010001, "message": "category and activity_types exclude each other"}
    found = [
        each
        for each in alpaca.book.activities + alpaca.other_activities
        if not wanted or each["activity_type"] in wanted.split(",")
        if query.get("category") != "non_trade_activity" or each["activity_type"] != "FILL"
        if "after" not in query
        or moment(each.get("transaction_time") or each["date"]) > moment(query["after"])
    ]
    found.sort(key=lambda each: str(each.get("transaction_time") or each["date"]))
    if query.get("direction", "desc") == "desc":
        found.reverse()
    token = query.get("page_token")
    if token:
        ids = [each["id"] for each in found]
        found = found[ids.index(token) + 1 :]
    return 200, found[: min(int(query.get("page_size", PAGE)), PAGE, alpaca.page_size)]


def positions(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    shown = []
    for symbol, held in alpaca.book.held.items():
        price = alpaca.book.price(symbol) or held.average
        size = alpaca.book.multiplier_of(symbol)
        shown.append(
            {
                "asset_id": "904837e3-3b76-47ec-b432-046db621571b",
                "symbol": symbol.replace("/", ""),
                "exchange": "NASDAQ",
                "asset_class": asset_class(symbol),
                "asset_marginable": True,
                "qty": text(held.quantity),
                "avg_entry_price": text(held.average),
                "side": "long" if held.quantity > 0 else "short",
                "market_value": text(held.quantity * price * size),
                "cost_basis": text(held.quantity * held.average * size),
                "unrealized_pl": text(held.quantity * (price - held.average) * size),
                "current_price": text(price),
                "lastday_price": text(price),
                "change_today": "0",
                "qty_available": text(held.quantity),
            }
        )
    return 200, shown


def clock(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    now = alpaca.now()
    opens, closes = now + timedelta(hours=12), now + timedelta(hours=3)
    return 200, {
        "timestamp": stamp(now + timedelta(seconds=alpaca.clock_off)),
        "is_open": alpaca.book.is_open,
        "next_open": stamp(opens),
        "next_close": stamp(closes),
    }


def calendar(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    return 200, [
        {"date": "2026-01-05", "open": "09:30", "close": "16:00"},
        {"date": "2026-01-06", "open": "09:30", "close": "16:00"},
    ]


def asset(symbol: str) -> Json:
    kind = asset_class(symbol)
    more: Json = {}
    if kind == "crypto":
        more = {
            "min_order_size": "0.0001",
            "min_trade_increment": "0.000000001",
            "price_increment": "0.01",
        }
    return {
        "id": "904837e3-3b76-47ec-b432-046db621571b",
        "class": kind,
        "exchange": "CRYPTO" if kind == "crypto" else "NASDAQ",
        "symbol": symbol,
        "name": f"{symbol} Common Stock",
        "status": "active",
        "tradable": True,
        "marginable": kind == "us_equity",
        "shortable": kind == "us_equity",
        "easy_to_borrow": kind == "us_equity",
        "fractionable": kind != "us_option",
        "attributes": [],
        **more,
    }


def assets(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    symbol = path.removeprefix("/v2/assets").strip("/")
    if not symbol:
        return 200, [asset(each) for each in ("AAPL", "MSFT", "BTC/USD")]
    if symbol in alpaca.book.unlisted:
        raise RefusedError(404, 40410000, f"asset not found for {symbol}")
    return 200, asset(symbol)


def contract(symbol: str) -> Json:
    root, tail = symbol[:-15], symbol[-15:]
    return {
        "id": "00000000-0000-0000-0000-000000000000",
        "symbol": symbol,
        "name": f"{root} {tail}",
        "status": "active",
        "tradable": True,
        "expiration_date": f"20{tail[0:2]}-{tail[2:4]}-{tail[4:6]}",
        "root_symbol": root,
        "underlying_symbol": root,
        "underlying_asset_id": "00000000-0000-0000-0000-000000000000",
        "type": "call" if tail[6] == "C" else "put",
        "style": "american",
        "strike_price": text(Decimal(tail[7:]) / 1000),
        "size": "100",
        "open_interest": "12",
        "open_interest_date": "2026-01-02",
        "close_price": None,
        "close_price_date": None,
    }


def contracts(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    one = path.removeprefix("/v2/options/contracts").strip("/")
    if one:
        if one not in alpaca.contracts:
            raise RefusedError(404, 40410000, f"option contract not found for {one}")
        return 200, contract(one)
    under = query.get("underlying_symbols", "").split(",")
    found = [each for each in alpaca.contracts if each[:-15] in under]
    shown, token = paged(found, query, alpaca.page_size)
    return 200, {"option_contracts": [contract(each) for each in shown], "next_page_token": token}


def paged(found: list[str], query: dict[str, str], size: int) -> tuple[list[str], str | None]:
    first = int(query.get("page_token", "0"))
    last = first + min(int(query.get("limit", "100")), size)
    return found[first:last], str(last) if last < len(found) else None


def bars(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    adjustment = query.get("adjustment", "raw")
    token = query.get("page_token")
    rows: list[tuple[str, Json]] = []
    for symbol in query["symbols"].split(","):
        stored = alpaca.bars.get((symbol, query["timeframe"], adjustment))
        if stored is None:
            stored = alpaca.bars.get((symbol, query["timeframe"], "raw"), [])
        rows += [
            (symbol, each)
            for each in stored
            if "start" not in query or moment(each["t"]) >= moment(query["start"])
            if "end" not in query or moment(each["t"]) <= moment(query["end"])
        ]
    first = int(token or 0)
    last = first + min(int(query.get("limit", "1000")), alpaca.page_size)
    page: dict[str, list[Json]] = {}
    for symbol, each in rows[first:last]:
        page.setdefault(symbol, []).append(each)
    shown: object = page or (None if alpaca.null_bars else {})
    return 200, {"bars": shown, "next_page_token": str(last) if last < len(rows) else None}


def quote_body(alpaca: AlpacaServer, symbol: str) -> Json:
    bid, ask, _ = alpaca.book.quotes[symbol]
    return {
        "t": stamp(alpaca.now()),
        "ax": "P",
        "ap": float(ask),
        "as": 13,
        "bx": "K",
        "bp": float(bid),
        "bs": 2,
        "c": ["R"],
        "z": "C",
    }


def snapshot(alpaca: AlpacaServer, symbol: str) -> Json:
    price = float(alpaca.book.price(symbol))
    at = stamp(alpaca.now())
    bar = {"t": at, "o": price - 1, "h": price + 2, "l": price - 2, "c": price, "v": 1200, "n": 9}
    if asset_class(symbol) == "us_option":
        return {
            "latestQuote": quote_body(alpaca, symbol),
            "latestTrade": {"c": "I", "p": price, "s": 1, "t": at, "x": "W"},
            "impliedVolatility": 0.31,
            "greeks": {"delta": 0.67, "gamma": 0.02, "rho": 0.06, "theta": -0.1, "vega": 0.14},
        }
    return {
        "latestTrade": {"t": at, "x": "D", "p": price, "s": 100, "c": ["@"], "i": 7, "z": "C"},
        "latestQuote": quote_body(alpaca, symbol),
        "minuteBar": bar,
        "dailyBar": bar,
        "prevDailyBar": {**bar, "c": price - 5},
    }


def quoted(alpaca: AlpacaServer, query: dict[str, str]) -> list[str]:
    return [each for each in query["symbols"].split(",") if each in alpaca.book.quotes]


def snapshots(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    strange = alpaca.strange.intersection(query["symbols"].split(","))
    if strange:
        return 400, {"message": f"invalid symbol: {min(strange)}"}
    found = {each: snapshot(alpaca, each) for each in quoted(alpaca, query)}
    if path == "/v2/stocks/snapshots":
        return 200, found
    return 200, {"snapshots": found, "next_page_token": None}


def latest_quotes(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    return 200, {"quotes": {each: quote_body(alpaca, each) for each in quoted(alpaca, query)}}


def corporate_actions(alpaca: AlpacaServer, path: str, query: dict[str, str]) -> Answer:
    wanted = query.get("symbols", "").split(",")
    found = {
        kind: [each for each in each_kind if each["symbol"] in wanted]
        for kind, each_kind in alpaca.corporate_actions.items()
    }
    return 200, {"corporate_actions": found, "next_page_token": None}


TRADING = {
    "/v2/account": account,
    "/v2/positions": positions,
    "/v2/clock": clock,
    "/v2/calendar": calendar,
    "/v2/assets": assets,
    "/v2/options/contracts": contracts,
}
DATA = {
    "/v2/stocks/bars": bars,
    "/v1beta3/crypto/us/bars": bars,
    "/v1beta1/options/bars": bars,
    "/v2/stocks/snapshots": snapshots,
    "/v1beta3/crypto/us/snapshots": snapshots,
    "/v1beta1/options/snapshots": snapshots,
    "/v2/stocks/quotes/latest": latest_quotes,
    "/v1beta3/crypto/us/latest/quotes": latest_quotes,
    "/v1beta1/options/quotes/latest": latest_quotes,
    "/v1/corporate-actions": corporate_actions,
}
