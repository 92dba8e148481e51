from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.types import OrderStatus, Side
from puffling.commands.terminal import NoDesk, parse_values, render
from puffling.core.errors import BadValueError, PufflingError
from puffling.work.requests import plain


@dataclass(frozen=True)
class Record:
    price: Decimal
    status: OrderStatus
    at: datetime
    note: str | None
    curve: Any


RECORD = Record(
    Decimal("1.50"), OrderStatus.FILLED, datetime(2012, 6, 1, tzinfo=UTC), None, np.array([1.0])
)


def test_words_become_values():
    assert parse_values(["symbol=AAPL", "quantity=10", "note=a=b"]) == {
        "symbol": "AAPL",
        "quantity": "10",
        "note": "a=b",
    }


def test_json_words_are_read_as_json():
    assert parse_values(['parameters={"short": 5}']) == {"parameters": {"short": 5}}


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(BadValueError, match="AAPL stands twice"):
        parse_values(['weights={"AAPL": 0.5, "AAPL": 0.5}'])


@pytest.mark.parametrize(
    ("word", "sentence"),
    [("AAPL", "not of the form"), ("=1", "not of the form"), ("parameters={", "not proper JSON")],
)
def test_a_word_that_is_no_value_is_named(word, sentence):
    with pytest.raises(BadValueError, match=sentence):
        parse_values([word])


def test_the_same_name_twice_is_refused():
    with pytest.raises(BadValueError, match="twice"):
        parse_values(["a=1", "a=2"])


@given(st.lists(st.text(), max_size=4))
def test_no_words_can_break_the_parser(words):
    with contextlib.suppress(BadValueError):
        assert set(parse_values(words)) == {each.partition("=")[0] for each in words}


def test_results_become_json_without_losing_a_digit():
    assert plain(RECORD) == {
        "price": "1.50",
        "status": "filled",
        "at": "2012-06-01T00:00:00Z",
        "note": None,
        "curve": [1.0],
    }
    assert json.dumps(plain({"nan": float("nan")})) == '{"nan": null}'


def test_results_become_lines_and_unknown_is_a_dash():
    lines = render([RECORD, {"empty": {}}]).splitlines()
    assert lines[0] == "price   1.50"
    assert "note    —" in lines
    assert lines[-1] == "empty  —"


async def test_without_a_window_the_desk_says_what_needs_one():
    desk = NoDesk()
    with pytest.raises(PufflingError, match=r"^Open panel needs the window\.$"):
        desk.open_panel("chart")
    with pytest.raises(PufflingError, match="needs the window") as caught:
        desk.fill_ticket(Side.BUY, "IBM", Decimal(3))
    assert "order.place symbol=IBM side=buy quantity=3" in caught.value.hint
    with pytest.raises(PufflingError) as asked:
        await desk.ask_word("Resume", "Type it.", "RESUME")
    assert asked.value.hint == "Add word=RESUME to the command."
    with pytest.raises(PufflingError, match=r"run\.pdf was not written") as written:
        await desk.write_pdf("<p></p>", {}, Path("run.pdf"))
    assert ".html" in written.value.hint
    with pytest.raises(PufflingError, match=r"^Grid needs the window\.$"):
        desk.panels.grid(4)
