from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.data.bars import Interval
from puffin.types import OrderType, Side, TimeInForce
from puffling.commands import all_commands
from puffling.commands.line import Known, LineError, complete, is_meant, read

if TYPE_CHECKING:
    from puffling.commands.line import Step

SYMBOLS = ("AAPL", "IBM", "MSFT", "BTC/USD")
KNOWN = Known(
    commands={"data.quote": ("symbol",), "demo.pause": ()},
    panels={"risk": "Risk", "backtest": "Backtest"},
    layouts=("Quant", "My desk"),
    strategies={"momentum": ("fast", "slow"), "breakout": ("window",)},
    symbols=lambda text: [each for each in SYMBOLS if each.startswith(text)],
    is_symbol=SYMBOLS.__contains__,
)


def steps(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = read(text, KNOWN)
    assert found is not None, text
    return [(each.command, each.values) for each in found.steps]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AAPL", [("desk.symbol", {"symbol": "AAPL"})]),
        (
            "AAPL 5m",
            [
                ("desk.symbol", {"symbol": "AAPL"}),
                ("chart.timeframe", {"interval": Interval.M5}),
            ],
        ),
        (
            "BRK-B 5m",
            [
                ("desk.symbol", {"symbol": "BRK.B"}),
                ("chart.timeframe", {"interval": Interval.M5}),
            ],
        ),
        ("BTC-USD", [("desk.symbol", {"symbol": "BTC/USD"})]),
        ("RISK", [("panel.risk", {})]),
        ("risk", [("panel.risk", {})]),
        ("AAPL RISK", [("desk.symbol", {"symbol": "AAPL"}), ("panel.risk", {})]),
        (
            "aapl 1M",  # as the chart's own buttons write a month
            [
                ("desk.symbol", {"symbol": "AAPL"}),
                ("chart.timeframe", {"interval": Interval.MO1}),
            ],
        ),
        (
            "AAPL 1m",
            [
                ("desk.symbol", {"symbol": "AAPL"}),
                ("chart.timeframe", {"interval": Interval.M1}),
            ],
        ),
        ("aapl risk", [("desk.symbol", {"symbol": "AAPL"}), ("panel.risk", {})]),
        (
            "aapl b 100",
            [
                (
                    "ticket.write",
                    {
                        "side": Side.BUY,
                        "symbol": "AAPL",
                        "quantity": Decimal(100),
                        "type": OrderType.MARKET,
                    },
                )
            ],
        ),
        (
            "ALERT MSFT >30",
            [("alert.add", {"symbol": "MSFT", "kind": "above", "price": Decimal(30)})],
        ),
        ("MSFT<30", [("alert.add", {"symbol": "MSFT", "kind": "below", "price": Decimal(30)})]),
        ("LAYOUT quant", [("layout.open", {"name": "Quant"})]),
        ('layout "my desk"', [("layout.open", {"name": "My desk"})]),
        (
            "ALERT MSFT > 30",
            [("alert.add", {"symbol": "MSFT", "kind": "above", "price": Decimal(30)})],
        ),
        (
            "MSFT < 1,250.5",
            [("alert.add", {"symbol": "MSFT", "kind": "below", "price": Decimal("1250.5")})],
        ),
        ("data.quote symbol=IBM", [("data.quote", {"symbol": "IBM"})]),
        ("demo.pause", [("demo.pause", {})]),
    ],
)
def test_a_line_comes_to_commands(text: str, expected: list[tuple[str, dict[str, Any]]]):
    assert steps(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "AAPL BT momentum 20 50",
        "BT momentum 20 50 AAPL",
        "bt Momentum AAPL slow=50 20",
        "aapl bt momentum 20 50",
    ],
)
def test_a_backtest_takes_the_numbers_of_its_strategy_in_their_order(text: str):
    ((command, values),) = steps(text)
    assert command == "backtest.write"
    assert {name: float(each) for name, each in values["parameters"].items()} == {
        "fast": 20,
        "slow": 50,
    }
    assert (values["strategy"], values["symbol"], values["run"]) == ("momentum", "AAPL", True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("B 100 AAPL", {"type": OrderType.MARKET, "quantity": Decimal(100)}),
        ("buy aapl 100", {"type": OrderType.MARKET, "quantity": Decimal(100)}),
        ("B 100 AAPL L 182.5", {"type": OrderType.LIMIT, "limit_price": Decimal("182.5")}),
        ("AAPL B 100 L 182.5 gtc", {"type": OrderType.LIMIT, "time_in_force": TimeInForce.GTC}),
        ("S 5 AAPL STP 90", {"side": Side.SELL, "type": OrderType.STOP, "stop_price": Decimal(90)}),
        ("S 5 AAPL STP 90 L 89.5", {"type": OrderType.STOP_LIMIT, "limit_price": Decimal("89.5")}),
        ("S 5 AAPL TRAIL 2%", {"type": OrderType.TRAILING, "trail_percent": Decimal(2)}),
        ("S 5 AAPL TRAIL 1.50", {"type": OrderType.TRAILING, "trail_price": Decimal("1.50")}),
        ("B $5,000 AAPL", {"notional": Decimal(5000)}),
        ("B 5,1 AAPL", {"quantity": Decimal("5.1")}),
        (
            "B 10 AAPL L 50 TP 60 SL 45 EXT",
            {"take_profit": Decimal(60), "stop_loss": Decimal(45), "extended_hours": True},
        ),
    ],
)
def test_an_order_is_written_on_the_ticket_and_never_sent(text: str, expected: dict[str, object]):
    ((command, values),) = steps(text)
    assert command == "ticket.write"
    assert values["symbol"] == "AAPL"
    assert {name: values[name] for name in expected} == expected


def test_the_sentence_of_an_order_says_the_quantity_as_it_was_read():
    found = read("b 1.000 aapl", KNOWN)
    assert found is not None
    assert found.words == "Write a market order to buy 1 AAPL on the ticket"
    found = read("b 12000 aapl", KNOWN)
    assert found is not None
    assert "buy 12,000 AAPL" in found.words


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("B 100 AAPL L", 12, "needs a price"),
        ("B 100 AAPL L x", 13, "no price"),
        ("B 100 200 AAPL", 6, "quantity already"),
        ("B 100", 5, "Which symbol"),
        ("B 100 AAPL nonsense", 11, "no part of an order"),
        ("ALERT MSFT", 10, "ALERT MSFT > 30"),
        ("ALERT MSFT > soon", 13, "no price"),
        ("LAYOUT qant", 7, "Did you mean Quant"),
        ("AAPL BT momentun 20", 8, "Did you mean momentum"),
        ("AAPL BT momentum 20 50 70", 23, "too many"),
        ("AAPL BT", 7, "Which strategy"),
        ("AAPL sideways", 5, "means nothing after a symbol"),
        ("AAPL 5m 1h", 8, "'1h' is one word too many"),
        ("AAPL RISK 3", 10, "'3' is one word too many"),
        ("AAPL BT momentum fsat=20", 17, "Did you mean fast"),
        ("AAPL BT momentum window=20", 17, "takes fast, slow"),
        ("B 0 AAPL", 2, "more than zero"),
        ("B 100 AAPL L 0", 13, "more than zero"),
        ("S 5 AAPL TRAIL 0%", 15, "more than zero"),
        ("B 100 AAPL L 182.5 L 183", 19, "one price too many"),
        ("B -100 AAPL", 2, "is no quantity"),
        ("B 5k AAPL", 2, "is no quantity"),
        ("B $5k AAPL", 2, "is no quantity"),
        ("ALERT MSFT > 0", 13, "more than zero"),
        ("ALERT MSFT >= 30", 11, "ALERT MSFT > 30"),
        ("data.quote IBM", 11, "write name=value"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, at: int, words: str):
    with pytest.raises(LineError, match=words) as caught:
        read(text, KNOWN)
    assert caught.value.at == at


@pytest.mark.parametrize(
    "text", ["", "  ", "cancel all", "chart", "XYZQ", "B", "back", "tsla risk", "all 5m"]
)
def test_words_to_search_for_are_no_line(text: str):
    assert read(text, KNOWN) is None


def test_a_line_is_meant_from_its_second_word_on():
    assert not is_meant("B")
    assert is_meant("B 1")
    assert is_meant("layout q")
    assert not is_meant("cancel all")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A", ["AAPL", "ALERT"]),
        ("LAYOUT ", ["Quant", '"My desk"']),
        ("AAPL BT m", ["momentum"]),
        ("AAPL 1", ["1m", "15m", "1h"]),
        ("B 100 AAPL T", ["TRAIL", "TP"]),
        ("data.quote ", ["symbol="]),
        ("ALERT I", ["IBM"]),
        ("alert msft ", [">", "<"]),
        ("AAPL BT momentum ", ["fast=", "slow="]),
        ("bt momentum fast=20 ", ["slow="]),
    ],
)
def test_the_words_that_may_follow_are_offered(text: str, first: list[str]):
    assert complete(text, KNOWN)[: len(first)] == first


@pytest.mark.parametrize(
    "text", ["LAYOUT quant ", "ALERT MSFT > ", "ALERT MSFT > 30 ", "B 100 AAPL L ", "AAPL 5m "]
)
def test_nothing_is_offered_where_nothing_of_the_kind_may_follow(text: str):
    assert not set(complete(text, KNOWN)) & {"1m", "BT", "AAPL", "TP", ">"}


@given(st.text(alphabet='ABS LT>$.,%0159"=abx\t', max_size=40))
def test_any_text_is_a_line_or_not_or_says_why_and_only_looks_or_changes(text: str):
    steps: tuple[Step, ...] = ()
    places = [0]
    try:
        found = read(text, KNOWN)
        steps = () if found is None else found.steps
    except LineError as error:
        places = [error.at]
    assert all(0 <= each <= len(text) for each in places)
    registry = all_commands()
    assert all(registry[each.command].effect.value != "trade" for each in steps)


def test_every_command_that_a_line_may_come_to_is_declared_and_none_trades():
    registry = all_commands()
    for id_ in (
        "desk.symbol",
        "chart.timeframe",
        "alert.add",
        "layout.open",
        "ticket.write",
        "backtest.write",
    ):
        assert registry[id_].effect.value != "trade"
