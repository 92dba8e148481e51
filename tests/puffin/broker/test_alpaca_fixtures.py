"""Recorded and documented messages of Alpaca's, read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgpack import Timestamp

from puffin.broker.alpaca_account import read_asset
from puffin.broker.alpaca_news import NewsReader
from puffin.broker.alpaca_orders import Names, OrderReader
from puffin.data.alpaca_bars import _split
from puffin.data.alpaca_quotes import QuoteBook
from puffin.types import AssetClass, OrderStatus, Side
from tests.puffin.broker.alpaca_stage import now

FIXTURES = Path(__file__).parents[4] / "shared/fixtures/alpaca"
D = Decimal
pytestmark = pytest.mark.skipif(
    not FIXTURES.is_dir(), reason="the fixtures are not beside this checkout"
)


def recorded(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(), parse_float=Decimal)


def reader() -> OrderReader:
    return OrderReader("a", now, Names.empty())


def test_the_documented_fill_of_the_stream():
    names = Names.empty()
    news = NewsReader(OrderReader("a", now, names), names)
    messages = recorded("docs_trading_stream.json")["messages"]
    (update,) = news.read(messages[-1]["data"])
    assert update.order_id == "4642fd68-d59a-47d7-a9ac-e22f536828d1"
    assert update.status is OrderStatus.FILLED
    assert update.fill is not None
    assert (update.fill.quantity, update.fill.price) == (D("1790.86"), D("105.8988475"))
    assert (update.fill.symbol, update.fill.side) == ("SOL/USD", Side.SELL)
    assert update.fill.at == datetime(2022, 4, 19, 17, 45, 5, 24916, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "rest_test_order_routes__test_get_order_by_client_id.json",
        "rest_test_order_routes__test_get_orders.json",
        "rest_test_order_routes__test_market_order.json",
        "rest_test_order_routes__test_order_position_intent_1.json",
        "rest_test_position_routes__test_close_position_with_percentage.json",
    ],
)
def test_orders_of_the_clients_own_tests(name: str):
    body = recorded(name)["body"]
    for each in body if isinstance(body, list) else [body]:
        if "`" in each["symbol"]:
            each["symbol"] = each["symbol"].strip("`")  # a slip of theirs
        (order,) = reader().orders([each])
        assert order.broker_id == each["id"]
        assert order.raw == each["status"]
        assert order.status is not OrderStatus.OTHER


def test_a_documented_option_contract():
    body = recorded("rest_test_option_routes__test_get_option_contracts.json")["body"]
    asset = read_asset(body["option_contracts"][0])
    assert (asset.symbol, asset.asset) == ("AAPL231103C00170000", AssetClass.OPTION)
    assert asset.tradable


def test_documented_splits():
    kinds = recorded("rest_test_corporate_actions__test_get_corporate_actions.json")["body"]
    actions = kinds["corporate_actions"]
    reverse = _split("MNTS", actions["reverse_splits"][0])
    forward = _split("SRE", actions["forward_splits"][0])
    assert reverse is not None
    assert reverse.ratio == D("0.02")
    assert forward is not None
    assert (forward.ratio, forward.date) == (D(2), datetime(2023, 8, 22, tzinfo=UTC))


def test_messages_of_the_price_stream():
    book = QuoteBook()
    for message in recorded("ws_data_messages_sdk_tests.json")["messages"]:
        at = message.get("t")
        if isinstance(at, dict):
            inner = at["$msgpack_timestamp"]
            message["t"] = Timestamp(inner["seconds"], inner["nanoseconds"])
        book.take(message)
    quote = book.take({"T": "t", "S": "SPIP", "p": D("25.42"), "s": 3, "t": Timestamp(11, 0)})
    assert quote is not None
    assert (quote.bid, quote.ask, quote.last) == (D("25.41"), D("25.43"), D("25.42"))
    assert quote.at == datetime(1970, 1, 1, 0, 0, 11, tzinfo=UTC)


def test_the_documented_messages_of_the_price_stream():
    book = QuoteBook()
    heard = []
    for batch in recorded("docs_stock_realtime.json")["messages"]:
        for each in batch if isinstance(batch, list) else [batch]:
            quote = book.take(each)
            heard += [] if quote is None else [quote]
    assert heard[-1].symbol == "AMD"
    assert (heard[-1].bid, heard[-1].ask) == (D("87.66"), D("87.67"))


def test_a_documented_snapshot_of_an_option():
    body = recorded("rest_test_historical_option_data__test_get_snapshot.json")["body"]
    ((symbol, snapshot),) = body["snapshots"].items()
    quote = QuoteBook().snapshot(symbol, snapshot, datetime(2024, 2, 3, tzinfo=UTC))
    assert quote is not None
    assert (quote.bid, quote.ask, quote.last) == (D("0.48"), D("0.59"), D("0.52"))
    assert quote.previous_close is None
