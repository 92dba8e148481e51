"""Analyses tell facts with their source and time, and say what is not known."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from puffin.data.bars import Interval
from puffin.types import Side, Ticket
from puffling.services import analysis_symbol


@pytest.fixture
def context(puffling):
    return puffling.context


@pytest.fixture
def buy(context, gate):
    async def go(symbol, quantity):
        proposal = context.orders.propose(Ticket(symbol, Side.BUY, Decimal(quantity)), "test")
        await context.orders.submit(proposal, gate.yes(proposal))

    return go


def facts(analysis):
    return {each.id: each for chapter in analysis.chapters for each in chapter.facts}


def of(context, symbol):
    return context.analysis.symbol(context.analysis.ask_symbol(symbol))


def test_every_fact_has_a_source_and_what_is_known_a_time(context):
    analysis = of(context, "IBM")
    for each in facts(analysis).values():
        assert each.source or each.id == "mood"
        assert each.text
        assert (each.at is None) == (each.value is None)
    assert analysis.at == context.market.now()


def test_the_facts_are_those_of_the_prices(context):
    known = facts(of(context, "IBM"))
    raw = context.bars.history("IBM", Interval.D1, adjusted=False)
    close = raw.adjust().close
    assert known["close"].value == raw.close[-1]
    assert known["close"].at == datetime(2012, 5, 31, tzinfo=UTC)
    assert known["sma200"].value == pytest.approx(close[-200:].mean())
    assert known["return_20"].value == pytest.approx(close[-1] / close[-21] - 1)
    assert known["drawdown"].value == pytest.approx(close[-1] / close.max() - 1)
    moves = np.diff(np.log(close[-21:]))
    assert known["volatility_20"].value == pytest.approx(moves.std(ddof=1) * 252**0.5)
    assert known["held"].value == 0


def test_levels_are_turning_points_on_either_side_of_the_close(context):
    known = facts(of(context, "AAPL"))
    raw = context.bars.history("AAPL", Interval.D1, adjusted=False).adjust().tail(60)
    assert known["support"].value < known["close"].value < known["resistance"].value
    assert known["support"].value in raw.low
    assert known["resistance"].value in raw.high
    fallen = facts(of(context, "IBM"))
    assert fallen["support"].value is None
    assert "no turning point below" in fallen["support"].text


def test_a_young_share_has_facts_that_are_not_known_and_says_why(context):
    analysis = of(context, "FB")
    known = facts(analysis)
    assert known["sma200"].value is None
    assert known["alignment"].value is None
    assert "61 bars" in known["regime"].text
    assert not any("Averages:" in each for each in analysis.sentences)
    assert analysis.sentences[-1].startswith("Not known: Averages")


def test_a_sentence_is_a_fact_with_its_name(context):
    analysis = of(context, "MSFT")
    known = {each.id: each.text for each in facts(analysis).values() if each.value is not None}
    told = [
        shape.format(**known) for shape in analysis_symbol.SENTENCES if not shape.startswith("News")
    ]
    assert list(analysis.sentences[:-1]) == told
    assert "demo market has no news" in analysis.sentences[-1]


async def test_what_is_held_and_watched_is_told(context, buy):
    await buy("IBM", 10)
    context.alerts.add("IBM", "above", Decimal(250))
    known = facts(of(context, "IBM"))
    assert known["held"].value == 10
    assert known["weight"].value == pytest.approx(0.019, abs=0.001)
    assert "250" in known["alerts"].text


def test_a_book_of_cash_has_no_risk_and_says_so(context):
    analysis = context.analysis.book(context.analysis.ask_book())
    known = facts(analysis)
    assert known["equity"].value == 100_000
    assert known["cash_share"].value == 1
    assert known["risk"].value is None
    assert "Nothing is held" in known["risk"].text
    assert known["health"].value == 55
    assert known["drift"].text == "there is no goal"


async def test_a_book_of_shares_is_measured(context, buy):
    context.settings.change(
        "trading", largest_position="1", largest_order="1000000", duplicate_seconds=0
    )
    await buy("IBM", 200)
    await buy("GOOG", 40)
    context.goals.save("core", {"IBM": Decimal("0.5")})
    analysis = context.analysis.book(context.analysis.ask_book())
    known = facts(analysis)
    assert known["positions"].value == 2
    assert known["largest"].text.startswith("IBM, 3")
    assert "GOOG 2" in known["heavy"].text
    assert known["too_heavy"].value == 2
    assert known["volatility"].value > 0
    assert known["drift_core"].value == pytest.approx(0.5 - known["largest"].value)
    # Two positions and 39 % in cash: 50 + 20 x 0.4 + 15.
    assert known["health"].value == pytest.approx(73)
    assert "Health:" in analysis.notes[0]
