"""Commands of the laboratory, as a form or a terminal runs them: plain values in and out."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import date
from decimal import Decimal

import pytest

from puffin.backtest.settings import BacktestSettings
from puffin.backtest.sizing import (
    FixedQuantity,
    FixedValue,
    KellyFraction,
    RiskPerTrade,
    ShareOfEquity,
    VolatilityTarget,
)
from puffin.errors import CancelledError, NoDataError, ParameterError
from puffling.commands.allocation import NOTHING
from puffling.commands.assumptions import Assumptions, SizeRule, settings_words
from puffling.commands.backtest_words import BacktestWords, plan_of, words_of
from puffling.commands.terminal import render
from puffling.core.errors import BadValueError, StoreError
from puffling.core.events import SearchChanged
from puffling.services.searching import batch_of
from puffling.work.requests import plain
from tests.fakes import until

MOMENTUM = {"strategy": "momentum", "symbol": "AAPL"}
RANGES = {"short": [5, 10, 20], "long": [20, 50]}


class Here:
    """Another process that is this one."""

    def call(self, function, *arguments, progress):
        progress(0.0)
        return function(*arguments, progress=progress)


@pytest.fixture
def run(puffling, registry, monkeypatch):
    context = puffling.context
    for service in (
        context.backtests,
        context.searches,
        context.strategies,
        context.strategies.files,
        context.research,
        context.allocation,
    ):
        monkeypatch.setattr(service, "_elsewhere", Here())

    async def run(id_, **values):
        result = await registry[id_].run_with(context, values)
        json.dumps(plain(result))  # whatever comes back, a terminal can print it
        return result

    return run


# -- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({}, ShareOfEquity(1.0)),
        ({"sizing": "share", "share": 0.5}, ShareOfEquity(0.5)),
        ({"sizing": "value", "position_value": 5_000}, FixedValue(5_000)),
        ({"sizing": "quantity", "quantity": 7}, FixedQuantity(7)),
        ({"sizing": "risk", "risk": 0.02}, RiskPerTrade(0.02)),
        (
            {"sizing": "volatility", "volatility": 0.2, "volatility_window": 30},
            VolatilityTarget(0.2, 30),
        ),
        (
            {"sizing": "kelly", "kelly_fraction": 0.25, "kelly_trades": 10, "kelly_before": 0.2},
            KellyFraction(0.25, 10, 0.2),
        ),
    ],
)
def test_a_size_rule_is_said_in_words_and_read_back(words, rule):
    settings = Assumptions.model_validate(words).settings()
    assert settings.size_rule == rule
    again = Assumptions.model_validate(settings_words(settings))
    assert again.settings().to_dict() == settings.to_dict()


def test_every_assumption_reaches_the_engine_and_comes_back():
    words = Assumptions(
        capital=5_000,
        commission_percent=Decimal("0.1"),
        per_share=Decimal("0.01"),
        per_order=Decimal(1),
        minimum=Decimal(2),
        spread_bps=Decimal(3),
        slippage_bps=Decimal(4),
        slippage_per_share=Decimal("0.02"),
        impact_percent=Decimal(5),
        whole_shares=False,
        allow_short=True,
        fill_at="this_close",
        participation=0.1,
        leverage=2,
        maintenance=0.3,
        borrow_rate=1.5,
        interest_rate=2.5,
        pyramiding=3,
        exclusive=False,
        one_cancels_other=False,
        risk_free=2,
    )
    settings = words.settings()
    rates = [settings.borrow_rate, settings.interest_rate, settings.risk_free]
    assert rates == pytest.approx([0.015, 0.025, 0.02])
    # Not one of them is what it would be if nothing were said.
    usual, said = BacktestSettings(allow_short=False).to_dict(), settings.to_dict()
    assert {name for name in said if said[name] == usual.get(name)} == {"sizing"}
    again = Assumptions.model_validate(settings_words(settings))
    assert again.model_dump(exclude={"sizing", "share"}) == words.model_dump(
        exclude={"sizing", "share"}
    )


def test_every_size_rule_has_its_words():
    assert len({each.label for each in SizeRule}) == len(SizeRule)


def test_a_plan_is_said_in_words_and_read_back(puffling):
    context = puffling.context
    words = BacktestWords(
        strategy="momentum",
        symbols=("AAPL", "IBM"),
        symbol="AAPL",
        parameters={"short": 10},
        benchmark="GOOG",
        start=date(2010, 1, 1),
        schedule="month",
        rebalance_band=0.1,
        leverage=2,
        note="kept",
    )
    plan = plan_of(context, words)
    assert plan.symbols == ("AAPL", "IBM")
    again = plan_of(context, BacktestWords.model_validate(words_of(plan)))
    assert again == plan
    with pytest.raises(BadValueError, match="Name a symbol"):
        plan_of(context, BacktestWords(strategy="momentum"))


# -- backtests -----------------------------------------------------------------------------------


async def test_a_backtest_is_judged_explained_noted_and_run_again(run):
    done = await run("backtest.run", **MOMENTUM)
    assert done["verdict"]
    verdict = await run("backtest.verdict", id=done["id"])
    assert verdict["sentence"] == done["verdict"]
    assert {each["id"] for each in verdict["checks"]} >= {"look_ahead", "luck"}
    why = await run("backtest.explain", id=done["id"], row="200")
    assert why["row"] == 200
    assert why["values"]
    await run("backtest.note", id=done["id"], note="mine")
    assert (await run("backtest.list"))[0].note == "mine"
    again = await run("backtest.rerun", id=done["id"])
    assert again["identical"]
    rows = await run("backtest.compare", ids=[done["id"], again["id"]])
    assert rows[0]["config"] == rows[1]["config"]


async def test_several_symbols_are_written_with_commas(run, desk):
    done = await run("backtest.run", strategy="momentum", symbols="aapl, goog ibm", schedule="week")
    assert done["symbols"] == ("AAPL", "GOOG", "IBM")
    shown = await run("backtest.show", id=done["id"])
    assert shown["symbols"] == ("AAPL", "GOOG", "IBM")
    assert {each.symbol for each in shown["attribution"]} == {"AAPL", "GOOG", "IBM"}
    assert shown["verdict"].check("survivors")
    assert done["verdict"] == shown["verdict"].sentence
    said = await run("backtest.verdict", id=done["id"])
    assert said["sentence"] == done["verdict"]


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        ({"symbol": "FB"}, NoDataError, "needs more than 50 bars; FB has 9"),
        ({"parameters": {"short": 1}}, ParameterError, "short"),
        ({"strategy": "momentun"}, ParameterError, "no strategy called"),
        ({"leverage": "1000"}, BadValueError, "leverage: input should be less than or equal"),
        ({"leverage": "2", "maintenance": "0.9"}, ParameterError, "maintenance margin"),
        ({"start": "2012-01-01", "end": "2011-01-01"}, BadValueError, "is after the last"),
        ({"fill_at": "whenever"}, BadValueError, "fill_at: input should be"),
        ({"strategy": "stat_arb"}, BadValueError, "needs two symbols"),
        ({"strategy": "cross_sectional"}, BadValueError, "several symbols; one is named"),
    ],
)
async def test_what_makes_no_sense_is_a_sentence(run, values, error, said):
    with pytest.raises(error, match=said):
        await run("backtest.run", **MOMENTUM | values)


async def test_one_bar_and_prices_that_never_move_are_answered(run, puffling, tmp_path):
    file = tmp_path / "one.csv"
    file.write_text("Date,Open,High,Low,Close,Volume\n2024-01-02,1,1,1,1,0\n")
    await run("data.import_csv", path=str(file))
    with pytest.raises(NoDataError, match="ONE has 1"):
        await run("backtest.run", strategy="momentum", symbol="ONE")
    rows = "".join(f"2024-01-{day:02},5,5,5,5,0\n" for day in range(1, 29))
    (tmp_path / "flat.csv").write_text(f"Date,Open,High,Low,Close,Volume\n{rows}")
    await run("data.import_csv", path=str(tmp_path / "flat.csv"))
    done = await run(
        "backtest.run", strategy="momentum", symbol="FLAT", parameters={"short": 2, "long": 5}
    )
    assert done["trades"] == 0
    assert done["metrics"]["sharpe"] is None


# -- searches ------------------------------------------------------------------------------------


async def test_a_search_is_estimated_run_shown_and_removed(run, puffling):
    heard = []
    puffling.bus.subscribe(SearchChanged, heard.append)
    estimate = await run("optimise.estimate", **MOMENTUM, ranges=RANGES)
    assert (estimate["count"], estimate["seconds"] > 0) == (5, True)
    done = await run("optimise.run", **MOMENTUM, ranges=RANGES)
    assert (done["state"], done["done"], len(done["trials"])) == ("done", 5, 5)
    sharpes = [each["figures"]["sharpe"] for each in done["trials"]]
    assert sharpes == sorted(sharpes, reverse=True)
    assert done["best"] == done["trials"][0]
    await until(lambda: len(heard) >= 2)
    assert {each.id for each in heard} == {done["id"]}
    assert (await run("optimise.show", id=done["id"], top="2"))["trials"] == done["trials"][:2]
    assert [each.id for each in await run("optimise.list")] == [done["id"]]
    await run("optimise.remove", id=done["id"])
    assert await run("optimise.list") == []


async def test_ranges_may_be_written_as_text(run):
    done = await run("optimise.run", **MOMENTUM, ranges={"short": "5:15:5", "long": "50"})
    assert {each["parameters"]["short"] for each in done["trials"]} == {5, 10, 15}


async def test_nothing_feasible_is_a_sentence(run):
    with pytest.raises(ParameterError, match="combinations is possible"):
        await run("optimise.run", **MOMENTUM, ranges={"short": [50, 60], "long": [20, 30]})


async def test_a_search_of_which_nothing_can_run_fails_with_a_reason(run):
    with pytest.raises(ParameterError, match="None of 5 could run"):
        await run("optimise.run", **MOMENTUM, ranges=RANGES, start="2012-05-15")
    (saved,) = await run("optimise.list")
    assert saved.state == "failed"


async def test_a_walk_forward_and_a_comparison_answer_with_what_they_found(run):
    walked = await run(
        "optimise.run",
        **MOMENTUM,
        ranges=RANGES,
        walk_forward="true",
        splits="3",
        window="anchored",
    )
    assert len(walked["found"]["folds"]) == 3
    compared = await run("optimise.compare", symbol="AAPL", strategies="momentum, buy_and_hold")
    assert {each["title"] for each in compared["found"]["rows"]} == {"Momentum", "Buy and hold"}
    assert compared["found"]["confidence"] in {"high", "medium", "low", "none"}


async def test_cancelling_keeps_what_was_tried(run, puffling, registry, monkeypatch):
    context, started, one = puffling.context, threading.Event(), threading.Semaphore(1)

    def slow(bars, *arguments, progress):
        found = batch_of(bars, *arguments, progress=progress)
        while not one.acquire(blocking=False):
            progress(0.0)
        started.set()
        return found

    monkeypatch.setattr("puffling.services.search_runs.batch_of", slow)
    monkeypatch.setattr("puffling.services.search_runs.FIRST", 0)
    task = asyncio.create_task(run("optimise.run", **MOMENTUM, ranges=RANGES))
    await until(started.is_set)
    await until(lambda: context.searches.live(context.searches.all()[0].id).done)
    await registry["job.cancel"].run_with(context, {"id": context.jobs.running()[0].id})
    with pytest.raises(CancelledError, match="was stopped"):
        await task
    (saved,) = await run("optimise.list")
    assert (saved.state, saved.done) == ("stopped", 1)


async def test_monte_carlo_says_the_same_from_the_same_seed(run):
    done = await run("backtest.run", **MOMENTUM)
    asked = {"id": done["id"], "kind": "trades", "runs": "50", "replace": "true"}
    first, second = await run("montecarlo.run", **asked), await run("montecarlo.run", **asked)
    assert first == second
    assert 0 <= first["probability_of_ruin"] <= 1
    assert first["fan"]["runs"] == 50


# -- strategies ----------------------------------------------------------------------------------


async def test_a_strategy_is_saved_changed_compared_restored_and_removed(run):
    saved = await run("strategy.save", name="Fast", strategy="momentum", parameters={"short": 10})
    await run(
        "strategy.save", name="Fast", strategy=saved.id, parameters={"short": 12}, id=saved.id
    )
    assert await run("strategy.diff", id=saved.id, first="1", second="2") == [
        "Short: 10 before, 12 now."
    ]
    assert [each.number for each in await run("strategy.revisions", id=saved.id)] == [2, 1]
    assert (await run("strategy.restore", id=saved.id, number="1")).revision == 3
    assert (await run("strategy.clone", strategy=saved.id)).name == "Fast 2"
    done = await run("backtest.run", strategy="Fast", symbol="AAPL")
    cards = {each.id: each for each in await run("strategy.list", details=True)}
    assert cards[saved.id].state == "tested"
    assert done["parameters"]["short"] == 10
    await run("strategy.remove", id=saved.id)
    assert saved.id not in {each["id"] for each in await run("strategy.list")}


async def test_a_backtest_becomes_a_strategy_of_yours(run):
    done = await run("backtest.run", strategy="momentum", symbol="AAPL", parameters={"short": 7})
    saved = await run("backtest.save_strategy", id=done["id"], name="Seven")
    again = await run("backtest.run", strategy=saved.id, symbol="AAPL")
    assert again["parameters"] == done["parameters"]
    assert again["metrics"] == done["metrics"]
    with pytest.raises(BadValueError, match="Seven"):
        await run("backtest.save_strategy", id=done["id"], name="Seven")


async def test_a_backtest_is_written_as_a_page_and_as_tables(run, desk, tmp_path):
    done = await run("backtest.run", strategy="momentum", symbols="AAPL,IBM", note="<b>mine</b>")
    path = tmp_path / "run.html"
    assert await run("backtest.export", id=done["id"], path=str(path)) == {"paths": (path,)}
    html = path.read_text()
    for part in (
        "Momentum on AAPL, IBM",
        "<svg",
        "Sharpe",
        "Verdict: ",
        "&lt;b&gt;mine",
        "Symbols",
    ):
        assert part in html
    assert "<b>mine" not in html
    written = await run("backtest.export", id=done["id"], path=str(tmp_path / "run.csv"))
    trades, equity = (each.read_text().splitlines() for each in written["paths"])
    assert trades[0].startswith("Symbol,Side,Quantity,Entered")
    assert len(trades) == done["trades"] + 1
    assert equity[0] == "Time,Equity,Drawdown"
    assert float(equity[-1].split(",")[1]) == pytest.approx(done["metrics"]["final_equity"])
    await run("backtest.export", id=done["id"], path=str(tmp_path / "run.pdf"))
    assert desk.done[-1] == ("write_pdf", tmp_path / "run.pdf", ("curve",))
    with pytest.raises(BadValueError, match=r"run\.doc is no \.pdf, \.html or \.csv"):
        await run("backtest.export", id=done["id"], path=str(tmp_path / "run.doc"))
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="could not be"):
        await run("backtest.export", id=done["id"], path=str(tmp_path / "file" / "run.html"))


async def test_strategies_are_listed_in_a_few_words_each(run):
    listed = await run("strategy.list", again=True)
    momentum = next(each for each in listed if each["id"] == "momentum")
    assert set(momentum) == {"id", "title", "kind", "state", "parameters"}
    assert "short 20 (" in momentum["parameters"]
    assert len(render(listed)) < 4_000


async def test_a_run_over_many_symbols_tells_what_each_brought(run):
    done = await run("backtest.run", strategy="momentum", symbols="AAPL,IBM")
    assert [each.symbol for each in done["attribution"]] == ["AAPL", "IBM"]
    assert done["notes"] == (await run("backtest.show", id=done["id"]))["notes"]
    assert "attribution" in render(done)
    assert "attribution" not in await run("backtest.run", strategy="momentum", symbol="AAPL")
    why = await run("backtest.explain", id=done["id"], row="200")
    assert [each["symbol"] for each in why["symbols"]] == ["AAPL", "IBM"]
    assert why["symbols"][0]["values"]


async def test_rules_are_taken_from_a_template_checked_and_saved(run):
    first = (await run("strategy.templates"))[0]
    assert await run("strategy.check", rules=first["rules"]) == first["words"]
    saved = await run("strategy.save", name="Mine", strategy=first["id"])
    assert saved.spec["kind"] == "rules"
    rules = {name: value for name, value in first["rules"].items() if name != "name"}
    again = await run("strategy.save", name="By hand", rules=rules)
    assert json.loads(again.spec["source"])["name"] == "By hand"
    with pytest.raises(ParameterError, match="no such word"):
        await run("strategy.check", rules=first["rules"] | {"mood": 1})


async def test_a_strategy_goes_from_one_desk_to_another_as_a_file(run, tmp_path):
    await run("strategy.export", strategy="momentum", path=str(tmp_path / "x.json"))
    assert (await run("strategy.import", path=str(tmp_path / "x.json"))).name == "Momentum 2"
    (tmp_path / "x.json").write_bytes(b"\xff")
    with pytest.raises(BadValueError, match="not text in UTF-8"):
        await run("strategy.import", path=str(tmp_path / "x.json"))
    (tmp_path / "x.json").write_bytes(b" " * 300_000)
    with pytest.raises(BadValueError, match="larger than 256 kB"):
        await run("strategy.import", path=str(tmp_path / "x.json"))


async def test_signals_are_listed_for_symbols(run):
    rows = await run("strategy.signals", symbols="aapl,ibm", strategies=["momentum"])
    assert [(each.symbol, each.strategy) for each in rows] == [
        ("AAPL", "momentum"),
        ("IBM", "momentum"),
    ]


async def test_the_folder_for_files_is_made_when_it_is_asked_for(run, paths):
    assert (await run("strategy.folder"))["folder"] == paths.root / "strategies"
    assert (paths.root / "strategies").is_dir()


# -- research and allocation ---------------------------------------------------------------------


async def test_prices_are_inspected_and_exported(run, tmp_path):
    assert (await run("data.inspect", symbol="AAPL"))["missing"] == 0
    done = await run("data.export", symbol="AAPL", path=str(tmp_path / "a.csv"))
    assert done.rows == 3083
    shown = await run("regime.show", symbol="AAPL", clusters="true")
    assert shown["cluster"]


async def test_a_factor_is_listed_computed_and_judged(run):
    ids = {each["id"] for each in await run("factor.list")}
    assert "momentum_12_1" in ids
    found = await run("factor.compute", expression="momentum_12_1", symbols="aapl,ibm,msft")
    assert found["latest"][0]["value"] > found["latest"][1]["value"]
    assert found["latest"][0]["why"] is None
    unknown = await run("factor.compute", expression="close/0", symbols="aapl,ibm")
    assert [each["value"] for each in unknown["latest"]] == [None, None]
    assert unknown["latest"][0]["why"] == "close / 0: division by zero on every bar."
    judged = await run(
        "factor.evaluate", expression="-returns", symbols="AAPL,GOOG,IBM,MSFT", horizons=[1]
    )
    assert judged["horizons"][0]["bars"] == 1


async def test_horizons_are_written_with_commas(run):
    asked = {"expression": "-returns", "symbols": "AAPL,GOOG,IBM", "horizons": "1, 5"}
    found = await run("factor.evaluate", **asked)
    assert [each["bars"] for each in found["horizons"]] == [1, 5]
    with pytest.raises(BadValueError, match="horizons"):
        await run("factor.evaluate", **asked | {"horizons": "1,x"})


@pytest.mark.parametrize(
    ("command", "values", "error", "said"),
    [
        ("factor.compute", {"expression": "close", "symbols": ""}, BadValueError, "Name one"),
        (
            "factor.evaluate",
            {"expression": "close * 0", "symbols": "AAPL,GOOG,IBM"},
            NoDataError,
            "the same for every symbol on every date",
        ),
        ("portfolio.risk", {"weights": "FB:1"}, NoDataError, "FB has 8 returns; 60 are needed"),
        (
            "portfolio.allocate",
            {"symbols": "AAPL,IBM", "views": [{"weights": [1], "expected": 0.1}]},
            BadValueError,
            "A view has weights",
        ),
        ("data.export", {"symbol": "AAPL", "path": "."}, BadValueError, "is a folder"),
        (
            "size.position",
            {"symbol": "AAPL", "method": "kelly", "win_rate": "0.5", "payoff": "inf"},
            ParameterError,
            "must be a number above zero",
        ),
    ],
)
async def test_questions_without_sense_are_answered_in_a_sentence(
    run, command, values, error, said
):
    with pytest.raises(error, match=said):
        await run(command, **values)


async def test_a_size_takes_the_last_price_and_the_usual_range(run):
    found = await run("size.position", symbol="aapl", method="volatility")
    assert found["entry"] > 500
    assert found["atr"] > 0
    assert found["quantity"] > 0
    with pytest.raises(BadValueError, match="no quote of NOPE"):
        await run("size.position", symbol="NOPE", stop="5")
    assert (await run("size.position", symbol="NOPE", entry="10", stop="5"))["quantity"] == 200
    with pytest.raises(BadValueError, match="needs a stop"):
        await run("size.position", symbol="aapl")


async def test_a_book_is_measured_and_stressed(run):
    risk = await run("portfolio.risk", weights="aapl:0.6,ibm:0.4")
    assert risk["weights"] == {"AAPL": 0.6, "IBM": 0.4}
    rows = await run(
        "portfolio.stress", weights="aapl:0.6,ibm:0.4", market_change="-0.2", names="ibm:-0.5"
    )
    assert rows["scenarios"][0]["profits"]["IBM"] == pytest.approx(-20_000)
    assert rows["notes"] == []
    with pytest.raises(BadValueError, match=r"add up to 90\.0%"):
        await run("portfolio.risk", weights="aapl:0.6,ibm:0.3")


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("AAPL:0.5,aapl:0.5", "AAPL is named twice"),
        ({"aapl": 0.5, "AAPL": 0.5}, "AAPL is named twice"),
        ("AAPL:nan", "AAPL needs a number; 'nan' is none"),
        ("AAPL:inf,IBM:-inf", "AAPL needs a number; 'inf' is none"),
        ("AAPL", "AAPL needs a number"),
        ("AAPL:half,IBM:0.5", "'half' is none"),
        (":1", "'' is not a symbol"),
        ({"AAPL": True}, "AAPL needs a number; 'True' is none"),
        ("CASH:1", "All of it is cash, so there is no risk to measure"),
        ("AAPL:0,CASH:1", "All of it is cash, so there is no risk to measure"),
    ],
)
async def test_weights_without_sense_are_refused_by_name(run, weights, said):
    for command in ("portfolio.risk", "portfolio.stress"):
        with pytest.raises(BadValueError, match=said):
            await run(command, weights=weights)


@pytest.mark.parametrize("weights", ["AAPL:0.5,AAPL:0.5", "AAPL:nan", "AAPL"])
async def test_weights_are_not_kept_nor_traded_towards_when_they_make_no_sense(run, weights):
    for command, more in (("portfolio.save", {"name": "x"}), ("portfolio.rebalance", {})):
        with pytest.raises(BadValueError, match="AAPL"):
            await run(command, weights=weights, **more)
    assert await run("portfolio.saved") == []


async def test_a_shock_of_what_is_not_in_the_book_is_said(run):
    found = await run("portfolio.stress", weights="aapl:1", names="goog:-0.5,aapl:-0.1")
    own, *others = found["scenarios"]
    assert own["absent"] == ("GOOG",)
    assert own["profit"] == pytest.approx(-10_000)
    assert {each["absent"] for each in others} == {()}
    assert found["notes"] == ["Not in the book, so its own shock changes nothing: GOOG."]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("AAPL:-2", "AAPL cannot change by -200%"),
        ("AAPL:nan", "AAPL needs a number"),
        ("AAPL:-0.1,AAPL:-0.2", "AAPL is named twice"),
    ],
)
async def test_a_shock_without_sense_is_a_sentence(run, names, said):
    with pytest.raises(BadValueError, match=said):
        await run("portfolio.stress", weights="aapl:1", names=names)


async def test_nothing_held_is_said_to_have_no_risk(run):
    assert (await run("portfolio.risk"))["notes"] == [NOTHING]
    assert await run("portfolio.stress") == {"scenarios": [], "notes": [NOTHING]}


async def test_a_stop_above_the_entry_is_said_to_size_a_short_sale(run):
    short = await run("size.position", symbol="aapl", entry="100", stop="104")
    assert (short["side"], short["quantity"]) == ("sell", 250)
    assert short["text"].endswith("The stop lies above the entry, so this sizes a short sale.")
    long = await run("size.position", symbol="aapl", entry="100", stop="96")
    assert (long["side"], long["quantity"]) == ("buy", 250)
    assert "short" not in long["text"]


async def test_money_is_split_tried_and_kept(run):
    ids = {each["id"] for each in await run("portfolio.methods")}
    assert ids >= {"equal", "hrp", "black_litterman"}
    found = await run(
        "portfolio.allocate", symbols="AAPL,GOOG,IBM", method="risk_parity", out_of_sample="true"
    )
    assert sum(found["weights"].values()) == pytest.approx(1)
    assert "Sharpe" in found["out_of_sample"]["sentence"]
    views = [{"weights": {"AAPL": 1}, "expected": 0.5}]
    bent = await run(
        "portfolio.allocate", symbols="AAPL,GOOG,IBM", method="black_litterman", views=views
    )
    assert bent["weights"]["AAPL"] > 1 / 3
    with pytest.raises(BadValueError, match="A view has weights"):
        await run("portfolio.allocate", symbols="AAPL,IBM", views=[{"mood": 1}])
    with pytest.raises(ParameterError, match="no way to allocate called"):
        await run("portfolio.allocate", symbols="AAPL,IBM", method="magic")
    edge = await run("portfolio.frontier", symbols="AAPL,GOOG,IBM", points="4")
    assert len(edge["points"]) == 4
    await run("portfolio.save", name="core", weights="aapl:0.5,ibm:0.5")
    assert [each.name for each in await run("portfolio.saved")] == ["core"]
    await run("portfolio.forget", name="core")


async def test_a_rebalance_orders_nothing(run):
    found = await run("portfolio.rebalance", weights="aapl:0.5,cash:0.5")
    assert [each.symbol for each in found["trades"]] == ["AAPL"]
    assert await run("order.list") == []
