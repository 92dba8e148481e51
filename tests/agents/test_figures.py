"""The numbers of an answer, and the tools that said them."""

from __future__ import annotations

import time

import pytest

from puffin.ai.base import ToolResult
from puffling.agents.figures import check

TOLD = (
    ToolResult("", "Backtest a 20/50 crossover and buy 10"),
    ToolResult(
        "one",
        '⟦77aa11 result, as of 2012-06-01T13:30:00, snapshot 12345678⟧\n{"total_return":0.123456,'
        '"equity":"100234.50","drawdown":-0.3241,"trades":30,"volume":1234567,'
        '"at":"2012-05-31T00:00:00Z","share":"5.69 %","worth":"5,692.20"}\n⟦end 77aa11⟧',
    ),
    ToolResult("two", '{"trades":31,"sharpe":0.64}'),
)


def said(answer: str) -> list[tuple[str, str | None]]:
    return [(each.text, each.source) for each in check(answer, TOLD)]


@pytest.mark.parametrize(
    ("answer", "figures"),
    [
        ("It made 12.3% in 30 trades.", [("12.3%", "one"), ("30", "one")]),
        ("It made 12.35%, or 0.12.", [("12.35%", "one"), ("0.12", "one")]),
        ("It made 13%.", [("13%", None)]),
        ("Equity is $100,234.50.", [("$100,234.50", "one")]),
        ("Equity is 100.2K, volume 1.23 million.", [("100.2K", "one"), ("1.23 million", "one")]),
        ("Volume was 2M.", [("2M", None)]),
        ("It fell 32.4 % (−32.41%).", [("32.4 %", "one"), ("(−32.41%)", "one")]),
        ("It rose +32.4%.", [("+32.4%", None)]),
        ("The equity fell (32.41%) then.", [("(32.41%)", "one")]),
        ("A Sharpe of 0.64 and 31 trades.", [("0.64", "two"), ("31", "two")]),
        ("You would pay 5,692.20, 5.7 % of it.", [("5,692.20", "one"), ("5.7 %", "one")]),
        ("The 20/50 crossover; buy 10.", [("20", ""), ("50", ""), ("10", "")]),
        ("Between 3.5–4.5.", [("3.5", None), ("4.5", None)]),
        ("A gain of 123 bps and 1.2346e-1.", [("123 bps", None), ("1.2346e-1", "one")]),
        ("minus 32.4 percent", [("minus 32.4 percent", "one")]),
    ],
)
def test_each_number_is_linked_to_who_said_it(answer, figures):
    assert said(answer) == figures


@pytest.mark.parametrize(
    "answer",
    [
        "On 2012-05-31 at 13:30, 1 June 2012, June 3rd and Jun 2012; since 2012 and 5/31/2012.",
        "1. First\n2) Second\n### 3. Third",
        "SMA20 over SMA50 in Q3, the 20-day mean, `x = 77`, AAPL260116C00250000, the 3rd.",
        "[More](https://a.b/99) and https://a.b/88?c=77",
        "",
    ],
)
def test_dates_names_lists_and_links_are_no_figures(answer):
    assert said(answer) == []


def test_the_heading_of_a_result_says_no_number():
    assert said("There are 12345678 of them.") == [("12345678", None)]


def test_a_figure_stands_where_it_says():
    answer = "Made (12.3%) of it, **30** times."
    assert [answer[each.start : each.end] for each in check(answer, TOLD)] == ["(12.3%)", "30"]


@pytest.mark.parametrize(
    "nasty",
    [
        "1" * 60000,
        "1," * 30000,
        "(" * 60000,
        "-" * 60000,
        "1.1." * 15000,
        "a1-" * 20000,
        "`" * 60000,
        "](" * 30000,
        "http://" * 8000,
        "Jan " * 15000,
        "1,111" * 12000,
    ],
)
def test_no_text_takes_long(nasty):
    begun = time.process_time()
    check(nasty, TOLD)
    assert time.process_time() - begun < 1.0
