"""What has no value says why: which part fails, at what, and how often."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from puffin.data.universe import align
from puffin.factors.expressions import evaluate, parse
from puffin.factors.operators import FUNCTIONS
from puffin.factors.unknown import why_unknown, written
from tests.puffin.factors.market import walk
from tests.puffin.factors.markets import universe

if TYPE_CHECKING:
    from puffin.data.bars import Bars
    from puffin.data.universe import Universe

MARKET = universe(rows=120, symbols=3)


def why(text: str, market: Universe = MARKET) -> dict[str, str]:
    return why_unknown(parse(text), market)


def cut(bars: Bars, rows: slice | np.ndarray) -> Bars:
    names = ("time", "open", "high", "low", "close", "volume")
    return replace(bars, **{name: getattr(bars, name)[rows] for name in names})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("close / 0", "close / 0: division by zero on every bar."),
        ("log(-close)", "log(-close): the logarithm of a number below zero on every bar."),
        ("log(close - close)", "log(close - close): the logarithm of zero on every bar."),
        ("sqrt(0 - volume)", "sqrt(0 - volume): the root of a number below zero on every bar."),
        (
            "(-close) ** 0.5",
            "(-close) ** 0.5: a broken power of a number below zero on every bar.",
        ),
        ("exp(volume * 1e9)", "exp(volume * 1e+09): a number beyond all bounds on every bar."),
        (
            "corr(close * 0, open, 5)",
            "corr(close * 0, open, 5): the correlation with what does not change on every bar.",
        ),
        (
            "scale(close * 0)",
            "scale(close * 0): every symbol is zero, so there is nothing to scale on every bar.",
        ),
        (
            "rank(mean(close / 0, 5))",
            "close / 0: division by zero on every bar, and what is made of it is unknown too.",
        ),
        (
            "close / 0 if close > 0 else open",
            "close / 0: division by zero on every bar, and what is made of it is unknown too.",
        ),
    ],
)
def test_the_part_that_fails_is_named_with_its_reason(text, said):
    assert why(text) == dict.fromkeys(MARKET.symbols, said)
    assert np.isnan(evaluate(parse(text), MARKET)).all()


@pytest.mark.parametrize(
    "text", ["close", "mean(close, 20)", "close / 0 if close < 0 else open", "corr(close, open, 9)"]
)
def test_what_is_known_needs_no_reason(text):
    assert why(text) == {}


def test_one_bad_bar_within_a_window_is_found_and_counted():
    volume = np.where(np.arange(len(MARKET))[:, None] == 115, 0.0, MARKET.volume)
    market = replace(MARKET, volume=volume)
    found = why("mean(1 / volume, 10)", market)
    assert set(found) == set(MARKET.symbols)
    assert found["S0"] == (
        "1 / volume: division by zero on 1 of 120 bars, and what is made of it is unknown too."
    )
    assert why("delay(1 / volume, 4)", market) == found
    assert why("delay(1 / volume, 5)", market) == {}
    assert why("delta(1 / volume, 4)", market) == found
    assert why("mean(1 / volume, 4)", market) == {}


def test_a_young_symbol_says_how_many_bars_it_has_and_which_are_missing():
    old, young, gappy = walk(100, seed=1), walk(100, seed=2), walk(100, seed=3)
    rows = np.arange(100)
    market = align(
        [
            replace(old, symbol="OLD"),
            replace(cut(young, rows[92:]), symbol="YOUNG"),
            replace(cut(gappy, rows[rows != 95]), symbol="GAPPY"),
        ]
    )
    found = why("mean(close, 20)", market)
    assert found["YOUNG"] == "YOUNG has 8 bars; the expression needs 20."
    assert found["GAPPY"].startswith("GAPPY has no bar on 20")
    assert "OLD" not in found
    assert why("returns", market) == {}


def test_a_part_is_written_as_it_may_be_typed():
    for each in (
        "rank(delta(close, 5)) * -1",
        "(close - open) / (high - low + 0.001)",
        "where(volume > adv20 and not (close < open), ts_rank(close, 9), -1)",
        "close ** 2 ** 0.5",
    ):
        root = parse(each).root
        assert parse(written(root)).root == root
    shown = {each.id for each in FUNCTIONS if each.id not in "rank delta where ts_rank"}
    for name in sorted(shown):
        operator = next(each for each in FUNCTIONS if each.id == name)
        rows = [] if operator.fewest is None else ["7"]
        text = f"{name}({', '.join([*['close'] * operator.series, *rows])})"
        assert written(parse(text).root) == text


def test_a_long_part_is_cut():
    text = " + ".join(["close"] * 40)
    (said, *_) = why(f"({text}) / 0").values()
    assert len(said) < 120
    assert "…: division by zero on every bar." in said
