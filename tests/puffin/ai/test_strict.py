"""What is read as a call's arguments, and what is not."""

from __future__ import annotations

import pytest

from puffin.ai.strict import strict_object


def test_an_object_is_read_as_it_stands():
    read = strict_object(' {"symbol": "AAPL", "quantity": 1.5, "legs": [{"a": null}], "é": "€"} ')
    assert read == {"symbol": "AAPL", "quantity": 1.5, "legs": [{"a": None}], "é": "€"}


@pytest.mark.parametrize(
    "written",
    [
        "",
        "null",
        "[1]",
        '"AAPL"',
        '{"symbol": "AAPL"',
        '{"symbol": "AAPL"}}',
        '{"symbol": "AAPL"} {"symbol": "MSFT"}',
        '{"quantity": 1, "quantity": 1000}',
        '{"legs": [{"side": "buy", "side": "sell"}]}',
        '{"quantity": NaN}',
        '{"quantity": -Infinity}',
        '{"quantity": 1e999}',
        '{"symbol": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"symbol": "AA\nPL"}',
        "{'symbol': 'AAPL'}",
        '{"symbol": "AAPL",}',
        '{"a": ' + "[" * 100 + "]" * 100 + "}",
        '{"a": ' + "[" * 100_000,
        '{"quantity": ' + "9" * 5_000 + "}",
    ],
)
def test_what_is_not_exactly_one_object_is_refused(written: str):
    with pytest.raises(ValueError, match=r"."):
        strict_object(written)
