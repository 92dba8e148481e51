"""Ready-made asks are read as people type them: which symbols, which strategy, which numbers."""

from __future__ import annotations

import pytest

from puffling.agents.prompts import facts_of, read
from puffling.core.errors import BadValueError


def looked_up(text):
    return [dict(each.arguments) for each in facts_of(read(text, "IBM"))]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("/analyse", ["IBM"]),
        ("/analyse aapl", ["AAPL"]),
        ("/analyse aapl, msft", ["AAPL", "MSFT"]),
        ("/analyse AAPL and MSFT", ["AAPL", "MSFT"]),
        ("/analyse aapl and msft please", ["AAPL", "MSFT"]),
        ("/analyse what about BRK.B", ["BRK.B"]),
        ("/analyze @goog", ["GOOG"]),
        ("/analyse @goog AAPL", ["GOOG", "AAPL"]),
    ],
)
def test_an_analysis_is_of_the_symbols_that_were_named(text, symbols):
    assert [each["symbol"] for each in looked_up(text)] == symbols


@pytest.mark.parametrize(
    ("text", "strategy", "params", "symbols"),
    [
        ("/backtest AAPL", "momentum", None, ["AAPL"]),
        ("/backtest", "momentum", None, ["IBM"]),
        ("/backtest 20/50 AAPL MSFT", "momentum", (20, 50), ["AAPL", "MSFT"]),
        ("/backtest 20/50 aapl", "momentum", (20, 50), ["AAPL"]),
        ("/backtest a 20/50 crossover on AAPL", "momentum", (20, 50), ["AAPL"]),
        ("/backtest crossover 20/50 on AAPL and MSFT", "momentum", (20, 50), ["AAPL", "MSFT"]),
        ("/backtest mean_reversion aapl", "mean_reversion", None, ["AAPL"]),
        ("/backtest breakout @msft", "breakout", None, ["MSFT"]),
        ("/backtest mine on AAPL", "mine", None, ["AAPL"]),
        ("/backtest squeeze", "squeeze", None, ["IBM"]),
    ],
)
def test_a_backtest_is_of_the_strategy_and_the_symbols_that_were_named(
    text, strategy, params, symbols
):
    found = looked_up(text)
    assert [each["symbols"] for each in found] == [[each] for each in symbols]
    assert {each["strategy_type"] for each in found} == {strategy}
    expected = None if params is None else {"short": params[0], "long": params[1]}
    assert all(each.get("params") == expected for each in found)


def test_one_without_a_symbol_in_view_says_how_to_name_one():
    with pytest.raises(BadValueError, match="needs a symbol") as error:
        read("/backtest mean_reversion")
    assert "AAPL" in error.value.hint
