"""Ideas, news, analyses and drafts, asked for as a terminal asks: plain values in and out."""

from __future__ import annotations

import json

import pytest

from puffling.commands import all_commands
from puffling.core.errors import BadValueError
from puffling.work.requests import plain
from tests.ideas import keep_idea

LOW = {
    "kind": "compare",
    "left": {"kind": "indicator", "id": "rsi"},
    "op": "<",
    "right": {"kind": "number", "value": 30},
}


@pytest.fixture
def run(puffling, registry):
    async def run(id_, **values):
        found = plain(await registry[id_].run_with(puffling.context, values))
        json.dumps(found)
        return found

    return run


async def test_ideas_are_looked_for_listed_shown_and_proposed(run, puffling):
    board = await run("idea.refresh")
    assert board["at"]
    assert await run("idea.list") == board
    id_ = keep_idea(puffling.context)
    shown = await run("idea.show", id=id_)
    assert (shown["entry"], shown["stop"], shown["target"]) == (190, 180, 210)
    item = await run("idea.propose", id=id_)
    assert item["source"] == "idea"
    assert (await run("inbox.list"))[0]["id"] == item["id"]
    assert (await run("idea.outcomes"))["ideas"] == len(board["cards"]) + 1


async def test_texts_are_scored_line_by_line_and_news_say_why_there_are_none(run):
    scored = await run("sentiment.score", text="Shares plunge\n\nDividend raised")
    assert [each["sentiment"]["label"] for each in scored] == ["negative", "positive"]
    assert "demo market has no news" in (await run("news.headlines", symbol="aapl"))["note"]
    read = await run("news.analyse", text="IBM cuts guidance")
    assert read["watched"] == ["IBM"]


async def test_a_symbol_and_the_book_are_analysed_without_a_model(run):
    assert (await run("symbol.analyse", symbol="ibm"))["subject"] == "IBM"
    assert (await run("symbol.analyse"))["subject"] == "AAPL"
    assert (await run("portfolio.review"))["subject"] == "Portfolio"


async def test_drafts_are_tried_and_not_saved(run):
    before = await run("strategy.list")
    draft = await run("strategy.draft", rules={"entry_long": LOW, "hold": 5}, symbol="ibm")
    assert draft["trial"]["symbol"] == "IBM"
    words = await run("strategy.from_words", text="buy when RSI below 30, hold for 5 days")
    assert words["draft"]["trial"]["symbol"] == "AAPL"
    assert words["draft"]["words"] == draft["words"]
    nothing = await run("strategy.from_words", text="make me rich")
    assert nothing["draft"] is None
    assert await run("strategy.list") == before
    saved = await run("strategy.save", name="Mine", rules=words["draft"]["rules"])
    assert saved["name"] == "Mine"


async def test_without_a_model_nobody_is_asked(run):
    for id_ in ("sentiment.ask_model", "strategy.ask_model"):
        with pytest.raises(BadValueError, match="No model is chosen"):
            await run(id_, text="Shares plunge")


def test_a_model_sees_the_strict_form_of_rules():
    schema = all_commands()["strategy.draft"].params.model_json_schema()
    assert "$defs" in schema
    rules = json.dumps(schema["properties"]["rules"])
    found = json.dumps(schema)
    assert "RuleSet" in rules or "entry_long" in rules
    for name in ("Compare", "Indicator", "Number"):
        assert f'"{name}"' in found
    for part in found.split('"$ref": "#/$defs/')[1:]:
        assert part.split('"')[0] in schema["$defs"]
