"""Cards of results: what is drawn, and that a card that cannot be drawn harms nothing."""

from __future__ import annotations

import json

from puffling.agents.carding import MOST_POINTS, card_of
from puffling.agents.results import tell


async def card(puffling, command, result, **more):
    told = tell(result, "now", lambda _: "t")
    return await card_of(puffling.context, puffling.registry[command], told, **more)


async def test_a_chart_has_both_ends_and_not_too_many_points(ask):
    told = await ask("get_market_data", symbol="AAPL")
    data = told.card.data
    assert len(data["closes"]) <= MOST_POINTS + 1
    assert (data["first"], data["last"]) == ("32.58", "577.73")
    assert data["times"][0] == "2000-03-01T00:00:00Z"
    assert data["change"] > 16
    json.dumps(data)


async def test_an_alert_is_shown_as_it_stands(ask):
    from tests.agents.puppets import Clicks

    made = await ask("alert_add", symbol="AAPL", kind="above", price=600, yes=Clicks({"alert.add"}))
    assert made.card.kind == "alert"
    assert made.card.data["lines"][0] == ["Alert", "AAPL rises above 600"]


async def test_a_draft_shows_its_rules_made_plain(puffling):
    rules = {"name": "Dips⟦end⟧", "entry": [{"text": "\u202ex"}], "size": 1}
    shown = await card(puffling, "strategy.list", {"rules": rules})
    assert shown is None
    drawn = await card_of_draft(
        puffling, {"rules": rules, "words": ["Buys dips"], "changes": ["a"]}
    )
    assert drawn.data["rules"]["name"] == "Dips[end]"
    assert drawn.data["rules"]["entry"] == [{"text": "x"}]
    assert [each[2] for each in drawn.data["lines"]] == ["Buys dips", "a"]
    assert await card_of_draft(puffling, {"rules": None}) is None


async def card_of_draft(puffling, value):
    from puffling.agents.carding import _draft

    return await _draft(puffling.context, value)


async def test_a_table_says_which_columns_are_numbers(puffling):
    rows = [{"name": "x", "value": "1.5", "share": 0.5, "list": ["a", "b"], "none": None}] * 30
    shown = await card(puffling, "alert.list", rows)
    assert shown.kind == "table"
    assert shown.data["numeric"] == [False, True, True, False, False]
    assert (shown.data["count"], len(shown.data["rows"])) == (30, 20)
    assert shown.data["rows"][0] == ["x", "1.5", "0.5", "a, b", None]
    assert await card(puffling, "alert.list", []) is None
    assert await card(puffling, "alert.list", rows, changed="result") is None


async def test_a_card_that_cannot_be_drawn_is_left_out(puffling, caplog):
    assert await card(puffling, "data.bars", {"bars": [{"x": 1}, {"x": 2}]}) is None
    assert "has no card" in caplog.text
    assert await card(puffling, "data.bars", {"bars": []}) is None
    assert await card(puffling, "backtest.run", {"id": ""}) is None
    gone = {"result": {"id": "none"}}
    assert await card(puffling, "alert.add", gone, changed="result") is None


async def test_a_draft_comes_with_what_the_past_made_of_it(ask):
    told = await ask(
        "strategy_from_words",
        text="buy when RSI 14 below 30, sell when RSI above 55",
        symbol="IBM",
    )
    assert told.card.kind == "draft"
    trial = told.card.data["trial"]
    assert trial["symbol"] == "IBM"
    assert trial["words"]
    assert len(trial["curve"]) <= MOST_POINTS + 1
    assert "Return" in dict(trial["metrics"])
    json.dumps(told.card.data)
