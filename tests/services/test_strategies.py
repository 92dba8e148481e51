from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from typing_extensions import override

from puffin.data.bars import Interval
from puffin.errors import NoDataError, ParameterError
from puffin.strategies.base import Strategy
from puffin.strategies.specs import StrategySpec, build
from puffling.core.clock import SystemClock
from puffling.core.errors import BadValueError, JobFailedError
from puffling.core.events import StrategiesChanged
from puffling.services import strategies as module
from puffling.services import strategy_files, strategy_looks
from puffling.services.periods import Period, prices
from puffling.services.strategy_cards import State, in_short, parameter_words

RULES: dict[str, Any] = {
    "entry_long": {
        "kind": "compare",
        "left": {"kind": "indicator", "id": "rsi", "parameters": {"window": 14}},
        "op": "<",
        "right": {"kind": "number", "value": 30.0},
    },
    "stop_loss": 2.0,
}
GOOD = '''
"""A file of one's own."""
import numpy as np
from pydantic import Field
from puffin.strategies.base import Parameters, Signals, Strategy


class Chosen(Parameters):
    window: int = Field(default=10, ge=2, le=100, title="Window", description="Bars.")


class Mine(Strategy[Chosen]):
    """Holds above the close of some bars ago."""

    title = "My own"
    Parameters = Chosen

    @property
    def warm_up(self):
        return self.parameters.window + 1

    def signals(self, bars):
        before = np.concatenate([np.full(self.parameters.window, np.nan), bars.close])[: len(bars)]
        return Signals(np.where(np.isnan(before), np.nan, (bars.close > before) * 1.0))
'''
PATIENCE = 60.0  # seconds that a real process may take on a busy computer
ENDLESS = GOOD.replace(
    "        before =", "        while True:\n            pass\n        before ="
)


def quiet(_):
    return None


class Here:
    """Another process that is this one, for files that end."""

    def __init__(self) -> None:
        self.looked_at = []

    def call(self, function, *arguments, progress):
        progress(0.0)
        self.looked_at.append(function)
        return function(*arguments, progress=progress)


@pytest.fixture
def here(puffling, monkeypatch):
    here = Here()
    strategies = puffling.context.strategies
    for service in (strategies, strategies.files, puffling.context.backtests):
        monkeypatch.setattr(service, "_elsewhere", here)
    return here


@pytest.fixture
def strategies(puffling, here):
    return puffling.context.strategies


@pytest.fixture
def folder(strategies):
    return strategies.files.make_folder()


def by_id(strategies):
    return {each.id: each for each in strategies.cards()}


def test_every_built_in_strategy_has_a_card_with_its_parameters(strategies):
    cards = by_id(strategies)
    assert {"momentum", "mean_reversion", "buy_and_hold"} <= set(cards)
    for each in cards.values():
        assert each.state is State.BUILT_IN
        assert each.summary
        assert not each.error
    assert cards["momentum"].schema["properties"]["short"]["title"] == "Short window"
    assert cards["momentum"].grid["short"]
    assert not cards["momentum"].is_yours


def test_what_is_saved_is_a_draft_until_it_is_tried(puffling, strategies):
    heard = []
    puffling.bus.subscribe(StrategiesChanged, heard.append)
    saved = strategies.save("Fast", strategies.spec("momentum", {"short": 10}))
    card = by_id(strategies)[saved.id]
    assert (card.title, card.state, card.revision) == ("Fast", State.DRAFT, 1)
    assert card.parameters == {"short": 10}
    assert len(heard) == 1
    backtests = puffling.context.backtests
    backtests.run(
        backtests.prepare(strategies.spec(saved.id), ("AAPL",), saved_strategy=saved.id), quiet
    )
    tried = by_id(strategies)[saved.id]
    assert (tried.state, bool(tried.grade)) == (State.TESTED, True)


def test_it_is_found_by_its_id_and_by_its_name(strategies):
    saved = strategies.save("Fast", strategies.spec("momentum", {"short": 10}))
    for name in (saved.id, "Fast"):
        assert strategies.spec(name).parameters == {"short": 10}
    assert strategies.spec("Fast", {"long": 90}).parameters == {"short": 10, "long": 90}
    with pytest.raises(ParameterError, match="no strategy called 'fsat'"):
        strategies.spec("fsat")


def test_what_cannot_be_built_is_not_saved(strategies):
    with pytest.raises(ParameterError, match="short window"):
        strategies.save("Wrong", strategies.spec("momentum", {"short": 90}))
    with pytest.raises(BadValueError, match="needs a name"):
        strategies.save("  ", strategies.spec("momentum"))
    assert all(each.state is State.BUILT_IN for each in strategies.cards())


def test_each_change_is_a_revision_that_can_be_compared_and_restored(strategies):
    saved = strategies.save("Fast", strategies.spec("momentum", {"short": 10}))
    spec = strategies.spec(saved.id, {"short": 12})
    strategies.save("Faster", spec, id_=saved.id, note="slower")
    assert [each.number for each in strategies.revisions("Faster")] == [2, 1]
    assert strategies.diff(saved.id, 1, 2) == [
        "Renamed from Fast to Faster.",
        "Short: 10 before, 12 now.",
    ]
    assert strategies.restore(saved.id, 1).revision == 3
    assert strategies.spec(saved.id).parameters == {"short": 10}
    for ask in (
        lambda: strategies.diff(saved.id, 1, 9),
        lambda: strategies.restore(saved.id, 9),
    ):
        with pytest.raises(BadValueError, match="no revision 9; the newest is 3"):
            ask()


def test_rules_are_written_saved_compared_and_run(puffling, strategies):
    said = strategies.check_rules({"name": "Dip", **RULES})
    assert said[0] == "Buys when Relative strength index 14 is below 30."
    saved = strategies.save("Dip", strategies.draft("Dip", "", RULES, {}))
    changed = json.loads(json.dumps(RULES))
    changed["entry_long"]["right"]["value"] = 25.0
    strategies.save("Dip", strategies.draft("Dip", "", changed, {}), id_=saved.id)
    (line,) = strategies.diff(saved.id, 1, 2)
    assert "30" in line
    assert "25" in line
    backtests = puffling.context.backtests
    done = backtests.run(backtests.prepare(strategies.spec("Dip"), ("AAPL",)), quiet)
    assert done.result.strategy_id == "rules:dip"
    assert len(done.result.trades) > 0
    assert backtests.rerun(done.id, quiet).identical


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({}, "no rule for entering"),
        (RULES | {"entry_lnog": RULES["entry_long"]}, "no such word"),
        (
            RULES | {"entry_long": RULES["entry_long"] | {"op": "is nearly"}},
            "Entry long",
        ),
    ],
)
def test_an_unknown_word_in_rules_is_an_error_that_says_where(strategies, rules, said):
    with pytest.raises(ParameterError, match=said):
        strategies.check_rules({"name": "x", **rules})


def test_a_strategy_is_made_of_rules_or_of_another_one(strategies):
    for made_from, rules in (("", {}), ("momentum", RULES)):
        with pytest.raises(BadValueError, match="either rules or the strategy"):
            strategies.draft("x", made_from, rules, {})
    with pytest.raises(ParameterError, match="no template 'nothing'"):
        strategies.draft("x", "template:nothing", {}, {})


def test_every_template_can_be_saved_and_says_what_it_does(strategies):
    for each in strategies.templates():
        spec = strategies.draft(f"My {each.title}", f"template:{each.id}", {}, {})
        saved = strategies.save(f"My {each.title}", spec)
        assert strategies.describe(each.rules)
        assert build(strategies.spec(saved.id)).warm_up >= 0


def test_a_copy_has_a_name_of_its_own(strategies):
    assert strategies.clone("momentum").name == "Momentum 2"
    assert strategies.clone("momentum").name == "Momentum 3"
    assert strategies.clone("momentum", "Mine").name == "Mine"


def test_one_is_exported_and_imported_whole_or_not_at_all(strategies):
    saved = strategies.save("Dip", strategies.draft("Dip", "", RULES, {}))
    text = strategies.export(saved.id)
    again = strategies.import_text(text)
    assert again.name == "Dip 2"
    before = strategies.spec(saved.id)
    assert replace(strategies.spec(again.id), id=before.id, title=before.title) == before
    document = json.loads(text)
    for wrong, error, said in (
        ("{", BadValueError, "not a strategy"),
        ("[]", BadValueError, "not a strategy that Puffling exported"),
        (json.dumps(document | {"version": 9}), BadValueError, "another version"),
        (json.dumps(document | {"mood": 1}), ParameterError, "mood"),
        (json.dumps(document | {"source": "{}"}), ParameterError, "."),
        ("x" * (module.LARGEST + 1), BadValueError, "larger than"),
    ):
        with pytest.raises(error, match=said):
            strategies.import_text(wrong)
    assert len([each for each in strategies.cards() if each.is_yours]) == 2


def test_one_is_removed_and_its_backtests_stay(puffling, strategies):
    saved = strategies.save("Fast", strategies.spec("momentum", {"short": 10}))
    backtests = puffling.context.backtests
    done = backtests.run(
        backtests.prepare(strategies.spec(saved.id), ("AAPL",), saved_strategy=saved.id), quiet
    )
    strategies.remove(saved.id)
    assert saved.id not in by_id(strategies)
    assert backtests.load(done.id).metrics == done.result.metrics
    with pytest.raises(BadValueError, match="no saved strategy"):
        strategies.remove(saved.id)


def test_what_can_no_longer_be_read_is_a_card_that_says_so(strategies):
    strategies._store.add("Old", {"kind": "magic"}, SystemClock().now())
    (card,) = [each for each in strategies.cards() if each.is_yours]
    assert card.state is State.BROKEN
    assert "not a strategy" in card.error


# -- files ---------------------------------------------------------------------------------------


def test_a_file_becomes_a_strategy_once_it_was_looked_at(puffling, strategies, folder, here):
    (folder / "mine.py").write_text(GOOD)
    assert by_id(strategies)["file:mine"].state is State.UNREAD
    cards = {each.id: each for each in strategies.refresh(quiet)}
    card = cards["file:mine"]
    assert (card.state, card.title, card.error) == (State.DRAFT, "My own", "")
    assert card.schema["properties"]["window"]["title"] == "Window"
    looks = len(here.looked_at)
    strategies.refresh(quiet)
    assert len(here.looked_at) == looks
    backtests = puffling.context.backtests
    plan = backtests.prepare(strategies.spec("file:mine", {"window": 20}), ("AAPL",))
    done = backtests.run(plan, quiet)
    assert done.result.parameters == {"window": 20}
    assert done.result.strategy_id == "file:mine"
    (folder / "mine.py").unlink()
    assert backtests.rerun(done.id, quiet).identical


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("import nothing_there\n", "no module called nothing_there", 1),
        ("x = 1\n", "no strategy in it", None),
        ("def (:\n", "this is not Python", 1),
        (GOOD.replace("def signals(self, bars)", "def signals(self)"), "must be written as", None),
        (GOOD.replace("return Signals(", "return list("), "must return Signals", None),
        (GOOD.replace("        before =", "        1 / 0\n        before ="), "ZeroDivision", 23),
        (GOOD.replace("        before =", "        exit()\n        before ="), "end the whole", 23),
    ],
)
def test_what_is_wrong_with_a_file_is_said_on_its_card(strategies, folder, text, said, line):
    (folder / "mine.py").write_text(text)
    (card,) = [each for each in strategies.refresh(quiet) if each.id == "file:mine"]
    assert card.state is State.BROKEN
    assert said in card.error
    assert "mine.py" in card.error
    assert "file:" not in card.error
    assert line is None or card.line == line
    with pytest.raises(ParameterError, match="cannot be used"):
        strategies.spec("file:mine")


def test_files_that_are_no_text_or_too_large_are_said(strategies, folder):
    (folder / "binary.py").write_bytes(b"\xff\xfe\x00")
    (folder / "huge.py").write_text("#" * (strategy_files.LARGEST + 1))
    cards = {each.id: each.error for each in strategies.refresh(quiet)}
    assert "not text in UTF-8" in cards["file:binary"]
    assert "larger than" in cards["file:huge"]


def test_a_file_that_is_not_there_is_said(strategies):
    with pytest.raises(ParameterError, match=r"no file gone\.py"):
        strategies.card("file:gone")


@pytest.mark.parametrize(
    ("text", "limit", "said"),
    [
        (ENDLESS, 3.0, "no sign of life"),
        (
            GOOD.replace(
                "        before =", "        import os\n        os._exit(3)\n        before ="
            ),
            PATIENCE,
            "ended unexpectedly",
        ),
    ],
)
def test_a_file_that_never_ends_or_kills_its_process_is_a_card_not_a_dead_app(
    puffling, monkeypatch, text, limit, said
):
    strategies = puffling.context.strategies
    monkeypatch.setattr(strategies.files, "_clock", SystemClock())
    monkeypatch.setattr(strategy_files, "FILE_SECONDS", limit)
    folder = strategies.files.make_folder()
    (folder / "mine.py").write_text(text)
    (card,) = [each for each in strategies.refresh(quiet) if each.id == "file:mine"]
    assert card.state is State.BROKEN
    assert said in card.error
    monkeypatch.setattr(strategy_files, "FILE_SECONDS", PATIENCE)
    (folder / "mine.py").write_text(GOOD)
    (card,) = [each for each in strategies.refresh(quiet) if each.id == "file:mine"]
    assert card.state is State.DRAFT


async def test_what_a_look_found_is_remembered_by_the_text_of_the_file(opening, monkeypatch):
    broken = GOOD.replace("        before =", "        1 / 0\n        before =")
    for start in range(2):
        here = Here()
        async with opening() as opened:
            strategies = opened.context.strategies
            monkeypatch.setattr(strategies.files, "_elsewhere", here)
            folder = strategies.files.make_folder()
            (folder / "good.py").write_text(GOOD)
            (folder / "broken.py").write_text(broken)
            (folder / "same.py").write_text(GOOD)
            strategies.refresh(quiet)
            cards = by_id(strategies)
            assert [cards[f"file:{each}"].state for each in ("good", "same", "broken")] == [
                State.DRAFT,
                State.DRAFT,
                State.BROKEN,
            ]
            assert cards["file:good"].grid == {}
            assert cards["file:same"].schema["properties"]["window"]["maximum"] == 100
            assert len(here.looked_at) == (0 if start else 2)
            strategies.refresh(quiet, again=True)
            assert len(here.looked_at) == (1 if start else 3)


def test_what_one_version_remembers_another_looks_at_itself(puffling, strategies, folder, here):
    (folder / "mine.py").write_text(GOOD)
    puffling.context.state.put("strategy files", {strategy_looks.key_of(GOOD): {"mood": 1}})
    strategies.refresh(quiet)
    assert len(here.looked_at) == 1
    assert by_id(strategies)["file:mine"].title == "My own"
    (folder / "mine.py").unlink()
    strategies.refresh(quiet)
    assert puffling.context.state.get("strategy files") is None


def test_what_was_saved_of_a_file_is_looked_at_without_the_file(strategies, folder):
    (folder / "mine.py").write_text(GOOD)
    strategies.refresh(quiet)
    saved = strategies.clone("file:mine", "Kept")
    (folder / "mine.py").write_text(GOOD.replace("default=10", "default=12"))
    strategies.refresh(quiet)
    window = by_id(strategies)[saved.id].schema["properties"]["window"]
    assert window["default"] == 10


def test_files_are_looked_at_side_by_side(puffling, strategies, folder, monkeypatch):
    met = threading.Barrier(2, timeout=PATIENCE)

    class Both(Here):
        @override
        def call(self, function, *arguments, progress):
            met.wait()
            return super().call(function, *arguments, progress=progress)

    monkeypatch.setattr(strategies.files, "_elsewhere", Both())
    for name, default in (("one", 10), ("two", 12)):
        (folder / f"{name}.py").write_text(GOOD.replace("default=10", f"default={default}"))
    strategies.refresh(quiet)
    cards = by_id(strategies)
    assert {cards["file:one"].state, cards["file:two"].state} == {State.DRAFT}


def test_the_wait_for_a_free_process_is_not_the_files_own(puffling, strategies, folder, here):
    class Busy(Here):
        @override
        def call(self, function, *arguments, progress):
            for _ in range(100):
                puffling.context.clock.pass_(1)
                progress(0.0)
            return super().call(function, *arguments, progress=progress)

    strategies.files._elsewhere = Busy()
    (folder / "mine.py").write_text(GOOD)
    strategies.refresh(quiet)
    assert by_id(strategies)["file:mine"].state is State.DRAFT


def test_a_process_that_died_is_not_remembered_when_puffling_ends(puffling, strategies, folder):
    class Dead:
        def call(self, function, *arguments, progress):
            raise JobFailedError("Puffling is closing.")

    strategies.files._elsewhere = Dead()
    (folder / "mine.py").write_text(GOOD)
    strategies.refresh(quiet)
    assert by_id(strategies)["file:mine"].state is State.BROKEN
    assert puffling.context.state.get("strategy files") is None


def test_a_card_in_short_has_its_parameters_in_a_line(strategies, folder):
    (folder / "mine.py").write_text("import nothing_there\n")
    strategies.refresh(quiet)
    cards = by_id(strategies)
    assert in_short(cards["momentum"]) == {
        "id": "momentum",
        "title": "Momentum",
        "kind": "built in",
        "state": "built in",
        "parameters": in_short(cards["momentum"])["parameters"],
    }
    assert "short 20 (" in in_short(cards["momentum"])["parameters"]
    saved = strategies.save("Fast", strategies.spec("momentum", {"short": 10}))
    assert "short 10 (" in in_short(by_id(strategies)[saved.id])["parameters"]
    file = in_short(cards["file:mine"])
    assert (file["kind"], file["state"]) == ("Python file", "broken")
    assert "nothing_there" in file["error"]


@pytest.mark.parametrize(
    ("about", "chosen", "said"),
    [
        ({"default": True}, {}, "x on"),
        ({"default": None, "anyOf": [{"minimum": 1, "maximum": 9}, {"type": "null"}]}, {}, "none"),
        ({"default": "a", "enum": ["a", "b"]}, {"x": "b"}, "x b (a, b)"),
        ({"default": 1.5, "exclusiveMinimum": 0, "maximum": 2.5}, {}, "x 1.5 (0 to 2.5)"),
        ({}, {}, "x none"),
    ],
)
def test_values_and_ranges_are_told_in_words(about, chosen, said):
    assert said in parameter_words({"properties": {"x": about}}, chosen)


# -- signals -------------------------------------------------------------------------------------


def test_signals_say_what_each_strategy_wants_of_each_symbol(strategies):
    rows = strategies.signals(("AAPL", "GOOG"), (), quiet)
    asked = {(each.symbol, each.strategy) for each in rows}
    assert {("AAPL", "momentum"), ("GOOG", "buy_and_hold")} <= asked
    momentum = next(each for each in rows if (each.symbol, each.strategy) == ("AAPL", "momentum"))
    assert momentum.signal in {"long", "flat"}
    assert momentum.at.isoformat().startswith("2012-05-31")
    assert momentum.since <= momentum.at
    assert momentum.close == pytest.approx(577.73)
    held = next(each for each in rows if (each.symbol, each.strategy) == ("GOOG", "buy_and_hold"))
    assert held.signal == "long"
    assert not [each for each in rows if each.error]


def test_a_signal_is_what_a_backtest_would_hold(puffling, strategies):
    saved = strategies.save("Dip", strategies.draft("Dip", "", RULES, {}))
    (row,) = strategies.signals(("AAPL",), (saved.id,), quiet)
    backtests = puffling.context.backtests
    result = backtests.run(backtests.prepare(strategies.spec(saved.id), ("AAPL",)), quiet).result
    assert (row.signal == "long") == (result.position[-1] > 0)


def test_what_cannot_be_asked_has_its_reason_in_its_row(strategies, folder):
    text = GOOD.replace(
        "        before =", "        if len(bars) > 2000:\n            1 / 0\n        before ="
    )
    (folder / "mine.py").write_text(text)
    strategies.refresh(quiet)
    rows = strategies.signals(("AAPL", "NOPE"), ("momentum", "file:mine"), quiet)
    errors = {(each.symbol, each.strategy): each.error for each in rows}
    assert errors["AAPL", "momentum"] == ""
    assert "ZeroDivisionError" in errors["AAPL", "file:mine"]
    assert errors["NOPE", ""]
    with pytest.raises(BadValueError, match="at least one symbol"):
        strategies.signals((), (), quiet)


def test_a_file_is_stopped_in_a_backtest_too(puffling, strategies, monkeypatch):
    class Stuck:
        def call(self, function, *arguments, progress):
            while True:
                puffling.context.clock.pass_(1)
                progress(0.0)

    backtests = puffling.context.backtests
    monkeypatch.setattr(backtests, "_elsewhere", Stuck())
    spec = StrategySpec("file", "file:mine", "My own", source=GOOD)
    with pytest.raises(ParameterError, match="no sign of life for 20 seconds"):
        backtests.run(backtests.prepare(spec, ("AAPL",)), quiet)


def test_turns_are_the_changes_of_side_of_a_strategy(puffling, strategies):
    found = strategies.turns("momentum", "AAPL", Interval.D1, quiet)
    bars = prices(puffling.context.bars, "AAPL", Period())
    momentum = build(strategies.spec("momentum"))
    assert isinstance(momentum, Strategy)
    sides = momentum.signals(bars).target
    known = np.where(np.isnan(sides), 0.0, np.sign(sides))
    rows = np.flatnonzero(np.diff(known, prepend=0.0))
    assert [each.time for each in found] == bars.time[rows].tolist()
    assert [each.side for each in found[:2]] == ["long", "flat"]
    assert [each.buys for each in found[:2]] == [True, False]
    assert all(each.decided for each in found)


def test_a_file_is_asked_for_its_turns_in_a_process(strategies, folder, here):
    (folder / "mine.py").write_text(GOOD)
    strategies.refresh(quiet)
    looks = len(here.looked_at)
    assert strategies.turns("file:mine", "AAPL", Interval.W1, quiet)
    assert len(here.looked_at) == looks + 1


@pytest.mark.parametrize(
    ("id_", "said"),
    [("stat_arb", "needs two symbols, and a chart has one"), ("mine", "no strategy called 'mine'")],
)
def test_what_cannot_be_asked_about_one_symbol_says_why(strategies, id_, said):
    with pytest.raises(ParameterError, match=said):
        strategies.turns(id_, "AAPL", Interval.D1, quiet)


def test_too_little_history_for_turns_is_said_with_both_numbers(strategies):
    spec = strategies.spec("momentum", {"long": 200})
    saved = strategies.save("Slow", spec)
    with pytest.raises(NoDataError, match=r"needs more than \d+ bars; AAPL has \d+"):
        strategies.turns(saved.id, "AAPL", Interval.MO1, quiet)
