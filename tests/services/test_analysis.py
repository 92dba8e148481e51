"""Analyses tell facts with their source and time, and say what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from puffin.data.bars import Interval
from puffin.types import Position, Side, Ticket
from puffling.services import analysis_symbol
from puffling.services.analysis_portfolio import BookAsked, review
from puffling.services.positions import Portfolio, PositionRow
from tests.puffin.ideas.markets import bars_of


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


NOW = datetime(2026, 1, 5, 15, tzinfo=UTC)


def book(cash, *held, opening=None):
    """Return the facts of a book, and what is said of it: each held as symbol, shares, cost, price.

    Worked out here once more: what is not known of one position is not known of the whole.
    """
    values = [None if price is None else shares * price for _, shares, _, price in held]
    known = [each for each in values if each is not None]
    equity = cash + sum(known) if len(known) == len(values) else None
    rows = tuple(
        PositionRow(
            Position(symbol, Decimal(str(shares)), Decimal(cost)),
            None if value is None else Decimal(str(price)),
            None if value is None else Decimal(str(value)),
            None if value is None else Decimal(str((price - cost) * shares)),
            None,
            None,
            Decimal(str(value)) / Decimal(str(equity)) if value is not None and equity else None,
            NOW,
        )
        for (symbol, shares, cost, price), value in zip(held, values, strict=True)
    )
    total = None if equity is None else Decimal(str(equity))
    analysis = review(
        BookAsked(
            NOW,
            Portfolio(
                account="a",
                mode="demo",
                currency="USD",
                starting_cash=Decimal(100_000),
                cash=Decimal(cash),
                equity=total,
                opening_equity=opening,
                day_profit=None if opening is None or total is None else total - opening,
                realised=Decimal(0),
                exposure=None if total is None else Decimal(str(sum(map(abs, known)))),
                buying_power=Decimal(0),
                rows=rows,
                unpriced=tuple(each[0] for each in held if each[3] is None),
                at=NOW,
            ),
            (),
            (),
        ),
        None,
        "There are no prices.",
    )
    return facts(analysis), analysis.sentences


def test_a_book_with_a_short_a_fraction_and_a_price_of_nothing_is_added_up():
    known, said = book(
        61_234,
        ("AAPL", 10.5, 180, 200),
        ("TSLA", -20, 250, 240),
        ("DEAD", 1_000, 3, 0),
        ("BRK-A", 0.001, 500_000, 600_000),
        opening=Decimal(60_000),
    )
    equity = 61_234 + 2_100 - 4_800 + 0 + 600
    assert known["equity"].value == equity
    assert known["cash_share"].value == pytest.approx(61_234 / equity)
    assert known["exposure"].value == pytest.approx((2_100 + 4_800 + 600) / equity)
    assert known["day"].value == equity - 60_000
    assert known["open_profit"].value == pytest.approx(210 + 200 - 3_000 + 100)
    assert known["largest"].value == pytest.approx(4_800 / equity)
    assert known["largest"].text.startswith("TSLA")
    assert known["health"].value == 50 + 12 + 5
    assert "Positions: 4." in said


@pytest.mark.parametrize(
    ("cash", "why"),
    [(-500, "the account is worth nothing"), (-900, "the account owes more than it has")],
)
def test_nothing_is_a_share_of_an_account_that_is_worth_nothing(cash, why):
    known, said = book(cash, ("AAPL", 5, 200, 100))
    for each in ("cash_share", "exposure", "largest", "health"):
        assert known[each].value is None
        assert known[each].text == why
    assert not any("Health" in each for each in said[:-1])
    assert "at the open is not known" in known["day"].text


def test_a_book_with_a_position_without_a_quote_says_only_what_is_known():
    known, said = book(1_000, ("AAPL", 1, 1, None), ("X", 1, 1, 5))
    assert said[:-1] == ("In cash: 1,000.00.", "Positions: 2.")
    assert known["equity"].value is None
    assert "no quote for AAPL" in said[-1]


def still(close=10.0, volume=1e5):
    from puffling.services.analysis_symbol import SymbolAsked, analyse
    from puffling.services.news_cards import News

    flat = np.full(300, close)
    raw = replace(bars_of(flat, flat, flat, flat), volume=np.full(300, volume))
    none = News("TST", "nobody", NOW, (), None, "No news.")
    return facts(analyse(SymbolAsked("TST", NOW, None, None, ()), raw, "test", none))


def test_prices_that_stand_still_are_not_called_too_few():
    known = still()
    assert known["rsi"].text == "the close has not moved"
    assert known["regime"].value is None
    assert known["support"].value is None
    assert still(volume=0.0)["volume_ratio"].text == "nothing was traded in the 20 days before"
    assert still(0.00012)["close"].text.startswith("0.00012 on")


def test_the_same_price_on_two_days_is_one_turn():
    from puffling.services.analysis_symbol import _turns

    values = np.array([5.0, 4, 4, 3, 3, 4, 5, 5, 5, 5])
    assert _turns(values, np.min) == [3.0]
