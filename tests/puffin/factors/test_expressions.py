"""An expression is read exactly, computed as pandas would, and nothing else can be said in it."""

from __future__ import annotations

import pickle
import string
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puffin.data.bars import Bars, Interval
from puffin.data.universe import align
from puffin.errors import NoDataError, ParameterError
from puffin.factors import grammar
from puffin.factors.columns import TITLES, Table
from puffin.factors.expressions import evaluate, parse, require
from puffin.factors.operators import FUNCTIONS, OPERATORS
from tests.puffin.factors.market import bars_of, walk
from tests.puffin.factors.markets import changed, universe

pd = pytest.importorskip("pandas")

BARS = walk(300)
MARKET = universe()
CLOSE = pd.Series(BARS.close)
VOLUME = pd.Series(BARS.volume)
FRAME = {
    name: pd.DataFrame(getattr(MARKET, name)) for name in ("open", "high", "low", "close", "volume")
}


def value(text, source=BARS):
    return evaluate(parse(text), source)


def same(text, wanted, source=BARS):
    np.testing.assert_allclose(value(text, source), wanted, rtol=1e-9, atol=1e-12)


def test_sums_follow_the_usual_order():
    same("close + open * 2", BARS.close + BARS.open * 2)
    same("-close ** 2", -(BARS.close**2))
    same("(close + open) / 2 - 1", (BARS.close + BARS.open) / 2 - 1)
    same("2 ** 3 ** 2 + close * 0", np.full(300, 512.0))
    same("close - open - 1", BARS.close - BARS.open - 1)
    same("+close", BARS.close)


def test_columns_are_made_of_prices():
    same("returns", CLOSE.pct_change())
    same("vwap", (BARS.high + BARS.low + BARS.close) / 3)
    same("dollars", BARS.close * BARS.volume)
    same("adv20", (CLOSE * VOLUME).rolling(20).mean())
    assert parse("VWAP - Close").approximate
    assert not parse("close").approximate


def test_functions_of_time_are_those_of_pandas():
    same("delay(close, 3)", CLOSE.shift(3))
    same("delta(close, 3)", CLOSE.diff(3))
    same("sum(close, 7)", CLOSE.rolling(7).sum())
    same("mean(close, 7)", CLOSE.rolling(7).mean())
    same("std(close, 7)", CLOSE.rolling(7).std())
    same("ts_max(close, 7)", CLOSE.rolling(7).max())
    same("ts_min(close, 7)", CLOSE.rolling(7).min())
    same("ts_rank(close, 7)", CLOSE.rolling(7).rank(pct=True))
    same("ts_argmax(close, 7)", CLOSE.rolling(7).apply(np.argmax, raw=True) + 1)
    same("ts_argmin(close, 7)", CLOSE.rolling(7).apply(np.argmin, raw=True) + 1)
    same("corr(close, volume, 7)", CLOSE.rolling(7).corr(VOLUME))
    same("cov(close, volume, 7)", CLOSE.rolling(7).cov(VOLUME))
    same("product(returns + 1, 5)", (CLOSE.pct_change() + 1).rolling(5).apply(np.prod, raw=True))
    weights = np.arange(1, 6) / 15
    same("decay_linear(close, 5)", CLOSE.rolling(5).apply(lambda last: last @ weights, raw=True))
    same("mean(2, 3) + close * 0", np.where(np.arange(300) < 2, np.nan, 2.0))


def test_functions_of_one_value_are_numpys():
    same(
        "sign(close - open) + abs(open - close)",
        np.sign(BARS.close - BARS.open) + np.abs(BARS.open - BARS.close),
    )
    same(
        "log(close) + exp(returns) + sqrt(volume)",
        np.log(CLOSE) + np.exp(CLOSE.pct_change()) + np.sqrt(VOLUME),
    )
    moved = BARS.close - BARS.open
    same("signed_power(close - open, 2)", np.sign(moved) * moved**2)
    same("min(close, open) + max(close, open)", BARS.close + BARS.open)


def test_choices_and_comparisons():
    up = BARS.close > BARS.open
    same("close > open", up.astype(float))
    same("where(close > open, 1, -1)", np.where(up, 1, -1))
    same("1 if close > open else -1", np.where(up, 1, -1))
    same("not close > open", (~up).astype(float))
    wide = BARS.high / BARS.low > 1.02
    same("close > open and high / low > 1.02", (up & wide).astype(float))
    same("close > open or high / low > 1.02 or 0", (up | wide).astype(float))
    same(
        "(close >= open) + (close <= open) + (close == open) + (close != open)",
        np.full(300, 2.0) + 0 * BARS.close + (BARS.close == BARS.open),
    )
    same("close < open", (BARS.close < BARS.open).astype(float))


def test_functions_across_symbols_are_those_of_pandas():
    close, opened = FRAME["close"], FRAME["open"]
    same("rank(close)", close.rank(axis=1, pct=True), MARKET)
    move = close - opened
    same("demean(close - open)", move.sub(move.mean(axis=1), axis=0), MARKET)
    same("scale(close - open)", move.div(move.abs().sum(axis=1), axis=0), MARKET)
    ranked = close.rank(axis=1, pct=True).rolling(5).corr(FRAME["volume"].rank(axis=1, pct=True))
    known = ~np.isnan(value("corr(rank(close), rank(volume), 5)", MARKET))
    np.testing.assert_allclose(
        value("corr(rank(close), rank(volume), 5)", MARKET)[known],
        ranked.to_numpy()[known],
        atol=1e-6,
    )


def test_a_symbol_of_a_universe_is_as_by_itself():
    text = "std(returns, 20) / adv10 + ts_rank(vwap, 9)"
    together = value(text, MARKET)
    for column, symbol in enumerate(MARKET.symbols):
        np.testing.assert_allclose(
            together[:, column], value(text, MARKET.bars(symbol)), rtol=1e-12
        )


def test_where_a_symbol_has_no_bar_nothing_is_known():
    part = Bars.from_columns(
        "PART",
        Interval.D1,
        time=BARS.time[50:],
        open=BARS.open[50:],
        high=BARS.high[50:],
        low=BARS.low[50:],
        close=BARS.close[50:],
        volume=BARS.volume[50:],
    )
    both = align([BARS, part])
    found = value("sum(volume, 3)", both)
    column = both.symbols.index("PART")
    assert np.isnan(found[:52, column]).all()
    assert np.isfinite(found[52:, column]).all()
    assert value("rank(close)", both)[:50, 1 - column].tolist() == [1.0] * 50


def test_unknown_stays_unknown():
    assert np.isnan(value("returns > 0")[0])
    assert np.isnan(value("not returns")[0])
    assert np.isnan(value("where(returns > 0, 1, 2)")[0])
    assert np.isnan(value("returns > 0 or close > 0")[0])
    assert value("where(close > 0, 1, returns)")[0] == 1
    assert np.isnan(value("close / (close - close)")).all()
    assert np.isnan(value("log(close - close)")).all()
    assert np.isnan(value("exp(close * 1e9)")).all()
    assert np.isnan(value("sqrt(-close)")).all()
    for text in ("returns ** 0", "1 ** returns", "signed_power(1, returns)", "(-close) ** 0.5"):
        assert np.isnan(value(text)[0])


def test_one_symbol_cannot_be_compared_and_says_so():
    expression = parse("rank(delta(close, 5))")
    assert expression.compares
    with pytest.raises(ParameterError, match="TEST is only one"):
        evaluate(expression, BARS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("close", 0),
        ("returns", 1),
        ("adv20", 19),
        ("delay(close, 5)", 5),
        ("delta(returns, 5)", 6),
        ("mean(delta(close, 3), 10) + 1", 12),
        ("corr(adv10, delay(close, 30), 5)", 34),
        ("ts_rank(std(returns, 20), 60)", 79),
    ],
)
def test_it_is_ready_when_it_says_and_not_before(text, wanted):
    expression = parse(text)
    assert expression.warm_up == wanted
    found = evaluate(expression, BARS)
    assert np.isnan(found[:wanted]).all()
    assert np.isfinite(found[wanted:]).all()
    require(expression, BARS.head(wanted + 1))
    with pytest.raises(NoDataError, match=f"needs {wanted + 1} bars; there are {wanted}"):
        require(expression, BARS.head(wanted))


@pytest.mark.parametrize("operator", FUNCTIONS, ids=lambda each: each.id)
def test_no_function_looks_ahead(operator):
    series = ["returns", "delta(volume, 2)", "close - open"][: operator.series]
    text = f"{operator.id}({', '.join([*series, *([] if operator.fewest is None else ['9'])])})"
    expression = parse(text)
    whole = evaluate(expression, MARKET)
    assert np.isfinite(whole[40:]).any()
    np.testing.assert_array_equal(evaluate(expression, MARKET.head(200)), whole[:200])
    np.testing.assert_array_equal(evaluate(expression, changed(MARKET, 200))[:200], whole[:200])


def test_prices_given_are_never_written_to():
    before = BARS.data_hash
    found = value("close")
    found[:] = 0
    assert BARS.data_hash == before
    assert np.isfinite(value("close")).all()


def test_one_bar_and_no_bar_are_no_reason_to_fail():
    for text in ("corr(close, volume, 20)", "ts_rank(returns, 5)", "where(close > 0, adv20, 1)"):
        assert len(value(text, BARS.head(1))) == 1
        assert len(value(text, BARS.head(0))) == 0


def test_it_can_be_sent_to_another_process():
    expression = parse("where(adv20 < volume, -1 * ts_rank(abs(delta(close, 7)), 60), -1)")
    again = pickle.loads(pickle.dumps(expression))
    assert again == expression
    np.testing.assert_array_equal(evaluate(again, BARS), evaluate(expression, BARS))


REFUSED = {
    "": "is empty",
    "   ": "is empty",
    "close ^ 2": r"Column 7: \^ has no meaning here; write \*\* for a power\.",
    "a b": "Column 1: this cannot be read",
    "close +": "Column 7: this cannot be read",
    "klose * 2": "Column 1: there is no column called klose. Did you mean close?",
    "close * adv0": "Column 9: there is no column called adv0",
    "adv1001": "no column called adv1001",
    "2 * coor(close, open, 5)": "Column 5: there is no function called coor. Did you mean corr?",
    "print(close)": "Column 1: there is no function called print",
    "close.__class__": "Column 1: only numbers, columns",
    "().__class__": "Column 1: only numbers",
    "__import__('os')": "Column 12: ' has no meaning",
    "eval(close)": "no function called eval",
    "close.real(1)": "Column 1: only functions of the list",
    "(close)(open)": "no function called close",
    "delay(close)": r"Column 1: it is written delay\(x, rows\); 1 of 2 are given",
    "rank(close, open)": r"it is written rank\(x\); 2 of 1",
    "delay(close, rows=2)": "without names or stars",
    "rank(*close)": "without names or stars",
    "rank": r"it is written rank\(x\)",
    "delay(close, 2.5)": "Column 14: the rows of delay are a whole number from 0 to 1,000",
    "delay(close, open)": "rows of delay",
    "delay(close, -1)": "rows of delay",
    "delay(close, 1 + 1)": "rows of delay",
    "std(close, 1)": "from 2 to 1,000",
    "sum(close, 1001)": "from 1 to 1,000",
    "sum(close, True)": "rows of sum",
    "1 < close < 2": "compare two at a time",
    "close[0]": r"Column 6: \[ has no meaning here; use round brackets",
    "{close}": "use round brackets",
    "lambda: close": "Column 7",
    "close if open": "cannot be read",
    "close = 1": "cannot be read",
    "(x := close)": "Column 4",
    "close is open": "only numbers, columns",
    "close in open": "only numbers, columns",
    "close // 2": "only numbers, columns",
    "close % 2": "it has no remainder",
    "close & open": "write `and`",
    "close || open": "write `or`",
    "close ? 1 : 2": "where",
    "~close": "has no meaning",
    "close, open": "Column 1: only numbers",
    "yield close": "only numbers",
    "await close": "only numbers",
    "None": "write 1 or 0 in place of None",
    "True * close": "write 1 or 0 in place of True",
    "1e13 * close": "a number must lie between",
    "1e999 * close": "a number must lie between",
    "9" * 400 + " * close": "a number must lie between",
    "1j * close": "Column 2: a number runs into a letter",
    "0x10 * close": "a number runs into a letter",
    "1_000 * close": "a number runs into a letter",
    "1if close else 2": "a number runs into a letter",
    "1 + 1": "reads no price and no volume",
    "(close": "1 of the brackets are not closed",
    "close)": "Column 6: this bracket closes nothing",
    "close)(open": "Column 6: this bracket closes nothing",
    "close # open": "# has no meaning",
    "cl\u03bfse": "has no meaning",  # a Greek letter
    "close\x00": "character 0 has no meaning",
    "close;open": "has no meaning",
    "f'{close}'": "has no meaning",
    "close " * 400: "2,400 characters; at most 2,000",
    "-" * 1_900 + "close": "nested deeper than 64",
    "+".join(["close"] * 300): "nested deeper than 64",
    "(" * 900 + "close" + ")" * 900: "Column 129: the brackets go too deep",
    " and ".join(["close"] * 80): "nested deeper than 64",
    "+".join(["(" + "+".join(["close"] * 20) + ")"] * 16): "more than 300 parts",
    "+".join(["sum(close,999)"] * 6): "more than 5,000 rows together",
    "+".join(["ts_rank(close,300)"] * 4): "more than 5,000 rows together",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:30]))
def test_what_cannot_be_said_is_refused_in_a_sentence(text):
    with pytest.raises(ParameterError, match=REFUSED[text]) as refused:
        parse(text)
    assert str(refused.value).endswith((".", "?"))


@pytest.mark.parametrize("fault", [RecursionError, MemoryError, ValueError])
def test_what_overwhelms_pythons_own_reader_is_refused_too(fault, monkeypatch):
    def overwhelmed(*_, **__):
        raise fault

    monkeypatch.setattr("ast.parse", overwhelmed)
    with pytest.raises(ParameterError, match="too deep to be read"):
        parse("close")


WORDS = [
    *TITLES,
    *(each.id for each in FUNCTIONS),
    *OPERATORS,
    *"()+-*/<>=!,.^?:[]{}%&|'\"#@~\\ \n\t",
    *("and", "or", "not", "if", "else", "in", "is", "lambda", "None", "True", "for", "yield"),
    *("0", "1", "2", "5", "20", "999", "1e308", "0.5", "-1", "1e400", "__class__", "__import__"),
    *("adv20", "rows=5", "*close", "**", "//", "==", ":=", "\x00", "é", "∑", "٣"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40), st.sampled_from(["", " "]))
def test_words_in_any_order_are_read_or_refused(words, between):
    attempt(between.join(words))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text(string.printable, max_size=60)))
def test_any_text_is_read_or_refused(text):
    attempt(text)


def attempt(text):
    start = time.thread_time()
    try:
        expression = parse(text)
    except ParameterError:
        return
    found = evaluate(expression, MARKET)
    assert found.shape == MARKET.close.shape
    assert not np.isinf(found).any()
    assert time.thread_time() - start < 5


def grown():
    """Return expressions of every shape the language has."""
    leaves = st.one_of(
        st.sampled_from([*TITLES, "adv5"]), st.floats(0, 1e6).map(lambda each: f"{each:.3f}")
    )

    def longer(inner):
        signs = st.sampled_from(["+", "-", "*", "/", "**", "<", "==", " and ", " or "])
        pairs = st.tuples(inner, signs, inner).map(lambda each: f"({each[0]}{each[1]}{each[2]})")
        calls = st.sampled_from(FUNCTIONS).flatmap(
            lambda operator: st.tuples(
                st.lists(inner, min_size=operator.series, max_size=operator.series),
                st.integers(max(operator.fewest or 0, 0), 30),
            ).map(
                lambda each: (
                    f"{operator.id}({', '.join([*each[0], *([] if operator.fewest is None else [str(each[1])])])})"
                )
            )
        )
        chosen = st.tuples(inner, inner, inner).map(
            lambda each: f"({each[0]} if {each[1]} else {each[2]})"
        )
        return st.one_of(pairs, calls, chosen)

    return st.recursive(leaves, longer, max_leaves=12)


@settings(max_examples=150, deadline=None)
@given(grown(), st.integers(0, 320))
def test_whatever_can_be_said_is_finite_or_unknown_and_knows_no_future(text, cut):
    try:
        expression = parse(text)
    except ParameterError as error:
        assert "reads no price" in str(error) or "characters" in str(error)  # noqa: PT017
        return
    whole = evaluate(expression, MARKET)
    assert not np.isinf(whole).any()
    np.testing.assert_array_equal(evaluate(expression, MARKET.head(cut)), whole[:cut])
    assert np.isnan(whole[: min(expression.warm_up, 320)]).all() or "if" in text or "where" in text


def test_the_largest_expression_takes_bounded_time():
    text = "+".join(["ts_rank(close,250)"] * 4)
    big = universe(rows=2_520, symbols=4)
    start = time.thread_time()
    value(text, big)
    assert time.thread_time() - start < 10


def test_the_help_knows_every_function():
    for each in FUNCTIONS:
        assert each.title
        assert each.usage.startswith(each.id)
    assert OPERATORS["corr"].usage == "corr(x, y, rows)"
    assert set(grammar.SIGN_OF.values()) <= set(OPERATORS)


def test_a_column_is_made_once():
    table = Table(BARS)
    assert table.column("adv20") is table.column("adv20")


def test_zero_volume_leaves_what_divides_by_it_unknown():
    columns = {
        name: getattr(BARS, name).copy() for name in ("open", "high", "low", "close", "volume")
    }
    columns["volume"][100:130] = 0
    quiet = bars_of(columns)
    found = value("close / volume + log(volume)", quiet)
    assert np.isnan(found[100:130]).all()
    assert np.isfinite(found[130:]).all()
