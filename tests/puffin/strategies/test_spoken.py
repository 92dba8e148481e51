"""Plain words become strict rules, or are told as not understood; nothing in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffin.errors import ParameterError
from puffin.strategies.rules import RuleSet
from puffin.strategies.spoken import from_words
from puffin.strategies.spoken_words import COMPARED, LONGEST, Reader
from puffin.strategies.templates import TEMPLATES
from puffin.strategies.wording import describe


def said(text):
    found = from_words(text)
    assert found.rules is not None, found
    return describe(found.rules)


def test_the_example_is_read_to_its_last_word():
    text = "buy when RSI 14 below 30 and close above SMA 200, sell when RSI above 55, stop 3 %"
    found = from_words(text)
    assert found.not_understood == ()
    assert found.rules is not None
    entry, *others = describe(found.rules)
    assert entry.startswith("Buys when Relative strength index 14 is below 30 and the close is ")
    assert entry.endswith("above Simple average 200.")
    assert others == [
        "Sells what it bought when Relative strength index 14 is above 55.",
        "Closes at a loss of 3 % from the close that decided.",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "buy if the price is above the 200-day moving average",
            "the close is above Simple average 200",
        ),
        ("buy when EMA(12) > EMA(26)", "Exponential average 12 is above Exponential average 26"),
        ("Buy once RSI(2) drops below 10", "Relative strength index 2 crosses below 10"),
        ("go long when RSI 14 is oversold", "Relative strength index 14 is below 30"),
        ("buy at a golden cross", "Simple average 50 crosses above Simple average 200"),
        (
            "buy when macd crosses above its signal line",
            "(MACD) crosses above MACD 12/26/9 (Signal)",
        ),
        (
            "buy when close < lower Bollinger band",
            "the close is below Bollinger bands 20/2 (Lower)",
        ),
        ("buy when volume over 1.5 times the average volume", "Average volume 20 times 1.5"),
        (
            "buy when the close breaks above the 20-day high",
            "Donchian channel 20 (Upper) 1 bar ago",
        ),
        ("buy on Mondays", "the weekday is Monday"),
        ("buy when close above the close 5 days ago", "the close is above the close 5 bars ago"),
        ("buy when close is above yesterday's high", "the close is above the high 1 bar ago"),
        ("buy when RSI is not above 70", "is at or below 70"),
        (
            "buy when RSI above 40 and below 60",
            "14 is above 40 and Relative strength index 14 is below 60",
        ),
        ("buy when close above 1,250.50", "the close is above 1250.5"),
        ("sell short when RSI above 70", "Sells short when Relative strength index 14 is above 70"),
        ("sell short when RSI > 70, cover when RSI < 50", "Buys back what it sold short when"),
    ],
)
def test_what_people_say_is_what_the_rules_say(text, words):
    assert words in " ".join(said(text))


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("stop 3 %", "stop_loss", 3),
        ("2.5% stop loss", "stop_loss", 2.5),
        ("stop loss of 4 percent", "stop_loss", 4),
        ("take profit 8%", "take_profit", 8),
        ("target of 10 %", "take_profit", 10),
        ("trailing stop 5%", "trailing", 5),
        ("hold for 10 days", "hold", 10),
        ("exit after 5 bars", "hold", 5),
        ("invest 20% of equity", "share", 20),
    ],
)
def test_what_protects_a_position_is_read_wherever_it_stands(text, name, value):
    for whole in (f"buy when RSI below 30, {text}", f"{text}. Buy when RSI below 30"):
        found = from_words(whole)
        assert found.not_understood == ()
        assert getattr(found.rules, name) == value


def test_or_is_weaker_than_and():
    words = said("buy when close above 5 and close below 9 or RSI below 30")[0]
    assert words.startswith("Buys when (the close is above 5 and the close is below 9) or ")


def test_it_crosses_back_means_what_crossed_before():
    words = said("buy when SMA 50 crosses above SMA 200, sell when it crosses below")
    assert (
        words[1] == "Sells what it bought when Simple average 50 crosses below Simple average 200."
    )


@pytest.mark.parametrize(
    "text",
    [
        "buy the dip, sell the rip",
        "do not buy when RSI below 30",
        "never buy when RSI below 30",
        "buy when RSI below 30 unless close below SMA 200",
        "buy when close above SMA 20 and the moon is full",
        "buy when RSI below 30 and",
        "buy 100 AAPL",
        "buy when RSI(1,2,3) below 30",
        "buy when RSI below RSI",
        "buy when 3 below 4",
        "buy when SMA 99999 below close",
        "import os; os.system('true')",
        "{'entry_long': 1}",
        "",
    ],
)
def test_what_is_understood_in_part_is_no_rule(text):
    found = from_words(text)
    assert found.rules is None
    assert found.notes


def test_nothing_is_told_of_a_rule_that_was_not_made():
    found = from_words("buy when the price is above 3 and the moon is full")
    assert found.rules is None
    assert not any("close of the bar" in each for each in found.notes)


def test_words_that_are_lost_come_back_as_they_were_said():
    found = from_words("Buy when RSI below 30; Ask my Broker nicely, stop 3 %")
    assert found.not_understood == ("Ask my Broker nicely",)
    assert found.rules is not None
    assert found.rules.stop_loss == 3
    assert any("leave out" in each for each in found.notes)


def test_a_rule_for_leaving_alone_is_said_and_dropped():
    found = from_words("sell when RSI above 70")
    assert found.rules is None
    assert "none that says when to buy" in found.notes[0]


def test_a_second_stop_or_entry_is_not_swallowed():
    found = from_words("buy when RSI below 30, stop 3%, stop 5%, buy when RSI below 20")
    assert found.rules is not None
    assert found.rules.stop_loss == 3
    assert found.not_understood == ("stop 5%, buy when RSI below 20",)


def test_what_was_assumed_is_told():
    notes = " ".join(from_words("buy when the price is above the 50-day moving average").notes)
    assert "simple one" in notes
    assert "close of the bar" in notes
    again = from_words("buy when RSI 2 below 10, sell when RSI above 60")
    assert any("2, as before" in each for each in again.notes)


def test_a_description_that_never_ends_is_refused():
    with pytest.raises(ParameterError, match="characters long"):
        from_words("buy " * LONGEST)


WORDS = st.sampled_from(
    [
        *("buy", "sell", "short", "cover", "when", "if", "and", "or", "not", "stop", "target"),
        *("RSI", "SMA", "200", "14", "30", "close", "volume", "above", "below", "3", "%", ",", "."),
        *(
            "hold",
            "for",
            "10",
            "days",
            "it",
            "crosses",
            "twice",
            "average",
            "high",
            "ago",
            "(",
            ")",
        ),
        *(words for words, _ in COMPARED),
    ]
)


@given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=80))
def test_whatever_is_said_gives_strict_rules_or_none(text):
    found = from_words(text)
    if found.rules is not None:
        assert RuleSet.from_json(found.rules.to_json()) == found.rules
        assert describe(found.rules)
    for each in found.not_understood:
        assert each in text


def test_numbers_are_read_as_they_are_written():
    for text, value in (("1,250.50", 1250.5), ("30", 30), ("2.5", 2.5), ("ten", 10)):
        assert Reader.of(text).number() == value
    assert Reader.of("1,2").number() is None


def test_templates_are_out_of_its_reach_only_where_they_are_richer():
    """The words that rules are told in are those it reads, for the plain ones."""
    assert len(TEMPLATES) >= 10
    assert from_words("buy when RSI 14 below 30, take profit 5%, stop 2%").rules == (
        next(each.rules for each in TEMPLATES if each.id == "rsi_oversold").model_copy(
            update={"name": "Buy when RSI 14 below 30, take profit 5%, stop 2%", "note": ""}
        )
    )
