"""What a model is offered, what it is not, and in how many words."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from puffling.agents.aliases import ALIASES
from puffling.agents.catalogue import Catalogue
from puffling.agents.reaches import NEVER, NOUNS, OTHERWISE, VERBS, Reach, hidden
from puffling.commands.registry import Effect
from puffling.core.errors import BadValueError

SEEDS = {
    "get_market_data",
    "run_backtest",
    "analyze_sentiment",
    "compute_factors",
    "optimize_portfolio",
    "place_order",
    "check_risk",
    "get_position_size",
    "get_account_info",
}
PLACES = {"path", "file", "folder", "url", "address", "host", "key", "secret", "token", "word"}


class Branch(BaseModel):
    left: Branch | None = None
    either: int | bool = 0


@pytest.fixture
def catalogue(registry):
    return Catalogue(registry)


def test_every_command_is_a_tool_or_left_out_with_a_reason(catalogue, registry):
    offered = {each.command.id for each in catalogue.tools.values()}
    assert offered | set(catalogue.excluded) == {each.id for each in registry}
    assert not offered & set(catalogue.excluded)
    assert all(len(reason) > 20 for reason in catalogue.excluded.values())


def test_what_is_a_persons_alone_is_no_tool(catalogue):
    never = """
        desk.quit panel.close panel.run ticket.review ticket.write trade.buy trade.sell
        connection.set_keys connection.test connection.remove connection.list
        mode.switch mode.unlock mode.reset_sim demo.restart
        risk.resume risk.adopt automation.resume
        inbox.approve inbox.edit inbox.reprice inbox.reject idea.ticket
        macro.run macro.save macro.keep macro.record macro.remove
        backup.now backup.restore backup.forget diagnostics.export desk.updates
        strategy.import strategy.export strategy.folder data.import_csv data.export
        layout.import layout.export chart.export backtest.export performance.export
        assistant.ask assistant.set_key assistant.remove_key assistant.test
        strategy.ask_model sentiment.ask_model
    """
    assert set(never.split()) <= set(catalogue.excluded)


def test_every_word_of_the_list_is_a_command(registry):
    ids = {each.id for each in registry}
    assert {*NEVER, *OTHERWISE} <= ids
    nouns = {each.partition(".")[0] for each in ids}
    assert set(NOUNS) <= nouns
    assert set(VERBS) <= {each.partition(".")[2] for each in ids}


def test_a_command_that_trades_never_runs_for_a_model(catalogue):
    for each in catalogue.tools.values():
        if each.command.effect is Effect.TRADE:
            assert each.reach in {Reach.PROPOSE, Reach.ERRAND}, each.name
        if each.command.effect is Effect.CHANGE and each.reach is Reach.LOOK:
            assert each.command.id in OTHERWISE, each.name


def test_no_tool_takes_a_place_of_a_file_an_address_or_a_word_to_be_typed(catalogue):
    for each in catalogue.tools.values():
        assert not PLACES & set(each.spec.schema["properties"]), each.name


def test_the_names_that_models_know_best_are_there(catalogue):
    assert {each.name for each in ALIASES} == SEEDS
    assert set(catalogue.tools) >= SEEDS


def test_names_are_what_both_services_take(catalogue):
    for each in catalogue.tools:
        assert each.replace("_", "").isalnum()
        assert each.isascii()
        assert len(each) <= 64


def test_schemas_have_no_references_no_titles_and_what_is_needed(catalogue):
    for each in catalogue.tools.values():
        written = json.dumps(each.spec.schema)
        assert "$ref" not in written, each.name
        assert '"title"' not in written.replace('"title": {', ""), each.name
        assert set(each.spec.schema.get("required", ())) <= set(each.spec.schema["properties"])
    order = catalogue.tools["place_order"].spec.schema
    assert order["required"] == ["symbol", "side", "qty"]
    assert order["properties"]["side"] == {"type": "string", "enum": ["buy", "sell"]}


def test_a_place_that_may_be_left_out_is_hidden_and_refused(catalogue):
    sheet = catalogue.tools["performance_tearsheet"]
    assert hidden(sheet.command) == {"path"}
    with pytest.raises(BadValueError, match="No tool takes path"):
        sheet.values({"path": "x.html"})


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("place_order", {"symbol": "AAPL", "side": "buy", "qty": 0}, "qty"),
        ("place_order", {"symbol": "AAPL", "side": "buy", "qty": 1, "approved": True}, "approved"),
        ("place_order", {"symbol": "A", "side": "buy", "qty": 1, "asset_type": "OPT"}, "strike"),
        ("check_risk", {"symbols": ["A"], "weights": [0.5, 0.5]}, "one weight"),
        ("data_bars", {"symbol": "AAPL", "last": 9_999}, "at most 5,000"),
        ("watchlist_add", {}, "symbol"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(catalogue, name, values, words):
    with pytest.raises(BadValueError, match=words):
        catalogue.tools[name].values(values)


def test_an_option_is_asked_for_by_its_parts(catalogue):
    values, reason = catalogue.tools["place_order"].values(
        {
            "symbol": "spy",
            "side": "buy",
            "qty": 1,
            "asset_type": "OPT",
            "expiry": "20251219",
            "strike": 450,
            "right": "C",
            "reason": "A hedge.",
        }
    )
    assert values["symbol"] == "SPY251219C00450000"
    assert reason == "A hedge."
    with pytest.raises(BadValueError, match="YYYYMMDD"):
        catalogue.tools["place_order"].values(
            {"symbol": "SPY", "side": "buy", "qty": 1, "asset_type": "OPT", "expiry": "soon"}
            | {"strike": 450, "right": "P"}
        )


def test_a_schema_that_has_itself_inside_ends():
    from puffling.agents.schemas import schema_of

    Branch.model_rebuild()
    made = schema_of(Branch)
    assert made["properties"]["left"]["properties"]["left"] == {"type": "object"}
    assert made["properties"]["either"]["anyOf"] == [{"type": "integer"}, {"type": "boolean"}]
